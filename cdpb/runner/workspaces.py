"""Private folders of a run at work, cleared by the next run if it could not do so itself.

A run holds a lock as long as it lives. Whatever ends it, the system lets go of the lock, so what
lies beside a lock that nobody holds belongs to no living run.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from filelock import FileLock, Timeout

from cdpb import paths

SOCKETS = "CDPB_SOCKETS"
_FOLDERS = ("work", "absence", "interference")
_LOCK, _NAMED = ".lock", ".sockets"
_SECONDS = 10


@contextmanager
def workspace(run: str) -> Iterator[Path]:
    """A private folder for one run, and one for its sockets; dead runs are cleared away first."""
    clear_dead()
    folder = paths.private_folder("work")
    lock = FileLock(folder / f"{run}{_LOCK}")
    lock.acquire(timeout=_SECONDS)
    try:
        within = os.environ.get(SOCKETS) or tempfile.gettempdir()
        with paths.environment_with({SOCKETS: str(_sockets(run, within))}):
            yield paths.private_folder("work", run)
    finally:
        _clear(run)
        lock.release()
        with suppress(OSError):
            Path(lock.lock_file).unlink()


def is_workspace(folder: Path) -> bool:
    """Whether a folder lies in that of a run: what is written there is looked at, and then gone."""
    return folder.is_relative_to(paths.project_root() / ".cdpb" / "work")


@cache
def sockets_of_process() -> Path:
    """A private folder for sockets as long as this process lives, not one run alone.

    It goes with the process; where that could not see to it, the next run clears it.
    """
    name = f"process-{os.getpid()}-{secrets.token_hex(4)}"
    lock = FileLock(paths.private_folder("work") / f"{name}{_LOCK}")
    lock.acquire(timeout=_SECONDS)
    folder = _sockets(name, tempfile.gettempdir())
    # After multiprocessing has removed what it keeps there itself.
    Finalize(None, _let_go, args=(lock, folder), exitpriority=-200)
    return folder


def _let_go(lock: FileLock, folder: Path) -> None:
    """The project may be gone by now, as a test's is."""
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
    with suppress(OSError):
        lock_path = Path(lock.lock_file)
        lock_path.with_suffix(_NAMED).unlink()
        lock_path.unlink()


def clear_dead() -> None:
    """Remove what runs left that are no longer at work."""
    for run in sorted(_known()):
        lock = FileLock(paths.private_folder("work") / f"{run}{_LOCK}")
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            continue  # it is at work, or belongs to somebody else
        _clear(run)
        with suppress(OSError):
            Path(lock.lock_file).unlink()
        lock.release()
    _clear_half_written()


def _clear_half_written() -> None:
    """Remove patterns that a process was writing when it died; it wrote them under a lock."""
    for aside in (paths.project_root() / ".cdpb" / "patterns").glob("*.*"):
        if aside.suffix[1:].isdecimal():
            lock = FileLock(aside.with_suffix(".lock"))
            with suppress(Timeout, OSError), lock.acquire(timeout=0):
                aside.unlink(missing_ok=True)


def _known() -> set[str]:
    """The runs that something lies there of."""
    root = paths.project_root() / ".cdpb"
    found = {path for name in _FOLDERS for path in (root / name).glob("*")}
    return {path.name.removesuffix(_LOCK).removesuffix(_NAMED) for path in found}


def _clear(run: str) -> None:
    root = paths.project_root() / ".cdpb"
    named = root / "work" / f"{run}{_NAMED}"
    left = False
    with suppress(OSError, ValueError):
        sockets = Path(named.read_text(encoding="utf-8"))
        # A file may say anything, and a copy of a project tells of the other's runs: only what a
        # run of this one made is removed.
        if sockets.name.startswith(_own_sockets()):
            shutil.rmtree(sockets, ignore_errors=True)
            left = sockets.exists()
    for name in _FOLDERS:
        shutil.rmtree(root / name / run, ignore_errors=True)
    # What a kernel put in just now, for it did not notice yet, the next run clears.
    if not left:
        named.unlink(missing_ok=True)


def _own_sockets() -> str:
    """How the names begin of folders for sockets of this project's runs."""
    return f"cdpb-{hashlib.sha256(str(paths.project_root()).encode()).hexdigest()[:6]}-"


def _sockets(run: str, within: str) -> Path:
    """Under the system's folder and short, for a socket's path may hold about 100 characters.

    Its name is written down before it is made, so that there is no moment at which it could be
    left without anybody knowing.
    """
    folder = Path(within) / f"{_own_sockets()}{secrets.token_hex(4)}"
    named = paths.private_folder("work") / f"{run}{_NAMED}"
    named.write_text(str(folder), encoding="utf-8", newline="\n")
    folder.mkdir(mode=0o700)
    return folder
