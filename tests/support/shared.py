"""Reference material beside the checkout, for tests alone."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"


def shared(*parts: str) -> Path:
    """A file or folder of the reference material, or a skip that says what is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"../shared is absent: {'/'.join(parts)} is needed")
    return path
