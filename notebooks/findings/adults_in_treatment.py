"""What the figures of adults in treatment say, in sentences."""

from typing import Any

from cdpb import say
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import count_text, interval_text, list_text, rate_text
from cdpb.statistics.measure import Measure
from cdpb.statistics.trend import clear_trend

TRENDS = {
    "increasing": "the trend over the last five years is upward",
    "decreasing": "the trend over the last five years is downward",
    "no trend shown": "no trend is shown over the last five years",
    "not calculated": "a trend over five years can't be calculated",
}


def headline(
    years: PublishedTable, trends: PublishedTable, per_head: list[Measure], area: str, period: str
) -> str:
    """The finding in one sentence: how many, how many per head here and in England, the trend."""
    only_published(years, trends)
    rows = say.rows_of(years.where(area_name=area), by="year")
    if not rows and not len(years):
        return f"No numbers of adults in treatment are held for {period} or earlier."
    if not rows:
        last = say.rows_of(years, by="year")[-1]
        england = f"{count_text(last['people'])} adults were in treatment in {last['year']}"
        return f"No numbers in treatment are held for {area}; in England {england}."
    before = f", {_against(*rows[-2:])}" if len(rows) > 1 else ""
    trend = TRENDS[clear_trend(say.row_where(trends, area_name=area))]
    people = f"{count_text(rows[-1]['people'])} adults were in treatment in {area}"
    return f"In {period}, {people}{_per_head(*per_head)}{before}; {trend}."


def _per_head(here: Measure, england: Measure) -> str:
    """`` (5.0 per 1,000 residents; England 6.7)``."""
    if not (here.known and england.known):
        return ""
    return f" ({say.value_text(here)} {here.unit}; {england.label} {say.value_text(england)})"


def _against(before: Any, after: Any) -> str:
    """``up from 1,285 in 2020/21``."""
    way = "up from" if after["people"] > before["people"] else "down from"
    way = "as many as the" if after["people"] == before["people"] else way
    return f"{way} {count_text(before['people'])} in {before['year']}"


@say.of_rows
def adults_years_title(years: PublishedTable, area: str) -> str:
    """Each place against its first year, over the years."""
    each = say.places_over_years(years, area, "area_name", "indexed", 0)
    return f"Adults in treatment, with the first year taken as 100: {each}"


@say.of_rows
def adults_trends_title(trends: PublishedTable) -> str:
    """The recent trend, place by place."""
    each = [f"in {row['area_name']} {_trend(row)}" for row in say.rows_of(trends)]
    return f"Adults in treatment, recent trend: {'; '.join(each)}"


def _trend(row: Any) -> str:
    if row["slope"] is None:
        return str(row["trend"])
    slope = rate_text(row["slope"], 0)
    limits = interval_text(row["slope_lower"], row["slope_upper"], 0)
    return f"{clear_trend(row)}, {slope} people a year ({limits})"


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
    return f"Adults in treatment: {say.first_and_last(months)}"


@say.of_rows
def beside_sentence(adults: PublishedTable, young: PublishedTable) -> str:
    """Adults and young people in the latest twelve months and in the twelve before."""
    each = [
        f"{name} in treatment went from {say.people_text(before)} to {say.people_text(last)}"
        for name, months in (("adults", adults), ("young people", young))
        for last, before in [say.year_before(months)]
        if before is not None
    ]
    return (
        f"From the year before to the latest twelve months {list_text(each)}. Many are counted in "
        "both, so this describes the change and does not test it."
    )


@say.of_rows
def residents_title(rates: PublishedTable, area: str) -> str:
    """Adults in treatment for every 1,000 residents, here and in England."""
    places = [
        f"{rate_text(row['rate_per_1000'])} in {row['area_name']}"
        for row in sorted(say.rows_of(rates), key=lambda row: row["area_name"] != area)
    ]
    return f"Adults in treatment per 1,000 residents aged 20 and over: {list_text(places)}"
