"""Two counts of events against each other: ratio, exact limits, p value; rounded ones too."""

import numpy as np
import pandas as pd
import scipy

from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.comparison import refuse_unlike
from cdpb.statistics.intervals import Numbers, aligned, raise_for_rows, tail_of
from cdpb.statistics.measure import Measure


def rate_ratio(
    count: Numbers,
    exposure: Numbers,
    other_count: Numbers,
    other_exposure: Numbers,
    confidence: float = 0.95,
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
    confidence : float, default 0.95
        At least 0.9 and below 1.

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
    tail, scale = tail_of(confidence), (m / n.where(n > 0)).to_numpy()
    lower = scale * _odds(scipy.stats.beta.ppf(tail, a, b + 1))
    upper = scale * _odds(scipy.stats.beta.isf(tail, a + 1, b))
    lower = np.where((a == 0) & (b > 0), 0.0, lower)
    p_value = _twice_the_smaller_tail(a, a + b, n / (n + m))
    columns = {"ratio": scale * _odds(a / (a + b)), "lower": lower, "upper": upper}
    return pd.DataFrame({**columns, "p_value": p_value}, index=a.index)


def two_counts(count: float, other_count: float, confidence: float = 0.95) -> pd.Series:
    """Two counts over equal times or populations: their ratio, exact limits and p value.

    Overlapping intervals are not a test; this is one.

    Examples
    --------
    >>> two_counts(12, 19)["p_value"]
    """
    return rate_ratio(count, 1, other_count, 1, confidence).iloc[0]


def two_rates(measure: Measure, other: Measure, label: str = "") -> Measure:
    """The ratio of two rates as a measure, with exact limits and a p value.

    Parameters
    ----------
    measure, other : Measure
        Rates of whole events from one source, over the same kind of denominator. Their
        periods may differ.
    label : str, optional
        What a reader calls the ratio.

    Raises
    ------
    InputError
        If the two differ in source, unit or in what they count.

    Examples
    --------
    >>> two_rates(colindale_north, rest_of_barnet).value
    """
    refuse_unlike(measure, other, apart_from=["period"])
    found = rate_ratio(
        measure.numerator, measure.denominator, other.numerator, other.denominator
    ).iloc[0]
    return Measure(
        value=found["ratio"],
        lower=found["lower"],
        upper=found["upper"],
        numerator=measure.numerator,
        denominator=other.numerator,
        unit="times",
        label=label or f"{measure.label} against {other.label}",
        period=" against ".join(dict.fromkeys([measure.period, other.period])),
        source=measure.source,
        method="rate ratio, exact limits",
        p_value=found["p_value"],
    )


def _odds(share: np.ndarray | pd.Series) -> np.ndarray:
    values = np.asarray(share, dtype=float)
    return values / np.where(values < 1, 1 - values, np.nan)


def _twice_the_smaller_tail(
    events: pd.Series, together: pd.Series, expected_share: pd.Series
) -> np.ndarray:
    at_most = scipy.stats.binom.cdf(events, together, expected_share)
    at_least = scipy.stats.binom.sf(events - 1, together, expected_share)
    return np.minimum(1, 2 * np.minimum(at_most, at_least))


KEYS = ["area_code", "year"]
ENDS = ["people", "lowest", "highest"]


def change_since_first(table: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    """A share in an area's latest year over the same share in its first year.

    The limits are the exact ones of a rate ratio, taken at the counts that stretch them most
    among those the publisher's rounding leaves possible. A change that they show is therefore
    neither chance nor rounding.

    Parameters
    ----------
    table : pandas.DataFrame
        ``area_code``, ``year``, ``measure``, ``people``, ``lowest`` and ``highest``, one row
        a measure and year.
    part, whole : str
        The measures: the deaths, and all in treatment.

    Returns
    -------
    pandas.DataFrame
        One row an area of which two years are held: ``area_code, year, previous_year,
        rate_ratio, ratio_lower, ratio_upper``, and ``rounding_lower`` and ``rounding_upper``,
        between which rounding alone leaves the ratio. Without events in the first year the
        upper limits are missing.

    Examples
    --------
    >>> change_since_first(adults, "exit_died_all", "in_treatment")["rate_ratio"]
    """
    need_columns(table, *KEYS, "measure", *ENDS)
    sides = [table[table["measure"] == each][[*KEYS, *ENDS]] for each in (part, whole)]
    years = sides[0].merge(sides[1], on=KEYS, suffixes=("_part", "_whole")).sort_values(KEYS)
    by_area = years.groupby("area_code")
    both = by_area.tail(1).merge(by_area.head(1), on="area_code", suffixes=("", "_first"))
    both = both[both["year"] != both["year_first"]].reset_index(drop=True)
    middle, least, most = (
        _ratio(both, *ends)
        for ends in (("people", "people"), ("lowest", "highest"), ("highest", "lowest"))
    )
    found = pd.DataFrame(
        {
            "area_code": both["area_code"],
            "year": both["year"],
            "previous_year": both["year_first"],
            "rate_ratio": middle["ratio"],
            "ratio_lower": least["lower"],
            "ratio_upper": most["upper"],
            "rounding_lower": least["ratio"],
            "rounding_upper": most["ratio"],
        }
    )
    return passed_on(found, table, value="rate_ratio", unit="times")


def _ratio(both: pd.DataFrame, of: str, against: str) -> pd.DataFrame:
    """As few events among as many people as can be, against the other way round, or neither."""
    return rate_ratio(
        both[f"{of}_part"],
        both[f"{against}_whole"],
        both[f"{against}_part_first"],
        both[f"{of}_whole_first"],
    )
