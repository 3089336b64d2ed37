"""What earlier publications showed, so that a new one can't be subtracted from them.

``data/ledger/<area>/<year>_<edition>.json`` holds, of each table of a protected source that was
released, its declaration and each cell as a reader saw it: the count, or ``[c]``. Never a hidden
count. A release of the same year again stands beside the first, numbered.

No entry can be changed in silence: ``data/ledger/chain.csv`` has a line for each release of the
project, in their order, with the digest of what it says and the hash over that and all lines before
it. The last hash is the head of the ledger. Entries are read through this chain alone.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import ValidationError

from cdpb import catalogue, paths
from cdpb.disclosure.declared import TOTAL, TableDeclaration
from cdpb.disclosure.earlier import DECLARED, EarlierTable
from cdpb.disclosure.masked import MARKER, Key
from cdpb.durable_files import write_whole
from cdpb.errors import InputError
from cdpb.periods import FinancialYear

HEADER = "entry,digest,chain"
_BACK = "Take data/ledger back from version control, whole, and find out who changed it."
_WHY = "Nothing was done: what an entry lists could be subtracted from what is published next."


@dataclass(frozen=True)
class Link:
    """A line of the chain: an entry, named ``E09000003/2023-24_public``, and its hashes."""

    entry: str
    digest: str
    chain: str


def ledger_root() -> Path:
    """Where all releases of the project are entered."""
    return paths.data_folder() / "ledger"


def head() -> str:
    """The hash that stands for the whole ledger as it is; empty before the first release."""
    return links[-1].chain if (links := _links()) else ""


def verified() -> dict[str, dict[str, Any]]:
    """What every entry of the project says, by its name, in the order of the releases.

    Raises InputError if an entry was changed, is missing or was never entered, or a line of the
    chain was changed, removed or moved. Names the first.
    """
    links = _links()
    listed = {link.entry for link in links}
    found = {f"{path.parent.name}/{path.stem}": path for path in ledger_root().glob("*/*.json")}
    for name in sorted(set(found) - listed):
        raise InputError(
            f"data/ledger/{name}.json stands in no line of data/ledger/chain.csv.",
            "Wanted: entries that cdpb release made, and the chain as it left it.",
            _BACK,
            "If a release was interrupted just there, delete that file and release again.",
            _WHY,
        )
    return {link.entry: _content(link, found.get(link.entry)) for link in links}


def append(name: str, content: Mapping[str, Any]) -> str:
    """Write an entry and its line, and return the new head. Both are there, or a reader stops."""
    path = ledger_root() / f"{name}.json"
    link = _next(_links(), name, digest_of(content))
    lines = [HEADER, *(",".join(astuple(each)) for each in (*_links(), link))]
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    write_whole(_chain_file(), "\n".join(lines) + "\n")
    return link.chain


@contextmanager
def all_or_none() -> Iterator[None]:
    """What is entered within it stands together; if one can't be, the ledger is as it was."""
    chain = _chain_file()
    before = chain.read_bytes() if chain.is_file() else None
    entered = {link.entry for link in _links()}
    try:
        yield
    except BaseException:
        for link in _links():
            if link.entry not in entered:
                (ledger_root() / f"{link.entry}.json").unlink(missing_ok=True)
        if before is None:
            chain.unlink(missing_ok=True)
        else:
            write_whole(chain, before.decode("utf-8"))
        raise


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of what an entry says, however its file is laid out: line ends may be converted."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _chain_file() -> Path:
    return ledger_root() / "chain.csv"


def _links() -> list[Link]:
    """The lines of the chain, each held against those before it."""
    if not _chain_file().is_file():
        return []
    try:
        header, *lines = _chain_file().read_text(encoding="utf-8").splitlines()
        links = [Link(*line.split(",")) for line in lines]
    except (OSError, ValueError, TypeError):
        raise _broken("it is not as cdpb release writes it") from None
    for at, link in enumerate(links):
        if link != _next(links[:at], link.entry, link.digest):
            before = f"line {at + 1}" if at else "an empty ledger"
            raise _broken(f"line {at + 2}, {link.entry[:60]}, does not follow from {before}")
    if header != HEADER or not links or len({link.entry for link in links}) < len(links):
        raise _broken("its header was changed, or a line stands twice or was removed")
    return links


def _next(before: list[Link], entry: str, digest: str) -> Link:
    last = before[-1].chain if before else ""
    chain = hashlib.sha256(f"{last},{entry},{digest}".encode()).hexdigest()
    return Link(entry, digest, chain)


def _content(link: Link, path: Path | None) -> dict[str, Any]:
    if path is None:
        raise InputError(
            f"data/ledger/{link.entry}.json is missing.",
            "data/ledger/chain.csv lists it among what was released.",
            _BACK,
            _WHY,
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        same = isinstance(content, dict) and digest_of(content) == link.digest
    except (OSError, ValueError, RecursionError):
        same = False
    if not same:
        raise InputError(
            f"data/ledger/{link.entry}.json is not as it was entered.",
            "Wanted: what cdpb release wrote, unchanged since.",
            _BACK,
            _WHY,
        )
    return dict(content)


def _broken(how: str) -> InputError:
    return InputError(
        f"data/ledger/chain.csv: {how}.",
        "Wanted: the lines that releases wrote, none changed, removed or moved.",
        _BACK,
        _WHY,
    )


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
        standing, path = verified(), ledger_root() / area / f"{start}.json"
        while f"{area}/{path.stem}" in standing:
            number += 1
            path = path.with_name(f"{start}_{number}.json")
        # Without something random in it, whoever has the chain alone could try the few values that
        # each count of a partnership's entry may have, until one has its digest.
        salted = {**content, "release": number, "salt": secrets.token_hex(16)}
        entry = LedgerEntry(path, salted)
        _ = entry.tables  # What readers would refuse is not entered.
        append(f"{area}/{path.stem}", entry.content)
    return path


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
