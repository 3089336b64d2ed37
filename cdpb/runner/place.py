"""Moves a finished folder into place whole, or leaves what stood there.

Replacing a folder is two renames: the old one aside, the new one in. A journal beside them says
that they are under way, so that whoever comes next can finish or undo them.
"""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from cdpb.errors import CdpbError, InputError


class NotPlaced(CdpbError):
    """A finished assessment could not be written or moved in; the earlier one stands."""

    exit_code = 1


def staging(target: Path) -> Path:
    """Where a new folder is put together: a hidden neighbour, so on the same filesystem."""
    return target.with_name(f".{target.name}.new")


def retired(target: Path) -> Path:
    """Where the old folder waits while the new one is moved in."""
    return target.with_name(f".{target.name}.old")


def journal(target: Path) -> Path:
    """The note that a new folder is whole and on its way in."""
    return target.with_name(f".{target.name}.journal")


def lock_file(target: Path) -> Path:
    """The file that a command holds while it writes a target."""
    return target.with_name(f".{target.name}.lock")


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold a target for one command, and bring what was interrupted there to an end first.

    Raises
    ------
    InputError
        If another command holds it, or it can't be written.
    """
    made = _prepare(target)
    lock = FileLock(lock_file(target))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"Another command is writing {shown(target)}.",
            "Wait until it has ended, or name another folder with --output.",
            "Nothing was run.",
        ) from None
    except OSError as error:
        raise _unwritable(target.parent, error) from None
    try:
        recover(target)
        yield
    finally:
        _let_go(lock, lock_file(target))
        for folder in made:
            with suppress(OSError):
                folder.rmdir()  # succeeds only while nothing was written into it


def move_into_place(target: Path) -> None:
    """Put the staged folder where the target is.

    Raises
    ------
    NotPlaced
        If a file of the old folder is held open, or the system refuses a rename. What stood
        there stands there again.
    """
    _flush(staging(target))
    journal(target).write_text(f"{staging(target).name}\n", encoding="utf-8", newline="\n")
    _flush_folder(target.parent)
    try:
        if target.exists():
            os.replace(target, retired(target))
        os.replace(staging(target), target)
    except OSError as error:
        recover(target, complete=False)
        raise _not_moved(target, error) from None
    finally:
        recover(target)


def recover(target: Path, complete: bool = True) -> str:
    """Bring an interrupted replacement to an end.

    The journal is written once the new folder is whole, so the new one is moved in where it still
    stands; failing that, the old one returns. What was only half written is thrown away.

    Parameters
    ----------
    complete : bool
        False to return to the old folder even if the new one is whole.

    Returns
    -------
    str
        ``completed``, ``undone``, or nothing when there was nothing to do.
    """
    new, old, note = staging(target), retired(target), journal(target)
    outcome = ""
    if complete and note.exists() and new.exists():
        if target.exists():
            _discard(old)
            os.replace(target, old)
        os.replace(new, target)
        outcome = "completed"
    elif old.exists() and not target.exists():
        os.replace(old, target)
        outcome = "undone"
    for left in (new, old):
        _discard(left)
    note.unlink(missing_ok=True)
    return outcome


def recover_under(folder: Path) -> list[tuple[Path, str]]:
    """Bring every interrupted replacement under ``outputs`` to an end; what was done where."""
    notes = [*folder.glob("*/*/.*.journal"), *folder.glob("demonstration/*/*/.*.journal")]
    done = []
    for note in sorted(notes):
        target = note.with_name(note.name.removeprefix(".").removesuffix(".journal"))
        lock = FileLock(lock_file(target))
        try:
            with lock.acquire(timeout=0):
                done.append((target, recover(target)))
        except (Timeout, OSError):
            continue  # a command is at work there, or it is for the next one that may write
        _let_go(lock, lock_file(target))
    return [(target, outcome) for target, outcome in done if outcome]


def shown(path: Path) -> str:
    """A path as a person here would type it."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return str(path)


def not_written(target: Path, error: OSError) -> NotPlaced:
    """What to say when the new folder could not be put together."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return NotPlaced(
        f"{shown(target)} was not written: "
        + ("the disk is full." if full else f"{os.strerror(error.errno or 0)}."),
        "Free some space and run again." if full else "See that the folder can be written.",
        "The earlier assessment, if there was one, stands as it was.",
    )


def _prepare(target: Path) -> list[Path]:
    """Make the folders above a target; those made, deepest first."""
    missing = [folder for folder in target.parents if not folder.exists()]
    in_the_way = [path for path in (target, *target.parents) if path.exists() and not path.is_dir()]
    if in_the_way:
        raise InputError(
            f"{shown(in_the_way[0])} is a file, and a folder is wanted there.",
            f"The assessment would stand in {shown(target)}.",
            "Move the file away, or name another folder with --output. Nothing was run.",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(target.parent, error) from None
    return missing


def _unwritable(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"{shown(folder)} can't be written: {os.strerror(error.errno or 0)}.",
        "Name a folder of your own with --output, or ask for the right to write there.",
        "Nothing was run.",
    )


def _not_moved(target: Path, error: OSError) -> NotPlaced:
    held = _held_open(target) if isinstance(error, PermissionError) else None
    if held:
        return NotPlaced(
            f"{shown(held)} is open in another program.",
            "Close it there (a spreadsheet program holds a file as long as it shows it),",
            "then run again. The earlier assessment stands as it was.",
        )
    return NotPlaced(
        f"{shown(target)} could not be replaced: {os.strerror(error.errno or 0)}.",
        "The earlier assessment, if there was one, stands as it was.",
    )


def _held_open(folder: Path) -> Path | None:
    """The first file that can't be opened for writing: on Windows, one that is in use."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            try:
                path.open("r+b").close()
            except OSError:
                return path
    return None


def _let_go(lock: FileLock, path: Path) -> None:
    # Removed while still held: whoever opened it in between sees that it has gone, and tries anew.
    if sys.platform != "win32":
        path.unlink(missing_ok=True)
    lock.release()
    if sys.platform == "win32":
        with suppress(OSError):
            path.unlink()


def _discard(folder: Path) -> None:
    # What can't be removed now (a file held open) is removed by the next command.
    shutil.rmtree(folder, ignore_errors=True)


def _flush(folder: Path) -> None:
    """See that all of a folder is on the disk before its name is."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        else:
            _flush_folder(path)
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # folders can't be flushed there
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
