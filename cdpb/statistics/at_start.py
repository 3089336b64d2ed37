"""Adults who started treatment: who referred them, how they lived, what work they had."""

import pandas as pd

from cdpb.statistics.about import passed_on
from cdpb.statistics.shares import shares_of

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
