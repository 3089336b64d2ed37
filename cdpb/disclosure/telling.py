"""Ratios that would narrow a hidden count, found by attacking each together with the counts."""

from collections.abc import Sequence

import numpy as np

from cdpb.disclosure.attack import attack
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.ratios import Ratio


def telling(problem: Problem, hidden: np.ndarray, ratios: Sequence[Ratio]) -> np.ndarray:
    """Which ratios must be hidden beside a pattern of hidden counts.

    A ratio of shown counts says nothing new. Of the others as many are shown as leave every
    small count its interval, in their order: two that are each safe alone may not be together,
    so each is tried beside those already shown.

    Parameters
    ----------
    hidden : numpy.ndarray of bool
        The cells that are hidden: a safe pattern.
    ratios : sequence of Share or Range
        All that the tables could show, with their true values.

    Returns
    -------
    numpy.ndarray of bool
        One a ratio, True where it is hidden.
    """
    unseen = hidden | ~problem.system.published
    kept: list[Ratio] = []
    told = np.zeros(len(ratios), dtype=bool)
    for at, ratio in enumerate(ratios):
        if not unseen[list(ratio.cells)].any():
            continue
        told[at] = not _all_hold(problem, hidden, [*kept, ratio])
        kept += [] if told[at] else [ratio]
    return told


def _all_hold(problem: Problem, hidden: np.ndarray, ratios: Sequence[Ratio]) -> bool:
    """Whether each small count may still be as low and as high as the policy asks."""
    system, rule = problem.system, problem.policy
    unseen = np.flatnonzero(problem.small & (hidden | ~system.published)).tolist()
    found = attack(
        system, hidden, hidden_at_least=problem.hidden_at_least, cells=unseen, ratios=ratios
    )
    lows = {cell: max(rule.smallest_hidden, problem.floors.of(cell).least) for cell in found}
    return all(found[cell].holds(lows[cell], rule.must_reach) for cell in found)
