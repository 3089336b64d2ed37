"""What the figures of adults in treatment say, in sentences."""

from typing import Any

from cdpb import say
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import count_text, interval_text, list_text, rate_text, rounded_text
from cdpb.statistics.measure import Measure

TRENDS = {
    "increasing": "the trend over the last five years is upward",
    "decreasing": "the trend over the last five years is downward",
    "no trend shown": "no trend is shown over the last five years",
    "not calculated": "a trend over five years can't be calculated",
}


def headline(
    years: PublishedTable, trends: PublishedTable, relative: Measure, area: str, period: str
) -> str:
    """The finding in one sentence: how many, the recent trend, and young people beside them."""
    only_published(years, trends)
    rows = say.rows_of(years.where(area_name=area), by="year")
    if not rows and not len(years):
        return f"No numbers of adults in treatment are held for {period} or earlier."
    if not rows:
        last = say.rows_of(years, by="year")[-1]
        england = f"{count_text(last['people'])} adults were in treatment in {last['year']}"
        return f"No numbers in treatment are held for {area}; in England {england}."
    before = f", {_against(*rows[-2:])}" if len(rows) > 1 else ""
    trend = TRENDS[say.row_where(trends, area_name=area)["trend"]]
    beside = ""
    if relative.known:
        ratio = say.with_limits(relative.value, relative.lower, relative.upper)
        beside = f"; in {relative.period} their change divided by that of young people was {ratio}"
    return say.sentence(
        f"In {period}, {count_text(rows[-1]['people'])} adults were in treatment in {area}{before}"
        f"; {trend}{beside}"
    )


def _against(before: Any, after: Any) -> str:
    """``up from 1,285 in 2020/21``."""
    way = "up from" if after["people"] > before["people"] else "down from"
    way = "as many as the" if after["people"] == before["people"] else way
    return f"{way} {count_text(before['people'])} in {before['year']}"


@say.of_rows
def adults_years_title(years: PublishedTable, area: str) -> str:
    """Each place in its latest year, against the first year held."""
    names = dict.fromkeys([area, *(str(row["area_name"]) for row in say.rows_of(years))])
    places = [say.rows_of(years.where(area_name=name), by="year") for name in names]
    places = [rows for rows in places if rows]
    first = {rows[0]["year"] for rows in places}
    if len(first) == 1:
        indexed = list_text(map(_indexed, places))
        return f"Adults in treatment, with {first.pop()} as 100: {indexed}"
    each = [f"{_indexed(rows)} ({rows[0]['year']} is 100)" for rows in places]
    return f"Adults in treatment against the first year held: {'; '.join(each)}"


def _indexed(rows: list[Any]) -> str:
    last = rows[-1]
    if len(rows) == 1:
        return f"{last['area_name']} has no other year"
    return f"{last['area_name']} {rate_text(last['indexed'], 0)} in {last['year']}"


@say.of_rows
def adults_trends_title(trends: PublishedTable) -> str:
    """The recent trend, place by place."""
    each = [f"{row['area_name']}: {_trend(row)}" for row in say.rows_of(trends)]
    return f"Recent trend in adults in treatment: {'; '.join(each)}"


def _trend(row: Any) -> str:
    if row["slope"] is None:
        return str(row["trend"])
    slope, limits = (
        rate_text(row["slope"], 0),
        interval_text(row["slope_lower"], row["slope_upper"], 0),
    )
    return f"{row['trend']}, {slope} people a year ({limits})"


def adults_changed(years: PublishedTable) -> str:
    """From the year before to the latest held."""
    return say.change_sentence(years, lambda two: f"adults in treatment {two.moved('people')}")


def adults_rounding(years: PublishedTable) -> str:
    """How far the publisher's rounding leaves the latest number open."""
    rows = say.rows_of(years, by="year")
    if not rows or rows[-1]["lowest"] == rows[-1]["highest"]:
        return ""
    lowest, highest = (count_text(rows[-1][name]) for name in ("lowest", "highest"))
    return f"The publisher rounds to the nearest 5: {lowest} to {highest} were counted."


@say.of_rows
def adults_months_title(months: PublishedTable) -> str:
    """From the first month shown to the last."""
    return f"Adults in treatment in twelve months: {say.first_and_last(months)}"


def beside_sentence(adults: Measure, young: Measure) -> str:
    """The change of adults and that of young people, in the same months."""
    if not (adults.known and young.known):
        return ""
    of_adults, of_young = (rounded_text(each.value, 2) for each in (adults, young))
    return (
        f"In the twelve months to March at the end of {adults.period} adults in treatment were "
        f"{of_adults} times those of the year before, young people {of_young} times."
    )
