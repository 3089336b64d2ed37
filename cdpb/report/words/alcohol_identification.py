"""What the figures of referral into alcohol treatment say, in sentences."""

from typing import Any

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import interval_text, percent_text
from cdpb.report.words.common import (
    limits_text,
    moved,
    of_rows,
    row_where,
    rows_of,
    sentence,
    value_text,
)
from cdpb.statistics.at_start import HEALTH, THEMSELVES
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.measure import Measure

GPS_NOT_APART = "The publisher counts GPs among health services and social care, not apart"
ROUTES_OF_ENGLAND = (
    "Referral routes in England are not held: the figures at hand give England's numbers in "
    "treatment alone, so there is no comparison."
)
AGAINST = {"lower": "a smaller share than", "higher": "a larger share than"}


def referral_headline(health: Measure, themselves: Measure, area: str, period: str) -> str:
    """The finding in one sentence: health services' share of those who start for alcohol."""
    if not health.known:
        return sentence(f"No figures of who refers adults to alcohol treatment in {area} are held")
    how = AGAINST.get(compare_measures(health, themselves), "a share similar to")
    return sentence(
        f"In {period}, {HEALTH} referred {value_text(health)} ({limits_text(health)}) of adults "
        f"starting treatment for alcohol alone in {area}, {how} the {value_text(themselves)} who "
        "came by themselves or through family or friends; referrals from GPs are not counted apart"
    )


@of_rows
def routes_title(routes: PublishedTable, area: str) -> str:
    """Which route brings most adults into treatment for alcohol, and which comes next."""
    first, second, *_ = sorted(rows_of(routes), key=lambda row: -row["percent"])
    return (
        f"In {area}, {_share(first)} of adults starting treatment for alcohol alone were referred "
        f"by {first['route']} and {_share(second)} by {second['route']}"
    )


@of_rows
def routes_over_years_title(years: PublishedTable) -> str:
    """Health services' share and people's own in the first year and in the last."""
    told = [
        f"{route} {_ends(rows_of(years.where(route=route), by='year'))}"
        for route in (HEALTH, THEMSELVES)
    ]
    return f"Share of adults starting treatment for alcohol alone: {'; '.join(told)}"


def _ends(rows: list[Any]) -> str:
    first, last = rows[0], rows[-1]
    began = f"{_share(first)} in {first['year']}"
    return began if first is last else f"{began} and {_share(last)} in {last['year']}"


@of_rows
def health_by_group_title(groups: PublishedTable) -> str:
    """The substance groups with the largest and the smallest share from health services."""
    parts = [row for row in rows_of(groups) if row["substance_group"] != "total"]
    order = sorted(parts, key=lambda row: -row["percent"])
    most, least = (f"{_share(row)} ({row['substance_group']})" for row in (order[0], order[-1]))
    return f"Referred by {HEALTH}: from {least} to {most} of adults starting treatment"


@of_rows
def routes_changed(years: PublishedTable) -> str:
    """From the year before to the latest: referrals from health services for alcohol."""
    rows = rows_of(years.where(route=HEALTH), by="year")
    if len(rows) < 2:
        return ""
    before, after = rows[-2:]
    return sentence(
        f"From {before['year']} to {after['year']} adults starting treatment for alcohol alone "
        f"whom {HEALTH} referred {moved(before['referred'], after['referred'])}, from "
        f"{_share(before)} to {_share(after)} of those who started"
    )


@of_rows
def routes_rounding(routes: PublishedTable, area: str) -> str:
    """What the publisher's rounding leaves open of health services' share."""
    row = row_where(routes, route=HEALTH)
    limits = interval_text(row["lowest_percent"], row["highest_percent"], 1, "%")
    return sentence(
        f"The publisher rounds {area}'s counts to the nearest 5: the share of {HEALTH} lies "
        f"within {limits} apart from any chance variation, a printed 0 means 0 to 2, and routes "
        "need not add up to all who started"
    )


def _share(row: Any) -> str:
    return percent_text(row["percent"], row["started"])
