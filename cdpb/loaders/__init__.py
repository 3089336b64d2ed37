"""The verbs that bring figures in: ``from cdpb import loaders as load``."""

from cdpb.loaders import access
from cdpb.loaders.base import base_counts
from cdpb.loaders.boundaries import borough_outlines, ward_outlines, with_neighbours
from cdpb.loaders.by_kind import (
    naloxone_by_holding,
    people_by_disadvantage,
    people_by_mental_health_need,
    releases_by_care,
    schools_by_reach,
)
from cdpb.loaders.census import residents, ward_residents
from cdpb.loaders.dashboard import crime_dashboard
from cdpb.loaders.files import log
from cdpb.loaders.fingertips import fingertips
from cdpb.loaders.harm import naloxone, nitazene_strips, provider_deaths
from cdpb.loaders.held import periods_lacking, read_file, receipt_of_month, years_held
from cdpb.loaders.justice import (
    continuity_of_care,
    court_referrals,
    custody_tests,
    police_referrals,
    required_assessments,
    treatment_orders,
)
from cdpb.loaders.matching import matching_months, ward_and_borough_offences
from cdpb.loaders.mps import borough_drug_offences, ward_drug_offences
from cdpb.loaders.ndtms import adults_in_treatment
from cdpb.loaders.prevalence import alcohol_dependence, opiate_crack_use
from cdpb.loaders.prevention import alcohol_admissions, drinkcoach, licensed_premises, schools
from cdpb.loaders.treatment import (
    adults_in_treatment_monthly,
    disadvantage_overlap,
    mental_health_need,
    parents_need,
    young_people_in_treatment,
)
from cdpb.loaders.wards import special_sites

__all__ = [
    "access",
    "adults_in_treatment",
    "adults_in_treatment_monthly",
    "alcohol_admissions",
    "alcohol_dependence",
    "base_counts",
    "borough_drug_offences",
    "borough_outlines",
    "continuity_of_care",
    "court_referrals",
    "crime_dashboard",
    "custody_tests",
    "disadvantage_overlap",
    "drinkcoach",
    "fingertips",
    "licensed_premises",
    "log",
    "matching_months",
    "mental_health_need",
    "naloxone",
    "naloxone_by_holding",
    "nitazene_strips",
    "opiate_crack_use",
    "parents_need",
    "people_by_disadvantage",
    "people_by_mental_health_need",
    "periods_lacking",
    "police_referrals",
    "provider_deaths",
    "read_file",
    "receipt_of_month",
    "releases_by_care",
    "required_assessments",
    "residents",
    "schools",
    "schools_by_reach",
    "special_sites",
    "treatment_orders",
    "ward_and_borough_offences",
    "ward_drug_offences",
    "ward_outlines",
    "ward_residents",
    "with_neighbours",
    "years_held",
    "young_people_in_treatment",
]
