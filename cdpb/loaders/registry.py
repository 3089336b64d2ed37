"""What reads each source, found when it is asked for: a notebook loads the loaders it uses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cdpb.catalogue import publications, returns
from cdpb.errors import InputError
from cdpb.file_contents import asked_once, in_file
from cdpb.partner_returns import Indicators, Return

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd
    import pandera.pandas as pa

    from cdpb.loaders.receiving import Received


@dataclass(frozen=True)
class Loader:
    """What reads one source, by names in ``cdpb.loaders`` that are imported when they are used.

    Attributes
    ----------
    reader : str
        What reads the text table of one file; of outlines, the file.
    replaces : tuple of str
        The columns by which a newer receipt replaces rows: all of a month, say. None of outlines,
        of which the newest receipt replaces the whole.
    table : str
        What is promised of the table, in `cdpb.schemas`.
    whole : str
        What is done with the rows in use of all receipts; empty for nothing.
    verbs : tuple of str
        What notebooks call of it.
    counted : bool
        Whether published tables are counted from what the first of them gives.
    once : bool
        Whether it is received once in ten years, so that it is of no year that a page could ask
        for, and nothing can be done without it.
    what : Return or Indicators, optional
        What it is like, where it is read as it is declared.
    """

    source_id: str
    reader: str
    replaces: tuple[str, ...] = ()
    table: str = ""
    whole: str = ""
    verbs: tuple[str, ...] = ()
    counted: bool = False
    once: bool = False
    what: Return | Indicators | None = None

    @property
    def schema(self) -> pa.DataFrameSchema:
        """What its table promises."""
        if self.what is not None:
            return self.what.table_schema
        return getattr(import_module("cdpb.schemas"), self.table)

    def read(self, path: Path, receipt: str = "") -> pd.DataFrame:
        """One file, put into our words and checked."""
        if not self.replaces:
            return _called(self.reader, path, receipt, self.source_id)
        with in_file(path):
            table = _called("files.read_text_table", path, self.source_id, receipt)
            return _called(self.reader, table, *([self.what] if self.what else []))

    def completed(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows in use, with what follows from all of them."""
        return _called(self.whole, rows) if self.whole else rows

    def received(self) -> Received | None:
        """All that was received, by period; None where newest files count."""
        return _called("receiving.received", self.source_id) if self.replaces else None

    def loads(self) -> list[Callable[[], pd.DataFrame]]:
        """What notebooks call of it, to be called with all areas and years."""
        return [partial(_called, verb) for verb in self.verbs]

    def base(self) -> pd.DataFrame | None:
        """All that is loaded, as published tables are counted from it; None where nothing is."""
        if self.counted:
            return _called(self.verbs[0])
        if isinstance(self.what, Indicators):
            return _called("indicators.published", self.source_id)
        return _called("returns.returned", self.source_id) if self.what else None


def _called(name: str, *given: Any) -> Any:
    module, _, function = name.partition(".")
    return getattr(import_module(f"cdpb.loaders.{module}"), function)(*given)


def return_loader(what: Return, **own: Any) -> Loader:
    """What reads a source as it is declared, unless it has a reader of its own."""
    named = {"reader": "returns.read_return", **own}
    return Loader(what.source_id, replaces=(what.place_of_period, what.period), what=what, **named)


DASHBOARD = Return(
    source_id="mps_dashboard",
    period="month",
    counts=("count",),
    kinds={
        "offence": ("possession", "trafficking"),
        "measure": ("offences", "positive outcomes"),
    },
    fills=True,
)
_OFFENCES = "mps.ward_and_borough_offences"
_USE = ("treatment.opiate_crack_use",)
_OF_USE = ("treatment.read_opiates", ("area_code", "year", "series"), "OPIATE_CRACK")
LOADERS: dict[str, Loader] = {
    loader.source_id: loader
    for loader in (
        Loader(
            "mps_ward_crime", "mps.read_ward_offences", ("month",), "WARD_OFFENCES",
            verbs=("mps.ward_drug_offences", _OFFENCES), counted=True,
        ),
        Loader(
            "mps_borough_crime", "mps.read_boroughs", ("month",), "BOROUGH_OFFENCES",
            verbs=("mps.borough_drug_offences", _OFFENCES), counted=True,
        ),
        Loader(
            "census_2021_wards", "census.read_wards", ("ward_code",), "WARD_RESIDENTS",
            verbs=("census.ward_residents",), once=True,
        ),
        Loader(
            "census_2021_age", "census.read_ages", ("area_code",), "RESIDENTS",
            whole="census.with_london", verbs=("census.residents",), once=True,
        ),
        Loader(
            "ndtms_adults", "treatment.read_adults", ("area_code", "year"), "ADULTS_IN_TREATMENT",
            whole="treatment.with_bounds", verbs=("treatment.adults_in_treatment",), counted=True,
        ),
        Loader(
            "alcohol_dependence", "treatment.read_alcohol", ("area_code", "year"),
            "ALCOHOL_DEPENDENCE", verbs=("treatment.alcohol_dependence",),
        ),
        Loader("opiate_crack_england", *_OF_USE, verbs=_USE),
        Loader("opiate_crack_local", *_OF_USE, verbs=_USE),
        Loader(
            "fingertips", "indicators.read_fingertips", ("indicator_id", "year"), "FINGERTIPS",
            verbs=("indicators.fingertips",),
        ),
        return_loader(
            DASHBOARD, reader="dashboard.read_dashboard", verbs=("dashboard.crime_dashboard",),
            counted=True,
        ),
        Loader("ward_outlines", "boundaries.read_outlines", verbs=("boundaries.ward_outlines",)),
        Loader(
            "borough_outlines", "boundaries.read_outlines", verbs=("boundaries.borough_outlines",)
        ),
    )
}  # fmt: skip


def loader_of(source_id: str) -> Loader | None:
    """What reads a source; None where nothing does."""
    if source_id in LOADERS:
        return LOADERS[source_id]
    if what := publications().get(source_id):
        replaces = ("area_code", what.period)
        return Loader(source_id, "indicators.read_indicators", replaces, what=what)
    returned = returns().get(source_id)
    return return_loader(returned) if returned else None


@asked_once
def base_counts(source_id: str) -> pd.DataFrame:
    """All that is loaded of a source, one row per combination, from which its tables are counted.

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
