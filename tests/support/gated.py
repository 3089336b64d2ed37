"""A small assessment over which all four gates are held without executing a notebook again."""

from pathlib import Path

import pytest

from cdpb.runner.gates import Outcome, absence, interference, run_gates
from tests.support.returned import HERE, left_as_it_was


@pytest.fixture
def project(assessed_once, monkeypatch):
    """It as the working folder; the gates that would execute notebooks find nothing."""
    monkeypatch.setenv("CDPB_HOME", str(assessed_once))
    monkeypatch.chdir(assessed_once)
    monkeypatch.setattr(absence, "check_absence", lambda *_: Outcome("absence"))
    monkeypatch.setattr(interference, "check_worlds", lambda *_: Outcome("non-interference"))
    with left_as_it_was(assessed_once):
        yield assessed_once


@pytest.fixture
def passed(project) -> Path:
    """The folder of its assessment, once all four gates have passed."""
    assert run_gates(project / HERE).complete
    return project / HERE
