"""An assessment that has passed all four gates, for whatever is made of one."""

from pathlib import Path

import pytest

from tests.support.built import BARNET
from tests.support.gated import passed, project

__all__ = ["passed", "project"]


@pytest.fixture(scope="session")
def newest(assessments) -> Path:
    """Barnet's public assessment of the newest year, a draft."""
    return assessments / "2025-26" / BARNET / "public"
