"""What the figures of multiple disadvantage say, in sentences."""

from typing import Any

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, interval_text, list_text, percent_text
from cdpb.report.words.common import (
    limits_text,
    measured,
    moved,
    of_rows,
    row_where,
    rows_of,
    sentence,
    value_text,
)
from cdpb.statistics.at_start import HOUSING_PROBLEM, SICK, UNEMPLOYED, URGENT
from cdpb.statistics.measure import Measure

ROUGH_SLEEPING = (
    "Rough sleeping: counts of people seen sleeping rough (CHAIN, Greater London Authority) are "
    "not held, and nobody who has not come to treatment is in these figures."
)
STARTS_OF_ENGLAND = (
    "England's housing and employment at start of treatment are not held: the figures at hand "
    "give England's numbers in treatment alone, so there is no comparison."
)
NOT_SHOWN = "a share that is not shown, to protect people"


def disadvantage_headline(
    housing: PublishedTable, several: Measure, area: str, public_period: str, period: str
) -> str:
    """The finding in one sentence: housing need at start, and how often disadvantages meet."""
    urgent, other = (row_where(housing, housing=each) for each in (URGENT, HOUSING_PROBLEM))
    if urgent is None or other is None:
        told = f"No figures of housing at start of treatment are held for {area}"
        return sentence(f"{told}{_overlap_text(several, period)}")
    interval = interval_text(urgent["lower"], urgent["upper"], 0, "%")
    return sentence(
        f"In {public_period}, {_share(urgent)} ({interval}) of adults starting treatment in "
        f"{area} had an urgent housing problem and {_share(other)} another one"
        f"{_overlap_text(several, period)}"
    )


def _overlap_text(several: Measure, period: str) -> str:
    if not several.period:
        return "; how often disadvantages meet in one person has not been received"
    met = "had two or three of housing problem, mental health need and criminal justice contact"
    told = f"{value_text(several)} ({limits_text(several)})" if several.known else NOT_SHOWN
    return f"; in {period}, {told} {met}"


@of_rows
def housing_title(housing: PublishedTable, area: str) -> str:
    """How many of those who started had a housing problem, urgent or not."""
    urgent, other = (row_where(housing, housing=each) for each in (URGENT, HOUSING_PROBLEM))
    return (
        f"Of {count_text(urgent['started'])} adults starting treatment in {area}, "
        f"{count_text(urgent['adults_so'])} had an urgent housing problem and "
        f"{count_text(other['adults_so'])} another one"
    )


@of_rows
def employment_title(employment: PublishedTable, area: str) -> str:
    """How many of those who started were out of work, or too ill for it."""
    told = [
        f"{_share(row_where(employment, employment=each))} were {each}"
        for each in (UNEMPLOYED, SICK)
    ]
    return f"Of adults starting treatment in {area}, {list_text(told)}"


@of_rows
def housing_over_years_title(years: PublishedTable) -> str:
    """Housing problems in the first year and in the last."""
    told = [
        f"{each} {_ends(rows_of(years.where(housing=each), by='year'))}"
        for each in (URGENT, HOUSING_PROBLEM)
    ]
    return f"Share of adults starting treatment: {'; '.join(told)}"


def _ends(rows: list[Any]) -> str:
    first, last = rows[0], rows[-1]
    began = f"{_share(first)} in {first['year']}"
    return began if first is last else f"{began} and {_share(last)} in {last['year']}"


@of_rows
def urgent_by_group_title(groups: PublishedTable) -> str:
    """The substance groups with the largest and the smallest share in urgent need."""
    parts = [row for row in rows_of(groups) if row["substance_group"] != "total"]
    order = sorted(parts, key=lambda row: row["percent"])
    least, most = (f"{_share(row)} ({row['substance_group']})" for row in (order[0], order[-1]))
    return f"Urgent housing problem: from {least} to {most} of adults starting treatment"


@of_rows
def housing_changed(years: PublishedTable) -> str:
    """From the year before to the latest: adults starting treatment in urgent need."""
    rows = rows_of(years.where(housing=URGENT), by="year")
    if len(rows) < 2:
        return ""
    before, after = rows[-2:]
    return sentence(
        f"From {before['year']} to {after['year']} adults starting treatment with an urgent "
        f"housing problem {moved(before['adults_so'], after['adults_so'])}, from "
        f"{_share(before)} to {_share(after)} of those who started"
    )


@of_rows
def housing_rounding(housing: PublishedTable, area: str) -> str:
    """What the publisher's rounding leaves open of the share in urgent need."""
    row = row_where(housing, housing=URGENT)
    limits = interval_text(row["lowest_percent"], row["highest_percent"], 1, "%")
    return sentence(
        f"The publisher rounds {area}'s counts to the nearest 5: the share with an urgent housing "
        f"problem lies within {limits} apart from any chance variation, a printed 0 means 0 to 2, "
        "and situations need not add up to all who started"
    )


@of_rows
def numbers_title(numbers: PublishedTable, several: Measure) -> str:
    """How many met two or three of the disadvantages, where it may be said."""
    if not several.known:
        return "How many disadvantages adults starting treatment met"
    return f"{measured(several)} of adults starting treatment met two or three of the disadvantages"


@of_rows
def needs_title(needs: PublishedTable, housed: Measure, others: Measure) -> str:
    """Mental health need among those with a housing problem against that among others."""
    if not (housed.known and others.known):
        return "Mental health need, by housing problem"
    return (
        f"Mental health need: {measured(housed)} of adults with a housing problem, "
        f"{measured(others)} of others"
    )


@of_rows
def overlap_title(overlap: PublishedTable) -> str:
    """How many met all three, where it may be said."""
    every = row_where(overlap, homeless="yes", mental_health="yes", criminal_justice="yes")
    shown = overlap.where(homeless="yes", mental_health="yes", criminal_justice="yes").to_frame()
    if every is None or shown["persons"].isna().any():
        return "Adults starting treatment, by the three disadvantages together"
    return f"{count_text(every['persons'])} adults starting treatment met all three disadvantages"


def _share(row: Any) -> str:
    return percent_text(row["percent"], row["started"])
