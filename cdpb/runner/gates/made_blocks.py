"""The blocks of an executed notebook, as its page shows them, with what their marks say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from cdpb.marks import NumberMark, places_in, unmarked
from cdpb.numbers import capital
from cdpb.report.html_tree import Element, read_document
from cdpb.report.maps.key import STAR
from cdpb.report.markdown import passages
from cdpb.report.markup import BLOCK_MIME
from cdpb.report.page import NOTEBOOK_ONLY
from cdpb.runner.gates.written import Rows

# What a finding says in words of its own; documents and declarations speak in the other blocks.
PROSE = "prose"
IN_ITS_WORDS = {
    "headline", "key_figures", "changed", "figure", "map", "table", "notice", "claims", PROSE,
}  # fmt: skip
CODE = "<pre> in section computed"
TO_ROW = "#row-"
BADGE = "a verdict that is not the record's"
LABEL = "a label that its table does not have for that place"


@dataclass(frozen=True)
class MadeBlock:
    """A block as its notebook made it, its style included, with what its marks say."""

    kind: str
    html: str
    marks: Mapping[int, NumberMark]

    @property
    def is_prose(self) -> bool:
        """Whether the finding says it in words of its own."""
        return self.kind in IN_ITS_WORDS


def blocks_of(notebook: NotebookNode, *, with_code: bool) -> Iterator[MadeBlock]:
    """What a page shows of an executed notebook: prose, blocks and, where asked for, code."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and NOTEBOOK_ONLY not in cell.metadata.get("tags", []):
            for each in passages(cell.source):
                html = Markup("<h2>{}</h2>{}").format(each.heading, each.html)
                yield MadeBlock(PROSE, html, {})
        if cell.cell_type == "code" and with_code:
            html = Markup('<section id="computed"><pre>{}</pre></section>').format(cell.source)
            yield MadeBlock("code", html, {})
        for output in cell.get("outputs", []):
            payload = output.get("data", {}).get(BLOCK_MIME, {})
            if payload.get("html"):
                yield _block(payload)


def _block(payload: Mapping[str, Any]) -> MadeBlock:
    """A block with its marks, if they are of what it shows; else as if all of it were typed."""
    kind, html, marked = (payload.get(name, "") for name in ("kind", "html", "marked"))
    said = payload.get("marks", {}).items()
    marks = {int(number): NumberMark.from_dict(mark) for number, mark in said}
    known = all(each.number in marks for each in places_in(marked)[1])
    shown = marked if known and unmarked(marked) == html else html
    return MadeBlock(kind, f"{shown}<style>{payload.get('style', '')}</style>", marks)


def wrong_badges(html: str, record: Mapping[str, Any]) -> Iterator[str]:
    """The badges of a headline that say another verdict than the record."""
    label = (record.get("verdict") or {}).get("label") or ""
    for badge in read_document(html).root.classed("verdict"):
        if badge.text.removeprefix("Verdict:").strip() != capital(label):
            yield f"<{badge.tag}> verdict: {BADGE}"


def wrong_map_labels(
    html: str, record: Mapping[str, Any], tables: Mapping[str, Rows]
) -> Iterator[str]:
    """The places of a map whose name or rank is not that of the row they lead to."""
    drawn = read_document(html).root
    ids = {figure.get("id") for figure in drawn.all("figure")}
    of = {figure["table"] for figure in record.get("figures", []) if figure["id"] in ids}
    files = (table["file"] for table in record.get("tables", []) if table["id"] in of)
    rows = [row for name in files for row in tables[name]]
    for link in drawn.all("a"):
        code = link.get("href").removeprefix(TO_ROW)
        if link.get("href").startswith(TO_ROW):
            row = next((row for row in rows if code in row.values()), {})
            if not _is_labelled(link, row):
                yield f"<a> to row {code}: {LABEL}"


def _is_labelled(link: Element, row: Mapping[str, str]) -> bool:
    name, *parts = link.get("aria-label").split(", ")
    ranks = [part.removeprefix("rank ") for part in parts if part.startswith("rank ")]
    drawn = [text.text.removesuffix(STAR) for text in link.all("text")]
    if ranks and "rank" in row:
        return name in row.values() and ranks == drawn == [row["rank"]]
    return name in row.values()
