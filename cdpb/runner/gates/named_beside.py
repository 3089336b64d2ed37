"""Whether the words beside a number name the row that it was taken from, or another."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cdpb.disclosure.published import TOTAL
from cdpb.marks import PublishedCell
from cdpb.runner.gates.row_labels import SENTENCE, Names, forms_in
from cdpb.runner.gates.written import Rows

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d/\d\d(?!\d)")
CLAUSE = re.compile(SENTENCE.pattern + r"|(?<=:)\s+")


class LabelledRows:
    """The rows of a published table, and what they are called.

    Parameters
    ----------
    rows : list of dict
        As they were written.
    table : mapping
        What the finding's record says of it.
    """

    def __init__(self, rows: Rows, table: Mapping[str, Any]) -> None:
        self._rows, self._period = rows, str(table.get("period") or "")
        self._names: dict[str, Names] = {}

    def rows_of(self, cell: PublishedCell) -> Rows:
        """The row of a cell; several where what names it names others too."""
        return [
            row for row in self._rows if all(row.get(name, "") == value for name, value in cell.row)
        ]

    def years_of(self, cell: PublishedCell) -> set[str]:
        """The years that stand in its row, and those of its table where none names the row."""
        told = " ".join(value for row in self.rows_of(cell) for value in row.values())
        by_year = any(YEAR.fullmatch(value) for _, value in cell.row)
        return set(YEAR.findall(told if by_year else f"{told} {self._period}"))

    def labels_of(self, cell: PublishedCell) -> Iterator[tuple[set[str], Names]]:
        """Of each column that names rows, what its row is called, and what any may be."""
        for name, value in cell.row:
            if value != TOTAL and not YEAR.fullmatch(value):
                own = {form for row in self.rows_of(cell) for form in forms_in(row, name)}
                yield own, self._of(name)

    def _of(self, name: str) -> Names:
        if name not in self._names:
            self._names[name] = Names(form for row in self._rows for form in forms_in(row, name))
        return self._names[name]


class Standing(NamedTuple):
    """A number of a text: where it begins, and its cell among the rows of its table."""

    start: int
    cell: PublishedCell
    rows: LabelledRows


def beside_another(text: str, numbers: Sequence[Standing]) -> bool:
    """Whether a number stands beside the name of a row that none of the numbers there is from.

    One whose own row is named has what it needs; so has one whose neighbours' rows are all that
    is named, for a sentence may call its row by other words.
    """
    return any(
        _year_is_another(each, _within(SENTENCE, text, each, numbers))
        or _name_is_another(each, _within(CLAUSE, text, each, numbers))
        for each in numbers
    )


Around = tuple[str, Sequence[Standing]]


def _within(ends: re.Pattern[str], text: str, at: Standing, numbers: Sequence[Standing]) -> Around:
    """The sentence or clause around a number, and the numbers in it."""
    places = [place for found in ends.finditer(text) for place in found.span()]
    start = max((place for place in places if place <= at.start), default=0)
    end = min((place for place in places if place > at.start), default=len(text))
    return text[start:end], [each for each in numbers if start <= each.start < end]


def _year_is_another(number: Standing, around: Around) -> bool:
    said, beside = around
    named, own = set(YEAR.findall(said)), number.rows.years_of(number.cell)
    accounted = set().union(*(each.rows.years_of(each.cell) for each in beside))
    return bool(own) and named.isdisjoint(own) and not named <= accounted


def _name_is_another(number: Standing, around: Around) -> bool:
    said, beside = around
    labels = [pair for each in beside for pair in each.rows.labels_of(each.cell)]
    accounted = set().union(*(own for own, _ in labels))
    for own, names in number.rows.labels_of(number.cell):
        named = names.standing_in(said.casefold())
        if named.isdisjoint(own) and not named <= accounted:
            return True
    return False
