"""Files that are on the disk whole, or not at all, whatever ends the process that writes them."""

import os
import sys
from pathlib import Path


def write_whole(path: Path, text: str, aside: Path | None = None) -> None:
    """Write a file beside its place, see that it is on the disk, then move it there.

    Parameters
    ----------
    aside : Path, optional
        Where it is written first, if another process may be writing the same file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = aside or path.with_name(f".{path.name}.new")
    with aside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
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
