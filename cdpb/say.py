"""Turns of phrase that every finding uses: values, shares, trends and funnels in words."""

import math
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import pandas as pd

from cdpb import catalogue
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import (
    capital,
    count_text,
    interval_text,
    list_text,
    percent_text,
    rate_text,
    rounded_text,
)
from cdpb.periods import FinancialYear, month_name
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.measure import Measure
from cdpb.statistics.outliers import NOT_COMPARED, WITHIN
from cdpb.statistics.trend import (
    DECREASING,
    INCREASING,
    NOT_CALCULATED,
    Break,
    break_text,
    crossed_breaks,
    recent_trend,
    turning_point,
)

WITHHELD = "a number withheld to protect people"
# What a sentence is given beside its table, so that a type checker still sees it.
Named = ParamSpec("Named")


def of_rows(
    say: Callable[Concatenate[PublishedTable, Named], str],
) -> Callable[Concatenate[PublishedTable, Named], str]:
    """A sentence about a table's rows is empty where the table has none."""

    @wraps(say)
    def said(shown: PublishedTable, *args: Named.args, **named: Named.kwargs) -> str:
        only_published(shown)
        return say(shown, *args, **named) if len(shown) else ""

    return said


def rows_of(shown: PublishedTable, by: str = "") -> list[Any]:
    """Its rows, in the order of a column where one is named."""
    only_published(shown)
    return sorted(shown.rows(), key=lambda row: str(row[by])) if by else list(shown.rows())


def row_where(shown: PublishedTable, **equals: Any) -> Any:
    """The first row that shows these values, or None."""
    only_published(shown)
    return next(shown.where(**equals).rows(), None)


def years_text(rows: list[Any], value: str, text_of: Callable[[Any], str]) -> str:
    """``29% in 2009/10, 36% in 2014/15 and 27% in 2021/22``: the first year, the last, and a turn.

    The turn is the year that lies well beyond both, which two ends alone would hide.
    """
    known = [None if row[value] is MASKED else row[value] for row in rows]
    at = turning_point([math.nan if number is None else float(number) for number in known])
    chosen = [rows[0], *([] if at is None else [rows[at]]), rows[-1]]
    return list_text(dict.fromkeys(f"{text_of(row)} in {row['year']}" for row in chosen))


def first_and_last(months: PublishedTable) -> str:
    """``70 to November 2022, 95 to March 2024``: of months that are counted alike."""
    rows = rows_of(months, by="month")
    if "methodology" in months.columns:
        rows = [row for row in rows if row["methodology"] == rows[-1]["methodology"]]
    ends = [f"{people_text(row)} to {month_name(row['month'])}" for row in (rows[0], rows[-1])]
    return ", ".join(dict.fromkeys(ends))


def people_text(row: Any, column: str = "people") -> str:
    """The people (or events) of a row; in words where they are withheld."""
    if row[column] is MASKED:
        return WITHHELD
    return "an unknown number of" if row[column] is None else count_text(row[column])


def value_text(measure: Measure) -> str:
    """The value alone: ``7.9`` or ``31%``; ``not available`` where there is none."""
    if measure.value is None:
        return "not available"
    return rounded_text(measure.value, measure.decimals) + _sign(measure)


def measured(measure: Measure) -> str:
    """``7.9 (6.4 to 9.6)``, ``31.1% (28.7% to 33.5%)``."""
    if not (measure.known and measure.has_interval):
        return value_text(measure)
    return f"{value_text(measure)} ({limits_text(measure)})"


def limits_text(measure: Measure) -> str:
    """``6.4 to 9.6``, with as many decimals as the value has."""
    return interval_text(measure.lower, measure.upper, measure.decimals, _sign(measure))


def _sign(measure: Measure) -> str:
    return "%" if measure.unit.startswith("%") else ""


def compared(measure: Measure, with_: Measure) -> str:
    """``lower than London's 4.1``; ``similar to England's 32.5%``."""
    how = {"higher": "higher than", "lower": "lower than", "similar": "similar to"}
    verdict = compare_measures(measure, with_)
    if verdict not in how:
        return f"not compared with {with_.label}"
    return f"{how[verdict]} {possessive(with_.label)} {value_text(with_)}"


def possessive(name: str) -> str:
    """``London's``, ``London wards'``."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def moved(before: float, after: float) -> str:
    """``rose from 71 to 75``, ``fell from 101 to 47``, ``stayed at 71``."""
    if before == after:
        return f"stayed at {count_text(after)}"
    return (
        f"{'rose' if after > before else 'fell'} from {count_text(before)} to {count_text(after)}"
    )


def sentence(text: str) -> str:
    """With a capital first and a full stop last."""
    text = " ".join(text.split())
    return capital(text) + ("" if text.endswith((".", "?", "!")) else ".")


# Columns of the people that a share is of.
STARTED, ADULTS = "started", "adults"


def share_text(row: Any, of: str = STARTED) -> str:
    """``36%``, with the decimals that so many people can bear.

    Parameters
    ----------
    row : mapping
        With ``percent``.
    of : str, default "started"
        The column of people that it is a share of.
    """
    return percent_text(row["percent"], row[of])


def ends_text(rows: list[Any], of: str = STARTED) -> str:
    """``29% in 2009/10 and 36% in 2021/22``: the first year and the last, and a turn between."""
    return years_text(rows, "percent", lambda row: share_text(row, of))


def each_over_years(
    shown: PublishedTable, by: str, labels: Iterable[str], of: str = STARTED
) -> str:
    """`ends_text` of each label of a column, one after the other; of none that has no row."""
    only_published(shown)
    rows = {label: rows_of(shown.where(**{by: label}), by="year") for label in labels}
    return "; ".join(f"{label} {ends_text(held, of)}" for label, held in rows.items() if held)


def range_text(groups: PublishedTable, of: str = STARTED) -> str:
    """``from 23% (opiate) to 36% (alcohol only)``: the least and the largest share of a group."""
    parts = [row for row in rows_of(groups) if row["substance_group"] != "total"]
    order = sorted(parts, key=lambda row: row["percent"])
    least, most = (
        f"{share_text(row, of)} ({row['substance_group']})" for row in (order[0], order[-1])
    )
    return f"from {least} to {most}"


def change_sentence(years: PublishedTable, who: str, count: str) -> str:
    """From the year before to the latest: how many, and their share of those who started."""
    rows = rows_of(years, by="year")
    if len(rows) < 2:
        return ""
    before, after = rows[-2:]
    return sentence(
        f"From {before['year']} to {after['year']} {who} {moved(before[count], after[count])}, "
        f"from {share_text(before)} to {share_text(after)} of those who started"
    )


def rounding_sentence_of(row: Any, area: str, share: str, parts: str) -> str:
    """What the publisher's rounding to 5 leaves open of a share of those who started."""
    limits = interval_text(row["lowest_percent"], row["highest_percent"], 1, "%")
    return sentence(
        f"The publisher rounds {area}'s counts to the nearest 5: the share {share} lies within "
        f"{limits} apart from any chance variation, a printed 0 means 0 to 2, and {parts} need not "
        "add up to all who started"
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


MOST_NAMED = 3


@of_rows
def funnel_title(
    funnel: PublishedTable, area: str, name: str = "ward_name", things: str = "wards"
) -> str:
    """How many areas lie beyond plain limits, and which of them beyond widened ones.

    ``things`` are what its rows are: ``wards shown`` where some are hidden and left out.
    """
    plain, widened = (_beyond(funnel, column, name) for column in LIMITS)
    of = f"{count_text(len(plain))} of {area}'s {count_text(len(funnel))} {things}"
    lie = "lies" if len(plain) == 1 else "lie"
    named = f" ({list_text(widened)})" if 0 < len(widened) <= MOST_NAMED else ""
    wide = count_text(len(widened)) if widened else "none"
    return (
        f"{of} {lie} beyond plain limits, {wide}{named} beyond limits widened for usual differences"
    )


@of_rows
def funnel_sentence(funnel: PublishedTable, ward_code: str | None, among: str) -> str:
    """How to read the two verdicts, and both for the focus ward.

    ``among`` are the areas that the limits were widened by: ``London's wards``.
    """
    first = next((row for row in funnel.rows() if isinstance(row["phi"], float)), None)
    if first is None:
        return ""
    told = sentence(f"{_differing(first, among)}; {READING}")
    row = row_where(funnel, ward_code=ward_code)
    return f"{told} {_of_focus(row)}".strip() if row else told


READING = (
    "plain limits may call too many wards unusual, widened ones may hide a real case, "
    "so both are shown"
)


def _differing(row: Any, among: str) -> str:
    if not row["tau_squared"]:
        return f"{among} differ from their common rate no more than chance would have them"
    return (
        f"The squared distances of {among} from their common rate are {rate_text(row['phi'])} "
        f"times what chance would give"
    )


LIMITS = ("plain_limits", "widened_limits")


def _of_focus(row: Any) -> str:
    plain, widened = (row[column] for column in LIMITS)
    name = row["ward_name"]
    if plain == widened == WITHIN:
        return sentence(f"{name} lies within both")
    return sentence(f"By plain limits {name} is {plain}, by widened ones {widened}")


def _beyond(funnel: PublishedTable, column: str, name: str) -> list[str]:
    return [
        str(row[name])
        for row in funnel.rows()
        if isinstance(row[column], str) and row[column] not in (WITHIN, NOT_COMPARED)
    ]
