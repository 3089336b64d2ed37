"""A received table as text, exactly as it stands in its file."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cdpb.errors import InputError
from cdpb.loaders.log import Origin, record
from cdpb.yaml_files import bytes_of, relative

_OTHER_KINDS = {
    b"PK\x03\x04": "a spreadsheet or a zip file",
    b"\xff\xfe": "text saved as UTF-16",
    b"\xfe\xff": "text saved as UTF-16",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
}

_OTHER_SIGNS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class TextTable:
    """A file's header and rows, all text, numbered as the rows stand in the file."""

    path: Path
    origin: Origin
    header: list[str]
    rows: pd.DataFrame


def read_text_table(path: Path, source_id: str, receipt: str = "") -> TextTable:
    """Read a CSV as text: UTF-8 with or without a byte order mark, else Windows cp1252.

    Raises
    ------
    InputError
        If the file is missing, empty, no text table, or has rows longer or shorter than its header.
    """
    origin = Origin(source_id, receipt, path.name)
    rows = _cells(_text(path, origin), path)
    header = [str(name) for name in rows.iloc[0]]
    body = rows.iloc[1:]
    blank = (body == "").all(axis=1)
    record(origin, "read", len(body), "rows below the header")
    record(origin, "dropped", int(blank.sum()), "blank rows")
    return TextTable(path, origin, header, body[~blank])


def _text(path: Path, origin: Origin) -> str:
    content = bytes_of(path)
    for start, kind in _OTHER_KINDS.items():
        if content.startswith(start):
            raise _no_table(path, f"It is {kind}.")
    if not content.strip() or b"\x00" in content:
        raise _no_table(path, "It is empty." if not content.strip() else "It holds binary data.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _windows_text(content, path, origin)


def _windows_text(content: bytes, path: Path, origin: Origin) -> str:
    """Hand-made returns come in the encoding of Windows spreadsheets."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise _no_table(path, "Its text is neither UTF-8 nor Windows cp1252.") from None
    record(origin, "read", 1, "file in Windows cp1252, not UTF-8")
    return text


def _cells(text: str, path: Path) -> pd.DataFrame:
    """Header and rows; pandas' own reader would fill a row that is cut short."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise _no_table(path, f"{str(error)[:60]}.") from None
    _refuse_no_table(rows, path)
    for place, row in enumerate(rows):
        if len(row) != len(rows[0]):
            found = f"wanted {len(rows[0])} cells, found {len(row)}."
            raise _no_table(path, f"Row {place} below the header: {found}")
    return pd.DataFrame(rows, dtype=str)


def _refuse_no_table(rows: list[list[str]], path: Path) -> None:
    """Refuse what reads as a table and is none, or is two."""
    header, below = rows[0], rows[1:]
    parted = [name for sign, name in _OTHER_SIGNS.items() if len(header) == 1 and sign in header[0]]
    if parted:
        raise _no_table(path, f"Its cells are parted by {parted[0]}, not by commas.")
    if not below:
        raise _no_table(path, "It has a header and no rows.")
    if header in below:
        again = f"Row {1 + below.index(header)} below the header is the header again."
        raise _no_table(path, f"{again} Two files were perhaps put together: take them apart.")


def _no_table(path: Path, why: str) -> InputError:
    return InputError(
        f"{relative(path)} can't be read as a table.",
        why,
        "Wanted: a CSV file, every row as long as its header.",
        "A spreadsheet is saved as CSV UTF-8, with commas, first.",
        "Nothing was loaded.",
    )
