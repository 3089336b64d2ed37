"""What earlier publications showed, so that a new one can't be subtracted from them.

``data/ledger/<area>/<year>_<edition>.json`` holds, of each table of a protected source that was
released, its declaration and each cell as a reader saw it: the count, or ``[c]``. Never a hidden
count. A release of the same year again stands beside the first, numbered. Entries are read through
the chain of hashes alone (`cdpb.chain`), and each is held against what it declares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import ValidationError

from cdpb import catalogue, paths
from cdpb.chain import append, ledger_root, salted, verified
from cdpb.disclosure.declared import TOTAL, TableDeclaration
from cdpb.disclosure.earlier import DECLARED, EarlierTable
from cdpb.disclosure.masked import MARKER, Key
from cdpb.errors import InputError
from cdpb.periods import FinancialYear


@dataclass(frozen=True)
class LedgerEntry:
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

        An entry that can't be read is never passed over: what it showed could then be subtracted.
        """
        wrong = "it has not what every entry has"
        try:
            tables = [self._table(each) for each in self.content["tables"]]
            wrong = _wrong(tables) if self.content["released"] else wrong
        except InputError:
            raise
        except (KeyError, TypeError, ValueError, ValidationError) as error:
            known = type(error) is ValueError
            raise _unreadable(self.path, str(error) if known else wrong) from None
        if wrong:
            raise _unreadable(self.path, wrong)
        return tables

    def _table(self, content: Mapping[str, Any]) -> EarlierTable:
        name, declared = content["table"], {each: content[each] for each in DECLARED}
        cells = {tuple(map(str, row[:-1])): _count(row[-1], name) for row in content["cells"]}
        if len(cells) < len(content["cells"]):
            raise ValueError(f"a row of {name} stands twice")
        declaration = TableDeclaration(**declared)
        return EarlierTable(name, self.name, self.content["edition"], declaration, cells)


def entries(area: str) -> list[LedgerEntry]:
    """Every release of an area, by name.

    Refused if any entry of the project was changed, removed or never entered, or one of the area
    holds what no table of its kind can.
    """
    every = sorted(verified().items())
    found = [
        LedgerEntry(ledger_root() / f"{name}.json", content)
        for name, content in every
        if name.startswith(f"{area}/")
    ]
    for entry in found:
        _ = entry.tables  # An entry that nobody asks for tables must be sound all the same.
    return found


def earlier_tables(area: str, source: str) -> list[EarlierTable]:
    """What was published of a source for an area, in both editions and all years."""
    tables = [table for entry in entries(area) for table in entry.tables]
    return [table for table in tables if table.declared.source == source]


def write_entry(area: str, year: str, edition: str, content: Mapping[str, Any]) -> Path:
    """Enter a release, whole or not at all, beside those of the same year; its file.

    Nothing that was entered is ever changed.
    """
    start, number = f"{FinancialYear.parse(year).slug}_{edition}", 1
    with FileLock(paths.private_folder() / "ledger.lock"):
        standing = verified()
        while f"{area}/{_file(start, number)}" in standing:
            number += 1
        path = ledger_root() / area / f"{_file(start, number)}.json"
        entry = LedgerEntry(path, salted({**content, "release": number}))
        _ = entry.tables  # What readers would refuse is not entered.
        append(f"{area}/{path.stem}", entry.content)
    return path


def _file(start: str, number: int) -> str:
    return start if number == 1 else f"{start}_{number}"


def _count(shown: Any, table: str) -> int | None:
    if shown == MARKER:
        return None
    if not isinstance(shown, int) or isinstance(shown, bool) or shown < 0:
        raise ValueError(f"a cell of {table} is neither a count nor {MARKER}")
    return shown


def _wrong(tables: Sequence[EarlierTable]) -> str:
    """What is wrong with tables that are each well formed; empty if nothing is."""
    sources = catalogue.sources() if tables else {}
    for table in tables:
        declared = table.declared
        if table.name.split("/")[-1] != declared.id:
            return f"{table.name} has another table's declaration"
        if declared.source not in sources:
            return f"{table.name} is of {declared.source}, which data/sources.yml doesn't declare"
        if any(not _fits(key, declared) for key in table.cells):
            return f"{table.name} has a row that its declaration doesn't know"
    return ""


def _fits(key: Key, declared: TableDeclaration) -> bool:
    """Whether a row has a value for each dimension, of those that its table was filtered by."""
    if len(key) != len(declared.dimensions):
        return False
    chosen = {
        name: {str(value) for value in (given if isinstance(given, list) else [given])} | {TOTAL}
        for name, given in declared.filter.items()
        if not declared.window
    }
    named = zip(declared.dimensions, key, strict=True)
    return all(value in chosen.get(name, {value}) for name, value in named)


def _unreadable(path: Path, wrong: str) -> InputError:
    return InputError(
        f"data/ledger/{path.parent.name}/{path.name} is not an entry of the ledger.",
        f"Found: {wrong}.",
        "Wanted: a file as cdpb release writes it.",
        "Without it, what it lists could be subtracted. Nothing was done.",
    )
