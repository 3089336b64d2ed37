"""Signals that ask a command to stop: heard wherever they come, and left aside for a moment."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# Ctrl-C, the system's request to end, a closed terminal, and Ctrl-Break of Windows.
_ASKING = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
]


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
