"""What the figures of referral into alcohol treatment say, in sentences."""

from dataclasses import replace

from cdpb import say
from cdpb.disclosure.published import PublishedTable
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.measure import Measure
from cdpb.statistics.treatment import HEALTH, THEMSELVES

GPS_NOT_APART = "The publisher counts GPs among health services and social care, not apart"
ROUTES_OF_ENGLAND = "We hold no figures of referral routes in England to compare with."

# How the ratio of the two routes stands to 1, with all that the publisher's rounding allows.
WHO_WERE = {
    "lower": "which is more",
    "higher": "which is fewer",
    "similar": "a difference that may be chance or rounding",
}


def headline(health: Measure, themselves: Measure, against: Measure, area: str, period: str) -> str:
    """The finding in one sentence: two routes into treatment for alcohol, of the same people."""
    if not health.known:
        return f"No figures of who refers adults to alcohol treatment in {area} are held."
    return (
        f"In {period}, {HEALTH} referred {say.measured(health)} of adults starting treatment for "
        f"alcohol alone in {area}; {say.measured(themselves)} came by themselves or through family "
        f"or friends, {_set_apart(against)}. Referrals from GPs are not counted apart."
    )


def _set_apart(against: Measure) -> str:
    side = compare_measures(against, replace(against, value=1.0))
    return WHO_WERE.get(side, "and the two are not compared")


@say.of_rows
def against_title(against: PublishedTable) -> str:
    """The two routes as parts of one whole: their ratio, and what chance and rounding allow."""
    (row,) = say.rows_of(against)
    ratio = say.with_limits(row["part_ratio"], row["ratio_lower"], row["ratio_upper"])
    return (
        f"For each adult who came by themselves or through family or friends, {HEALTH} referred "
        f"{ratio}"
    )


@say.of_rows
def routes_title(routes: PublishedTable, area: str) -> str:
    """Which route brings most adults into treatment for alcohol, and which comes next."""
    first, second, *_ = sorted(say.rows_of(routes), key=lambda row: -row["percent"])
    came, next_came = (f"{say.share_text(row)} {_came(row['route'])}" for row in (first, second))
    return f"Of adults in {area} starting treatment for alcohol alone, {came} and {next_came}"


def _came(route: str) -> str:
    if route == THEMSELVES:
        return "came by themselves or through family or friends"
    return f"were referred by {route}"


@say.of_rows
def routes_over_years_title(years: PublishedTable) -> str:
    """Health services' share and people's own in the first year and in the last."""
    shares = say.each_over_years(years, "route", (HEALTH, THEMSELVES))
    return f"Share of adults starting treatment for alcohol alone: {shares}"


@say.of_rows
def health_by_group_title(groups: PublishedTable) -> str:
    """The substance groups with the largest and the smallest share from health services."""
    return f"Referred by {HEALTH}: {say.range_text(groups)} of adults starting treatment"


@say.of_rows
def routes_changed(years: PublishedTable) -> str:
    """From the year before to the latest: referrals from health services for alcohol."""
    who = f"adults starting treatment for alcohol alone whom {HEALTH} referred"
    return say.starters_changed(years.where(route=HEALTH), who, "referred")


@say.of_rows
def routes_rounding(routes: PublishedTable, area: str) -> str:
    """What the publisher's rounding leaves open of health services' share."""
    row = say.row_where(routes, route=HEALTH)
    return say.starters_rounding(row, area, f"of {HEALTH}", "routes")
