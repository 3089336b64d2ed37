"""People in treatment: over time, against the year before, and who they are at the start."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from cdpb.periods import FinancialYear, financial_years_of, month_name
from cdpb.statistics.about import passed_on
from cdpb.statistics.intervals import normal_quantile, poisson_interval
from cdpb.statistics.ratios import rate_ratio
from cdpb.statistics.shares import shares_of

COUNTED = ["year", "month_end", "people_before", "people"]


def indexed(treated: pd.DataFrame, by: str = "area_code") -> pd.DataFrame:
    """Numbers in treatment against the first year held, which is 100, with Poisson limits.

    Parameters
    ----------
    treated : pandas.DataFrame
        ``by``, ``year`` and ``people``, one row a year.

    Returns
    -------
    pandas.DataFrame
        The table with ``indexed``, and ``lower`` and ``upper`` of the people: how far a
        number of this size moves by chance alone. Without the first year there is no index.
    """
    ordered = treated.sort_values([by, "year"], ignore_index=True)
    # Not pandas' "first", which passes over a hidden year and would call the next one 100.
    first = ordered.groupby(by)["people"].transform(lambda people: people.iloc[0])
    limits = poisson_interval(ordered["people"])
    result = ordered.assign(indexed=100 * ordered["people"] / first, **limits)
    return passed_on(result, treated, value="people", unit="people", method="Poisson limits")


def of_years(people: pd.DataFrame, held: Sequence[str], year: str) -> pd.DataFrame:
    """The months of the years that are held, up to one year, with the ``year`` of each.

    A year is whole without the months in which nothing is collected, so it is the source that
    says which years are held.
    """
    dated = people.assign(year=financial_years_of(people["month"]).astype("str"))
    shown = dated["year"].isin([each for each in held if each <= year])
    return passed_on(dated[shown].reset_index(drop=True), people)


def against_year_before(
    people: pd.DataFrame, years: Iterable[str], count: str = "people"
) -> pd.DataFrame:
    """People (or events) over the twelve months to March against those over the twelve before.

    The two windows don't overlap, which those of neighbouring months do. Somebody treated in
    both counts in both, so the limits are wider than the change of the same people would be.

    Parameters
    ----------
    people : pandas.DataFrame
        Published months: ``month``, the count and, where there is one, ``methodology``.
    years : list of str
        Financial years.
    count : str, default "people"
        The column counted, over twelve months each.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``month_end``, ``people_before``, ``people``, ``ratio``, ``lower`` and
        ``upper``; missing where either count is hidden. No row for a year of which either March
        has no row, or before which the methodology changed: such figures are not compared.
    """
    by_month = people.drop_duplicates("month").set_index("month").rename(columns={count: "people"})
    rows = [_march(by_month, FinancialYear.parse(year)) for year in years]
    table = pd.DataFrame([row for row in rows if row], columns=COUNTED)
    return passed_on(
        table.assign(**_limits(table)),
        people,
        value="ratio",
        unit="times",
        method="ratio of two counts, exact limits",
    )


def _march(by_month: pd.DataFrame, year: FinancialYear) -> tuple[object, ...] | None:
    """The year, its last month and the people of both Marches; None unless they compare."""
    last, before = year.months[-1], year.previous().months[-1]
    if not {last, before} <= set(by_month.index):
        return None
    both = by_month.loc[[before, last]]
    if "methodology" in both and _differ(both["methodology"]):
        return None
    shown = both["people"].notna().all()
    counts = [int(count) if shown else None for count in both["people"]]
    return str(year), month_name(last), *counts


def _differ(methodology: pd.Series) -> bool:
    return methodology.nunique(dropna=False) > 1


def _limits(table: pd.DataFrame) -> dict[str, pd.Series]:
    names = ("ratio", "lower", "upper")
    if table.empty:
        return {name: pd.Series(dtype="float64") for name in names}
    ones, known = pd.Series(1, index=table.index), table["people"].notna()
    counts = table.loc[known, ["people", "people_before"]].astype("int64")
    found = rate_ratio(counts["people"], ones[known], counts["people_before"], ones[known])
    found = found.reindex(table.index)
    return {name: found[name] for name in names}


def beside(adults: pd.DataFrame, young: pd.DataFrame) -> pd.DataFrame:
    """The change of adults in treatment divided by that of young people, year by year.

    Parameters
    ----------
    adults, young : pandas.DataFrame
        As `against_year_before` gives them.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``adults_ratio``, ``young_ratio``, and ``ratio``, the one over the other,
        with ``lower`` and ``upper`` on the log scale, from the four counts. Only years that
        both have.

    References
    ----------
    Rothman, Greenland and Lash (2008), Modern Epidemiology, 3rd edition, chapter 14.
    """
    both = adults.merge(young, on="year", suffixes=("", "_young"))
    counts = both[["people", "people_before", "people_young", "people_before_young"]]
    spread = normal_quantile(0.95) * np.sqrt((1 / counts.astype("float64")).sum(axis=1))
    relative = both["ratio"] / both["ratio_young"]
    table = both[["year"]].assign(
        adults_ratio=both["ratio"],
        young_ratio=both["ratio_young"],
        ratio=relative,
        lower=relative * np.exp(-spread),
        upper=relative * np.exp(spread),
    )
    return passed_on(table, adults, value="ratio", unit="times", method="limits on the log scale")


STARTED = "new_presentations"
# GPs are counted by the publisher among health services and social care, and not by themselves.
HEALTH, THEMSELVES = "health services and social care", "self, family or friends"
ROUTES = {
    "referral_self_family_friends_new": THEMSELVES,
    "referral_health_services_social_care_new": HEALTH,
    "referral_criminal_justice_new": "criminal justice",
    "referral_substance_misuse_service_new": "another substance misuse service",
    "referral_other_new": "other",
    "referral_missing_new": "not known",
}
URGENT, HOUSING_PROBLEM = "urgent housing problem", "other housing problem"
HOUSING = {
    "housing_urgentproblem_new": URGENT,
    "housing_housingproblem_new": HOUSING_PROBLEM,
    "housing_noproblem_new": "no housing problem",
    "housing_other_new": "other",
    "housing_notstatedormissing_new": "not stated",
}
EMPLOYED, UNEMPLOYED, SICK = (
    "regular employment",
    "unemployed or inactive",
    "long-term sick or disabled",
)
EMPLOYMENT = {
    "employment_regularemployment_new": EMPLOYED,
    "employment_unemployedinactive_new": UNEMPLOYED,
    "employment_longtermsickdisabled_new": SICK,
    "employment_ineducation_new": "in education",
    "employment_unpaidvoluntary_new": "unpaid or voluntary work",
    "employment_other_new": "other",
    "employment_notstatedmissing_new": "not stated",
}


def referral_routes(adults: pd.DataFrame) -> pd.DataFrame:
    """The share of adults starting treatment who came by each route.

    Parameters
    ----------
    adults : pandas.DataFrame
        ``area_code``, ``year``, ``substance_group``, ``measure``, ``people`` and the bounds that
        the publisher's rounding leaves, as loaded; one sex, or both together.

    Returns
    -------
    pandas.DataFrame
        A row a route: ``route``, ``referred``, ``started``, ``percent``, ``lower``, ``upper``,
        ``lowest_percent`` and ``highest_percent``.
    """
    return _at_start(adults, ROUTES, "route", "referred")


def housing_at_start(adults: pd.DataFrame) -> pd.DataFrame:
    """The share of adults starting treatment in each housing situation; ``housing``."""
    return _at_start(adults, HOUSING, "housing", "adults")


def employment_at_start(adults: pd.DataFrame) -> pd.DataFrame:
    """The share of adults starting treatment in each kind of work or none; ``employment``."""
    return _at_start(adults, EMPLOYMENT, "employment", "adults")


def _at_start(adults: pd.DataFrame, parts: dict[str, str], into: str, count: str) -> pd.DataFrame:
    shares = shares_of(adults, parts, whole=STARTED, into=into, named=(count, "started"))
    return passed_on(shares.drop(columns=["sex"], errors="ignore"), shares)
