"""What the figures of mental health need say, in sentences."""

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, list_text
from cdpb.say import (
    measured,
    of_rows,
    rows_of,
    sentence,
)
from cdpb.statistics.measure import Measure

HIDDEN = "is not shown, to protect people"
NEED_OF_ENGLAND = (
    "England's figures of mental health need are not held, so there is no comparison with them; "
    "surveys of residents ask about mental health in other ways and are no comparator either."
)


def headline(need: Measure, untreated: Measure, area: str, period: str) -> str:
    """The finding in one sentence: adults in need, and those of them who were not treated."""
    if not need.period:
        return sentence(
            f"Figures of mental health need among people starting treatment in {area} are not held"
        )
    if not need.known:
        return sentence(
            f"In {period}, mental health need among adults starting treatment in {area} {HIDDEN}"
        )
    return sentence(
        f"In {period}, {measured(need)} of adults starting treatment in "
        f"{area} had a mental health need{_untreated_text(untreated)}"
    )


def _untreated_text(untreated: Measure) -> str:
    if not untreated.known:
        return f"; how many of them were not treated for it {HIDDEN}"
    return f", and {measured(untreated)} of them were not treated for it"


def need_title(adults: Measure, young: Measure) -> str:
    """Need among adults and young people starting treatment."""
    return f"With a mental health need, of those starting treatment: {_by_group(adults, young)}"


def untreated_title(adults: Measure, young: Measure) -> str:
    """People in need who were not treated for it."""
    return f"Not treated, of those in need: {_by_group(adults, young)}"


def _by_group(adults: Measure, young: Measure) -> str:
    named = (("adults", adults), ("young people", young))
    return list_text(
        f"{name} {measured(each) if each.known else 'not shown'}" for name, each in named
    )


@of_rows
def need_changed(need: PublishedTable) -> str:
    """From the year before to the latest: the share of adults in need."""
    shown = need.where(group="adults", need="yes").to_frame().dropna(subset=["percent_in_need"])
    shown = shown.sort_values("year")
    if len(shown) < 2:
        return ""
    before, after = shown.iloc[-2], shown.iloc[-1]
    return sentence(
        f"From {before['year']} to {after['year']} adults with a mental health need went from "
        f"{count_text(before['persons'])} of {count_text(before['in_all'])} starting treatment to "
        f"{count_text(after['persons'])} of {count_text(after['in_all'])}"
    )


@of_rows
def starting_sentence(starting: PublishedTable, area: str) -> str:
    """How many adults the return would be about, from published figures."""
    last = rows_of(starting, by="year")[-1]
    return sentence(
        f"Published figures give {count_text(last['started'])} adults starting treatment in {area} "
        f"in {last['year']}, rounded to the nearest 5, and say nothing of their mental health"
    )
