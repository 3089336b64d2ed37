"""Moves a finished folder into place whole, or leaves what stood there.

Replacing a folder is two renames: the old one aside, the new one in. A journal beside them says
that they are under way, so that whoever comes next can finish or undo them.
"""

import errno
import glob
import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from cdpb import paths
from cdpb.durable_files import flush, flush_entries
from cdpb.errors import CdpbError, InputError
from cdpb.runner.workspaces import is_workspace

# What a command leaves beside a target while it is at work there.
_OURS = re.compile(r"\.(.+)\.(journal|new|lock|old\d*)")

# What a project is made of: no place for assessments.
_OWN = (
    "data", "notebooks", "cdpb", "tests", "shapes", "docs", "benchmarks", ".git", ".cdpb", ".venv",
)  # fmt: skip


class NotPlaced(CdpbError):
    """A finished assessment could not be written or moved in; the earlier one stands."""

    exit_code = 2


def staging(target: Path) -> Path:
    """Where a new folder is put together: a hidden neighbour, so on the same filesystem."""
    return target.with_name(f".{target.name}.new")


def retired(target: Path) -> Path:
    """Where the old folder waits while the new one is moved in."""
    return target.with_name(f".{target.name}.old")


def left_behind(target: Path) -> list[Path]:
    """Old folders beside a target, the newest last.

    More than one only where an earlier one could not be removed: a file of it is open, or bears a
    mark that nobody but its owner can take off.
    """
    old = retired(target)
    found = target.parent.glob(f"{glob.escape(old.name)}*")
    numbered = {path: path.name.removeprefix(old.name) or "0" for path in found}
    known = [path for path, number in numbered.items() if number.isdecimal()]
    return sorted(known, key=lambda path: int(numbered[path]))


def journal(target: Path) -> Path:
    """The note that a new folder is whole and on its way in."""
    return target.with_name(f".{target.name}.journal")


def lock_file(target: Path) -> Path:
    """The file that a command holds while it writes a target."""
    return target.with_name(f".{target.name}.lock")


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold a target for one command, and bring what was interrupted there to an end first."""
    made = _prepare(target)
    lock = FileLock(lock_file(target))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"Another command is writing {display_path(target)}.",
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

    If a file of the old folder is held open, or the system refuses a rename, what stood there
    stands there again, and `NotPlaced` says so.
    """
    flush(staging(target))
    journal(target).write_text(f"{staging(target).name}\n", encoding="utf-8", newline="\n")
    flush_entries(target.parent)
    try:
        if target.exists():
            _retire(target)
        os.replace(staging(target), target)
    except OSError as error:
        recover(target, complete=False)
        raise _not_moved(target, error) from None
    finally:
        recover(target)


def _retire(target: Path) -> None:
    """Set the old folder aside, under a name of its own where an older one is left."""
    for each in left_behind(target):
        _discard(each)
    left = left_behind(target)
    name = retired(target).name
    number = int(left[-1].name.removeprefix(name) or 1) + 1 if left else ""
    os.replace(target, target.with_name(f"{name}{number}"))


def recover(target: Path, complete: bool = True) -> str:
    """Bring an interrupted replacement to an end: ``completed``, ``undone``, or nothing to do.

    The journal is written once the new folder is whole, so the new one is moved in where it still
    stands; failing that, or unless ``complete``, the old one returns. What was only half written
    is thrown away.
    """
    new, note = staging(target), journal(target)
    outcome = ""
    if complete and note.exists() and new.exists():
        if target.exists():
            _retire(target)
        os.replace(new, target)
        outcome = "completed"
    elif note.exists() and left_behind(target) and not target.exists():
        os.replace(left_behind(target)[-1], target)
        outcome = "undone"
    for left in (new, *left_behind(target)):
        _discard(left)
    note.unlink(missing_ok=True)
    return outcome


def recover_under(folder: Path) -> list[tuple[Path, str]]:
    """Bring every interrupted replacement under ``outputs`` to an end; what was done where.

    What a command that was ended left half written is thrown away too.
    """
    beside = [*folder.glob("*/*/.*"), *folder.glob("demonstration/*/*/.*")]
    found = {(path, _OURS.fullmatch(path.name)) for path in beside}
    done = []
    for target in sorted({path.with_name(ours[1]) for path, ours in found if ours}):
        lock = FileLock(lock_file(target))
        try:
            with lock.acquire(timeout=0):
                done.append((target, recover(target)))
        except (Timeout, OSError):
            continue  # a command is at work there, or it is for the next one that may write
        _let_go(lock, lock_file(target))
    return [(target, outcome) for target, outcome in done if outcome]


def refuse_own_folder(under: Path) -> None:
    """Refuse to write assessments into what the project is made of, or a folder above it.

    The folder is resolved, so that no link or ``..`` leads elsewhere.
    """
    root = paths.project_root()
    if is_workspace(under):
        return
    # A disk that doesn't tell capitals apart would take Data for data.
    wanted, top = _folded(under), _folded(root)
    own = wanted[: len(top)] == top and wanted[len(top) : len(top) + 1] in {(n,) for n in _OWN}
    if own or top[: len(wanted)] == wanted or _is_one_of(under, root):
        raise InputError(
            f"Assessments are not written into {display_path(under)}: it is the project's own.",
            "Name a folder that holds nothing else, like outputs/elsewhere, or one outside the",
            "project, with --output. Nothing was run.",
        )


def _folded(path: Path) -> tuple[str, ...]:
    return tuple(part.casefold() for part in path.parts)


def _is_one_of(under: Path, root: Path) -> bool:
    """Whether the disk takes a folder, or one above it, for one of the project's own."""
    own = [root / name for name in _OWN if (root / name).exists()]
    return any(
        path.samefile(each) for path in (under, *under.parents) if path.exists() for each in own
    )


def display_path(path: Path) -> str:
    """A path as a person here would type it."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return str(path)


def not_written(target: Path, error: OSError) -> NotPlaced:
    """What to say when the new folder could not be put together."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return NotPlaced(
        f"{display_path(target)} was not written: "
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
            f"{display_path(in_the_way[0])} is a file, and a folder is wanted there.",
            f"The assessment would stand in {display_path(target)}.",
            "Move the file away, or name another folder with --output. Nothing was run.",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(target.parent, error) from None
    return missing


def _unwritable(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"{display_path(folder)} can't be written: {os.strerror(error.errno or 0)}.",
        "Name a folder of your own with --output, or ask for the right to write there.",
        "Nothing was run.",
    )


def _not_moved(target: Path, error: OSError) -> NotPlaced:
    in_use = _held_open(target) if isinstance(error, PermissionError) else None
    if in_use:
        return NotPlaced(
            f"{display_path(in_use)} is open in another program.",
            "Close it there (a spreadsheet program holds a file as long as it shows it),",
            "then run again. The earlier assessment stands as it was.",
        )
    return NotPlaced(
        f"{display_path(target)} could not be replaced: {os.strerror(error.errno or 0)}.",
        "Close its files where they are open, take off a mark like read-only or immutable, or",
        "move the folder away. Then run again.",
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
    if folder.is_dir():
        shutil.rmtree(folder, onerror=_removed_all_the_same)


def _removed_all_the_same(remove: Callable[[str], object], path: str, _error: object) -> None:
    """Take off the mark "read-only", of a file and its folder, and try once more."""
    with suppress(OSError):
        os.chmod(Path(path).parent, stat.S_IRWXU)
        os.chmod(path, stat.S_IRWXU)
        remove(path)
