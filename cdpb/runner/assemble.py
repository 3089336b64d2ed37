"""Puts one assessment together in its staging folder."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cdpb.declarations import declarations
from cdpb.runner.draft import say_what_passed
from cdpb.runner.job import Job, Result
from cdpb.runner.manifest import manifest, write_manifest
from cdpb.runner.place import not_written, staging
from cdpb.runner.plan import Planned


def assemble(planned: Planned, results: Mapping[str, Result]) -> list[dict[str, Any]]:
    """Write pages, records, tables, index and manifest beside the target, all as a draft.

    Returns
    -------
    list of dict
        The finding records, in the order of ``findings.yml``.

    Raises
    ------
    NotPlaced
        If the disk is full or refuses; what was written is thrown away.
    """
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
    folder.mkdir()
    found = {}
    for kept in planned.kept:
        _copy(planned.assessment.target, folder, kept.record)
        found[kept.finding] = kept.record
    for job in planned.jobs:
        found[job.finding] = results[job.finding].record
        _copy(job.workspace, folder, found[job.finding])
    records = [found[name] for name in planned.order]
    absent = [each.id for each in declarations().findings if each.id not in found]
    _write_index(folder, records, absent)
    write_manifest(manifest(planned.assessment, records, absent, folder), folder)
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
    names = [f"{record['slug']}.html", f"findings/{record['id']}.json"]
    for name in [*names, *(table["file"] for table in record.get("tables", []))]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, folder / name)


def _write_index(folder: Path, records: list[dict[str, Any]], absent: list[str]) -> None:
    from cdpb.report.index import render_index

    page = render_index(records, absent=absent)
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
