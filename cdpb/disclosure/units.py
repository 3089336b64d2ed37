"""The smallest parts that tables tell apart, and what ties them though no table adds it up.

A reader of 60 booked and 58 attended knows that 2 were not, though no table prints it; and one of
a return that hides a count knows it from another return of the same people that shows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from cdpb.disclosure.counted import unknown_rows
from cdpb.disclosure.declared import TableDeclaration
from cdpb.errors import InputError


@dataclass(frozen=True)
class PartOf:
    """Two labels of a column, of which the first counts some of those whom the second counts."""

    column: str
    part: str
    whole: str


@dataclass(frozen=True)
class Rows:
    """Some rows of a source's base table, by their places: their sum is what is tied."""

    source: str
    places: frozenset[int]


@dataclass(frozen=True)
class Tie:
    """Two sums of the same people; or, with a ``rest``, people and some others beside them."""

    whole: Rows
    part: Rows
    rest: bool = False


@dataclass(frozen=True)
class Bounds:
    """A sum that a public figure leaves between two counts, both of them possible.

    A publication rounded to 5 says no more than that: a printed 0 is 0 to 2, a 5 is 3 to 7.
    """

    rows: Rows
    least: int
    greatest: int


@dataclass(frozen=True)
class Ties:
    """All that ties the counts of some sources, each tie true of the counts received.

    Attributes
    ----------
    parts : mapping of str to sequence of PartOf
        By source. No label is part of two, and none is the whole of two.
    """

    parts: Mapping[str, tuple[PartOf, ...]] = field(default_factory=dict)
    among: tuple[Tie, ...] = ()
    within: tuple[Bounds, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For a fingerprint: the same ties, the same dictionary."""
        return {
            "parts": {name: [astuple(each) for each in own] for name, own in self.parts.items()},
            "among": [[_listed(each.whole), _listed(each.part), each.rest] for each in self.among],
            "within": [[_listed(each.rows), each.least, each.greatest] for each in self.within],
        }


def _listed(rows: Rows) -> list[Any]:
    return [rows.source, sorted(rows.places)]


NO_TIES = Ties()


def wholes_of(base: pd.DataFrame, parts: tuple[PartOf, ...]) -> dict[int, int]:
    """For each row that counts a part, the row of its whole: equal in every other label."""
    numbers = set(base.select_dtypes("number").columns)
    found: dict[int, int] = {}
    for each in parts:
        labels = [str(name) for name in base if name != each.column and name not in numbers]
        own, other = (
            base[base[each.column].astype(str) == label] for label in (each.part, each.whole)
        )
        places = dict(zip(_named(other, labels), other.index, strict=True))
        rows = zip(_named(own, labels), own.index, strict=True)
        found |= {row: places[name] for name, row in rows if name in places}
    return found


def _named(rows: pd.DataFrame, labels: list[str]) -> list[tuple[str, ...]]:
    return list(rows[labels].astype(str).itertuples(index=False, name=None))


Units = frozenset[int]
Tables = Mapping[str, TableDeclaration]
Base = pd.DataFrame | Mapping[str, pd.DataFrame]


def by_source(tables: Tables, base: Base) -> dict[str, pd.DataFrame]:
    """The base table of each source that the tables count."""
    sources = sorted({declared.source for declared in tables.values()})
    if isinstance(base, pd.DataFrame):
        return dict.fromkeys(sources, base)
    return {source: base[source] for source in sources}


class BaseRows:
    """The rows of all base tables, numbered through.

    Attributes
    ----------
    base : dict of str to pandas.DataFrame
        By source; the index is the number of the row.
    first : dict of str to int
        The number of each source's first row.
    count : dict of str to str
        The column of counts of each source.
    counts : list of int
        By number; 0 where it is missing.
    missing : frozenset of int
        The rows without a count.
    whole_of : dict of int to int
        For each row that counts a part, the row of its whole.
    """

    def __init__(self, tables: Tables, base: Base, ties: Ties) -> None:
        self.base: dict[str, pd.DataFrame] = {}
        self.first: dict[str, int] = {}
        self.count = _counted_columns(tables)
        self.counts: list[int] = []
        self.whole_of: dict[int, int] = {}
        missing: set[int] = set()
        for source, table in by_source(tables, base).items():
            self.first[source] = len(self.counts)
            numbered = table.set_axis(range(len(self.counts), len(self.counts) + len(table)))
            self.base[source], column = numbered, numbered[self.count[source]]
            self.counts += column.fillna(0).astype(int).tolist()
            missing |= unknown_rows(numbered, self.count[source])
            self.whole_of |= wholes_of(numbered, ties.parts.get(source, ()))
        self.missing = frozenset(missing)

    def numbers(self, rows: Rows) -> list[int]:
        """The numbers of some rows of one source; none of a source that isn't among these."""
        if rows.source not in self.base:
            return []
        first = self.first[rows.source]
        return sorted(first + place for place in rows.places)


def _counted_columns(tables: Tables) -> dict[str, str]:
    found: dict[str, str] = {}
    for declared in tables.values():
        if found.setdefault(declared.source, declared.count) != declared.count:
            columns = ", ".join(sorted({found[declared.source], declared.count}))
            raise InputError(
                f"Tables of one protected source count different columns: {columns}.",
                "Wanted: one column of counts a source; put the others into rows of the base "
                "table.",
            )
    return found


class Division:
    """Base rows divided into units: rows that the same cells sum are one.

    A whole of which another row counts a part is no unit itself: it is made of the units of the
    part and of the rest, a unit that no row counts. Where the part is larger (attended in a later
    month than booked) there is no such rest, and nothing ties the two.

    Attributes
    ----------
    unit_of : dict of int to int
        The unit of each row that is in a cell; of a whole, one that stands for its parts.
    counts : list of int
        Of each unit.
    """

    def __init__(self, rows: BaseRows, members: Sequence[Sequence[int]]) -> None:
        self._rows = rows
        self._cells: dict[int, list[int]] = {}
        for cell, numbers in enumerate(members):
            for row in numbers:
                self._cells.setdefault(row, []).append(cell)
        self.unit_of: dict[int, int] = {}
        numbered: dict[tuple[tuple[int, ...], ...], int] = {}
        for row in self._cells:
            self.unit_of[row] = numbered.setdefault(self._told_apart_by(row), len(numbered))
        self.counts = [0] * len(numbered)
        for row, unit in self.unit_of.items():
            self.counts[unit] += rows.counts[row]
        self._made_of: dict[int, Units] = {}
        self._part_wholes()

    def _told_apart_by(self, row: int) -> tuple[tuple[int, ...], ...]:
        """The cells that sum a row; of a part, those that sum its whole too."""
        own = tuple(self._cells.get(row, ()))
        whole = self._rows.whole_of.get(row)
        return (own,) if whole is None else (own, *self._told_apart_by(whole))

    def _part_wholes(self) -> None:
        parts: dict[int, set[int]] = {}
        for row, whole in self._rows.whole_of.items():
            if row in self.unit_of and whole in self.unit_of:
                parts.setdefault(self.unit_of[whole], set()).add(self.unit_of[row])
        for whole, units in sorted(parts.items()):
            rest = self.counts[whole] - sum(self.counts[unit] for unit in units)
            if rest >= 0 and self.lost.isdisjoint({whole, *units}):
                self._made_of[whole] = frozenset({*units, len(self.counts)})
                self.counts.append(rest)

    @cached_property
    def lost(self) -> frozenset[int]:
        """The units of which today's count isn't held."""
        return frozenset(self.unit_of[row] for row in self._rows.missing if row in self.unit_of)

    @cached_property
    def smallest(self) -> list[Units]:
        """Each unit; and each whole, as the units that it is made of."""
        return [self._parts(unit) for unit in range(len(self.counts))]

    def of(self, rows: Sequence[int]) -> Units:
        """The units of some rows.

        Raises
        ------
        InputError
            If a part is among them beside its whole: its people would be counted twice.
        """
        own = {self.unit_of[row] for row in rows}
        parts = [self._parts(unit) for unit in own]
        found = frozenset[int]().union(*parts)
        if sum(map(len, parts)) != len(found):
            raise InputError(
                "A table adds up a part and its whole: the same people would count twice.",
                "Leave the total over them out of the table. Nothing was published.",
            )
        return found

    def _parts(self, unit: int) -> Units:
        if unit not in self._made_of:
            return frozenset([unit])
        return frozenset[int]().union(*map(self._parts, self._made_of[unit]))


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
