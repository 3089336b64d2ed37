"""The content of files, read again only when it has changed: a page asks thousands of times."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from cdpb import paths
from cdpb.build import current, this_world
from cdpb.errors import FileError, InputError

# A clock may tick slower than files are written, so one that changed just now is read each time:
# it may change again and look the same. Two seconds is the coarsest clock of a file system (FAT).
_SETTLED_AFTER = 2_000_000_000
_MOST_REMEMBERED = 1 << 20
# Device, number, size, and when content and entry were last changed.
Stamp = tuple[int, int, int, int, int]
Given = ParamSpec("Given")
Out = TypeVar("Out")
# What was answered while one verb works, and None between verbs.
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Look at files once meanwhile: what one verb asks again is answered as before."""
    before = _answers.set({} if (known := _answers.get()) is None else known)
    try:
        yield
    finally:
        _answers.reset(before)


def asked_once(function: Callable[Given, Out]) -> Callable[Given, Out]:
    """A question about files that is answered once within `one_look`, for each build and world.

    Between verbs a file may change, so there it is answered anew. What it answers is shared by all
    who ask, and not to be changed.
    """

    @wraps(function)
    def answer(*args: Given.args, **named: Given.kwargs) -> Out:
        answers = _answers.get()
        if answers is None:
            return function(*args, **named)
        asked = (function, current(), this_world(), args, *named.items())
        if asked not in answers:
            answers[asked] = function(*args, **named)
        return answers[asked]

    return answer


def relative(path: Path) -> str:
    """A path as a message shows it: from the project root, with forward slashes."""
    try:
        return path.resolve().relative_to(paths.project_root()).as_posix()
    except ValueError:
        return path.name


@contextmanager
def in_file(path: Path) -> Iterator[None]:
    """Name a file in any `FileError` that is raised within, and add that nothing was loaded.

    Files may be read while another one is: the innermost is the one that the error is about.
    """
    try:
        yield
    except FileError as error:
        headline, *lines = error.lines
        named = headline.replace("This file", relative(path), 1)
        raise InputError(named, *lines, "Nothing was loaded.") from None


def bytes_of(path: Path) -> bytes:
    """The content of a file.

    Raises InputError if it is missing, or can't be opened.
    """
    stamp = _stamp(path)
    remembered = stamp is not None and stamp[2] <= _MOST_REMEMBERED
    return _read(path, stamp) if remembered else _read.__wrapped__(path, stamp)


def sha256_of(path: Path) -> bytes:
    """The SHA-256 of a file, 32 bytes.

    Raises InputError if it is missing, or can't be opened.
    """
    stamp = _stamp(path)
    return (_hash if stamp else _hash.__wrapped__)(path, stamp)


def _stamp(path: Path) -> Stamp | None:
    """What would be another if the file were; None where that can't be told yet."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    changed = max(found.st_mtime_ns, found.st_ctime_ns)
    if time.time_ns() - changed < _SETTLED_AFTER:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@lru_cache(maxsize=4096)
def _hash(path: Path, stamp: Stamp | None) -> bytes:
    return hashlib.sha256(_read.__wrapped__(path, stamp)).digest()


@lru_cache(maxsize=512)
def _read(path: Path, _stamp: Stamp | None) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            f"{relative(path)} is missing.", "Put the file there.", "Nothing was loaded."
        ) from None
    except OSError:
        raise InputError(
            f"{relative(path)} can't be opened.",
            "Close it where it is open in another program, and look whether you may read it.",
            "Nothing was loaded.",
        ) from None
