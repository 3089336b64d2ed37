"""A reader who runs the software on every candidate: how often each would be published so.

She knows the software, the policy and all that is published: the shown counts, and which are
hidden; but not the key. For each value that a hidden count may have she takes the worlds, whole
counts that give the same shown figures, and runs the software on them with keys of her own: how
often does it choose the pattern that was published?

Most patterns are rare: of keys drawn blindly next to none gives them. So she walks through the keys
that do (a Markov chain: some numbers of a key are drawn anew, and kept if the pattern stays), and
at each looks which of the values would give the pattern with it too. How often each value does, of
all keys that give it with some value, stands to the others as its frequency does among all keys
(Gibbs sampling of value and key, each value being as likely at first).
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property
from unittest import mock

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from cdpb.disclosure import keyed as drawing
from cdpb.disclosure.attack import attack
from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.solver import milp
from cdpb.disclosure.suppress import suppress
from tests.support.remembered import solved_once

# Worlds of a value, over which the keys are spread.
NEAR = 6
# Steps from key to key between two looks at all values, and how many numbers a step draws anew.
STEPS, ANEW = 4, (1, 2, 4)
# Where one value is so many times as frequent as another, more keys are tried, up to so many times.
CLOSE, MOST_TIMES = 5, 8


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


def drawn_alike(
    system: CellSystem, rule: Policy, counts: np.ndarray, key: bytes
) -> tuple[bytes, ...]:
    """All of a key that the choice depends on: two that are alike in it give the same pattern.

    What is hidden from the start costs nothing more, and a margin is for small counts alone.
    """
    other = replace(system, counts=counts)
    problem = Problem(other, rule, rule.smallest_hidden, key=key, stretched=True)
    costs = np.where(problem.start, 0, problem.weights)
    margin = np.where(problem.small, problem.margin, 0)
    return tuple(each.tobytes() for each in (counts, problem.small, costs, margin))


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


class ChosenKey(bytes):
    """A key whose numbers are given, in place of drawn from its bytes."""

    numbers: dict[str, dict[str, float]]

    @classmethod
    def of(cls, system: CellSystem, numbers: np.ndarray) -> "ChosenKey":
        """With one number per cell for its cost, one for its share, and one for its margin."""
        key = cls(numbers.tobytes())
        key.numbers = {
            what: dict(zip(system.names, row.tolist(), strict=True))
            for what, row in zip(WHATS, numbers, strict=True)
        }
        return key


WHATS = ("cost", "share", "margin")
_drawn_of_bytes = drawing._drawn


def _drawn(key: bytes, what: str, system: CellSystem) -> np.ndarray:
    if isinstance(key, ChosenKey):
        return np.array([key.numbers[what][name] for name in system.names], dtype=float)
    return _drawn_of_bytes(key, what, system)


def drawn_as_chosen() -> AbstractContextManager[object]:
    """Within it a chosen key's own numbers are drawn."""
    return mock.patch.object(drawing, "_drawn", _drawn)


@dataclass(frozen=True)
class Replay:
    """How often each value of one hidden count gives what was published: shares of one."""

    cell: int
    frequencies: dict[int, float]
    keys: int

    @property
    def ratio(self) -> float:
        """How much more often one value gives it than another; endless where one never does."""
        least, most = min(self.frequencies.values()), max(self.frequencies.values())
        return most / least if least else np.inf


def replays(
    system: CellSystem, rule: Policy, *, keys: int, cells: int = 1, seed: int = 0
) -> tuple[np.ndarray, list[Replay]]:
    """What is hidden, and the attack on some of the small counts.

    Parameters
    ----------
    keys, cells : int
        With how many keys each value of a small count is tried, at least, and how many small
        counts at most.
    """
    random = np.random.default_rng(seed)
    numbers = random.random((len(WHATS), len(system)))
    with drawn_as_chosen(), solved_once():
        hidden = pattern(system, rule, system.counts, ChosenKey.of(system, numbers))
        small = [rule.is_primary(int(count)) for count in system.counts] & system.published
        chosen = random.permutation(np.flatnonzero(small))[:cells].tolist()
        found = [
            Walk(system, rule, hidden, cell, random).replayed(numbers, keys) for cell in chosen
        ]
    return hidden, found


@dataclass
class Walk:
    """Through the keys that give one pattern with some value of one count."""

    system: CellSystem
    rule: Policy
    hidden: np.ndarray
    cell: int
    random: np.random.Generator
    known: dict[tuple[bytes, ...], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the worlds of each value that a reader may not rule out."""
        worlds = Worlds(self.system, self.hidden, self.rule.smallest_hidden)
        values = range(self.rule.smallest_hidden, self.rule.must_reach + 1)
        own = int(self.system.counts[self.cell])
        near = {value: [worlds.near(self.cell, value, self.random) for _ in range(NEAR)]
                for value in values if value != own}  # fmt: skip
        possible = {value: each for value, each in near.items() if each[0] is not None}
        self.worlds = {own: [self.system.counts] * NEAR, **possible}
        self.likely = {
            value: [can_be(self.system, self.rule, counts, self.hidden) for counts in each]
            for value, each in self.worlds.items()
        }

    def gives(self, value: int, world: int, numbers: np.ndarray) -> bool:
        """Whether a key gives the pattern in one world of a value."""
        if not self.likely[value][world]:
            return False
        key, counts = ChosenKey.of(self.system, numbers), self.worlds[value][world]
        alike = drawn_alike(self.system, self.rule, counts, key)
        if alike not in self.known:
            self.known[alike] = gives(self.system, self.rule, counts, key, self.hidden)
        return self.known[alike]

    def replayed(self, numbers: np.ndarray, keys: int) -> Replay:
        """From a key that gave the pattern through as many others."""
        value, world = int(self.system.counts[self.cell]), 0
        found, tried = dict.fromkeys(self.worlds, 0.0), 0
        while tried < keys or (tried < MOST_TIMES * keys and _is_close(found)):
            tried += 1
            for _ in range(STEPS):
                numbers = self._stepped(numbers, value, world)
            other = int(self.random.integers(NEAR))
            world = other if self.gives(value, other, numbers) else world
            giving = [each for each in self.worlds if self.gives(each, world, numbers)]
            for each in giving:
                found[each] += 1 / len(giving)
            value = int(self.random.choice(giving))
        return Replay(self.cell, {value: often / tried for value, often in found.items()}, tried)

    def _stepped(self, numbers: np.ndarray, value: int, world: int) -> np.ndarray:
        moved = numbers.copy()
        at = self.random.choice(moved.size, min(int(self.random.choice(ANEW)), moved.size), False)
        moved.flat[at] = self.random.random(len(at))
        return moved if self.gives(value, world, moved) else numbers


def _is_close(found: Mapping[int, float]) -> bool:
    """Whether a value is so seldom that chance could make more of it than it is."""
    return max(found.values()) > CLOSE * min(found.values())


def ratios(found: list[Replay]) -> list[float]:
    """Of each small count that may have several values, how much one is favoured."""
    return [each.ratio for each in found if len(each.frequencies) > 1]
