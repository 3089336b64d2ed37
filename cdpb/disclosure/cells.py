"""The published cells of tables that hang together, as one system of sums over base counts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from cdpb.disclosure.counted import base_rows, keys_of, single_periods
from cdpb.disclosure.declared import TOTAL, TableDeclaration
from cdpb.disclosure.earlier import EarlierTable
from cdpb.disclosure.masked import Key
from cdpb.disclosure.units import NO_TIES, Base, BaseRows, Division, Sum, TiedCells, Ties, Units


@dataclass(frozen=True)
class CellSystem:
    """Cells, and the sums that tie them.

    A *unit* is the smallest part that the tables tell apart: base rows that count towards
    the same cells. Two cells of the same units are one cell, whichever tables they stand in.
    Units that no table shows are in the system too, unpublished: a reader may not ignore them,
    and may learn of them by subtraction. So are the single periods that windows add up.

    Cells of earlier publications are cells of the same system, told apart by what is known of
    them: see `cdpb.disclosure.readers`.

    Two sources that count the same people are one system too, with the sums that are equal; a
    public figure that was rounded is there as the least and the greatest count it leaves.

    Combinations that the base table doesn't hold are taken as impossible, and the reader is
    taken to know it; a loader fills in the zeros that are possible.

    Attributes
    ----------
    counts : numpy.ndarray of int
        True count of each cell.
    published : numpy.ndarray of bool
        Whether a table shows (or hides) it.
    units : tuple of frozenset
        What each cell sums.
    relations : scipy.sparse.csr_array
        One row a sum: 1 for the whole, -1 for its parts, so that ``relations @ counts == 0``.
    cells : mapping of str to mapping
        Table name, then key, to the cell's place.
    then : tuple of mapping
        For each earlier table, key to the cell's place.
    known : numpy.ndarray of bool
        Shown whatever is chosen now, however small: by an earlier publication.
    concealed : numpy.ndarray of bool
        Hidden by an earlier table, and in none of today's.
    unknown : numpy.ndarray of bool
        In no table of today, and today's count isn't held: the sender hides a part of it.
    nobody : numpy.ndarray of bool
        Counts of nobody: how far a sum is from the least or the greatest that it can be.
    cell_of_row : mapping of int to int
        The smallest cell that each row of the base tables belongs to, by its number; others are
        in no cell.
    first_rows : mapping of str to int
        By source, the number of the first row of its base table.
    tied : bool
        Whether several sources, or public figures, say something of the same people.
    names : tuple of str
        Of each cell that a table shows: the first table it stands in, for what, and its key.
    """

    counts: np.ndarray
    published: np.ndarray
    units: tuple[Units, ...]
    relations: sparse.csr_array
    cells: Mapping[str, Mapping[Key, int]]
    then: tuple[Mapping[Key, int], ...]
    known: np.ndarray
    concealed: np.ndarray
    unknown: np.ndarray
    nobody: np.ndarray
    cell_of_row: Mapping[int, int] = field(default_factory=dict)
    first_rows: Mapping[str, int] = field(default_factory=dict)
    tied: bool = False
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.counts)

    def marked(self, keys: Mapping[str, frozenset[Key]]) -> np.ndarray:
        """Which cells are among these keys, as one bool a cell."""
        marks = np.zeros(len(self), dtype=bool)
        for table, hidden in keys.items():
            marks[[self.cells[table][key] for key in hidden]] = True
        return marks

    def keys_of(self, marks: np.ndarray) -> dict[str, frozenset[Key]]:
        """The other way round: for each table, the keys of the marked cells."""
        return {
            table: frozenset(key for key, cell in places.items() if marks[cell])
            for table, places in self.cells.items()
        }

    def ever_hidden(self, hidden: np.ndarray) -> np.ndarray:
        """The hidden cells and those hidden before: of both a reader knows what that means."""
        return np.asarray(hidden | self.concealed, dtype=bool)

    def components(
        self, within: np.ndarray, also: sparse.csr_array | None = None
    ) -> list[np.ndarray]:
        """The chosen cells, parted where no sum (or other row) ties them; in rising order."""
        chosen = np.flatnonzero(within)
        rows = self.relations if also is None else sparse.vstack([self.relations, also], "csr")
        ties = (rows[:, chosen] != 0).astype(np.int64)
        _, labels = connected_components(ties.T @ ties, directed=False)
        order = np.argsort(labels, kind="stable")
        starts = np.flatnonzero(np.diff(labels[order])) + 1
        return [chosen[part] for part in np.split(order, starts)] if len(chosen) else []


def cells_of(
    tables: Mapping[str, TableDeclaration],
    base: Base,
    earlier: Sequence[EarlierTable] = (),
    ties: Ties = NO_TIES,
) -> CellSystem:
    """The system of these tables together, over their base tables.

    A row whose count is missing is in no cell of today's tables: what sums it is hidden, and
    what is hidden so has a part that stands nowhere else.

    Parameters
    ----------
    tables : mapping of str to TableDeclaration
        By a name that no two share.
    base : pandas.DataFrame, or mapping of str to such
        The source's table as loaded: one row a combination, zeros filled in, no totals; of
        several sources, each by its id.
    earlier : sequence of EarlierTable
        Tables of the sources that were published before.
    ties : Ties
        What else ties the counts: a part and its whole, the same people in two sources.

    Raises
    ------
    InputError
        If tables of one source count different columns, or one doesn't fit its base table.
    """
    rows = BaseRows(tables, base, ties)
    members, unseen = _members(tables, rows)
    before = [_members_then(each, rows) for each in earlier]
    own = [numbers for each, _ in before for numbers in each.values()]
    unseen += [numbers for _, several in before for numbers in several]
    unseen += _tied_rows(ties, rows)
    division = Division(rows, [*members.values(), *own, *unseen])
    sets = [division.of(numbers) for numbers in members.values()]
    shown = dict.fromkeys(sets)
    unshown = dict.fromkeys([*map(division.of, [*own, *unseen]), *division.smallest])
    places = {units: place for place, units in enumerate({**shown, **unshown})}
    cells: dict[str, dict[Key, int]] = {table: {} for table in tables}
    for (table, key), units in zip(members, sets, strict=True):
        cells[table][key] = places[units]
    counted = [sum(division.counts[each] for each in units) for units in places]
    tied = TiedCells(ties, rows, division, places)
    sums = [*_sums(tables, cells, places), *tied.sums]
    none = np.zeros(len(places) + len(tied), dtype=bool)
    return CellSystem(
        counts=np.array([*counted, *tied.counts], dtype=int),
        published=_marked(none, [*(places[units] for units in shown), *tied.public]),
        units=(*places, *tied.units),
        relations=_matrix(sums, len(none)),
        cells=cells,
        then=tuple(
            {key: places[division.of(numbers)] for key, numbers in each.items()}
            for each, _ in before
        ),
        known=_marked(none, tied.public),
        concealed=none,
        unknown=_marked(
            none, [at for units, at in places.items() if not division.lost.isdisjoint(units)]
        ),
        nobody=_marked(none, tied.nobody),
        cell_of_row={row: places[division.of([row])] for row in division.unit_of},
        first_rows=rows.first,
        tied=bool(tied.sums),
        names=_names(tables, cells, len(none)),
    )


def _names(
    tables: Mapping[str, TableDeclaration], cells: Mapping[str, Mapping[Key, int]], width: int
) -> tuple[str, ...]:
    """The same whichever years or tables are added, as long as the first table stays the first."""
    names: dict[int, str] = {}
    for table, declared in sorted(tables.items()):
        of = {name: value for name, value in declared.filter.items() if isinstance(value, str)}
        for key, place in cells[table].items():
            names.setdefault(place, json.dumps([table, of, key], sort_keys=True))
    return tuple(names.get(place, str(place)) for place in range(width))


def _marked(none: np.ndarray, cells: Iterable[int]) -> np.ndarray:
    marks = none.copy()
    marks[list(cells)] = True
    return marks


def _members(
    tables: Mapping[str, TableDeclaration], rows: BaseRows
) -> tuple[dict[tuple[str, Key], list[int]], list[list[int]]]:
    """The base rows that each published cell sums; and those of the single periods of windows."""
    cells: dict[tuple[str, Key], list[int]] = {}
    unseen: list[list[int]] = []
    for table, declared in tables.items():
        own, single = _rows_by_key(declared, rows.base[declared.source])
        held = {key: numbers for key, numbers in own.items() if rows.missing.isdisjoint(numbers)}
        cells |= {(table, key): numbers for key, numbers in held.items()}
        unseen += [each for each in single.values() if rows.missing.isdisjoint(each)]
    return cells, unseen


def _members_then(
    table: EarlierTable, rows: BaseRows
) -> tuple[dict[Key, list[int]], list[list[int]]]:
    """The same of an earlier table, over today's rows: those of its keys that it published."""
    source = table.declared.source
    today = table.declared.model_copy(update={"count": rows.count[source]})
    own, single = _rows_by_key(today, rows.base[source])
    return {key: own[key] for key in table.cells if key in own}, list(single.values())


def _tied_rows(ties: Ties, rows: BaseRows) -> list[list[int]]:
    """The rows of each sum that is tied to something else."""
    sums = [side for tie in ties.among for side in (tie.whole, tie.part)]
    numbers = [rows.numbers(each) for each in [*sums, *(bound.rows for bound in ties.within)]]
    return [each for each in numbers if each]


def _rows_by_key(
    declared: TableDeclaration, base: pd.DataFrame
) -> tuple[dict[Key, list[int]], dict[Key, list[int]]]:
    cells: dict[Key, list[int]] = {}
    single: dict[Key, list[int]] = {}
    rows = base_rows(declared, base)
    for row, key in keys_of(declared, rows):
        cells.setdefault(key, []).append(rows.index[row])
    for row, key in keys_of(single_periods(declared), rows) if declared.window else ():
        single.setdefault(key, []).append(rows.index[row])
    return cells, single


def _sums(
    tables: Mapping[str, TableDeclaration],
    cells: Mapping[str, Mapping[Key, int]],
    places: Mapping[Units, int],
) -> list[Sum]:
    """Each total over one dimension; and the units of a cell that no total explains."""
    sums: dict[Sum, None] = {}
    for table, declared in tables.items():
        for total in declared.totals:
            sums.update(_sums_over(declared.dimensions.index(total), cells[table]))
    explained = {whole for whole, _ in sums}
    for units, whole in places.items():
        if len(units) > 1 and whole not in explained:
            sums[whole, frozenset(places[frozenset([unit])] for unit in units)] = None
    return list(sums)


def _sums_over(dimension: int, cells: Mapping[Key, int]) -> dict[Sum, None]:
    parts: dict[Key, set[int]] = {}
    for key, cell in cells.items():
        if key[dimension] != TOTAL:
            whole = (*key[:dimension], TOTAL, *key[dimension + 1 :])
            parts.setdefault(whole, set()).add(cell)
    # A total of one part is that part, and ties nothing; one that isn't held is in no cell.
    return {
        (cells[key], frozenset(of)): None
        for key, of in parts.items()
        if key in cells and of != {cells[key]}
    }


def _matrix(sums: list[Sum], width: int) -> sparse.csr_array:
    rows, columns, signs = [], [], []
    for row, (whole, parts) in enumerate(sums):
        members = [whole, *sorted(parts)]
        rows += [row] * len(members)
        columns += members
        signs += [1] + [-1] * len(parts)
    return sparse.csr_array((signs, (rows, columns)), shape=(len(sums), width), dtype=np.int64)
