"""What a file holds is remembered for as long as it is the same file, and no longer."""

import hashlib
import os
import sys
import time
from pathlib import Path

import pytest

from cdpb.build import Build, building
from cdpb.errors import InputError
from cdpb.file_contents import asked_once, bytes_of, one_look, sha256_of

HOUR = 3_600_000_000_000


@pytest.fixture
def path(tmp_path):
    written = tmp_path / "sources.yml"
    written.write_text("one")
    return written


@pytest.fixture
def an_hour_later(monkeypatch):
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + HOUR)


@pytest.fixture
def reads(monkeypatch):
    read, counted = Path.read_bytes, []
    monkeypatch.setattr(Path, "read_bytes", lambda path: counted.append(path) or read(path))
    return counted


def test_a_file_is_read_once_while_it_stays_the_same(path, an_hour_later, reads):
    """One page asked 60,000 times for what a few files hold."""
    assert [bytes_of(path) for _ in range(3)] == [b"one"] * 3
    assert reads == [path]

    assert [sha256_of(path) for _ in range(3)] == [hashlib.sha256(b"one").digest()] * 3
    assert reads == [path, path]


def test_a_file_that_was_written_just_now_is_read_each_time(path, reads):
    """Written twice within one tick of a clock, it looks the same, by size and by time."""
    before = path.stat().st_mtime_ns
    assert bytes_of(path) == b"one"

    path.write_text("two")
    os.utime(path, ns=(before, before))

    assert bytes_of(path) == b"two"
    assert sha256_of(path) == hashlib.sha256(b"two").digest()
    assert len(reads) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no time of a change of entry")
def test_a_file_that_claims_to_be_older_than_it_is_is_read_again(path, an_hour_later):
    """Unpacked from an archive, a file brings the times it had there."""
    before = path.stat().st_mtime_ns
    assert bytes_of(path) == b"one"
    time.sleep(0.05)

    path.write_text("two")
    os.utime(path, ns=(before, before))

    assert bytes_of(path) == b"two"


def test_another_file_in_its_place_is_read(path, an_hour_later, tmp_path):
    assert bytes_of(path) == b"one"
    (tmp_path / "other").write_text("two")

    os.replace(tmp_path / "other", path)

    assert bytes_of(path) == b"two"


def test_a_large_file_is_not_kept_in_memory_but_its_hash_is(path, an_hour_later, reads):
    path.write_bytes(b"1" * 2_000_000)

    assert bytes_of(path) == bytes_of(path)
    assert sha256_of(path) == sha256_of(path)

    assert len(reads) == 3


def test_a_file_that_is_gone_is_missing_however_often_it_was_read(path, an_hour_later):
    assert bytes_of(path) == b"one"
    path.unlink()

    with pytest.raises(InputError, match=r"sources\.yml is missing"):
        bytes_of(path)


def test_within_one_look_a_file_is_as_it_was_and_between_two_as_it_is(path):
    read = asked_once(lambda of: of.read_text("utf-8"))
    with one_look():
        path.write_text("first", "utf-8")
        assert read(path) == "first"
        path.write_text("second", "utf-8")
        with one_look():
            assert read(path) == "first"

    assert read(path) == "second"
    path.write_text("third", "utf-8")
    assert read(path) == "third"
    with one_look():
        assert read(path) == "third"


def test_within_one_look_each_build_is_answered_for_itself_and_an_error_is_raised_again():
    asked = []
    question = asked_once(lambda: asked.append(1) or len(asked))
    wrong = asked_once(lambda: 1 // len(asked))
    with one_look():
        with pytest.raises(ZeroDivisionError):
            wrong()
        assert (question(), question()) == (1, 1)
        with building(Build("partnership")):
            assert (question(), question()) == (2, 2)
        assert (question(), wrong()) == (1, 0)
