"""Confidence limits for counts, proportions and the ratio of two counts.

Every function takes columns and returns ``lower`` and ``upper`` on the same index. A missing
value in gives missing limits out. The normal quantile is computed, never taken as 1.96.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy  # its parts are loaded where one is used; scipy.stats would take half a second

from cdpb.errors import InputError

Numbers = pd.Series | np.ndarray | Sequence[float] | float | None
EXACT_BELOW = 10


def wilson_score_interval(
    numerator: Numbers, denominator: Numbers, confidence: float = 0.95
) -> pd.DataFrame:
    """Confidence limits for a proportion, by the Wilson score method.

    Stays between 0 and 1, and still behaves when the numerator is 0 or the denominator is
    small, so it suits one local authority in one year.

    Parameters
    ----------
    numerator, denominator : pandas.Series of numbers
        People with the outcome, and people who could have had it, on the same index. A
        missing value in either, or a denominator of 0, gives missing limits.
    confidence : float, default 0.95
        At least 0.9 and below 1.

    Returns
    -------
    pandas.DataFrame
        ``lower`` and ``upper``, as fractions of 1, on the same index.

    Raises
    ------
    InputError
        If a numerator exceeds its denominator or a value is negative. Names the rows, not
        the counts.

    Examples
    --------
    >>> wilson_score_interval(pd.Series([81]), pd.Series([263])).round(4)
        lower   upper
    0  0.2553  0.3662

    References
    ----------
    Wilson (1927), J Am Stat Assoc 22: 209-212.
    """
    z = normal_quantile(confidence)
    events, people = aligned(numerator, denominator)
    raise_for_rows(events > people, "A numerator exceeds its denominator.")
    lower, upper = _wilson(events.to_numpy(), people.where(people > 0).to_numpy(), z)
    return _limits(lower, upper, events.index)


def exact_poisson_interval(count: Numbers, confidence: float = 0.95) -> pd.DataFrame:
    """Exact limits for a count of events; 0 events give 0 to 3.689 at 95%.

    Parameters
    ----------
    count : pandas.Series of whole numbers
        Events.
    confidence : float, default 0.95
        At least 0.9 and below 1.

    Raises
    ------
    InputError
        If a count is negative or not whole. Names the rows, not the counts.

    Examples
    --------
    >>> exact_poisson_interval(0).round(3)
       lower  upper
    0    0.0  3.689

    References
    ----------
    Garwood (1936), Biometrika 28: 437-442, through the chi-square distribution.
    """
    tail = tail_of(confidence)
    events = aligned(count)[0]
    raise_for_rows(events % 1 > 0, "Exact limits need whole counts.")
    # Chi-square quantiles are slow and counts repeat, so each distinct count is looked up once.
    values, back = np.unique(events.to_numpy(), return_inverse=True)
    lower = np.where(values == 0, 0, scipy.special.gammaincinv(values, tail))
    upper = scipy.special.chdtri(2 * values + 2, tail) / 2
    return _limits(lower[back], upper[back], events.index)


def byars_interval(count: Numbers, confidence: float = 0.95) -> pd.DataFrame:
    """Byar's limits for a count of events, close to the exact ones from 10 events up.

    Parameters
    ----------
    count : pandas.Series of numbers
        Fractions are taken: some published counts are estimates or averages over years.
    confidence : float, default 0.95
        At least 0.9 and below 1.

    Examples
    --------
    >>> byars_interval(100).round(2)
       lower   upper
    0  81.36  121.63

    References
    ----------
    Breslow and Day (1987), Statistical Methods in Cancer Research volume II, p 69.
    """
    z = normal_quantile(confidence)
    (events,) = aligned(count)
    values = events.to_numpy()
    lower = _byars(values, -z)
    return _limits(np.maximum(lower, 0), _byars(values + 1, z), events.index)


def poisson_interval(count: Numbers, confidence: float = 0.95) -> pd.DataFrame:
    """Limits for a count of events: exact below 10, Byar's from 10.

    Parameters
    ----------
    count : pandas.Series of numbers
        Whole where below 10.
    confidence : float, default 0.95
        At least 0.9 and below 1.

    Raises
    ------
    InputError
        If a count is negative, or below 10 and not whole.

    Examples
    --------
    >>> poisson_interval([5, 100]).round(2)
       lower   upper
    0   1.62   11.67
    1  81.36  121.63

    References
    ----------
    The rule of Public Health England's technical guide to confidence intervals (2018).
    """
    (events,) = aligned(count)
    few = events < EXACT_BELOW
    return exact_poisson_interval(events.where(few), confidence).where(
        few, byars_interval(events.where(~few), confidence)
    )


def odds_of_two_counts(first: Numbers, second: Numbers, confidence: float = 0.95) -> pd.DataFrame:
    """How many of the first there are to one of the second, with limits.

    The Wilson interval of first / (first + second), turned into odds.

    Parameters
    ----------
    first, second : pandas.Series of numbers
        Two counts of different events, such as possession and trafficking offences.
    confidence : float, default 0.95
        At least 0.9 and below 1.

    Returns
    -------
    pandas.DataFrame
        ``ratio``, ``lower`` and ``upper``. With none of the second the ratio and its upper
        limit have no value and are missing; the lower limit stands.

    Examples
    --------
    >>> odds_of_two_counts(20, 10).round(2)
       ratio  lower  upper
    0    2.0   0.95    4.2
    """
    z = normal_quantile(confidence)
    a, b = (side.to_numpy() for side in aligned(first, second))
    together = np.where(a + b > 0, a + b, np.nan)
    lower_a, upper_a = _wilson(a, together, z)
    # 1 - upper limit of a's share is the lower limit of b's: no digits lost near 1.
    lower_b, upper_b = _wilson(b, together, z)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = {"ratio": a / b, "lower": lower_a / upper_b, "upper": upper_a / lower_b}
    index = aligned(first, second)[0].index
    return pd.DataFrame(odds, index=index).replace(np.inf, np.nan)


def dispersion(
    months: pd.DataFrame, by: Sequence[str], level: Sequence[str] = (), count: str = "offences"
) -> pd.Series:
    """How far counts of months lie from their level, as a multiple of what chance would give.

    Pearson's chi-square over its degrees of freedom: the squared distance of each month from the
    mean month of its level, over that mean, summed and divided by the months less the levels. Never
    below 1, since what varies less than chance is chance too; 1 where no month is to spare. Months
    of 8, 12, 10 and 30: their mean is 15, 49 + 9 + 25 + 225 over 15 and 3 is 6.84.

    Parameters
    ----------
    months : pandas.DataFrame
        ``month``, ``count``, and the columns of ``by`` and ``level``; other rows are summed, and a
        month without a row has no events.
    by : list of str
        One dispersion for each.
    level : list of str
        What has a level of its own within that, such as the two years that are compared.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, 2nd edition, sections 4.5 and 6.2:
    quasi-likelihood with a variance in proportion to the mean.
    """
    if months.empty:
        return pd.Series(dtype="float64")
    sums = months.groupby([*by, *level, "month"], observed=True)[count].sum().astype("float64")
    # Of all months that any of them has: one without a row has no events.
    counts = sums.unstack([*level, "month"], fill_value=0).T
    groups = counts.groupby(level=list(level)) if level else counts.groupby(np.zeros(len(counts)))
    mean, spare = groups.transform("mean"), len(counts) - groups.ngroups
    apart = ((counts - mean) ** 2 / mean.where(mean > 0)).sum()
    return (apart / max(spare, 1)).clip(lower=1)


def widened(table: pd.DataFrame, value: str, spread: str = "dispersion") -> pd.DataFrame:
    """A table whose limits lie farther from the value by the square root of a dispersion.

    ``plain_lower`` and ``plain_upper`` have the limits as they were. A lower limit stays above 0.
    """
    root = np.sqrt(table[spread])
    ends = {end: table[value] + root * (table[end] - table[value]) for end in ("lower", "upper")}
    plain = {f"plain_{end}": table[end] for end in ends}
    ends["lower"] = ends["lower"].clip(lower=0)
    result = table.assign(**ends, **plain)
    result.attrs = table.attrs
    return result


def normal_quantile(confidence: float) -> float:
    """The z of a two-sided interval: 1.9600 at 0.95."""
    return float(-scipy.special.ndtri(tail_of(confidence)))


def aligned(*columns: Numbers) -> list[pd.Series]:
    """Columns of counts as floats on one index, missing as NaN.

    Raises
    ------
    InputError
        If a value is text, infinite or negative, or two columns differ in their rows.
    """
    series = [_as_floats(column) for column in columns]
    if any(not other.index.equals(series[0].index) for other in series[1:]):
        raise InputError("Two columns of counts don't have the same rows.")
    for each in series:
        raise_for_rows(each < 0, "A count is negative.")
        raise_for_rows(each == np.inf, "A count is infinite.")
    return series


def as_counts(column: pd.Series) -> pd.Series:
    """Counts as whole numbers again: int64, or Int64 where one is missing."""
    if (column.dropna() % 1 != 0).any():
        return column
    return column.astype("Int64" if column.isna().any() else "int64")


def raise_for_rows(wrong: pd.Series, headline: str) -> None:
    """Raise for the rows that are wrong, by their labels: a count may be somebody's secret."""
    if wrong.any():
        rows = [str(row) for row in wrong.index[wrong]]
        more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
        raise InputError(headline, f"Rows: {', '.join(rows[:5])}{more}", "Nothing was computed.")


def _as_floats(column: Numbers) -> pd.Series:
    series = pd.Series([column] if np.isscalar(column) or column is None else column)
    try:
        values = series.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise InputError("A column of counts holds something that is not a number.") from None
    return pd.Series(values, index=series.index, name=series.name)


def tail_of(confidence: float) -> float:
    """What a two-sided interval leaves out on either side: 0.025 at 0.95."""
    if not 0.9 <= confidence < 1:
        raise InputError(
            f"A confidence of {confidence} is not offered.", "Wanted: at least 0.9, below 1."
        )
    return (1 - confidence) / 2


def _wilson(events: np.ndarray, people: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray]:
    share, extra = events / people, z**2 / people
    middle = share + extra / 2
    spread = z * np.sqrt(share * (1 - share) / people + extra / people / 4)
    # Clipped to the share: at 0 and 1 the last bit of a rounding error would cross it.
    lower = np.clip((middle - spread) / (1 + extra), 0, share)
    upper = np.clip((middle + spread) / (1 + extra), share, 1)
    return np.where(events == 0, share * 0, lower), np.where(events == people, share, upper)


def _byars(count: np.ndarray, z: float) -> np.ndarray:
    safe = np.where(count > 0, count, np.nan)
    cubed = (1 - 1 / (9 * safe) + z / (3 * np.sqrt(safe))) ** 3
    return np.where(count == 0, 0.0, safe * cubed)


def _limits(lower: np.ndarray, upper: np.ndarray, index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame({"lower": lower, "upper": upper}, index=index)
