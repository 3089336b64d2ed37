"""What the figures of multiple disadvantage say, in sentences."""

from itertools import combinations

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, interval_text, list_text
from cdpb.say import (
    change_sentence,
    each_over_years,
    measured,
    of_rows,
    range_text,
    rounding_sentence_of,
    row_where,
    sentence,
    share_text,
    value_text,
)
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.in_treatment import HOUSING_PROBLEM, SICK, UNEMPLOYED, URGENT
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


def headline(
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
        f"In {public_period}, {share_text(urgent)} ({interval}) of adults starting treatment in "
        f"{area} had an urgent housing problem and {share_text(other)} another one"
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
        f"; in {period}, {measured(housed)} of those with a housing "
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
        f"{share_text(row_where(employment, employment=each))} were {each}"
        for each in (UNEMPLOYED, SICK)
    ]
    return f"Of adults starting treatment in {area}, {list_text(told)}"


@of_rows
def housing_over_years_title(years: PublishedTable) -> str:
    """Housing problems in the first year and in the last."""
    told = each_over_years(years, "housing", (URGENT, HOUSING_PROBLEM))
    return f"Share of adults starting treatment: {told}"


@of_rows
def urgent_by_group_title(groups: PublishedTable) -> str:
    """The substance groups with the largest and the smallest share in urgent need."""
    return f"Urgent housing problem: {range_text(groups)} of adults starting treatment"


@of_rows
def housing_changed(years: PublishedTable) -> str:
    """From the year before to the latest: adults starting treatment in urgent need."""
    who = "adults starting treatment with an urgent housing problem"
    return change_sentence(years.where(housing=URGENT), who, "adults")


@of_rows
def housing_rounding(housing: PublishedTable, area: str) -> str:
    """What the publisher's rounding leaves open of the share in urgent need."""
    urgent = "with an urgent housing problem"
    return rounding_sentence_of(row_where(housing, housing=URGENT), area, urgent, "situations")


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
