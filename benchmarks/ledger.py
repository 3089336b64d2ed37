"""What it costs to protect this year's table together with last year's, and what that stops.

``python -m benchmarks.ledger`` prints the figures of ``docs/ledger.md``: two overlapping five-year
tables of the reference wards; the same with ten counts revised in between; thirty small random
pairs with revisions. Each is protected by itself, and with the ledger.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.earlier import EarlierTable
from cdpb.disclosure.protect import protect, solve
from cdpb.policies import policy
from cdpb.runner.gates.exposed import exposed
from tests.disclosure.test_readers import of_years, ward_years
from tests.disclosure.test_revisions import revised_releases
from tests.support.releases import opened_looking_back, recovered, released, together

HIDE = policy("under_five_hide")
YEARS = [f"Y{at}" for at in range(6)]
COLUMNS = ("recovered or opened", "narrowed", "cells beside", "counts beside")


def main() -> None:
    """Print what was found, a line a way of protecting."""
    print(f"{'releases':<34}{'protected':<18}", *(f"{name:>20}" for name in COLUMNS))
    base, then, now = ward_years(), of_years(YEARS[:5], "then"), of_years(YEARS[1:], "now")
    for way, earlier in ways(then, base):
        say("five-year tables", way, *looking_at_both(then, now, base, earlier))
    later = revised(base, rows=10)
    for way, earlier in ways(then, base):
        say("ten counts revised", way, *looking_back(then, base, now, later, earlier))
    pairs = [revised_releases(seed) for seed in range(30)]
    for way in ("by itself", "with the ledger"):
        found = [looking_back(*pair, dict(ways(*pair[:2]))[way]) for pair in pairs]
        say("thirty random pairs", way, *np.sum(found, axis=0).tolist())


def ways(then: TableDeclaration, base: pd.DataFrame) -> list[tuple[str, list[EarlierTable]]]:
    """By itself a table knows of none before it."""
    entry = released(protect([then], base, HIDE), then, base)
    return [("by itself", []), ("with the ledger", [entry])]


def looking_at_both(
    then: TableDeclaration,
    now: TableDeclaration,
    base: pd.DataFrame,
    earlier: Sequence[EarlierTable],
) -> tuple[int, int, int, int]:
    """Small counts that both tables together give exactly, or more closely than allowed."""
    pattern, _, chosen = solve([now], base, HIDE, earlier=earlier)
    patterns = {"then": protect([then], base, HIDE).of("then"), "now": pattern.of("now")}
    system, hidden = together({"then": then, "now": now}, patterns, base)
    narrowed = int(exposed(system, hidden, HIDE, HIDE.smallest_hidden).sum())
    return recovered(system, hidden, HIDE), narrowed, int(chosen.secondary.sum()), chosen.weight


def looking_back(
    then: TableDeclaration,
    base: pd.DataFrame,
    now: TableDeclaration,
    later: pd.DataFrame,
    earlier: Sequence[EarlierTable],
) -> tuple[int, int, int, int]:
    """Small counts of then that today's table opens, all of them narrowed."""
    pattern, _, chosen = solve([now], later, HIDE, earlier=earlier)
    entry = released(protect([then], base, HIDE), then, base)
    ends = opened_looking_back(entry, base, now, later, pattern.of(now.id), HIDE)
    exact = sum(each.least == each.greatest for each in ends)
    return exact, len(ends), int(chosen.secondary.sum()), chosen.weight


def revised(base: pd.DataFrame, rows: int) -> pd.DataFrame:
    """The same figures, a few of them moved by up to eleven."""
    random, later = np.random.default_rng(1), base.copy()
    for row in random.choice(len(later), size=rows, replace=False):
        later.loc[row, "count"] = max(0, int(later["count"][row]) + int(random.integers(-4, 12)))
    return later


def say(releases: str, way: str, *figures: int) -> None:
    """One line of figures."""
    print(f"{releases:<34}{way:<18}", *(f"{each:>20,}" for each in figures), flush=True)


if __name__ == "__main__":
    main()
