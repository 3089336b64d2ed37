"""What is held of a source, and any one file of it read without a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cdpb.catalogue import receipts, returns
from cdpb.errors import InputError
from cdpb.loaders import access
from cdpb.loaders.registry import DASHBOARD, LOADERS, loader_of
from cdpb.periods import FIRST_MONTH, FinancialYear
from cdpb.sources import Source

if TYPE_CHECKING:
    from cdpb.loaders.receiving import Received


def _by_period(source_id: str) -> Received | None:
    """All that was received of a source by period; None where newest files count."""
    loader = loader_of(source_id)
    return loader.received() if loader and loader.of_years else None


def received(source_id: str) -> Received | None:
    """All that was received of a source, whatever is being built; None where newest files count.

    This is for whoever adds files to it. What reads figures asks a loader, which looks at access.
    """
    loader = loader_of(source_id)
    return loader.received() if loader else None


def years_held(source_id: str, area: str | None = None) -> list[str]:
    """The years that a source has complete, oldest first; none where nothing was received.

    Parameters
    ----------
    source_id : str
        For a monthly source these are financial years of which every month is held in which it
        is collected; for a quarterly one those with all four quarters; for others the years as
        published. A return that the build may not show has none.
    area : str, optional
        GSS code: only years that hold a figure for this area.
    """
    closed = source_id == DASHBOARD or source_id in returns()
    if closed and not access.may_be_read(source_id):
        return []
    declared = access.permitted(source_id)
    if declared.periods == "none":
        return []
    received = _by_period(source_id)
    if received is None:
        return sorted({each.periods.first for each in receipts(source_id) if each.periods})
    none_in = tuple(declared.no_collection_in)
    return list(_years_in(received, declared.periods, none_in, area))


@lru_cache(maxsize=256)
def _years_in(
    received: Received, periods: str, none_in: tuple[int, ...], area: str | None
) -> list[str]:
    table = received.table
    if area is not None:
        table = table[table[_area_column(table)] == area]
    if periods == "months":
        return _complete_years(table["month"], none_in)
    if periods == "quarters":
        return _years_of_quarters(table["quarter"])
    return sorted(table["year"].unique(), key=_starts)


def _complete_years(
    months: pd.Series[pd.Period], no_collection_in: Sequence[int] = ()
) -> list[str]:
    """The financial years of which every month is held that is collected, oldest first."""
    # Each month once: a row for every ward and month makes tens of thousands of them.
    held = set(months.unique())
    starts = sorted({month.year for month in held})
    years = [FinancialYear(start) for start in range(starts[0] - 1, starts[-1] + 1)] if held else []
    wanted = {year: [m for m in year.months if m.month not in no_collection_in] for year in years}
    return [str(year) for year in years if held.issuperset(wanted[year])]


def _years_of_quarters(quarters: pd.Series[str]) -> list[str]:
    """The financial years of which all four quarters are held, oldest first."""
    held = set(quarters)
    years = sorted({quarter[:7] for quarter in held})
    return [year for year in years if held.issuperset(f"{year} Q{n}" for n in (1, 2, 3, 4))]


def periods_lacking(source_id: str, area: str | None = None) -> dict[str, list[str]]:
    """Of each financial year that is held in part, the months or quarters that are not.

    Parameters
    ----------
    source_id : str
        A source received by month or quarter; of another there are none. A return that the build
        may not show has none either.
    area : str, optional
        GSS code: what is held of this area.
    """
    if not access.may_open(source_id):
        return {}
    declared = access.permitted(source_id)
    column = {"months": "month", "quarters": "quarter"}.get(declared.periods)
    received = _by_period(source_id) if column else None
    if column is None or received is None:
        return {}
    table = received.table
    if area is not None:
        table = table[table[_area_column(table)] == area]
    held = {str(each) for each in table[column].unique()}
    lacking = {
        year: [each for each in _periods_of(year, column, declared) if each not in held]
        for year in _years_of(held)
    }
    return {year: absent for year, absent in lacking.items() if absent}


def _years_of(held: set[str]) -> list[str]:
    """The financial years that months (``2024-08``) or quarters (``2024/25 Q2``) lie in."""
    years = {each[:7] if "/" in each else str(_year_of_month(each)) for each in held}
    return sorted(years)


def _year_of_month(month: str) -> FinancialYear:
    year, number = map(int, month.split("-"))
    return FinancialYear(year if number >= FIRST_MONTH else year - 1)


def _periods_of(year: str, column: str, declared: Source) -> list[str]:
    """The months or quarters of a year in which a source is collected."""
    if column == "quarter":
        return [f"{year} Q{number}" for number in (1, 2, 3, 4)]
    months = FinancialYear.parse(year).months
    return [str(each) for each in months if each.month not in declared.no_collection_in]


def receipt_of_month(source_id: str) -> pd.DataFrame:
    """Which receipt and file gave each month of a monthly source.

    Returns
    -------
    pandas.DataFrame
        ``month, received, file``, oldest month first.

    Raises
    ------
    InputError
        If the source is not a monthly one.
    """
    by_month = access.permitted(source_id).periods == "months"
    received = _by_period(source_id) if by_month else None
    if received is None:
        raise InputError(f"{source_id} is not received by month.", "Ask for years_held instead.")
    table = _files_of_months(received).copy()
    table.attrs = {"source": source_id}
    return table


@lru_cache(maxsize=64)
def _files_of_months(received: Received) -> pd.DataFrame:
    files = received.table[["month", "received", "file"]].drop_duplicates()
    return files.sort_values("month", ignore_index=True)


def _area_column(table: pd.DataFrame) -> str:
    return "area_code" if "area_code" in table else "borough_code"


def _starts(year: str) -> int:
    """The calendar year that a year, financial or not, begins in."""
    return int(year[:4])


def read_file(source_id: str, path: Path | str) -> pd.DataFrame:
    """One file in any layout that its source is known in, put into our words and checked.

    The file may lie anywhere and needs no receipt, so this is how a file is tried before it is
    added.

    Parameters
    ----------
    source_id : str
        The source that the file is of.
    path : Path or str
        Where it lies.

    Returns
    -------
    pandas.DataFrame
        The columns of the source's loader, as far as one file gives them.

    Raises
    ------
    InputError
        If the source has no reader, or the file can't be vouched for.
    """
    loader = loader_of(source_id)
    if loader is None:
        known = ", ".join([*LOADERS, *returns()])
        raise InputError(f"{source_id} has no reader for files.", f"Readers: {known}.")
    return loader.read(Path(path)).reset_index(drop=True)
