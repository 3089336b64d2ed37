"""The texts of a notebook's blocks: each number is that of its own cell, and none was typed."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeGuard

from markupsafe import Markup

from cdpb.declarations import declarations
from cdpb.findings.brief import Brief
from cdpb.marks import Marked, NumberMark, PublishedCell, places_in, unmarked
from cdpb.numbers import ordinal, rounded_text
from cdpb.report.html_tree import read_document
from cdpb.report.markup import BLOCK_MIME
from cdpb.report.sections import NOTEBOOK_ONLY, passages
from cdpb.runner.gates.allowed import allowed_numbers, figures_in
from cdpb.runner.gates.as_judged import wrong_badges, wrong_map_labels
from cdpb.runner.gates.named_beside import LabelledRows, Standing, beside_another
from cdpb.runner.gates.passages import Passages
from cdpb.runner.gates.text_nodes import Piece, entries_of, pieces_of_page
from cdpb.runner.gates.written import Written

# What a finding says in words of its own; documents and declarations speak in the other blocks.
PROSE = "prose"
SAID = {"headline", "key_figures", "changed", "figure", "map", "table", "notice", "claims", PROSE}
# Where words stand: cells, drawings and what is embedded are judged on the page itself.
WORDS = re.compile(
    r"(?:(?:alt|aria-label|title) of )?"
    r"<(?:p|h\d|li|dt|dd|div|figcaption|caption|blockquote|summary|img)>"
)
ANOTHER = "a number that its table does not have there"
BESIDE_ANOTHER = "a number beside the name of another row than its own"
NOT_KEPT = "its executed notebook is not kept here, to hold its sentences against: run it again"
TYPED = "a number that was typed by hand"


@dataclass(frozen=True)
class MadeBlock:
    """A block as its notebook made it, with what its marks say."""

    kind: str
    html: str
    marks: Mapping[int, NumberMark]


def blocks_of(notebook: Path) -> Iterator[MadeBlock]:
    """The blocks of an executed notebook that a page shows, its prose among them."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            yield from _prose(cell)
        for output in cell.get("outputs", []):
            payload = output.get("data", {}).get(BLOCK_MIME, {})
            if payload.get("html"):
                yield _block(payload)


def _prose(cell: Mapping[str, Any]) -> Iterator[MadeBlock]:
    """What a page shows of a markdown cell, where no number has a mark."""
    if NOTEBOOK_ONLY not in cell["metadata"].get("tags", []):
        for each in passages("".join(cell["source"])):
            yield MadeBlock(PROSE, Markup("<h2>{}</h2>{}").format(each.heading, each.html), {})


def _block(payload: Mapping[str, Any]) -> MadeBlock:
    """A block with its marks, if they are of what it shows; else as if all of it were typed."""
    kind, html, marked = (payload.get(name, "") for name in ("kind", "html", "marked"))
    told = payload.get("marks", {}).items()
    marks = {int(number): NumberMark.from_dict(mark) for number, mark in told}
    known = all(each.number in marks for each in places_in(marked)[1])
    return MadeBlock(kind, marked if known and unmarked(marked) == html else html, marks)


def check_as_made(written: Written) -> Iterator[str]:
    """What is wrong with the texts of each finding, a sentence an element."""
    declared = Passages(written.assessment, of_findings=False)
    for record in written.records:
        notebook = written.notebooks.get(record["id"])
        if notebook is None:
            yield f"{record['slug']}.html: {NOT_KEPT}"
        else:
            yield from AsMade(written, record, declared).wrong(notebook)


class AsMade:
    """Judges the texts of one finding by the cells that their numbers were taken from."""

    def __init__(self, written: Written, record: Mapping[str, Any], declared: Passages) -> None:
        assessment, own = written.assessment, record.get("tables", [])
        asked = (assessment.year, assessment.area_code, assessment.edition)
        self._made_for = Brief(record["id"], *asked, assessment.demonstration).made_for
        self._tables = {
            table["id"]: LabelledRows(written.tables[table["file"]], table) for table in own
        }
        self._written, self._record, self._declared = written, record, declared

    def wrong(self, notebook: Path) -> Iterator[str]:
        """What is wrong with its texts, a sentence an element."""
        name = declarations().finding(self._record["id"]).notebook
        for block in blocks_of(notebook):
            found = dict.fromkeys([*self._in_block(block), *self._of_kind(block)])
            yield from (f"{name}: {block.kind}: {what}" for what in found)

    def _in_block(self, block: MadeBlock) -> Iterator[str]:
        for piece in pieces_of_page(block.html, f"{self._record['slug']}.html"):
            yield from (f"{piece.element}: {why}" for why in self._in_piece(piece, block))

    def _of_kind(self, block: MadeBlock) -> Iterator[str]:
        """A headline's badge, a map's labels, and each card as one sentence."""
        if block.kind == "headline":
            yield from wrong_badges(block.html, self._record)
        if block.kind == "map":
            yield from wrong_map_labels(block.html, self._record, self._written.tables)
        if block.kind == "key_figures":
            for card in read_document(block.html).root.all("li"):
                text, stretches = places_in(card.text)
                if beside_another(text, self._standing(stretches, block)):
                    yield f"<li> card: {BESIDE_ANOTHER}"

    def _standing(self, stretches: list[Marked], block: MadeBlock) -> list[Standing]:
        """The numbers of a text that are cells of this finding's tables."""
        cells = [(each.start, block.marks[each.number].cell) for each in stretches]
        return [
            Standing(start, cell, self._tables[cell.table])
            for start, cell in cells
            if self._is_own(cell)
        ]

    def _in_piece(self, piece: Piece, block: MadeBlock) -> Iterator[str]:
        text, stretches = places_in(piece.text)
        for each in stretches:
            mark = block.marks[each.number]
            if mark.text != text[each.start : each.end] or not self._holds(mark):
                yield ANOTHER
        if beside_another(text, self._standing(stretches, block)):
            yield BESIDE_ANOTHER
        if block.kind in SAID and WORDS.match(piece.element):
            yield from self._typed(text, stretches)

    def _typed(self, text: str, stretches: list[Marked]) -> Iterator[str]:
        for figure, at in figures_in(text):
            marked = any(each.start <= at < each.end for each in stretches)
            if not marked and not self._may_be_typed(text, figure, at):
                yield TYPED

    def _may_be_typed(self, text: str, figure: str, at: int) -> bool:
        """Whether it is part of a text that is declared, allowed or another finding's own."""
        return (
            text in self._others
            or self._declared.hold(text, figure, at)
            or any(entry.covers_words(text, at) for entry in allowed_numbers())
        )

    @cached_property
    def _others(self) -> frozenset[str]:
        """What the records tell that a page of the whole assessment is made of."""
        if self._record.get("tested", True):
            return frozenset()
        records = (each for each in self._written.records if each.get("tested", True))
        return frozenset(" ".join(text.split()) for each in records for _, text in entries_of(each))

    def _holds(self, mark: NumberMark) -> bool:
        """Whether its cell, formatted again, reads the same; one of another year is not here."""
        cell = mark.cell
        if not self._is_own(cell):
            return True
        rows = self._tables[cell.table].rows_of(cell)
        return any(_formatted(row.get(cell.column, ""), mark) == mark.text for row in rows)

    def _is_own(self, cell: PublishedCell | None) -> TypeGuard[PublishedCell]:
        """Whether it stands in a table of this finding; one of another year does not."""
        return cell is not None and cell.made_for == self._made_for and cell.table in self._tables


def _formatted(value: str, mark: NumberMark) -> str:
    try:
        number = float(value)
    except ValueError:
        return ""
    return ordinal(int(number)) if mark.decimals is None else rounded_text(number, mark.decimals)
