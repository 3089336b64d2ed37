"""The solver's own remarks, which nobody asked for."""

import ast
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from cdpb.disclosure import solver as solver_module
from cdpb.disclosure.solver import linprog, milp, quiet


def test_what_compiled_code_prints_reaches_nobody(capfd):
    """It would stand in a notebook beside its results."""
    with quiet():
        os.write(1, b"a remark")
        os.system("echo another")
    print("ours")
    assert capfd.readouterr().out == "ours\n"


def test_output_is_given_back_after_an_error(capfd):
    with pytest.raises(ArithmeticError), quiet():
        raise ArithmeticError
    os.write(1, b"shown")
    assert capfd.readouterr().out == "shown"


def test_a_solver_that_is_asked_to_talk_is_not_heard(capfd):
    found = linprog([1.0], bounds=[(2, None)], options={"disp": True})
    whole = milp([1.0], integrality=np.ones(1), options={"disp": True})
    assert (found.fun, whole.fun) == (2, 0)
    assert not capfd.readouterr().out


# What the engine is made of -------------------------------------------------------------

OURS = {"numpy", "pandas", "scipy", "pydantic", "yaml", "cdpb"}
# Keeps two processes from writing the ledger at once.
LOCK = {"filelock"}


def test_disclosure_control_imports_no_other_package():
    """None handles windows, ratios or earlier publications, so what protects counts is ours."""
    folder = Path(solver_module.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        imported = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for name in _imported(node)
        }
        assert imported <= OURS | LOCK | set(sys.stdlib_module_names), path.name


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
