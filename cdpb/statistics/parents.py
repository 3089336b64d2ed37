"""Parents among adults in treatment, and among those estimated to be in need."""

import pandas as pd

from cdpb.statistics.about import passed_on
from cdpb.statistics.shares import shares_of
from cdpb.statistics.unmet_need import with_unmet_need

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
