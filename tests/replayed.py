"""A reader who runs the software on every candidate: how often each would be published so.

She knows the software, the policy and all that is published: the shown counts, and which are
hidden; but not the key. For each value that a hidden count may have she takes the worlds, whole
counts that give the same shown figures, and runs the software on them with keys of her own: how
often does it choose the pattern that was published?
"""

from dataclasses import dataclass, replace
from functools import cached_property
from time import process_time

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from cdpb.disclosure.attack import attack
from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.key import keyed_share
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.solver import milp
from cdpb.disclosure.suppress import suppress

# More keys are tried of a pattern that is rare, and still more where they take little time.
MOST_TIMES, SECONDS = 6, 240.0
FEW = 10
# Worlds of a value, over which the keys are spread.
NEAR = 6


def pattern(system: CellSystem, rule: Policy, counts: np.ndarray, key: bytes) -> np.ndarray:
    """What is hidden of any counts of a system."""
    return suppress(replace(system, counts=counts), rule, key=key).hidden


def gives(
    system: CellSystem, rule: Policy, counts: np.ndarray, key: bytes, hidden: np.ndarray
) -> bool:
    """Whether a pattern is what the software hides of these counts; seen at once where it can't."""
    other = replace(system, counts=counts)
    if (Problem(other, rule, rule.smallest_hidden, key=key).start & ~hidden).any():
        return False
    return bool((pattern(system, rule, counts, key) == hidden).all())


def can_be(system: CellSystem, rule: Policy, counts: np.ndarray, hidden: np.ndarray) -> bool:
    """Whether a pattern protects these counts at all; with no key is another ever published."""
    problem = Problem(replace(system, counts=counts), rule, rule.smallest_hidden)
    small = np.array([rule.hides(count) for count in counts.tolist()])
    small &= ~system.known & ~system.nobody
    if (small & system.published & ~hidden).any():
        return False
    found = attack(problem.system, hidden, hidden_at_least=rule.smallest_hidden)
    return all(
        interval.holds(problem.floors.of(cell).least, rule.must_reach)
        for cell, interval in found.items() if small[cell]
    )  # fmt: skip


@dataclass(frozen=True)
class Worlds:
    """Other counts that give the same shown figures, as near to the true ones as can be.

    That is more than a reader has: she would have to average over all worlds. Whoever already
    knows all but what must move with one count is the worst that may come.
    """

    system: CellSystem
    hidden: np.ndarray
    least: int

    @cached_property
    def free(self) -> np.ndarray:
        """What the reader doesn't know."""
        system = self.system
        return np.flatnonzero((self.hidden | ~system.published) & (system.counts > 0))

    def near(self, cell: int, value: int, random: np.random.Generator) -> np.ndarray | None:
        """Counts in which a cell has a value, moves weighed at random; None if there are none."""
        size, at = len(self.free), int(np.searchsorted(self.free, cell))
        counts, sums = self.system.counts[self.free], self.system.relations[:, self.free]
        least = np.where(self.hidden[self.free], self.least, 0)
        up, down = np.full(size, np.inf), (counts - least).astype(float)
        far = value - int(counts[at])
        low = np.zeros(2 * size)
        low[at], low[size + at] = max(far, 0), max(-far, 0)
        up[at], down[at] = max(far, 0), max(-far, 0)
        found = milp(
            np.tile(random.uniform(1, 2, size), 2), integrality=np.ones(2 * size),
            bounds=Bounds(low, np.concatenate([up, down])),
            constraints=LinearConstraint(sparse.hstack([sums, -sums], format="csr"), 0, 0),
        )  # fmt: skip
        if found.x is None:
            return None
        moved = self.system.counts.copy()
        moved[self.free] += np.rint(found.x[:size] - found.x[size:]).astype(int)
        return moved


@dataclass(frozen=True)
class Replay:
    """How often each value of one hidden count gives what was published."""

    cell: int
    frequencies: dict[int, float]

    @property
    def ratio(self) -> float:
        """How much more often one value gives it than another; endless where one never does."""
        least, most = min(self.frequencies.values()), max(self.frequencies.values())
        return most / least if least else np.inf


def replays(
    system: CellSystem, rule: Policy, *, keys: int, cells: int = 1, enough: int = 30, seed: int = 0
) -> tuple[np.ndarray, list[Replay]]:
    """What is hidden, and the attack on some of the small counts.

    Parameters
    ----------
    keys, cells : int
        How many keys at least for each value of a small count, and how many of these at most.
        Keys are such as could give the pattern, as far as the shown counts tell (`_key`).
    enough : int
        More keys are tried until the likeliest value has given the pattern this often, and the
        least likely one a few times, while that takes no longer than four minutes.
    """
    random = np.random.default_rng(seed)
    hidden = pattern(system, rule, system.counts, random.bytes(32))
    worlds = Worlds(system, hidden, rule.smallest_hidden)
    small = [rule.is_primary(int(count)) for count in system.counts] & system.published
    chosen = random.permutation(np.flatnonzero(small))[:cells].tolist()
    return hidden, [_replayed(worlds, rule, cell, keys, enough, random) for cell in chosen]


def _replayed(
    worlds: Worlds, rule: Policy, cell: int, keys: int, enough: int, random: np.random.Generator
) -> Replay:
    values = range(rule.smallest_hidden, rule.must_reach + 1)
    near = {value: [worlds.near(cell, value, random) for _ in range(NEAR)] for value in values}
    possible = {value: each for value, each in near.items() if each[0] is not None}
    system, hidden = worlds.system, worlds.hidden
    likely = {
        value: [can_be(system, rule, counts, hidden) for counts in each]
        for value, each in possible.items()
    }
    given, tried, began = dict.fromkeys(possible, 0), 0, process_time()
    while (max(given.values()) < enough or min(given.values()) < FEW) and (
        tried < MOST_TIMES * keys or process_time() - began < SECONDS
    ):
        tried += keys
        for value, each in possible.items():
            given[value] += sum(
                gives(system, rule, each[at % NEAR], _key(system, rule, hidden, random), hidden)
                for at in range(keys) if likely[value][at % NEAR]
            )  # fmt: skip
    return Replay(cell, {value: int(often) / tried for value, often in given.items()})


def _key(
    system: CellSystem, rule: Policy, hidden: np.ndarray, random: np.random.Generator
) -> bytes:
    """A key that protects none of the shown counts as if it were small.

    Whether one does hangs on their own draws and counts, which are the same in every world: so
    frequencies among such keys stand to each other as they do among all, and are not so rare.
    """
    while True:
        key = random.bytes(32)
        if not (keyed_share(key, system, rule) & system.published & ~hidden).any():
            return key


def ratios(found: list[Replay]) -> list[float]:
    """Of each small count that may have several values, how much one is favoured."""
    return [each.ratio for each in found if len(each.frequencies) > 1]
