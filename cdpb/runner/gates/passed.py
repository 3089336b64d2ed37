"""What passed before, by the key of all that its gate looked at: that isn't judged again.

What was refused is never kept. An entry is private, on the disk whole or not at all, and used only
while it has the bytes it was kept with. `cdpb gate` and `cdpb release` hold attack and scan anew.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.durable_files import write_whole
from cdpb.runner.assemble import whatever_passed
from cdpb.runner.cache import oldest
from cdpb.runner.gates.published_figures import file_names
from cdpb.runner.gates.written import Written
from cdpb.runner.keys import ATTACK, SCAN, Inputs, bytes_hash
from cdpb.runner.manifest import files_of_record

# About twenty thousand bytes each: one a finding, in as many assessments as the cache has.
MOST_KEPT = 1200


def hash_of(*parts: object) -> str:
    """One hash of some values, each written as JSON."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def entry_of(key: str) -> dict[str, Any] | None:
    """What was kept with a key; None where nothing was, or it isn't as it was kept."""
    path = _folder() / key
    with suppress(OSError, ValueError):
        seal, _, text = path.read_text(encoding="utf-8").partition("\n")
        if seal == hash_of(key, text):
            path.touch()
            return dict(json.loads(text))
    return None


def keep_passed(entries: Mapping[str, Mapping[str, Any]], written: Written | None = None) -> None:
    """Keep what passed, by key; nothing if what it was judged by is no longer as it was then.

    A full disk keeps nothing, and stops nobody.
    """
    if written and Inputs().of_checking(written.assessment) != written.judged_by:
        return
    with suppress(OSError):
        for key, content in entries.items():
            text, place = json.dumps(content), _folder() / key
            write_whole(
                place, f"{hash_of(key, text)}\n{text}", place.with_suffix(f".{os.getpid()}")
            )
        for path in oldest(_folder(), MOST_KEPT):
            path.unlink(missing_ok=True)


def forget(keys: Iterable[str]) -> None:
    """Let what has these keys be judged again."""
    for key in keys:
        (_folder() / key).unlink(missing_ok=True)


def key_of_tables(written: Written) -> str:
    """The key of what the attack looks at; empty where nothing is remembered."""
    if not written.judged_by:
        return ""
    told = [(each["id"], each.get("tables"), each.get("trace")) for each in written.records]
    files = [state(written.folder / name) for name in written.tables]
    return hash_of(ATTACK, written.judged_by[ATTACK], str(written.assessment), told, files)


def keys_of_findings(written: Written) -> dict[str, str]:
    """By finding the key of what the scan looks at: its files, and whatever they may name.

    One that says what others say depends on all of theirs too.
    """
    if not written.judged_by:
        return {}
    names = sorted(file_names(written.assessment, written.records))
    alike = (SCAN, written.judged_by[SCAN], str(written.assessment), names)
    own = {
        record["id"]: hash_of(
            alike,
            record,
            [state(written.folder / name) for name in files_of_record(record)],
            state(written.notebooks[record["id"]]),
        )
        for record in written.records
        if record["id"] in written.notebooks
    }
    tested = {record["id"]: record.get("tested", True) for record in written.records}
    return {id: key if tested[id] else hash_of(key, own) for id, key in own.items()}


def state(path: Path) -> str:
    """The hash of a file, whatever gates have said on it; empty where there is none."""
    return bytes_hash(whatever_passed(path)) if path.is_file() else ""


def _folder() -> Path:
    return paths.private_folder("gates")
