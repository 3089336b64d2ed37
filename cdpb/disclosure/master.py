"""The least costly pattern that no attack known so far breaks."""

from time import monotonic

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from cdpb.disclosure.solver import milp
from cdpb.disclosure.worlds import Block, Goal, Unmet, Worlds

NOTHING = 1e-9


class Cuts:
    """What every safe pattern must hide, learned from attacks on patterns that were not safe.

    Each cut says: of these cells, hide enough that one small count can move as far as it
    must. A pattern that breaks one is unsafe, and needs no other attack.

    References
    ----------
    Fischetti and Salazar-González (2001), Management Science 47: 1008-1027.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self.choices = np.flatnonzero(~block.open)
        self.proven = True
        self._known: set[bytes] = set()
        self._gives = np.zeros((0, len(self.choices)))
        self._needed = np.zeros(0)
        for goal in block.goals:
            self._learn_from_single_sums(goal)

    def __len__(self) -> int:
        return len(self._needed)

    def refute(self, hidden: np.ndarray) -> bool:
        """Whether a cut says that a pattern is unsafe."""
        return bool((self._gives @ hidden[self.choices] < self._needed - NOTHING).any())

    def as_constraint(self) -> LinearConstraint:
        """For the solver: what a cut's hidden cells give is at least what is needed."""
        return LinearConstraint(sparse.csr_array(self._gives), self._needed, np.inf)

    def learn(self, hidden: np.ndarray, missed: Unmet) -> None:
        """Rule out a pattern, and all others that fail for the same reason."""
        cut = None
        if missed.multipliers is not None:
            cut = self._cut(missed.goal, missed.multipliers)
        if cut is None or cut[0] @ hidden[self.choices] > cut[1] - NOTHING:
            # Whole numbers alone fail it: some cell outside must be hidden too.
            cut = (~hidden[self.choices]).astype(float), 1.0
            # What the solver gave up on may be safe after all: from here on nothing is proven.
            self.proven = self.proven and missed.proven
        self._add(*cut)

    def _learn_from_single_sums(self, goal: Goal) -> None:
        """What moves up in a sum must come down in it."""
        column = self.block.by_cell[:, [goal.cell]]
        for row, sign in zip(column.indices, column.data, strict=True):
            multipliers = np.zeros(self.block.sums.shape[0])
            multipliers[row] = -goal.sign / sign
            cut = self._cut(goal, multipliers)
            if cut is not None:
                self._add(*cut)

    def _cut(self, goal: Goal, multipliers: np.ndarray) -> tuple[np.ndarray, float] | None:
        """A true cut, whatever the multipliers of the sums are; they decide how sharp.

        The goal's move equals ``pull @ move``. A cell pulled up can give without limit, one
        pulled down no more than its room; a cell that is shown gives nothing.
        """
        block = self.block
        pull = block.sums.T @ np.round(multipliers, 7)
        pull[goal.cell] += goal.sign
        pull[np.abs(pull) < NOTHING] = 0
        if (pull[block.open] > 0).any():
            return None
        gives = np.maximum(-pull, 0) * block.room
        needed = float(goal.far - gives[block.open].sum())
        if needed <= NOTHING:
            return None
        limited = np.where(pull > 0, needed, np.minimum(gives, needed))
        return limited[self.choices], needed

    def _add(self, gives: np.ndarray, needed: float) -> None:
        known = np.round(gives / needed, 7).tobytes()
        if known not in self._known:
            self._known.add(known)
            self._gives = np.vstack([self._gives, gives])
            self._needed = np.append(self._needed, needed)


class Master:
    """Chooses the cheapest pattern under the cuts so far, and knows a bound on all of them."""

    def __init__(self, cuts: Cuts) -> None:
        self.cuts, self.bound = cuts, 0.0

    def solve(self, worlds: Worlds) -> np.ndarray | None:
        """The cheapest pattern that no cut refutes; None when time is over."""
        block, choices = worlds.block, self.cuts.choices
        left = worlds.deadline - monotonic()
        if left <= 0:
            return None
        hidden = block.open.copy()
        if not len(self.cuts):
            return hidden
        found = milp(
            block.weights[choices],
            integrality=np.ones(len(choices)),
            bounds=Bounds(0, 1),
            constraints=self.cuts.as_constraint(),
            options={"mip_rel_gap": 0, **({"time_limit": left} if left < np.inf else {})},
        )
        if self.cuts.proven and found.mip_dual_bound is not None:
            self.bound = max(self.bound, float(found.mip_dual_bound))
        if found.status != 0:
            return None
        hidden[choices[found.x > 0.5]] = True
        return hidden
