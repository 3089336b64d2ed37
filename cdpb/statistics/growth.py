"""By how much a count grew a year, with limits for chance, its odd years and rounding."""

import numpy as np
import pandas as pd
import scipy

from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.comparison import A_YEAR
from cdpb.statistics.trend import POINTS

STEPS = 25
ENDS_OF_SERIES = ["before", "before_lowest", "before_highest",
                  "after", "after_lowest", "after_highest"]  # fmt: skip
GROWTH = ["percent_a_year", "percent_lower", "percent_upper", "widest_lower", "widest_upper",
          "dispersion_of_years"]  # fmt: skip


def yearly_change(table: pd.DataFrame, count: str, since: str | None = None) -> pd.DataFrame:
    """By how much a count grew a year, over all years from one on, with limits.

    A log-linear Poisson fit, whose limits take Student's t and the dispersion of the years about
    the line, never less than 1. Then the furthest that either limit gets over all counts that the
    publisher's rounding leaves possible: what holds for those is neither chance nor rounding. 13
    years of deaths of 5 to 20, each rounded to 5: 6.0% a year, -0.8% to 13.3%.

    Parameters
    ----------
    table : pandas.DataFrame
        ``area_code``, ``year``, ``measure``, ``people``, ``lowest`` and ``highest``.
    count : str
        The value of ``measure`` that is counted.
    since : str, optional
        The first year of the window; all that are held by default.

    Returns
    -------
    pandas.DataFrame
        One row per area of which five years or more are held: ``area_code, year, previous_year``
        (the first), ``years`` (how many); the first count (``before``, ``before_lowest``,
        ``before_highest``) and the last (``after`` and so on); ``percent_a_year``,
        ``percent_lower``, ``percent_upper``, ``widest_lower``, ``widest_upper``, and
        ``dispersion_of_years`` as found.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, 2nd edition, chapters 4 and 6.
    """
    need_columns(table, "area_code", "year", "measure", "people", "lowest", "highest")
    chosen = table[(table["measure"] == count) & (table["year"] >= (since or ""))]
    ordered = chosen.dropna(subset=["people"]).sort_values(["area_code", "year"])
    rows = [
        [code, own["year"].iloc[-1], own["year"].iloc[0], len(own), *_ends(own), *_grown(own)]
        for code, own in ordered.groupby("area_code")
        if len(own) >= POINTS and own["people"].sum() > 0
    ]
    names = ["area_code", "year", "previous_year", "years", *ENDS_OF_SERIES, *GROWTH]
    method = "log-linear Poisson fit, limits by t and the dispersion of the years"
    found = pd.DataFrame(rows, columns=names)
    return passed_on(found, table, value="percent_a_year", unit=A_YEAR, method=method)


def _ends(own: pd.DataFrame) -> list[int]:
    both = own[["people", "lowest", "highest"]].iloc[[0, -1]]
    return [int(count) for count in both.to_numpy().ravel()]


def _grown(own: pd.DataFrame) -> list[float]:
    """The growth of one area in per cent a year, its limits, and how far rounding moves them."""
    years = own["year"].str[:4].astype(float).to_numpy()
    people, least, most = (own[name].to_numpy(float) for name in ("people", "lowest", "highest"))
    slope, lower, upper, dispersion = _growth(years, people[None])
    widest = [_furthest(years, people, least, most, at) for at in (1, 2)]
    percents = [100 * np.expm1(each) for each in (slope[0], lower[0], upper[0], *widest)]
    return [*percents, float(dispersion[0])]


def _growth(years: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, ...]:
    """The slope of each row's log counts by years, its limits, and the dispersion."""
    x = years - years.mean()
    level, slope = np.log(counts.mean(axis=1)), np.zeros(len(counts))
    for _ in range(STEPS):
        fitted = np.exp(level[:, None] + slope[:, None] * x)
        off, weight = counts - fitted, fitted.sum(axis=1)
        across, square = fitted @ x, fitted @ x**2
        spread = weight * square - across**2
        level = level + (square * off.sum(axis=1) - across * (off @ x)) / spread
        slope = slope + (weight * (off @ x) - across * off.sum(axis=1)) / spread
    free = len(years) - 2
    dispersion = (off**2 / fitted).sum(axis=1) / free
    error = np.sqrt(np.maximum(dispersion, 1) * weight / spread)
    margin = scipy.special.stdtrit(free, 0.975) * error
    return slope, slope - margin, slope + margin, dispersion


def _furthest(
    years: np.ndarray, counts: np.ndarray, least: np.ndarray, most: np.ndarray, limit: int
) -> float:
    """How far down the lower limit (1) or up the upper one (2) gets, a count at a time."""
    side = (0, -1, 1)[limit]
    best = side * _growth(years, counts[None])[limit][0]
    ends = [(at, each) for at in range(len(counts)) for each in np.arange(least[at], most[at] + 1)]
    while True:
        tried = np.tile(counts, (len(ends), 1))
        tried[np.arange(len(ends)), [at for at, _ in ends]] = [each for _, each in ends]
        tried = tried[tried.any(axis=1)]
        found = side * _growth(years, tried)[limit]
        if found.max() <= best:
            return float(side * best)
        best, counts = found.max(), tried[found.argmax()]
