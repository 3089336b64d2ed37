"""One area against others: beside London, beside its neighbours, and over the years."""

import pandas as pd

from cdpb.periods import FinancialYear
from cdpb.statistics.about import passed_on
from cdpb.statistics.change import change_against_elsewhere
from cdpb.statistics.rates import (
    total_by,
    with_totals,
)
from cdpb.statistics.windows import complete_financial_years

WARD = ["ward_code", "ward_name", "borough_code"]
BOROUGH = ["area_code", "area_name"]
ALL_OFFENCES = "all drug offences"


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
