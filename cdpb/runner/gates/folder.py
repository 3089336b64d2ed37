"""The folder of an assessment: the files that belong there, and pages that are whole."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.runner.job import Assessment


def problems(folder: Path, assessment: Assessment, records: list[dict[str, Any]]) -> list[str]:
    """What must not leave, or is not as it should be; nothing when all is well.

    Only the files that an assessment has, no path of this machine in any, tables with as many
    rows as their record says, records of this assessment alone, pages that pass the page's own
    checks, and in a public edition no source that may not be shown there.
    """
    return [
        *_unexpected_files(folder, records),
        *_machine_paths(folder),
        *_tables(folder, records),
        *_sources(assessment, records),
        *_pages(folder, assessment),
    ]


def _unexpected_files(folder: Path, records: list[dict[str, Any]]) -> Iterator[str]:
    expected = {"index.html", "manifest.json"}
    for record in records:
        expected |= {f"{record['slug']}.html", f"findings/{record['id']}.json"}
        expected |= {table["file"] for table in record.get("tables", [])}
    found = {path.relative_to(folder).as_posix() for path in _files(folder)}
    yield from (f"{name}: no such file belongs here" for name in sorted(found - expected))
    yield from (f"{name}: missing" for name in sorted(expected - found))


def _machine_paths(folder: Path) -> Iterator[str]:
    roots = {paths.project_root(), Path.home()} - {Path(Path.home().anchor)}
    forms = {form for root in roots for form in (str(root), root.as_posix())}
    forms |= {json.dumps(form)[1:-1] for form in forms}
    named = re.compile("|".join(f"{re.escape(form)}(?![\\w-])" for form in sorted(forms)))
    for path in _files(folder):
        if named.search(path.read_text(encoding="utf-8", errors="replace")):
            yield f"{path.relative_to(folder).as_posix()}: names a folder of this machine"


def _tables(folder: Path, records: list[dict[str, Any]]) -> Iterator[str]:
    for table in (table for record in records for table in record.get("tables", [])):
        path = folder / table["file"]
        if not path.is_file():
            continue
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                widths = {len(row) for row in csv.reader(file, strict=True)}
        except (csv.Error, UnicodeDecodeError):
            yield f"{table['file']}: can't be read as a table"
            continue
        if len(widths) != 1:
            yield f"{table['file']}: its rows have different numbers of columns"


def _sources(assessment: Assessment, records: list[dict[str, Any]]) -> Iterator[str]:
    for record in records:
        for source in record.get("sources", []):
            shown = source.get("receipts") or source.get("period")
            if shown and not assessment.may_open(source["access"], source["status"]):
                yield f"{record['slug']}: draws on {source['id']}, which is {_why(source)}"


def _why(source: dict[str, Any]) -> str:
    return source["status"] if source["status"] == "illustrative" else source["access"]


def _pages(folder: Path, assessment: Assessment) -> Iterator[str]:
    from cdpb.report.checks import check_page

    for path in _files(folder):
        if path.suffix == ".html":
            for problem in check_page(path.read_text(encoding="utf-8")):
                yield f"{path.name}: {problem}"


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]
