"""What the last five years of a published series say, in words."""

from typing import Any

from cdpb import catalogue
from cdpb.disclosure.only import only_published
from cdpb.disclosure.published import PublishedTable
from cdpb.report.words.common import of_rows, sentence
from cdpb.statistics.trend import DECREASING, INCREASING, NOT_CALCULATED, recent_trend

MOVED = {INCREASING: "increased", DECREASING: "decreased"}


@of_rows
def trend_sentence(shown: PublishedTable, what: str, value: str = "percent", **where: Any) -> str:
    """Whether something rose or fell over the last five years, or why that can't be said.

    Parameters
    ----------
    shown : PublishedTable
        A row a year (and area, and so on), with the value and its limits.
    what : str
        What a reader calls it: ``Women's share of adults in treatment in Barnet``.
    value : str, default "percent"
        The column.
    **where
        Which rows: ``area_code=area``.

    Examples
    --------
    >>> words.trend_sentence(by_year, f"Women's share in {name}", area_code=area)
    """
    found = trend_of(shown, value, **where)
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


def trend_of(shown: PublishedTable, value: str = "percent", **where: Any) -> Any:
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
    breaks = [each for id in shown.source_ids for each in catalogue.source(id).series_breaks]
    return recent_trend(rows, value=value, breaks=breaks).iloc[0]


def _text(shown: PublishedTable, value: str, **where: Any) -> str:
    text = shown.where(**where).markers()[value].iloc[0]
    return f"{text}%" if shown.columns[value].unit == "%" else str(text)
