"""What the figures of referral into alcohol treatment say, in sentences."""

from cdpb.disclosure.published import PublishedTable
from cdpb.say import (
    change_sentence,
    each_over_years,
    measured,
    of_rows,
    range_text,
    rounding_sentence_of,
    row_where,
    rows_of,
    sentence,
    share_text,
    value_text,
)
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.in_treatment import HEALTH, THEMSELVES
from cdpb.statistics.measure import Measure

GPS_NOT_APART = "The publisher counts GPs among health services and social care, not apart"
ROUTES_OF_ENGLAND = (
    "Referral routes in England are not held: the figures at hand give England's numbers in "
    "treatment alone, so there is no comparison."
)
AGAINST = {"lower": "a smaller share than", "higher": "a larger share than"}


def headline(health: Measure, themselves: Measure, area: str, period: str) -> str:
    """The finding in one sentence: health services' share of those who start for alcohol."""
    if not health.known:
        return sentence(f"No figures of who refers adults to alcohol treatment in {area} are held")
    how = AGAINST.get(compare_measures(health, themselves), "a share similar to")
    return sentence(
        f"In {period}, {HEALTH} referred {measured(health)} of adults "
        f"starting treatment for alcohol alone in {area}, {how} the {value_text(themselves)} who "
        "came by themselves or through family or friends; referrals from GPs are not counted apart"
    )


@of_rows
def routes_title(routes: PublishedTable, area: str) -> str:
    """Which route brings most adults into treatment for alcohol, and which comes next."""
    first, second, *_ = sorted(rows_of(routes), key=lambda row: -row["percent"])
    return (
        f"In {area}, {share_text(first)} of adults starting treatment for alcohol alone were "
        f"referred by {first['route']} and {share_text(second)} by {second['route']}"
    )


@of_rows
def routes_over_years_title(years: PublishedTable) -> str:
    """Health services' share and people's own in the first year and in the last."""
    told = each_over_years(years, "route", (HEALTH, THEMSELVES))
    return f"Share of adults starting treatment for alcohol alone: {told}"


@of_rows
def health_by_group_title(groups: PublishedTable) -> str:
    """The substance groups with the largest and the smallest share from health services."""
    return f"Referred by {HEALTH}: {range_text(groups)} of adults starting treatment"


@of_rows
def routes_changed(years: PublishedTable) -> str:
    """From the year before to the latest: referrals from health services for alcohol."""
    who = f"adults starting treatment for alcohol alone whom {HEALTH} referred"
    return change_sentence(years.where(route=HEALTH), who, "referred")


@of_rows
def routes_rounding(routes: PublishedTable, area: str) -> str:
    """What the publisher's rounding leaves open of health services' share."""
    return rounding_sentence_of(row_where(routes, route=HEALTH), area, f"of {HEALTH}", "routes")
