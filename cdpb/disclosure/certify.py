"""Checking, in whole numbers and over the whole system, that a pattern is safe."""

import numpy as np

from cdpb.disclosure.block import Goal
from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.worlds import Worlds
from cdpb.errors import InputError


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
    """Whether each goal of a block has a possible world that the published tables don't rule out.

    Nothing the solver said is taken on trust: the worlds are checked against the relations
    of the system itself, in whole numbers.
    """
    in_block = hidden[cells] | worlds.block.open
    for goal, move in zip(worlds.block.goals, worlds.proofs(in_block), strict=True):
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
    """Prove, without a solver, that a block hidden whole is safe.

    After earlier publications it is safe as far as the worlds go that were found before.

    Raises
    ------
    ArithmeticError
        If it isn't: then nothing may be published.
    """
    if problem.follows:
        if not certified(problem, cells, hidden, worlds):
            raise ArithmeticError("a block hidden whole could not be certified")
        return
    for goal in worlds.block.goals:
        cell = int(cells[goal.cell])
        move = _move_when_all_is_hidden(problem, cells, cell, goal)
        if goal.sign * move[cell] < goal.far or not is_unseen(problem, hidden, move):
            raise ArithmeticError("a block hidden whole could not be certified")


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
