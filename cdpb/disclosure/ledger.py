"""What earlier publications showed, so that a new one can't be subtracted from them.

``data/ledger/<area>/<year>_<edition>.json`` holds, of each table of a protected source that was
released, its declaration and each cell as a reader saw it: the count, or ``[c]``. Never a hidden
count. A release of the same year again stands beside the first, numbered.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cdpb import paths
from cdpb.declarations import TableDeclaration
from cdpb.disclosure.masked import MARKER
from cdpb.errors import InputError
from cdpb.periods import FinancialYear

Key = tuple[str, ...]
DECLARED = ("id", "title", "source", "dimensions", "filter", "count", "totals", "window")


@dataclass(frozen=True)
class EarlierTable:
    """A table of a protected source, as readers of an earlier publication saw it.

    Attributes
    ----------
    name : str
        ``finding/table``.
    release : str
        The publication it was part of; tables of one release were counted from the same figures.
    edition : str
        Who saw it: ``public`` everybody, ``partnership`` the members of the board.
    declared : TableDeclaration
        With the area and years it was published for.
    cells : mapping of tuple to (int or None)
        Each key and the count shown; None where it was hidden.
    """

    name: str
    release: str
    edition: str
    declared: TableDeclaration
    cells: Mapping[Key, int | None]

    def to_dict(self) -> dict[str, Any]:
        """For the ledger: each cell as its key and what was shown."""
        told = self.declared.model_dump(include=set(DECLARED))
        shown = [[*key, MARKER if count is None else count] for key, count in self.cells.items()]
        return {"table": self.name, **{name: told[name] for name in DECLARED}, "cells": shown}


@dataclass(frozen=True)
class Entry:
    """One release, as its file in the ledger tells it."""

    path: Path
    content: Mapping[str, Any]

    @property
    def name(self) -> str:
        """``2023-24_public``, or ``2023-24_public_2`` for the second release of that year."""
        return self.path.stem

    @property
    def released(self) -> str:
        """The day, as ``2026-11-22``."""
        return str(self.content["released"])

    @cached_property
    def tables(self) -> list[EarlierTable]:
        """The tables of protected sources.

        Raises
        ------
        InputError
            If the file is not one that a release wrote. An entry that can't be read is never
            passed over: what it showed could then be subtracted.
        """
        try:
            return [self._table(each) for each in self.content["tables"]]
        except (KeyError, TypeError, ValueError, ValidationError):
            raise _unreadable(self.path) from None

    def _table(self, told: Mapping[str, Any]) -> EarlierTable:
        declared = TableDeclaration(**{name: told[name] for name in DECLARED})
        cells = {tuple(map(str, row[:-1])): _count(row[-1]) for row in told["cells"]}
        return EarlierTable(told["table"], self.name, self.content["edition"], declared, cells)


@dataclass(frozen=True)
class PublishedThen:
    """What a release showed in one cell.

    Attributes
    ----------
    value : int or None
        None where it was hidden.
    released : str
        The day, as ``2026-11-22``.
    """

    value: int | None
    released: str

    @property
    def text(self) -> str:
        """``1,234``, or the marker."""
        return MARKER if self.value is None else f"{self.value:,}"


def ledger_folder(area: str) -> Path:
    """Where the releases of an area are entered."""
    return paths.data_folder() / "ledger" / area


def entries(area: str) -> list[Entry]:
    """Every release of an area, by name.

    Raises
    ------
    InputError
        If a file of the ledger can't be read.
    """
    return [_read(path) for path in sorted(ledger_folder(area).glob("*.json"))]


def earlier_tables(area: str, source: str) -> list[EarlierTable]:
    """What was published of a source for an area, in both editions and all years."""
    tables = [table for entry in entries(area) for table in entry.tables]
    return [table for table in tables if table.declared.source == source]


def published_then(
    area: str, year: str, table: str, key: Sequence[str], edition: str = "public"
) -> PublishedThen | None:
    """What the assessment of a year showed in one cell of a protected source.

    Parameters
    ----------
    table : str
        ``finding/table``.
    key : sequence of str
        The row's dimensions, in their order.

    Returns
    -------
    PublishedThen or None
        Of the newest release of that year that showed the cell or hid it; None where none did.
    """
    start = _stem(year, edition)
    own = [each for each in entries(area) if each.name in (start, *_numbered(each.name, start))]
    for entry in sorted(own, key=lambda each: _number(each.name, start), reverse=True):
        for each in entry.tables:
            if each.name == table and tuple(key) in each.cells:
                return PublishedThen(each.cells[tuple(key)], entry.released)
    return None


def write_entry(area: str, year: str, edition: str, content: Mapping[str, Any]) -> Path:
    """Enter a release, whole or not at all, beside those of the same year that stand there.

    Returns
    -------
    Path
        The file. Nothing that was entered is ever changed.
    """
    folder = ledger_folder(area)
    folder.mkdir(parents=True, exist_ok=True)
    start, number = _stem(year, edition), 1
    while (folder / _file(start, number)).exists():
        number += 1
    path = folder / _file(start, number)
    aside = path.with_name(f".{path.name}.new")
    text = json.dumps({**content, "release": number}, ensure_ascii=False, indent=1)
    with aside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
    return path


def _stem(year: str, edition: str) -> str:
    return f"{FinancialYear.parse(year).slug}_{edition}"


def _file(start: str, number: int) -> str:
    return f"{start}.json" if number == 1 else f"{start}_{number}.json"


def _numbered(name: str, start: str) -> list[str]:
    return [name] if name.startswith(f"{start}_") else []


def _number(name: str, start: str) -> int:
    return 1 if name == start else int(name.removeprefix(f"{start}_"))


def _count(shown: Any) -> int | None:
    if shown == MARKER:
        return None
    if not isinstance(shown, int) or isinstance(shown, bool):
        raise ValueError("neither a count nor the marker")
    return shown


def _read(path: Path) -> Entry:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _unreadable(path) from None
    if not isinstance(content, dict) or "released" not in content or "edition" not in content:
        raise _unreadable(path)
    return Entry(path, content)


def _unreadable(path: Path) -> InputError:
    return InputError(
        f"data/ledger/{path.parent.name}/{path.name} is not an entry of the ledger.",
        "Wanted: a file as cdpb release writes it, unchanged since.",
        "Take it back from version control. Without it, what it lists could be subtracted.",
    )
