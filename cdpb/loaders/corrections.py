"""Published numbers changed by a line of data, never in a received file and never in code."""

import datetime as dt
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict

from cdpb import paths
from cdpb.errors import InputError
from cdpb.loaders.log import Origin, record
from cdpb.yaml_files import read_yaml, typed

FILE = "corrections.yml"


class Correction(BaseModel):
    """One number: which rows, what was published, what it becomes, why and who agreed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    rows: dict[str, Any]
    column: str
    expect: int
    becomes: int
    why: str
    agreed_by: str
    agreed: dt.date


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    corrections: list[Correction] = []


def corrections() -> list[Correction]:
    """All of ``data/corrections.yml``; empty where there is no such file."""
    path = paths.data_folder() / FILE
    return typed(_File, read_yaml(path) or {}, path).corrections if path.is_file() else []


def corrected(table: pd.DataFrame, source_id: str) -> pd.DataFrame:
    """A source's figures in use, with its corrections applied.

    Raises
    ------
    InputError
        If a correction meets no row, or a row that is no longer as it expects: the publisher has
        mended it, or it was written for another figure.
    """
    for correction in corrections():
        if correction.source == source_id:
            table = _apply(correction, table)
    return table


def _apply(correction: Correction, table: pd.DataFrame) -> pd.DataFrame:
    named = ", ".join(f"{key} {value}" for key, value in correction.rows.items())
    unknown = [name for name in (*correction.rows, correction.column) if name not in table]
    if unknown:
        raise _stale(correction, named, f"Its table has no column {unknown[0]!r}.")
    meant = pd.Series(True, index=table.index)
    for name, value in correction.rows.items():
        meant &= table[name].astype(str) == str(value)
    if not meant.any():
        raise _stale(correction, named, "No row is like that.")
    if (table.loc[meant, correction.column] != correction.expect).any():
        raise _stale(correction, named, "The figure is no longer the one it expects.")
    origin = Origin(correction.source, "", f"data/{FILE}")
    record(origin, "replaced", int(meant.sum()), correction.why)
    mended = table[correction.column].mask(meant, correction.becomes)
    return table.assign(**{correction.column: mended.astype(table[correction.column].dtype)})


def _stale(correction: Correction, named: str, found: str) -> InputError:
    return InputError(
        f"data/{FILE}: a correction of {correction.source} no longer applies.",
        f"It is for {named}.",
        found,
        "If the publisher has mended the figure, delete the correction.",
        "If not, correct its rows or what it expects. Nothing was loaded.",
    )
