"""The real project, and small projects drawn for one test."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _inside_the_project(monkeypatch):
    """Tests find the checkout from anywhere, unless they draw a project of their own."""
    monkeypatch.setenv("CDPB_HOME", str(PROJECT))


@pytest.fixture
def project() -> Path:
    """The checkout itself."""
    return PROJECT
