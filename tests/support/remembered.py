"""Answers of the solver, kept: who tries thousands of keys asks most of her questions again.

What a key changes is what hiding costs. Whether a pattern lets a count move asks nothing of that,
so most programs of one key are those of the key before; the same question has the same answer.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from cdpb.disclosure import alternatives, master_problem, unknowns

ASKING = (alternatives, master_problem, unknowns)
SOLVERS = ("linprog", "milp")


@contextmanager
def solved_once() -> Iterator[None]:
    """Within it a linear or integer program that was solved before isn't solved again."""
    with ExitStack() as patched:
        for name in SOLVERS:
            known: dict[Any, Any] = {}
            for module in (each for each in ASKING if hasattr(each, name)):
                patched.enter_context(_remembering(module, name, known))
        yield


def _remembering(module: ModuleType, name: str, known: dict[Any, Any]) -> Any:
    return mock.patch.object(module, name, _once(getattr(module, name), known))


def _once(solver: Callable[..., Any], known: dict[Any, Any]) -> Callable[..., Any]:
    def solve(*given: Any, **named: Any) -> Any:
        # How long it may take is no part of the question.
        asked = {at: each for at, each in named.items() if at != "options"}
        question = (*map(_frozen, given), *((at, _frozen(each)) for at, each in asked.items()))
        if question not in known:
            known[question] = solver(*given, **named)
        return known[question]

    return solve


def _frozen(asked: Any) -> Any:
    """Whatever a solver is given, as a key of a dictionary."""
    if isinstance(asked, np.ndarray):
        return asked.shape, asked.dtype.str, asked.tobytes()
    if sparse.issparse(asked):
        rows = sparse.csr_array(asked)
        return rows.shape, *(each.tobytes() for each in (rows.data, rows.indices, rows.indptr))
    if isinstance(asked, Bounds):
        return _frozen(np.asarray(asked.lb)), _frozen(np.asarray(asked.ub))
    if isinstance(asked, LinearConstraint):
        limits = _frozen(np.asarray(asked.lb)), _frozen(np.asarray(asked.ub))
        return _frozen(asked.A), *limits
    return asked
