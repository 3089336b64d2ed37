"""The solver's own remarks, which nobody asked for."""

import os

import numpy as np
import pytest

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
