"""Puts one assessment together in its staging folder, as a draft until its gates have passed."""

import json
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdpb.declarations import declarations
from cdpb.report.archives import SUFFIXES, as_draft
from cdpb.report.markup import (
    with_line,
    with_signatures,
    without_line,
)
from cdpb.runner import manifest, runs
from cdpb.runner.job import EXECUTED, Job, Planned, Result
from cdpb.runner.keys import bytes_hash, file_hash
from cdpb.runner.place import move_into_place, not_written, staging
from cdpb.runner.signed import SignOff, signatures_text, signed_by

if TYPE_CHECKING:
    from cdpb.runner.gates import GateReport, Outcome
    from cdpb.runner.gates.written import Written

PAGE = ".html"
# What says whether it is a draft.
MARKED = (PAGE, *SUFFIXES)
# Where a page says who has signed.
SIGNED_PAGES = ("index.html", "methods.html", "partnership.html")


def is_draft(folder: Path) -> bool:
    """Whether an assessment's manifest, or any of its pages, says that it is one."""
    pages = (path.read_bytes() for path in sorted(folder.glob(f"*{PAGE}")))
    return bool(manifest.read_manifest(folder)["gates"]["draft_until"]) or any(
        page != without_line(page) for page in pages
    )


def say_what_passed(folder: Path, passed: Collection[str]) -> None:
    """Put the line on every page of an assessment, or take it off if all four gates passed.

    So do the covers of workbooks, and three pages say who has signed; nothing else changes. The
    manifest follows: the gates, and size and hash of each file that was as it listed it. One that
    was edited stays one that differs.
    """
    content = manifest.read_manifest(folder)
    content["gates"] = manifest.gates(passed)
    text = "" if content["demonstration"] else signatures_text(signatures_of(folder))
    for file in content["files"]:
        path = folder / file["path"]
        if path.suffix in MARKED and path.is_file():
            signed = text if file["path"] in SIGNED_PAGES else ""
            _mark(path, file, bool(content["gates"]["draft_until"]), signed)
    manifest.write_manifest(content, folder)


def content_of(folder: Path) -> str:
    """The hash of an assessment's content, whatever gates have passed and whoever has signed."""
    files = manifest.files_below(folder).items()
    told = [f"{bytes_hash(whatever_passed(path))} {name}" for name, path in files]
    return bytes_hash("\n".join(told).encode())


def signatures_of(folder: Path) -> dict[str, SignOff]:
    """Who has signed an assessment as it stands, by role."""
    of = manifest.read_manifest(folder)
    return signed_by(of["area"]["code"], of["year"], of["edition"], content_of(folder))


def say_in_place(target: Path, passed: Collection[str]) -> None:
    """The same for an assessment in its place: changed aside, and moved in whole or not at all."""
    new = staging(target)
    try:
        shutil.copytree(target, new)
        say_what_passed(new, passed)
    except OSError as error:
        shutil.rmtree(new, ignore_errors=True)
        raise not_written(target, error) from None
    before, after = (file_hash(folder / manifest.NAME) for folder in (target, new))
    if before == after:
        shutil.rmtree(new)
        return
    runs.now_stands(target, before, after)
    move_into_place(target)


def whatever_passed(path: Path) -> bytes:
    """A file's bytes without what depends on gates and signatures, so that two states are equal.

    A page loses its lines, and the manifest what it says of gates and of its pages' bytes.
    """
    content = path.read_bytes()
    if path.suffix in MARKED:
        return _said(path, content, draft=path.suffix != PAGE)
    return _without_gates(content) if path.name == manifest.NAME else content


def _mark(path: Path, listed: dict[str, Any], draft: bool, signed: str) -> None:
    before = path.read_bytes()
    after = _said(path, before, draft, signed)
    if bytes_hash(before) == listed["sha256"]:
        listed |= {"size": len(after), "sha256": bytes_hash(after)}
    if after != before:
        path.write_bytes(after)


def _said(path: Path, content: bytes, draft: bool, signed: str = "") -> bytes:
    """A page or a workbook that says that it is a draft, or doesn't; a page, who has signed."""
    if path.suffix in SUFFIXES:
        return as_draft(content, draft)
    return with_signatures(with_line(content) if draft else without_line(content), signed)


def _without_gates(content: bytes) -> bytes:
    try:
        listed = json.loads(content)
        files = [file for file in listed["files"] if not file["path"].endswith(MARKED)]
        listed |= {"gates": None, "files": files}
    except (ValueError, KeyError, TypeError):
        return content  # Not as a run writes it: then every byte counts.
    return json.dumps(listed, indent=2, ensure_ascii=False).encode()


def assemble_and_check(planned: Planned, results: Mapping[str, Result]) -> tuple[int, "GateReport"]:
    """Put an assessment together beside its target, and run attack and scan over it.

    The number of its tables, and what the two gates say.
    """
    return check(planned, assembled(planned, results))


def assemble_in_shares(
    planned: Planned, results: Mapping[str, Result], number: int
) -> tuple["Written", list[list[str]]]:
    """Put an assessment together; what so many processes can judge of it before it is checked."""
    from cdpb.runner.gates import gate_shares

    return gate_shares(assembled(planned, results), number)


def judge_share(written: "Written", share: list[str]) -> "Outcome":
    """Judge one of these shares."""
    from cdpb.runner import gates

    return gates.judge_ahead(written, share)


def assembled(planned: Planned, results: Mapping[str, Result]) -> "Written":
    """Put an assessment together beside its target."""
    # Only here: what the gates import takes longer than to find out that nothing has to be made.
    from cdpb.runner.gates.written import Written

    records = assemble(planned, results)
    notebooks = {
        **{page.finding: page.folder / EXECUTED for page in planned.kept},
        **{job.finding: job.workspace / EXECUTED for job in planned.jobs},
    }
    return Written(
        staging(planned.assessment.target), planned.assessment, records,
        notebooks=notebooks, judged_by=planned.judged_by, fresh=planned.fresh,
    )  # fmt: skip


def check(
    planned: Planned, written: "Written", ahead: Sequence["Outcome"] = ()
) -> tuple[int, "GateReport"]:
    """Run attack and scan over what was put together, but for what was judged ``ahead``."""
    from cdpb.runner.gates import check_written
    from cdpb.runner.gates.outcome import passed_before

    report = check_written(written, ahead)
    if report.passed:
        passed = {*report.names_passed, *passed_before(written, planned.keys)}
        say_what_passed(written.folder, passed)
    return written.count_of_tables, report


def assemble(planned: Planned, results: Mapping[str, Result]) -> list[dict[str, Any]]:
    """Write pages, records, tables, index and manifest as a draft; the records."""
    target = planned.assessment.target
    folder = staging(target)
    try:
        return _assemble(planned, results, folder)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise not_written(target, error) from None


def _assemble(
    planned: Planned, results: Mapping[str, Result], folder: Path
) -> list[dict[str, Any]]:
    shutil.rmtree(folder, ignore_errors=True)  # A worker may have been ended over it.
    folder.mkdir()
    found = {}
    for kept in planned.kept:
        _copy(kept.folder, folder, kept.record)
        found[kept.finding] = kept.record
    for job in planned.jobs:
        found[job.finding] = results[job.finding].record
        _copy(job.workspace, folder, found[job.finding])
    records = [found[name] for name in planned.order]
    absent = [each.id for each in declarations().findings if each.id not in found]
    _write_common(folder, records, absent)
    manifest.write_manifest(manifest.manifest(planned.assessment, records, absent, folder), folder)
    say_what_passed(folder, ())  # Pages that are kept may have passed what these have not.
    return records


def hand_over(job: Job, planned: Planned, done: Sequence[tuple[Job, Result]]) -> None:
    """Put the records of an assessment's other findings where a job finds them.

    They lie as in an assessment: ``findings/<id>.json`` in the folder that the job saves to. What
    is itself made of the others' records is not among them.
    """
    made = [result.record for each, result in done if each.assessment == job.assessment]
    found = {record["id"]: record for record in [*made, *(each.record for each in planned.kept)]}
    folder = job.workspace / "findings"
    folder.mkdir(parents=True, exist_ok=True)
    for finding in declarations().findings:
        if finding.id in found and not finding.after:
            text = json.dumps(found[finding.id], ensure_ascii=False)
            (folder / f"{finding.id}.json").write_text(text, encoding="utf-8", newline="\n")


def _copy(source: Path, folder: Path, record: dict[str, Any]) -> None:
    """Copy a finding's page, record and tables, and nothing else that may lie there."""
    for name in manifest.files_of_record(record):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, folder / name)


def _write_common(folder: Path, records: list[dict[str, Any]], absent: list[str]) -> None:
    from cdpb.report.index import common_pages
    from cdpb.report.workbooks import workbooks_of_all, write_workbooks
    from cdpb.runner.gates.written import read_csv_rows

    named = [table["file"] for record in records for table in record.get("tables", [])]
    tables = {name: read_csv_rows(folder / name) for name in named}
    for name, page in common_pages(records, absent, tables).items():
        (folder / name).write_text(page, encoding="utf-8", newline="\n")
    write_workbooks(workbooks_of_all(records, folder), folder)
