"""Cells that are hidden beside a small one, whichever counts they and it have.

Whoever runs this software on every candidate learns of a hidden count whatever the choice of its
cover depends on. So the cover of a cell depends on nothing that the published tables don't show:
on the cells' places in the sums, on which of them are zero, and on the totals they are part of.
A cover is covered itself, as if it were small: a reader can't tell which of the two is.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

import numpy as np
from scipy import sparse

from cdpb.disclosure.attack import attack
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.reach import widest, within
from cdpb.disclosure.solver import linprog

NOTHING = 1e-7
# What no table shows moves freely, but short moves are better than long ones.
UNSHOWN = 1e-3
# For each part of a total beside the first, this much above the greatest small count.
ROOM = 2


def covered(problem: Problem) -> np.ndarray:
    """The small cells and their covers, and more covers while these don't protect them."""
    covers = Covers(problem)
    hidden = covers.closed(at_first(problem))
    while True:
        more = [covers.beyond(cell, hidden) for cell in narrowed(problem, hidden)]
        grown = covers.closed({*np.flatnonzero(hidden).tolist(), *chain.from_iterable(more)})
        if (grown == hidden).all():
            return hidden
        hidden = grown


def at_first(problem: Problem) -> list[int]:
    """The small cells, and totals that are hardly larger than their parts must be.

    Were a total hidden only when it is small itself, its parts would be known to be less than
    that: of 3 as 1 and 2, neither could be 4. So it depends on the total alone, whatever its parts
    are, and there is room above the greatest small count.
    """
    system, reach = problem.system, problem.policy.must_reach
    relations, counts = system.relations, system.counts
    hidden = problem.start | problem.small
    for row in range(relations.shape[0]):
        inside = slice(relations.indptr[row], relations.indptr[row + 1])
        members, signs = relations.indices[inside], relations.data[inside]
        whole, parts = members[signs > 0][0], members[signs < 0]
        most = reach + ROOM * ((counts[parts] > 0).sum() - 1)
        if system.published[members].all() and 0 < counts[whole] <= most:
            hidden[whole] = True
    return np.flatnonzero(hidden & ~system.known).tolist()


def narrowed(problem: Problem, hidden: np.ndarray) -> Iterator[int]:
    """The small cells that can't seem to be every small count."""
    system, rule = problem.system, problem.policy
    cells, least = np.flatnonzero(problem.small).tolist(), problem.hidden_at_least
    found = attack(system, hidden, hidden_at_least=least, cells=cells)
    best = widest(system, least, cells) if problem.follows else {}
    for cell, interval in found.items():
        if interval.holds(rule.smallest_hidden, rule.must_reach):
            continue
        low = max(rule.smallest_hidden, problem.floors.of(cell).least)
        if not interval.holds(*within(low, rule.must_reach, best.get(cell))):
            yield cell


class Covers:
    """The cheapest unseen move through each cell, and the cells that it takes along."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._found: dict[int, frozenset[int]] = {}

    def closed(self, cells: Iterable[int]) -> np.ndarray:
        """The published ones of some cells with their covers, and with the covers of those."""
        hidden, open_ = np.zeros(len(self.problem.system), dtype=bool), set(cells)
        seen = set(open_)
        while open_:
            cover = self.of(open_.pop())
            hidden[list(cover)] = True
            open_ |= cover - seen
            seen |= cover
        return hidden & self.problem.system.published

    def of(self, cell: int) -> frozenset[int]:
        """A cell and what must be hidden so that it can move at all, unless nothing can help."""
        if cell not in self._found:
            self._found[cell] = self._cheapest(cell, self._costs) | {cell}
        return self._found[cell]

    def beyond(self, cell: int, hidden: np.ndarray) -> frozenset[int]:
        """Another cover of a cell, of as few hidden cells as can be."""
        costs = self._costs + hidden * self._costs.sum()
        return self._cheapest(cell, costs)

    @cached_property
    def _costs(self) -> np.ndarray:
        published = self.problem.system.published
        return np.where(published, self.problem.public_costs.astype(float), UNSHOWN)

    @cached_property
    def _blocks(self) -> list[np.ndarray]:
        return self.problem.system.blocks(self.problem.movable)

    @cached_property
    def _block_of(self) -> dict[int, int]:
        return {int(cell): at for at, cells in enumerate(self._blocks) for cell in cells}

    def _cheapest(self, cell: int, costs: np.ndarray) -> frozenset[int]:
        if cell not in self._block_of:
            return frozenset()
        cells = self._blocks[self._block_of[cell]]
        system, size = self.problem.system, len(cells)
        sums = system.relations[:, cells]
        sums = sums[np.flatnonzero(abs(sums).sum(axis=1))]
        limits = np.tile([0.0, np.inf], (2 * size, 1))
        at = int(np.searchsorted(cells, cell))
        limits[at], limits[at + size] = 1, 0
        found = linprog(
            np.tile(costs[cells], 2), A_eq=sparse.hstack([sums, -sums], format="csr"),
            b_eq=np.zeros(sums.shape[0]), bounds=limits, method="highs",
        )  # fmt: skip
        if found.x is None:
            return frozenset()
        moved = np.abs(found.x[:size] - found.x[size:]) > NOTHING
        return frozenset(cells[moved & system.published[cells]].tolist())
