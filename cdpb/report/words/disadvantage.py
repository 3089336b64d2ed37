"""What the figures of multiple disadvantage say, in sentences."""

from itertools import combinations
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
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.measure import Measure

ROUGH_SLEEPING = (
    "Rough sleeping: counts of people seen sleeping rough (CHAIN, Greater London Authority) are "
    "not held, and nobody who has not come to treatment is in these figures."
)
STARTS_OF_ENGLAND = (
    "England's housing and employment at start of treatment are not held: the figures at hand "
    "give England's numbers in treatment alone, so there is no comparison."
)
DISADVANTAGES = {
    "homeless": "housing problem",
    "mental_health": "mental health need",
    "criminal_justice": "criminal justice contact",
}


def disadvantage_headline(
    housing: PublishedTable,
    housed: Measure,
    others: Measure,
    area: str,
    public_period: str,
    period: str,
) -> str:
    """The finding in one sentence: housing need at start, and how far other needs go with it."""
    urgent, other = (row_where(housing, housing=each) for each in (URGENT, HOUSING_PROBLEM))
    if urgent is None or other is None:
        told = f"No figures of housing at start of treatment are held for {area}"
        return sentence(f"{told}{_overlap_text(housed, others, period)}")
    interval = interval_text(urgent["lower"], urgent["upper"], 0, "%")
    return sentence(
        f"In {public_period}, {_share(urgent)} ({interval}) of adults starting treatment in "
        f"{area} had an urgent housing problem and {_share(other)} another one"
        f"{_overlap_text(housed, others, period)}"
    )


def _overlap_text(housed: Measure, others: Measure, period: str) -> str:
    if not housed.source or not housed.period:
        return "; figures of how far disadvantages meet in one person are not held"
    if not (housed.known and others.known):
        return (
            f"; how far disadvantages met in one person in {period} is not shown, to protect people"
        )
    return (
        f"; in {period}, {value_text(housed)} ({limits_text(housed)}) of those with a housing "
        f"problem also had a mental health need, {_against(housed, others)}"
    )


def _against(housed: Measure, others: Measure) -> str:
    how = {"higher": "a larger share than", "lower": "a smaller share than"}
    side = how.get(compare_measures(housed, others), "a share similar to")
    return f"{side} the {value_text(others)} of others"


@of_rows
def housing_title(housing: PublishedTable, area: str) -> str:
    """How many of those who started had a housing problem, urgent or not."""
    urgent, other = (row_where(housing, housing=each) for each in (URGENT, HOUSING_PROBLEM))
    return (
        f"Of {count_text(urgent['started'])} adults starting treatment in {area}, "
        f"{count_text(urgent['adults'])} had an urgent housing problem and "
        f"{count_text(other['adults'])} another one"
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
        f"housing problem {moved(before['adults'], after['adults'])}, from "
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
    """How many met two of the disadvantages together, where it may be said."""
    told = [_both(overlap, *two) for two in combinations(DISADVANTAGES, 2)]
    known = [each for each in told if each]
    if not known:
        return "Adults starting treatment, by the three disadvantages together"
    return f"Adults starting treatment who had both: {'; '.join(known)}"


def _both(overlap: PublishedTable, first: str, second: str) -> str:
    wanted = {name: "yes" if name in (first, second) else "total" for name in DISADVANTAGES}
    shown = overlap.where(**wanted).to_frame()["persons"].dropna()
    names = f"{DISADVANTAGES[first]} and {DISADVANTAGES[second]}"
    return f"{names} {count_text(shown.iloc[0])}" if len(shown) else ""


def _share(row: Any) -> str:
    return percent_text(row["percent"], row["started"])
