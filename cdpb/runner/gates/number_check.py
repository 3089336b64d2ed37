"""Whether each number of a text is its own cell's, or is published and stands in its place."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from cdpb.findings.brief import Brief
from cdpb.marks import NumberMark, PublishedCell, places_in
from cdpb.numbers import ordinal, rounded_text
from cdpb.runner.gates.published_figures import (
    CODE,
    IN_CODE,
    FileNames,
    axis_labels,
    blanked,
    figures_in,
)
from cdpb.runner.gates.quoted_text import QuotedTexts
from cdpb.runner.gates.row_labels import CitedCell, LabelledRows, NamedRows, beside_another
from cdpb.runner.gates.text_nodes import TextNode
from cdpb.runner.gates.written import Written

# Where words stand: those of cells, of drawings and of what is embedded are formatted elsewhere.
WORDS = re.compile(
    r"(?:(?:alt|aria-label|title) of )?"
    r"<(?:p|h\d|li|dt|dd|div|figcaption|caption|blockquote|summary|img)>"
)
ORDINAL = re.compile(r"figures\[(\d+)\]\.number")
ANOTHER = "a number that its table does not have there"
BESIDE_ANOTHER = "a number beside the name of another row than its own"
TYPED = "a number that was typed by hand"
STRANGE = "a number that none of its published tables holds"
BESIDE = "a number beside the name of a hidden cell"
UNNAMED = "a number in a name that none of its files and tables has"


@dataclass(frozen=True)
class Published:
    """What a finding may say: figures that its tables hold or give, and its rows by their names.

    Texts of other findings are ``repeatable``: they were judged there.
    """

    figures: set[str]
    rows: NamedRows
    repeatable: frozenset[str] = frozenset()


class NumberCheck:
    """Judges the texts of one finding, or with no record those of the manifest."""

    def __init__(
        self,
        written: Written,
        record: Mapping[str, Any],
        published: Published,
        quoted: QuotedTexts,
        names: FileNames,
    ) -> None:
        self.numbers = 0
        self._published, self._quoted, self._names = published, quoted, names
        asked, own = written.assessment.parameters, record.get("tables", [])
        self._made_for = Brief(record["id"], **asked).made_for if record else ""
        self._tables = {
            table["id"]: LabelledRows(written.tables[table["file"]], table) for table in own
        }

    def wrong_in(
        self, nodes: Sequence[TextNode], marks: Mapping[int, NumberMark], *, prose: bool = False
    ) -> Iterator[str]:
        """What is wrong with some texts, by element; ``marks`` has what their marks say.

        In ``prose`` a finding speaks in words of its own, so that each number has a mark.
        """
        axes = axis_labels(nodes)
        for node in nodes:
            if node not in axes and not _counts_itself(node):
                yield from (f"{node.element}: {why}" for why in self._wrong(node, marks, prose))

    def is_beside_another(self, text: str, marks: Mapping[int, NumberMark]) -> bool:
        """Whether a number of a text with marks stands beside the name of another row."""
        plain, found = places_in(text)
        cells = [(each.start, marks[each.number].cell) for each in found if each.number in marks]
        cited = [
            CitedCell(start, cell, self._tables[cell.table])
            for start, cell in cells
            if self._is_own(cell)
        ]
        return beside_another(plain, cited)

    def _wrong(
        self, marked: TextNode, marks: Mapping[int, NumberMark], prose: bool
    ) -> Iterator[str]:
        text, found = places_in(marked.text)
        node = replace(marked, text=text)
        known = [(each, marks[each.number]) for each in found if each.number in marks]
        if node.is_name:
            yield from [UNNAMED] * (not self._names.has(text))
            return
        for each, own in known:
            if own.text != text[each.start : each.end] or not self._holds(own):
                yield ANOTHER
        yield from [BESIDE_ANOTHER] * self.is_beside_another(marked.text, marks)
        by_hand = prose and bool(WORDS.match(node.element))
        beside = {at for _, at in self._published.rows.strangers(text, node.context)}
        for figure, at in figures_in(blanked(IN_CODE, text) if node.element == CODE else text):
            self.numbers += 1
            mark = next((mark for each, mark in known if each.start <= at < each.end), None)
            if by_hand and mark is None:
                yield from [TYPED] * (not self._may_be_typed(node, figure, at))
            else:
                yield from self._unpublished(node, figure, at, mark, at in beside)

    def _unpublished(
        self, node: TextNode, figure: str, at: int, mark: NumberMark | None, beside: bool
    ) -> Iterator[str]:
        """What is wrong with a number that is no cell, or stands where it is hidden."""
        known = figure in self._published.figures or (mark and self._is_own(mark.cell))
        if (not known or beside) and not self._quoted.has(node, figure, at):
            yield BESIDE if known else STRANGE

    def _may_be_typed(self, node: TextNode, figure: str, at: int) -> bool:
        """Whether it is part of a text that is declared, allowed or another finding's own."""
        return node.text in self._published.repeatable or self._quoted.has(
            node, figure, at, of_findings=False
        )

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


def _counts_itself(node: TextNode) -> bool:
    """Of a record, the place of a figure on its page."""
    figure = ORDINAL.fullmatch(node.element)
    return figure is not None and node.text.isdecimal() and 0 < int(node.text) <= int(figure[1]) + 1
