"""cdpb reproduce: an assessment is made again from its manifest, and it says where it differs."""

import json
import shutil
import signal
import sys
from pathlib import Path

import pytest

from cdpb.runner.assemble import say_in_place
from cdpb.runner.manifest import GATES
from cdpb.runner.reproduce import Reproduced
from tests.support.commands import HERE, begun, cdpb, gone, sleeping, wrong_input
from tests.support.returned import (
    COUNTS,
    RUN,
    SOURCE,
    STEPS,
    TABLES,
    declare,
    left_as_it_was,
    receive_referrals,
)
from tests.support.toys import seen, write_notebook

pytestmark = pytest.mark.slow
OUTPUT = f"outputs/{HERE}"
SHOWN = "finding.table(shown, 'Referrals')"


@pytest.fixture
def made(toy, capsys) -> Path:
    """A toy project of which an assessment was made."""
    assert cdpb(capsys, "run")[0] == 0
    return toy


@pytest.fixture
def received(assessed_once, monkeypatch) -> Path:
    """A project that has received a partner's return, and its assessment."""
    monkeypatch.setenv("CDPB_HOME", str(assessed_once))
    monkeypatch.chdir(assessed_once)
    with left_as_it_was(assessed_once):
        yield assessed_once


def test_the_same_inputs_give_the_same_files_and_nothing_is_left(made, capsys):
    """Every notebook is executed, whatever an earlier run remembers; a draft or not is the same."""
    say_in_place(made / OUTPUT, GATES)
    before = seen(made)

    code, out, err = cdpb(capsys, "reproduce", OUTPUT)

    assert code == 0
    assert out.splitlines()[1:] == ["  identical: 16 files"]
    assert err.count("written") == 2
    assert ".cdpb" not in err
    assert seen(made) == before


def test_a_notebook_that_changed_is_told_by_its_page(made, capsys):
    """The page and the place in it; whatever else the change did not touch is not named."""
    before = seen(made / "outputs")
    page = made / "notebooks" / "first.ipynb"
    page.write_text(page.read_text("utf-8").replace("how many toys?", "how many toys"), "utf-8")

    code, out, err = cdpb(capsys, "reproduce", OUTPUT)

    assert code == 1
    assert out.splitlines()[1:] == ["  first.html: <h1> differs"]
    assert "1 of 16 files differ" in err
    assert seen(made / "outputs") == before


def test_one_byte_of_a_received_file_is_told_by_page_and_table(received, monkeypatch, capsys):
    """And by nothing that the file has no part in."""
    monkeypatch.setitem(STEPS, "by_route", f"{STEPS['by_route']}\n{SHOWN}")
    declare(received, list(TABLES))
    assert cdpb(capsys, *RUN)[0] == 0
    shutil.rmtree(received / "data" / SOURCE)
    other = {**COUNTS, "2023/24": {**COUNTS["2023/24"], "custody": 23}}
    receive_referrals(received, "2025-05-01", other)

    code, out, _ = cdpb(capsys, "reproduce", OUTPUT)

    assert code == 1
    assert "  by-route.html: <td> in table routes-table-table differs" in out
    assert "  tables/by_route/routes.csv: column referrals differs" in out
    assert "index.html" not in out


def test_of_a_file_that_differs_everywhere_the_first_places_are_named():
    """Whoever mends the first of them mends most."""
    places = [f"first.html: <td> {number} differs" for number in range(4)]

    told = [*Reproduced("Barnet", 8, [], {"first.html": places}).lines()]

    assert told == ["Barnet", *(f"  {each}" for each in places[:3]), "  first.html: and more"]


def test_what_was_received_since_is_left_out_and_named(received, capsys):
    """An assessment is reproduced from the receipts that it names, not from today's."""
    receive_referrals(received, "2025-06-02", {"2023/24": {"custody": 99}})

    code, out, _ = cdpb(capsys, "reproduce", OUTPUT)

    assert code == 0
    assert f"made again without what was received since: data/{SOURCE}/2025-06-02" in out


def test_a_notebook_that_fails_is_no_page_that_differs(made, capsys):
    """The run's own message and exit code; no file is named that is gone by then."""
    write_notebook(
        made, "first", ["from cdpb.errors import InputError", "raise InputError('No n.')"]
    )

    code, out, err = cdpb(capsys, "reproduce", OUTPUT)

    assert (code, out) == (2, "")
    assert "No n." in err
    assert "can't be made again" in err
    assert ".cdpb" not in err


def edited(project: Path) -> str:
    with (project / OUTPUT / "by-year.html").open("a", encoding="utf-8") as page:
        page.write(" ")
    return "by-year.html: changed since"


def without_its_receipt(project: Path) -> str:
    shutil.rmtree(project / "data" / SOURCE / "2025-05-01")
    return f"is gone: {SOURCE}, received May 2025"


def made_with_another_key(project: Path) -> str:
    manifest = project / OUTPUT / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**told, "key": "anothers"}), encoding="utf-8")
    return "was made with key anothers"


def without_a_manifest(project: Path) -> str:
    (project / OUTPUT / "manifest.json").unlink()
    return "holds no assessment"


@pytest.mark.parametrize(
    "harm", [edited, without_its_receipt, made_with_another_key, without_a_manifest]
)
def test_what_cannot_be_compared_is_refused_before_anything_runs(received, capsys, harm):
    """Differences would say nothing of what was made then."""
    said = harm(received)

    code, out, err = cdpb(capsys, "reproduce", OUTPUT)

    assert (code, out) == (2, "")
    assert said in err
    assert wrong_input(err)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_an_interrupted_one_leaves_no_process_and_no_folder(made):
    """The run within it is another process, with workers and kernels of its own."""
    marker, before = made / "begun", seen(made / "outputs")
    write_notebook(made, "second", sleeping(marker))
    running = begun(made, marker, "reproduce", OUTPUT)

    running.send_signal(signal.SIGTERM)
    _, err = running.communicate(timeout=30)

    assert running.returncode == 130
    assert err.splitlines()[-1] == "Interrupted. Earlier assessments stand as they were."
    assert gone(int(marker.read_text()))
    assert list((made / ".cdpb" / "work").iterdir()) == []
    assert seen(made / "outputs") == before
