"""One area against others: beside London, beside its neighbours, and over the years."""

from collections.abc import Mapping

import pandas as pd

from cdpb.numbers import list_text
from cdpb.periods import FinancialYear
from cdpb.statistics.about import passed_on
from cdpb.statistics.change import change_against_elsewhere
from cdpb.statistics.comparison import compare
from cdpb.statistics.measure import Measure
from cdpb.statistics.rates import (
    crude_rate,
    rank_by,
    rate_of,
    total_by,
    with_residents,
    with_totals,
    without,
)
from cdpb.statistics.windows import complete_financial_years

WARD = ["ward_code", "ward_name", "borough_code"]
BOROUGH = ["area_code", "area_name"]
ALL_OFFENCES = "all drug offences"
WITHOUT = "Without "
HISTORY = [
    "year",
    "ward_code",
    "ward_name",
    "offences",
    "residents",
    "rate_per_1000",
    "lower",
    "upper",
    "rank",
    "london_rate",
    "comparison",
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


def rates_of(places: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rate of each place, all rows of its table together.

    Parameters
    ----------
    places : mapping of str to pandas.DataFrame
        What a reader calls the place, and its areas with ``offences`` and ``residents``.
        A place without areas is left out.

    Returns
    -------
    pandas.DataFrame
        ``place``, ``offences``, ``residents``, ``rate_per_1000``, ``lower``, ``upper`` and
        ``unstable``.
    """
    first = next(iter(places.values()))
    sums = [
        {"place": name, **areas[["offences", "residents"]].sum().to_dict()}
        for name, areas in places.items()
        if len(areas)
    ]
    table = pd.DataFrame(sums, columns=["place", "offences", "residents"])
    return crude_rate(passed_on(table.astype({"offences": "int64", "residents": "int64"}), first))


def highest(wards: pd.DataFrame) -> str | None:
    """The code of the ward with the highest rate, or None where there is none."""
    if wards.empty:
        return None
    return str(wards.set_index("ward_code")["rate_per_1000"].idxmax())


def with_and_without(here: pd.DataFrame, sites: pd.DataFrame, london: Measure) -> pd.DataFrame:
    """An area's rate with all its wards, and without those that hold a special site.

    Parameters
    ----------
    here : pandas.DataFrame
        The area's wards, with ``offences`` and ``residents``.
    sites : pandas.DataFrame
        ``site``, ``ward_code`` and ``verified``.
    london : Measure
        What both are compared with.

    Returns
    -------
    pandas.DataFrame
        One or two rows: ``sites`` says which wards are counted.
    """
    held = sites[sites["ward_code"].isin(here["ward_code"])]
    places = {"All wards": here}
    if len(held):
        names = here.loc[here["ward_code"].isin(held["ward_code"]), "ward_name"]
        others = without(here, "ward_code", list(held["ward_code"].unique()))
        places[f"{WITHOUT}{list_text(names)}"] = others
    rates = rates_of(places).rename(columns={"place": "sites"})
    return compare(passed_on(rates, rates_of(places)), with_=london)


def change_on_year_before(offences: pd.DataFrame, year: str, area: str) -> pd.DataFrame:
    """Possession, trafficking and both: this year against the last, the rest of London beside.

    Parameters
    ----------
    offences : pandas.DataFrame
        Monthly, every borough.

    Returns
    -------
    pandas.DataFrame
        As `change_against_elsewhere`, a row an offence; empty where either year isn't whole.
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


def not_allocated(offences: pd.DataFrame, year: str) -> pd.DataFrame:
    """How many of a borough's offences no ward carries, in the months that can be subtracted.

    Parameters
    ----------
    offences : pandas.DataFrame
        ``area_code``, ``area_name``, ``month``, ``in_wards`` and ``in_borough``, over the
        months for which the ward and the borough file are of matching vintage.
    year : str
        The financial year to show.

    Returns
    -------
    pandas.DataFrame
        One row an area: ``place``, ``borough_offences``, ``ward_offences``,
        ``unallocated``, ``percent`` and ``months``. No row where no month matches, nor where
        the wards hold more than the borough: then the two files don't count the same offences.
    """
    of_year = offences[offences["month"].isin(FinancialYear.parse(year).months)]
    groups = of_year.groupby("area_name")
    sums = groups[["in_borough", "in_wards"]].sum().query("in_wards <= in_borough")
    table = pd.DataFrame(
        {
            "place": sums.index,
            "borough_offences": sums["in_borough"],
            "ward_offences": sums["in_wards"],
            "unallocated": sums["in_borough"] - sums["in_wards"],
            "percent": 100 * (1 - sums["in_wards"] / sums["in_borough"]),
            "months": groups["month"].nunique().reindex(sums.index),
        }
    )
    return passed_on(table.reset_index(drop=True), offences)


def ward_history(
    offences: pd.DataFrame, residents: pd.DataFrame, borough_code: str, ward_code: str | None
) -> pd.DataFrame:
    """One ward in every complete year: its rate, its rank in the borough, London beside it.

    Parameters
    ----------
    offences : pandas.DataFrame
        Monthly, every London ward.
    residents : pandas.DataFrame
        One row a ward.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``ward_code``, ``ward_name``, ``offences``, ``residents``, the rate with
        its limits, ``rank``, ``london_rate`` and ``comparison``; one row a year.
    """
    dated = complete_financial_years(offences)
    rows = [
        _one_year(passed_on(dated[dated["year"] == year], dated), residents, borough_code)
        for year in sorted(dated["year"].unique())
    ]
    if not rows:
        return passed_on(pd.DataFrame(columns=HISTORY), offences)
    every = pd.concat(rows, ignore_index=True)
    chosen = every[every["ward_code"] == ward_code].reset_index(drop=True)
    return passed_on(chosen[HISTORY], rows[0])


def _one_year(dated: pd.DataFrame, residents: pd.DataFrame, borough_code: str) -> pd.DataFrame:
    wards = crude_rate(with_residents(total_by(dated, WARD), residents, on="ward_code"))
    london = rate_of(wards, "London wards")
    ranked = rank_by(compare(inside(wards, borough_code), with_=london), "rate_per_1000")
    return passed_on(ranked.assign(year=london.period, london_rate=london.value), ranked)


def counter_mover(by_year: pd.DataFrame, ward_code: str | None) -> str | None:
    """The neighbour that moved most the other way than a ward did since the year before.

    Parameters
    ----------
    by_year : pandas.DataFrame
        ``ward_code``, ``year`` and ``offences``: the ward and its neighbours.

    Returns
    -------
    str or None
        Its code; the neighbour with most offences where none moved the other way or there
        is one year only; None where the ward stands alone.
    """
    if ward_code is None:
        return None
    wide = by_year.pivot_table(
        index="ward_code", columns="year", values="offences", aggfunc="sum"
    ).sort_index(axis=1)
    others = wide.drop(index=ward_code, errors="ignore")
    if ward_code is None or others.empty or ward_code not in wide.index:
        return None
    if wide.shape[1] < 2:
        return str(others.iloc[:, -1].idxmax())
    change = wide.iloc[:, -1] - wide.iloc[:, -2]
    against = change[others.index] * (-1 if change[ward_code] > 0 else 1)
    return str(against.idxmax()) if against.max() > 0 else str(others.iloc[:, -1].idxmax())
