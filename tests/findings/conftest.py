"""Findings built once for all tests that only read what they say."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import once
from tests.support.inprocess import run

# As every notebook has them in its cell of parameters.
AS_WRITTEN = {
    "year": "2023/24", "area": "E09000003", "edition": "public", "demonstration": False,
}  # fmt: skip


@pytest.fixture(scope="session")
def built(tmp_path_factory, worker_id) -> Callable[..., Path]:
    """The folder of a finding for the parameters asked for; each executed once a session."""

    def folder(finding: str, **parameters: object) -> Path:
        asked = AS_WRITTEN | parameters
        told = ",".join(f"{name}={asked[name]}" for name in sorted(asked)).replace("/", "-")
        return once(
            f"{finding},{told}", partial(run, finding, **asked), tmp_path_factory, worker_id
        )

    return folder
