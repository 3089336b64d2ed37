"""Freezing an assessment: what it shows is entered in the ledger, for later years to heed."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cdpb.declarations import declarations
from cdpb.disclosure.chain import head
from cdpb.disclosure.ledger import EarlierTable, entries, write_entry
from cdpb.disclosure.masked import MARKER
from cdpb.errors import GateRefused, InputError
from cdpb.findings.then import entered
from cdpb.runner import gates, runs
from cdpb.runner.draft import is_draft
from cdpb.runner.gates.attacking import Protected, counts_of, protected_sources
from cdpb.runner.gates.written import Written, read_written
from cdpb.runner.job import Assessment
from cdpb.runner.keys import Inputs, file_hash
from cdpb.runner.place import locked, shown
from cdpb.runner.plan import plan
from cdpb.runner.workspaces import workspace

MANIFEST = "manifest.json"
NOT_MADE = "not in this assessment"
CHANGED = "made from other inputs than are held today; cdpb run makes it again"
Check = Callable[..., gates.GateReport]


@dataclass(frozen=True)
class Released:
    """What a release took and wrote.

    Attributes
    ----------
    findings : list of str
        Ids of those released.
    left_out : dict
        Ids of the others, each with why.
    cells : int
        Cells entered in the ledger, of ``tables`` tables of protected sources.
    head : str
        The hash that stands for the whole ledger, this release included.
    """

    assessment: Assessment
    findings: list[str]
    tables: int
    cells: int
    left_out: dict[str, str] = field(default_factory=dict)
    entry: Path = Path()
    head: str = ""

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"{self.assessment}: released"
        yield f"  findings   {len(self.findings)}"
        yield f"  entered    {self.cells} cells of {self.tables} tables of protected sources"
        for why in dict.fromkeys(self.left_out.values()):
            named = [finding for finding, its in self.left_out.items() if its == why]
            yield f"  left out   {', '.join(named)}: {why}"
        if self.left_out:
            yield "  Don't publish a page that was left out: no later year will heed it."
        yield shown(self.entry)
        yield f"Head of the ledger, to be kept elsewhere too: {self.head}"


def release(output: Path, *, everything: bool = False, check: Check = gates.check) -> Released:
    """Enter a finished assessment in the ledger.

    Parameters
    ----------
    output : Path
        Its folder, where the run put it.
    everything : bool
        Refuse if a declared finding can't be released, in place of leaving it out.

    Raises
    ------
    InputError
        If there is no such assessment, it is a demonstration, its files are not those that the
        run wrote, it was released before, or nothing of it can be released.
    GateRefused
        If its pages say that it is a draft, or one of the four gates refuses it. Nothing was
        entered.
    """
    written = _in_its_place(read_written(output.resolve()))
    assessment = written.assessment
    if assessment.demonstration:
        raise InputError(
            f"{shown(output)} is a demonstration.",
            "Illustrative figures are never released. Nothing was entered in the ledger.",
        )
    with locked(assessment.target):
        manifest = _as_it_was_written(written)
        _refuse_a_draft(written)
        left_out = _left_out(written)
        released = [each["id"] for each in written.records if each["id"] not in left_out]
        _refuse_if(everything and bool(left_out), left_out)
        _refuse_if(not released, left_out)
        _pass_the_gates(check(assessment.target, every=True))
        tables = _tables(written, released)
        content = _content(written, manifest, released, left_out, tables)
        path = write_entry(assessment.area_code, assessment.year, assessment.edition, content)
    cells = sum(len(table.cells) for table in tables)
    return Released(assessment, released, len(tables), cells, left_out, path, head())


def _in_its_place(written: Written) -> Written:
    """With the folder that its assessments stand under."""
    own = written.assessment.folder.parts
    under = Path(*written.folder.parts[: -len(own)])
    assessment = replace(written.assessment, under=under)
    if assessment.target != written.folder:
        raise InputError(
            f"{shown(written.folder)} is not where a run puts this assessment.",
            f"Wanted: a folder that ends in {assessment.folder.as_posix()}.",
            "Make it with cdpb run --output, and release it where it stands.",
        )
    return replace(written, assessment=assessment)


def _as_it_was_written(written: Written) -> dict[str, Any]:
    """Its manifest, if every file is as the manifest lists it and none was added."""
    manifest: dict[str, Any] = json.loads((written.folder / MANIFEST).read_text(encoding="utf-8"))
    listed = {file["path"]: file["sha256"] for file in manifest["files"]}
    found = {
        path.relative_to(written.folder).as_posix(): file_hash(path)
        for path in written.folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    other = sorted(name for name in listed | found if listed.get(name) != found.get(name))
    if other:
        raise InputError(
            f"{shown(written.folder)} is not as the run wrote it: {len(other)} files differ.",
            f"First: {other[0]}.",
            "Make the assessment again with cdpb run. Nothing was entered in the ledger.",
        )
    _refuse_a_second_time(written, file_hash(written.folder / MANIFEST))
    return manifest


def _refuse_a_second_time(written: Written, manifest: str) -> None:
    for entry in entries(written.assessment.area_code):
        if entry.content.get("manifest") == manifest:
            raise InputError(
                f"{shown(written.folder)} was released on {entry.released}, just as it stands.",
                f"Its entry: {shown(entry.path)}.",
                "Nothing was entered in the ledger.",
            )


def _left_out(written: Written) -> dict[str, str]:
    """The declared findings that can't be released, and why."""
    held = [record["id"] for record in written.records]
    today, then = _keys_today(written.assessment, held), runs.standing(written.assessment)
    why = {each.id: NOT_MADE for each in declarations().findings if each.id not in held}
    for record in written.records:
        finding = record["id"]
        if finding not in then or then[finding].key != today.get(finding):
            why[finding] = CHANGED
    return why


def _keys_today(assessment: Assessment, findings: Sequence[str]) -> dict[str, str]:
    """What each finding would be made from today."""
    run = runs.new_run()
    with workspace(run):
        planned = plan(assessment, findings, run, Inputs())
        return {job.finding: job.key for job in planned.jobs}


def _refuse_if(refused: bool, left_out: Mapping[str, str]) -> None:
    if refused:
        told = [f"{finding}: {why}" for finding, why in left_out.items()]
        raise InputError(
            f"{len(left_out)} findings can't be released.",
            "Nothing was entered in the ledger.",
            *told[:5],
        )


def _refuse_a_draft(written: Written) -> None:
    if is_draft(written.folder):
        raise GateRefused(
            f"{shown(written.folder)} says on its pages that it is a draft.",
            "Wanted: an assessment that has passed all four gates.",
            f"Hold them with cdpb gate {shown(written.folder)}, then release it.",
            "Nothing was entered in the ledger.",
        )


def _pass_the_gates(report: gates.GateReport) -> None:
    report.refuse()
    if not report.complete:
        raise GateRefused(
            f"{report.assessment}: not all four gates were held.",
            "An assessment is a draft until attack, scan, absence and non-interference pass.",
            "Nothing was entered in the ledger.",
        )


def _tables(written: Written, released: Sequence[str]) -> list[EarlierTable]:
    """The tables of protected sources, as a reader sees them."""
    edition = written.assessment.edition
    return [
        EarlierTable(name, "", edition, declared, _cells(name, protected, written))
        for protected in protected_sources(written)
        for name, declared in protected.tables.items()
        if name.split("/")[0] in released
    ]


def _cells(name: str, protected: Protected, written: Written) -> dict[tuple[str, ...], int | None]:
    file, declared = protected.files[name], protected.tables[name]
    texts = counts_of(declared, written.tables[file])
    strange = [text for text in texts.values() if text != MARKER and not text.isdecimal()]
    if strange:
        raise InputError(
            f"{file}: {declared.count} is neither counts nor {MARKER}.",
            "Make the assessment again with cdpb run. Nothing was entered in the ledger.",
        )
    return {key: None if text == MARKER else int(text) for key, text in texts.items()}


def _content(
    written: Written,
    manifest: Mapping[str, Any],
    released: Sequence[str],
    left_out: Mapping[str, str],
    tables: Sequence[EarlierTable],
) -> dict[str, Any]:
    """An entry: of receipts what the manifest names, which of those not public is the month."""
    own = {table.name for table in tables}
    hashes = {file["path"]: file["sha256"] for file in manifest["files"]}
    policies = {
        source: each.rule.name for each in protected_sources(written) for source in each.sources
    }
    return {
        "area": written.assessment.area_code,
        "year": written.assessment.year,
        "edition": written.assessment.edition,
        "released": dt.date.today().isoformat(),
        "manifest": file_hash(written.folder / MANIFEST),
        "pages": list(released),
        "left_out": dict(left_out),
        "findings": {
            record["id"]: entered(record)
            for record in written.records
            if record["id"] in released and record["tested"]
        },
        "sources": [_source(each, policies) for each in manifest["sources"]],
        "tables": [table.to_dict() for table in tables],
        "open_tables": [
            {"table": f"{record['id']}/{table['id']}", "sha256": hashes[table["file"]]}
            for record in written.records
            if record["id"] in released
            for table in record.get("tables", [])
            if f"{record['id']}/{table['id']}" not in own
        ],
    }


def _source(source: Mapping[str, Any], policies: Mapping[str, Any]) -> dict[str, Any]:
    receipts = [
        {"received": each["received"], "files": [file["name"] for file in each["files"]]}
        for each in source["receipts"]
    ]
    return {"id": source["id"], "policy": policies.get(source["id"]), "receipts": receipts}
