"""The smallest parts that tables tell apart, over the rows of their base tables."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import pandas as pd

from cdpb.declarations import TableDeclaration
from cdpb.disclosure.counted import unknown_rows
from cdpb.disclosure.ties import Rows, Ties, wholes_of
from cdpb.errors import InputError

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
