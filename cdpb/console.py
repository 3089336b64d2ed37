"""A command at its console: what it prints there, and the signals that ask it to stop.

A console of Windows knows a few hundred signs (code page 1252, 850 or 437), a pipe may have been
closed, a file that output goes to may lie on a full disk. None of that undoes what a command did.
"""

import io
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

import click

from cdpb.errors import InputError

MOST_NAMED = 3
# Ctrl-C, the system's request to end, a closed terminal, and Ctrl-Break of Windows.
_ASKING = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
]


def replace_unprintable() -> None:
    """Let standard output and error print ``?`` for a sign that they can't encode."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(line: str) -> None:
    """Print a line of a command that does something beside printing.

    Where it can't be printed the command goes on all the same: without a word if its reader has
    gone, as with ``cdpb run | head``, and with one on standard error otherwise.
    """
    try:
        show(line)
    except InputError as error:
        complain(f"{error.lines[0]}\n  The command goes on without it.")


def show(line: str) -> None:
    """Print a line of a command whose only work is to print.

    Raises
    ------
    InputError
        If it can't be printed, unless its reader has gone.
    """
    try:
        click.echo(line)
    except OSError as error:
        _send_nowhere(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise InputError(
                f"Standard output can't be written: {os.strerror(error.errno or 0)}.",
                "Send it elsewhere, or make room where it goes.",
            ) from None


def say_all(lines: Iterable[str]) -> None:
    """`say` each line as soon as it comes."""
    for line in lines:
        say(line)


def show_all(lines: Iterable[str]) -> None:
    """`show` each line as soon as it comes."""
    for line in lines:
        show(line)


def complain(message: str) -> None:
    """Print a message on standard error, if it can be printed."""
    try:
        click.echo(message, err=True)
    except OSError:
        _send_nowhere(sys.stderr)


def columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows as lines, their cells beneath each other."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'   '.join(cells)}".rstrip()


def few(names: Iterable[object], most: int = MOST_NAMED) -> str:
    """The first few of some names, each once, and how many more there are."""
    found = list(dict.fromkeys(map(str, names)))
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return f"{', '.join(found[:most])}{more}"


def _send_nowhere(stream: TextIO) -> None:
    """Let the rest vanish; Python would complain of it once more when it ends."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return


def listen() -> None:
    """Let each of them end the command as Ctrl-C does, so that it tidies up behind itself."""
    for each in _ASKING:
        # Ctrl-C is heard already, or was left aside by whoever started the command, as nohup does.
        if each != signal.SIGINT and signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _interrupt)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Leave them aside while what was done is put in its place: that takes moments."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, signal.SIG_IGN) for each in _ASKING}
    try:
        yield
    finally:
        for each, handler in before.items():
            # None: set by something that isn't Python, and can't be set again from here.
            signal.signal(each, signal.SIG_DFL if handler is None else handler)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
