"""An assessment that has passed all four gates, for whatever is made of one."""

from pathlib import Path

import pytest

from cdpb.runner.gates import Outcome, absence, interference, run_gates
from tests.support.built import BARNET
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


@pytest.fixture(scope="session")
def newest(assessments) -> Path:
    """Barnet's public assessment of the newest year, a draft."""
    return assessments / "2025-26" / BARNET / "public"
