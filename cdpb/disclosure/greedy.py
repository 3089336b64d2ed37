"""A safe pattern soon, and cells shown again that need not have been hidden."""

from time import monotonic

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from cdpb.disclosure.block import Goal
from cdpb.disclosure.master import Cuts
from cdpb.disclosure.solver import linprog, milp
from cdpb.disclosure.worlds import INFEASIBLE, Worlds

# Moving a cell that is hidden anyway costs next to nothing, but not nothing: short moves
# prove more patterns than long ones.
ALREADY_HIDDEN = 1e-2


def repair(worlds: Worlds, hidden: np.ndarray) -> np.ndarray | None:
    """Hide more, goal by goal along the cheapest move, until every goal is met; or None.

    References
    ----------
    Kelly, Golden and Assad (1992), Networks 22: 397-417, for the cheapest unseen move.
    """
    hidden, met = hidden.copy(), worlds.met(hidden)
    for at, goal in enumerate(worlds.block.goals):
        if met[at]:
            continue
        if worlds.late:
            return None
        move = _cheapest_move(worlds, goal, hidden)
        if move is None:
            return None
        hidden |= move != 0
        met = worlds.met(hidden)
    return hidden if worlds.protects(hidden) else None


def clean(worlds: Worlds, cuts: Cuts, hidden: np.ndarray) -> np.ndarray:
    """Show again, dearest first, every cell that the others can do without."""
    block, hidden = worlds.block, hidden.copy()
    chosen = np.flatnonzero(hidden & ~block.open)
    for cell in chosen[np.argsort(-block.weights[chosen], kind="stable")]:
        if worlds.late:
            break
        hidden[cell] = False
        if not _safe(worlds, cuts, hidden):
            hidden[cell] = True
    return hidden


def _safe(worlds: Worlds, cuts: Cuts, hidden: np.ndarray) -> bool:
    if cuts.refute(hidden):
        return False
    missed = next(worlds.unmet(hidden), None)
    if missed is not None and not worlds.late:
        cuts.learn(hidden, missed)
    return missed is None


def _cheapest_move(worlds: Worlds, goal: Goal, hidden: np.ndarray) -> np.ndarray | None:
    """A whole-number move that meets a goal, cheap in what it would newly hide."""
    for near in worlds.block.around(goal.cell):
        move = _cheapest_within(worlds, goal, hidden, near.cells)
        if move is not None:
            return move
    return None


def _cheapest_within(
    worlds: Worlds, goal: Goal, hidden: np.ndarray, cells: np.ndarray
) -> np.ndarray | None:
    """The same, of moves that touch these cells alone."""
    block, size = worlds.block, len(cells)
    costs = np.tile(np.where(hidden[cells], ALREADY_HIDDEN, block.weights[cells]), 2)
    one_way, _ = block.sums_of(cells)
    sums = sparse.hstack([one_way, -one_way], format="csr")
    most = np.concatenate([np.full(size, np.inf), block.room[cells]])
    least = np.zeros(2 * size)
    # All of the goal's own move goes one way.
    at = int(np.searchsorted(cells, goal.cell))
    ahead, back = (at, at + size)[:: goal.sign]
    least[ahead] = most[ahead] = goal.far
    most[back] = 0
    found = linprog(
        costs, A_eq=sums, b_eq=np.zeros(sums.shape[0]), bounds=np.column_stack([least, most]),
        method="highs",
    )  # fmt: skip
    move = _net(found.x, cells, len(block))
    if found.status == INFEASIBLE or (move is not None and worlds.remember(move)):
        return move
    found = milp(
        costs,
        integrality=np.ones(2 * size),
        bounds=Bounds(least, most),
        constraints=LinearConstraint(sums, 0, 0),
        options={"time_limit": max(0.1, min(60.0, worlds.deadline - monotonic()))},
    )
    move = _net(found.x, cells, len(block))
    return move if move is not None and worlds.remember(move) else None


def _net(found: np.ndarray | None, cells: np.ndarray, width: int) -> np.ndarray | None:
    if found is None:
        return None
    move = np.zeros(width, dtype=np.int64)
    move[cells] = np.rint(found[: len(cells)] - found[len(cells) :])
    return move
