"""The verbs that bring figures in: ``from cdpb import loaders as load``."""

from cdpb.loaders import access
from cdpb.loaders.base import base_counts
from cdpb.loaders.boundaries import borough_outlines, ward_outlines, with_neighbours
from cdpb.loaders.census import residents, ward_residents
from cdpb.loaders.coverage import periods_lacking, read_file, receipt_of_month, years_held
from cdpb.loaders.dashboard import crime_dashboard
from cdpb.loaders.files import log
from cdpb.loaders.fingertips import fingertips
from cdpb.loaders.matching import matching_months, ward_and_borough_offences
from cdpb.loaders.mps import borough_drug_offences, ward_drug_offences
from cdpb.loaders.ndtms import adults_in_treatment
from cdpb.loaders.prevalence import alcohol_dependence, opiate_crack_use
from cdpb.loaders.returns import returned
from cdpb.loaders.wards import special_sites

__all__ = [
    "access",
    "adults_in_treatment",
    "alcohol_dependence",
    "base_counts",
    "borough_drug_offences",
    "borough_outlines",
    "crime_dashboard",
    "fingertips",
    "log",
    "matching_months",
    "opiate_crack_use",
    "periods_lacking",
    "read_file",
    "receipt_of_month",
    "residents",
    "returned",
    "special_sites",
    "ward_and_borough_offences",
    "ward_drug_offences",
    "ward_outlines",
    "ward_residents",
    "with_neighbours",
    "years_held",
]
