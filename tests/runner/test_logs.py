"""What is told of a run afterwards: a summary for a program, cdpb logs, and a page."""

import json
import re

import pytest

from cdpb.report.checks import check_page
from cdpb.runner.logs import MOST_LISTED
from tests.support.browser import width_at
from tests.support.commands import HERE, cdpb, wrong_input
from tests.support.toys import seen, write_notebook

pytestmark = pytest.mark.slow
BARNET = "Barnet (E09000003), 2023/24, public edition"
SECRET = 'people = "4711 people"'


def test_a_program_is_told_of_each_finding_and_gate_and_of_nothing_else(toy, capsys):
    """Standard output is the summary alone; what people read goes to standard error."""
    code, out, err = cdpb(capsys, "run", "--json")

    told = json.loads(out)
    (made,) = told["assessments"]
    assert (code, told["exit_code"], told["message"]) == (0, 0, [])
    assert (made["assessment"], made["folder"]) == (BARNET, f"outputs/{HERE}")
    assert (made["published"], made["why"]) == (True, [])
    assert [*made["findings"]] == ["first", "second"]
    assert {each["status"] for each in made["findings"].values()} == {"written"}
    assert {each["verdict"] for each in made["findings"].values()} == {"supported"}
    assert [(each["gate"], each["passed"]) for each in made["gates"]] == [
        ("attack", True),
        ("scan", True),
    ]
    timed = [*made["findings"].values(), *made["gates"], told]
    assert all(0 <= each["seconds"] < 600 for each in timed)
    assert sum(told["spent"].values()) == pytest.approx(told["seconds"], abs=1)
    assert "first    written" in err

    told = json.loads(cdpb(capsys, "run", "--json")[1])
    (again,) = told["assessments"]
    assert {each["status"] for each in again["findings"].values()} == {"unchanged"}
    assert again["published"]


def test_a_program_is_told_of_a_run_that_fails_too(toy, standing, capsys):
    """Which finding, in which cell, and why nothing was published; never what a cell held."""
    write_notebook(toy, "first", [SECRET, "raise KeyError(people)"])

    code, out, err = cdpb(capsys, "run", "--json")

    told = json.loads(out)
    (made,) = told["assessments"]
    failure = made["findings"]["first"]["failure"]
    assert (code, told["exit_code"]) == (1, 1)
    assert told["message"][0] == err.splitlines()[-3]
    assert (made["published"], made["why"]) == (False, ["first failed: KeyError"])
    assert (failure["kind"], failure["notebook"], failure["cell"]) == ("KeyError", "first.ipynb", 3)
    assert made["findings"]["second"]["status"] == "written"
    assert (toy / told["attempt"]).is_file()
    assert "4711" not in out
    assert seen(toy / "outputs") == standing


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--finding", "frist"], "There is no finding 'frist'."),
        (["--year", "2031/32"], "2031/32 begins after the newest data"),
        (["--dry-run"], "--json tells what was made"),
    ],
)
def test_a_program_is_told_of_a_run_that_never_began(toy, capsys, arguments, said):
    """The summary comes all the same."""
    code, out, err = cdpb(capsys, "run", "--json", *arguments)

    told = json.loads(out)
    assert (code, told["exit_code"], told["assessments"]) == (2, 2, [])
    assert told["message"][0].startswith(said)
    assert wrong_input(err)


def test_logs_name_what_was_made_how_it_ended_and_where_to_read_more(toy, capsys, monkeypatch):
    """Newest first; of one run all that is recorded, and the lines of its log."""
    cdpb(capsys, "run")
    monkeypatch.setattr(
        "cdpb.runner.gates.folder.problems", lambda *_: ["first.html: names a small number"]
    )
    cdpb(capsys, "run", "--fresh")

    code, out, err = cdpb(capsys, "logs")

    assert (code, err) == (0, "")
    shape = [re.split(r" {2,}", line.strip()) for line in out.splitlines()]
    assert [each[2::2] for each in shape] == [["refused", BARNET], ["done", BARNET]]

    refused = shape[0][0]
    log = toy / ".cdpb" / "logs" / f"{refused}.log"
    log.write_text("a library complained\x1b[2J\n", encoding="utf-8")
    code, out, _ = cdpb(capsys, "logs", refused[:-1])

    assert code == 0
    for said in (
        f"{BARNET}: not published",
        "first.html: names a small number",
        "first    written",
        "scan     refused",
        f".cdpb/attempts/{refused}/index.html",
        f".cdpb/runs/{refused}.html",
        f".cdpb/logs/{refused}.log",
        "a library complained?[2J",
    ):
        assert said in out
    assert json.loads(cdpb(capsys, "logs", refused, "--json")[1])["exit_code"] == 3
    assert cdpb(capsys, "logs", "--last")[1] == out


def test_a_run_without_a_record_is_listed_by_its_log(toy, capsys):
    """One that was ended from outside, an error nobody foresaw; and no more than the last."""
    logs = toy / ".cdpb" / "logs"
    logs.mkdir(parents=True)
    for name in ("20260102T030405Z-7", "20260102T030406Z-7-error"):
        (logs / f"{name}.log").write_text("", encoding="utf-8")

    out = cdpb(capsys, "logs")[1]

    assert "7-error" in out.splitlines()[0]
    assert "stopped on an error nobody foresaw" in out.splitlines()[0]
    assert "not ended, or ended from outside" in out.splitlines()[1]

    for number in range(MOST_LISTED):
        (logs / f"20260103T030405Z-{number}.log").write_text("", encoding="utf-8")

    assert len(cdpb(capsys, "logs")[1].splitlines()) == MOST_LISTED
    for wrong in ("2025", "2026"):
        code, out, err = cdpb(capsys, "logs", wrong)
        assert (code, out) == (2, "")
        assert f"runs are called {wrong}" in err


def test_logs_of_a_project_without_any_are_empty(toy, capsys):
    """Nothing has been run yet, which is no error."""
    assert cdpb(capsys, "logs") == (0, "", "")
    assert cdpb(capsys, "logs", "--json") == (0, "[]\n", "")


def test_the_page_of_a_run_shows_where_the_time_went_and_anybody_can_read_it(toy, capsys):
    """What was made, what stopped it, and how long each step took."""
    write_notebook(toy, "first", [SECRET, "raise KeyError(people)"])
    told = json.loads(cdpb(capsys, "run", "--json")[1])
    page = (toy / told["page"]).read_text(encoding="utf-8")

    for said in (
        "first.ipynb, cell 3",
        "first failed: KeyError",
        "Where the time went",
        '<td class="number">',
        *told["spent"],
    ):
        assert said in page
    assert "4711" not in page
    # What it lacks is of a finding's page alone.
    assert {problem.partition(" ")[2] for problem in check_page(page)} == {
        "title does not name the finding, the area and the year",
        "first link does not skip to the main part",
        "accessibility statement is missing",
    }
    assert width_at(page, 320, toy) <= 320
