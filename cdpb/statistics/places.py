"""One area beside others, and its change between two years beside the change elsewhere."""

from collections.abc import Sequence
from math import comb

import numpy as np
import pandas as pd

from cdpb.errors import InputError
from cdpb.periods import FinancialYear
from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.intervals import aligned, as_counts, normal_quantile
from cdpb.statistics.rates import (
    total_by,
    with_totals,
)
from cdpb.statistics.windows import complete_financial_years

WARD = ["ward_code", "ward_name", "borough_code"]
BOROUGH = ["area_code", "area_name"]
ALL_OFFENCES = "all drug offences"
CHANGES = [
    "rate_ratio",
    "ratio_lower",
    "ratio_upper",
    "elsewhere_ratio",
    "elsewhere_lower",
    "elsewhere_upper",
    "relative_ratio",
    "relative_lower",
    "relative_upper",
]


def inside(table: pd.DataFrame, area: str) -> pd.DataFrame:
    """The rows of one borough, or of its wards."""
    column = "borough_code" if "borough_code" in table else "area_code"
    return passed_on(table[table[column] == area].reset_index(drop=True), table)


def outside(table: pd.DataFrame, area: str) -> pd.DataFrame:
    """The rows of everywhere else."""
    column = "borough_code" if "borough_code" in table else "area_code"
    return passed_on(table[table[column] != area].reset_index(drop=True), table)


def up_to(offences: pd.DataFrame, year: str) -> pd.DataFrame:
    """The months not after the end of a financial year."""
    last = FinancialYear.parse(year).months[-1]
    return passed_on(offences[offences["month"] <= last].reset_index(drop=True), offences)


def last_two_years(offences: pd.DataFrame, year: str) -> pd.DataFrame:
    """The months of a financial year and of the year before."""
    before = FinancialYear.parse(year).previous().months[0]
    recent = up_to(offences, year)
    return passed_on(recent[recent["month"] >= before].reset_index(drop=True), offences)


def change_on_year_before(offences: pd.DataFrame, year: str, area: str) -> pd.DataFrame:
    """Possession, trafficking and both: this year against the last, the rest of London beside.

    Of monthly offences in every borough. As `change_against_elsewhere`, one row per offence; empty
    where either year isn't whole.
    """
    years = complete_financial_years(offences)
    previous = str(FinancialYear.parse(year).previous())
    totals = total_by(years, ["area_code", "year", "offence"])
    if not {year, previous} <= set(years["year"]) or area not in set(years["area_code"]):
        columns = ["offence", "previous_year", "offences_before", "offences", *CHANGES]
        return passed_on(pd.DataFrame(columns=columns), totals)
    both = with_totals(totals, over="offence", called=ALL_OFFENCES)
    changes = change_against_elsewhere(both, year, previous, area, by="offence")
    counts = {"offences": "int64", "offences_before": "int64"}
    return passed_on(changes.astype(counts), changes)


def change_against_elsewhere(
    table: pd.DataFrame,
    year: str,
    previous_year: str,
    area: str | None = None,
    by: Sequence[str] | str = (),
    count: str = "offences",
    residents: str | None = None,
) -> pd.DataFrame:
    """Rate ratios between two years: the area, everywhere else, and the one over the other.

    Events are taken as Poisson and the limits are made on the log scale, with a standard error of
    the square root of the sum of one over each count. Where one of a pair of counts is 0 a half is
    added to both (Haldane 1956), and ``half_added`` says so; where both are 0 there is no ratio.
    Recorded offences vary more than Poisson counts do, so the limits are the narrowest that can be
    defended.

    Parameters
    ----------
    table : pandas.DataFrame
        ``area_code``, ``year``, ``count`` and the columns of ``by``, every area once a year. All
        the areas: the rest of them are the elsewhere.
    year, previous_year : str
        The two years, ``2023/24``. One that isn't in the table leaves the ratios missing.
    area : str, optional
        One area's rows alone; all areas' otherwise.
    by : str or list of str
        Compared apart, such as ``offence``.
    residents : str, optional
        The column of residents, where they differ between the years. One census stands under both
        otherwise, and cancels.

    Returns
    -------
    pandas.DataFrame
        ``area_code``, ``by``, ``previous_year``, ``year``, ``<count>_before``, ``count``;
        ``rate_ratio``, ``elsewhere_ratio`` and ``relative_ratio``, the first over the second, each
        with its limits (``ratio_lower``, ``elsewhere_lower``, ``relative_lower`` and so on).

    Raises
    ------
    InputError
        If a year isn't a financial year, or the table lacks the area or has it twice.

    References
    ----------
    Rothman, Greenland and Lash (2008), Modern Epidemiology, 3rd edition, chapter 14.
    Haldane (1956), Ann Hum Genet 20: 309-311.

    Examples
    --------
    >>> change_against_elsewhere(by_year, "2023/24", "2022/23", area="E09000003", by="offence")
    """
    keys = [by] if isinstance(by, str) else list(by)
    year, previous_year = (str(FinancialYear.parse(each)) for each in (year, previous_year))
    counts = _side_by_side(table, year, previous_year, ["area_code", *keys], count)
    people = _side_by_side(table, year, previous_year, ["area_code", *keys], residents)
    here = _log_ratio(counts, people)
    there = _log_ratio(_elsewhere(counts, keys), _elsewhere(people, keys))
    relative = here[0] - there[0], here[1] + there[1]
    z = normal_quantile(0.95)
    changes = (
        counts.apply(as_counts)
        .reset_index()
        .set_axis(["area_code", *keys, f"{count}_before", count], axis="columns")
    )
    changes.insert(1 + len(keys), "previous_year", previous_year)
    changes.insert(2 + len(keys), "year", year)
    changes = changes.assign(
        **_with_limits("rate_ratio", "ratio", *here, z),
        **_with_limits("elsewhere_ratio", "elsewhere", *there, z),
        **_with_limits("relative_ratio", "relative", *relative, z),
        half_added=_one_is_zero(counts),
    )
    return passed_on(
        _rows_of(changes, area),
        table,
        value="rate_ratio",
        unit="times",
        numerator=count,
        period=f"{year} against {previous_year}",
        method="rate ratio, limits on the log scale",
    )


def _side_by_side(
    table: pd.DataFrame, year: str, previous_year: str, keys: list[str], count: str | None
) -> pd.DataFrame:
    """Before and after, as floats; ones where there is nothing to divide by."""
    if count is None:
        return _side_by_side(table.assign(ones=1), year, previous_year, keys, "ones")
    need_columns(table, *keys, "year", count)
    if table.duplicated([*keys, "year"]).any():
        raise InputError(
            "An area stands twice in one year.", "Sum its counts first, with total_by."
        )
    wide = table.set_index([*keys, "year"])[count].unstack("year")
    wide = wide.reindex(columns=[previous_year, year])
    before, after = aligned(wide[previous_year], wide[year])
    return pd.DataFrame({"before": before, "after": after}, index=wide.index)


def _elsewhere(wide: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """All areas but each row's own; unknown where one of them is."""
    if not by:
        return wide.sum(skipna=False) - wide
    return wide.groupby(level=by).transform("sum", skipna=False) - wide


def _log_ratio(counts: pd.DataFrame, people: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The log of the rate ratio, and its variance."""
    extra = _one_is_zero(counts) / 2
    before, after = counts["before"] + extra, counts["after"] + extra
    known = (before > 0) & (after > 0) & (people > 0).all(axis=1)
    before, after = before.where(known), after.where(known)
    rates = (after / people["after"]) / (before / people["before"])
    return np.log(rates), 1 / before + 1 / after


def _one_is_zero(counts: pd.DataFrame) -> np.ndarray:
    zero = counts.eq(0)
    return (zero["before"] ^ zero["after"]).to_numpy(dtype=bool)


def _with_limits(
    name: str, stem: str, log_ratio: pd.Series, variance: pd.Series, z: float
) -> dict[str, np.ndarray]:
    spread = z * np.sqrt(variance)
    return {
        name: np.exp(log_ratio).to_numpy(),
        f"{stem}_lower": np.exp(log_ratio - spread).to_numpy(),
        f"{stem}_upper": np.exp(log_ratio + spread).to_numpy(),
    }


def _rows_of(changes: pd.DataFrame, area: str | None) -> pd.DataFrame:
    if area is None:
        return changes
    rows = changes[changes["area_code"] == area]
    if rows.empty:
        raise InputError(f"{area} is not in the table.", "Nothing was computed.")
    return rows.reset_index(drop=True)


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


def beside(
    table: pd.DataFrame, other: pd.DataFrame, on: str | Sequence[str], columns: Sequence[str]
) -> pd.DataFrame:
    """The rows of one table with columns of another, by area; missing where it has none."""
    keys = [on] if isinstance(on, str) else list(on)
    joined = table.merge(other[[*keys, *columns]], on=keys, how="left")
    return passed_on(joined, table, sources=list(filter(None, [other.attrs.get("source")])))
