"""Other counts that would give the same published tables: the proof that a cell is safe."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from time import monotonic

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse.csgraph import connected_components

from cdpb.disclosure.solver import linprog, milp

NEARLY = 1e-6
INFEASIBLE = 2
AJAR = 0.02
# Cells; below that a whole block is solved as fast as a part of it.
LARGE = 500


@dataclass(frozen=True)
class Goal:
    """A small count must be able to move this far up (sign 1) or down (-1), unseen."""

    cell: int
    sign: int
    far: int


@dataclass(frozen=True)
class Block:
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

    def around(self, cell: int) -> Iterator[np.ndarray]:
        """Where to look for a move: first two sums away, if that is little, then everywhere.

        In a large table most of what a small count needs is near it.
        """
        if len(self) > LARGE:
            near = np.array([cell])
            for _ in range(2):
                near = np.unique(self.sums[np.unique(self.by_cell[:, near].indices)].indices)
            if len(near) < len(self) / 2:
                yield near
        yield np.arange(len(self))

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


@dataclass(frozen=True)
class Unmet:
    """A goal out of reach, and why.

    Attributes
    ----------
    multipliers : numpy.ndarray or None
        One a sum, where they prove it for fractions too.
    proven : bool
        False where the solver gave up: out of reach as far as is known.
    """

    goal: Goal
    multipliers: np.ndarray | None = None
    proven: bool = True


class Worlds:
    """Finds possible worlds for patterns of one block, and remembers them.

    A world found for one pattern proves its goals for every pattern that hides the cells it
    moves, so that most patterns are judged without solving anything.
    """

    def __init__(self, block: Block, deadline: float = np.inf) -> None:
        self.block, self.deadline = block, deadline
        self._moves: list[np.ndarray] = []
        self._supports = np.zeros((0, len(block)), dtype=bool)
        self._reached = np.zeros((0, len(block.goals)), dtype=bool)

    @property
    def late(self) -> bool:
        """Whether the time for this block is over."""
        return monotonic() > self.deadline

    def remember(self, move: np.ndarray) -> bool:
        """Keep a move, if it is a possible world in whole numbers."""
        if not self.block.is_world(move):
            return False
        self._moves.append(move)
        self._supports = np.vstack([self._supports, move != 0])
        self._reached = np.vstack([self._reached, self.block.reaches(move)])
        return True

    def met(self, hidden: np.ndarray, since: int = 0) -> np.ndarray:
        """Which goals the remembered worlds, or the newest of them, prove for a pattern."""
        unseen = ~self._supports[since:][:, ~hidden].any(axis=1)
        return np.asarray(self._reached[since:][unseen].any(axis=0))

    def proofs(self, hidden: np.ndarray) -> list[np.ndarray | None]:
        """For each goal a remembered world that moves hidden cells alone, or None."""
        unseen = ~(self._supports & ~hidden).any(axis=1)
        found = self._reached & unseen[:, None]
        return [self._moves[found[:, at].argmax()] if found[:, at].any() else None
                for at in range(len(self.block.goals))]  # fmt: skip

    def protects(self, hidden: np.ndarray) -> bool:
        """Whether every goal is met; stops at the first that isn't."""
        return next(self.unmet(hidden), None) is None

    def unmet(self, hidden: np.ndarray) -> Iterator[Unmet]:
        """The goals that a pattern leaves out of reach; a goal not decided in time is one."""
        parts, met, seen = None, self.met(hidden), len(self._moves)
        for at, goal in enumerate(self.block.goals):
            if len(self._moves) > seen:
                met, seen = met | self.met(hidden, since=seen), len(self._moves)
            if met[at]:
                continue
            if self.late:
                yield Unmet(goal, proven=False)
                continue
            parts = _parts(self.block, hidden) if parts is None else parts
            missed = self._attempts(goal, hidden & (parts == parts[goal.cell]))
            if missed is not None:
                yield missed

    def _attempts(self, goal: Goal, within: np.ndarray) -> Unmet | None:
        """Try near the goal first; what is out of reach there may not be further away."""
        missed = None
        for cells in self.block.around(goal.cell):
            missed = self._attempt(goal, cells[within[cells]])
            if missed is None:
                break
        return missed

    def sharpened(self, missed: Unmet, hidden: np.ndarray) -> Unmet:
        """The same goal missed, with multipliers that blame few and costly cells.

        Shown cells stand ajar, so that of all proofs the solver takes one that few of them
        could undo (Magnanti and Wong, 1981, Operations Research 29: 464-484).
        """
        block, goal = self.block, missed.goal
        opened = np.where(hidden, 1.0, AJAR)
        least = -np.minimum(block.room, goal.far) * opened
        most = goal.far * opened
        least[block.open], most[block.open] = -block.room[block.open], np.inf
        (most if goal.sign > 0 else least)[goal.cell] = goal.sign * goal.far
        aim = np.zeros(len(block))
        aim[goal.cell] = -goal.sign
        found = linprog(
            aim, A_eq=block.sums, b_eq=np.zeros(block.sums.shape[0]),
            bounds=np.column_stack([least, most]), method="highs",
        )  # fmt: skip
        return replace(missed, multipliers=found.eqlin.marginals) if found.status == 0 else missed

    def _attempt(self, goal: Goal, cells: np.ndarray) -> Unmet | None:
        """Try to reach a goal by moving only these cells."""
        sums, rows = self.block.sums_of(cells)
        aim = np.where(cells == goal.cell, -float(goal.sign), 0.0)
        least, most = self._limits(goal, cells)
        found = linprog(
            aim, A_eq=sums, b_eq=np.zeros(len(rows)), bounds=np.column_stack([least, most]),
            method="highs",
        )  # fmt: skip
        if found.status != 0:
            return Unmet(goal, proven=False)
        if -found.fun < goal.far - NEARLY:
            multipliers = np.zeros(self.block.sums.shape[0])
            multipliers[rows] = found.eqlin.marginals
            return Unmet(goal, multipliers)
        if self._remember_on(cells, found.x, goal):
            return None
        return self._by_integers(goal, cells, sums)

    def _by_integers(self, goal: Goal, cells: np.ndarray, sums: sparse.csr_array) -> Unmet | None:
        least, most = self._limits(goal, cells)
        (least if goal.sign > 0 else most)[cells == goal.cell] = goal.sign * goal.far
        found = milp(
            np.zeros(len(cells)),
            integrality=np.ones(len(cells)),
            bounds=Bounds(least, most),
            constraints=LinearConstraint(sums, 0, 0),
            options={"time_limit": max(0.1, min(60.0, self.deadline - monotonic()))},
        )
        if found.x is not None and self._remember_on(cells, found.x, goal):
            return None
        return Unmet(goal, proven=found.status == INFEASIBLE)

    def _limits(self, goal: Goal, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As far as each cell may go; the goal's own no further than needed."""
        least = -self.block.room[cells].astype(float)
        most = np.full(len(cells), np.inf)
        (most if goal.sign > 0 else least)[cells == goal.cell] = goal.sign * goal.far
        return least, most

    def _remember_on(self, cells: np.ndarray, values: np.ndarray, goal: Goal) -> bool:
        move = np.zeros(len(self.block), dtype=np.int64)
        move[cells] = np.rint(values)
        return goal.sign * move[goal.cell] >= goal.far and self.remember(move)


def _parts(block: Block, hidden: np.ndarray) -> np.ndarray:
    """A label for each cell: the same where hidden cells can move together."""
    chosen = np.flatnonzero(hidden)
    ties = abs(block.by_cell[:, chosen])
    _, labels = connected_components(ties.T @ ties, directed=False)
    parts = np.full(len(block), -1)
    parts[chosen] = labels
    return parts
