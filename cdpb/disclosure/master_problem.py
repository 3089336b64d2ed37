"""The least costly pattern that no attack known so far breaks, and a safe one soon."""

from collections.abc import Iterator
from time import monotonic

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse.csgraph import connected_components

from cdpb.disclosure.alternatives import INFEASIBLE, Unmet, Worlds
from cdpb.disclosure.component import Component, Goal
from cdpb.disclosure.solver import GrowingRows, linprog, milp

NOTHING = 1e-9


class Cuts:
    """What every safe pattern must hide, learned from attacks on patterns that were not safe.

    Each cut says: of these cells, hide enough that one small count can move as far as it
    must. A pattern that breaks one is unsafe, and needs no other attack.

    References
    ----------
    Fischetti and Salazar-González (2001), Management Science 47: 1008-1027.
    """

    def __init__(self, component: Component) -> None:
        self.component = component
        self.choices = np.flatnonzero(~component.open)
        self.proven = True
        self._known: set[bytes] = set()
        self._gives = GrowingRows(len(self.choices))
        self._needed: list[float] = []
        for goal in component.goals:
            self._learn_from_single_sums(goal)

    def __len__(self) -> int:
        return len(self._needed)

    def refute(self, hidden: np.ndarray) -> bool:
        """Whether a cut says that a pattern is unsafe."""
        given = self._gives.times(hidden[self.choices])
        return bool((given < np.array(self._needed) - NOTHING).any())

    def parts(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The choices, and the cuts, that hang together: each part is a problem of its own."""
        gives, size = self._gives.settled(), len(self.choices)
        ties = sparse.block_array([[None, gives.T], [gives, None]])
        _, labels = connected_components(ties, directed=False)
        cuts_by_part = _grouped(labels[size:])
        for label, choices in _grouped(labels[:size]).items():
            if label in cuts_by_part:
                yield choices, cuts_by_part[label]

    def constraint(self, choices: np.ndarray, cuts: np.ndarray) -> LinearConstraint:
        """For the solver: what a cut's hidden cells give is at least what is needed."""
        return LinearConstraint(
            self._gives.settled()[cuts][:, choices], np.array(self._needed)[cuts], np.inf
        )

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

    def sharpen(self, worlds: Worlds, goal: Goal, hidden: np.ndarray) -> None:
        """Rule a pattern out by a cut that blames few and costly cells, if there is one."""
        for near in self.component.around(goal.cell):
            multipliers = worlds.blamed(goal, near, hidden)
            cut = None if multipliers is None else self._cut(goal, multipliers)
            if cut is not None and cut[0] @ hidden[self.choices] < cut[1] - NOTHING:
                self._add(*cut)
                break

    def _learn_from_single_sums(self, goal: Goal) -> None:
        """What moves up in a sum must come down in it."""
        column = self.component.by_cell[:, [goal.cell]]
        for row, sign in zip(column.indices, column.data, strict=True):
            multipliers = np.zeros(self.component.sums.shape[0])
            multipliers[row] = -goal.sign / sign
            cut = self._cut(goal, multipliers)
            if cut is not None:
                self._add(*cut)

    def _cut(self, goal: Goal, multipliers: np.ndarray) -> tuple[np.ndarray, float] | None:
        """A true cut, whatever the multipliers of the sums are; they decide how sharp.

        The goal's move equals ``pull @ move``. A cell pulled up can give without limit, one
        pulled down no more than its room; a cell that is shown gives nothing.
        """
        component = self.component
        pull = component.sums.T @ np.round(multipliers, 7)
        pull[goal.cell] += goal.sign
        pull[np.abs(pull) < NOTHING] = 0
        if (pull[component.open] > 0).any():
            return None
        gives = np.maximum(-pull, 0) * component.room
        needed = float(goal.far - gives[component.open].sum())
        if needed <= NOTHING:
            return None
        limited = np.where(pull > 0, needed, np.minimum(gives, needed))
        return limited[self.choices], needed

    def _add(self, gives: np.ndarray, needed: float) -> None:
        known = np.round(gives / needed, 7).tobytes()
        if known not in self._known:
            self._known.add(known)
            self._gives.add(gives)
            self._needed.append(needed)


def _grouped(labels: np.ndarray) -> dict[int, np.ndarray]:
    """Where each label stands."""
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order])) + 1
    return {int(labels[places[0]]): places for places in np.split(order, starts) if len(places)}


class Master:
    """Chooses the cheapest pattern under the cuts so far, and knows a bound on all of them.

    Where no cut ties two parts of a component, as of most boroughs, they are solved apart; a part
    without a new cut keeps its answer.
    """

    def __init__(self, cuts: Cuts) -> None:
        self.cuts, self.bound = cuts, 0.0
        self._solved: dict[tuple[bytes, bytes], np.ndarray] = {}

    def solve(self, worlds: Worlds) -> np.ndarray | None:
        """The cheapest pattern that no cut refutes; None when time is over."""
        component, cuts = worlds.component, self.cuts
        hidden, bound, solved = component.open.copy(), 0.0, {}
        for choices, rows in cuts.parts() if len(cuts) else ():
            part = choices.tobytes(), rows.tobytes()
            weights = component.weights[cuts.choices[choices]]
            if part not in self._solved:
                found = self._solve(weights, cuts.constraint(choices, rows), worlds)
                if found is None:
                    return None
                self._solved[part] = found
            solved[part] = self._solved[part]
            hidden[cuts.choices[choices]] = solved[part]
            bound += weights @ solved[part]
        self._solved = solved
        if cuts.proven:
            self.bound = max(self.bound, bound)
        return hidden

    def _solve(
        self, weights: np.ndarray, constraint: LinearConstraint, worlds: Worlds
    ) -> np.ndarray | None:
        left = worlds.deadline - monotonic()
        if left <= 0:
            return None
        found = milp(
            weights,
            integrality=np.ones(len(weights)),
            bounds=Bounds(0, 1),
            constraints=constraint,
            options={"mip_rel_gap": 0, **({"time_limit": left} if left < np.inf else {})},
        )
        return found.x > 0.5 if found.status == 0 else None


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
    for at, goal in enumerate(worlds.component.goals):
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


def without_needless(worlds: Worlds, cuts: Cuts, hidden: np.ndarray) -> np.ndarray:
    """Show again, dearest first, every cell that the others can do without."""
    component, hidden = worlds.component, hidden.copy()
    chosen = np.flatnonzero(hidden & ~component.open)
    for cell in chosen[np.argsort(-component.weights[chosen], kind="stable")]:
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
    for near in worlds.component.around(goal.cell):
        move = _cheapest_within(worlds, goal, hidden, near.cells)
        if move is not None:
            return move
    return None


def _cheapest_within(
    worlds: Worlds, goal: Goal, hidden: np.ndarray, cells: np.ndarray
) -> np.ndarray | None:
    """The same, of moves that touch these cells alone."""
    component, size = worlds.component, len(cells)
    costs = np.tile(np.where(hidden[cells], ALREADY_HIDDEN, component.weights[cells]), 2)
    one_way, _ = component.sums_of(cells)
    sums = sparse.hstack([one_way, -one_way], format="csr")
    most = np.concatenate([np.full(size, np.inf), component.room[cells]])
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
    move = _net(found.x, cells, len(component))
    if found.status == INFEASIBLE or (move is not None and worlds.remember(move)):
        return move
    found = milp(
        costs,
        integrality=np.ones(2 * size),
        bounds=Bounds(least, most),
        constraints=LinearConstraint(sums, 0, 0),
        options={"time_limit": max(0.1, min(60.0, worlds.deadline - monotonic()))},
    )
    move = _net(found.x, cells, len(component))
    return move if move is not None and worlds.remember(move) else None


def _net(found: np.ndarray | None, cells: np.ndarray, width: int) -> np.ndarray | None:
    if found is None:
        return None
    move = np.zeros(width, dtype=np.int64)
    move[cells] = np.rint(found[: len(cells)] - found[len(cells) :])
    return move
