"""What the figures of mental health need say, in sentences."""

from cdpb import say
from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, list_text
from cdpb.statistics.measure import Measure

HIDDEN = "is not shown, to protect people"
NEED_OF_ENGLAND = (
    "We hold no figures of mental health need among people in treatment in England, and surveys of "
    "residents ask about mental health in other ways."
)


def headline(need: Measure, untreated: Measure, area: str, period: str) -> str:
    """The finding in one sentence: adults in need, and those of them who were not treated."""
    starting = f"starting treatment in {area}"
    if not need.period:
        return f"Figures of mental health need among people {starting} are not held."
    if not need.known:
        return f"In {period}, mental health need among adults {starting} {HIDDEN}."
    not_treated = f"; how many of them were not treated for it {HIDDEN}"
    if untreated.known:
        not_treated = f", and {say.measured(untreated)} of them were not treated for it"
    share = f"{say.measured(need)} of adults {starting}"
    return f"In {period}, {share} had a mental health need{not_treated}."


def need_title(adults: Measure, young: Measure) -> str:
    """Need among adults and young people starting treatment."""
    return f"With a mental health need, of those starting treatment: {_by_group(adults, young)}"


def untreated_title(adults: Measure, young: Measure) -> str:
    """People in need who were not treated for it."""
    return f"Not treated, of those in need: {_by_group(adults, young)}"


def _by_group(adults: Measure, young: Measure) -> str:
    named = (("adults", adults), ("young people", young))
    return list_text(
        f"{name} {say.measured(each) if each.known else 'not shown'}" for name, each in named
    )


@say.of_rows
def need_changed(need: PublishedTable) -> str:
    """From the year before to the latest that are shown: the share of adults in need."""
    adults = need.where(group="adults", need="yes").to_frame(gaps=True)
    shown = adults.dropna(subset=["percent_in_need"])
    if len(shown) < 2:
        return ""
    rows = shown.sort_values("year").iloc[-2:]
    before, after = map(say.out_of, rows["persons"], rows["in_all"])
    return (
        f"From {' to '.join(rows['year'])} adults with a mental health need went from {before} "
        f"starting treatment to {after}."
    )


@say.of_rows
def starting_sentence(starting: PublishedTable, area: str) -> str:
    """How many adults the return would be about, from published figures."""
    last = say.rows_of(starting, by="year")[-1]
    return (
        f"{count_text(last['started'])} adults started treatment in {area} in {last['year']}, "
        "rounded to the nearest 5; how many of them need help with their mental health is not "
        "published."
    )
