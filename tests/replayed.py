"""A reader who runs the software on every candidate: how often each would be published so.

She knows the software, the policy and all that is published: the shown counts, and which are
hidden. For each value that a hidden count may have she takes the worlds, whole counts that give
the same shown figures, and asks in which of them the software would choose the same pattern. There
is no key that she lacks, so each world is one answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from cdpb.disclosure.covers import Covers, at_first, narrowed
from scipy import sparse

from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.limits import limits_of
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.problem import Problem


class Software:
    """What is hidden of any counts of one system; remembers what many worlds share."""

    def __init__(self, system: CellSystem, rule: Policy) -> None:
        self.system, self.rule = system, rule
        self._covers: dict[bytes, Covers] = {}
        self._more: dict[tuple[bytes, ...], frozenset[int]] = {}

    def pattern(self, counts: np.ndarray, published: np.ndarray | None = None) -> np.ndarray:
        """The cells hidden; as far as is needed to see that they are not those published."""
        problem = Problem(replace(self.system, counts=counts), self.rule, 1, "public")
        name = problem.public_costs.tobytes() + (counts > 0).tobytes()
        covers = self._covers.setdefault(name, Covers(problem))
        hidden = covers.closed(at_first(problem))
        while published is None or not (hidden & ~published).any():
            more = self._needed(problem, covers, hidden, name)
            grown = covers.closed({*np.flatnonzero(hidden).tolist(), *more})
            if (grown == hidden).all():
                break
            hidden = grown
        return hidden

    def _needed(
        self, problem: Problem, covers: Covers, hidden: np.ndarray, name: bytes
    ) -> frozenset[int]:
        system = problem.system
        shown = np.where(hidden | ~system.published, 0, system.counts)
        asked = name, hidden.tobytes(), shown.tobytes(), problem.small.tobytes()
        if asked not in self._more:
            found = [covers.beyond(cell, hidden) for cell in narrowed(problem, hidden)]
            self._more[asked] = frozenset().union(*found)
        return self._more[asked]


@dataclass(frozen=True)
class Worlds:
    """Whole counts that give the same shown figures.

    Each is drawn by taking the hidden counts one after the other from what is left to them, and
    counts as often as there was to choose from: so the mean over draws is that over all worlds.
    """

    system: CellSystem
    hidden: np.ndarray

    @cached_property
    def free(self) -> np.ndarray:
        """What the reader doesn't know."""
        system = self.system
        return np.flatnonzero((self.hidden | ~system.published) & (system.counts > 0))

    def drawn(
        self, cell: int, value: int, draws: int, random: np.random.Generator
    ) -> Iterator[tuple[np.ndarray, float]]:
        """Worlds in which a cell has a value, each with its weight."""
        start = self._narrowed({cell: value})
        for _ in range(draws if start is not None else 0):
            fixed, limits, weight = {cell: value}, start, 1.0
            while limits is not None:
                room = limits[1] - limits[0]
                if not room.any():
                    counts = self.system.counts.copy()
                    counts[self.free] = limits[0]
                    if not (self.system.relations @ counts).any():
                        yield counts, weight
                    break
                at = int(np.argmin(np.where(room > 0, room, np.inf)))
                weight *= room[at] + 1
                chosen = random.integers(limits[0, at], limits[1, at] + 1)
                fixed = {**fixed, int(self.free[at]): int(chosen)}
                limits = self._narrowed(fixed)

    def _narrowed(self, fixed: dict[int, int]) -> np.ndarray | None:
        """From and to what each unknown count can be, as far as single sums tell."""
        cells = np.array([cell for cell in self.free if cell not in fixed], dtype=int)
        known = np.where(np.isin(np.arange(len(self.system)), self.free), 0, self.system.counts)
        known[list(fixed)] = list(fixed.values())
        sums = sparse.csr_array(self.system.relations[:, cells])
        right = -(self.system.relations @ known)
        found = np.tile(known[self.free].astype(float), (2, 1))
        inside = np.isin(self.free, cells)
        found[:, inside] = limits_of(sums, right, np.where(self.hidden[cells], 1, 0))
        most = self.system.counts.sum()
        found[1] = np.minimum(found[1], most)
        return None if (found[0] > found[1]).any() else found


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
    system: CellSystem, rule: Policy, *, cells: int, draws: int, seed: int = 0
) -> tuple[np.ndarray, list[Replay]]:
    """What is hidden, and the attack on some of the small counts.

    Parameters
    ----------
    cells, draws : int
        How many of the small counts at most, and how many worlds for each of their values.
    """
    software, random = Software(system, rule), np.random.default_rng(seed)
    hidden = software.pattern(system.counts)
    worlds = Worlds(system, hidden)
    small = [rule.is_primary(int(count)) for count in system.counts] & system.published
    found = []
    for cell in random.permutation(np.flatnonzero(small))[:cells].tolist():
        values = range(1, rule.must_reach + 1)
        tried = {value: list(worlds.drawn(cell, value, draws, random)) for value in values}
        frequencies = {
            value: sum(
                weight * (software.pattern(counts, hidden) == hidden).all()
                for counts, weight in drawn
            ) / sum(weight for _, weight in drawn)
            for value, drawn in tried.items() if drawn
        }  # fmt: skip
        found.append(Replay(cell, frequencies))
    return hidden, found


def ratios(found: list[Replay]) -> list[float]:
    """Of each small count that may have several values, how much one is favoured."""
    return [each.ratio for each in found if len(each.frequencies) > 1]
