"""What the figures of unmet treatment need say, in sentences."""

import pandas as pd

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, list_text, percent_text
from cdpb.say import (
    compared,
    measured,
    moved,
    of_rows,
    rows_of,
    sentence,
    value_text,
    years_text,
)
from cdpb.statistics.about import passed_on
from cdpb.statistics.measure import Measure
from cdpb.statistics.need import with_unmet_need
from cdpb.statistics.rates import total_by


def headline(alcohol: Measure, england: Measure, area: str, period: str) -> str:
    """The finding in one sentence: the share of those in need who are not in treatment."""
    if not alcohol.known:
        return _only_england(england, area, period)
    return sentence(
        f"In {period}, an estimated {measured(alcohol)} of adults in {area} "
        f"dependent on alcohol were not in treatment, {compared(alcohol, england)}"
    )


def _only_england(england: Measure, area: str, period: str) -> str:
    if not england.known:
        return sentence(
            f"No estimate of need that matches the numbers in treatment is held for {period}"
        )
    return sentence(
        f"No numbers in treatment are held for {area}, so its unmet need can't be worked out; "
        f"in England an estimated {measured(england)} of adults "
        f"dependent on alcohol were not in treatment in {period}"
    )


def unmet_need_title(measures: list[Measure]) -> str:
    """Who goes untreated, place by place."""
    places = [f"{value_text(each)} in {each.label}" for each in measures if each.known]
    return f"Dependent on alcohol and not in treatment: {list_text(places)}"


@of_rows
def opiate_crack_title(estimates: PublishedTable) -> str:
    """The estimates held, series by series, with no line drawn between them."""
    table = estimates.to_frame()
    series = count_text(len(table["series"].unique()))
    england = table[table["area_name"] == "England"].sort_values("year")
    latest = england.iloc[-1]
    return (
        f"{series} series of estimates, not to be compared with each other; the latest puts "
        f"England at {count_text(latest['users'])} people in {latest['year']}"
    )


def sensitivity_note(measure: Measure, alone: Measure) -> str:
    """What the narrower definition of treatment would give."""
    if not (measure.known and alone.known) or measure.value == alone.value:
        return ""
    return sentence(
        f"Counting as in treatment only those treated for alcohol alone gives {value_text(alone)}"
    )


@of_rows
def unmet_changed(unmet: PublishedTable) -> str:
    """From the year before to the latest: the share, and the people in treatment."""
    rows = rows_of(unmet, by="year")
    if len(rows) < 2:
        return ""
    before, after = rows[-2:]
    shares = [percent_text(row["percent"], row["in_need"]) for row in (before, after)]
    return sentence(
        f"From {before['year']} to {after['year']} the share not in treatment went from "
        f"{shares[0]} to {shares[1]}, and people in treatment "
        f"{moved(before['people'], after['people'])}"
    )


@of_rows
def unmet_series_title(unmet: PublishedTable, area: str) -> str:
    """The share not in treatment in the first year and in the last, for one place."""
    names = {str(row["area_name"]) for row in rows_of(unmet)}
    name = area if area in names else sorted(names)[0]
    rows = rows_of(unmet.where(area_name=name), by="year")
    told = years_text(rows, "percent", lambda row: percent_text(row["percent"], row["in_need"]))
    return f"Not in treatment in {name}: {told}"


# Statistics of this finding alone


WITH_OTHERS = "alcohol only, or non-opiates and alcohol"
ALONE = "alcohol only"
# Both publishers count people aged 18 and over.
ADULTS = "18+"
# The first gives the figure that was published for England; the second is a sensitivity.
ALCOHOL = {WITH_OTHERS: ["alcohol only", "non-opiate & alcohol"], ALONE: ["alcohol only"]}


def in_alcohol_treatment(treated: pd.DataFrame) -> pd.DataFrame:
    """Adults in treatment for alcohol, by each definition.

    Parameters
    ----------
    treated : pandas.DataFrame
        ``area_code``, ``year``, ``substance_group`` and ``people``, both sexes together.

    Returns
    -------
    pandas.DataFrame
        ``area_code``, ``year``, ``people`` and ``definition``. The sum of two groups that
        the publisher rounded is what stands here; nobody is in two groups.
    """
    sides = [
        total_by(
            treated[treated["substance_group"].isin(groups)], ["area_code", "year"], "people"
        ).assign(definition=definition)
        for definition, groups in ALCOHOL.items()
    ]
    return passed_on(pd.concat(sides, ignore_index=True), treated)


def in_need(estimates: pd.DataFrame) -> pd.DataFrame:
    """Adults estimated to be dependent on alcohol, whether numbers in treatment are held or not.

    Parameters
    ----------
    estimates : pandas.DataFrame
        ``area_code``, ``year``, ``dependent_adults``, ``lower`` and ``upper``.

    Returns
    -------
    pandas.DataFrame
        ``area_code``, ``year``, and ``in_need`` with its limits.
    """
    named = {"dependent_adults": "in_need", "lower": "in_need_lower", "upper": "in_need_upper"}
    columns = ["area_code", "year", *named.values()]
    return passed_on(estimates.rename(columns=named)[columns], estimates)


def unmet_alcohol_need(treated: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """The share of adults dependent on alcohol who are not in treatment for it.

    Parameters
    ----------
    treated : pandas.DataFrame
        As for `in_alcohol_treatment`.
    estimates : pandas.DataFrame
        ``area_code``, ``year``, ``dependent_adults``, ``lower`` and ``upper``.

    Returns
    -------
    pandas.DataFrame
        The area, year and definition; ``people``, ``in_need`` with its limits, and
        ``percent``, ``lower`` and ``upper``. Only years that both sides hold.
    """
    need, counted = in_need(estimates), in_alcohol_treatment(treated)
    both = passed_on(
        counted.merge(need, on=["area_code", "year"]).assign(ages=ADULTS, in_need_ages=ADULTS),
        counted,
        denominator_source=estimates.attrs.get("source"),
    )
    return with_unmet_need(both)
