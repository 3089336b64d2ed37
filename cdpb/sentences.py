"""Whole sentences that any page may say of a published table: its trend, its breaks, its funnel."""

from typing import Any

import pandas as pd

from cdpb import catalogue
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import change_text, count_text, list_text, ordinal, percent_text, within_sentence
from cdpb.periods import FinancialYear
from cdpb.say import (
    counted_over_years,
    each_over_years,
    moved,
    of_rows,
    possessive,
    row_where,
    rows_of,
    sentence,
    years_text,
)
from cdpb.statistics.outliers import NOT_COMPARED, WITHIN
from cdpb.statistics.places import ALL_OFFENCES
from cdpb.statistics.trend import (
    DECREASING,
    INCREASING,
    NOT_CALCULATED,
    ON_A_LINE,
    Break,
    break_text,
    clear_trend,
    crossed_breaks,
    recent_trend,
)

MOVED = {INCREASING: "increased", DECREASING: "decreased"}
LIMITS = ("plain_limits", "widened_limits")
MOST_NAMED, PAIR = 3, 2
LIKE_FOR_LIKE = "like for like, in"


@of_rows
def people_over_years(counted: PublishedTable, what: str) -> str:
    """``Adults in treatment in Barnet: 455 in 2009/10 and 670 in 2021/22``, of rows by year."""
    return f"{what}: {counted_over_years(counted)}"


@of_rows
def shares_over_years(shares: PublishedTable, what: str, by: str, of: str) -> str:
    """``Of adults in treatment: dropped out 12.2% in 2009/10 ...``, group after group."""
    groups = dict.fromkeys(str(row[by]) for row in rows_of(shares))
    return f"{what}: {each_over_years(shares, by, groups, of)}"


@of_rows
def shares_by_place(shares: PublishedTable, what: str, share: str, of: str) -> str:
    """``Met: Barnet 13.6% in 2010/11 and 12.8% in 2018/19; England ...``: `years_text` of each.

    ``share`` is the column of the percentage, ``of`` of what it is one.
    """
    rows = rows_of(shares, by="year")
    places = [
        f"{place} "
        + years_text(
            [row for row in rows if row["area_name"] == place],
            share,
            lambda row: percent_text(row[share], row[of]),
        )
        for place in dict.fromkeys(row["area_name"] for row in rows)
    ]
    return f"{what}: {'; '.join(places)}"


@of_rows
def places_title(shown: PublishedTable, area: str, name: str) -> str:
    """``Among London's boroughs, Barnet is 13th lowest of 32 for drug offences``.

    Of many measures, those in which it comes nearest to the lowest and to the highest.
    """
    own = [row for row in rows_of(shown.where(area_code=area)) if row["value"] is not None]
    if len(own) > PAIR:
        own = [min(own, key=lambda row: row[f"from_{end}"]) for end in ("lowest", "highest")]
    # In a sentence the unit of a share stands in the column's heading alone.
    named = [within_sentence(str(row["measure"])).replace(", %", "") for row in own]
    parts = [f"{place_among(row)} for {each}" for row, each in zip(own, named, strict=True)]
    return f"Among London's boroughs, {name} is {list_text(parts)}" if parts else ""


def place_among(row: Any) -> str:
    """``13th lowest of 32``: from the end that is nearer."""
    low = row["from_lowest"] <= row["from_highest"]
    place, end = row["from_lowest" if low else "from_highest"], "lowest" if low else "highest"
    return f"{'' if place == 1 else ordinal(place) + ' '}{end} of {count_text(row['out_of'])}"


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
        One row per year (and area, and so on), with the value and its limits.
    what : str
        What a reader calls it: ``women's share of adults in treatment in Barnet``.
    value, lower, upper : str
        The columns.
    **where
        Which rows: ``area_code=area``.

    Examples
    --------
    >>> trend_sentence(by_year, f"women's share in {name}", area_code=area)
    """
    found = trend_of(shown, value, lower, upper, **where)
    if found is None:
        return ""
    if found["trend"] == NOT_CALCULATED:
        return sentence(f"No five-year trend is calculated for {what}: {found['reason']}")
    first, last = (
        _displayed(shown, value, year=found[end], **where) for end in ("first_year", "last_year")
    )
    years = f"over the five years {found['first_year']} to {found['last_year']}"
    off = f"; the years lie {found['fit']} from it" if found["fit"] != ON_A_LINE else ""
    if clear_trend(found) in MOVED:
        return sentence(f"{what} {MOVED[found['trend']]} {years}, from {first} to {last}{off}")
    ends = f"{first} in the first and {last} in the last"
    return sentence(f"{what} shows no trend {years}: {ends}{off}")


def trend_of(
    shown: PublishedTable,
    value: str = "percent",
    lower: str = "lower",
    upper: str = "upper",
    **where: Any,
) -> Any:
    """The five-year trend of one published series, a row of `recent_trend`; None without a row.

    It is found from what is published alone: a hidden year has no say in it. The breaks that the
    table's sources declare are not crossed.
    """
    only_published(shown)
    rows = shown.where(**where).to_frame(gaps=True)
    if rows.empty:
        return None
    rows.attrs = {"source": shown.source_ids[0]}
    rows = rows.rename(columns={lower: "lower", upper: "upper"})
    return recent_trend(rows, value=value, breaks=_breaks(shown)).iloc[0]


def _displayed(shown: PublishedTable, value: str, **where: Any) -> str:
    text = shown.where(**where).markers()[value].iloc[0]
    return f"{text}%" if shown.columns[value].unit == "%" else str(text)


@of_rows
def break_sentence(shown: PublishedTable) -> str:
    """That a series breaks between the years of a table, so what it compares may not be alike.

    Empty where the table has one year, or its sources have no break between the first and the last.
    """
    years = sorted({year for row in shown.rows() for year in _years(row)})
    first, last = (_beginning(year) for year in (years[0], years[-1]))
    crossed = crossed_breaks(first, last, _breaks(shown)) if len(years) > 1 else []
    crossed = [each for each in crossed if not _is_after(each, years[-1])]
    if not crossed:
        return ""
    named = "; ".join(dict.fromkeys(map(break_text, crossed)))
    return sentence(
        f"The series breaks in {named}. A change between {years[0]} and {years[-1]} may be one of "
        "recording"
    )


@of_rows
def across_break(change: PublishedTable, area: str) -> str:
    """What still compares where a break lies between two years; empty where none does.

    All of London changed its system together, so that the change here and the change elsewhere can
    be set beside each other.
    """
    if not break_sentence(change):
        return ""
    against = changed_sentence(change, area).removesuffix(".")
    return sentence(f"{against}. The break is all of London's, so that comparison survives it")


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


def _is_after(each: Break, period: str) -> bool:
    """Whether a break comes when ``July 2023 to January 2024``, which is no whole year, is over."""
    _, _, last = period.partition(" to ")
    return bool(last and each.month) and pd.Period(each.month, "M") > pd.Period(last, "M")


def _breaks(shown: PublishedTable) -> list[Break]:
    return [each for id in shown.source_ids for each in catalogue.source(id).series_breaks]


def moved_against(row: Any) -> str:
    """``rose from 347 to 538 (+55%), more than in the rest of London (+26%)``: a row of changes."""
    own, other = change_text(row["change"]), change_text(row["elsewhere_change"])
    moving = moved(row["offences_before"], row["offences"])
    return f"{moving} ({own}), {_side(row)} the rest of London ({other})"


def _side(row: Any) -> str:
    """Whether the area's change lies wholly above or below the change elsewhere."""
    rose, alike = row["change"] > 0, (row["change"] > 0) == (row["elsewhere_change"] > 0)
    unclear = row["relative_lower"] <= 1 <= row["relative_upper"]
    if not alike:
        return "not clearly different from" if unclear else "unlike in"
    further = (row["change"] > row["elsewhere_change"]) == rose
    return f"{'not clearly ' * unclear}{'more' if further else 'less'} than in"


@of_rows
def changed_sentence(change: PublishedTable, area: str, opening: str = LIKE_FOR_LIKE) -> str:
    """All offences and each kind, against the same months a year before and the rest of London.

    ``opening`` stands before the months, where they are not those of a financial year.
    """
    every = rows_of(change.where(offence=ALL_OFFENCES))[-1]
    kinds = [row for row in rows_of(change) if row["offence"] != ALL_OFFENCES]
    since = (
        f"Since {every['previous_year']}" if "previous_year" in change.columns else
        f"{opening} {every['period']}, against {every['previous_period']},"
    )  # fmt: skip
    each = "; ".join(f"{row['offence']} {moved_against(row)}" for row in kinds)
    return sentence(f"{since} {possessive(area)} drug offences {moved_against(every)}: {each}")


@of_rows
def funnel_title(funnel: PublishedTable, area: str, centre: str, things: str = "wards") -> str:
    """How many wards lie beyond plain limits, and which of them beyond widened ones.

    ``centre`` is whose rate they are set around: the area's own, or London's.

    ``things`` are what its rows are: ``wards shown`` where some are hidden and left out.
    """
    plain, widened = (
        [str(row["ward_name"]) for row in funnel.rows() if is_beyond(row[limits])]
        for limits in LIMITS
    )
    differ, do = ("differs", "does") if len(plain) == 1 else ("differ", "do")
    do = "does" if len(widened) == 1 else "do"
    few = 0 < len(widened) <= MOST_NAMED
    still = f"only {list_text(widened)} {do}" if few else f"{count_text(len(widened))} {do}"
    return (
        f"{count_text(len(plain))} of {possessive(area)} {count_text(len(funnel))} {things} "
        f"{differ} from {possessive(centre)} rate by more than chance; allowing for how much wards "
        f"usually differ, {still if widened else 'none does'}"
    )


def is_beyond(verdict: Any) -> bool:
    """Whether the verdict of a funnel's limits says that a row lies outside them."""
    return isinstance(verdict, str) and verdict not in (WITHIN, NOT_COMPARED)


@of_rows
def funnel_sentence(funnel: PublishedTable, ward_code: str | None, among: str) -> str:
    """How to read the two verdicts of a funnel, and both for the focus ward.

    ``among`` are the areas that the limits were widened by: ``London's wards``.
    """
    first = next((row for row in rows_of(funnel) if isinstance(row["phi"], float)), None)
    if first is None:
        return ""
    spread = f"{among} differ from their common rate no more than chance would have them"
    if first["tau_squared"]:
        spread = f"{among} differ from their common rate by more than chance"
    reading = sentence(
        f"{spread}; plain limits may call too many wards unusual, widened ones may hide a real "
        "case, so both are shown"
    )
    row = row_where(funnel, ward_code=ward_code)
    return f"{reading} {_of_focus(row)}" if row else reading


def _of_focus(row: Any) -> str:
    plain, widened = (row[column] for column in LIMITS)
    if plain == widened == WITHIN:
        return sentence(f"{row['ward_name']} lies within both")
    return sentence(f"By plain limits {row['ward_name']} is {plain}, by widened ones {widened}")
