"""cdpb release: what a reader has seen is entered in the ledger, and later years heed it."""

import json
import os
import shutil
from pathlib import Path

import pytest

from cdpb.cli import main
from cdpb.errors import GateRefused, InputError
from cdpb.findings.brief import Brief
from cdpb.findings.record import FindingRecord
from cdpb.findings.released_record import released_record as said_then
from cdpb.ledger import head, write_entry
from cdpb.runner import release as releasing
from cdpb.runner.assemble import say_in_place
from cdpb.runner.gates import GateReport, Outcome
from cdpb.runner.manifest import GATES
from tests.support.commands import cdpb, wrong_input
from tests.support.project import lines_of
from tests.support.returned import (
    COUNTS,
    HERE,
    RUN,
    SOURCE,
    ledger_entry,
    left_as_it_was,
    receive_referrals,
    shown,
)
from tests.support.signing import signed_release as release

BARNET = "E09000003"


@pytest.fixture(scope="module")
def standing(assessed_once):
    """A project of which an assessment stands and has passed; tests that write take a copy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDPB_HOME", str(assessed_once))
        say_in_place(assessed_once / HERE, GATES)
    return assessed_once


@pytest.fixture
def project(standing, monkeypatch):
    """The project, its ledger empty, as the working folder."""
    monkeypatch.setenv("CDPB_HOME", str(standing))
    monkeypatch.chdir(standing)
    with left_as_it_was(standing):
        yield standing


def passed(_output: Path, *, every: bool) -> GateReport:
    """All four gates, held and passed."""
    return GateReport("Barnet", tuple(Outcome(name) for name in GATES if every))


def test_a_release_enters_what_was_shown_and_never_what_was_hidden(project):
    (done,) = release(project / HERE, check=passed)
    assert done.entry == project / "data" / "ledger" / BARNET / "2023-24_public.json"
    told = ledger_entry(project)
    cells = {each["table"]: each["cells"] for each in told["tables"]}
    written = shown(project / HERE, "by_route", "routes").splitlines()[1:]
    assert [",".join(map(str, row)) for row in cells["by_route/routes"]] == written
    assert ["2022/23", "custody", "[c]"] in cells["by_route/routes"]
    assert ["2023/24", "custody", 22] in cells["by_route/routes"]
    assert set(cells) == {"by_route/routes", "by_year/years"}


def test_an_entry_names_the_month_of_a_partners_return_and_no_file(project):
    release(project / HERE, check=passed)
    (source,) = ledger_entry(project)["sources"]
    assert source["id"] == SOURCE
    assert source["policy"] == "under_five_hide"
    assert source["receipts"] == [{"received": "May 2025", "files": []}]


def test_what_each_finding_said_is_entered(project):
    """So that a later page can set it beside what today's method says of that year."""
    release(project / HERE, check=passed)
    said = said_then(BARNET, "2023/24", "public", "by_route")
    assert said["method"]["rules"]["counted"] == "As the provider counts them."
    assert ledger_entry(project)["pages"] == ["by_route", "by_year"]


def test_it_says_what_was_released(project):
    lines = list(release(project / HERE, check=passed)[0].lines())
    assert lines[0] == "Barnet (E09000003), 2023/24, public edition: released"
    assert lines[-2] == f"data/ledger/{BARNET}/2023-24_public.json"
    assert lines[-1] == f"Head of the ledger, to be kept elsewhere too: {head()}"


# What is not released --------------------------------------------------------------------


def test_nothing_is_released_that_a_gate_refuses(project):
    def refused(_output: Path, *, every: bool) -> GateReport:
        return GateReport("Barnet", (Outcome("attack", ["by-route.html: open"]),))

    with pytest.raises(GateRefused, match="refused"):
        release(project / HERE, check=refused)
    assert not (project / "data" / "ledger").exists()


def test_nothing_is_released_before_all_four_gates_were_held(project):
    def two_of_four(_output: Path, *, every: bool) -> GateReport:
        return GateReport("Barnet", (Outcome("attack"), Outcome("scan")))

    with pytest.raises(GateRefused, match="not all four"):
        release(project / HERE, check=two_of_four)


def test_a_demonstration_is_never_released(project):
    target = project / "outputs" / "demonstration" / "2023-24" / BARNET / "public"
    target.mkdir(parents=True)
    manifest = json.loads((project / HERE / "manifest.json").read_text(encoding="utf-8"))
    for record in manifest["findings"]:
        (target / record["record"]).parent.mkdir(exist_ok=True)
        (target / record["record"]).write_text("{}", encoding="utf-8")
    manifest["demonstration"] = True
    (target / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InputError, match="is a demonstration") as refused:
        release(target, check=passed)
    assert lines_of(refused)


def test_a_file_that_was_edited_stops_it(project):
    page = project / HERE / "by-route.html"
    page.write_text(page.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(InputError, match=r"by-route\.html"):
        release(project / HERE, check=passed)


def test_a_file_that_was_added_stops_it(project):
    (project / HERE / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"notes\.txt"):
        release(project / HERE, check=passed)


def test_every_file_that_differs_is_named_before_anything_is_looked_at(project):
    """Whoever edited a page hears which, and what to do; no gate is held first."""
    target = project / HERE
    (target / "notes.txt").write_text("mine", encoding="utf-8")
    (target / "tables" / "by_year" / "years.csv").unlink()
    page = target / "by-route.html"
    page.write_text(page.read_text(encoding="utf-8").replace("custody", "court"), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        release(target, check=None)
    assert lines_of(refused)[1:4] == [
        "  by-route.html: changed since",
        "  notes.txt: added since",
        "  tables/by_year/years.csv: missing",
    ]
    assert "Make the assessment again with cdpb run" in str(refused.value)


def test_a_page_that_no_run_on_record_made_says_so(project):
    """The true reason: that its inputs changed would send the analyst to look for what did not."""
    for path in (project / ".cdpb" / "runs").glob("*.json"):
        path.unlink()
    with pytest.raises(InputError, match="2 findings can't be released") as refused:
        release(project / HERE, check=passed)
    assert "no run on record here made it" in str(refused.value)


def test_a_folder_that_no_run_put_there_is_not_released(project):
    os.rename(project / HERE, project / "elsewhere")
    with pytest.raises(InputError, match="not where a run puts"):
        release(project / "elsewhere", check=passed)


def test_a_page_made_from_other_inputs_is_left_out_and_named(project):
    notebook = project / "notebooks" / "by_year.ipynb"
    notebook.write_bytes(notebook.read_bytes().replace(b"counted by", b"counted  by"))
    (done,) = release(project / HERE, check=passed)
    assert list(done.left_out) == ["by_year"]
    assert "made from other inputs" in done.left_out["by_year"]
    assert any("by_year" in line for line in done.lines())
    assert [each["table"] for each in ledger_entry(project)["tables"]] == ["by_route/routes"]


def test_all_means_all_or_nothing(project):
    notebook = project / "notebooks" / "by_year.ipynb"
    notebook.write_bytes(notebook.read_bytes().replace(b"counted by", b"counted  by"))
    with pytest.raises(InputError, match="1 finding can't be released") as refused:
        release(project / HERE, everything=True, check=passed)
    assert "by_year" in str(refused.value)
    assert not (project / "data" / "ledger").exists()


def test_the_same_assessment_is_released_once(project):
    release(project / HERE, check=passed)
    with pytest.raises(InputError, match="was released on"):
        release(project / HERE, check=passed)


# Editions, and where the project stands ---------------------------------------------------

PARTNERSHIP = HERE.replace("public", "partnership")


@pytest.fixture(scope="module")
def both(standing, tmp_path_factory):
    """A copy of the project at another place, to which the edition for partners was added."""
    folder = tmp_path_factory.mktemp("both") / "copied"
    shutil.copytree(standing, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDPB_HOME", str(folder))
        patch.chdir(folder)
        assert main([*RUN[:-1], "partnership"]) == 0
        say_in_place(folder / PARTNERSHIP, GATES)
    return folder


@pytest.fixture
def moved(both, monkeypatch):
    monkeypatch.setenv("CDPB_HOME", str(both))
    monkeypatch.chdir(both)
    with left_as_it_was(both):
        yield both


def test_editions_made_together_are_released_together(moved):
    """In one command, in a project that was copied: nothing hangs on where it stands."""
    done = release(moved / HERE, moved / PARTNERSHIP, everything=True, check=passed)
    assert [each.assessment.edition for each in done] == ["public", "partnership"]
    assert [len(each.findings) for each in done] == [2, 2]
    assert all(each.entry.is_file() for each in done)


def test_the_release_of_one_edition_leaves_the_other_as_it_is(moved):
    """They show one pattern; the second is not made from other inputs since the first was read."""
    release(moved / HERE, everything=True, check=passed)
    (done,) = release(moved / PARTNERSHIP, everything=True, check=passed)
    assert done.left_out == {}


def test_if_one_can_not_be_released_none_is(moved):
    page = moved / PARTNERSHIP / "by-route.html"
    page.write_text("edited", encoding="utf-8")
    with pytest.raises(InputError, match=r"by-route\.html: changed"):
        release(moved / HERE, moved / PARTNERSHIP, check=passed)
    assert not (moved / "data" / "ledger").exists()


def test_if_the_second_can_not_be_entered_the_first_is_not(moved, monkeypatch):
    """The ledger is left as it was, chain and entries."""
    real = releasing.write_entry

    def failing(area, year, edition, content):
        if edition == "partnership":
            raise OSError(28, "No space left on device")
        return real(area, year, edition, content)

    monkeypatch.setattr(releasing, "write_entry", failing)
    with pytest.raises(OSError, match="No space"):
        release(moved / HERE, moved / PARTNERSHIP, check=passed)
    assert head() == ""
    assert not list((moved / "data" / "ledger").rglob("*.json"))


def test_the_command_refuses_like_every_other(project, capsys):
    code, _, said = cdpb(capsys, "release", "outputs/nowhere")
    assert code == 2
    assert wrong_input(said)


# What a release changes ------------------------------------------------------------------


def test_a_release_of_the_same_year_again_stands_beside_the_first(project):
    first = write_entry(BARNET, "2023/24", "public", entry("first"))
    second = write_entry(BARNET, "2023/24", "public", entry("second"))
    assert first.name == "2023-24_public.json"
    assert second.name == "2023-24_public_2.json"
    assert json.loads(first.read_text(encoding="utf-8"))["released"] == "first"


def entry(released, cells=(), edition="public"):
    told = {
        "table": "by_route/routes", "id": "routes", "title": "Referrals by route",
        "source": SOURCE, "dimensions": ["year", "route"], "count": "referrals",
        "filter": {"area_code": BARNET, "year": ["2022/23", "2023/24"]}, "totals": ["route"],
        "window": None, "cells": [list(cell) for cell in cells],
    }  # fmt: skip
    return {"released": released, "edition": edition, "tables": [told]}


def test_a_new_entry_has_every_page_of_its_area_made_again(project):
    from cdpb.declarations import declarations
    from cdpb.runner.job import Assessment
    from cdpb.runner.keys import Inputs, key_of

    finding = declarations().finding("by_year")

    def key(area):
        asked = Assessment(area, "", "2023/24", "public", False, project / "outputs")
        return key_of(Inputs().of_execution(finding, asked, {}))

    before = {area: key(area) for area in (BARNET, "E09000007")}
    write_entry(BARNET, "2022/23", "public", entry("2024-06-01"))
    assert key(BARNET) != before[BARNET]
    assert key("E09000007") == before["E09000007"]


# One pattern, whoever asks ---------------------------------------------------------------


def asked_by(finding, edition="public"):
    """The pattern as a notebook in JupyterLab gets it, with nothing else having been run."""
    return FindingRecord(Brief(finding, "2023/24", BARNET, edition)).tables._pattern(SOURCE)


def forget(project):
    for path in (project / ".cdpb" / "patterns").glob("*"):
        path.unlink()


def test_every_notebook_gets_the_same_pattern_whichever_asks_first(project):
    forget(project)
    first = asked_by("by_year")
    forget(project)
    other = asked_by("by_route")
    assert first == other
    assert first == asked_by("by_year")


def test_the_pattern_in_jupyterlab_is_that_of_the_run(project):
    forget(project)
    hidden = asked_by("by_route").of("by_route/routes")
    rows = [line.split(",") for line in shown(project / HERE, "by_route", "routes").splitlines()]
    assert {tuple(row[:2]) for row in rows if row[2] == "[c]"} == hidden


def test_running_one_finding_gives_the_page_that_running_all_gives(project, capsys):
    before = shown(project / HERE, "by_route", "routes")
    forget(project)
    code, _, _ = cdpb(capsys, *RUN, "--finding", "by_route", "--output", "alone")
    assert code == 0
    alone = project / "alone" / "2023-24" / BARNET / "public"
    assert shown(alone, "by_route", "routes") == before


def test_the_pattern_doesnt_wait_for_as_of(project):
    """What a table is protected for follows from its source, not from a notebook's steps."""
    finding = FindingRecord(Brief("by_route", "2023/24", BARNET))
    finding.tables.as_of(SOURCE)
    assert finding.tables._pattern(SOURCE) == asked_by("by_route")


def test_a_pattern_is_kept_until_an_entry_of_the_ledger_changes_it(project):
    kept = project / ".cdpb" / "patterns"
    forget(project)
    first = asked_by("by_route")
    solved = set(kept.glob("*.json"))
    assert solved
    assert asked_by("by_route") == first
    assert set(kept.glob("*.json")) == solved
    key = ("2022/23", "custody")
    write_entry(BARNET, "2022/23", "public", entry("2024-06-01", [(*key, 3)]))
    assert key not in asked_by("by_route").of("by_route/routes")
    assert key in first.of("by_route/routes")
    assert set(kept.glob("*.json")) > solved


def test_a_year_that_was_revised_since_its_release_is_protected_again(project):
    """2022/23 was released; its custody count is revised from 3 to 30, and nothing is small."""
    release(project / HERE, check=passed)
    revised = {**COUNTS, "2022/23": {**COUNTS["2022/23"], "custody": 30}}
    receive_referrals(project, "2025-06-01", revised)
    assert ("2022/23", "custody") in asked_by("by_route").of("by_route/routes")
