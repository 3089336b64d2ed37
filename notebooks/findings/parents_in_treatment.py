"""Sentences and statistics of parents in treatment."""

import pandas as pd

from cdpb import say
from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import capital, count_text, list_text, percent_text
from cdpb.periods import FinancialYear
from cdpb.statistics.about import passed_on
from cdpb.statistics.measure import HIDDEN, Measure
from cdpb.statistics.shares import shares_of
from cdpb.statistics.treatment import with_unmet_need

PARENTS_OF_ENGLAND = "We hold no figures of parents in treatment in England to compare with."
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


def headline(share: Measure, unmet: list[Measure], area: str, period: str) -> str:
    """The finding in one sentence: parents not in treatment, or parents among those who are."""
    known = [each for each in unmet if each.known]
    if known:
        not_treated = list_text(f"{say.measured(each)} for {each.label}" for each in known)
        among = f"; in {period}, {say.value_text(share)} of adults in treatment were {LIVING}"
        return (
            f"In {known[0].period}, the share of parents in {area} estimated to be dependent and "
            f"not in treatment was {not_treated}{among if share.known else ''}."
        )
    need = f"no estimate of how many parents in {area} need treatment has been received"
    if any(each.note == HIDDEN for each in unmet):
        need = (
            f"how many of the parents in {area} estimated to be dependent are not in treatment is "
            "not shown, to protect people"
        )
    if not share.known:
        return f"No figures of parents in treatment in {area} are held; {need}."
    in_treatment = f"{say.measured(share)} of adults in treatment in {area}"
    return f"In {period}, {in_treatment} were {LIVING}; {need}."


@say.of_rows
def parents_title(shares: PublishedTable, area: str) -> str:
    """Parents with and without their children among all in treatment, first year and last."""
    of_all = shares.where(who=ALL)
    years = say.each_over_years(of_all, "children", (LIVING, APART), say.ADULTS)
    return f"Of adults in treatment in {area}: {years}"


@say.of_rows
def starters_title(of_year: PublishedTable) -> str:
    """Parents living with children: of all in treatment, against those who just started."""
    rows = {
        whom: row
        for who, whom in ((ALL, ALL), (STARTED, f"those {STARTED}"))
        if (row := say.row_where(of_year, who=who, children=LIVING)) is not None
    }
    fewest = min(row[say.ADULTS] for row in rows.values())
    shares = [f"{percent_text(row['percent'], fewest)} of {whom}" for whom, row in rows.items()]
    return f"{capital(LIVING)} were {list_text(shares)}"


@say.of_rows
def parents_by_substance_title(groups: PublishedTable) -> str:
    """In which substance group parents living with children are most, and in which least."""
    return f"The share who were {LIVING} {say.shares_run(groups)}"


@say.of_rows
def parents_changed(shares: PublishedTable) -> str:
    """From the year before to the latest: parents living with children, of all in treatment."""
    return say.change_sentence(
        shares.where(who=ALL, children=LIVING),
        lambda two: (
            f"{LIVING} {two.moved('adults_so')}, all adults in treatment {two.moved('adults')}, "
            f"and their share went {two.shares(say.ADULTS)}; counts are rounded to the nearest 5"
        ),
    )


def parents_rounding(of_year: PublishedTable) -> str:
    """How far the publisher's rounding to 5 leaves the share open."""
    return say.rounding_caveat(of_year, "Counts are rounded", who=ALL, children=LIVING)


@say.of_rows
def children_sentence(children: PublishedTable) -> str:
    """How many children lived with the adults in treatment, and in the year counted before."""
    *earlier, latest = say.rows_of(children, by="year")
    before = ""
    if earlier:
        number, year = count_text(earlier[-1]["children_living"]), earlier[-1]["year"]
        gap = FinancialYear.parse(latest["year"]).start - FinancialYear.parse(year).start > 1
        missing = ", and we hold no figure for the time between" if gap else ""
        before = f"; {number} in {year}{missing}"
    return (
        f"{count_text(latest['children_living'])} children were recorded as living with adults in "
        f"treatment in {latest['year']}, rounded to the nearest 5{before}."
    )


@say.of_rows
def unmet_parents_title(need: PublishedTable) -> str:
    """Substance by substance: parents in treatment of those estimated to be dependent."""
    # A share has no value where the count that it is made of is hidden.
    shares = [
        f"{row['substance']} "
        f"{'not shown' if row['percent'] is None else say.share_text(row, 'in_need')}"
        for row in say.rows_of(need, by="substance")
    ]
    return f"Parents estimated to be dependent and not in treatment: {list_text(shares)}"


def by_children(adults: pd.DataFrame) -> pd.DataFrame:
    """The share of adults in treatment, and of those starting it, in each situation with children.

    One row per situation: ``who`` (all in treatment, or starting treatment), ``children``,
    ``adults_so``, ``adults``, ``percent`` with its limits, and what the publisher's rounding leaves
    of it (``lowest_percent``, ``highest_percent``). Of one sex, or both together.
    """
    sides = []
    for who, (ending, whole) in WHO.items():
        parts = {f"children_{name}_{ending}": situation for name, situation in CHILDREN.items()}
        shares = shares_of(adults, parts, whole, into="children", named=("adults_so", "adults"))
        sides.append(shares.assign(who=who))
    both = pd.concat(sides, ignore_index=True).drop(columns=["sex"], errors="ignore")
    return passed_on(both, sides[0])


def parents_estimated(estimates: pd.DataFrame) -> pd.DataFrame:
    """Parents in treatment beside those estimated to be dependent, ``in_need`` with its limits."""
    return passed_on(estimates.rename(columns=NEED), estimates)


def parents_unmet(estimated: pd.DataFrame) -> pd.DataFrame:
    """The share of parents estimated to be dependent who are not in treatment.

    ``parents`` are those in treatment, missing where their number is hidden; ``percent``, ``lower``
    and ``upper`` are those of the estimate, carried through.
    """
    counted = estimated.rename(columns={"in_treatment": "parents"})
    return with_unmet_need(passed_on(counted, estimated), "parents")
