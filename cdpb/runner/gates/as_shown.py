"""Pages, records and index against the executed notebooks and records that they are made of."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from cdpb.declarations import declarations
from cdpb.report.index import render_index
from cdpb.report.markup import without_line
from cdpb.report.page import saved_record
from cdpb.runner.gates.text_nodes import pieces_of_page
from cdpb.runner.gates.written import Written
from cdpb.runner.render import render_page

OTHERWISE = "is not as its notebook made it"
INDEX = "index.html"


def check_pages(written: Written) -> Iterator[str]:
    """Where a page or a record differs from its notebook, or the index from the records."""
    for record in written.records:
        if record["id"] in written.notebooks:
            yield from _of_finding(written, record, written.notebooks[record["id"]])
    found = {record["id"] for record in written.records}
    absent = [each.id for each in declarations().findings if each.id not in found]
    yield from _differing(written.folder, INDEX, render_index(written.records, absent=absent))


def _of_finding(written: Written, record: Mapping[str, Any], path: Path) -> Iterator[str]:
    notebook = nbformat.from_dict(nbformat.reads(path.read_text(encoding="utf-8"), 4))
    if record != saved_record(notebook):
        yield f"findings/{record['id']}.json: {OTHERWISE}"
    yield from _differing(
        written.folder, f"{record['slug']}.html", render_page(notebook, record["slug"])
    )


def _differing(folder: Path, name: str, made: str) -> Iterator[str]:
    """The elements of a page whose texts are others than were made; else that its markup is."""
    path = folder / name
    content = without_line(path.read_bytes()) if path.is_file() else b""
    wanted = without_line(made.encode())
    if content == wanted:
        return
    stands, was_made = (
        Counter((piece.element, piece.text) for piece in pieces_of_page(page.decode(), name))
        for page in (content, wanted)
    )
    elements = dict.fromkeys(element for element, _ in (stands - was_made) + (was_made - stands))
    yield from (f"{name}: {element}: {OTHERWISE}" for element in elements or ["its markup"])
