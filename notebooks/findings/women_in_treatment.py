"""What the figures of women in treatment say, in sentences."""

from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import interval_text, list_text, percent_decimals, percent_text, rate_text
from cdpb.say import (
    ADULTS,
    compared,
    each_over_years,
    measured,
    moved,
    of_rows,
    row_where,
    rows_of,
    sentence,
    share_text,
    value_text,
)
from cdpb.statistics.measure import Measure

GROUP_NAMES = {
    "opiate": "opiates",
    "non-opiate only": "non-opiates only",
    "alcohol only": "alcohol only",
    "non-opiate & alcohol": "non-opiates and alcohol",
}


def headline(
    share: Measure, england: Measure, groups: PublishedTable, area: str, period: str
) -> str:
    """The finding in one sentence: women's share against England's, and where it differs."""
    only_published(groups)
    if not share.known:
        if not england.known:
            return sentence(f"No numbers in treatment by sex are held for {period} or earlier")
        return sentence(
            f"No numbers in treatment are held for {area}; in England women were "
            f"{value_text(england)} of adults in treatment in {period}"
        )
    return sentence(
        f"In {period}, women were {measured(share)} of adults in treatment in {area}, "
        f"{compared(share, england)}{_groups_that_differ(groups, area)}"
    )


def _groups_that_differ(groups: PublishedTable, area: str) -> str:
    table = groups.to_frame()
    here = table[table["area_name"] == area]
    lower = here[here["compared_with_england"] == "lower"]
    if not len(lower):
        return "; in no substance group was the share lower than England's"
    names = [
        f"{GROUP_NAMES[row['substance_group']]} ({share_text(row, ADULTS)})"
        for _, row in lower.iterrows()
    ]
    return f"; the share was lower than England's among adults treated for {list_text(names)}"


@of_rows
def shares_title(shares: PublishedTable, area: str) -> str:
    """From the first year held to the last, for the area and for England."""
    told = each_over_years(shares, "area_name", (area, "England"), ADULTS)
    return f"Women's share of adults in treatment: {told}"


@of_rows
def groups_title(groups: PublishedTable, area: str) -> str:
    """Which substance group has the smallest share of women, and which the largest."""
    table = groups.to_frame()
    here = table[table["area_name"] == area].sort_values("percent")
    name = area
    if not len(here):
        here, name = table.sort_values("percent"), "England"
    ends = [
        f"{share_text(row, ADULTS)} for {GROUP_NAMES[row['substance_group']]}"
        for row in (here.iloc[0], here.iloc[-1])
    ]
    if len(here) == 1:
        return f"In {name} women's share is {ends[0]}"
    return f"In {name} women's share runs from {ends[0]} to {ends[1]}"


@of_rows
def shares_changed(shares: PublishedTable) -> str:
    """From the year before to the latest: the share, and the women and adults behind it."""
    rows = rows_of(shares, by="year")
    if len(rows) < 2:
        return ""
    before, after = rows[-2:]
    ends = [share_text(row, ADULTS) for row in (before, after)]
    return sentence(
        f"From {before['year']} to {after['year']} women's share went from {ends[0]} to "
        f"{ends[1]}: women {moved(before['women'], after['women'])}, "
        f"all adults {moved(before['adults'], after['adults'])}"
    )


@of_rows
def standardised_title(standardised: PublishedTable, area: str) -> str:
    """The share observed against the share that the mix of substances leads one to expect."""
    row = row_where(standardised, area_name=area)
    if row is None:
        return "Women expected at England's share in each substance group"
    seen, expected = (
        percent_text(row[name], row["adults"]) for name in ("percent", "expected_percent")
    )
    limits = interval_text(row["lower"], row["upper"], percent_decimals(row["adults"]), "%")
    return (
        f"{area}'s mix of substances leads one to expect {expected} women; "
        f"{seen} ({limits}) were counted"
    )


@of_rows
def residents_title(rates: PublishedTable, area: str) -> str:
    """Adults in treatment for every 1,000 residents, here and in England."""
    places = [
        f"{rate_text(row['rate_per_1000'])} in {row['area_name']}"
        for row in sorted(rows_of(rates), key=lambda row: row["area_name"] != area)
    ]
    return f"Adults in treatment per 1,000 residents aged 20 and over: {list_text(places)}"


def rounding_sentence(rounding: PublishedTable, area: str) -> str:
    """How far the publisher's rounding to 5 leaves the share open."""
    row = row_where(rounding, area_name=area)
    if row is None:
        return ""
    share = rate_text(row["percent"])
    limits = interval_text(row["lowest_percent"], row["highest_percent"], 1, "%")
    return sentence(
        f"The publisher rounds {area}'s counts to the nearest 5, so the share of {share}% could "
        f"be anything from {limits} apart from any chance variation"
    )
