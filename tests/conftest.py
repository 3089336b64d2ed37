"""The real project, and assessments built from it."""

from pathlib import Path

import pytest

from tests.built import built
from tests.commands import standing, toy

__all__ = ["standing", "toy"]

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _inside_the_project(monkeypatch):
    """Tests find the checkout from anywhere, unless they draw a project of their own."""
    monkeypatch.setenv("CDPB_HOME", str(PROJECT))


@pytest.fixture
def project() -> Path:
    """The checkout itself."""
    return PROJECT


@pytest.fixture(scope="session")
def assessments(tmp_path_factory) -> Path:
    """A folder of Barnet's public assessments, 2022/23 to 2024/25; built once a session."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDPB_HOME", str(PROJECT))
        return built(tmp_path_factory.mktemp("assessments"))
