"""All receipts of a source put together: the newest one wins what two of them carry."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from cdpb import paths, schemas
from cdpb.catalogue import (
    check_receipt,
    files_behind,
    receipts,
    received_folder,
    source,
    source_folder,
)
from cdpb.errors import InputError
from cdpb.file_contents import relative, sha256_of
from cdpb.loaders.corrections import corrected
from cdpb.loaders.counts import PARSERS, begins
from cdpb.loaders.files import Origin, record
from cdpb.sources import Receipt

ReadFile = Callable[[Path, str], pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Received:
    """A source as it stands: its table, and what each receipt said by itself.

    It is itself alone, so that what follows from it is kept for as long as it is.

    Attributes
    ----------
    table : pandas.DataFrame
        Of each period the rows of the newest receipt that carries it, with the source's
        corrections.
    by_receipt : list of (Receipt, pandas.DataFrame)
        Oldest first, whole, with a column ``file``.
    """

    table: pd.DataFrame
    by_receipt: list[tuple[Receipt, pd.DataFrame]]


def fingerprint(*source_ids: str) -> str:
    """A hash of every file behind some sources, so that nothing is read twice or stale."""
    digest = hashlib.sha256(str(paths.project_root()).encode())
    for path in sorted({path for each in source_ids for path in files_behind(each)}):
        digest.update(str(path).encode())
        digest.update(sha256_of(path))
    return digest.hexdigest()


def receive(
    source_id: str,
    read_file: ReadFile,
    period: list[str],
    schema: pa.DataFrameSchema | None = None,
) -> Received:
    """Read every receipt of a source, checked against its SHA-256, and let the newest win.

    Parameters
    ----------
    source_id : str
        The source.
    read_file : callable
        Reads one file of it; takes its path and the date of its receipt.
    period : list of str
        The columns that one receipt replaces as a whole, like ``["month"]``.
    schema : pandera.DataFrameSchema, optional
        What the table promises, and what it is like when nothing was received: for most sources
        that is an ordinary state. Without it nothing received is an error, as for the list of
        wards. Where the loader adds columns of its own, it holds the table to the promise itself.

    Raises
    ------
    InputError
        If a folder has files and no receipt, bytes have changed, a file can't be vouched for,
        two files of one receipt carry the same period, or the whole breaks its promise.
    """
    for folder in {received_folder(source(source_id)), source_folder(source_id)}:
        _refuse_without_receipt(folder)
    held = receipts(source_id)
    if not held and schema is not None:
        return Received(schemas.empty(schema).assign(file="", received=None), [])
    if not held:
        raise InputError(
            f"{source_id}: nothing has been received.",
            f"Wanted: a file and its receipt in data/{source_id}/<day received>/.",
        )
    by_receipt = [(receipt, _read_receipt(receipt, read_file, period)) for receipt in held]
    in_use = _newest_wins(by_receipt, period)
    tables = [table for _, table in by_receipt]
    table = corrected(in_use, source_id, tables)
    if schema is not None and set(schema.columns) <= set(table):
        schemas.validated(table, schema, source_id)
    return Received(table, by_receipt)


def _refuse_without_receipt(folder: Path) -> None:
    """A file that was dropped into its folder and has no receipt would be overlooked."""
    inside = sorted(folder.glob("[!.]*")) if folder.is_dir() else []
    for each in inside:
        if each.is_dir() and any(each.iterdir()) and not (each / "receipt.yml").is_file():
            raise InputError(
                f"{relative(each)} has no receipt.",
                "Wanted: receipt.yml beside the files, as data/README.md describes.",
                "Take the folder away, and add its files: cdpb add FILE... Nothing was loaded.",
            )


def _in_words(key: object) -> str:
    """``E09000003, 2024-04``, of what rows are grouped by."""
    return ", ".join(map(str, key if isinstance(key, tuple) else (key,)))


def _read_receipt(receipt: Receipt, read_file: ReadFile, period: list[str]) -> pd.DataFrame:
    check_receipt(receipt)
    day = receipt.received.isoformat()
    tables = [read_file(path, day).assign(file=path.name) for path in receipt.paths]
    table = pd.concat(tables, ignore_index=True)
    files_of_period = table.groupby(period, observed=True)["file"].nunique()
    if (files_of_period > 1).any():
        first = files_of_period[files_of_period > 1].index[0]
        raise InputError(
            f"{relative(receipt.folder)}: two files of one receipt carry {_in_words(first)}.",
            "Give the newer one a receipt of its own, in a folder named by the day it came.",
            "Nothing was loaded.",
        )
    _refuse_other_periods(receipt, table)
    _refuse_to_come(receipt, table)
    return table


def _newest_wins(by_receipt: list[tuple[Receipt, pd.DataFrame]], period: list[str]) -> pd.DataFrame:
    parts: list[pd.DataFrame] = []
    taken = pd.MultiIndex.from_arrays([[]] * len(period), names=period)
    for receipt, table in reversed(by_receipt):
        keys = pd.MultiIndex.from_frame(table[period])
        replaced = keys.isin(taken)
        origin = Origin(receipt.source, receipt.received.isoformat(), "")
        record(origin, "replaced", int(replaced.sum()), "a newer receipt carries the same period")
        kept = table[~replaced].assign(received=receipt.received)
        parts.insert(0, kept)
        taken = taken.append(keys[~replaced].unique())
    return pd.concat(parts, ignore_index=True)


def _refuse_to_come(receipt: Receipt, table: pd.DataFrame) -> None:
    """Nobody can have counted a month, a quarter or a year before it began."""
    column = next((name for name in PARSERS if name in table), None)
    if column is None:
        return
    last = max(table[column].unique(), key=begins)
    if begins(last) > receipt.received:
        raise InputError(
            f"{relative(receipt.folder)} holds figures of {last}, which was still to come.",
            f"They came on {receipt.received}.",
            "If they came later, say so: cdpb add FILE --received YYYY-MM-DD.",
            "If not, a date is misspelt, or the figures are forecasts: ask the sender.",
            "Nothing was loaded.",
        )


def _refuse_other_periods(receipt: Receipt, table: pd.DataFrame) -> None:
    """Hold the months or years of a receipt's files against those that it declares.

    A first month may be missing, because a nearly empty one was left out.
    """
    column = next((name for name in ("month", "quarter", "year") if name in table), None)
    declared = receipt.periods
    if column is None or declared is None:
        return
    first, last = str(table[column].min()), str(table[column].max())
    if not (declared.first <= first and last == declared.last):
        raise InputError(
            f"{relative(receipt.folder)} holds {first} to {last}.",
            f"Its receipt says {declared.first} to {declared.last}.",
            "Correct the periods in receipt.yml, or put the right file there.",
            "Nothing was loaded.",
        )
