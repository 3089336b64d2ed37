"""The verbs that bring figures in: ``from cdpb import loaders as load``."""

from cdpb.loaders.census import residents, ward_residents
from cdpb.loaders.log import log
from cdpb.loaders.mps import borough_drug_offences, ward_drug_offences

__all__ = [
    "borough_drug_offences",
    "log",
    "residents",
    "ward_drug_offences",
    "ward_residents",
]
