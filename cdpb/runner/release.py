"""Releases an assessment: what it shows is entered in the ledger, for later years to respect."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cdpb.console import few
from cdpb.declarations import declarations
from cdpb.disclosure.earlier import EarlierTable
from cdpb.disclosure.masked import MARKER
from cdpb.errors import GateRefused, InputError
from cdpb.findings.released_record import entered
from cdpb.key import keys_released
from cdpb.ledger import all_or_none, entries, head, write_entry
from cdpb.runner import gates, runs
from cdpb.runner.assemble import is_draft, signatures_of
from cdpb.runner.gates.attacking import Protected, counts_of, protected_sources
from cdpb.runner.gates.written import Written, read_written
from cdpb.runner.job import Assessment
from cdpb.runner.keys import Inputs, file_hash
from cdpb.runner.manifest import NAME as MANIFEST
from cdpb.runner.manifest import read_manifest, refuse_if_edited
from cdpb.runner.place import display_path, locked
from cdpb.runner.plan import plan
from cdpb.runner.signed import ROLES
from cdpb.runner.workspaces import workspace

FEW = 4
NOT_MADE = "not in this assessment"
CHANGED = "made from other inputs than are held today; cdpb run makes it again"
NOT_ON_RECORD = "no run on record here made it as it stands; cdpb run makes it again"
Check = Callable[..., gates.GateReport]


@dataclass(frozen=True)
class Released:
    """What a release entered in the ledger, what it left out and why, and the ledger's new head."""

    assessment: Assessment
    findings: list[str]
    tables: int
    cells: int
    left_out: dict[str, str] = field(default_factory=dict)
    entry: Path = Path()
    head: str = ""
    key: str = ""
    keys_before: Sequence[str] = ()

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
        others = [each for each in self.keys_before if self.key not in ("", each)]
        if others:
            yield f"  key        {self.key}; earlier releases were made with {', '.join(others)}"
        yield display_path(self.entry)
        yield f"Head of the ledger, to be kept elsewhere too: {self.head}"


def release(
    *outputs: Path, everything: bool = False, check: Check = gates.gate_report
) -> list[Released]:
    """Enter finished assessments in the ledger: all of those named, or none.

    What was made together is released together: each is held against the ledger as it stood when
    they were made, before any of them is entered.

    Parameters
    ----------
    *outputs : Path
        Their folders, where the run put them.
    everything : bool
        Refuse if a declared finding can't be released, in place of leaving it out.

    Raises
    ------
    InputError
        If there is no such assessment, it is a demonstration, its files are not those that the
        run wrote, it is not signed, it was released before, or nothing of it can be released.
    GateRefused
        If its pages say that it is a draft, or one of the four gates refuses it. Nothing was
        entered.
    """
    wanted = [_to_be_released(output) for output in dict.fromkeys(map(Path.resolve, outputs))]
    with ExitStack() as locks:
        for written in wanted:
            locks.enter_context(locked(written.folder))
        prepared = [_prepare(written, everything) for written in wanted]
        for each in prepared:
            _pass_the_gates(check(each.written.folder, every=True))
        return _enter(prepared)


@dataclass(frozen=True)
class _Prepared:
    """An assessment that may be released, but for the gates."""

    written: Written
    findings: list[str]
    left_out: dict[str, str]


def _to_be_released(output: Path) -> Written:
    written = _in_its_place(read_written(output))
    if written.assessment.demonstration:
        raise InputError(
            f"{display_path(output)} is a demonstration.",
            "Illustrative figures are never released. Nothing was entered in the ledger.",
        )
    return written


def _prepare(written: Written, everything: bool) -> _Prepared:
    refuse_if_edited(written.folder, "Nothing was entered in the ledger.")
    _refuse_a_second_time(written, file_hash(written.folder / MANIFEST))
    _refuse_a_draft(written)
    _refuse_unsigned(written)
    left_out = _left_out(written)
    findings = [each["id"] for each in written.records if each["id"] not in left_out]
    _refuse_if(bool(left_out) if everything else not findings, written, left_out)
    return _Prepared(written, findings, left_out)


def _enter(prepared: Sequence[_Prepared]) -> list[Released]:
    tables = [_tables(each.written, each.findings) for each in prepared]
    contents = [_content(*pair) for pair in zip(prepared, tables, strict=True)]
    done: list[Released] = []
    before = keys_released()
    with all_or_none():
        for each, own, content in zip(prepared, tables, contents, strict=True):
            of, cells = each.written.assessment, sum(len(table.cells) for table in own)
            path = write_entry(of.area_code, of.year, of.edition, content)
            entered = (each.findings, len(own), cells, each.left_out, path, head())
            done.append(Released(of, *entered, each.written.key, before))
    return done


def _in_its_place(written: Written) -> Written:
    """With the folder that its assessments stand under."""
    assessment = written.assessment.standing_in(written.folder)
    if assessment.target != written.folder:
        raise InputError(
            f"{display_path(written.folder)} is not where a run puts this assessment.",
            f"Wanted: a folder that ends in {assessment.folder.as_posix()}.",
            "Make it with cdpb run --output, and release it where it stands.",
        )
    return replace(written, assessment=assessment)


def _refuse_a_second_time(written: Written, manifest: str) -> None:
    for entry in entries(written.assessment.area_code):
        if entry.content.get("manifest") == manifest:
            folder = display_path(written.folder)
            raise InputError(
                f"{folder} was released on {entry.released}, just as it stands.",
                f"Its entry: {display_path(entry.path)}.",
                "Nothing was entered in the ledger.",
            )


def _left_out(written: Written) -> dict[str, str]:
    """The declared findings that can't be released, and why."""
    made = [record["id"] for record in written.records]
    today, then = _keys_today(written.assessment, made), runs.standing(written.assessment)
    why = {each.id: NOT_MADE for each in declarations().findings if each.id not in made}
    for record in written.records:
        finding = record["id"]
        key = then[finding].key if finding in then else ""
        if key != today.get(finding):
            why[finding] = CHANGED if key else NOT_ON_RECORD
    return why


def _keys_today(assessment: Assessment, findings: Sequence[str]) -> dict[str, str]:
    """What each finding would be made from today."""
    run = runs.new_run()
    with workspace(run):
        planned = plan(assessment, findings, run, Inputs(), fresh=True)
        return {job.finding: job.key for job in planned.jobs}


def _refuse_if(refused: bool, written: Written, left_out: Mapping[str, str]) -> None:
    if refused:
        reasons = dict.fromkeys(left_out.values())
        named = {why: [name for name, its in left_out.items() if its == why] for why in reasons}
        count = f"{len(left_out)} finding{'s' * (len(left_out) > 1)}"
        raise InputError(
            f"{display_path(written.folder)}: {count} can't be released.",
            *(f"{why}: {few(names, FEW)}" for why, names in named.items()),
            "Nothing was entered in the ledger.",
        )


def _refuse_a_draft(written: Written) -> None:
    if is_draft(written.folder):
        raise GateRefused(
            f"{display_path(written.folder)} says on its pages that it is a draft.",
            "Wanted: an assessment that has passed all four gates.",
            f"Hold them with cdpb gate {display_path(written.folder)}, then release it.",
            "Nothing was entered in the ledger.",
        )


def _refuse_unsigned(written: Written) -> None:
    missing = [role for role in ROLES if role not in signatures_of(written.folder)]
    if missing:
        folder = display_path(written.folder)
        raise InputError(
            f"{folder} is not signed as it stands by: {', '.join(missing)}.",
            "Wanted: the signatures of analyst, reviewer and approver; a change voids them.",
            f'Sign it: cdpb sign {folder} --as {missing[0]} --office "...".',
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


def _content(each: _Prepared, tables: Sequence[EarlierTable]) -> dict[str, Any]:
    """An entry: of receipts what the manifest names, which of those not public is the month."""
    written, released = each.written, each.findings
    manifest = read_manifest(written.folder)
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
        "key": written.key,
        "pages": released,
        "signed": [
            {"role": each.role, "office": each.office, "date": each.date.isoformat()}
            for each in signatures_of(written.folder).values()
        ],
        "left_out": each.left_out,
        "findings": {
            record["id"]: entered(record)
            for record in written.records
            if record["id"] in released and record["tested"]
        },
        "sources": [_source(source, policies) for source in manifest["sources"]],
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
