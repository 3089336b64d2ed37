"""Sums over moving windows: which periods each published one adds up."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

import pandas as pd

from cdpb.declarations import TableDeclaration
from cdpb.errors import InputError
from cdpb.periods import FIRST_MONTH, FinancialYear, financial_year_of

# The dimension that names a window by its last period.
DIMENSION: Mapping[str, str] = MappingProxyType(
    {"rolling_12": "month", "year_to_date": "month", "years_3": "year"}
)
A_YEAR = 12


def single_periods(declared: TableDeclaration) -> TableDeclaration:
    """The table that a windowed one adds up: the same counts, one period each.

    Nobody publishes it, but a reader of windows that follow each other learns of it, so its
    small counts are protected as if it were.
    """
    return declared.model_copy(update={"window": None})


def windows_of(declared: TableDeclaration, held: Collection[str]) -> dict[str, list[str]]:
    """The last period of each window that a table shows, and all the periods it adds up.

    Windows that reach before the first period held, or over a gap, are not whole and are left
    out. A filter by ``year`` or ``month`` chooses windows by their last period.

    Raises
    ------
    InputError
        If the table lacks the dimension that its windows end in, or totals it: a sum of
        windows counts most periods several times.
    """
    kind = str(declared.window)
    dimension = DIMENSION[kind]
    if dimension not in declared.dimensions or dimension in declared.totals:
        raise InputError(
            f"Table {declared.id} declares windows ({kind}), which end in a {dimension}.",
            f"Wanted: {dimension} among its dimensions, and not among its totals.",
        )
    present = set(held)
    windows = {last: _periods_to(kind, last) for last in sorted(present)}
    return {
        last: periods
        for last, periods in windows.items()
        if present.issuperset(periods) and _is_chosen(declared, dimension, last)
    }


def windows_by_period(declared: TableDeclaration, held: Collection[str]) -> dict[str, list[str]]:
    """The other way round: for each period, the last periods of the windows it counts in."""
    found: dict[str, list[str]] = {}
    for last, periods in windows_of(declared, held).items():
        for period in periods:
            found.setdefault(period, []).append(last)
    return found


def _periods_to(kind: str, last: str) -> list[str]:
    if kind == "years_3":
        return [str(FinancialYear.parse(last).previous(by)) for by in (2, 1, 0)]
    month = pd.Period(last, freq="M")
    back = A_YEAR - 1 if kind == "rolling_12" else (month.month - FIRST_MONTH) % A_YEAR
    return [str(month - by) for by in range(back, -1, -1)]


def _is_chosen(declared: TableDeclaration, dimension: str, last: str) -> bool:
    own = {dimension: last}
    if dimension == "month":
        own["year"] = financial_year_of(pd.Period(last, freq="M"))
    return all(
        own[name] in ([wanted] if isinstance(wanted, str) else wanted)
        for name, wanted in declared.filter.items()
        if name in own
    )
