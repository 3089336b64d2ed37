"""What the figures of women in treatment say, in sentences."""

from cdpb import say
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import count_text, list_text, percent_text
from cdpb.statistics.comparison import BELOW
from cdpb.statistics.measure import Measure


def headline(
    share: Measure, england: Measure, groups: PublishedTable, area: str, period: str
) -> str:
    """The finding in one sentence: women's share against England's, and where it differs."""
    only_published(groups)
    if not share.known:
        if not england.known:
            return f"No numbers in treatment by sex are held for {period} or earlier."
        return (
            f"No numbers in treatment are held for {area}; in England women were "
            f"{say.value_text(england)} of adults in treatment in {period}."
        )
    return (
        f"In {period}, women were {say.measured(share)} of adults in treatment in {area}, "
        f"{say.compared(share, england)}{_groups_that_differ(groups, area)}. How many women need "
        "treatment is not known, so a share like England's is no sign that they are all reached."
    )


def _groups_that_differ(groups: PublishedTable, area: str) -> str:
    lower = groups.where(area_name=area, tested_together=BELOW)
    # A frame's numbers bear no mark of their row, which is not that of the England they stand by.
    names = [
        f"{say.GROUP_NAMES[row['substance_group']]} ({say.share_text(row, say.ADULTS)})"
        for row in lower.to_frame(gaps=True).to_dict("records")
    ]
    every = count_text(len(groups.where(area_name=area)))
    if not names:
        none = f"none of the {every} substance groups is shown to be below England's"
        return f"; tested together, {none}"
    return (
        f"; with all {every} substance groups tested together, the share is below England's among "
        f"adults treated for {list_text(names)}"
    )


@say.of_rows
def shares_title(shares: PublishedTable, area: str) -> str:
    """From the first year held to the last, for the area and for England."""
    years = say.each_over_years(shares, "area_name", (area, "England"), say.ADULTS)
    return f"Women's share of adults in treatment: {years}"


@say.of_rows
def groups_title(groups: PublishedTable, area: str) -> str:
    """Which substance group has the smallest share of women, and which the largest."""
    name = area if len(groups.where(area_name=area)) else "England"
    shares = say.shares_run(groups.where(area_name=name))
    return f"In {name} women's share {shares}"


def shares_changed(shares: PublishedTable) -> str:
    """From the year before to the latest: the share, and the women and adults behind it."""
    return say.change_sentence(
        shares,
        lambda two: (
            f"women's share went {two.shares(say.ADULTS)}: women {two.moved('women')}, all adults "
            f"{two.moved('adults')}"
        ),
    )


@say.of_rows
def standardised_title(standardised: PublishedTable, area: str) -> str:
    """The share observed against the share that the mix of substances leads one to expect."""
    row = say.row_where(standardised, area_name=area)
    if row is None:
        return "Women expected at England's share in each substance group"
    expected = percent_text(row["expected_percent"], row["adults"])
    return (
        f"With England's share in each substance group, {expected} in {area} would be women; "
        f"{say.share_and_limits(row, say.ADULTS)} are"
    )


def rounding_sentence(rounding: PublishedTable, area: str) -> str:
    """How far the publisher's rounding to 5 leaves the share open."""
    rounded = f"The publisher rounds {say.possessive(area)} counts"
    return say.rounding_caveat(rounding, rounded, area_name=area)
