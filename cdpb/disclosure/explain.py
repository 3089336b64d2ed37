"""Why each cell of a table is hidden, and what else would do: for the inside only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from cdpb.disclosure.attack import attack
from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.counted import base_rows, column_of
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.masked import Key, Pattern
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.protect import solve
from cdpb.disclosure.suppress import Suppression
from cdpb.disclosure.units import Base
from cdpb.periods import FIRST_MONTH, FinancialYear, financial_year_of

Tables = Mapping[str, TableDeclaration]
PERIODS, MARCH = ("year", "month"), 3
# Seconds for each: an alternative that takes longer is no ready one.
TIME_LIMIT = 20.0
FEWEST_TO_MERGE = 3


@dataclass(frozen=True)
class Alternative:
    """One way to publish a table and the others of its source.

    Attributes
    ----------
    kind, label : str
        What is done, and to what: the label is a sentence's part.
    """

    kind: str
    label: str
    tables: Tables
    base: pd.DataFrame


@dataclass(frozen=True)
class Cost:
    """What protection takes of a table.

    Attributes
    ----------
    cells, hidden : int
        Cells of the table, and how many of them are hidden.
    everywhere : int
        Hidden cells of all tables of the source.
    weight : int
        Counts hidden beside the small ones, over all tables of the source.
    whole : bool
        Whether nothing smaller than hiding all could be certified in time.
    """

    cells: int
    hidden: int
    everywhere: int
    weight: int
    whole: bool

    @property
    def share(self) -> float:
        """Of the table's cells, how many are hidden: 0 to 1."""
        return self.hidden / self.cells if self.cells else 0.0


def cost_of(table: str, tables: Tables, base: Base, policy: Policy, **options: Any) -> Cost:
    """The cost of protecting a source's tables, by really solving them.

    Parameters
    ----------
    **options
        As `cdpb.disclosure.protect.solve`: time limit, earlier tables, exceptions, edition.
    """
    pattern, system, chosen = solve(tables, base, policy, **{"time_limit": TIME_LIMIT, **options})
    everywhere = sum(len(keys) for keys in pattern.hidden.values())
    own = len(pattern.of(table))
    whole = table in pattern.hidden_whole
    return Cost(len(system.cells[table]), own, everywhere, chosen.weight, whole)


def alternatives(
    table: str, tables: Tables, base: pd.DataFrame, neighbours: Mapping[str, Sequence[str]]
) -> Iterator[Alternative]:
    """Ways to publish a table with fewer or larger counts, none of them solved yet.

    Parameters
    ----------
    table : str
        Which of the tables.
    tables : mapping of str to TableDeclaration
        All of the source: what is merged or lengthened is so in each of them, because a finer
        table beside a coarser one gives it away again.
    base : pandas.DataFrame
        The source's table as loaded.
    neighbours : mapping of str to sequence of str
        Wards that share a border with a ward: those alone are merged with it.
    """
    declared = tables[table]
    rows = base_rows(declared, base)
    many = [name for name in declared.dimensions if rows[name].nunique() > 1]
    for name in many:
        if name not in PERIODS:
            yield from _merged(table, name, tables, base, neighbours)
        elif declared.window:
            yield from _fewer_windows(table, name, tables, base)
        else:
            yield from _longer(table, name, tables, base)
        if len(many) > 1 and not declared.window:
            yield _without(table, name, tables, base)
    for name in declared.totals:
        fewer = [each for each in declared.totals if each != name]
        changed = {**tables, table: declared.model_copy(update={"totals": fewer})}
        yield Alternative("totals", f"no totals over {_said(name)}", changed, base)


def _merged(
    table: str,
    name: str,
    tables: Tables,
    base: pd.DataFrame,
    neighbours: Mapping[str, Sequence[str]],
) -> Iterator[Alternative]:
    """The smallest group with the next smallest (or its smallest neighbour); then three, four."""
    declared = tables[table]
    sums = base_rows(declared, base).groupby(name)[declared.count].sum()
    order = [str(each) for each in sums[sums > 0].sort_values(kind="stable").index]
    names = names_beside(name, base)
    for size in (2, 3, 4):
        group = order[:1]
        while len(group) < size:
            beside = {other for each in group for other in neighbours.get(each, order)}
            free = [each for each in order if each in beside and each not in group]
            if not free:
                return
            group.append(free[0])
        if len(order) - len(group) + 1 < FEWEST_TO_MERGE - 1:
            return
        told = " + ".join(names.get(each, each) for each in group)
        labels = column_of(declared, base, name)
        merged = labels.where(~labels.isin(group), told)
        yield _regrouped("merge", f"merge {told}", name, merged, tables, base)


def _longer(table: str, name: str, tables: Tables, base: pd.DataFrame) -> Iterator[Alternative]:
    declared = tables[table]
    labels = column_of(declared, base, name)
    if name == "month":
        quarters = labels.map(_quarter)
        yield _regrouped("periods", "quarters in place of months", name, quarters, tables, base)
        years = labels.map(lambda month: financial_year_of(pd.Period(month, freq="M")))
        yield _regrouped("periods", "financial years", name, years, tables, base)
        return
    held = sorted(base_rows(declared, base)[name].unique(), reverse=True)
    for size in (2, 3):
        if len(held) >= size:
            spans = {year: _span(held, at // size * size, size) for at, year in enumerate(held)}
            together = labels.map(lambda year, of=spans: of.get(year, year))
            said = f"{'two' if size == 2 else 'three'} years together"
            yield _regrouped("periods", said, name, together, tables, base)


def _span(held: Sequence[str], start: int, size: int) -> str:
    """``2021/22 to 2022/23``: years counted back from the latest, the earliest left as they are."""
    years = held[start : start + size]
    return years[0] if len(years) == 1 else f"{years[-1]} to {years[0]}"


def _quarter(month: str) -> str:
    period = pd.Period(month, freq="M")
    number = (period.month - FIRST_MONTH) % 12 // 3 + 1
    return f"{FinancialYear.parse(financial_year_of(period))} Q{number}"


def _fewer_windows(
    table: str, name: str, tables: Tables, base: pd.DataFrame
) -> Iterator[Alternative]:
    """Windows that share no period: each month or year then counts in one of them."""
    declared = tables[table]
    periods = sorted(column_of(declared, base, name).unique(), reverse=True)
    apart = [each for each in periods if pd.Period(each, freq="M").month == MARCH] \
        if name == "month" else periods[::3]  # fmt: skip
    own = {**declared.filter, name: list(apart)}
    changed = {**tables, table: declared.model_copy(update={"filter": own})}
    said = "windows to March alone" if name == "month" else "windows that share no year"
    yield Alternative("periods", said, changed, base)


def _without(table: str, name: str, tables: Tables, base: pd.DataFrame) -> Alternative:
    declared = tables[table]
    fewer = {
        "dimensions": [each for each in declared.dimensions if each != name],
        "totals": [each for each in declared.totals if each != name],
    }
    changed = {**tables, table: declared.model_copy(update=fewer)}
    return Alternative("dimension", f"without {_said(name)}", changed, base)


def _regrouped(
    kind: str, label: str, name: str, labels: pd.Series, tables: Tables, base: pd.DataFrame
) -> Alternative:
    """The same tables by other groups of a dimension, under a name of its own in the base."""
    other = f"{name}_regrouped"
    changed = {
        each: declared
        if declared.window or name not in declared.dimensions
        else declared.model_copy(
            update={
                "dimensions": [other if d == name else d for d in declared.dimensions],
                "totals": [other if d == name else d for d in declared.totals],
            }
        )
        for each, declared in tables.items()
    }
    return Alternative(kind, label, changed, base.assign(**{other: labels.to_numpy()}))


def names_beside(name: str, base: pd.DataFrame) -> dict[str, str]:
    """From a code to the name that stands beside it."""
    beside = name.removesuffix("_code") + "_name"
    if not name.endswith("_code") or beside not in base:
        return {}
    return dict(zip(base[name].astype(str), base[beside].astype(str), strict=True))


def _said(name: str) -> str:
    return name.removesuffix("_code").replace("_", " ")


Why = Literal["small", "protects", "whole", "sender"]


@dataclass(frozen=True)
class Reason:
    """Why one cell is hidden.

    Attributes
    ----------
    key : tuple of str
        The row of the table.
    why : {"small", "protects", "whole", "sender"}
        Small itself; shown, it would narrow others; hidden with all that it is tied to, because
        no smaller choice could be certified in time; hidden or left out by whoever sent it.
    protects : tuple of (str, tuple)
        Table and key of the small cells that could be narrowed if it alone were shown; empty
        where several hidden cells protect them together.
    sums : tuple of (str, tuple)
        The totals in which it stands beside such a cell.
    unshown : bool
        Whether it protects small counts that no table shows, such as the months of a window.
    """

    key: Key
    why: Why
    protects: tuple[tuple[str, Key], ...] = ()
    sums: tuple[tuple[str, Key], ...] = ()
    unshown: bool = False


def reasons(
    table: str, pattern: Pattern, system: CellSystem, chosen: Suppression, policy: Policy
) -> list[Reason]:
    """Each hidden cell of a table, by key, and why it is hidden.

    Parameters
    ----------
    table : str
        Its name in the pattern.
    pattern, system, chosen
        As `cdpb.disclosure.protect.solve` gives them.

    Raises
    ------
    GateRefused
        If the pattern was made without that table.
    """
    inside = _Inside(system, chosen, policy)
    places = system.cells[table]
    return [inside.reason(key, places.get(key)) for key in sorted(pattern.of(table))]


class _Inside:
    """A solved system, asked cell by cell."""

    def __init__(self, system: CellSystem, chosen: Suppression, policy: Policy) -> None:
        self.system, self.chosen, self.policy = system, chosen, policy
        self.problem = Problem(system, policy, policy.smallest_hidden)
        self.names = _names(system)
        self.parts = system.components(chosen.hidden | ~system.published)

    def reason(self, key: Key, cell: int | None) -> Reason:
        """Why a cell is hidden; None is one whose count isn't held."""
        if cell is None or not self.chosen.hidden[cell]:
            return Reason(key, "sender")
        if self.chosen.primary[cell]:
            return Reason(key, "small")
        if self.chosen.hidden_whole[cell]:
            return Reason(key, "whole")
        narrowed = list(self._narrowed_without(cell))
        told = tuple(self.names[each] for each in narrowed if each in self.names)
        sums = tuple(self._sums(cell, narrowed))
        return Reason(key, "protects", told, sums, unshown=len(told) < len(narrowed))

    def _narrowed_without(self, cell: int) -> Iterator[int]:
        """The small cells that a reader could narrow if this one were shown."""
        hidden = self.chosen.hidden.copy()
        hidden[cell] = False
        part = next(each for each in self.parts if cell in each)
        small = part[self.problem.small[part]]
        least = self.policy.smallest_hidden
        found = attack(self.system, hidden, hidden_at_least=least, cells=small.tolist())
        for each, interval in found.items():
            low = max(least, self.problem.floors.of(each).least)
            if not interval.holds(low, self.policy.must_reach):
                yield each

    def _sums(self, cell: int, narrowed: list[int]) -> Iterator[tuple[str, Key]]:
        """The totals of which the cell and a small one are parts."""
        relations = self.system.relations
        beside = np.zeros(len(self.system), dtype=bool)
        beside[narrowed] = True
        for row in np.flatnonzero(relations[:, [cell]].toarray().ravel()):
            members = relations[[row]].tocoo()
            whole = members.col[members.data > 0]
            if beside[members.col].any() and len(whole) and int(whole[0]) in self.names:
                yield self.names[int(whole[0])]


def _names(system: CellSystem) -> dict[int, tuple[str, Key]]:
    """A table and key for each cell that stands in one, the first that has it."""
    names: dict[int, tuple[str, Key]] = {}
    for table, places in system.cells.items():
        for key, cell in places.items():
            names.setdefault(cell, (table, key))
    return names
