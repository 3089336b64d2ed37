"""Two counts against each other: their ratio with exact limits, and changes that it measures."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import scipy

from cdpb.numbers import CHANGE
from cdpb.periods import FinancialYear, month_name
from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.intervals import (
    Numbers,
    aligned,
    odds_of_two_counts,
    poisson_interval,
    raise_for_rows,
    tail_of,
)


def rate_ratio(
    count: Numbers,
    exposure: Numbers,
    other_count: Numbers,
    other_exposure: Numbers,
) -> pd.DataFrame:
    """The ratio of two rates with exact limits and p value.

    Given how many events there were in all, those of the first side are binomial; the exact
    (Clopper-Pearson) limits of that share, turned into odds and divided by the odds of the
    exposures, are the limits of the ratio. The p value is twice the smaller tail, so that it
    falls below 5% exactly when the 95% limits leave out 1. 12 deaths against 19 on equal
    exposures: 0.63, 0.28 to 1.37, p = 0.28.

    Parameters
    ----------
    count, other_count : pandas.Series of whole numbers
        Events on each side.
    exposure, other_exposure : pandas.Series of numbers
        The people or the time they happened in.

    Returns
    -------
    pandas.DataFrame
        ``ratio``, ``lower``, ``upper`` and ``p_value``. Without events on the other side
        the ratio and its upper limit are missing; without any events all but p are.

    References
    ----------
    Przyborowski and Wilenski (1940), Biometrika 31: 313-323.
    Clopper and Pearson (1934), Biometrika 26: 404-413.
    """
    a, n, b, m = aligned(count, exposure, other_count, other_exposure)
    raise_for_rows((a % 1 > 0) | (b % 1 > 0), "Exact limits need whole counts.")
    tail, scale = tail_of(0.95), (m / n.where(n > 0)).to_numpy()
    lower = scale * _odds(scipy.special.betaincinv(a, b + 1, tail))
    upper = scale * _odds(scipy.special.betainccinv(a + 1, b, tail))
    lower = np.where((a == 0) & (b > 0), 0.0, lower)
    p_value = _twice_the_smaller_tail(a, a + b, n / (n + m))
    columns = {"ratio": scale * _odds(a / (a + b)), "lower": lower, "upper": upper}
    return pd.DataFrame({**columns, "p_value": p_value}, index=a.index)


def two_counts(count: float, other_count: float) -> pd.Series:
    """Two counts over equal times or populations: their ratio, exact limits and p value.

    Overlapping intervals are not a test; this is one.

    Examples
    --------
    >>> two_counts(12, 19)["p_value"]
    """
    return rate_ratio(count, 1, other_count, 1).iloc[0]


def _odds(share: np.ndarray | pd.Series) -> np.ndarray:
    values = np.asarray(share, dtype=float)
    return values / np.where(values < 1, 1 - values, np.nan)


def _twice_the_smaller_tail(
    events: pd.Series, together: pd.Series, expected_share: pd.Series
) -> np.ndarray:
    # The binomial's tails, as incomplete beta functions.
    at_most = scipy.special.betainc(together - events, events + 1, 1 - expected_share)
    at_least = scipy.special.betainc(events, together - events + 1, expected_share)
    return np.minimum(1, 2 * np.minimum(at_most, at_least))


KEYS = ["area_code", "year"]
ENDS = ["people", "lowest", "highest"]


def exclusive_parts(table: pd.DataFrame, part: str, other: str) -> pd.DataFrame:
    """One part of a whole over another that shares nobody with it, by area and year.

    Neither is a fixed number: of all who are in one of the two, how many are in the first is
    binomial, and the test is exact. Each pair of counts that the publisher's rounding leaves
    possible is tried, and the limits are the widest of them. 85 and 110 of the same 235, each
    rounded to 5: 0.77, p = 0.085, and from 0.045 to 0.15 over all that they may have been.

    Of a table with ``area_code``, ``year``, ``measure``, ``people``, ``lowest`` and ``highest``:
    ``area_code, year, part_ratio, ratio_lower, ratio_upper, p_lowest, p_highest``.
    """
    need_columns(table, *KEYS, "measure", *ENDS)
    sides = [table[table["measure"] == each][[*KEYS, *ENDS]] for each in (part, other)]
    both = sides[0].merge(sides[1], on=KEYS, suffixes=("_part", "_other")).reset_index(drop=True)
    tried = pd.DataFrame(
        [_tried(row) for row in both.to_dict("records")],
        columns=["part_ratio", "ratio_lower", "ratio_upper", "p_lowest", "p_highest"],
    )
    method = "exact binomial limits, the widest that the publisher's rounding allows"
    found = pd.concat([both[KEYS], tried], axis=1)
    return passed_on(found, table, value="part_ratio", unit="times", method=method)


def _tried(row: dict[Hashable, Any]) -> tuple[float, ...]:
    """The ratio as published, and the ends of what every possible pair of counts gives."""
    ranges = [range(int(row[f"lowest_{each}"]), int(row[f"highest_{each}"]) + 1)
              for each in ("part", "other")]  # fmt: skip
    pairs = pd.DataFrame(product(*ranges), columns=["part", "other"])
    ones = pd.Series(1, index=pairs.index)
    found = rate_ratio(pairs["part"], ones, pairs["other"], ones)
    p_values = found["p_value"]
    ratio = row["people_part"] / row["people_other"] if row["people_other"] else float("nan")
    return ratio, found["lower"].min(), found["upper"].max(), p_values.min(), p_values.max()


def widened_odds(months: pd.DataFrame, by: Sequence[str], first: str, second: str) -> pd.DataFrame:
    """How many offences of one kind to one of another, with limits as they are and widened.

    Of monthly ``offences`` by ``offence``: one row per group of ``by``, with both counts;
    ``ratio``, ``ratio_lower`` and ``ratio_upper`` as `odds_of_two_counts`; and
    ``widened_lower`` and ``widened_upper``, farther away on the log scale by the square root of
    how far the months' shares of the first lie from the share of all, as Pearson's chi-square
    over its degrees of freedom, which is never below 1. Shares of 3 and 7 of 10 about a half:
    0.8 + 0.8 over 1, 1.6.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, 2nd edition, section 4.5.
    """
    counts = months.pivot_table(
        index=[*by, "month"], columns="offence", values="offences", aggfunc="sum"
    ).reindex(columns=[first, second])
    groups = list(by)
    sums = counts.groupby(level=groups).sum(min_count=1)
    whole, share = counts.sum(axis=1), sums[first] / sums.sum(axis=1)
    share = share.reindex(counts.reset_index("month").index).set_axis(whole.index)
    apart = (counts[first] - whole * share) ** 2 / (whole * share * (1 - share))
    spare = whole.groupby(level=groups).size() - 1
    phi = (apart.groupby(level=groups).sum() / spare.where(spare > 0)).clip(lower=1).fillna(1)
    odds = odds_of_two_counts(sums[first], sums[second])
    limits = {f"ratio_{end}": odds[end] for end in ("lower", "upper")}
    wide = {f"widened_{end}": odds["ratio"] * (odds[end] / odds["ratio"]) ** np.sqrt(phi)
            for end in ("lower", "upper")}  # fmt: skip
    table = sums.assign(ratio=odds["ratio"], **limits, **wide)
    return table.reset_index().rename_axis(columns=None)


COUNTED = ["year", "month_end", "people_before", "people"]


def against_year_before(
    people: pd.DataFrame, years: Iterable[str], count: str = "people"
) -> pd.DataFrame:
    """By how many per cent people (or events) changed over the twelve months to March.

    Against those over the twelve before.

    Events have exact limits: no two windows share one. People have none: those treated in both
    windows are largely the same, so their change is described and not tested.

    Of published months: ``month``, the ``count`` (over twelve months each) and, where there is one,
    ``methodology``. One row per year: ``month_end``, ``people_before``, ``people``, ``change``, and
    of events ``lower`` and ``upper``; missing where either count is hidden. No row for a year of
    which either March has no row, or before which the methodology changed: such figures are not
    compared.
    """
    by_month = people.drop_duplicates("month").set_index("month").rename(columns={count: "people"})
    rows = [_march(by_month, FinancialYear.parse(year)) for year in years]
    table = pd.DataFrame([row for row in rows if row], columns=COUNTED)
    limits = _change_limits(table)
    names = ["change"] if count == "people" else list(limits)
    method = "change between two counts" + (", exact limits" if len(names) > 1 else "")
    table = table.assign(**{name: limits[name] for name in names})
    return passed_on(table, people, value="change", unit=CHANGE, method=method)


def _march(by_month: pd.DataFrame, year: FinancialYear) -> tuple[object, ...] | None:
    """The year, its last month and the people of both Marches; None unless they compare."""
    last, before = year.months[-1], year.previous().months[-1]
    if not {last, before} <= set(by_month.index):
        return None
    both = by_month.loc[[before, last]]
    if "methodology" in both and both["methodology"].nunique(dropna=False) > 1:
        return None
    shown = both["people"].notna().all()
    counts = [int(count) if shown else None for count in both["people"]]
    return str(year), month_name(last), *counts


def _change_limits(table: pd.DataFrame) -> dict[str, pd.Series]:
    names = {"change": "ratio", "lower": "lower", "upper": "upper"}
    if table.empty:
        return {name: pd.Series(dtype="float64") for name in names}
    ones, known = pd.Series(1, index=table.index), table["people"].notna()
    counts = table.loc[known, ["people", "people_before"]].astype("int64")
    found = rate_ratio(counts["people"], ones[known], counts["people_before"], ones[known])
    found = found.reindex(table.index)
    return {name: 100 * (found[of] - 1) for name, of in names.items()}


def indexed(treated: pd.DataFrame) -> pd.DataFrame:
    """Numbers in treatment against the first year held, which is 100, with Poisson limits.

    Adds ``indexed``, and ``lower`` and ``upper`` of the people: how far a number of this size moves
    by chance alone. Without the first year there is no index.
    """
    ordered = treated.sort_values(KEYS, ignore_index=True)
    # Not pandas' "first", which passes over a hidden year and would call the next one 100.
    first = ordered.groupby("area_code")["people"].transform(lambda people: people.iloc[0])
    limits = poisson_interval(ordered["people"])
    result = ordered.assign(indexed=100 * ordered["people"] / first, **limits)
    return passed_on(result, treated, value="people", unit="people", method="Poisson limits")
