"""One area beside others, and its change between two years beside the change elsewhere."""

from collections.abc import Mapping, Sequence

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


FEWEST = 10


def rank_correlation(
    table: pd.DataFrame, value: str, other: str, label: str = "wards"
) -> pd.DataFrame:
    """Spearman's rank correlation of two columns over areas, with its limits.

    It speaks of areas, never of the people in them. Areas of which either value is missing or not
    shown are left out.

    Returns
    -------
    pandas.DataFrame
        One row: the number of areas (in the column ``label``), ``correlation`` (from -1 to 1),
        ``correlation_lower`` and ``correlation_upper``; no row where fewer than 10 areas have both
        values, or one of the two is the same everywhere.

    References
    ----------
    Bonett and Wright (2000), Psychometrika 65: 23-28: the standard error of Fisher's z of a
    rank correlation.
    """
    need_columns(table, value, other)
    both = table[[value, other]].dropna().astype("float64")
    count = len(both)
    if count < FEWEST or (both.nunique() == 1).any():
        none = dict.fromkeys(["correlation", "correlation_lower", "correlation_upper"])
        return passed_on(pd.DataFrame(columns=[label, *none]), table)
    ranks = both.rank()
    found = float(np.corrcoef(ranks[value], ranks[other])[1, 0])
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


def among_boroughs(measures: Mapping[str, pd.DataFrame], boroughs: pd.DataFrame) -> pd.DataFrame:
    """Each borough's value of some measures, with its place from either end.

    Parameters
    ----------
    measures : mapping of str to pandas.DataFrame
        ``area_code`` and ``value``, one row per area, by what a reader calls the measure.
    boroughs : pandas.DataFrame
        ``area_code`` and ``area_name``; other areas are left out.

    Returns
    -------
    pandas.DataFrame
        One row per ``measure`` and borough: ``value``, ``from_lowest`` and ``from_highest`` (ties
        share the better place) and ``out_of``, how many boroughs have a value.
    """
    every = []
    for name, table in measures.items():
        rows = boroughs.merge(table[["area_code", "value"]], on="area_code", how="left")
        value = rows["value"].astype("Float64")
        places = {
            f"from_{end}": value.rank(method="min", ascending=end == "lowest").astype("Int64")
            for end in ("lowest", "highest")
        }
        every.append(rows.assign(measure=name, value=value, out_of=value.count(), **places))
    names = ["measure", *BOROUGH, "value", "from_lowest", "from_highest", "out_of"]
    table = pd.concat(every, ignore_index=True) if every else pd.DataFrame(columns=names)
    first = next(iter(measures.values()), boroughs)
    others = [each.attrs.get("source") for each in measures.values()]
    return passed_on(table[names], first, sources=list(dict.fromkeys(filter(None, others))))
