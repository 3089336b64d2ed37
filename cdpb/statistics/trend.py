"""Has a measure moved over the years, by more than chance and rounding allow for?"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from cdpb.periods import FIRST_MONTH, month_name
from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.intervals import raise_for_rows

INCREASING, DECREASING, NO_TREND = "increasing", "decreasing", "no trend shown"
NOT_CALCULATED = "not calculated"
POINTS = 5
# The upper 0.2% point of chi-square on one degree of freedom.
CHI_SQUARE = 9.549535706083239
WIDTH_OF_95 = 3.92
# Two of five points go into a line. Student's t, and the upper 5% point of chi-square, on the rest.
FREE, T_ON_3, OFF_A_LINE = POINTS - 2, 3.182446305283708, 7.814727903251179
ON_A_LINE = "on a straight line"
# A year that stands out for a reason that everybody knows is named with it.
NAMED_YEARS = {"2020/21": "2020/21 (COVID-19)"}
# A change of method between two years is a break even where nobody declared one.
METHODS = ("series", "definition", "methodology", "ages")


class Break(Protocol):
    """From when figures are no longer like those before (a month or a year), and why."""

    @property
    def month(self) -> str | None: ...

    @property
    def year(self) -> str | None: ...

    @property
    def label(self) -> str: ...


def recent_trend(
    table: pd.DataFrame,
    by: Sequence[str] | str = (),
    value: str | None = None,
    breaks: Iterable[Break] = (),
) -> pd.DataFrame:
    """The trend over the last five years, for each area.

    A straight line is fitted through the five values, each weighed by its interval. There is
    a trend when the line's slope is unlikely to be chance (chi-square above 9.5495, p below
    0.002) and keeps its sign when each point is left out in turn.

    Parameters
    ----------
    table : pandas.DataFrame
        ``year`` (``2021/22``, or ``2021``), the value with its 95% limits ``lower`` and
        ``upper``, and the columns of ``by``.
    by : str or list of str
        Kept apart, such as ``area_code``.
    value : str, optional
        The column; known already for what a verb of this package made.
    breaks : iterable
        The source's series breaks, with ``month`` or ``year`` and ``label``. No trend is
        calculated across one, nor across two values of ``series`` or ``methodology``.

    Returns
    -------
    pandas.DataFrame
        One row a group: ``by``, ``first_year``, ``last_year``, ``points``, ``trend``
        (``increasing``, ``decreasing``, ``no trend shown`` or ``not calculated``), ``slope``
        a year in the value's unit with ``slope_lower`` and ``slope_upper`` (by t and the dispersion
        about the line, never below 1), ``chi_square``, ``signs_agree``, ``fit`` (on a straight
        line, or off it and in which year most), and ``reason`` where it was not calculated.

    Raises
    ------
    InputError
        If an area stands twice in one year.

    References
    ----------
    Office for Health Improvement and Disparities, Fingertips: guidance on recent trends.

    Examples
    --------
    >>> recent_trend(shares, by="area_code", breaks=breaks)
    """
    keys = [by] if isinstance(by, str) else list(by)
    value = value or str(table.attrs.get("value", ""))
    need_columns(table, *keys, "year", value, "lower", "upper")
    points, groups = _last_points(table, keys, value)
    years, values, errors = (_wide(points, name, groups) for name in ("start", "value", "error"))
    held = np.isfinite(values).sum(axis=1)
    reason = _reasons(points, groups, held, list(breaks))
    slope, variance, agree, off = _fitted(years, values, errors, reason == "")
    # The squared distances from the line, over what chance would give: never below 1.
    spread = (off**2).sum(axis=1)
    margin = T_ON_3 * np.sqrt(variance * np.maximum(spread / FREE, 1))
    ends = points.groupby("group")["year"].agg(["first", "last"]).reindex(range(len(groups)))
    result = groups[keys].assign(
        first_year=ends["first"].fillna("").to_numpy(),
        last_year=ends["last"].fillna("").to_numpy(),
        points=held,
        trend=_named(slope, variance, agree),
        slope=slope,
        slope_lower=slope - margin,
        slope_upper=slope + margin,
        chi_square=slope**2 / variance,
        signs_agree=agree,
        fit=_fit(spread, off, ends["last"]),
        reason=reason,
    )
    period = " to ".join(dict.fromkeys(points["year"].sort_values().iloc[[0, -1][: len(points)]]))
    return passed_on(
        result, table, value="slope", method="weighted slope of five points", period=period
    )


def _last_points(
    table: pd.DataFrame, keys: list[str], value: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What can be weighed of each group's last five years, and the groups."""
    grouped = table.assign(everything=1).groupby(keys or ["everything"], sort=False, observed=True)
    groups = grouped.head(1)[keys].reset_index(drop=True)
    numbers = table[[value, "lower", "upper"]].astype("Float64").astype("float64")
    # An interval without width can't be weighed: its limits were rounded away.
    error = (numbers["upper"] - numbers["lower"]) / WIDTH_OF_95
    year = table["year"].astype("str")
    points = pd.DataFrame({"group": grouped.ngroup(), "year": year, "value": numbers[value]})
    points = points.assign(start=year.str[:4].astype(int), error=error.where(error > 0))
    raise_for_rows(points.duplicated(["group", "year"]), "An area stands twice in one year.")
    methods = [name for name in METHODS if name in table and name not in keys]
    points["made"] = table[methods].astype("str").agg(", ".join, axis=1) if methods else ""
    known = points.dropna(subset=["value", "error"])
    behind = known.groupby("group")["start"].transform("max") - known["start"]
    known = known.assign(place=POINTS - 1 - behind)
    return known[known["place"] >= 0].sort_values(["group", "start"]), groups


def _wide(points: pd.DataFrame, name: str, groups: pd.DataFrame) -> np.ndarray:
    wide = np.full((len(groups), POINTS), np.nan)
    wide[points["group"], points["place"]] = points[name]
    return wide


def _reasons(
    points: pd.DataFrame, groups: pd.DataFrame, held: np.ndarray, breaks: list[Break]
) -> np.ndarray:
    """Why there is no trend to calculate; empty where there is."""
    reason = np.full(len(groups), "", dtype=object)
    few = held < POINTS
    reason[few] = [
        f"only {n} of {POINTS} years in a row {'has' if n == 1 else 'have'} a value with an "
        "interval"
        for n in held[few]
    ]
    made = points.groupby("group")["made"].nunique().reindex(range(len(groups)), fill_value=0)
    reason[(made > 1).to_numpy() & ~few] = "the series changes between the years"
    starts = points["year"].map({year: _begins(year) for year in points["year"].unique()})
    first, last = (
        starts.groupby(points["group"]).agg(end).reindex(range(len(groups))).to_numpy()
        for end in ("min", "max")
    )
    for each in breaks:
        at = _begins(each.month or each.year or "")
        crossed = (first < at) & (at < last + 12) & ~few
        reason[crossed] = f"the series breaks in {break_text(each)}"
    return reason


def crossed_breaks(first: str, last: str, breaks: Iterable[Break]) -> list[Break]:
    """The breaks that lie after the start of one year and before the end of a later one.

    What changed between the two years may be the way of counting.

    Examples
    --------
    >>> crossed_breaks("2022/23", "2023/24", breaks)
    """
    start, end = _begins(first), _begins(last) + 12
    return [each for each in breaks if start < _begins(each.month or each.year or "") < end]


def break_text(each: Break) -> str:
    """``February 2024: CONNECT, a new recording system``."""
    return f"{month_name(each.month) if each.month else each.year}: {each.label}"


def _begins(when: str) -> int:
    """The month that a year or month starts with, as a count of months."""
    year, _, month = when.partition("-")
    return int(year[:4]) * 12 + (int(month or 1) if "/" not in when else FIRST_MONTH)


def _fitted(
    years: np.ndarray, values: np.ndarray, errors: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The slope, its variance, whether it keeps its sign without each point, how far each is off.

    How far from the line, in standard errors.
    """
    weight = np.where(wanted[:, None], errors**-2.0, np.nan)
    slope, variance = _line(years, values, weight)
    others = 1 - np.eye(POINTS)
    without = np.stack([_line(years, values, weight * kept)[0] for kept in others])
    agree = (np.sign(without) == np.sign(slope)).all(axis=0)
    x, y = (
        each - np.average(each, axis=1, weights=weight)[:, None] if len(each) else each
        for each in (years, values)
    )
    return slope, variance, agree, (y - slope[:, None] * x) * np.sqrt(weight)


def _line(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    total = weight.sum(axis=1, keepdims=True)
    x = x - (weight * x).sum(axis=1, keepdims=True) / total
    spread = (weight * x**2).sum(axis=1)
    return (weight * x * y).sum(axis=1) / spread, 1 / spread


def _fit(spread: np.ndarray, off: np.ndarray, last: pd.Series) -> np.ndarray:
    """Whether five points may lie on a line; where not, which of them lies furthest off."""
    furthest = np.nan_to_num(np.abs(off)).argmax(axis=1)
    years = [_year_before(year, POINTS - 1 - int(at))
             for year, at in zip(last.fillna(""), furthest, strict=True)]  # fmt: skip
    odd = [f"off a straight line, {NAMED_YEARS.get(year, year)} furthest" for year in years]
    return np.select([np.isnan(spread), spread > OFF_A_LINE], ["", odd], default=ON_A_LINE)


def _year_before(year: str, by: int) -> str:
    """``2020/21`` one before ``2021/22``, ``2020`` one before ``2021``."""
    start = int(year[:4] or 0) - by
    return f"{start}/{(start + 1) % 100:02d}" if "/" in year else str(start)


def _named(slope: np.ndarray, variance: np.ndarray, agree: np.ndarray) -> np.ndarray:
    shown = (slope**2 / variance > CHI_SQUARE) & agree
    return np.select(
        [np.isnan(slope), shown & (slope > 0), shown & (slope < 0)],
        [NOT_CALCULATED, INCREASING, DECREASING],
        default=NO_TREND,
    )


def clear_trend(found: Any) -> str:
    """Of a row of `recent_trend`: the trend, where its limits leave out 0 as well.

    The chi-square takes the intervals for all there is of chance. One odd year passes it; limits
    that are widened by how far the years lie off their line don't let it.
    """
    moved = found["trend"] in (INCREASING, DECREASING)
    return (
        NO_TREND if moved and found["slope_lower"] <= 0 <= found["slope_upper"] else found["trend"]
    )


def turning_point(values: Sequence[float]) -> int | None:
    """Which value lies furthest beyond both ends of a series, if by more than a tenth.

    Where none does: which lies furthest from the line between the ends, if by more than a fifth.

    Parameters
    ----------
    values : sequence of float
        In the order of time; missing ones count for nothing.

    Returns
    -------
    int or None
        Its place; None where all lie near the line between the ends, or hardly beyond them.
    """
    known = np.asarray(values, dtype=float)
    low, high = sorted((known[0], known[-1]))
    beyond = np.nan_to_num(np.maximum(low - known, known - high)).clip(min=0)
    at = int(beyond.argmax())
    if beyond[at] > (low if known[at] < low else high) / 10:
        return at
    line = np.linspace(known[0], known[-1], len(known))
    off = np.nan_to_num(np.abs(known - line))
    at = int(off.argmax())
    return at if off[at] > line[at] / 5 else None


def points_told(values: Sequence[float], years: Sequence[str]) -> dict[int, str]:
    """The places that tell a series, with the names of their years.

    Its first and its last, its turn, and 2020/21 where that year stands out from both beside it by
    more than a quarter; between the ends COVID-19 is named with it.
    """
    last, turn = len(values) - 1, turning_point(values)
    told = {0, last, *([] if turn is None else [turn])}
    told |= {at for at, year in enumerate(years) if year in NAMED_YEARS and _is_odd(values, at)}
    named = {at: NAMED_YEARS.get(years[at], years[at]) for at in told - {0, last}}
    return {at: named.get(at, years[at]) for at in sorted(told)}


def _is_odd(values: Sequence[float], at: int) -> bool:
    beside = [values[each] for each in (at - 1, at + 1) if 0 <= each < len(values)]
    low, high = min(beside, default=math.nan), max(beside, default=math.nan)
    return len(beside) > 1 and not 0.75 * low <= values[at] <= 1.25 * high


def moved_words(first: float, last: float, span: str) -> str:
    """``up, 2021/22 to 2022/23; not tested``: two values say no more."""
    moved = "unchanged" if first == last else "up" if last > first else "down"
    return f"{moved}, {span}; not tested"
