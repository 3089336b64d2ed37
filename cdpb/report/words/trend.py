"""What the last five years of a published series say, in words."""

from typing import Any

import pandas as pd

from cdpb import catalogue
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.periods import FinancialYear
from cdpb.report.words.common import of_rows, sentence
from cdpb.statistics.trend import (
    DECREASING,
    INCREASING,
    NOT_CALCULATED,
    Break,
    break_text,
    crossed_breaks,
    recent_trend,
)

MOVED = {INCREASING: "increased", DECREASING: "decreased"}


@of_rows
def trend_sentence(
    shown: PublishedTable,
    what: str,
    value: str = "percent",
    lower: str = "lower",
    upper: str = "upper",
    **where: Any,
) -> str:
    """Whether something rose or fell over the last five years, or why that can't be said.

    Parameters
    ----------
    shown : PublishedTable
        A row a year (and area, and so on), with the value and its limits.
    what : str
        What a reader calls it: ``Women's share of adults in treatment in Barnet``.
    value, lower, upper : str
        The columns.
    **where
        Which rows: ``area_code=area``.

    Examples
    --------
    >>> words.trend_sentence(by_year, f"Women's share in {name}", area_code=area)
    """
    found = trend_of(shown, value, lower, upper, **where)
    if found is None:
        return ""
    if found["trend"] == NOT_CALCULATED:
        return sentence(f"No five-year trend is calculated for {what}: {found['reason']}")
    first, last = (_text(shown, value, year=found[end], **where) for end in ENDS)
    years = f"over the five years {found['first_year']} to {found['last_year']}"
    if found["trend"] in MOVED:
        return sentence(f"{what} {MOVED[found['trend']]} {years}, from {first} to {last}")
    return sentence(f"{what} shows no trend {years}: {first} in the first and {last} in the last")


ENDS = ("first_year", "last_year")


def trend_of(
    shown: PublishedTable,
    value: str = "percent",
    lower: str = "lower",
    upper: str = "upper",
    **where: Any,
) -> Any:
    """The five-point trend of one published series, or None without a row.

    From what is published alone: a hidden year has no say in it. The breaks that the table's
    sources declare are not crossed.

    Returns
    -------
    mapping or None
        As a row of ``statistics.recent_trend``.
    """
    only_published(shown)
    rows = shown.where(**where).to_frame()
    if rows.empty:
        return None
    rows.attrs = {"source": shown.source_ids[0]}
    rows = rows.rename(columns={lower: "lower", upper: "upper"})
    return recent_trend(rows, value=value, breaks=_breaks(shown)).iloc[0]


@of_rows
def break_sentence(shown: PublishedTable) -> str:
    """That a series breaks between the years of a table, so that what it compares may not be alike.

    Nothing where it has one year, or its sources no break between the first and the last.
    """
    years = sorted({year for row in shown.rows() for year in _years(row)})
    ends = [_beginning(each) for each in years]
    crossed = crossed_breaks(ends[0], ends[-1], _breaks(shown)) if len(years) > 1 else []
    if not crossed:
        return ""
    told = "; ".join(dict.fromkeys(break_text(each) for each in crossed))
    return sentence(
        f"The series breaks in {told}. A change between {years[0]} and {years[-1]} may be one of "
        "recording"
    )


def _years(row: Any) -> list[str]:
    """The year of a row, or those that it compares: one and the one before."""
    if "previous_period" in row:
        return [str(row["previous_period"]), str(row["period"])]
    if "year" in row:
        return [str(row["year"])]
    before = FinancialYear.parse(str(row["previous_year"]))
    return [str(before), str(FinancialYear(before.start + 1))]


def _beginning(period: str) -> str:
    """A financial year as it is; the first month of ``July 2022 to June 2023``."""
    first, _, last = period.partition(" to ")
    return str(pd.Period(first, "M")) if last else period


def _breaks(shown: PublishedTable) -> list[Break]:
    return [each for id in shown.source_ids for each in catalogue.source(id).series_breaks]


def _text(shown: PublishedTable, value: str, **where: Any) -> str:
    text = shown.where(**where).markers()[value].iloc[0]
    return f"{text}%" if shown.columns[value].unit == "%" else str(text)
