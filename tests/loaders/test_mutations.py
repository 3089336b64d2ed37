"""Spoilt files of every layout: read, or refused in at most eight lines; never a traceback."""

from collections import Counter

import pytest

from tests.support.mutations import BYTES, CELLS, Outcome, drawn, outcomes, sound_files

FINE = ("refused", "equal", "another")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))
    return drawn(tmp_path)


def faults(found: list[Outcome]) -> list[str]:
    named = [each for each in found if each.came not in FINE]
    return [f"{e.file.source} {e.file.layout}, {e.kind} ({e.seed}): {e.came}" for e in named]


def test_a_sample_of_spoilt_files_is_read_or_refused(folder):
    """One of each layout, and each way of spoiling one."""
    step = len(sound_files()) + 1
    found = list(outcomes(step * 3 * (len(BYTES) + len(CELLS)), folder, every=step))

    assert faults(found) == []
    assert {each.kind for each in found} == {*BYTES, *CELLS}


@pytest.mark.proof
def test_three_thousand_spoilt_files_are_read_or_refused(folder):
    """No traceback, no hang, no message over eight lines; what is refused outnumbers the rest."""
    found = list(outcomes(3_000, folder))

    assert faults(found) == []
    assert len({(each.file.source, each.file.layout) for each in found}) == len(sound_files())
    came = Counter(each.came for each in found)
    assert came["refused"] > came["equal"] + came["another"]
