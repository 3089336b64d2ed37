"""The least that must be hidden so that every small count keeps its interval.

What was published can't be taken back: a small count that follows from it is known, whatever is
hidden now. Such a goal is taken as far as it can reach when everything is hidden, and no further.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from time import monotonic

import numpy as np

from cdpb.disclosure.alternatives import Worlds, certified, check_adds_up, check_hidden_whole
from cdpb.disclosure.attack import Interval, Ratio, attack, disclosive_ratios
from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.component import Component, Goal
from cdpb.disclosure.master_problem import Cuts, Master, repair, without_needless
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.problem import Problem, Weigh
from cdpb.errors import InputError


def within_reach(component: Component, deadline: float) -> Worlds:
    """The component with goals that hiding everything meets, and the worlds that meet them.

    Raises
    ------
    ArithmeticError
        If it can't be told in time which those are. Nothing may be published then.
    """
    everything = np.ones(len(component), dtype=bool)
    while True:
        worlds = Worlds(component, deadline)
        missed = list(worlds.unmet(everything))
        if not missed:
            return worlds
        if not all(each.proven for each in missed):
            raise ArithmeticError("what earlier publications leave open could not be told in time")
        nearer = {each.goal: replace(each.goal, far=each.goal.far - 1) for each in missed}
        goals: list[Goal] = [nearer.get(goal, goal) for goal in component.goals]
        component = replace(component, goals=tuple(goal for goal in goals if goal.far > 0))


def widest(system: CellSystem, hidden_at_least: int, cells: list[int]) -> dict[int, Interval]:
    """The interval that each of these cells has when everything is hidden that can still be.

    No choice of what to hide leaves a wider one.
    """
    everything = system.published & ~system.known & (system.counts > 0)
    return attack(system, everything, hidden_at_least=hidden_at_least, cells=cells)


def within(low: int, high: int, best: Interval | None) -> tuple[int, int]:
    """As far as a cell could move if everything were hidden that earlier publications left."""
    if best is None:
        return low, high
    return max(low, best.least), high if best.greatest is None else min(high, best.greatest)


def seeming_small(problem: Problem, hidden: np.ndarray, components: list[np.ndarray]) -> np.ndarray:
    """Of the cells hidden for the sake of others, those to be protected as if they were small.

    Of a sum of 5 and 3 that is moved to 7 and 1 the first may be any count; but where it can't go
    below 3, whoever supposes that it is 3 knows that the software would have hidden more.

    Parameters
    ----------
    components : list of numpy.ndarray
        The cells to look at, part by part.
    """
    system, rule, found = problem.system, problem.policy, np.zeros(len(problem.system), dtype=bool)
    asked = [
        cell for cells in components for cell in cells if hidden[cell] and not problem.small[cell]
    ]
    cells, least = sorted(map(int, asked)), problem.hidden_at_least
    best = widest(system, least, cells) if problem.follows else {}
    told = attack(system, hidden, hidden_at_least=least, cells=cells) if cells else {}
    for cell, interval in told.items():
        low = max(rule.smallest_hidden, problem.floors.of(cell).least)
        wanted = within(low, rule.must_reach, best.get(cell))
        found[cell] = interval.least <= rule.must_reach and not interval.holds(*wanted)
    return found & ~system.known & ~system.nobody


LESS_THAN_ANY_COST = 0.5
# Few tables need more; a limit in rounds ends alike on a fast machine and a slow one.
ROUNDS = 80
# Of the time of a component; the rest is for its certificate.
CHOOSING = 0.95
# Seconds a component, to see what earlier publications leave open: needed even to hide all of it.
REACH_LIMIT = 60.0


@dataclass(frozen=True)
class Suppression:
    """What to hide, and how good a choice it is. For the inside only: it speaks of counts.

    Attributes
    ----------
    hidden, primary : numpy.ndarray of bool
        Cells of the system: all that is hidden; those hidden for their own smallness.
    hidden_whole : numpy.ndarray of bool
        Cells of components that were hidden whole, zeros apart, because time ran out.
    weight : int
        Counts (or cells) hidden beside the small ones.
    cost, bound : int
        What was chosen beside all that is hidden from the start, in whatever is to be hidden
        least of; and what no safe pattern goes below.
    seconds : float
    ratios_hidden : numpy.ndarray of bool
        Of the ratios that were given, those that would narrow a hidden count.
    """

    hidden: np.ndarray
    primary: np.ndarray
    hidden_whole: np.ndarray
    weight: int
    cost: int
    bound: int
    seconds: float = 0.0
    ratios_hidden: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))

    @property
    def secondary(self) -> np.ndarray:
        """Cells hidden for the sake of others."""
        return self.hidden & ~self.primary

    @property
    def gap(self) -> float:
        """0 where the choice is proven to be the least; else by how much it may be above it."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


def suppress(
    system: CellSystem,
    policy: Policy,
    *,
    hidden_at_least: int | None = None,
    weigh: Weigh = "counts",
    time_limit: float = 60.0,
    hidden: np.ndarray | None = None,
    guarded: np.ndarray | None = None,
    ratios: Sequence[Ratio] = (),
    key: bytes | None = None,
) -> Suppression:
    """Choose the secondary cells of least weight, certified by possible worlds.

    Every small count ends with two worlds, whole-number counts that give the same shown
    cells: in one it is as low as it may seem, in the other as high. A component for which none
    is found in time is hidden whole, zeros apart.

    Parameters
    ----------
    system : CellSystem
        From `cdpb.disclosure.cells.cells_of`.
    policy : Policy
        Which counts are small, and what must stay possible for them.
    hidden_at_least : {0, 1}, optional
        What the reader knows of every hidden count; by default 1 where zeros are shown.
    weigh : {"counts", "cells"}
        Hide the least counts, or the fewest cells. Zeros that are shown are never chosen.
    time_limit : float
        Seconds in all; each component of cells gets its share of what is left.
    hidden : numpy.ndarray of bool, optional
        Cells that are hidden whatever is chosen.
    guarded : numpy.ndarray of bool, optional
        Cells to protect in place of the small ones, whichever small count they may have had.
    ratios : sequence of Share or Range, optional
        Percentages and rates that tables could show without both counts they are made of.
    key : bytes, optional
        What the choice is drawn with (`cdpb.disclosure.problem`). Without one it is the least, and
        whoever runs it on every candidate may learn which counts made it.

    Raises
    ------
    InputError
        If counts contradict each other, or the policy hides nothing.
    ArithmeticError
        If something can't be certified even hidden whole. Nothing may be published then.
    """
    check_adds_up(system)
    problem = _problem(system, policy, hidden_at_least, weigh)
    problem = replace(problem, hidden=hidden, guarded=guarded, key=key)
    end = monotonic() + time_limit
    chosen = _chosen(problem, end)
    told = disclosive_ratios(problem, chosen.hidden, ratios)
    return replace(chosen, seconds=monotonic() - end + time_limit, ratios_hidden=told)


def _chosen(problem: Problem, end: float) -> Suppression:
    """The least to be hidden beside what is hidden from the start, certified.

    With a key, more is hidden until what a reader may take for small is protected as if it were: a
    value that no small count could have there would be ruled out by running the software on it.
    Small counts must seem to reach further than the policy asks, too, as often as the key says.
    What was hidden stays so: a pattern that is found on this way alone would name who took it.
    """
    search = _Search(problem, end)
    components = problem.components()
    search.choose(components)
    if problem.key is not None:
        problem = replace(problem, stretched=True, hidden=search.hidden.copy())
        for cells in (each for each in components if problem.reaches_further(each)):
            search.hide_more(problem, cells)
    while problem.key is not None and components:
        alike = seeming_small(problem, search.hidden, components)
        components = [cells for cells in components if alike[cells].any()]
        problem = replace(problem.protecting(alike), hidden=search.hidden.copy())
        for cells in components:
            search.hide_more(problem, cells)
    return search.found()


class _Search:
    """A pattern, component by component, and how good it is."""

    def __init__(self, problem: Problem, end: float) -> None:
        self.problem, self.end = problem, end
        self.hidden = problem.start.copy()
        self.whole = np.zeros(len(problem.system), dtype=bool)
        self.bound = 0

    def choose(self, components: list[np.ndarray]) -> None:
        """Choose what is hidden of each component."""
        problem, start = self.problem, monotonic()
        begin_by = start + CHOOSING * (self.end - start)
        searches = [_begun(problem, cells, begin_by) for cells in components]
        for at, (cells, worlds, cuts, first) in enumerate(searches):
            share = CHOOSING * (self.end - monotonic()) / (len(searches) - at)
            worlds.deadline = monotonic() + share
            chosen, lowest = _choose(worlds, cuts, first)
            self.bound += max(0, ceil(lowest / problem.scale - 0.5))
            self._hide(problem, cells, chosen, worlds)

    def hide_more(self, problem: Problem, cells: np.ndarray) -> None:
        """Hide more of a component, so that what must be protected since is protected too."""
        worlds = _worlds(problem, cells, self.end)
        start = worlds.component.open
        self._hide(problem, cells, _improved(worlds, Cuts(worlds.component), start, None), worlds)

    def _hide(
        self, problem: Problem, cells: np.ndarray, chosen: np.ndarray | None, worlds: Worlds
    ) -> None:
        """What was chosen of a component, if it can be certified; else all of it."""
        published = problem.system.published[cells]
        if chosen is not None:
            self.hidden[cells] = chosen & published
        if chosen is None or not certified(problem, cells, self.hidden, worlds):
            self.hidden[cells] = self.whole[cells] = published
            check_hidden_whole(problem, cells, self.hidden, worlds)

    def found(self) -> Suppression:
        """What was chosen, and its cost."""
        problem, counts = self.problem, self.problem.system.counts
        secondary, more = self.hidden & ~problem.primary, self.hidden & ~problem.start
        weight = secondary.sum() if problem.weigh == "cells" else counts[secondary].sum()
        cost = (problem.weights[more] // problem.scale).sum()
        return Suppression(
            self.hidden, problem.primary, self.whole, int(weight), int(cost), self.bound
        )


def _problem(
    system: CellSystem,
    policy: Policy,
    hidden_at_least: int | None,
    weigh: Weigh,
) -> Problem:
    least = policy.smallest_hidden if hidden_at_least is None else hidden_at_least
    if not policy.protects or not 0 <= least <= policy.smallest_hidden:
        raise InputError(
            f"Policy {policy.name} can't be applied to a reader who knows that hidden counts",
            f"are at least {least}: it hides counts from {policy.smallest_hidden}, if any.",
        )
    return Problem(system, policy, least, weigh)


def _begun(
    problem: Problem, cells: np.ndarray, deadline: float
) -> tuple[np.ndarray, Worlds, Cuts, np.ndarray | None]:
    """A component with its first safe pattern, if time allows: each has one before any has two."""
    worlds = _worlds(problem, cells, deadline)
    cuts = Cuts(worlds.component)
    return cells, worlds, cuts, _improved(worlds, cuts, worlds.component.open, None)


def _worlds(problem: Problem, cells: np.ndarray, deadline: float) -> Worlds:
    """The possible worlds of a component, with goals that can still be reached."""
    worlds = Worlds(problem.component(cells), deadline)
    if problem.follows:
        worlds = within_reach(worlds.component, max(deadline, monotonic() + REACH_LIMIT))
        worlds.deadline = deadline
    return worlds


def _choose(worlds: Worlds, cuts: Cuts, best: np.ndarray | None) -> tuple[np.ndarray | None, float]:
    """A pattern for one component, or None in time; and a bound that no safe pattern goes below."""
    component, master = worlds.component, Master(cuts)
    for _ in range(ROUNDS):
        if best is not None and master.bound > component.cost(best) - LESS_THAN_ANY_COST:
            break
        tried = master.solve(worlds)
        missed = [] if tried is None else list(worlds.unmet(tried))
        if tried is None or worlds.late:
            break
        if not missed:
            return tried, master.bound
        for unmet in missed:
            cuts.learn(tried, unmet)
            if unmet.multipliers is not None:
                cuts.sharpen(worlds, unmet.goal, tried)
        best = _improved(worlds, cuts, tried, best)
    return best, master.bound


def _improved(
    worlds: Worlds, cuts: Cuts, hidden: np.ndarray, best: np.ndarray | None
) -> np.ndarray | None:
    """The better of a pattern repaired and cleaned, and the best one so far."""
    repaired = repair(worlds, hidden)
    if repaired is None:
        return best
    cleaned, cost = without_needless(worlds, cuts, repaired), worlds.component.cost
    return cleaned if best is None or cost(cleaned) < cost(best) else best
