"""Sentences and statistics of unmet treatment need."""

import pandas as pd

from cdpb import say
from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, list_text
from cdpb.statistics.about import passed_on
from cdpb.statistics.measure import Measure
from cdpb.statistics.rates import total_by
from cdpb.statistics.treatment import with_unmet_need

KEYS = ["area_code", "year"]
WITH_OTHERS = "alcohol only, or non-opiates and alcohol"
ALONE = "alcohol only"
# Both publishers count people aged 18 and over.
ADULTS = "18+"
# The first gives the figure that was published for England; the second is a sensitivity.
ALCOHOL = {WITH_OTHERS: ["alcohol only", "non-opiate & alcohol"], ALONE: ["alcohol only"]}


def headline(
    alcohol: Measure, england: Measure, treated: PublishedTable, area: str, period: str
) -> str:
    """The finding in one sentence: those in need and not in treatment, and who has come since."""
    if alcohol.known:
        return (
            f"In {period}, an estimated {say.measured(alcohol)} of adults in {area} dependent on "
            f"alcohol were not in treatment, {say.compared(alcohol, england)}."
            f"{_since(treated, alcohol.period)}"
        )
    if not england.known:
        return f"No estimate of need that matches the numbers in treatment is held for {period}."
    return (
        f"No numbers in treatment are held for {area}, so its unmet need can't be worked out; in "
        f"England an estimated {say.measured(england)} of adults dependent on alcohol were not in "
        f"treatment in {period}."
    )


def _since(treated: PublishedTable, year: str) -> str:
    *_, last = say.rows_of(treated, by="year")
    number = say.moved(say.row_where(treated, year=year)["people"], last["people"])
    return f" From then to {last['year']} those in treatment {number}." * (last["year"] > year)


def unmet_need_title(measures: list[Measure]) -> str:
    """Who goes untreated, place by place."""
    places = [f"{say.value_text(each)} in {each.label}" for each in measures if each.known]
    return f"Dependent on alcohol and not in treatment: {list_text(places)}"


@say.of_rows
def opiate_crack_title(estimates: PublishedTable) -> str:
    """The estimates held, series by series, with no line drawn between them."""
    series = count_text(len({row["series"] for row in say.rows_of(estimates)}))
    latest = say.rows_of(estimates.where(area_name="England"), by="year")[-1]
    return (
        f"An estimated {count_text(latest['users'])} people in England used opiates or crack in "
        f"{latest['year']}; the {series} series count in different ways and are not joined"
    )


def sensitivity_note(measure: Measure, alone: Measure) -> str:
    """What the narrower definition of treatment would give."""
    if not (measure.known and alone.known) or measure.value == alone.value:
        return ""
    share = say.value_text(alone)
    return f"Counting as in treatment only those treated for alcohol alone gives {share}."


def unmet_changed(unmet: PublishedTable) -> str:
    """From the year before to the latest: the share, and the people in treatment."""
    return say.change_sentence(
        unmet,
        lambda two: (
            f"the share not in treatment went {two.shares('in_need')}, and people in treatment "
            f"{two.moved('people')}"
        ),
    )


@say.of_rows
def unmet_series_title(unmet: PublishedTable, area: str) -> str:
    """The share not in treatment in the first year and in the last, for one place."""
    names = sorted({str(row["area_name"]) for row in say.rows_of(unmet)})
    name = area if area in names else names[0]
    years = say.share_over_years(unmet.where(area_name=name), "in_need")
    return f"Not in treatment in {name}: {years}"


def in_alcohol_treatment(treated: pd.DataFrame) -> pd.DataFrame:
    """Adults in treatment for alcohol by area, year and each ``definition``, both sexes together.

    Two groups that the publisher rounded are summed; nobody is in two groups.
    """
    sides = []
    for name, groups in ALCOHOL.items():
        of_groups = treated[treated["substance_group"].isin(groups)]
        sides.append(total_by(of_groups, KEYS, "people").assign(definition=name))
    return passed_on(pd.concat(sides, ignore_index=True), treated)


def in_need(estimates: pd.DataFrame) -> pd.DataFrame:
    """Adults estimated to be dependent on alcohol by area and year: ``in_need`` with its limits."""
    named = {"dependent_adults": "in_need", "lower": "in_need_lower", "upper": "in_need_upper"}
    return passed_on(estimates.rename(columns=named)[[*KEYS, *named.values()]], estimates)


def unmet_alcohol_need(treated: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """The share of adults dependent on alcohol who are not in treatment for it.

    By area, year and definition: ``people``, ``in_need`` with its limits, and ``percent`` with
    ``lower`` and ``upper``. Only years that both sides hold.
    """
    need, counted = in_need(estimates), in_alcohol_treatment(treated)
    both = counted.merge(need, on=KEYS).assign(ages=ADULTS, in_need_ages=ADULTS)
    source = estimates.attrs.get("source")
    return with_unmet_need(passed_on(both, counted, denominator_source=source))
