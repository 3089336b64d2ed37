"""Bursts: most of a year's events in a few months running, which chance would hardly bring."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.special import xlogy

from cdpb.errors import InputError
from cdpb.statistics.about import need_columns, passed_on

LONGEST, A_YEAR = 6, 12
CHANCE, SIMULATED, SEED = 0.01, 1999, 1


def bursts(table: pd.DataFrame, by: Sequence[str], count: str = "offences") -> pd.DataFrame:
    """The groups of which more than half of a year's events fell in at most six months running.

    Of such runs it is the one that is least likely if every month had the same share of the year
    (the scan statistic for a window of varying length); and it is a burst if so unlikely a run, in
    any of the groups, came in fewer than one of a hundred simulated years with the same totals.

    Parameters
    ----------
    table : pandas.DataFrame
        ``month`` (monthly periods, twelve of them), ``count`` and the columns of ``by``; a month
        without a row has no events.

    Returns
    -------
    pandas.DataFrame
        One row per burst, the greatest first: ``by``, ``first_month`` and ``last_month``
        (``2025-04``), ``in_burst`` (its events) and ``count`` (those of the year).

    Raises
    ------
    InputError
        If the months are not those of one year.

    References
    ----------
    Kulldorff (1997), Communications in Statistics: Theory and Methods 26: 1481-1496. Naus (1965),
    Journal of the American Statistical Association 60: 532-538.
    """
    need_columns(table, *by, "month", count)
    months = pd.PeriodIndex(sorted(table["month"].unique()), freq="M")
    if len(table) and len(pd.period_range(months[0], months[-1], freq="M")) != A_YEAR:
        raise InputError("A burst is one of a year: twelve months running are wanted.")
    sums = table.groupby([*by, "month"], observed=True)[count].sum().unstack("month", fill_value=0)
    held = sums.reindex(columns=months, fill_value=0).to_numpy(dtype=np.int64)
    counts = held.reshape(-1, A_YEAR)  # twelve columns where nothing is held as well
    likely, first, length = _least_likely(counts)
    names = list(map(str, months))
    within = likely > _by_chance(tuple(counts.sum(axis=1).tolist()))
    runs = [range(at, at + of) for at, of in zip(first, length, strict=True)]
    found = sums.index.to_frame(index=False).assign(
        first_month=[names[run[0]] for run in runs],
        last_month=[names[run[-1]] for run in runs],
        in_burst=[int(row[list(run)].sum()) for row, run in zip(counts, runs, strict=True)],
        **{count: counts.sum(axis=1)},
    )[within]
    ordered = found.sort_values("in_burst", ascending=False, kind="stable", ignore_index=True)
    return passed_on(ordered, table)


def _least_likely(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each row of twelve counts the run that holds over half of them and is least likely.

    Its log-likelihood ratio (0 where no run holds so many), its first month and its length.
    """
    upto = np.cumsum(np.moveaxis(counts, -1, 0), axis=0)
    upto = np.insert(upto, 0, 0, axis=0)
    total = upto[-1]
    best = np.zeros(total.shape)
    first, length = np.zeros(total.shape, dtype=int), np.ones(total.shape, dtype=int)
    for months in range(1, LONGEST + 1):
        # Of runs as long as each other the one that holds most is the least likely.
        sums = upto[months:] - upto[:-months]
        inside, expected = sums.max(axis=0), total * months / A_YEAR
        # Few do by chance, and logarithms take longest.
        most = np.nonzero((2 * inside > total) & (inside > expected))
        ratio = _log_likelihood_ratio(inside[most], total[most], expected[most])
        better = ratio > best[most]
        found = tuple(at[better] for at in most)
        best[found], length[found] = ratio[better], months
        first[found] = sums[(slice(None), *found)].argmax(axis=0)
    return best, first, length


def _log_likelihood_ratio(
    inside: np.ndarray, total: np.ndarray, expected: np.ndarray
) -> np.ndarray:
    outside = total - inside
    return xlogy(inside, inside / expected) + xlogy(outside, outside / (total - expected))


@lru_cache(maxsize=32)
def _by_chance(totals: tuple[int, ...]) -> float:
    """What the least likely run of any group reaches in one of a hundred years without bursts.

    A page asks for the same years again when it computes what it said in each of them.
    """
    generator = np.random.default_rng(SEED)
    even = np.full(A_YEAR, 1 / A_YEAR)
    events = np.array(totals, dtype=np.int64)[:, np.newaxis]
    years = generator.multinomial(events, even, size=(len(totals), SIMULATED))
    reached, _, _ = _least_likely(years)
    return float(np.quantile(reached.max(axis=0, initial=0), 1 - CHANCE, method="higher"))
