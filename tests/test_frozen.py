"""The house may be rebuilt while its assessments stay what they are, byte for byte."""

import pytest

from tests.support.built import BARNET
from tests.support.freezing import FROZEN, Frozen, hashes, kept, made

NEWEST = Frozen("2025/26", "Barnet", "public")


def test_the_newest_public_assessment_has_the_bytes_that_were_frozen(assessments):
    """A change that is meant is frozen anew, and said in the changelog."""
    assert hashes(assessments / "2025-26" / BARNET / "public") == kept(NEWEST)


@pytest.mark.proof
@pytest.mark.parametrize("asked", [each for each in FROZEN if each != NEWEST], ids=str)
def test_every_assessment_has_the_bytes_that_were_frozen(asked, tmp_path):
    """Four years in both editions, real and made up, and a borough without a file."""
    assert hashes(made(asked, tmp_path)) == kept(asked)
