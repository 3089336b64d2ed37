"""How far a count can still be protected, and which hidden ones a reader may take for small.

What was published can't be taken back: a small count that follows from it is known, whatever is
hidden now. Such a goal is taken as far as it can reach when everything is hidden, and no further.
"""

from dataclasses import replace

import numpy as np

from cdpb.disclosure.attack import Interval, attack
from cdpb.disclosure.block import Block, Goal
from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.worlds import Worlds


def within_reach(block: Block, deadline: float) -> Worlds:
    """The block with goals that hiding everything meets, and the worlds that meet them.

    Raises
    ------
    ArithmeticError
        If it can't be told in time which those are. Nothing may be published then.
    """
    everything = np.ones(len(block), dtype=bool)
    while True:
        worlds = Worlds(block, deadline)
        missed = list(worlds.unmet(everything))
        if not missed:
            return worlds
        if not all(each.proven for each in missed):
            raise ArithmeticError("what earlier publications leave open could not be told in time")
        nearer = {each.goal: replace(each.goal, far=each.goal.far - 1) for each in missed}
        goals: list[Goal] = [nearer.get(goal, goal) for goal in block.goals]
        block = replace(block, goals=tuple(goal for goal in goals if goal.far > 0))


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


def seeming_small(problem: Problem, hidden: np.ndarray, blocks: list[np.ndarray]) -> np.ndarray:
    """Of the cells hidden for the sake of others, those to be protected as if they were small.

    Of a sum of 5 and 3 that is moved to 7 and 1 the first may be any count; but where it can't go
    below 3, whoever supposes that it is 3 knows that the software would have hidden more.

    Parameters
    ----------
    blocks : list of numpy.ndarray
        The cells to look at, part by part.
    """
    system, rule, found = problem.system, problem.policy, np.zeros(len(problem.system), dtype=bool)
    asked = [cell for cells in blocks for cell in cells if hidden[cell] and not problem.small[cell]]
    cells, least = sorted(map(int, asked)), problem.hidden_at_least
    best = widest(system, least, cells) if problem.follows else {}
    told = attack(system, hidden, hidden_at_least=least, cells=cells) if cells else {}
    for cell, interval in told.items():
        low = max(rule.smallest_hidden, problem.floors.of(cell).least)
        wanted = within(low, rule.must_reach, best.get(cell))
        found[cell] = interval.least <= rule.must_reach and not interval.holds(*wanted)
    return found & ~system.known & ~system.nobody
