"""What must be kept possible, what is known whatever is hidden, and what hiding costs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.component import Component, Goal
from cdpb.disclosure.keyed import keyed_costs, keyed_margin, keyed_share
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.solver import milp


@dataclass(frozen=True)
class Floor:
    """The least that a cell can be when all but zeros is hidden, and its parts at that."""

    least: int
    parts: dict[int, int]


class Floors:
    """Where zeros are shown, every hidden part of a hidden sum is at least 1.

    Three wards with a hidden count each make their hidden total at least 3: no choice of what
    to hide can change it, so no more than that can be asked of one.
    """

    def __init__(self, system: CellSystem, hidden_at_least: int, shut: frozenset[int]) -> None:
        self.system, self.hidden_at_least, self.shut = system, hidden_at_least, shut
        self._cells_of_unit: dict[int, list[int]] = {}
        for cell in np.flatnonzero(system.ever_hidden(system.published) & (system.counts > 0)):
            for unit in system.units[cell]:
                self._cells_of_unit.setdefault(unit, []).append(int(cell))

    def of(self, cell: int) -> Floor:
        """The floor of one cell; 0 where no table shows it or any part of it."""
        units = sorted(self.system.units[cell] - self.shut)
        inside = self._parts_within(cell)
        if not self.hidden_at_least or not inside:
            return Floor(0, dict.fromkeys(units, 0))
        if len(units) == 1:
            return Floor(1, {units[0]: 1})
        covers = np.array([[unit in part for unit in units] for part in inside], dtype=float)
        found = milp(
            np.ones(len(units)),
            integrality=np.ones(len(units)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(sparse.csr_array(covers), 1, np.inf),
        )
        if found.status != 0:
            raise ArithmeticError(f"the least of a sum was not found: {found.message}")
        parts = {unit: round(value) for unit, value in zip(units, found.x, strict=True)}
        return Floor(sum(parts.values()), parts)

    def _parts_within(self, cell: int) -> list[frozenset[int]]:
        """The published cells that can't grow unless this one does, itself among them."""
        mine = self.system.units[cell] - self.shut
        near = {other for unit in mine for other in self._cells_of_unit.get(unit, ())}
        parts = [self.system.units[other] - self.shut for other in sorted(near)]
        return [part for part in parts if part <= mine]


Weigh = Literal["counts", "cells"]


@dataclass(frozen=True)
class Problem:
    """One system under one policy, attacked by one kind of reader.

    Attributes
    ----------
    hidden_at_least : {0, 1}
        What the reader knows of every hidden count.
    weigh : {"counts", "cells"}
        What is to be hidden least of.
    hidden : numpy.ndarray of bool, optional
        Cells that are hidden whatever is chosen.
    guarded : numpy.ndarray of bool, optional
        Cells to protect in place of the small ones, whichever small count they may have had.
    key : bytes, optional
        What the choice is drawn with; without it, it is a function of the counts.
    alike : numpy.ndarray of bool, optional
        Cells to protect as if they were small.
    stretched : bool
        Whether small counts must seem to reach as much further as the key says.
    """

    system: CellSystem
    policy: Policy
    hidden_at_least: int
    weigh: Weigh = "counts"
    hidden: np.ndarray | None = None
    guarded: np.ndarray | None = None
    key: bytes | None = None
    alike: np.ndarray | None = None
    stretched: bool = False

    @cached_property
    def small(self) -> np.ndarray:
        """Cells that nobody may learn: the small ones and those hidden alike, published or not.

        What no table shows can still be had by subtraction: a month from two windows, the
        wards of one borough from those of all.
        """
        if self.guarded is not None:
            return self.guarded & ~self.system.known & ~self.system.nobody
        hides = self.policy.is_primary if self.key is None else self.policy.hides
        small = self._where(hides) | (self.shared & self.system.published)
        if self.alike is not None:
            small = small | self.alike
        return small & ~self.system.known & ~self.system.nobody

    def _where(self, holds: Callable[[int], bool]) -> np.ndarray:
        return np.array([holds(count) for count in self.system.counts.tolist()], dtype=bool)

    def protecting(self, cells: np.ndarray) -> "Problem":
        """The same, with some cells protected as if they were small."""
        return replace(self, alike=cells if self.alike is None else self.alike | cells)

    @cached_property
    def primary(self) -> np.ndarray:
        """Published cells hidden for their own smallness."""
        if self.guarded is not None:
            return self.small & self.system.published
        return self.small & self.system.published & self._where(self.policy.is_primary)

    @property
    def follows(self) -> bool:
        """Whether earlier or other publications limit what can still be protected."""
        system = self.system
        return bool(
            system.tied or system.known.any() or system.concealed.any() or self.guarded is not None
        )

    @cached_property
    def start(self) -> np.ndarray:
        """Published cells that are hidden before anything is chosen."""
        also = self.small if self.hidden is None else self.small | self.hidden & ~self.system.known
        return also & self.system.published

    @cached_property
    def shared(self) -> np.ndarray:
        """Cells just above the small ones that the key has treated like them."""
        if self.key is None:
            return np.zeros(len(self.system), dtype=bool)
        return keyed_share(self.key, self.system, self.policy)

    @cached_property
    def margin(self) -> np.ndarray:
        """By how much further than the policy says small counts must seem to reach."""
        if self.key is None or not self.stretched:
            return np.zeros(len(self.system), dtype=np.int64)
        return keyed_margin(self.key, self.system)

    def reaches_further(self, cells: np.ndarray) -> bool:
        """Whether the key asks more of one of some cells than the policy."""
        return bool((self.small & (self.margin > 0))[cells].any())

    @cached_property
    def shut(self) -> frozenset[int]:
        """Units that a shown zero holds at zero."""
        system = self.system
        zeros = np.flatnonzero(system.published & (system.counts == 0) & ~self.start)
        return frozenset(unit for cell in zeros for unit in system.units[cell])

    @cached_property
    def parts(self) -> sparse.csr_array:
        """Which units (columns) each cell (row) sums."""
        units = self.system.units
        columns = [unit for each in units for unit in sorted(each)]
        ends = np.cumsum([0, *(len(each) for each in units)])
        width = 1 + max(columns, default=-1)
        ones = np.ones(len(columns), dtype=np.int64)
        return sparse.csr_array((ones, columns, ends), shape=(len(units), width))

    @cached_property
    def unit_counts(self) -> dict[int, int]:
        """The true count of each unit."""
        pairs = zip(self.system.units, self.system.counts.tolist(), strict=True)
        return {min(units): count for units, count in pairs if len(units) == 1}

    @cached_property
    def floors(self) -> Floors:
        """What a reader knows of a small count whatever is hidden."""
        return Floors(self.system, self.hidden_at_least, self.shut)

    @cached_property
    def scale(self) -> int:
        """How much one count (or cell) costs, so that all ties together cost less than half."""
        counts = self.system.counts
        return 2 * (1 + (int(counts.sum()) if self.weigh == "cells" else len(counts)))

    @cached_property
    def weights(self) -> np.ndarray:
        """What hiding each published cell costs, in whole numbers.

        Of two patterns of one weight the one with fewer cells wins (or, weighing cells, the
        one with fewer counts).
        """
        counts = self.system.counts
        if self.key is not None:
            counts = keyed_costs(self.key, self.system)
        return counts + self.scale if self.weigh == "cells" else counts * self.scale + 1

    def components(self) -> list[np.ndarray]:
        """Cells to be chosen among together, wherever there is anything to protect."""
        components = self.system.components(self.movable)
        return [cells for cells in components if self.small[cells].any()]

    @cached_property
    def movable(self) -> np.ndarray:
        """Cells that no shown zero and no earlier publication fixes."""
        movable = np.array([not units <= self.shut for units in self.system.units], dtype=bool)
        return movable & ~self.system.known

    def component(self, cells: np.ndarray) -> Component:
        """The sums, room and goals of some cells."""
        system = self.system
        tied = np.flatnonzero(abs(system.relations[:, cells]).sum(axis=1))
        opened = self.start[cells] | ~system.published[cells]
        least = np.where(system.ever_hidden(system.published)[cells], self.hidden_at_least, 0)
        return Component(
            counts=system.counts[cells],
            sums=sparse.csr_array(system.relations[tied][:, cells]),
            room=system.counts[cells] - least,
            open=opened,
            weights=np.where(opened, 0, self.weights[cells]),
            goals=tuple(
                Goal(int(place), sign, far)
                for place in np.flatnonzero(self.small[cells])
                for sign, far in self._moves(int(cells[place]))
                if far > 0
            ),
        )

    def _moves(self, cell: int) -> list[tuple[int, int]]:
        count = int(self.system.counts[cell])
        low = max(self.policy.smallest_hidden, self.floors.of(cell).least)
        if self.guarded is not None:
            # Whichever small count it had, the others must seem possible.
            assert self.policy.threshold is not None
            most_down = self.policy.threshold - 1 - self.policy.smallest_hidden
            most_up = self.policy.must_reach - self.policy.smallest_hidden
            return [(-1, min(most_down, count - low)), (1, most_up)]
        return [(-1, count - low), (1, self.policy.must_reach + int(self.margin[cell]) - count)]
