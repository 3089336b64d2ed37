"""Adults in treatment: which of them count as in treatment for alcohol."""

import pandas as pd

from cdpb.statistics.about import passed_on
from cdpb.statistics.rates import total_by
from cdpb.statistics.unmet_need import with_unmet_need

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
