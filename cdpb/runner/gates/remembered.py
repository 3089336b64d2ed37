"""Gates that take long, remembered until anything changes that they depend on."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from cdpb import paths
from cdpb.runner.draft import whatever_passed
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.written import Written
from cdpb.runner.keys import bytes_hash
from cdpb.runner.manifest import GATES

FOLDER = "gates"


def remembered(
    name: str, written: Written, keys: Mapping[str, str], hold: Callable[[], Outcome]
) -> Outcome:
    """Hold a gate, unless it passed for these files, made from these inputs.

    What failed is never remembered: it is held again.

    Parameters
    ----------
    keys : mapping
        What each finding is made from, by id.
    """
    path = _path(name, written, keys)
    if path.is_file():
        told = json.loads(path.read_text(encoding="utf-8"))
        return Outcome(name, [], told["looked_at"], remembered=True)
    outcome = hold()
    if outcome.passed:
        text = json.dumps({"looked_at": outcome.looked_at})
        path.write_text(text, encoding="utf-8", newline="\n")
    return outcome


def passed_before(written: Written, keys: Mapping[str, str]) -> set[str]:
    """The gates that have passed for exactly these files, made from exactly these inputs."""
    return {name for name in GATES if _path(name, written, keys).is_file()}


def _path(name: str, written: Written, keys: Mapping[str, str]) -> Path:
    return paths.private_folder(FOLDER) / f"{name}-{_key(name, written, keys)}.json"


def _key(name: str, written: Written, keys: Mapping[str, str]) -> str:
    """Every file of the assessment, and what would make any of its notebooks execute again.

    What the gates themselves write on the pages is not in it.
    """
    held = [
        f"{path.relative_to(written.folder).as_posix()} {bytes_hash(whatever_passed(path))}"
        for path in sorted(written.folder.rglob("*"))
        if path.is_file()
    ]
    made_from = [f"{finding} {keys[finding]}" for finding in sorted(keys)]
    parts = [name, str(written.assessment), *held, *made_from]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
