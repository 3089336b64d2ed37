"""HiGHS, as SciPy brings it or as highspy does, kept from talking."""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from scipy import optimize

STANDARD_OUTPUT = 1
Given = ParamSpec("Given")
Found = TypeVar("Found")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what compiled code prints away from the terminal and the notebook.

    HiGHS prints some remarks past all its options, and below Python's ``sys.stdout``: they
    would stand in a notebook beside its results, and could tell of hidden counts.
    """
    try:
        kept = os.dup(STANDARD_OUTPUT)
    except OSError:  # No standard output at all, so nothing can be printed to it.
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        _flush()
        os.dup2(nowhere, STANDARD_OUTPUT)
        yield
    finally:
        _flush()
        os.dup2(kept, STANDARD_OUTPUT)
        os.close(kept)
        os.close(nowhere)


def _flush() -> None:
    """Write out what C still holds back, so that it goes where it was meant to."""
    _c_library().fflush(None)


@cache
def _c_library() -> Any:
    return ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)


def _quietly(solver: Callable[Given, Found]) -> Callable[Given, Found]:
    @wraps(solver)
    def solve(*given: Given.args, **named: Given.kwargs) -> Found:
        with quiet():
            return solver(*given, **named)

    return solve


# SciPy is enough; highspy, where somebody has installed it, takes half the time.
try:
    from cdpb.disclosure import highs
except ImportError:
    linprog = _quietly(optimize.linprog)
    milp = _quietly(optimize.milp)
else:
    linprog, milp = _quietly(highs.linprog), _quietly(highs.milp)
