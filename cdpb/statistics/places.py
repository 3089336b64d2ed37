"""One area against others, over years and beside its neighbours."""

from collections.abc import Mapping

import pandas as pd

from cdpb.periods import financial_years_of
from cdpb.statistics.about import passed_on
from cdpb.statistics.comparison import compare
from cdpb.statistics.rates import (
    crude_rate,
    rank_by,
    rate_of,
    total_by,
    with_residents,
)

WARD = ["ward_code", "ward_name", "borough_code"]


def rates_of(places: Mapping[str, pd.DataFrame], per: int = 1_000) -> pd.DataFrame:
    """The rate of each place, all rows of its table together.

    Parameters
    ----------
    places : mapping of str to pandas.DataFrame
        What a reader calls the place, and its areas with ``offences`` and ``residents``.
        A place without areas is left out.

    Returns
    -------
    pandas.DataFrame
        ``place``, ``offences``, ``residents``, the rate, ``lower`` and ``upper``.
    """
    first = next(iter(places.values()))
    held = {name: areas for name, areas in places.items() if len(areas)}
    sums = [
        {"place": name, **areas[["offences", "residents"]].sum().to_dict()}
        for name, areas in held.items()
    ]
    table = pd.DataFrame(sums, columns=["place", "offences", "residents"])
    counts = passed_on(table.astype({"offences": "int64", "residents": "int64"}), first)
    return crude_rate(counts, per=per)


def by_financial_year(offences: pd.DataFrame) -> pd.DataFrame:
    """Monthly offences with their financial ``year``; years without all twelve months dropped."""
    dated = offences.assign(year=financial_years_of(offences["month"]))
    months = dated.groupby("year")["month"].transform("nunique")
    return passed_on(dated[months == 12].reset_index(drop=True), offences)


def ward_history(
    offences: pd.DataFrame, residents: pd.DataFrame, borough_code: str, ward_code: str
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
    dated = by_financial_year(offences)
    rows = [
        _one_year(passed_on(dated[dated["year"] == year], dated), residents, borough_code)
        for year in sorted(dated["year"].unique())
    ]
    if not rows:
        return passed_on(pd.DataFrame(columns=HISTORY), offences)
    every = pd.concat(rows, ignore_index=True)
    chosen = every[every["ward_code"] == ward_code].reset_index(drop=True)
    return passed_on(chosen[HISTORY], rows[0])


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


def _one_year(dated: pd.DataFrame, residents: pd.DataFrame, borough_code: str) -> pd.DataFrame:
    wards = crude_rate(with_residents(total_by(dated, WARD), residents, on="ward_code"))
    london = rate_of(wards, "London wards")
    here = passed_on(wards[wards["borough_code"] == borough_code].reset_index(drop=True), wards)
    ranked = rank_by(compare(here, with_=london), "rate_per_1000")
    return passed_on(ranked.assign(year=london.period, london_rate=london.value), ranked)


def counter_mover(by_year: pd.DataFrame, ward_code: str) -> str | None:
    """The neighbour that moved most the other way than a ward did, from last year but one.

    Parameters
    ----------
    by_year : pandas.DataFrame
        ``ward_code``, ``year`` and ``offences``: the ward and its neighbours.

    Returns
    -------
    str or None
        Its code; the largest neighbour where none moved the other way; None where the
        ward stands alone.
    """
    wide = by_year.pivot_table(
        index="ward_code", columns="year", values="offences", aggfunc="sum"
    ).sort_index(axis=1)
    others = wide.drop(index=ward_code, errors="ignore")
    if others.empty or ward_code not in wide.index:
        return None
    if wide.shape[1] < 2:
        return str(others.iloc[:, -1].idxmax())
    change = wide.iloc[:, -1] - wide.iloc[:, -2]
    against = change[others.index] * (-1 if change[ward_code] > 0 else 1)
    return str(against.idxmin()) if against.min() < 0 else str(others.iloc[:, -1].idxmax())
