"""What the figures of multiple disadvantage say, in sentences."""

from itertools import combinations

from cdpb import say
from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, list_text
from cdpb.statistics.measure import Measure
from cdpb.statistics.treatment import HOUSING_PROBLEM, SICK, UNEMPLOYED, URGENT

NOT_HELD = (
    "We hold no figures of housing and work at the start of treatment in England, and no counts of "
    "rough sleeping over the year (CHAIN, Greater London Authority). Figures of treatment leave "
    "out everybody who has not come to it."
)
DISADVANTAGES = {
    "homeless": "housing problem",
    "mental_health": "mental health need",
    "criminal_justice": "criminal justice contact",
}


def headline(
    housing: PublishedTable, housed: Measure, others: Measure, area: str, *periods: str
) -> str:
    """The finding in one sentence: housing need at start, and how far other needs go with it.

    The periods are that of the published figures, and that of the return.
    """
    urgent, other = (say.row_where(housing, housing=each) for each in (URGENT, HOUSING_PROBLEM))
    public_period, period = periods
    overlap = _overlap_text(housed, others, period)
    if urgent is None or other is None:
        return f"No figures of housing at start of treatment are held for {area}; {overlap}."
    return (
        f"In {public_period}, {say.share_and_limits(urgent)} of adults starting treatment in "
        f"{area} had an urgent housing problem and a further {say.share_text(other)} a less urgent "
        f"one; {overlap}."
    )


def _overlap_text(housed: Measure, others: Measure, period: str) -> str:
    if not housed.source or not housed.period:
        return "figures of how far disadvantages meet in one person are not held"
    if not (housed.known and others.known):
        return (
            f"how far disadvantages met in one person in {period} is not shown, to protect people"
        )
    return (
        f"in {period}, {say.measured(housed)} of those with a housing problem also had a mental "
        f"health need, {say.share_compared(housed, others)} of others"
    )


@say.of_rows
def housing_title(housing: PublishedTable, area: str) -> str:
    """How many of those who started had a housing problem, urgent or not."""
    urgent, other = (say.row_where(housing, housing=each) for each in (URGENT, HOUSING_PROBLEM))
    return (
        f"Of {count_text(urgent['started'])} adults starting treatment in {area}, "
        f"{count_text(urgent['adults'])} had an urgent housing problem and a further "
        f"{count_text(other['adults'])} a less urgent one"
    )


@say.of_rows
def employment_title(employment: PublishedTable, area: str) -> str:
    """How many of those who started were out of work, or too ill for it."""
    shares = [
        f"{say.share_text(say.row_where(employment, employment=each))} were {each}"
        for each in (UNEMPLOYED, SICK)
    ]
    return f"Of adults starting treatment in {area}, {list_text(shares)}"


@say.of_rows
def housing_over_years_title(years: PublishedTable) -> str:
    """Housing problems in the first year and in the last."""
    shares = say.each_over_years(years, "housing", (URGENT, HOUSING_PROBLEM))
    return f"Share of adults starting treatment: {shares}"


@say.of_rows
def urgent_by_group_title(groups: PublishedTable) -> str:
    """The substance groups with the largest and the smallest share in urgent need."""
    return f"Urgent housing problem: {say.range_text(groups)} of adults starting treatment"


@say.of_rows
def housing_changed(years: PublishedTable) -> str:
    """From the year before to the latest: adults starting treatment in urgent need."""
    who = "adults starting treatment with an urgent housing problem"
    return say.starters_changed(years.where(housing=URGENT), who, "adults")


@say.of_rows
def housing_rounding(housing: PublishedTable, area: str) -> str:
    """What the publisher's rounding leaves open of the share in urgent need."""
    row = say.row_where(housing, housing=URGENT)
    return say.starters_rounding(row, area, "with an urgent housing problem", "situations")


@say.of_rows
def needs_title(needs: PublishedTable, housed: Measure, others: Measure) -> str:
    """Mental health need among those with a housing problem against that among others."""
    if not (housed.known and others.known):
        return "Mental health need, by housing problem"
    return (
        f"Mental health need: {say.measured(housed)} of adults with a housing problem, "
        f"{say.measured(others)} of others"
    )


@say.of_rows
def overlap_title(overlap: PublishedTable) -> str:
    """How many met two of the disadvantages together, where it may be said."""
    known = list(filter(None, (_both(overlap, *two) for two in combinations(DISADVANTAGES, 2))))
    if not known:
        return "Adults starting treatment, by the three disadvantages together"
    return f"Adults starting treatment who had both: {'; '.join(known)}"


def _both(overlap: PublishedTable, first: str, second: str) -> str:
    wanted = {name: "yes" if name in (first, second) else "total" for name in DISADVANTAGES}
    shown = overlap.where(**wanted).to_frame(gaps=True)["persons"].dropna()
    names = f"{DISADVANTAGES[first]} and {DISADVANTAGES[second]}"
    return f"{names} {count_text(shown.iloc[0])}" if len(shown) else ""
