"""Whether each number of a text is its own cell's, or is published and stands in its place."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeGuard

from cdpb.marks import AXIS, Marked, NumberMark, PublishedCell, places_in, unmarked
from cdpb.numbers import ordinal, rounded_text
from cdpb.report.text_figures import figures_in
from cdpb.runner.gates.known_numbers import QuotedTexts, is_number
from cdpb.runner.gates.row_labels import (
    Label,
    LabelledRows,
    NamedRows,
    beside_another,
    parts_of,
)
from cdpb.runner.gates.text_nodes import TextNode
from cdpb.runner.gates.written import Written

ANOTHER = "a number that its table does not have there"
BESIDE_ANOTHER = "a number beside the name of another row than its own"
TYPED = "a number that was typed by hand"
STRANGE = "a number that none of its published tables holds"
BESIDE = "a number beside the name of a hidden cell"
UNNAMED = "a number in a name that none of its files and tables has"
DIGIT = re.compile(r"\d")
Marks = Mapping[int, NumberMark]


@dataclass(frozen=True)
class Published:
    """What a finding may say: figures that its tables hold or give, and its rows by their names.

    Sentences that other findings say were ``judged`` there.
    """

    figures: Collection[str]
    rows: NamedRows
    judged: Collection[str] = ()


class NumberCheck:
    """Judges the texts of one finding, or with no record those of the manifest."""

    def __init__(
        self,
        written: Written,
        record: Mapping[str, Any],
        published: Published,
        quoted: QuotedTexts,
        names: Collection[str],
    ) -> None:
        self.numbers = 0
        self._published, self._quoted, self._names = published, quoted, names
        asked, own = written.assessment, record.get("tables", [])
        named = (record.get("id", ""), asked.area_code, asked.year)
        self._made_for = asked.build.made_for(*named)
        self._tables = {
            table["id"]: LabelledRows(written.tables[table["file"]], table) for table in own
        }
        self._words = set().union(*(table.words for table in self._tables.values()))
        paths = [written.folder / table["file"] for table in own]
        self._rows = {row for path in paths for row in path.read_text("utf-8").splitlines()}

    def wrong_in(
        self, file: str, nodes: Iterable[TextNode], marks: Marks, *, prose: bool = False
    ) -> Iterator[str]:
        """What is wrong with some texts of a file, by element; ``marks`` has what their marks say.

        In ``prose`` a finding speaks in words of its own, so that each number has a mark.
        """
        for node in nodes:
            if node.is_name:
                wrong = iter([UNNAMED] * (node.text.partition("#")[0] not in self._names))
            elif node.is_row and node.text in self._rows:
                continue
            else:
                wrong = self._wrong(file, node, marks, prose)
            yield from (f"{node.element}: {why}" for why in wrong)

    def is_beside_another(self, node: TextNode, marks: Marks) -> bool:
        """Whether a number of a text stands beside the name of another row, in it or around it.

        Or under the heading of another column.
        """
        text, found = _marked(node, marks)
        words, labels = [node.column, *(unmarked(word) for _, word in node.context)], list[Label]()
        for each, mark in found:
            if self._is_own(mark.cell):
                table = self._tables[mark.cell.table]
                if table.is_of_another(node.column, mark.cell):
                    return True
                labels += table.labels_of(mark.cell, each.start)
        return beside_another(text, words, labels)

    def _wrong(self, file: str, node: TextNode, marks: Marks, prose: bool) -> Iterator[str]:
        text, found = _marked(node, marks)
        if not found and not DIGIT.search(text):
            return
        for each, mark in found:
            if mark.text != text[each.start : each.end] or not self._holds(mark):
                yield ANOTHER
        yield from [BESIDE_ANOTHER] * self.is_beside_another(node, marks)
        plain = node._replace(text=text)
        for start, sentence in parts_of(text):
            # A title that is quoted as a sentence has been given its full stop.
            judged = sentence.rstrip(".") in self._published.judged
            beside = partial(self._published.rows.shown_beside, sentence, node.named)
            for figure, place in figures_in(sentence):
                self.numbers += 1
                at = start + place
                own = next((mark for each, mark in found if each.start <= at < each.end), None)
                by_hand = prose and not (own or judged or text.casefold() in self._words)
                why = self._why_wrong(figure, own, _nothing if judged else beside, by_hand)
                if why and not self._quoted.has(file, plain, figure, at):
                    yield why

    def _why_wrong(
        self,
        figure: str,
        mark: NumberMark | None,
        beside: Callable[[], Collection[str] | None],
        by_hand: bool,
    ) -> str:
        """What is wrong with a number that nobody has declared, if anything is.

        What is shown ``beside`` it is asked for where all depends on that: it takes longest.
        """
        if mark and (mark.cell == AXIS or self._is_own(mark.cell)):
            return ""
        if by_hand:
            return TYPED
        if figure not in self._published.figures:
            return STRANGE
        shown = beside()
        return BESIDE if shown is not None and figure not in shown else ""

    def _holds(self, mark: NumberMark) -> bool:
        """Whether its cell, formatted again, reads the same; one of another year is not here."""
        cell = mark.cell
        if not self._is_own(cell):
            return True
        values = [row.get(cell.column, "") for row in self._tables[cell.table].rows_of(cell)]
        return mark.text in [_formatted(float(value), mark) for value in values if is_number(value)]

    def _is_own(self, cell: PublishedCell | None) -> TypeGuard[PublishedCell]:
        """Whether it stands in a table of this finding; one of another year does not."""
        return cell is not None and cell.made_for == self._made_for and cell.table in self._tables


def _nothing() -> None:
    """What is shown beside a number that was judged elsewhere."""


def _marked(node: TextNode, marks: Marks) -> tuple[str, Sequence[tuple[Marked, NumberMark]]]:
    """A text without its marks, and what they say of which stretches of it."""
    text, found = places_in(node.text)
    return text, [(each, marks[each.number]) for each in found if each.number in marks]


def _formatted(value: float, mark: NumberMark) -> str:
    return ordinal(int(value)) if mark.decimals is None else rounded_text(value, mark.decimals)
