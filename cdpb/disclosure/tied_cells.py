"""The cells and sums that ties add to a system: rests, and how far a sum is from its bounds."""

from collections.abc import Mapping

from cdpb.disclosure.ties import Bounds, Rows, Tie, Ties
from cdpb.disclosure.units import BaseRows, Division, Units

# A whole, and its parts.
Sum = tuple[int, frozenset[int]]


class TiedCells:
    """What is added to the cells of tables, each cell a unit of its own.

    A sum of at least 3 and at most 7 is 3 and something; and 7 is it and something: four cells
    more, two of them public, so that bounds are sums like all others.

    Attributes
    ----------
    counts : list of int
        Of the new cells, which stand behind all others.
    units : list of frozenset
        What each of them sums.
    sums : list of (int, frozenset)
        The whole and its parts.
    public, nobody : list of int
        Cells that everybody knows; and those that count nobody.
    """

    def __init__(
        self, ties: Ties, rows: BaseRows, division: Division, places: Mapping[Units, int]
    ) -> None:
        self._rows, self._division, self._places = rows, division, places
        self.counts: list[int] = []
        self.units: list[Units] = []
        self.sums: list[Sum] = []
        self.public: list[int] = []
        self.nobody: list[int] = []
        for tie in ties.among:
            self._tie(tie)
        for bounds in ties.within:
            self._bind(bounds)

    def __len__(self) -> int:
        return len(self.counts)

    def _tie(self, tie: Tie) -> None:
        whole, part = self._cell(tie.whole), self._cell(tie.part)
        if whole is None or part is None:
            return
        rest = self._count(whole) - self._count(part)
        parts = {part, self._new(rest)} if tie.rest else {part}
        self.sums.append((whole, frozenset(parts)))

    def _bind(self, bounds: Bounds) -> None:
        cell = self._cell(bounds.rows)
        if cell is None:
            return
        count = self._count(cell)
        over, under = self._new(count - bounds.least), self._new(bounds.greatest - count)
        least, greatest = self._new(bounds.least), self._new(bounds.greatest)
        self.sums += [(cell, frozenset({least, over})), (greatest, frozenset({cell, under}))]
        self.nobody += [over, under]
        self.public += [least, greatest]

    def _cell(self, rows: Rows) -> int | None:
        """None where a row has no count, or the source isn't among these."""
        numbers = self._rows.numbers(rows)
        if not numbers or not self._rows.missing.isdisjoint(numbers):
            return None
        return self._places[self._division.of(numbers)]

    def _count(self, cell: int) -> int:
        units = list(self._places)[cell]
        return sum(self._division.counts[unit] for unit in units)

    def _new(self, count: int) -> int:
        self.counts.append(count)
        self.units.append(frozenset([len(self._division.counts) + len(self.units)]))
        return len(self._places) + len(self.counts) - 1
