"""Cells that hang together, and the moves that would keep the small ones of them safe."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

# Cells; below that a whole component is solved as fast as a part of it.
LARGE = 500


@dataclass(frozen=True)
class Goal:
    """A small count must be able to move this far up (sign 1) or down (-1), unseen."""

    cell: int
    sign: int
    far: int


@dataclass(frozen=True)
class Near:
    """Some cells of a component, and the sums that have no other cell.

    What can't move by those sums alone can't move at all.
    """

    cells: np.ndarray
    sums: sparse.csr_array
    rows: np.ndarray


@dataclass(frozen=True)
class Component:
    """Cells that hang together, with the moves that would keep each small count safe.

    Attributes
    ----------
    counts : numpy.ndarray of int
        True counts; none of a shown zero is here, since nothing of it can move.
    sums : scipy.sparse.csr_array
        ``sums @ move == 0`` for every move that a reader can't see in the shown sums.
    room : numpy.ndarray of int
        How far each cell can go down if it is hidden.
    open : numpy.ndarray of bool
        Cells hidden from the start: small ones, and those that no table publishes.
    weights : numpy.ndarray
        What hiding each of the other cells costs.
    goals : tuple of Goal
    """

    counts: np.ndarray
    sums: sparse.csr_array
    room: np.ndarray
    open: np.ndarray
    weights: np.ndarray
    goals: tuple[Goal, ...]

    def __len__(self) -> int:
        return len(self.counts)

    @cached_property
    def by_cell(self) -> sparse.csc_array:
        """The sums, quick to slice by cell."""
        return sparse.csc_array(self.sums)

    def sums_of(self, cells: np.ndarray) -> tuple[sparse.csr_array, np.ndarray]:
        """The sums that these cells stand in, over them alone; and which sums those are."""
        columns = self.by_cell[:, cells]
        rows = np.unique(columns.indices)
        return sparse.csr_array(columns[rows]), rows

    def around(self, cell: int) -> Iterator["Near"]:
        """Where to look for a move: first two sums away, if that is little, then everywhere.

        In a large table most of what a small count needs is near it.
        """
        if len(self) > LARGE:
            if cell not in self._near:
                self._near[cell] = self._near_to(cell)
            if len(self._near[cell].cells) < len(self) / 2:
                yield self._near[cell]
        yield self._everything

    def _near_to(self, cell: int) -> "Near":
        cells = np.array([cell])
        for _ in range(2):
            cells = np.unique(self.sums[np.unique(self.by_cell[:, cells].indices)].indices)
        sums, rows = self.sums_of(cells)
        inside = np.diff(sums.indptr) == np.diff(self.sums.indptr)[rows]
        return Near(cells, sums[inside], rows[inside])

    @cached_property
    def _everything(self) -> "Near":
        return Near(np.arange(len(self)), self.sums, np.arange(self.sums.shape[0]))

    @cached_property
    def _near(self) -> dict[int, "Near"]:
        return {}

    def cost(self, hidden: np.ndarray) -> float:
        """What a pattern costs."""
        return float(self.weights[hidden & ~self.open].sum())

    def is_world(self, move: np.ndarray) -> bool:
        """Whether a whole-number move keeps every sum and every count possible."""
        return bool((self.sums @ move == 0).all() and (move >= -self.room).all())

    def reaches(self, move: np.ndarray) -> np.ndarray:
        """Which goals a move meets."""
        return move[self._goal_cells] * self._goal_signs >= self._goal_far

    @cached_property
    def _goal_cells(self) -> np.ndarray:
        return np.array([goal.cell for goal in self.goals], dtype=int)

    @cached_property
    def _goal_signs(self) -> np.ndarray:
        return np.array([goal.sign for goal in self.goals], dtype=int)

    @cached_property
    def _goal_far(self) -> np.ndarray:
        return np.array([goal.far for goal in self.goals], dtype=int)
