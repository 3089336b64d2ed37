"""Of a source that isn't public an edition names the months received, and nothing of its files."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cdpb import catalogue

# A hash is told by its beginning too; shorter runs of such letters stand in words and colours.
LETTERS = re.compile(r"[0-9a-f]{12,}")
ALONE = 64


def receipts_told(folder: Path, sources: Mapping[str, list[Mapping[str, Any]]]) -> Iterator[str]:
    """Where a hash of a file that isn't public stands, whole or in part, and receipts named.

    Parameters
    ----------
    folder : Path
        Of the assessment.
    sources : mapping of str to list
        For each JSON file, the sources that it tells of.
    """
    hashes = _hashes()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        text = path.read_text(encoding="utf-8", errors="replace").lower()
        runs = {run[:ALONE] for run in LETTERS.findall(text)}
        for source in sorted({hashes[each] for each in hashes if _begins_with(each, runs)}):
            name = path.relative_to(folder).as_posix()
            yield f"{name}: has the hash of a file of {source}, which is not public"
    for name, told in sources.items():
        yield from (f"{name}: {source}" for source in _named(told))


def _begins_with(hash_: str, runs: set[str]) -> bool:
    return any(hash_[:length] in runs for length in range(12, ALONE + 1))


def _hashes() -> dict[str, str]:
    """The hash of every file that isn't public, and its source."""
    closed = [each.id for each in catalogue.sources().values() if each.access != "public"]
    return {
        file.sha256: id
        for id in closed
        for receipt in catalogue.receipts(id)
        for file in receipt.files
    }


def _named(told: list[Mapping[str, Any]]) -> Iterator[str]:
    known = catalogue.sources()
    for source in told:
        if source["id"] not in known or known[source["id"]].access == "public":
            continue
        months = {each["received"] for each in catalogue.shown_receipts(source["id"])}
        receipts = source.get("receipts") or []
        if any(each.get("files") or each["received"] not in months for each in receipts):
            yield f"names more of the receipts of {source['id']} than their months"
