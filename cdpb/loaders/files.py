"""A received table as text, exactly as it stands in its file, and a log of what was done."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cdpb.catalogue import publications
from cdpb.errors import FileError
from cdpb.file_contents import bytes_of, in_file
from cdpb.yaml_files import refuse_invisible

COLUMNS = ["source", "receipt", "file", "what", "rows", "why"]


@dataclass(frozen=True)
class Origin:
    """Where a table is being read from: names for the log and for messages."""

    source: str
    receipt: str
    file: str


# As its columns are.
Line = tuple[str, str, str, str, int, str]
_logged: dict[Line, None] = {}


def record(origin: Origin, what: str, rows: int, why: str) -> None:
    """Log one line: so many rows were ``read``, ``dropped``, ``filled`` or ``replaced``, and why.

    A line about no rows is left out, and so is one that is already there.
    """
    if rows:
        _logged[origin.source, origin.receipt, origin.file, what, int(rows), why] = None


def log() -> pd.DataFrame:
    """What the loaders did since the process began, oldest first.

    Returns
    -------
    pandas.DataFrame
        ``source, receipt, file, what, rows, why``; ``what`` is read, dropped, filled or replaced.
    """
    return pd.DataFrame(list(_logged), columns=COLUMNS)


def clear() -> None:
    """Forget all lines."""
    _logged.clear()


@contextmanager
def lines_of() -> Iterator[list[Line]]:
    """The lines that are logged within, those too that were there before."""
    before, found = dict(_logged), list[Line]()
    _logged.clear()
    try:
        yield found
    finally:
        found += _logged
        log_again([*before, *found])


def log_again(lines: Iterable[Line]) -> None:
    """Log what was logged when a table was read that is at hand now."""
    _logged.update(dict.fromkeys(lines))


_OTHER_KINDS = {
    b"PK\x03\x04": "a spreadsheet or a zip file",
    b"\xd0\xcf\x11\xe0": "a spreadsheet of an old Excel",
    b"\xff\xfe": "text saved as UTF-16",
    b"\xfe\xff": "text saved as UTF-16",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"version https://git-lfs": "a Git LFS pointer: the table itself was not downloaded",
    b"<?xml": "an XML file",
    b"{": "a JSON file",
    b"[": "a JSON file",
}
_WEB_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.I | re.S)
_TITLE = re.compile(r"<title[^>]*>([^<]{1,60})", re.IGNORECASE)
_OTHER_SIGNS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_SEPARATOR = re.compile(r'"?sep=(.)"?\r?\n')
# Fifty years of months are 600; the widest layout but those has 260 columns.
_MOST_COLUMNS = 1_000
# The site of Fingertips names a last column that its rows do not have.
_WITHOUT_CELLS = {"", "time period range", "compared to goal", "new data"}
# Below a table: how many rows it has, where it is from.
_COUNTED = re.compile(
    r"\(?(?:(?P<before>[\d,]+) (?:rows?|records?)\b.*"
    r"|(?:number of |total |no\. of )?(?:rows?|records?)(?: count)?\s*[:=]?\s*(?P<after>[\d,]+))\)?"
)
_NOTE = re.compile(r"(?:source|notes?|footnotes?|©|crown copyright|extracted|produced|end of)\b.*")


@dataclass(frozen=True)
class TextTable:
    """A file's header and rows, all text, numbered as the rows stand in the file."""

    path: Path
    origin: Origin
    header: list[str]
    rows: pd.DataFrame

    def record(self, what: str, rows: pd.Series | int, why: str) -> None:
        """Log how many rows of it were dropped, say: their number, or a mask of them."""
        record(self.origin, what, int(np.sum(rows)), why)


def read_text_table(path: Path, source_id: str, receipt: str = "") -> TextTable:
    """Read a CSV as text: UTF-8 with or without a byte order mark, else Windows cp1252.

    Titles above the header and notes below the rows, one cell each, are left out; a note that
    counts the rows must agree with them. Of a source that its publisher gives as sheets of a
    workbook, they are read, and of one sheet a CSV too.

    Raises InputError if the file is missing, empty, no text table, has rows longer or shorter than
    its header, or another number of rows than it says.
    """
    origin = Origin(source_id, receipt, path.name)
    with in_file(path):
        rows = _cells(_all_rows(path, origin), origin)
    header = [str(name) for name in rows.iloc[0]]
    body = rows.iloc[1:]
    blank = (body == "").all(axis=1)
    table = TextTable(path, origin, header, body[~blank])
    table.record("read", len(body), "rows below the header")
    table.record("dropped", blank, "blank rows")
    return table


def _all_rows(path: Path, origin: Origin) -> list[list[str]]:
    what = publications().get(origin.source)
    if not what or not what.published_as.sheets:
        return _all_cells(_text(path, origin))
    # Imported here: it reads tables itself, and a run on other sources has no need of it.
    from cdpb.loaders.publishers import WORKBOOKS, one_header, table_of_workbook

    content = bytes_of(path)
    if content.startswith(WORKBOOKS):
        return table_of_workbook(content, what.published_as)
    return one_header(_all_cells(_text(path, origin)))


def _text(path: Path, origin: Origin) -> str:
    content = bytes_of(path)
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    for begins, kind in _OTHER_KINDS.items():
        if content.startswith(begins) or start.startswith(begins):
            raise _no_table(f"It is {kind}.")
    if _WEB_PAGE.match(start):
        raise _web_page(start)
    if not content.strip() or b"\x00" in content:
        raise _no_table("It is empty." if not content.strip() else "It holds binary data.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _windows_text(content, origin)
    refuse_invisible(text)
    return text


def _web_page(content: bytes) -> FileError:
    title = _TITLE.search(content[:20_000].decode("utf-8", "replace"))
    named = f", called {' '.join(title[1].split())!r}" if title else ""
    return _no_table(
        f"It is a web page{named}: perhaps a page to sign in on, or an error, saved as CSV.",
        "Download the file again, signed in, and look into it before it is added.",
    )


def _windows_text(content: bytes, origin: Origin) -> str:
    """Hand-made returns come in the encoding of Windows spreadsheets."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise _no_table("Its text is neither UTF-8 nor Windows cp1252.") from None
    record(origin, "read", 1, "file in Windows cp1252, not UTF-8")
    return text


def _cells(rows: list[list[str]], origin: Origin) -> pd.DataFrame:
    """Header and rows; pandas' own reader would fill a row that is cut short."""
    rows = _without_notes(_without_titles(rows, origin), origin)
    _refuse_no_table(rows)
    rows = _with_last_cells(rows)
    _refuse_uneven(rows)
    return pd.DataFrame(rows, dtype=str)


def _all_cells(text: str) -> list[list[str]]:
    text = _without_separator(text)
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise _no_table(f"{str(error)[:60]}.") from None


def _with_last_cells(rows: list[list[str]]) -> list[list[str]]:
    """Rows that all lack the last cells of the header, where that is the publisher's way."""
    width, lengths = len(rows[0]), {len(row) for row in rows[1:]}
    lacking = width - min(lengths)
    last = {" ".join(name.split()).casefold() for name in rows[0][width - lacking :]}
    if len(lengths) > 1 or lacking < 1 or not last <= _WITHOUT_CELLS:
        return rows
    return [rows[0], *([*row, *[""] * lacking] for row in rows[1:])]


def _without_separator(text: str) -> str:
    """Spreadsheet programs write a first line that says what parts the cells."""
    first = _SEPARATOR.match(text)
    if first and first[1] in _OTHER_SIGNS:
        raise _parted(_OTHER_SIGNS[first[1]])
    return text[first.end() :] if first else text


def _without_titles(rows: list[list[str]], origin: Origin) -> list[list[str]]:
    """A header has names for two columns at least; what stands above is a title, or blank."""
    first = next((at for at, row in enumerate(rows) if sum(map(bool, map(str.strip, row))) > 1), 0)
    record(origin, "dropped", first, "titles and blank rows above the header")
    return rows[first:]


def _without_notes(rows: list[list[str]], origin: Origin) -> list[list[str]]:
    """Rows without those at the end that say where the table is from, or how long it is."""
    end = len(rows)
    lengths: list[int] = []
    while end > 1 and (note := _note(rows[end - 1])) is not None:
        if counted := _COUNTED.fullmatch(note):
            lengths.append(int((counted["before"] or counted["after"]).replace(",", "")))
        end -= 1
    body = sum(any(map(str.strip, row)) for row in rows[1:end]) if lengths else 0
    if any(number not in (body, body + 1) for number in lengths):
        raise _no_table(
            "A note below its rows counts other than as many rows as there are.",
            "It was perhaps cut short, or put together from several. Take the whole file again.",
        )
    record(origin, "dropped", len(rows) - end, "notes and blank rows below the table")
    return rows[:end]


def _note(row: list[str]) -> str | None:
    """The one cell of a note, "" for a blank row, None for a row of the table."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if not cells:
        return ""
    written = " ".join(cells[0].split()).casefold()
    is_note = len(cells) == 1 and (_COUNTED.fullmatch(written) or _NOTE.fullmatch(written))
    return written if is_note else None


def _refuse_no_table(rows: list[list[str]]) -> None:
    """Refuse what reads as a table and is none, or is two."""
    if not rows:
        raise _no_table("It is empty.")
    header, below = rows[0], rows[1:]
    parted = [name for sign, name in _OTHER_SIGNS.items() if len(header) == 1 and sign in header[0]]
    if parted:
        raise _parted(parted[0])
    if len(header) > _MOST_COLUMNS:
        raise _no_table(f"Its header has {len(header):,} cells: no layout has so many.")
    if not below:
        raise _no_table("It has a header and no rows.")
    if header in below:
        again = f"Row {1 + below.index(header)} below the header is the header again."
        raise _no_table(f"{again} Two files were perhaps put together: take them apart.")


def _refuse_uneven(rows: list[list[str]]) -> None:
    for place, row in enumerate(rows):
        if len(row) != len(rows[0]):
            found = f"wanted {len(rows[0])} cells, found {len(row)}."
            why = (
                "It was cut short, or holds a note: take the whole file again."
                if place == len(rows) - 1 and len(row) < len(rows[0])
                else "A cell that holds a comma stands in quotation marks."
            )
            raise _no_table(f"Row {place} below the header: {found}", why)


def _parted(sign: str) -> FileError:
    return _no_table(f"Its cells are parted by {sign}, not by commas.")


def _no_table(why: str, *way_out: str) -> FileError:
    return FileError(
        "This file can't be read as a table.",
        why,
        "Wanted: a CSV file, every row as long as its header.",
        *(way_out or ("A spreadsheet is saved as CSV UTF-8, with commas, first.",)),
    )
