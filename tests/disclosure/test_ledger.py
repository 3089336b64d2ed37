"""The ledger protects what was published, so it must itself be protected: a chain of hashes."""

import json
import shutil

import pytest

from cdpb.errors import InputError
from cdpb.ledger import append, earlier_tables, entries, head, verified, write_entry
from tests.support.commands import cdpb, wrong_input
from tests.support.project import draw_project, lines_of

HERE, OTHER, SOURCE = "E09000003", "E09000007", "police_referrals"


def said(*cells, released="2024-06-01", edition="public", **changed):
    table = {
        "table": "by_route/routes", "id": "routes", "title": "Referrals by route",
        "source": SOURCE, "dimensions": ["year", "route"], "count": "referrals",
        "filter": {"area_code": HERE, "year": ["2022/23", "2023/24"]}, "totals": ["route"],
        "window": None, "cells": [list(cell) for cell in cells],
    }  # fmt: skip
    return {"released": released, "edition": edition, "tables": [{**table, **changed}]}


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    """Three releases: two of one area, one of another."""
    project = draw_project(tmp_path, monkeypatch)
    write_entry(HERE, "2022/23", "public", said(("2022/23", "custody", "[c]")))
    write_entry(OTHER, "2022/23", "public", said(("2022/23", "custody", 7)))
    write_entry(HERE, "2023/24", "partnership", said(("2022/23", "custody", 3)))
    return project.data / "ledger"


def refused(path="") -> str:
    """What every reader of the ledger says, for whichever area it asks."""
    found = set()
    for area in (HERE, OTHER):
        for read in (entries, lambda area: earlier_tables(area, SOURCE)):
            with pytest.raises(InputError) as stopped:
                read(area)
            found.add("\n".join(lines_of(stopped)))
    (message,) = found
    assert "version control" in message
    assert path in message.splitlines()[0]
    return message


def test_a_ledger_as_releases_left_it_is_read(ledger):
    assert [entry.name for entry in entries(HERE)] == ["2022-23_public", "2023-24_partnership"]
    (table,) = entries(HERE)[0].tables
    assert table.cells["2022/23", "custody"] is None
    assert len(verified()) == 3


NEWEST = f"{HERE}/2023-24_partnership.json"
ENTRIES = (f"{HERE}/2022-23_public.json", f"{OTHER}/2022-23_public.json", NEWEST)


@pytest.mark.parametrize("name", ENTRIES)
def test_a_missing_entry_stops_everything_the_newest_too(ledger, name):
    """Without its table, months that it hid would be shown again."""
    (ledger / name).unlink()

    assert "is missing" in refused(f"data/ledger/{name}")


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["tables"][0]["cells"][0].__setitem__(2, 9),
        lambda told: told["tables"][0]["cells"].clear(),
        lambda told: told["tables"].clear(),
        lambda told: told.update(edition="public", released="2020-01-01"),
        lambda told: told.update(more=1),
        lambda told: told.pop("salt"),
    ],
)
def test_a_changed_entry_stops_everything_with_its_name(ledger, name, change):
    told = json.loads((ledger / name).read_text(encoding="utf-8"))
    change(told)
    (ledger / name).write_text(json.dumps(told), encoding="utf-8")

    assert "not as it was entered" in refused(f"data/ledger/{name}")


def test_a_shortened_or_unreadable_entry_stops_everything(ledger):
    path = ledger / NEWEST
    for content in (path.read_bytes()[:-30], b"{", b"", b"[]", b"\xff\xfe", b"[" * 100_000):
        path.write_bytes(content)
        assert "not as it was entered" in refused(NEWEST)


def test_an_entry_that_no_release_made_stops_everything(ledger):
    """An invented one would say of a small count that readers have it already."""
    shutil.copy(ledger / NEWEST, ledger / OTHER / "2023-24_partnership.json")

    assert "stands in no line" in refused(f"data/ledger/{OTHER}/2023-24_partnership.json")


def lines_changed(lines: list[str]) -> dict[str, list[str]]:
    first, second, third = lines[1:]
    return {
        "shortened": lines[:-1],
        "its start removed": [lines[0], second, third],
        "its middle removed": [lines[0], first, third],
        "reordered": [lines[0], second, first, third],
        "a digest changed": [*lines[:2], second.replace("a", "b"), third],
        "another name": [*lines[:3], third.replace("2023-24", "2024-25")],
        "a line twice": [*lines, third],
        "no header": lines[1:],
        "header alone": lines[:1],
        "emptied": [],
        "a word": ["nothing"],
    }


@pytest.mark.parametrize("how", lines_changed(["", "a", "b", "c"]))
def test_a_changed_chain_stops_everything(ledger, how):
    path = ledger / "chain.csv"
    changed = lines_changed(path.read_text(encoding="utf-8").splitlines())[how]
    path.write_text("\n".join(changed) + "\n", encoding="utf-8")

    refused("data/ledger/")


def test_a_removed_chain_stops_everything(ledger):
    (ledger / "chain.csv").unlink()

    assert "stands in no line" in refused("data/ledger/")


def test_line_ends_of_another_system_change_nothing(ledger):
    """Version control may convert them, and what an entry says is the same."""
    for path in ledger.rglob("*.*"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert len(entries(HERE)) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (said(("2022/23", "custody", -5)), "neither a count nor"),
        (said(("2022/23", "custody", 3.5)), "neither a count nor"),
        (said(("2022/23", "custody", "3")), "neither a count nor"),
        (said(("2022/23", "custody", True)), "neither a count nor"),
        (said(("2022/23", "custody", None)), "neither a count nor"),
        (said(("2022/23", 4)), "a row that its declaration doesn't know"),
        (said(("2019/20", "custody", 4)), "a row that its declaration doesn't know"),
        (said(("2022/23", "custody", 4), ("2022/23", "custody", 5)), "stands twice"),
        (said(table="by_route/others"), "another table's declaration"),
        (said(source="returns"), "data/sources.yml doesn't declare"),
        (said(cells=7), "not what every entry has"),
        ({"released": "2024-06-01", "edition": "public"}, "not what every entry has"),
    ],
)
def test_what_no_table_can_show_is_neither_entered_nor_read(ledger, content, says):
    """A count of -5, or a row that no table has, would make sums that are nobody's."""
    with pytest.raises(InputError) as stopped:
        write_entry(OTHER, "2023/24", "public", content)
    assert says in "\n".join(lines_of(stopped))
    assert not (ledger / OTHER / "2023-24_public.json").exists()

    append(f"{OTHER}/2023-24_public", content)
    with pytest.raises(InputError, match="2023-24_public") as stopped:
        entries(OTHER)
    assert says in "\n".join(lines_of(stopped))


def test_each_release_moves_the_head_which_says_nothing_of_what_was_released(ledger):
    """Kept elsewhere, it tells of an editor who rewrote the whole chain.

    Two entries that say the same have other digests: from the chain alone nobody can try what a
    partner's count may have been.
    """
    first = head()
    for year in ("2019/20", "2020/21"):
        write_entry(OTHER, year, "partnership", said(("2022/23", "custody", 3)))
    lines = (ledger / "chain.csv").read_text(encoding="utf-8").splitlines()
    digests = [line.split(",")[1] for line in lines[1:]]

    assert head() not in ("", first)
    assert len(set(digests)) == len(digests)


def test_a_whole_chain_that_was_rewritten_is_told_by_the_head_alone(ledger):
    """What no chain can detect by itself, as docs/ledger.md says."""
    kept = head()
    content = verified()
    shutil.rmtree(ledger)
    for name, told in list(content.items())[:-1]:
        append(name, told)

    assert len(entries(HERE)) == 1
    assert head() != kept


@pytest.mark.parametrize("command", [["list"], ["run", "--year", "2023/24"]])
def test_commands_stop_with_the_name_of_the_entry(toy, capsys, command):
    """Before a notebook is run, and even where all pages are unchanged."""
    write_entry(HERE, "2019/20", "public", {**said(), "tables": []})
    (toy / "data" / "ledger" / HERE / "2019-20_public.json").unlink()

    code, _, errors = cdpb(capsys, *command)

    assert code == 2
    assert wrong_input(errors)
    assert "2019-20_public.json is missing" in errors
