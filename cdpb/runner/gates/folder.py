"""The folder of an assessment: the files that belong there, and the receipts they may name."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cdpb import catalogue, paths
from cdpb.report.html_tree import read_document
from cdpb.report.index import COMMON
from cdpb.report.workbooks import WHOLE, workbook_names
from cdpb.runner.gates.text_nodes import ADDRESS
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Assessment
from cdpb.runner.manifest import NAME as MANIFEST
from cdpb.runner.manifest import files_below, files_of_record, read_manifest

# A hash is told by its beginning too; shorter runs of such letters stand in words and colours.
LETTERS = re.compile(r"[0-9a-f]{12,}")
ALONE = 64


def receipts_told(
    texts: Mapping[str, str], sources: Mapping[str, list[Mapping[str, Any]]]
) -> Iterator[str]:
    """Where a hash of a file that isn't public stands, whole or in part, and receipts named."""
    hashes = _hashes()
    for name, text in texts.items():
        runs = {run[:ALONE] for run in LETTERS.findall(text.lower())}
        for source in sorted({hashes[each] for each in hashes if _begins_with(each, runs)}):
            yield f"{name}: has the hash of a file of {source}, which is not public"
    for name, named in sources.items():
        yield from (f"{name}: {source}" for source in _named(named))


def _begins_with(hash_: str, runs: set[str]) -> bool:
    return any(hash_[:length] in runs for length in range(12, ALONE + 1))


def _hashes() -> dict[str, str]:
    """The hash of every file that isn't public, and its source."""
    closed = [each.id for each in catalogue.sources().values() if each.access != "public"]
    return {
        file.sha256: id
        for id in closed
        for receipt in catalogue.receipts(id)
        for file in receipt.files
    }


def _named(sources: list[Mapping[str, Any]]) -> Iterator[str]:
    known = catalogue.sources()
    for source in sources:
        if source["id"] not in known or known[source["id"]].access == "public":
            continue
        months = {each["received"] for each in catalogue.shown_receipts(source["id"])}
        receipts = source.get("receipts") or []
        if any(each.get("files") or each["received"] not in months for each in receipts):
            yield f"names more of the receipts of {source['id']} than their months"


EMBEDDED = re.compile(r"data:([a-z]+/[a-z0-9.+-]+)")
MAY_BE_EMBEDDED = {"text/csv"}
# The column of a demonstration's tables that says so.
MARK = "demonstration"


def problems(
    written: Written, again: Sequence[dict[str, Any]], files: Mapping[str, Path]
) -> list[str]:
    """What must not leave, or is not as it should be; nothing when all is well.

    No file is read but those ``files``, which findings that are looked at ``again`` have.

    Only the files that an assessment has, no path of this machine in any, tables with as many
    rows as their record says, records of this assessment alone, pages that pass the page's own
    checks, in a public edition no source that may not be shown there, and in none anything of the
    received files of a source that isn't public.
    """
    folder = written.folder
    texts = {name: _text(path) for name, path in files.items()}
    pages = {name: text for name, text in texts.items() if name.endswith(".html")}
    return [
        *_unexpected_files(written),
        *_machine_paths(texts),
        *_tables(folder, again),
        *_embedded(pages),
        *_sources(written.assessment, again),
        *receipts_told(texts, _sources_of(folder, again)),
        *_pages(pages),
        *dead_links(folder, pages),
    ]


def links_of(html: str) -> list[str]:
    """Where a page leads within its assessment.

    Within the page its own checks look; elsewhere nobody can.
    """
    links = dict.fromkeys(each.get("href") for each in read_document(html).root.all("a"))
    return [each for each in links if unquote(each).partition("#")[0] and not ADDRESS.match(each)]


def dead_links(folder: Path, pages: Mapping[str, str]) -> Iterator[str]:
    """Links from some pages to a file or a place in one that is not there."""
    for name, link in ((name, link) for name, html in pages.items() for link in links_of(html)):
        file, _, place = unquote(link).partition("#")
        if not (folder / file).is_file():
            yield f"{name}: the link to {file} leads to no file"
        elif place and file.endswith(".html") and place not in _places_of(_text(folder / file)):
            yield f"{name}: the link to {link} leads to no place of that page"


def _places_of(html: str) -> set[str]:
    return {each.get("id") for each in read_document(html).root.elements}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _unexpected_files(written: Written) -> Iterator[str]:
    expected = {
        *COMMON,
        MANIFEST,
        *(n for record in written.records for n in files_of_record(record)),
        *workbook_names(written.records).get(WHOLE, []),
    }
    found = set(files_below(written.folder))
    yield from (f"{name}: no such file belongs here" for name in sorted(found - expected))
    yield from (f"{name}: missing" for name in sorted(expected - found))


def _machine_paths(texts: Mapping[str, str]) -> Iterator[str]:
    roots = {paths.project_root(), Path.home()} - {Path(Path.home().anchor)}
    forms = {form for root in roots for form in (str(root), root.as_posix())}
    forms |= {json.dumps(form)[1:-1] for form in forms}
    named = re.compile("|".join(f"{re.escape(form)}(?![\\w-])" for form in sorted(forms)))
    for name, text in texts.items():
        if named.search(text):
            yield f"{name}: names a folder of this machine"


def _embedded(pages: Mapping[str, str]) -> Iterator[str]:
    """Pages embed tables to be downloaded, and nothing else: no picture, script or packed file."""
    for name, html in pages.items():
        kinds = set(EMBEDDED.findall(html)) - MAY_BE_EMBEDDED
        yield from (f"{name}: embeds {kind}" for kind in sorted(kinds))


def _tables(folder: Path, records: Sequence[dict[str, Any]]) -> Iterator[str]:
    for table in (table for record in records for table in record.get("tables", [])):
        path = folder / table["file"]
        if not path.is_file():
            continue
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.reader(file, strict=True))
        except (csv.Error, UnicodeDecodeError):
            yield f"{table['file']}: can't be read as a table"
            continue
        heads = [name for name in rows[0] if name != MARK] if rows else []
        if heads != table.get("columns", heads):
            yield f"{table['file']}: has other columns than its record names"
        if len({len(row) for row in rows}) != 1:
            yield f"{table['file']}: its rows have different numbers of columns"


def _sources(assessment: Assessment, records: Sequence[dict[str, Any]]) -> Iterator[str]:
    for record in records:
        for source in record.get("sources", []):
            shown = source.get("receipts") or source.get("period")
            if shown and not assessment.build.permits(source["access"], source["status"]):
                yield f"{record['slug']}: draws on {source['id']}, which is {_why(source)}"


def _sources_of(folder: Path, records: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """For each record and the manifest, the sources it tells of."""
    found = {f"findings/{each['id']}.json": each.get("sources", []) for each in records}
    if (folder / MANIFEST).is_file():
        found[MANIFEST] = read_manifest(folder).get("sources", [])
    return found


def _why(source: dict[str, Any]) -> str:
    return source["status"] if source["status"] == "illustrative" else source["access"]


def _pages(pages: Mapping[str, str]) -> Iterator[str]:
    from cdpb.report.checks import check_page

    for name, html in pages.items():
        yield from (f"{name}: {problem}" for problem in check_page(html))
