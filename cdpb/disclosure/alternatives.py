"""Other counts that would give the same published tables, checked: the proof of a pattern."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse.csgraph import connected_components

from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.component import Component, Goal, Near
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.solver import GrowingRows, linprog, milp
from cdpb.errors import InputError

NEARLY = 1e-6
INFEASIBLE = 2
AJAR = 0.02


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
    """Finds possible worlds for patterns of one component, and remembers them.

    A world found for one pattern proves its goals for every pattern that hides the cells it
    moves, so that most patterns are judged without solving anything.
    """

    def __init__(self, component: Component, deadline: float = np.inf) -> None:
        self.component, self.deadline = component, deadline
        self._moves: list[np.ndarray] = []
        self._supports = GrowingRows(len(component))
        self._reached = GrowingRows(len(component.goals))

    @property
    def late(self) -> bool:
        """Whether the time for this component is over."""
        return monotonic() > self.deadline

    def remember(self, move: np.ndarray) -> bool:
        """Keep a move, if it is a possible world in whole numbers."""
        if not self.component.is_world(move):
            return False
        self._moves.append(move)
        self._supports.add(move != 0)
        self._reached.add(self.component.reaches(move))
        return True

    def met(self, hidden: np.ndarray) -> np.ndarray:
        """Which goals the remembered worlds prove for a pattern."""
        unseen = (self._supports.times(~hidden) == 0).astype(float)
        return np.asarray(unseen @ self._reached.settled() > 0)

    def proofs(self, hidden: np.ndarray) -> list[np.ndarray | None]:
        """For each goal a remembered world that moves hidden cells alone, or None."""
        found: list[np.ndarray | None] = [None] * len(self.component.goals)
        reached = self._reached.settled()
        for at in np.flatnonzero(self._supports.times(~hidden) == 0):
            for goal in reached.indices[reached.indptr[at] : reached.indptr[at + 1]]:
                found[goal] = self._moves[at] if found[goal] is None else found[goal]
        return found

    def protects(self, hidden: np.ndarray) -> bool:
        """Whether every goal is met; stops at the first that isn't."""
        return next(self.unmet(hidden), None) is None

    def unmet(self, hidden: np.ndarray) -> Iterator[Unmet]:
        """The goals that a pattern leaves out of reach; a goal not decided in time is one."""
        parts, met, seen = None, self.met(hidden), len(self._moves)
        for at, goal in enumerate(self.component.goals):
            for move in self._moves[seen:]:  # Each moves hidden cells alone.
                met |= self.component.reaches(move)
            seen = len(self._moves)
            if met[at]:
                continue
            if self.late:
                yield Unmet(goal, proven=False)
                continue
            parts = _parts(self.component, hidden) if parts is None else parts
            missed = self._attempts(goal, hidden & (parts == parts[goal.cell]))
            if missed is not None:
                yield missed

    def _attempts(self, goal: Goal, within: np.ndarray) -> Unmet | None:
        """Try near the goal first; what is out of reach there may not be further away."""
        missed = None
        for near in self.component.around(goal.cell):
            missed = self._attempt(goal, near.cells[within[near.cells]])
            if missed is None:
                break
        return missed

    def blamed(self, goal: Goal, near: Near, hidden: np.ndarray) -> np.ndarray | None:
        """One multiplier a sum, that blame few and costly cells for a goal out of reach.

        Shown cells stand ajar, so that of all proofs the solver takes one that few of them
        could undo (Magnanti and Wong, 1981, Operations Research 29: 464-484).
        """
        component, cells = self.component, near.cells
        opened, free = np.where(hidden[cells], 1.0, AJAR), component.open[cells]
        least = np.where(free, 1.0, opened) * -np.minimum(component.room[cells], goal.far)
        most = np.where(free, np.inf, opened * goal.far)
        least[free] = -component.room[cells][free]
        aim = np.where(cells == goal.cell, -float(goal.sign), 0.0)
        (most if goal.sign > 0 else least)[aim != 0] = goal.sign * goal.far
        found = linprog(
            aim, A_eq=near.sums, b_eq=np.zeros(len(near.rows)),
            bounds=np.column_stack([least, most]), method="highs",
        )  # fmt: skip
        if found.status != 0:
            return None
        multipliers = np.zeros(component.sums.shape[0])
        multipliers[near.rows] = found.eqlin.marginals
        return multipliers

    def _attempt(self, goal: Goal, cells: np.ndarray) -> Unmet | None:
        """Try to reach a goal by moving only these cells."""
        sums, rows = self.component.sums_of(cells)
        aim = np.where(cells == goal.cell, -float(goal.sign), 0.0)
        least, most = self._limits(goal, cells)
        found = linprog(
            aim, A_eq=sums, b_eq=np.zeros(len(rows)), bounds=np.column_stack([least, most]),
            method="highs",
        )  # fmt: skip
        if found.status != 0:
            return Unmet(goal, proven=False)
        if -found.fun < goal.far - NEARLY:
            multipliers = np.zeros(self.component.sums.shape[0])
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
        least = -self.component.room[cells].astype(float)
        most = np.full(len(cells), np.inf)
        (most if goal.sign > 0 else least)[cells == goal.cell] = goal.sign * goal.far
        return least, most

    def _remember_on(self, cells: np.ndarray, values: np.ndarray, goal: Goal) -> bool:
        move = np.zeros(len(self.component), dtype=np.int64)
        move[cells] = np.rint(values)
        return goal.sign * move[goal.cell] >= goal.far and self.remember(move)


def _parts(component: Component, hidden: np.ndarray) -> np.ndarray:
    """A label for each cell: the same where hidden cells can move together."""
    chosen = np.flatnonzero(hidden)
    ties = abs(component.by_cell[:, chosen])
    _, labels = connected_components(ties.T @ ties, directed=False)
    parts = np.full(len(component), -1)
    parts[chosen] = labels
    return parts


def check_adds_up(system: CellSystem) -> None:
    """Refuse counts that can't be true together.

    Raises
    ------
    InputError
        Names the tables, never a count.
    """
    wrong = system.relations @ system.counts != 0
    cells = {int(cell) for row in np.flatnonzero(wrong) for cell in system.relations[[row]].indices}
    cells |= set(np.flatnonzero(system.counts < 0).tolist())
    if cells:
        tables = [name for name, places in system.cells.items() if cells & set(places.values())]
        raise InputError(
            "Counts that are to be protected contradict each other.",
            "Wanted: totals that are the sums of their parts, and no count below 0.",
            f"Found otherwise in: {', '.join(tables) or 'what no table shows'}.",
            "Nothing was published.",
        )


def certified(problem: Problem, cells: np.ndarray, hidden: np.ndarray, worlds: Worlds) -> bool:
    """Whether each goal of a component has a world that the published tables don't rule out.

    Nothing the solver said is taken on trust: the worlds are checked against the relations
    of the system itself, in whole numbers.
    """
    in_component = hidden[cells] | worlds.component.open
    for goal, move in zip(worlds.component.goals, worlds.proofs(in_component), strict=True):
        if move is None or goal.sign * move[goal.cell] < goal.far:
            return False
        everywhere = np.zeros(len(problem.system), dtype=np.int64)
        everywhere[cells] = move
        if not is_unseen(problem, hidden, everywhere):
            return False
    return True


def is_unseen(problem: Problem, hidden: np.ndarray, move: np.ndarray) -> bool:
    """Whether other counts, this far from the true ones, would be published just the same."""
    system = problem.system
    counts = system.counts + move
    shown = system.published & ~hidden
    least = np.where(system.ever_hidden(hidden), problem.hidden_at_least, 0)
    return bool(
        not move[shown].any() and (system.relations @ move == 0).all() and (counts >= least).all()
    )


def check_hidden_whole(
    problem: Problem, cells: np.ndarray, hidden: np.ndarray, worlds: Worlds
) -> None:
    """Prove, without a solver, that a component hidden whole is safe.

    After earlier publications it is safe as far as the worlds go that were found before.

    Raises
    ------
    ArithmeticError
        If it isn't: then nothing may be published.
    """
    if problem.follows:
        if not certified(problem, cells, hidden, worlds):
            raise ArithmeticError("a component hidden whole could not be certified")
        return
    for goal in worlds.component.goals:
        cell = int(cells[goal.cell])
        move = _move_when_all_is_hidden(problem, cells, cell, goal)
        if goal.sign * move[cell] < goal.far or not is_unseen(problem, hidden, move):
            raise ArithmeticError("a component hidden whole could not be certified")


def _move_when_all_is_hidden(
    problem: Problem, cells: np.ndarray, cell: int, goal: Goal
) -> np.ndarray:
    """Up: one part more. Down: its parts at their floor, all else raised to make up for it."""
    system, shut = problem.system, problem.shut
    mine = system.units[cell] - shut
    move = np.zeros(problem.parts.shape[1], dtype=np.int64)
    if goal.sign > 0:
        move[min(mine)] = goal.far
    else:
        move[problem.parts[cells].sum(axis=0) > 0] = system.counts[cell]
        move[list(shut)] = 0
        for unit, least in problem.floors.of(cell).parts.items():
            move[unit] = least - problem.unit_counts[unit]
    return problem.parts @ move
