"""Files that are on the disk whole, or not at all, under names that any system takes."""

import json
import os
import re
import shutil
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any

from cdpb.errors import is_invisible

# Of Windows, with any ending: CON, con.csv and COM1.tar.gz are devices there.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
_NOT_IN_NAMES = set('<>:"/\\|?*')
# A name may have 255 bytes on most systems, and a path 260 signs on some.
_MOST_BYTES = 120


def write_whole(path: Path, content: str | bytes, aside: Path | None = None) -> None:
    """Write a file beside its place, see that it is on the disk, then move it there.

    Parameters
    ----------
    aside : Path, optional
        Where it is written first, if another process may be writing the same file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = aside or path.with_name(f".{path.name}.new")
    with aside.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)


def flush(folder: Path) -> None:
    """See that all of a folder is on the disk before its name is."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        else:
            flush_entries(path)
    flush_entries(folder)


def flush_entries(folder: Path) -> None:
    """See that the names in a folder are on the disk; Windows can't be asked for that."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_newest(folder: Path, number: int) -> None:
    """Remove what lies in a folder, but for so many files or folders that were used last."""
    for path in sorted(folder.iterdir(), key=_used, reverse=True)[number:]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _used(path: Path) -> float:
    with suppress(OSError):  # It has gone meanwhile.
        return path.stat().st_mtime
    return 0.0


def json_of(path: Path) -> dict[str, Any]:
    """What a JSON file of ours says; nothing where it is absent, or isn't as it was written."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def safe_name(name: str) -> str:
    r"""A file's name without what breaks a checkout, a page or a console; else unchanged.

    Line breaks, control and direction characters, ``<>:"/\|?*`` become ``_``; leading dots and
    trailing dots and spaces go; a name that Windows keeps for a device gets a ``_`` in front; one
    of more than 120 bytes is cut before its ending.
    """
    composed = unicodedata.normalize("NFC", name)
    signs = ("_" if is_invisible(sign) or sign in _NOT_IN_NAMES else sign for sign in composed)
    name = re.sub(r"\s", " ", "".join(signs)).strip().lstrip(". ").rstrip(". ")
    if _DEVICES.fullmatch(name.split(".")[0].rstrip()):
        name = f"_{name}"
    if len(name.encode()) <= _MOST_BYTES:
        return name or "file"
    ending = PurePath(name).suffix if len(PurePath(name).suffix) <= len(".geojson") else ""
    stem = name.removesuffix(ending).encode()[: _MOST_BYTES - len(ending.encode())]
    return stem.decode(errors="ignore").rstrip(". ") + ending or "file"
