"""Hidden cells that a reader may take for small."""

import numpy as np

from cdpb.disclosure.attack import attack
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.reach import widest, within


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
