"""All receipts of a source put together: the newest one wins what two of them carry."""

import hashlib
import os
import pickle
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

import cdpb
from cdpb import paths, schemas
from cdpb.catalogue import (
    check_receipt,
    files_behind,
    receipts,
    received_folder,
    source,
    source_folder,
)
from cdpb.durable_files import keep_newest
from cdpb.errors import InputError
from cdpb.file_contents import asked_once, relative, sha256_of
from cdpb.loaders.corrections import corrected
from cdpb.loaders.counts import PERIODS, begins
from cdpb.loaders.files import Line, Origin, lines_of, log_again, record
from cdpb.loaders.registry import Loader, loader_of
from cdpb.sources import Receipt

# Of what was read, under .cdpb: so many tables, each after its own SHA-256.
FOLDER, MOST_KEPT, _DIGEST = "received", 200, 32


@dataclass(frozen=True, eq=False)
class Received:
    """What was received of a source: its table, and each receipt by itself.

    It equals itself alone, so that what is computed from it is remembered for as long as it is.

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


@asked_once
def received(source_id: str) -> Received:
    """Every receipt of a source, checked against its SHA-256; of each period the newest wins.

    Access is not asked for here, because files are also added to what a build may not show.
    Figures are read by the verbs of `cdpb.loaders`, which do.

    Raises InputError if a folder has files and no receipt, bytes have changed, a file can't be
    vouched for, two files of one receipt carry the same period, or the whole breaks its promise; or
    if nothing was received of a source that others can't do without.
    """
    loader = loader_of(source_id)
    assert loader is not None
    return _received(loader, fingerprint(source_id))


def fingerprint(*source_ids: str) -> str:
    """A hash of every file behind some sources, so that nothing is read twice or stale."""
    digest = hashlib.sha256(str(paths.project_root()).encode())
    for path in sorted({path for source_id in source_ids for path in files_behind(source_id)}):
        digest.update(str(path).encode())
        digest.update(sha256_of(path))
    return digest.hexdigest()


@lru_cache(maxsize=128)
def _received(loader: Loader, inputs: str) -> Received:
    """As it was read before, from the same files by the same code; else read, and kept.

    Every notebook has a kernel of its own, and would read and check the same files again.
    """
    parts = (str(loader), inputs, _code(), sys.version, pd.__version__, np.__version__)
    place = paths.private_folder(FOLDER) / hashlib.sha256("\n".join(parts).encode()).hexdigest()
    found, lines = _kept(place) or (None, [])
    if found is None:
        with lines_of() as lines:
            found = _read(loader)
        _keep((found, lines), place)
    log_again(lines)
    return found


@lru_cache(maxsize=1)
def _code() -> str:
    """A hash of the library: any of it may change how a file is read."""
    files = sorted(Path(cdpb.__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(map(sha256_of, files))).hexdigest()


def _kept(place: Path) -> tuple[Received, list[Line]] | None:
    """What was kept there, if its bytes are those that were written."""
    with suppress(OSError, ValueError, EOFError, pickle.UnpicklingError):
        content = place.read_bytes()
        if hashlib.sha256(content[_DIGEST:]).digest() == content[:_DIGEST]:
            received, lines = pickle.loads(content[_DIGEST:])
            return received, lines
    return None


def _keep(read: tuple[Received, list[Line]], place: Path) -> None:
    content = pickle.dumps(read)
    aside = place.with_name(f"{place.name}.{os.getpid()}")
    with suppress(OSError):  # A full disk, say: then it is read again the next time.
        aside.write_bytes(hashlib.sha256(content).digest() + content)
        os.replace(aside, place)
        keep_newest(place.parent, MOST_KEPT)


def _read(loader: Loader) -> Received:
    source_id = loader.source_id
    for folder in {received_folder(source(source_id)), source_folder(source_id)}:
        _refuse_without_receipt(folder)
    in_order, schema = receipts(source_id), loader.schema
    if not in_order and not loader.once:
        return Received(schemas.empty(schema).assign(file="", received=None), [])
    if not in_order:
        raise InputError(
            f"{source_id}: nothing has been received.",
            f"Wanted: a file and its receipt in data/{source_id}/<day received>/.",
        )
    by_receipt = [(receipt, _read_receipt(receipt, loader)) for receipt in in_order]
    in_use = _newest_wins(by_receipt, list(loader.replaces))
    table = loader.completed(corrected(in_use, source_id, [table for _, table in by_receipt]))
    if set(schema.columns) <= set(table):
        schemas.validated(table, schema, source_id)
    return Received(table, by_receipt)


def _refuse_without_receipt(folder: Path) -> None:
    """A file that was dropped into its folder and has no receipt would be overlooked."""
    inside = sorted(folder.glob("[!.]*")) if folder.is_dir() else []
    for place in inside:
        if place.is_dir() and any(place.iterdir()) and not (place / "receipt.yml").is_file():
            raise InputError(
                f"{relative(place)} has no receipt.",
                "Wanted: receipt.yml beside the files, as data/README.md describes.",
                "Take the folder away, and add its files: cdpb add FILE... Nothing was loaded.",
            )


def _read_receipt(receipt: Receipt, loader: Loader) -> pd.DataFrame:
    check_receipt(receipt)
    day = receipt.received.isoformat()
    tables = [loader.read(path, day).assign(file=path.name) for path in receipt.paths]
    table = pd.concat(tables, ignore_index=True)
    files_of_period = table.groupby(list(loader.replaces), observed=True)["file"].nunique()
    if (files_of_period > 1).any():
        first = files_of_period[files_of_period > 1].index[0]
        named = ", ".join(map(str, first if isinstance(first, tuple) else (first,)))
        raise InputError(
            f"{relative(receipt.folder)}: two files of one receipt carry {named}.",
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
        parts.insert(0, table[~replaced].assign(received=receipt.received))
        taken = taken.append(keys[~replaced].unique())
    return pd.concat(parts, ignore_index=True)


def _refuse_to_come(receipt: Receipt, table: pd.DataFrame) -> None:
    """Nobody can have counted a month, a quarter or a year before it began."""
    column = next((name for name in PERIODS if name in table), None)
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
    """Compare the months or years of a receipt's files with those that it declares.

    A first month may be missing, because a nearly empty one was left out.
    """
    column = next((name for name in PERIODS if name in table), None)
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
