"""Puts one assessment together in its staging folder."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cdpb.declarations import declarations
from cdpb.runner.imports import spare_grammar
from cdpb.runner.job import Result
from cdpb.runner.manifest import manifest, write_manifest
from cdpb.runner.place import not_written, staging
from cdpb.runner.plan import Planned


def assemble(planned: Planned, results: Mapping[str, Result]) -> list[dict[str, Any]]:
    """Write pages, records, tables, index and manifest beside the target.

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
    return records


def _copy(source: Path, folder: Path, record: dict[str, Any]) -> None:
    """Copy a finding's page, record and tables, and nothing else that may lie there."""
    names = [f"{record['slug']}.html", f"findings/{record['id']}.json"]
    for name in [*names, *(table["file"] for table in record.get("tables", []))]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, folder / name)


def _write_index(folder: Path, records: list[dict[str, Any]], absent: list[str]) -> None:
    spare_grammar()
    from cdpb.report.index import render_index

    page = render_index(records, absent=absent)
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
