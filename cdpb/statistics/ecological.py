"""Do two measures of the same wards go together? Of wards, never of the people in them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy

from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.intervals import normal_quantile

FEWEST = 10


def rank_correlation(
    table: pd.DataFrame, value: str, other: str, label: str = "wards"
) -> pd.DataFrame:
    """Spearman's rank correlation of two columns over areas, with its limits.

    Parameters
    ----------
    table : pandas.DataFrame
        One row an area. Areas of which either value is missing or not shown are left out.
    value, other : str
        The two columns.
    label : str, default "wards"
        What to call the number of areas.

    Returns
    -------
    pandas.DataFrame
        One row: the number of areas, ``correlation`` (from -1 to 1), ``correlation_lower``
        and ``correlation_upper``; no row where fewer than 10 areas have both values, or one of
        the two is the same everywhere.

    References
    ----------
    Bonett and Wright (2000), Psychometrika 65: 23-28: the standard error of Fisher's z of a
    rank correlation.

    Examples
    --------
    >>> rank_correlation(wards, "premises_per_1000", "rate_per_100000")
    """
    need_columns(table, value, other)
    both = table[[value, other]].dropna().astype("float64")
    count = len(both)
    if count < FEWEST or (both.nunique() == 1).any():
        none = dict.fromkeys(["correlation", "correlation_lower", "correlation_upper"])
        return passed_on(pd.DataFrame(columns=[label, *none]), table)
    found = float(scipy.stats.spearmanr(both[value], both[other]).statistic)
    spread = normal_quantile(0.95) * np.sqrt((1 + found**2 / 2) / (count - 3))
    with np.errstate(divide="ignore"):  # Ranks that agree wholly have limits of exactly 1.
        lower, upper = (float(np.tanh(np.arctanh(found) + side * spread)) for side in (-1, 1))
    row = [count, found, lower, upper]
    names = [label, "correlation", "correlation_lower", "correlation_upper"]
    return passed_on(pd.DataFrame([row], columns=names), table, value="correlation", unit="")


def beside(
    table: pd.DataFrame, other: pd.DataFrame, on: str | Sequence[str], columns: Sequence[str]
) -> pd.DataFrame:
    """The rows of one table with columns of another, by area; missing where it has none."""
    keys = [on] if isinstance(on, str) else list(on)
    joined = table.merge(other[[*keys, *columns]], on=keys, how="left")
    return passed_on(joined, table, sources=list(filter(None, [other.attrs.get("source")])))
