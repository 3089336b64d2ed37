"""The project's own lists: CSV files that people keep in a spreadsheet program.

Such a program may save them in Windows cp1252, with semicolons, with blank rows at the end. All of
that means the same and is read; what might mean something else is refused, with its line.
"""

import csv
import io
from functools import lru_cache
from pathlib import Path

from cdpb.errors import FileError
from cdpb.file_contents import bytes_of, in_file
from cdpb.yaml_files import refuse_invisible

_OTHER_KINDS = {
    b"PK\x03\x04": "a spreadsheet, not a CSV file",
    b"\xff\xfe": "text saved as UTF-16",
    b"\xfe\xff": "text saved as UTF-16",
}


def list_rows(path: Path, *needed: str) -> list[dict[str, str]]:
    """The rows of a list, each by the names of its columns.

    Raises InputError as `csv_cells`; or if a column of ``needed`` is missing.
    """
    header, *rows = csv_cells(path)
    missing = [name for name in needed if name not in header]
    if missing:
        found = f"Found: {', '.join(header)[:90]}."
        with in_file(path):
            raise _refused(1, f"its header has no column {missing[0]!r}", found)
    return [dict(zip(header, row, strict=True)) for row in rows]


def csv_cells(path: Path) -> list[list[str]]:
    """The header and the rows of a list, blank rows left out.

    Raises InputError if the file is missing, no text, or has no header; if a column has no name or
    one that another has; if a row has more or fewer cells than the header. Names the line.
    """
    with in_file(path):
        names, *rows = _cells(bytes_of(path))
    return [list(names), *map(list, rows)]


@lru_cache(maxsize=32)
def _cells(content: bytes) -> list[list[str]]:
    text = _text(content)
    refuse_invisible(text)
    header, *rows = _lines(text)
    names = [name.strip() for name in header[1]]
    for name in names:
        if not name or names.count(name) > 1:
            wrong = f"two columns are called {name!r}" if name else "a column has no name"
            raise _refused(header[0], wrong)
    for line, row in rows:
        if len(row) != len(names):
            raise _refused(line, f"wanted {len(names)} cells, found {len(row)}")
    return [names, *(row for _, row in rows)]


def _text(content: bytes) -> str:
    for start, kind in _OTHER_KINDS.items():
        if content.startswith(start):
            raise _refused(1, f"it is {kind}")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
    raise _refused(line, "a letter is neither UTF-8 nor Windows cp1252")


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line that it ends on."""
    first = next((line for line in text.splitlines() if line.strip(" ,;")), "")
    sign = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise _refused(reader.line_num, str(error)[:60]) from None
    if not rows:
        raise _refused(1, "it is empty")
    return rows


def _refused(line: int, wrong: str, found: str = "") -> FileError:
    return FileError(
        f"This file, line {line}: {wrong}.",
        *([found] if found else []),
        "Wanted: a CSV file with a name over each column, every row as long as its header.",
        "Fix the line, or save the list again as CSV UTF-8.",
    )
