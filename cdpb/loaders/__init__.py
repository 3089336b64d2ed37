"""The verbs that bring figures in: ``from cdpb import loaders as load``.

What is asked of any source is here from the start; a source's own verbs are imported with the
module that has them, when one is asked for.
"""

from importlib import import_module
from typing import Any

from cdpb.loaders import access
from cdpb.loaders.coverage import periods_lacking, read_file, receipt_of_month, years_held
from cdpb.loaders.registry import LOADERS, base_counts

# What is of no source alone, or reads many.
_SHARED = (
    *("boundaries.special_sites", "boundaries.with_neighbours", "files.log"),
    *("indicators.published", "places.boundary_set", "returns.returned"),
)
_VERBS = (*_SHARED, *(verb for loader in LOADERS.values() for verb in loader.verbs))
MODULES = dict(sorted(verb.split(".")[::-1] for verb in _VERBS))

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
