"""Counts by month: one year of them, part-empty months, and zeros that a file leaves out."""

import numpy as np
import pandas as pd

from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders.files import TextTable, record
from cdpb.periods import FinancialYear

NEIGHBOURS = 3
PART_EMPTY = 1 / 5


def of_year(table: pd.DataFrame, year: str | None) -> pd.DataFrame:
    """The rows of one financial year, or none if a month of it is not held."""
    if year is None:
        return table
    wanted = FinancialYear.parse(year).months
    if not wanted.isin(table["month"].unique()).all():
        return table.iloc[:0]
    return table[table["month"].isin(wanted)]


def without_part_months(counted: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """Leave out a first month that is nearly empty; refuse a nearly empty month elsewhere.

    A month is nearly empty when its total is under a fifth of the median of its neighbours, up
    to three on each side. A file drawn early in a month can begin or end with such a month.

    Raises
    ------
    InputError
        If a month other than the first is nearly empty.
    """
    totals = counted.groupby("month", observed=True)["offences"].sum().sort_index()
    counts = totals.to_numpy(dtype=float)
    thin = [month for place, month in enumerate(totals.index) if _is_thin(counts, place)]
    if any(month != totals.index[0] for month in thin):
        later = next(month for month in thin if month != totals.index[0])
        raise InputError(
            f"{relative(table.path)}: the month {later} is nearly empty.",
            "Its total is under a fifth of the median of the months beside it.",
            "Such a month is not complete. Take a file published later.",
            "Nothing was loaded.",
        )
    first = counted["month"].isin(thin)
    why = f"the first month, {totals.index[0]}, is nearly empty"
    record(table.origin, "dropped", int(first.sum()), why)
    return counted[~first]


def with_zeros(
    counted: pd.DataFrame, key: str, places: list[str], offences: list[str], table: TextTable
) -> pd.DataFrame:
    """A row for every place, month of the file and offence; the source leaves out zeros."""
    months = pd.PeriodIndex(sorted(counted["month"].unique()), freq="M")
    whole = pd.MultiIndex.from_product([places, months, offences], names=[key, "month", "offence"])
    counts = counted.set_index([key, "month", "offence"])["offences"].reindex(whole)
    why = "no row in the file: no offence, 0"
    record(table.origin, "filled", int(counts.isna().sum()), why)
    return counts.fillna(0).astype("int64").reset_index()


def _is_thin(totals: np.ndarray, place: int) -> bool:
    before = totals[max(place - NEIGHBOURS, 0) : place]
    beside = np.concatenate([before, totals[place + 1 : place + 1 + NEIGHBOURS]])
    return bool(len(beside) and totals[place] < PART_EMPTY * np.median(beside))
