"""A file on its way in: its bytes, its source, its table."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from cdpb.adding.names import safe_name
from cdpb.adding.recognise import recognise
from cdpb.catalogue import Source, source
from cdpb.errors import InputError
from cdpb.loaders.log import clear, log
from cdpb.loaders.read import read_file
from cdpb.yaml_files import bytes_of

PLACES = ("ward_code", "area_code", "borough_code")
PERIODS = ("month", "quarter", "year")
# Not parts of a key: the same place is spelt in several ways, and a text can be reworded.
_NAMES = ("ward_name", "area_name", "borough_name", "indicator_name")
_TEXTS = ("file", "received", "geometry", "methodology", "note", "status", "trend")
_NO_COUNTS = ("lower", "upper", "lowest", "highest", "publisher_rounded")


@dataclass(frozen=True)
class Incoming:
    """A file that was recognised and read.

    Attributes
    ----------
    table : pandas.DataFrame
        Its rows as the source's loader gives them.
    readings : list of str
        What the loader read, dropped and filled in it, and why.
    """

    path: Path
    source: Source
    layout: str
    content: bytes
    table: pd.DataFrame
    readings: list[str]

    @property
    def name(self) -> str:
        """What it is stored as: its own name, unless that breaks a checkout or a page."""
        return safe_name(self.path.name)

    @property
    def sha256(self) -> str:
        """The hash that its receipt will name."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def place(self) -> str:
        """The column that says where."""
        return place_of(self.table)

    @property
    def period(self) -> str | None:
        """The column that says when, if it has one."""
        return period_of(self.table)

    @cached_property
    def periods(self) -> list[str]:
        """The months, quarters or years that it holds, in order."""
        if self.period is None:
            return []
        return [str(each) for each in sorted(self.table[self.period].unique())]


def incoming(path: Path, named: str | None) -> Incoming:
    """Recognise a file and read it as its source's files are read.

    Raises
    ------
    InputError
        If its header is of no source, or the loader can't vouch for it.
    """
    if not path.is_file():
        raise InputError(
            f"{path.name} is no file that can be added.",
            "Wanted: the path of a CSV, or of a GeoJSON file of outlines.",
            "A folder is added as its files: cdpb add folder/*",
        )
    content = bytes_of(path)
    source_id, layout = recognise(path, named)
    clear()
    table = read_file(source_id, path)
    readings = [f"{row.what} {row.rows:,}: {row.why}" for row in _of_file(path).itertuples()]
    return Incoming(path, source(source_id), layout, content, table, readings)


def _of_file(path: Path) -> pd.DataFrame:
    kept = log()
    return kept[(kept["file"] == path.name) & (kept["receipt"] == "")]


def place_of(table: pd.DataFrame) -> str:
    """The column that says where."""
    return next(name for name in PLACES if name in table)


def period_of(table: pd.DataFrame) -> str | None:
    """The column that says when, if there is one."""
    return next((name for name in PERIODS if name in table), None)


def counts_of(table: pd.DataFrame) -> list[str]:
    """The columns that hold figures, without the limits of intervals."""
    numbers = table.select_dtypes("number").columns
    return [each for each in numbers if each not in _NO_COUNTS and not each.endswith("_id")]


def keys_of(table: pd.DataFrame) -> list[str]:
    """The columns that together name a row: where, when, and of what kind."""
    period = period_of(table)
    keys = [place_of(table), *([period] if period else [])]
    left_out = {*keys, *_NAMES, *_TEXTS, *_NO_COUNTS, *counts_of(table)}
    return [*keys, *(name for name in map(str, table) if name not in left_out)]
