"""The project's key, which the choice of what to hide is drawn with: private, and never replaced.

It lies in ``.cdpb/key``, or in the file that ``CDPB_KEY_FILE`` names, and is made when it is first
needed. Whoever has this software can run it on every candidate for a hidden count, and learn from
the choice which of them was meant. So the choice hangs on a key that readers don't have: the least
is hidden not of the counts themselves but of the counts times a number drawn for each cell, and
some of the counts just above the small ones are hidden and protected as if they were small.
"""

import getpass
import os
import re
import secrets
import string
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from cdpb import paths
from cdpb.catalogue import source
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.ledger import verified

NAMED, NAME = "CDPB_KEY_FILE", "key"
WRITTEN = re.compile(r"id: ([a-z]{8})\nsecret: ([0-9a-f]{64})\n?")
_SHARED = "Ask a colleague who has it for the file, and put it there or name it in CDPB_KEY_FILE."


@dataclass(frozen=True)
class Key:
    """A key, and the random name by which records tell it from others: letters, so no figure."""

    id: str
    secret: bytes = field(repr=False)


# Everybody has it: made-up figures hide nobody, and a demonstration is the same everywhere.
DEMONSTRATION = Key("fixed", b"demonstration")


def key_for(sources: Iterable[str]) -> Key:
    """The key for what is protected of some sources: of made-up figures alone a fixed one."""
    if all(source(each).status == "illustrative" for each in sources):
        return DEMONSTRATION
    return project_key()


def project_key() -> Key:
    """The project's own, made if there is none and there never was; else a lost key is refused."""
    path = key_file()
    with FileLock(paths.private_folder() / f"{NAME}.lock"):
        if not path.is_file():
            _refuse_to_replace(path)
            make_key(path)
    return _read(path)


def key_file() -> Path:
    """Where the key lies, or would."""
    named = os.environ.get(NAMED)
    return Path(named) if named else paths.private_folder() / NAME


def make_key(path: Path) -> Key:
    """Write a new key that nobody but the user may read; refused if there is one already."""
    id = "".join(secrets.choice(string.ascii_lowercase) for _ in range(8))
    key = Key(id, secrets.token_bytes(32))
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError(
            f"{relative(path)} is there already.",
            "A key is never replaced: assessments made with it could no longer be checked.",
            "Move it aside if it is really to be given up. Nothing was changed.",
        ) from None
    with os.fdopen(opened, "w", encoding="utf-8", newline="\n") as file:
        file.write(f"id: {key.id}\nsecret: {key.secret.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    _for_the_user_alone(path)
    return key


def keys_released() -> list[str]:
    """Ids of the keys that releases of this project were made with, in their order."""
    keys = (entry.get("key") for entry in verified().values())
    return list(dict.fromkeys(each for each in keys if each))


def _refuse_to_replace(path: Path) -> None:
    released = keys_released()
    if released:
        raise InputError(
            f"{relative(path)} is missing: the key that the choice of what to hide is drawn with.",
            f"What was released was made with key {released[-1]}.",
            _SHARED,
            "If nobody has it any more, docs/key.md says what to do: cdpb key --new makes another.",
            "Nothing was made.",
        )
    if os.environ.get(NAMED):
        raise InputError(
            f"{NAMED} names {path.name}, and there is no such file.", _SHARED, "Nothing was made."
        )


def _read(path: Path) -> Key:
    try:
        found = WRITTEN.fullmatch(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if found is None:
        raise InputError(
            f"{relative(path)} is not a key of cdpb, or may not be read.",
            "Wanted: two lines, id: and secret:, as cdpb wrote them.",
            _SHARED,
            "Nothing was made.",
        )
    return Key(found[1], bytes.fromhex(found[2]))


def _for_the_user_alone(path: Path) -> None:
    """Windows knows no mode: there what is inherited is taken away, and the user alone let in."""
    if os.name == "nt":
        allowed = ["icacls", str(path), "/inheritance:r", "/grant:r", f"{getpass.getuser()}:F"]
        subprocess.run(allowed, check=True, capture_output=True)
