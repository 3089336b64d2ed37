"""Which years, months and files there are of a source, and one file read without a receipt."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cdpb.catalogue import publications, receipts, returns
from cdpb.errors import InputError
from cdpb.file_contents import asked_once
from cdpb.loaders import access
from cdpb.loaders.registry import DASHBOARD, LOADERS, loader_of
from cdpb.periods import FIRST_MONTH, FinancialYear

if TYPE_CHECKING:
    from cdpb.loaders.receiving import Received


PART_OF_YEAR = {"months": "month", "quarters": "quarter"}


def _by_period(source_id: str) -> Received | None:
    """All that was received of a source by period; None where newest files count."""
    loader = loader_of(source_id)
    return loader.received() if loader and not loader.once else None


@asked_once
def years_held(source_id: str, area: str | None = None) -> list[str]:
    """The years that a source has complete, oldest first; none where nothing was received.

    Parameters
    ----------
    source_id : str
        For a monthly source these are financial years of which every month was received in which
        it is collected; for a quarterly one those with all four quarters; for others the years as
        published. A return that the build may not show has none.
    area : str, optional
        GSS code: only years that hold a figure for this area.

    Examples
    --------
    >>> load.years_held("mps_ward_crime")
    """
    closed = source_id == DASHBOARD.source_id or source_id in returns()
    if closed and not access.may_be_read(source_id):
        return []
    declared = access.permitted(source_id)
    if declared.periods == "none":
        return []
    received = _by_period(source_id)
    if received is None:
        return sorted({receipt.periods.first for receipt in receipts(source_id) if receipt.periods})
    if column := PART_OF_YEAR.get(declared.periods):
        lacking = _lacking_in(received, column, tuple(declared.no_collection_in), area)
        return [year for year, absent in lacking.items() if not absent]
    return sorted(_periods_in(received, "year", area), key=lambda year: int(year[:4]))


def periods_lacking(source_id: str, area: str | None = None) -> dict[str, list[str]]:
    """Of each financial year that was received in part, the months or quarters that were not.

    Parameters
    ----------
    source_id : str
        A source received by month or quarter; of another there are none. A return that the build
        may not show has none either.
    area : str, optional
        GSS code: what was received of this area.

    Examples
    --------
    >>> load.periods_lacking("mps_ward_crime")
    """
    if not access.may_open(source_id):
        return {}
    declared = access.permitted(source_id)
    column = PART_OF_YEAR.get(declared.periods)
    received = _by_period(source_id) if column else None
    if column is None or received is None:
        return {}
    lacking = _lacking_in(received, column, tuple(declared.no_collection_in), area)
    return {year: absent for year, absent in lacking.items() if absent}


@lru_cache(maxsize=256)
def _lacking_in(
    received: Received, column: str, uncollected: tuple[int, ...], area: str | None
) -> dict[str, list[str]]:
    """Of each financial year of which a month or quarter was received, those that were not."""
    there = _periods_in(received, column, area)
    return {
        str(year): [part for part in _parts_of(year, column, uncollected) if part not in there]
        for year in sorted({FinancialYear(_starts_in(part)) for part in there})
    }


def _periods_in(received: Received, column: str, area: str | None) -> list[str]:
    table = received.table
    if area is not None:
        table = table[table["area_code" if "area_code" in table else "borough_code"] == area]
    # Each of them once: a row for every ward and month makes tens of thousands.
    return [str(period) for period in table[column].unique()]


def _starts_in(period: str) -> int:
    """The year that the financial year of ``2024-02`` or ``2023/24 Q4`` begins in: 2023."""
    return int(period[:4]) - ("/" not in period and int(period[5:]) < FIRST_MONTH)


def _parts_of(year: FinancialYear, column: str, uncollected: tuple[int, ...]) -> list[str]:
    """The months or quarters of a year in which a source is collected."""
    if column == "quarter":
        return [f"{year} Q{number}" for number in (1, 2, 3, 4)]
    return [str(month) for month in year.months if month.month not in uncollected]


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
        known = ", ".join([*LOADERS, *returns(), *publications()])
        raise InputError(f"{source_id} has no reader for files.", f"Readers: {known}.")
    return loader.read(Path(path)).reset_index(drop=True)
