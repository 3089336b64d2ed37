"""What reads each source, found when it is asked for: a notebook loads the loaders it uses."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cdpb.catalogue import returns
from cdpb.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from cdpb.loaders.receiving import Received
    from cdpb.partner_returns import Return

DASHBOARD = "mps_dashboard"


@dataclass(frozen=True)
class SourceLoader:
    """A source with a module of its own, by the names of the functions there.

    Attributes
    ----------
    module : str
        In ``cdpb.loaders``.
    reader, receiver, counts : str
        What reads one file, gives all that was received, and gives the base table; empty where
        there is none.
    source_id : str
        Which source, for functions that read several.
    of_years : bool
        False for what is received once in ten years, and is of no year that a page could ask for.
    """

    module: str
    reader: str
    receiver: str = ""
    counts: str = ""
    source_id: str = ""
    of_years: bool = True

    def read(self, path: Path) -> pd.DataFrame:
        """One file, put into our words and checked."""
        return self._called(self.reader, path)

    def received(self) -> Received | None:
        """All that was received, by period; None where newest files count."""
        return self._called(self.receiver)

    def base(self) -> pd.DataFrame | None:
        """All that is held, as published tables are counted from it; None where nothing is."""
        return self._called(self.counts)

    def _called(self, name: str, *given: Any) -> Any:
        which = {"source_id": self.source_id} if self.source_id else {}
        return _function(self.module, name)(*given, **which) if name else None


@dataclass(frozen=True)
class ReturnLoader:
    """A partner's return, which is read as ``data/sources.yml`` declares it."""

    what: Return
    of_years: bool = True

    def read(self, path: Path) -> pd.DataFrame:
        """One file, put into our words and checked."""
        return _function("returns", "read_return")(self.what, path)

    def received(self) -> Received:
        """All that was received, by period."""
        return _function("returns", "received_return")(self.what)

    def base(self) -> pd.DataFrame:
        """All that is held, as published tables are counted from it."""
        return _function("returns", "returned")(self.what.source_id)


def _function(module: str, name: str) -> Any:
    return getattr(import_module(f"cdpb.loaders.{module}"), name)


LOADERS: dict[str, SourceLoader] = {
    "mps_ward_crime": SourceLoader(
        "mps", "read_ward_offences", "received_ward_offences", "ward_drug_offences"
    ),
    "mps_borough_crime": SourceLoader(
        "mps", "read_boroughs", "received_boroughs", "borough_drug_offences"
    ),
    "census_2021_wards": SourceLoader("census", "read_wards", "received_wards", of_years=False),
    "census_2021_age": SourceLoader("census", "read_ages", "received_ages", of_years=False),
    "ndtms_adults": SourceLoader("ndtms", "read_adults", "received_adults", "adults_in_treatment"),
    "alcohol_dependence": SourceLoader("prevalence", "read_alcohol", "received_alcohol"),
    **{
        each: SourceLoader("prevalence", "read_opiates", "received_opiates", source_id=each)
        for each in ("opiate_crack_england", "opiate_crack_local")
    },
    DASHBOARD: SourceLoader("dashboard", "read_dashboard", "received_dashboard", "crime_dashboard"),
    "fingertips": SourceLoader("indicators", "read_fingertips", "received_fingertips"),
    **{
        each: SourceLoader("boundaries", "read_outlines", source_id=each)
        for each in ("ward_outlines", "borough_outlines")
    },
}


def loader_of(source_id: str) -> SourceLoader | ReturnLoader | None:
    """What reads a source; None where nothing does."""
    if source_id in LOADERS:
        return LOADERS[source_id]
    what = returns().get(source_id)
    return ReturnLoader(what) if what else None


def base_counts(source_id: str) -> pd.DataFrame:
    """All that is held of a source, one row per combination, from which its tables are counted.

    Raises
    ------
    InputError
        If no loader is named for the source: its counts can't be vouched for.
    """
    loader = loader_of(source_id)
    base = loader.base() if loader else None
    if base is None:
        raise InputError(
            f"{source_id}: no loader gives the counts that its tables are checked against.",
            "A partner's return is declared in data/sources.yml under `return`.",
            "Name another's loader in cdpb/loaders/registry.py. Nothing was published.",
        )
    return base
