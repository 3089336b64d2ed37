"""Linear and integer programs: HiGHS, as SciPy brings it, and rows for it."""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from scipy import optimize, sparse

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


# From nowhere else: another version of HiGHS chooses otherwise among patterns that are as good.
linprog = _quietly(optimize.linprog)
milp = _quietly(optimize.milp)


# Rows kept apart until there are so many: joining them on costs more than looking at each.
FEW = 50


class GrowingRows:
    """A sparse matrix that grows downwards; dense, it would take most of the memory and time."""

    def __init__(self, width: int) -> None:
        self._settled = sparse.csr_array((0, width))
        self._new: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, row: np.ndarray) -> None:
        """One row more, given whole."""
        at = np.flatnonzero(row)
        self._new.append((at, row[at].astype(float)))
        if len(self._new) > FEW:
            self.settled()

    def settled(self) -> sparse.csr_array:
        """All rows as one matrix."""
        if self._new:
            ends = np.cumsum([0, *(len(at) for at, _ in self._new)])
            places = np.concatenate([at for at, _ in self._new])
            values = np.concatenate([values for _, values in self._new])
            shape = (len(self._new), self._settled.shape[1])
            newest = sparse.csr_array((values, places, ends), shape=shape)
            self._settled = sparse.vstack([self._settled, newest], format="csr")
            self._new = []
        return self._settled

    def times(self, column: np.ndarray) -> np.ndarray:
        """Each row times a column."""
        column = column.astype(float)
        newest = [values @ column[at] for at, values in self._new]
        return np.concatenate([self._settled @ column, np.array(newest, dtype=float)])
