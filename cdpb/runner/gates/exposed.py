"""What a set of hidden cells gives away to a reader who adds and subtracts."""

from collections.abc import Sequence

import numpy as np

from cdpb.disclosure.attack import Ratio, attack
from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.suppress import widest, within


def exposed(
    system: CellSystem,
    hidden: np.ndarray,
    rule: Policy,
    hidden_at_least: int,
    guarded: np.ndarray | None = None,
    ratios: Sequence[Ratio] = (),
) -> np.ndarray:
    """Small counts whose interval, by the integer attack, is not as wide as the policy says.

    Those that no table shows are judged like the others. Sums of several hidden counts are
    left out at their lower end: each part is at least 1.

    Parameters
    ----------
    system : CellSystem
        The cells of all tables, with their true counts.
    hidden : numpy.ndarray of bool
        Which of them are hidden.
    rule : Policy
    hidden_at_least : {0, 1}
        What the reader knows of every hidden count.
    guarded : numpy.ndarray of bool, optional
        Cells to judge in place of the small ones, by how far they can move: for a reader who
        looks back at what was hidden before, whichever small count that was.
    ratios : sequence of Share or Range, optional
        What percentages, rates and intervals say of the counts.

    Returns
    -------
    numpy.ndarray of bool
        One a cell. Where a small count is shown outright, those alone.
    """
    if guarded is not None:
        return _stuck(system, hidden, rule, hidden_at_least, guarded & ~system.known, ratios)
    small = np.array([rule.is_primary(int(count)) for count in system.counts], dtype=bool)
    small &= ~system.known & ~system.nobody
    if (small & system.published & ~hidden).any():
        return small & system.published & ~hidden
    found = attack(
        system, hidden,
        hidden_at_least=hidden_at_least, cells=np.flatnonzero(small).tolist(), ratios=ratios,
    )  # fmt: skip
    problem = Problem(system, rule, hidden_at_least)
    best = widest(system, hidden_at_least, list(found)) if problem.follows else {}
    open_ = np.zeros(len(system), dtype=bool)
    for cell, interval in found.items():
        low = max(rule.smallest_hidden, problem.floors.of(cell).least)
        open_[cell] = not interval.holds(*within(low, rule.must_reach, best.get(cell)))
    return open_


def _stuck(
    system: CellSystem,
    hidden: np.ndarray,
    rule: Policy,
    hidden_at_least: int,
    cells: np.ndarray,
    ratios: Sequence[Ratio],
) -> np.ndarray:
    """Cells that can't be as far below and above as any small count may be from any other."""
    assert rule.threshold is not None
    down = rule.threshold - 1 - rule.smallest_hidden
    up = rule.must_reach - rule.smallest_hidden
    found = attack(
        system, hidden,
        hidden_at_least=hidden_at_least, cells=np.flatnonzero(cells).tolist(), ratios=ratios,
    )  # fmt: skip
    best = widest(system, hidden_at_least, list(found))
    open_ = np.zeros(len(system), dtype=bool)
    for cell, interval in found.items():
        count = int(system.counts[cell])
        open_[cell] = not interval.holds(*within(count - down, count + up, best[cell]))
    return open_
