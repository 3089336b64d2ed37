"""A file on its way in (its bytes, its source, its table), and what keeps it out."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from cdpb.adding.recognise import recognise, safe_name
from cdpb.catalogue import source
from cdpb.errors import CdpbError, InputError
from cdpb.file_contents import bytes_of
from cdpb.loaders.coverage import read_file
from cdpb.loaders.files import clear, log
from cdpb.sources import Source


@dataclass(frozen=True)
class FileProblem:
    """One thing that is wrong.

    Attributes
    ----------
    source_id : str
        The source whose receipt it would be in; empty where the file wasn't read.
    acceptable : bool
        Whether a person may know better, and say so with a reason: a month may really be low. A
        file that can't be read, or is held already, is not made right by a reason.
    """

    error: InputError
    acceptable: bool = False
    source_id: str = ""


class NotAdded(CdpbError):
    """Some file can't be added, so none was; all that is wrong, not the first thing alone."""

    exit_code = 2

    def __init__(self, problems: list[FileProblem], files: int) -> None:
        self.problems = problems
        things = "1 thing is" if len(problems) == 1 else f"{len(problems)} things are"
        what = "The file was not" if files == 1 else f"None of the {files} files was"
        lines = ["Nothing was changed."]
        if any(each.acceptable for each in problems):
            left = "it" if all(each.acceptable for each in problems) else "what can be"
            lines.insert(0, f"Where the figures are right all the same, accept {left} with a")
            lines.insert(1, 'reason, which the receipt keeps: --accept "REASON".')
        super().__init__(f"{what} added: {things} wrong.", *lines)


class NotWithdrawn(CdpbError):
    """A receipt that the project can't do without."""

    exit_code = 2

    def __init__(self, problems: list[FileProblem], folder: str) -> None:
        first = problems[0].error.lines
        super().__init__(
            f"{folder} can't be withdrawn: without it no run would get through.",
            *first[:4],
            "Add what takes its place first, then withdraw it. Nothing was changed.",
        )


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
        return place_column(self.table)

    @property
    def period(self) -> str | None:
        """The column that says when, if it has one."""
        return period_column(self.table)

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


def place_column(table: pd.DataFrame) -> str:
    """The column that says where."""
    return next(name for name in PLACES if name in table)


def period_column(table: pd.DataFrame) -> str | None:
    """The column that says when, if there is one."""
    return next((name for name in PERIODS if name in table), None)


def figure_columns(table: pd.DataFrame) -> list[str]:
    """The columns that hold figures, without the limits of intervals."""
    numbers = table.select_dtypes("number").columns
    return [each for each in numbers if each not in _NO_COUNTS and not each.endswith("_id")]


def key_columns(table: pd.DataFrame) -> list[str]:
    """The columns that together name a row: where, when, and of what kind."""
    period = period_column(table)
    keys = [place_column(table), *([period] if period else [])]
    left_out = {*keys, *_NAMES, *_TEXTS, *_NO_COUNTS, *figure_columns(table)}
    return [*keys, *(name for name in map(str, table) if name not in left_out)]
