"""The least costly pattern that no attack known so far breaks."""

from time import monotonic

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from cdpb.disclosure.worlds import Block, Goal, Unmet, Worlds

NOTHING = 1e-9


class Master:
    """Chooses what to hide, and learns from each attack that breaks its choice.

    Each cut says: of these cells, hide enough that the goal can be reached.

    References
    ----------
    Fischetti and Salazar-González (2001), Management Science 47: 1008-1027, for the cuts.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self.choices = np.flatnonzero(~block.open)
        self._cuts: dict[bytes, np.ndarray] = {}
        self.bound = 0.0
        self._bounded = True
        for goal in block.goals:
            self._learn_from_single_sums(goal)

    def solve(self, worlds: Worlds) -> np.ndarray | None:
        """The cheapest pattern under the cuts so far; None when time is over."""
        left = worlds.deadline - monotonic()
        if left <= 0:
            return None
        costs = self.block.weights[self.choices]
        if not self._cuts:
            return self.block.open.copy()
        found = milp(
            costs,
            integrality=np.ones(len(costs)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(
                sparse.csr_array(np.array(list(self._cuts.values()))), 1, np.inf
            ),
            options={"mip_rel_gap": 0, **({"time_limit": left} if left < np.inf else {})},
        )
        if self._bounded and found.mip_dual_bound is not None:
            self.bound = max(self.bound, float(found.mip_dual_bound))
        if found.status != 0:
            return None
        hidden = self.block.open.copy()
        hidden[self.choices[found.x > 0.5]] = True
        return hidden

    def learn(self, hidden: np.ndarray, missed: Unmet) -> None:
        """Rule out a pattern, and all others that fail for the same reason."""
        cut = None
        if missed.multipliers is not None:
            cut = self._cut(missed.goal, missed.multipliers)
        if cut is None or (cut @ hidden[self.choices]) > 1 - NOTHING:
            # Whole numbers alone fail it: some cell outside must be hidden too.
            cut = (~hidden[self.choices]).astype(float)
            # What the solver gave up on may be safe after all: from here on nothing is proven.
            self._bounded = self._bounded and missed.proven
        self._add(cut)

    def _learn_from_single_sums(self, goal: Goal) -> None:
        """What moves up in a sum must come down in it."""
        column = self.block.by_cell[:, [goal.cell]]
        for row, sign in zip(column.indices, column.data, strict=True):
            multipliers = np.zeros(self.block.sums.shape[0])
            multipliers[row] = -goal.sign / sign
            cut = self._cut(goal, multipliers)
            if cut is not None:
                self._add(cut)

    def _cut(self, goal: Goal, multipliers: np.ndarray) -> np.ndarray | None:
        """One multiplier a sum gives a true cut, whatever the multipliers are.

        The goal's move equals ``pull @ move``. A cell pulled up can give without limit, one
        pulled down no more than its room; a cell that is shown gives nothing.
        """
        block = self.block
        pull = self.block.sums.T @ np.round(multipliers, 7)
        pull[goal.cell] += goal.sign
        pull[np.abs(pull) < NOTHING] = 0
        if (pull[block.open] > 0).any():
            return None
        gives = np.maximum(-pull, 0) * block.room
        needed = goal.far - gives[block.open].sum()
        if needed <= NOTHING:
            return None
        limited = np.where(pull > 0, needed, np.minimum(gives, needed))
        return limited[self.choices] / needed

    def _add(self, cut: np.ndarray) -> None:
        self._cuts[np.round(cut, 7).tobytes()] = cut
