"""The published cells of all tables of a source, as one system of sums over base counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from cdpb.declarations import TableDeclaration
from cdpb.disclosure.counted import Key, keys_of, rows_of, unknown_rows
from cdpb.disclosure.ledger import EarlierTable
from cdpb.disclosure.published import TOTAL
from cdpb.disclosure.windows import single_periods
from cdpb.errors import InputError

Units = frozenset[int]


@dataclass(frozen=True)
class CellSystem:
    """Cells, and the sums that tie them.

    A *unit* is the smallest part that the tables tell apart: base rows that count towards
    the same cells. Two cells of the same units are one cell, whichever tables they stand in.
    Units that no table shows are in the system too, unpublished: a reader may not ignore them,
    and may learn of them by subtraction. So are the single periods that windows add up.

    Cells of earlier publications are cells of the same system, told apart by what is known of
    them: see `cdpb.disclosure.readers`.

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
    unit_of_row : mapping of int to int
        Which unit each row of the base table, by its place, belongs to; others are in no cell.
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
    unit_of_row: Mapping[int, int] = field(default_factory=dict)

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

    def blocks(self, within: np.ndarray, also: sparse.csr_array | None = None) -> list[np.ndarray]:
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
    base: pd.DataFrame,
    earlier: Sequence[EarlierTable] = (),
) -> CellSystem:
    """The system of these tables together, over one base table.

    A row whose count is missing is in no cell of today's tables: what sums it is hidden, and
    what is hidden so has a part that stands nowhere else.

    Parameters
    ----------
    tables : mapping of str to TableDeclaration
        By a name that no two share.
    base : pandas.DataFrame
        The source's table as loaded: one row a combination, zeros filled in, no totals.
    earlier : sequence of EarlierTable
        Tables of the source that were published before.

    Raises
    ------
    InputError
        If a table counts another column than the others, or doesn't fit the base table.
    """
    base = base.reset_index(drop=True)
    counts, missing = _counts(tables, base)
    members, unseen = _members(tables, base, missing)
    before = [_members_then(each, next(iter(tables.values())).count, base) for each in earlier]
    own = [rows for each, _ in before for rows in each.values()]
    unseen += [rows for _, several in before for rows in several]
    unit_of, unit_counts = _units([*members.values(), *own, *unseen], counts)
    sets = [_units_of(rows, unit_of) for rows in members.values()]
    shown = dict.fromkeys(sets)
    unshown = [_units_of(rows, unit_of) for rows in [*own, *unseen]]
    unshown += [frozenset([unit]) for unit in range(len(unit_counts))]
    places = {units: place for place, units in enumerate({**shown, **dict.fromkeys(unshown)})}
    cells: dict[str, dict[Key, int]] = {table: {} for table in tables}
    for (table, key), units in zip(members, sets, strict=True):
        cells[table][key] = places[units]
    lost = {unit_of[row] for row in missing if row in unit_of}
    none = np.zeros(len(places), dtype=bool)
    return CellSystem(
        counts=np.array([sum(unit_counts[each] for each in units) for units in places], dtype=int),
        published=np.array([units in shown for units in places], dtype=bool),
        units=tuple(places),
        relations=_relations(tables, cells, places),
        cells=cells,
        then=tuple(
            {key: places[_units_of(rows, unit_of)] for key, rows in each.items()}
            for each, _ in before
        ),
        known=none,
        concealed=none,
        unknown=np.array([not lost.isdisjoint(units) for units in places], dtype=bool),
        unit_of_row=unit_of,
    )


def _units_of(rows: list[int], unit_of: Mapping[int, int]) -> Units:
    return frozenset(unit_of[row] for row in rows)


def _counts(
    tables: Mapping[str, TableDeclaration], base: pd.DataFrame
) -> tuple[list[int], frozenset[int]]:
    """The count of each row, 0 where it is missing; and which rows those are."""
    columns = sorted({declared.count for declared in tables.values()})
    if len(columns) != 1:
        raise InputError(
            f"Tables of one protected source count different columns: {', '.join(columns)}.",
            "Wanted: one column of counts a source; put the others into rows of the base table.",
        )
    return base[columns[0]].fillna(0).astype(int).tolist(), unknown_rows(base, columns[0])


def _members(
    tables: Mapping[str, TableDeclaration], base: pd.DataFrame, missing: frozenset[int]
) -> tuple[dict[tuple[str, Key], list[int]], list[list[int]]]:
    """The base rows that each published cell sums; and those of the single periods of windows."""
    cells: dict[tuple[str, Key], list[int]] = {}
    unseen: list[list[int]] = []
    for table, declared in tables.items():
        own, single = _rows_by_key(declared, base)
        cells |= {(table, key): rows for key, rows in own.items() if missing.isdisjoint(rows)}
        unseen += [rows for rows in single.values() if missing.isdisjoint(rows)]
    return cells, unseen


def _members_then(
    table: EarlierTable, count: str, base: pd.DataFrame
) -> tuple[dict[Key, list[int]], list[list[int]]]:
    """The same of an earlier table, over today's rows: those of its keys that it published."""
    own, single = _rows_by_key(table.declared.model_copy(update={"count": count}), base)
    return {key: own[key] for key in table.cells if key in own}, list(single.values())


def _rows_by_key(
    declared: TableDeclaration, base: pd.DataFrame
) -> tuple[dict[Key, list[int]], dict[Key, list[int]]]:
    cells: dict[Key, list[int]] = {}
    single: dict[Key, list[int]] = {}
    rows = rows_of(declared, base)
    for row, key in keys_of(declared, rows):
        cells.setdefault(key, []).append(rows.index[row])
    for row, key in keys_of(single_periods(declared), rows) if declared.window else ():
        single.setdefault(key, []).append(rows.index[row])
    return cells, single


def _units(members: list[list[int]], counts: list[int]) -> tuple[dict[int, int], list[int]]:
    """Base rows that the same cells sum are one unit."""
    belongs: dict[int, list[int]] = {}
    for cell, rows in enumerate(members):
        for row in rows:
            belongs.setdefault(row, []).append(cell)
    unit_of: dict[int, int] = {}
    numbers: dict[tuple[int, ...], int] = {}
    for row, cells in belongs.items():
        unit_of[row] = numbers.setdefault(tuple(cells), len(numbers))
    totals = [0] * len(numbers)
    for row, unit in unit_of.items():
        totals[unit] += counts[row]
    return unit_of, totals


def _relations(
    tables: Mapping[str, TableDeclaration],
    cells: Mapping[str, Mapping[Key, int]],
    places: Mapping[Units, int],
) -> sparse.csr_array:
    """Each total over one dimension; and the units of a cell that no total explains."""
    sums: dict[tuple[int, frozenset[int]], None] = {}
    for table, declared in tables.items():
        for total in declared.totals:
            sums.update(_sums_over(declared.dimensions.index(total), cells[table]))
    explained = {whole for whole, _ in sums}
    for units, whole in places.items():
        if len(units) > 1 and whole not in explained:
            sums[whole, frozenset(places[frozenset([unit])] for unit in units)] = None
    return _matrix(list(sums), len(places))


def _sums_over(dimension: int, cells: Mapping[Key, int]) -> dict[tuple[int, frozenset[int]], None]:
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


def _matrix(sums: list[tuple[int, frozenset[int]]], width: int) -> sparse.csr_array:
    rows, columns, signs = [], [], []
    for row, (whole, parts) in enumerate(sums):
        members = [whole, *sorted(parts)]
        rows += [row] * len(members)
        columns += members
        signs += [1] + [-1] * len(parts)
    return sparse.csr_array((signs, (rows, columns)), shape=(len(sums), width), dtype=np.int64)
