"""Seeds of a long proof, of which ``make test`` takes the first few."""

from collections.abc import Sequence

import pytest


def sampled(seeds: Sequence[int], first: int) -> list:
    """The parameters of a test: all of these seeds for ``make prove``, the first ``make test``."""
    rest = [pytest.param(seed, marks=pytest.mark.proof) for seed in seeds[first:]]
    return [*seeds[:first], *rest]
