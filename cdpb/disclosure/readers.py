"""What readers bring along: everything that earlier publications showed them.

Whoever reads the public edition knows the public releases before it; a member of the board knows
those of both editions, and reads both today. So the partnership edition is protected first, and
the public one hides what that hides, and more if it must: then it tells the board nothing new.

For each reader a cell of an earlier table is one of three.

*Shown then, and today's sum is the same*: it is shown, for ever. Nothing can hide it now, however
small it is; it is known already. It is part of every sum that a reader can make.

*Hidden then*: a reader knows no more than that. If today's count is small, it is protected like any
other small count, whether a table of today shows the cell or not.

*Shown then, and revised since*: told apart. Today's count isn't known from it, so it may be hidden
now; whoever takes the old figure for today's gets a wrong answer. But the figures of one release
still add up among themselves, and a reader may suppose that what was hidden then has not been
revised, and take today's figure for it. So each release with a revised figure is looked at once
more, from its own time: everything that it showed is fixed, in whatever a revised figure is tied
to; what it hid there stays hidden; and each of those cells, whichever small count it had, must
be able to have been any other. Nobody need know the counts of that time for this: the same moves
that leave a sum of today unchanged leave the sum of that time unchanged. Where zeros are shown, a
count that was hidden then and is 0 today was revised: its 0 tells nothing of that time.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.counted import Key
from cdpb.disclosure.declared import Column, TableDeclaration
from cdpb.disclosure.earlier import EarlierTable
from cdpb.disclosure.policy import ROUNDED_TO, Policy
from cdpb.disclosure.published import Value
from cdpb.errors import GateRefused, InputError
from cdpb.marks import unmarked

PUBLIC, PARTNERSHIP = "public", "partnership"


@dataclass(frozen=True)
class View:
    """A system as one reader sees it, at one time.

    Attributes
    ----------
    system : CellSystem
        With ``known`` and ``concealed`` as this reader has them.
    hidden : numpy.ndarray of bool
        What was hidden from this reader before, and may not be shown now: the difference of two
        patterns would tell of the counts that made them.
    guarded : numpy.ndarray of bool or None
        Cells to protect in place of today's small counts, where a reader looks back.
    """

    system: CellSystem
    hidden: np.ndarray
    guarded: np.ndarray | None = None


def views(
    system: CellSystem, earlier: Sequence[EarlierTable], policy: Policy, edition: str
) -> Iterator[View]:
    """The reader of an edition: first with today's figures, then looking back.

    Parameters
    ----------
    system : CellSystem
        Made with the same earlier tables, in the same order.
    edition : {"public", "partnership"}
        What is being published. Everybody knows the public releases; a member of the board
        those of the partnership too.
    """
    seen = {PUBLIC} if edition == PUBLIC else {PUBLIC, PARTNERSHIP}
    own = [(at, table) for at, table in enumerate(earlier) if table.edition in seen]
    yield from _views_of(_Then(system, own, policy))


@dataclass(frozen=True)
class _Then:
    """The earlier tables that a reader has, over one system."""

    system: CellSystem
    tables: Sequence[tuple[int, EarlierTable]]
    policy: Policy

    def shown(self, release: str | None = None) -> dict[int, int]:
        """Each cell that was shown, with its figure; of one release, or of all."""
        return {
            self.system.then[at][key]: count
            for at, table in self.tables
            if release in (None, table.release)
            for key, count in table.cells.items()
            if count is not None and key in self.system.then[at]
        }

    def hidden(self, release: str | None = None) -> np.ndarray:
        """The cells that were hidden."""
        found = [
            self.system.then[at][key]
            for at, table in self.tables
            if release in (None, table.release)
            for key, count in table.cells.items()
            if count is None and key in self.system.then[at]
        ]
        return _marked(self.system, found)

    def is_revised(self, cell: int, count: int) -> bool:
        """Whether today's figure is another than was shown."""
        if self.system.unknown[cell]:
            return True
        apart = abs(int(self.system.counts[cell]) - count)
        return apart >= (ROUNDED_TO if self.policy.rounding != "none" else 1)

    def revised(self, release: str) -> list[int]:
        """The cells of a release of which today's figure is another."""
        shown = self.shown(release)
        return [cell for cell, count in shown.items() if self.is_revised(cell, count)]

    def gone(self, release: str) -> list[int]:
        """The cells that a release hid and that are 0 today: where zeros are shown, revised too."""
        none = self.hidden(release) & (self.system.counts == 0)
        return np.flatnonzero(none).tolist() if self.policy.smallest_hidden else []

    @property
    def releases(self) -> list[str]:
        """Their names, in order."""
        return [name for name, _ in groupby(sorted(table.release for _, table in self.tables))]


def _views_of(then: _Then) -> Iterator[View]:
    by_release = {name: then.shown(name) for name in then.releases}
    same = {
        cell
        for shown in by_release.values()
        for cell, count in shown.items()
        if not then.is_revised(cell, count)
    }
    hidden = then.hidden()
    if then.policy.smallest_hidden:
        hidden &= then.system.counts > 0  # A 0 that is shown is never hidden.
    yield View(_known_to(then, same), hidden)
    for name, shown in by_release.items():
        gone = then.gone(name)
        revised = [*then.revised(name), *gone]
        if revised:
            back = _as_hidden(gone, _known_to(then, same | set(shown)), then.policy)
            guarded = _tied_to(revised, back) & then.hidden(name)
            if guarded.any():
                yield View(back, hidden, guarded)


def _known_to(then: _Then, cells: set[int]) -> CellSystem:
    """The system of a reader to whom these cells are shown."""
    system, known = then.system, _marked(then.system, cells) | then.system.known
    concealed = then.hidden() & ~system.published & ~known & ~system.unknown
    if then.policy.smallest_hidden:
        # Where zeros are shown, a hidden count that is 0 today was another then.
        concealed &= system.counts > 0
    return replace(system, published=system.published | known, known=known, concealed=concealed)


def _as_hidden(gone: Sequence[int], system: CellSystem, policy: Policy) -> CellSystem:
    """A system in which counts that are 0 today are as they may have been when they were hidden.

    Today's 0 is not what was hidden, so it shows nothing of that time.
    """
    if not gone:
        return system
    assert policy.threshold is not None
    units = {unit for cell in gone for unit in system.units[cell]}
    more = np.array([len(units & each) for each in system.units]) * (policy.threshold - 1)
    unseen = (system.counts == 0) & (more > 0)
    return replace(
        system,
        counts=system.counts + more,
        published=system.published & ~unseen,
        known=system.known & ~unseen,
        concealed=system.concealed | unseen,
    )


def _tied_to(revised: Sequence[int], system: CellSystem) -> np.ndarray:
    """The cells that hang together with a revised one, whatever is hidden."""
    rows = np.flatnonzero(abs(system.relations[:, revised]).sum(axis=1))
    near = _marked(system, system.relations[rows].indices)
    tied = np.zeros(len(system), dtype=bool)
    for component in system.components(~system.known):
        if near[component].any():
            tied[component] = True
    return tied


def _marked(system: CellSystem, cells: object) -> np.ndarray:
    marks = np.zeros(len(system), dtype=bool)
    marks[list(cells)] = True  # type: ignore[call-overload]
    return marks


def check_columns(
    frame: pd.DataFrame, declared: TableDeclaration, columns: Mapping[str, Column]
) -> None:
    """Refuse a table that has other columns than it declares."""
    stray = [str(name) for name in frame.columns if name not in declared.columns]
    if stray:
        raise GateRefused(
            f"Table {declared.id} has columns that it doesn't declare: {', '.join(stray)}.",
            "Drop them, or add them to `derived` of the table in the finding's file.",
            "Nothing was published.",
        )
    missing = [name for name in declared.columns if name not in frame.columns]
    twice = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    unknown = [name for name in declared.columns if name not in columns]
    for wrong, what in [
        (missing, "lacks columns that it declares"),
        (twice, "has two columns of one name"),
        (unknown, "has columns that the dictionary of columns doesn't describe"),
    ]:
        if wrong:
            raise InputError(
                f"Table {declared.id} {what}: {', '.join(wrong)}.",
                f"It declares: {', '.join(declared.columns)}.",
                "Nothing was published.",
            )


def read_rows(
    frame: pd.DataFrame,
    declared: TableDeclaration,
    policy: Policy,
    columns: Mapping[str, Column],
) -> dict[Key, dict[str, Value]]:
    """Each row by its key, in the table's order, every value plain Python."""
    rows: dict[Key, dict[str, Value]] = {}
    names = list(declared.columns)
    for record in frame[names].itertuples(index=False, name=None):
        row = {
            name: _plain(value, name, columns[name], declared, policy)
            for name, value in zip(names, record, strict=True)
        }
        key = tuple(str(row[name]) for name in declared.dimensions)
        if any(row[name] is None for name in declared.dimensions) or key in rows:
            raise InputError(
                f"Table {declared.id} has two rows, or none, for one key.",
                f"Wanted: one row for each {', '.join(declared.dimensions)}.",
                f"Found: {', '.join(key)}.",
            )
        rows[key] = row
    return rows


def _plain(
    value: Any, name: str, column: Column, declared: TableDeclaration, policy: Policy
) -> Value:
    """A value that remembers nothing: no array, no categories, no frame behind it."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None  # A limit that doesn't exist: shown as missing.
    if column.kind == "count":
        return _count(value, name, declared, policy)
    if isinstance(value, bool | date | pd.Period):
        return value
    for plain in (int, float):
        if isinstance(value, plain):
            return plain(value)
    if isinstance(value, str):
        # Never a subclass, which could carry more than its text; nor a mark within it.
        return unmarked(str.__str__(value))
    raise InputError(
        f"Table {declared.id}: column {name} holds values of type {type(value).__name__}.",
        "Wanted: numbers, text, dates or periods.",
    )


def _count(value: Any, name: str, declared: TableDeclaration, policy: Policy) -> int | float:
    number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if number and value == int(value):
        return int(value)
    if number and not policy.protects:
        return float(value)
    raise InputError(
        f"Table {declared.id}: column {name} is not all counts.", "Wanted: whole numbers from 0."
    )
