"""A file on its way in: recognised by its header, read, and what keeps it out."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from cdpb.catalogue import publications, source, sources
from cdpb.durable_files import safe_name
from cdpb.errors import CdpbError, InputError
from cdpb.file_contents import bytes_of, in_file
from cdpb.loaders.boundaries import property_names
from cdpb.loaders.counts import PERIODS
from cdpb.loaders.coverage import read_file
from cdpb.loaders.files import clear, log, read_text_table
from cdpb.loaders.headers import (
    Vintage,
    likeness,
    map_path,
    nearest_source,
    plain,
    quoted,
    rename_columns,
    short,
    sources_that_fit,
    unknown_header,
    vintages,
)
from cdpb.loaders.publishers import source_of_sheet
from cdpb.sources import Source

PLACES = ("ward_code", "area_code", "borough_code")
# Not parts of a key: the same place is spelt in several ways, and a text can be reworded.
_NAMES = ("ward_name", "area_name", "borough_name", "indicator_name")
_TEXTS = ("file", "received", "geometry", "methodology", "note", "status", "trend", "mark")
_NO_COUNTS = ("lower", "upper", "lowest", "highest", "publisher_rounded")
# Of 2: a layout that knows half of a header and finds half of what it needs comes to 1.
_ALIKE = 0.75


@dataclass(frozen=True)
class FileProblem:
    """One thing that is wrong.

    Attributes
    ----------
    acceptable : bool
        Whether a person may know better, and say so with a reason: a month may really be low. A
        file that can't be read, or was received before, is not made right by a reason.
    source_id : str
        The source whose receipt it would be in; empty where the file wasn't read.
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
        if any(problem.acceptable for problem in problems):
            left = "it" if all(problem.acceptable for problem in problems) else "what can be"
            lines.insert(0, f"Where the figures are right all the same, accept {left} with a")
            lines.insert(1, 'reason, which the receipt keeps: --accept "REASON".')
        super().__init__(f"{what} added: {things} wrong.", *lines)


@dataclass(frozen=True)
class Incoming:
    """A file that was recognised and read.

    Attributes
    ----------
    table : pandas.DataFrame
        Its rows as the source's loader gives them.
    readings : list of str
        What the loader read, dropped and filled in it, and why.
    address : str
        Where it was downloaded from, if ``cdpb fetch`` did.
    """

    path: Path
    source: Source
    layout: str
    content: bytes
    table: pd.DataFrame
    readings: list[str]
    address: str = ""

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
        return _first_in(self.table, PLACES) or ""

    @property
    def period(self) -> str | None:
        """The column that says when, if it has one."""
        return _first_in(self.table, PERIODS)

    @cached_property
    def periods(self) -> list[str]:
        """The months, quarters or years that it holds, in order."""
        if self.period is None:
            return []
        return [str(period) for period in sorted(self.table[self.period].unique())]


def incoming(path: Path, named: str | None, address: str = "") -> Incoming:
    """Recognise a file and read it as its source's files are read.

    Raises InputError if its header is of no source, or the loader can't vouch for it.
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
    table, lines = read_file(source_id, path), log()
    own = lines[(lines["file"] == path.name) & (lines["receipt"] == "")]
    readings = [f"{line.what} {line.rows:,}: {line.why}" for line in own.itertuples()]
    return Incoming(path, source(source_id), layout, content, table, readings, address)


def figure_columns(table: pd.DataFrame) -> list[str]:
    """The columns that hold figures, without the limits of intervals."""
    numbers = table.select_dtypes("number").columns
    return [name for name in numbers if name not in _NO_COUNTS and not name.endswith("_id")]


def key_columns(table: pd.DataFrame) -> list[str]:
    """The columns that together name a row: where, when, and of what kind."""
    keys = list(filter(None, (_first_in(table, PLACES), _first_in(table, PERIODS))))
    left_out = {*keys, *_NAMES, *_TEXTS, *_NO_COUNTS, *figure_columns(table)}
    return [*keys, *(name for name in map(str, table) if name not in left_out)]


def _first_in(table: pd.DataFrame, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in table), None)


def recognise(path: Path, named: str | None = None) -> tuple[str, str]:
    """The source and the layout of a CSV, or of a GeoJSON file of outlines, by its header alone.

    Where its source is ``named``, the header must be one of that source's layouts.

    Raises InputError if the header is of no source, or of several: with the nearest layout, what is
    missing and unexpected, and the line to add to which column map.
    """
    if named is not None:
        source(named)
    outlines = path.suffix.casefold() in (".geojson", ".json")
    outlines = outlines or bytes_of(path)[:64].lstrip().startswith(b"{")
    return _outlines(path, named) if outlines else _table(path, named)


def _table(path: Path, named: str | None) -> tuple[str, str]:
    table = read_text_table(path, named or source_of_sheet(path))
    header = [plain(name) for name in table.header if plain(name)]
    among = _with_column_map("data")
    fitting = [name for name in sources_that_fit(header) if name in among]
    # A file that two sources have figures of is taken to be of the one, unless the other is named.
    files_of = {name: what.published_as.files_of for name, what in publications().items()}
    fitting = [name for name in fitting if files_of.get(name) not in fitting]
    found = _chosen(path, header, fitting, among, named)
    try:
        return found, rename_columns(table, found)[1]
    except InputError:
        # Some sources have a column of varying name, so their reader is asked before it is refused.
        try:
            read_file(found, path)
        except InputError as error:
            raise _not_this_one(error, named) from None
        return found, ""


def _outlines(path: Path, named: str | None) -> tuple[str, str]:
    """Outline files hold more than is used, so the layout that knows most of it is meant."""
    header = [plain(name) for name in property_names(path)]
    among = [named] if named else _with_column_map("shapes")
    known = [
        (layout, name) for name in among for layout in vintages(name) if not layout.missing(header)
    ]
    if known:
        most = max(_known(layout, header) for layout, _ in known)
        best = [(name, layout) for layout, name in known if _known(layout, header) == most]
        _refuse_several(path, sorted({name for name, _ in best}))
        return best[0][0], best[0][1].name
    nearest = nearest_source(header, among)
    try:
        with in_file(path):
            raise unknown_header(property_names(path), nearest, others_let_be=True)
    except InputError as error:
        raise _not_this_one(error, named) from None


def _with_column_map(folder: str) -> list[str]:
    """Sources whose files come as tables, or as shapes, and that can be received."""
    return [
        name
        for name, declared in sources().items()
        if declared.folder == folder and not declared.file and map_path(name).is_file()
    ]


def _chosen(
    path: Path, header: list[str], fitting: list[str], among: list[str], named: str | None
) -> str:
    if named is not None:
        return named
    _refuse_several(path, fitting)
    if fitting:
        return fitting[0]
    nearest = nearest_source(header, among)
    if likeness(nearest, header) < _ALIKE:
        raise InputError(
            f"{path.name}: its header is of no source that is known.",
            f"Found: {quoted(header)}.",
            f"Most like it, and not much, is {nearest}.",
            "Name its source with --source ID, if it is one that `cdpb list` shows.",
            "A new source begins with data/sources.yml and a column map.",
        )
    return nearest


def _refuse_several(path: Path, fitting: list[str]) -> None:
    if len(fitting) > 1:
        raise InputError(
            f"{path.name}: its header is that of {len(fitting)} sources.",
            f"It fits {', '.join(fitting[:6])}.",
            "Name the one that it is of:",
            f"cdpb add {short(path.name)} --source {fitting[0]}",
        )


def _not_this_one(error: InputError, named: str | None) -> InputError:
    """The loader's message, which ends with a way out of a wrong guess."""
    lines = [line.strip() for line in error.lines if line.strip() != "Nothing was loaded."]
    return InputError(*lines, *([] if named else ["If it is of another source: --source ID."]))


def _known(layout: Vintage, header: list[str]) -> int:
    return len(set(layout.ours) & set(header))
