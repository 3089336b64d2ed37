"""What the figures of parents in treatment say, in sentences."""

from typing import Any

import pandas as pd

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import capital, count_text, interval_text, list_text, percent_text, rate_text
from cdpb.periods import FinancialYear
from cdpb.say import (
    ADULTS,
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
from cdpb.statistics.about import passed_on
from cdpb.statistics.measure import HIDDEN, Measure
from cdpb.statistics.need import with_unmet_need
from cdpb.statistics.shares import shares_of

PARENTS_OF_ENGLAND = (
    "England's figures at hand give numbers in treatment alone, without parents, so there is no "
    "comparison with England."
)


def headline(share: Measure, unmet: list[Measure], area: str, period: str) -> str:
    """The finding in one sentence: parents not in treatment, or parents among those who are."""
    known = [each for each in unmet if each.known]
    if known:
        told = [f"{measured(each)} for {each.label}" for each in known]
        return sentence(
            f"In {known[0].period}, the share of parents in {area} estimated to be dependent and "
            f"not in treatment was {list_text(told)}{_and_in_treatment(share, period)}"
        )
    need = f"how many parents in {area} need treatment has not been received"
    if any(each.note == HIDDEN for each in unmet):
        need = (
            f"how many of the parents in {area} estimated to be dependent are not in treatment is "
        )
        need += "not shown, to protect people"
    if not share.known:
        return sentence(f"No figures of parents in treatment in {area} are held; {need}")
    return sentence(
        f"In {period}, {measured(share)} of adults in treatment in {area} were {LIVING}; {need}"
    )


def _and_in_treatment(share: Measure, period: str) -> str:
    if not share.known:
        return ""
    return f"; in {period}, {value_text(share)} of adults in treatment were {LIVING}"


@of_rows
def parents_title(shares: PublishedTable, area: str) -> str:
    """Parents with and without their children among all in treatment, first year and last."""
    told = each_over_years(shares.where(who=ALL), "children", (LIVING, APART), ADULTS)
    return f"Of adults in treatment in {area}: {told}"


@of_rows
def starters_title(of_year: PublishedTable) -> str:
    """Parents living with children: of all in treatment, against those who just started."""
    every, started = (row_where(of_year, who=who, children=LIVING) for who in (ALL, STARTED))
    told = [
        f"{share_text(row, ADULTS)} of {whom}"
        for row, whom in ((every, "all in treatment"), (started, "those starting treatment"))
        if row is not None
    ]
    return f"{capital(LIVING)} were {list_text(told)}"


@of_rows
def parents_by_substance_title(groups: PublishedTable) -> str:
    """In which substance group parents living with children are most, and in which least."""
    rows = sorted(rows_of(groups), key=lambda row: row["percent"])
    least, most = (
        f"{share_text(row, ADULTS)} for {row['substance_group']}" for row in (rows[0], rows[-1])
    )
    if len(rows) == 1:
        return f"The share who were {LIVING} is {most}"
    return f"The share who were {LIVING} runs from {least} to {most}"


@of_rows
def parents_changed(shares: PublishedTable) -> str:
    """From the year before to the latest: parents living with children, of all in treatment."""
    rows = rows_of(shares.where(who=ALL, children=LIVING), by="year")
    if len(rows) < 2:
        return ""
    before, after = rows[-2:]
    ends = [share_text(row, ADULTS) for row in (before, after)]
    return sentence(
        f"From {before['year']} to {after['year']} {LIVING} {_moved(before, after, 'adults_so')}, "
        f"all adults in treatment {_moved(before, after, 'adults')}, and their share went from "
        f"{ends[0]} to {ends[1]}; counts are rounded to 5"
    )


def _moved(before: Any, after: Any, column: str) -> str:
    return moved(before[column], after[column])


@of_rows
def parents_rounding(of_year: PublishedTable) -> str:
    """How far the publisher's rounding to 5 leaves the share open."""
    row = row_where(of_year, who=ALL, children=LIVING)
    if row is None:
        return ""
    limits = interval_text(row["lowest_percent"], row["highest_percent"], 1, "%")
    return sentence(
        f"Counts are rounded to the nearest 5, so the share of {rate_text(row['percent'])}% could "
        f"be anything from {limits} apart from any chance variation"
    )


@of_rows
def children_sentence(children: PublishedTable) -> str:
    """How many children lived with the adults in treatment, and in the year counted before."""
    *before, latest = rows_of(children, by="year")
    told = (
        f"{count_text(latest['children_living'])} children were recorded as living with adults in "
        f"treatment in {latest['year']}, rounded to 5"
    )
    return sentence(told + (f"; {_children_before(before[-1], latest)}" if before else ""))


def _children_before(before: Any, latest: Any) -> str:
    """The last figure before, and that years between are missing where they are."""
    gap = FinancialYear.parse(latest["year"]).start - FinancialYear.parse(before["year"]).start > 1
    missing = ", and no figure is held for the time between" if gap else ""
    return f"{count_text(before['children_living'])} in {before['year']}{missing}"


@of_rows
def unmet_parents_title(need: PublishedTable) -> str:
    """Substance by substance: parents in treatment of those estimated to be dependent."""
    told = [f"{row['substance']} {_unmet_text(row)}" for row in rows_of(need, by="substance")]
    return f"Parents estimated to be dependent and not in treatment: {list_text(told)}"


def _unmet_text(row: Any) -> str:
    """The share; that it isn't shown, where the count that it is made of is hidden."""
    return "not shown" if row["percent"] is None else percent_text(row["percent"], row["in_need"])


# Statistics of this finding alone


LIVING = "parents living with children"
APART = "parents not living with their children"
CHILDREN = {
    "parentlivingwithchildren": LIVING,
    "othercontactlivingwithchildren": "others living with children",
    "parentsnotwithchildren": APART,
    "notparentnocontactwithchildren": "no children",
    "livingwithincompletedata": "not known",
}
ALL, STARTED = "all in treatment", "starting treatment"
# Whom the publisher's measures are of, by how their names end, and who they are a share of.
WHO = {ALL: ("all", "in_treatment"), STARTED: ("new", "new_presentations")}
NEED = {"parents_in_need": "in_need", "lower": "in_need_lower", "upper": "in_need_upper"}


def by_children(adults: pd.DataFrame) -> pd.DataFrame:
    """The share of adults in treatment, and of those starting it, in each situation with children.

    Parameters
    ----------
    adults : pandas.DataFrame
        ``area_code``, ``year``, ``substance_group``, ``measure``, ``people`` and the bounds that
        the publisher's rounding leaves, as loaded; one sex, or both together.

    Returns
    -------
    pandas.DataFrame
        A row a situation: ``who`` (all in treatment, or starting treatment), ``children``,
        ``adults_so``, ``adults``, ``percent``, ``lower``, ``upper``, ``lowest_percent`` and
        ``highest_percent``.
    """
    sides = []
    for who, (ending, whole) in WHO.items():
        parts = {f"children_{name}_{ending}": told for name, told in CHILDREN.items()}
        shares = shares_of(adults, parts, whole, into="children", named=("adults_so", "adults"))
        sides.append(shares.assign(who=who))
    both = pd.concat(sides, ignore_index=True).drop(columns=["sex"], errors="ignore")
    return passed_on(both, sides[0])


def parents_estimated(estimates: pd.DataFrame) -> pd.DataFrame:
    """Parents in treatment beside those estimated to be dependent, in the words of pages.

    Parameters
    ----------
    estimates : pandas.DataFrame
        ``area_code, year, substance, parents_in_need, lower, upper, in_treatment``.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, substance, in_treatment`` and ``in_need`` with its limits.
    """
    return passed_on(estimates.rename(columns=NEED), estimates)


def parents_unmet(estimated: pd.DataFrame) -> pd.DataFrame:
    """The share of parents estimated to be dependent who are not in treatment.

    Parameters
    ----------
    estimated : pandas.DataFrame
        As `parents_estimated` gives it; a hidden count of parents in treatment is missing.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, substance, parents, in_need`` with its limits, ``percent``, ``lower``
        and ``upper``: those of the estimate, carried through.
    """
    counted = estimated.rename(columns={"in_treatment": "parents"})
    return with_unmet_need(passed_on(counted, estimated), "parents")
