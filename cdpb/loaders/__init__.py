"""The verbs that bring figures in: ``from cdpb import loaders as load``.

What is asked of any source is here from the start; a source's own verbs are imported with the
module that has them, when one is asked for.
"""

from importlib import import_module
from typing import Any

from cdpb.loaders import access
from cdpb.loaders.coverage import periods_lacking, read_file, receipt_of_month, years_held
from cdpb.loaders.registry import base_counts

MODULES = {
    "adults_in_treatment": "treatment",
    "alcohol_dependence": "treatment",
    "borough_drug_offences": "mps",
    "borough_outlines": "boundaries",
    "boundary_set": "places",
    "crime_dashboard": "dashboard",
    "fingertips": "indicators",
    "log": "files",
    "opiate_crack_use": "treatment",
    "published": "indicators",
    "residents": "census",
    "returned": "returns",
    "special_sites": "boundaries",
    "ward_and_borough_offences": "mps",
    "ward_drug_offences": "mps",
    "ward_outlines": "boundaries",
    "ward_residents": "census",
    "with_neighbours": "boundaries",
}

__all__ = [
    "access",
    "base_counts",
    "periods_lacking",
    "read_file",
    "receipt_of_month",
    "years_held",
    *MODULES,
]


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
