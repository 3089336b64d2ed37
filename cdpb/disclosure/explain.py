"""Why each cell of a table is hidden: for the inside only, because it says which are small."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cdpb.disclosure.attack import attack
from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.counted import Key
from cdpb.disclosure.pattern import Pattern
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.suppress import Suppression

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
        self.parts = system.blocks(chosen.hidden | ~system.published)

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
