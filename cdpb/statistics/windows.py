"""Twelve months at a time: windows that roll, and financial years."""

from collections.abc import Sequence
from typing import cast

import pandas as pd

from cdpb.errors import InputError
from cdpb.periods import financial_years_of, month_name
from cdpb.statistics.about import kinds_of, need_columns, passed_on
from cdpb.statistics.intervals import as_counts

A_YEAR = 12
PEOPLE = ("people", "in_treatment", "residents", "users", "adults", "women", "dependent_adults")


def rolling_12_months(
    table: pd.DataFrame, by: Sequence[str] | str = (), count: str = "offences"
) -> pd.DataFrame:
    """Events in the twelve months that end with each month.

    Of events only: people in treatment in April are mostly those of March, and their sum
    would be nobody's number.

    Parameters
    ----------
    table : pandas.DataFrame
        ``month`` (monthly periods), ``count`` and the columns of ``by``. A month is missing
        where it has no row or no count; a month without events has a 0.
    by : str or list of str
        Kept apart, such as ``ward_code``.
    count : str, default "offences"
        Events.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``month`` (the last of the window), ``months`` (how many of the twelve are
        held), ``count`` (summed over those) and ``window``: ``12 months to March 2024``, or
        ``11 of 12 months to March 2024``. The first window begins with the first month held.

    Raises
    ------
    InputError
        If the column counts people.

    Examples
    --------
    >>> rolling_12_months(offences, by="ward_code")
    """
    if count in PEOPLE:
        raise InputError(
            f"{count} are people, and people are not summed over months.",
            "The same person would count again each month. Only events have rolling sums.",
        )
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(table, *keys, "month", count)
    sums = table.groupby([*keys, "month"], observed=True)[count].sum(skipna=False)
    wide = (sums.unstack(keys) if keys else sums.to_frame(count)).astype("float64")
    wide = wide.reindex(_every_month(wide.index))
    held = wide.notna().astype(int).rolling(A_YEAR).sum()
    summed = wide.fillna(0).rolling(A_YEAR).sum()
    windows = pd.DataFrame({"months": _long(held, keys), count: _long(summed, keys)})
    windows = windows.dropna()
    for name in ("months", count):
        windows[name] = as_counts(windows[name])
    windows = windows.reset_index()
    windows["window"] = _named(windows)
    result = windows[[*keys, "month", "months", count, "window"]]
    kinds = {column: text for column, text in kinds_of(table).items() if column not in keys}
    return passed_on(result.sort_values([*keys, "month"], ignore_index=True), table, kinds=kinds)


def complete_financial_years(table: pd.DataFrame, count: str = "offences") -> pd.DataFrame:
    """The rows of financial years that are held whole, with the ``year``.

    Parameters
    ----------
    table : pandas.DataFrame
        ``month`` (monthly periods) and ``count``.
    count : str, default "offences"
        A month in which it is missing everywhere is not held.

    Returns
    -------
    pandas.DataFrame
        The table with ``year``, ``2023/24``; empty, with that column, where no year is whole.

    Examples
    --------
    >>> total_by(complete_financial_years(offences), ["ward_code", "year"])
    """
    need_columns(table, "month", count)
    dated = table.assign(year=financial_years_of(table["month"]).astype("str"))
    months = dated[dated[count].notna()].groupby("year")["month"].nunique()
    whole = dated["year"].isin(months.index[months == A_YEAR])
    return passed_on(dated[whole].reset_index(drop=True), table)


def _every_month(held: pd.Index) -> pd.PeriodIndex:
    if held.empty:
        return pd.PeriodIndex([], freq="M", name="month")
    return pd.period_range(held.min(), held.max(), freq="M", name="month")


def _long(wide: pd.DataFrame, keys: list[str]) -> pd.Series:
    return cast(pd.Series, wide.stack(keys)) if keys else wide.iloc[:, 0]


def _named(windows: pd.DataFrame) -> pd.Series:
    names = {month: month_name(month) for month in windows["month"].unique()}
    texts = [
        f"{'' if months == A_YEAR else f'{months} of '}12 months to {names[month]}"
        for month, months in zip(windows["month"], windows["months"], strict=True)
    ]
    return pd.Series(texts, index=windows.index, dtype="str")
