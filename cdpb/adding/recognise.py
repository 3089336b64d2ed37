"""Which source a file is of, told by its header alone, and the name it is stored under."""

import re
import unicodedata
from pathlib import Path, PurePath

from cdpb.catalogue import source, sources
from cdpb.errors import InputError, is_invisible
from cdpb.file_contents import bytes_of
from cdpb.loaders.boundaries import property_names
from cdpb.loaders.coverage import read_file
from cdpb.loaders.files import read_text_table
from cdpb.loaders.headers import (
    Vintage,
    in_our_words,
    likeness,
    map_path,
    nearest_source,
    plain,
    quoted,
    short,
    sources_that_fit,
    unknown_header,
    vintages,
)

_OUTLINES = (".geojson", ".json")
# Of 2: a layout that knows half of a header and finds half of what it needs comes to 1.
_ALIKE = 0.75


def recognise(path: Path, named: str | None = None) -> tuple[str, str]:
    """The source and the layout of a file.

    Parameters
    ----------
    path : Path
        A CSV, or a GeoJSON file of outlines, anywhere.
    named : str, optional
        The source, if somebody says so; the header must then be one of its layouts.

    Returns
    -------
    (str, str)
        The source's id, and the layouts that the header is of.

    Raises
    ------
    InputError
        If the header is of no source, or of several: with the nearest layout, what is missing
        and unexpected, and the line to add to which column map.
    """
    if named is not None:
        source(named)
    return _outlines(path, named) if is_outlines(path) else _table(path, named)


def is_outlines(path: Path) -> bool:
    """Whether a file holds shapes rather than rows."""
    return path.suffix.casefold() in _OUTLINES or bytes_of(path)[:64].lstrip().startswith(b"{")


def _table(path: Path, named: str | None) -> tuple[str, str]:
    table = read_text_table(path, named or "")
    header = [plain(name) for name in table.header if plain(name)]
    among = _with_column_map("data")
    fitting = [name for name in sources_that_fit(header) if name in among]
    found = _chosen(path, header, fitting, among, named)
    try:
        return found, in_our_words(table, found)[1]
    except InputError:
        return _read_otherwise(path, found, named)


def _read_otherwise(path: Path, found: str, named: str | None) -> tuple[str, str]:
    """Some sources have a column of varying name, so their reader is asked before it is refused."""
    try:
        read_file(found, path)
    except InputError as error:
        raise _not_this_one(error, named) from None
    return found, ""


def _outlines(path: Path, named: str | None) -> tuple[str, str]:
    """Outline files hold more than is used, so the layout that knows most of it is meant."""
    header = [plain(name) for name in property_names(path)]
    among = [named] if named else _with_column_map("shapes")
    known = [(each, name) for name in among for each in vintages(name) if not each.missing(header)]
    if known:
        most = max(_known(each, header) for each, _ in known)
        best = [(name, each) for each, name in known if _known(each, header) == most]
        _refuse_several(path, sorted({name for name, _ in best}))
        return best[0][0], best[0][1].name
    nearest = nearest_source(header, among)
    unknown = unknown_header(path, property_names(path), nearest, others_let_be=True)
    raise _not_this_one(unknown, named)


def _with_column_map(folder: str) -> list[str]:
    """Sources whose files come as tables, or as shapes, and that can be received."""
    return [
        name
        for name, each in sources().items()
        if each.folder == folder and not each.file and map_path(name).is_file()
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
    told = [line.strip() for line in error.lines if line.strip() != "Nothing was loaded."]
    return InputError(*told, *([] if named else ["If it is of another source: --source ID."]))


def _known(layout: Vintage, header: list[str]) -> int:
    return len(set(layout.ours) & set(header))


# Of Windows, with any ending: CON, con.csv and COM1.tar.gz are devices there.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
_NOT_IN_NAMES = set('<>:"/\\|?*')
# A name may have 255 bytes on most systems, and a path 260 signs on some.
_MOST_BYTES = 120


def safe_name(name: str) -> str:
    r"""A name without what breaks a checkout, a page or a console; unchanged where nothing does.

    Line breaks, control and direction characters, ``<>:"/\|?*`` become ``_``; leading dots and
    trailing dots and spaces go; a name that Windows keeps for a device gets a ``_`` in front; one
    of more than 120 bytes is cut before its ending.
    """
    composed = unicodedata.normalize("NFC", name)
    signs = ("_" if is_invisible(sign) or sign in _NOT_IN_NAMES else sign for sign in composed)
    kept = re.sub(r"\s", " ", "".join(signs)).strip().lstrip(". ").rstrip(". ")
    if _DEVICES.fullmatch(kept.split(".")[0].rstrip()):
        kept = f"_{kept}"
    return _cut(kept) or "file"


def _cut(name: str) -> str:
    if len(name.encode()) <= _MOST_BYTES:
        return name
    ending = PurePath(name).suffix if len(PurePath(name).suffix) <= len(".geojson") else ""
    stem = name.removesuffix(ending).encode()[: _MOST_BYTES - len(ending.encode())]
    return stem.decode(errors="ignore").rstrip(". ") + ending
