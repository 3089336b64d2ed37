"""Do two measures of wards go together, whatever the hidden ones may be?"""

from math import comb

import numpy as np
import pandas as pd

from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.intervals import normal_quantile

FEWEST, MOST_WAYS = 10, 5000
CORRELATION = ["correlation_lowest", "correlation_highest", "correlation_lower",
               "correlation_upper"]  # fmt: skip


def rank_correlation(
    table: pd.DataFrame, value: str, count: str, of: str, total: float | None = None
) -> pd.DataFrame:
    """Spearman's rank correlation over wards of a value and a rate, with hidden counts bounded.

    It speaks of wards, never of the people in them. Wards whose count is hidden are not missing at
    random, since the small ones are hidden: what is left of the total is shared out among them in
    every way there is, and the result is what all of these give, never what one of them does.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per ward: the ``value``, the ``count`` (missing where hidden) and what it is a rate
        ``of``.
    total : float, optional
        The count of all wards together, as it was published.

    Returns
    -------
    pandas.DataFrame
        One row: ``wards``, ``hidden`` (how many of them), ``correlation_lowest`` and
        ``correlation_highest`` (from -1 to 1; the same where nothing is hidden), and the widest of
        their 95% limits, ``correlation_lower`` and ``correlation_upper``. No row for fewer than 10
        wards, where a value is missing or either is the same everywhere, or where hidden counts
        can't be bounded: no total, or more than 5,000 ways.

    References
    ----------
    Bonett and Wright (2000), Psychometrika 65: 23-28: the standard error of Fisher's z of a
    rank correlation.
    """
    need_columns(table, value, count, of)
    values, counts, people = (table[name].astype("float64") for name in (value, count, of))
    hidden = counts.isna().to_numpy()
    ways = _ways(0 if total is None else int(total - counts.sum()), int(hidden.sum()))
    refused = len(table) < FEWEST or values.isna().any() or not ways
    if refused or (hidden.any() and total is None):
        return passed_on(pd.DataFrame(columns=["wards", "hidden", *CORRELATION]), table)
    tried = np.tile(counts.to_numpy(), (len(ways), 1))
    tried[:, hidden] = np.array(ways).reshape(len(ways), -1)
    rates = pd.DataFrame(tried / people.to_numpy()).rank(axis=1)
    found = rates.T.corrwith(values.rank().reset_index(drop=True)).dropna().to_numpy()
    spread = normal_quantile(0.95) * np.sqrt((1 + found**2 / 2) / (len(table) - 3))
    with np.errstate(divide="ignore"):  # Ranks that agree wholly have limits of exactly 1.
        lower, upper = (np.tanh(np.arctanh(found) + side * spread) for side in (-1, 1))
    ends = [found.min(), found.max(), lower.min(), upper.max()] if len(found) else []
    rows = [[len(table), int(hidden.sum()), *map(float, ends)]] if ends else []
    named = pd.DataFrame(rows, columns=["wards", "hidden", *CORRELATION])
    return passed_on(named, table, value="correlation_lowest", unit="")


def _ways(left: int, among: int) -> list[tuple[int, ...]]:
    """Every way to share out what is left among so many; none where there are too many ways."""
    if among == 0:
        return [()]
    if left < 0 or comb(left + among - 1, among - 1) > MOST_WAYS:
        return []
    if among == 1:
        return [(left,)]
    return [(own, *others) for own in range(left + 1) for others in _ways(left - own, among - 1)]
