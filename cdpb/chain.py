"""The chain of hashes over what was released: an entry of the ledger can't be changed in silence.

``data/ledger/chain.csv`` has a line for each release of the project, all areas and editions in the
order in which they were entered: the entry, the digest of what it says, and the hash over that and
all lines before it. The last of these hashes is the head of the ledger.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.durable_files import write_whole
from cdpb.errors import InputError

HEADER = "entry,digest,chain"
SALT = "salt"
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
    links = _links()
    return links[-1].chain if links else ""


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


def salted(content: Mapping[str, Any]) -> dict[str, Any]:
    """Content with something random in it, without which its digest could be guessed.

    An entry of the partnership edition holds counts that the public isn't shown: whoever has
    the chain alone could try the few values that each may have.
    """
    return {**content, SALT: secrets.token_hex(16)}


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
