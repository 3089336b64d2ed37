"""Published numbers changed by a line of data, never in a received file and never in code."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
from pydantic import BaseModel

from cdpb import paths
from cdpb.errors import InputError
from cdpb.loaders.files import Origin, record
from cdpb.yaml_files import read_yaml, typed

FILE = "corrections.yml"
_WHOLE = re.compile(r"\d+(?:,\d{3})*(?:\.0+)?", flags=re.ASCII)


class Correction(BaseModel, extra="forbid", frozen=True):
    """One number: which rows, what was published, what it becomes, why and who agreed.

    Attributes
    ----------
    expect : int, float or str
        What the publisher wrote: a number, or a cell that is none, like ``-1`` or ``n.k.``.
    """

    source: str
    rows: dict[str, Any]
    column: str
    expect: int | float | str
    becomes: int | float
    why: str
    agreed_by: str
    agreed: dt.date

    @property
    def readable(self) -> bool:
        """Whether what was published is a count; what is none is replaced on reading."""
        return bool(_WHOLE.fullmatch(str(self.expect).strip()))

    @property
    def number(self) -> float:
        """The count that was published."""
        return float(str(self.expect).replace(",", ""))

    def meets(self, table: pd.DataFrame) -> pd.Series:
        """The rows of a table that it is for; none where the table lacks a column of its own."""
        meant = pd.Series(set(self.rows) <= set(table.columns), index=table.index)
        for name, value in self.rows.items():
            if name in table:
                meant &= table[name].astype(str) == str(value)
        return meant

    def in_place(self, table: pd.DataFrame) -> bool:
        """Whether a row that it is for holds what it becomes."""
        return bool((table.loc[self.meets(table), self.column] == self.becomes).any())


class _File(BaseModel, extra="forbid", frozen=True):
    corrections: list[Correction] = []


def corrections() -> list[Correction]:
    """All of ``data/corrections.yml``; empty where there is no such file."""
    path = paths.data_folder() / FILE
    return typed(_File, read_yaml(path) or {}, path).corrections if path.is_file() else []


def legible(rows: pd.DataFrame, column: str, source_id: str) -> pd.Series:
    """A column of text with the corrections of its cells that are no numbers.

    The columns of ``rows`` that name a row are in our words already.
    """
    text = rows[column]
    for correction in corrections():
        if (
            correction.source == source_id
            and correction.column == column
            and not correction.readable
        ):
            meant = correction.meets(rows) & (text.str.strip() == str(correction.expect).strip())
            _record(correction, meant)
            text = text.mask(meant, str(correction.becomes))
    return text


def how_to_correct(row: pd.Series, column: str, keys: Sequence[str]) -> list[str]:
    """The way out of a cell that can't be read: what its correction is to say."""
    named = ", ".join(f"{key}: {row[key]}" for key in keys if key in row)
    return [
        f"If the publisher says what it should be, correct it in data/{FILE}:",
        f"rows: {{{named}}}, column: {column}, expect: the cell, becomes: the number.",
    ]


def corrected(
    table: pd.DataFrame, source_id: str, by_receipt: Sequence[pd.DataFrame] = ()
) -> pd.DataFrame:
    """A source's figures in use, with its corrections applied.

    Parameters
    ----------
    by_receipt : sequence of pandas.DataFrame
        The rows of each receipt by itself, where cells that were no numbers are replaced already.

    Raises
    ------
    InputError
        If a correction meets no row, or a row that is no longer as it expects: the publisher has
        fixed it, or it was written for another figure.
    """
    for correction in corrections():
        if correction.source == source_id:
            table = _apply(correction, table, by_receipt)
    return table


def _apply(
    correction: Correction, table: pd.DataFrame, by_receipt: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    unknown = [name for name in (*correction.rows, correction.column) if name not in table]
    if unknown:
        raise _stale(correction, f"Its table has no column {unknown[0]!r}.")
    meant = correction.meets(table)
    if not correction.readable:
        # It may wait for the file that holds the cell, so meeting nothing is no fault.
        if any(map(correction.in_place, by_receipt)) and not correction.in_place(table):
            raise _stale(correction, "The publisher now gives another figure.")
        return table
    if not meant.any():
        raise _stale(correction, "No row is like that.")
    if (table.loc[meant, correction.column] != correction.number).any():
        raise _stale(correction, "The figure is no longer the one it expects.")
    _record(correction, meant)
    fixed = table[correction.column].mask(meant, correction.becomes)
    return table.assign(**{correction.column: fixed.astype(table[correction.column].dtype)})


def _record(correction: Correction, meant: pd.Series) -> None:
    origin = Origin(correction.source, "", f"data/{FILE}")
    record(origin, "replaced", int(meant.sum()), correction.why)


def _stale(correction: Correction, found: str) -> InputError:
    named = ", ".join(f"{key} {value}" for key, value in correction.rows.items())
    return InputError(
        f"data/{FILE}: a correction of {correction.source} no longer applies.",
        f"It is for {named}.",
        found,
        "If the publisher has fixed the figure, delete the correction.",
        "If not, correct its rows or what it expects. Nothing was loaded.",
    )
