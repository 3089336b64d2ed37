"""What was read is not read again, and nothing old or damaged is taken for it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from cdpb.errors import InputError
from cdpb.loaders import receiving
from cdpb.loaders.files import clear, log

BOROUGHS = "mps_borough_crime"
FOLDER = receiving.FOLDER  # as a run has it: tests keep theirs apart


@pytest.fixture
def own(project, tmp_path, monkeypatch) -> Path:
    """A project with this one's data, which a test may change."""
    shutil.copytree(project / "data", tmp_path / "data")
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def kept(own, monkeypatch) -> Iterator[Path]:
    """Where what is read of a project of its own is kept; this process remembers nothing."""
    receiving._received.cache_clear()
    monkeypatch.setattr(receiving, "FOLDER", FOLDER)
    monkeypatch.setattr(receiving, "_code", lambda: "today's")
    yield own / ".cdpb" / FOLDER
    receiving._received.cache_clear()


def received(source_id: str = BOROUGHS) -> receiving.Received:
    """As another process receives it."""
    receiving._received.cache_clear()
    return receiving.received(source_id)


def never(*_: object) -> None:
    raise AssertionError("it was read again")


def test_another_process_finds_what_was_read_and_what_was_logged_of_it(kept, monkeypatch):
    clear()
    before, logged = received(), log()
    monkeypatch.setattr(receiving, "_read", never)
    clear()

    again = received()

    assert_frame_equal(again.table, before.table)
    assert [receipt for receipt, _ in again.by_receipt] == [each for each, _ in before.by_receipt]
    assert_frame_equal(log(), logged)
    assert len(logged)


@pytest.mark.parametrize("what", ["a byte", "cut", "empty", "text"])
def test_what_is_not_as_it_was_kept_is_read_again(kept, what):
    before = received().table
    (path,) = kept.iterdir()
    content = path.read_bytes()
    flipped = content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]
    spoilt = {"a byte": flipped, "cut": content[:-40], "empty": b"", "text": b"figures"}[what]
    path.write_bytes(spoilt)

    assert_frame_equal(received().table, before)
    assert path.read_bytes() == content


@pytest.mark.parametrize("what", ["code", "a file", "python"])
def test_another_file_or_another_code_reads_again(kept, what, monkeypatch, own):
    received()
    if what == "code":
        monkeypatch.setattr(receiving, "_code", lambda: "tomorrow's")
    if what == "python":
        monkeypatch.setattr(receiving.sys, "version", "another")
    if what == "a file":
        with (own / "data" / "corrections.yml").open("a", encoding="utf-8") as file:
            file.write("\n# looked at again\n")
    monkeypatch.setattr(receiving, "_read", never)

    with pytest.raises(AssertionError, match="read again"):
        received()


def test_bytes_that_changed_under_a_receipt_are_refused_whatever_is_kept(kept, own):
    received()
    path = next((own / "data" / BOROUGHS).rglob("*.csv"))
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))

    with pytest.raises(InputError, match="has changed since it was received"):
        received()


def test_a_disk_that_takes_nothing_costs_time_and_nothing_else(kept, monkeypatch):
    monkeypatch.setattr(Path, "write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))

    assert len(received().table)
    assert not list(kept.iterdir())


def test_what_was_read_longest_ago_is_forgotten_first(kept, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_KEPT", 2)
    for source in (BOROUGHS, "ndtms_adults", "census_2021_age"):
        received(source)

    assert len(list(kept.iterdir())) == 2
