"""The commands as an analyst types them: what they print, how they end, what they leave."""

import json
import os

import pytest

from cdpb import catalogue
from cdpb.cli import main
from cdpb.runner.place import journal, retired, staging
from tests.support.commands import HERE, cdpb, wrong_input
from tests.support.toys import seen

# Refused before anything starts ---------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--yaer", "2024/25"], "Did you mean --year?"),
        (["run", "--year", "2023/25"], "Did you mean 2023/24?"),
        (["run", "--year", "2031/32"], "begins after the newest data"),
        (["run", "--year", "last"], "not a financial year"),
        (["run", "--area", "Camdem"], "Closest: Camden"),
        (["run", "--edition", "secret"], "'public', 'partnership'"),
        (["run", "--finding", "frist"], "Did you mean first?"),
        (["run", "--workers", "0"], "--workers"),
        (["rnu"], "Did you mean 'run'?"),
        (["run", "2023/24"], "unexpected extra argument"),
    ],
)
def test_a_slip_is_answered_in_a_few_lines(toy, capsys, arguments, said):
    """What is wrong and what was probably meant; nothing has happened."""
    before = seen(toy)

    code, out, err = cdpb(capsys, *arguments)

    assert (code, out) == (2, "")
    assert said in err
    assert wrong_input(err)
    assert seen(toy / "outputs") == {}
    assert {name: seen(toy)[name] for name in before} == before


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda file: file.unlink(), "toys.csv is missing"),
        (lambda file: file.write_text("area,year,toys\n"), "toys.csv has changed"),
        (lambda file: file.write_text("area_code,year,toys\nx,y,many\n"), "toys.csv has changed"),
    ],
)
def test_a_received_file_that_is_not_as_received_is_named(toy, capsys, harm, said):
    """Figures that nobody can vouch for are not published."""
    harm(toy / "data" / "toy_counts" / "2025-05-01" / "toys.csv")

    code, out, err = cdpb(capsys, "run")

    assert (code, out) == (2, "")
    assert said in err
    assert wrong_input(err)


def test_outside_a_project_the_way_in_is_told(tmp_path, monkeypatch, capsys):
    """The commonest first slip of all."""
    monkeypatch.delenv("CDPB_HOME")
    monkeypatch.chdir(tmp_path)

    code, _, err = cdpb(capsys, "run")

    assert code == 2
    assert "CDPB_HOME" in err


def test_an_error_nobody_foresaw_is_told_shortly_and_logged(toy, capsys, monkeypatch):
    """No traceback on a screen that a board may see; no local values in the log."""

    def surprise(*_, **__):
        hidden = "4711 people"  # noqa: F841  (a local value that must not be logged)
        raise RuntimeError("4711 people")

    monkeypatch.setattr("cdpb.desk.making.run", surprise)

    code, _, err = cdpb(capsys, "run")

    (log,) = (toy / ".cdpb" / "logs").glob("*-error.log")
    assert code == 1
    assert wrong_input(err)
    assert "RuntimeError" in err
    assert log.name in err
    assert "in surprise" in log.read_text(encoding="utf-8")
    assert "hidden" not in log.read_text(encoding="utf-8")


# The other commands ---------------------------------------------------------------


def test_the_next_command_completes_what_was_interrupted(toy, standing, capsys):
    """Any command, even one that only looks."""
    target = toy / "outputs" / HERE
    staging(target).mkdir()
    (staging(target) / "index.html").write_text("this year's", encoding="utf-8")
    journal(target).write_text("", encoding="utf-8")
    os.replace(target, retired(target))

    code, _, err = cdpb(capsys, "list")

    assert code == 0
    assert f"completed: outputs/{HERE}" in err
    assert seen(toy / "outputs") == {f"{HERE}/index.html": b"this year's"}


def test_list_shows_what_is_at_hand(project, capsys):
    """Findings, sources with what was received, areas, years."""
    code, out, _ = cdpb(capsys, "list")

    assert code == 0
    for said in ("ward_drug_offences", "mps_ward_crime", "Barnet (E09000003)", "Camden", "2023/24"):
        assert said in out


def test_clean_leaves_what_is_committed(toy, standing, capsys):
    """The folder's own README stays, so that the folder does."""
    (toy / "outputs" / "README.md").write_text("Finished assessments.\n", encoding="utf-8")
    (toy / ".cdpb" / "draft").mkdir(parents=True)

    code, _, _ = cdpb(capsys, "clean")

    assert code == 0
    assert list(seen(toy / "outputs")) == ["README.md"]
    assert list((toy / ".cdpb").iterdir()) == []


@pytest.mark.parametrize("blank", ["", " ", "\t"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["diff", "--year", "2022/23", "--year", "2023/24", "--area"],
        ["run", "--area"],
        ["run", "--year"],
        ["run", "--output"],
        ["explain", "referrals/routes", "--area"],
        ["gate"],
        ["release"],
        ["add"],
    ],
)
def test_a_blank_value_is_refused_and_never_taken_for_the_default(capsys, arguments, blank):
    """A script whose variable was never set would compare Barnet, and nobody would know."""
    for given in ([*arguments, blank], [*arguments[:-1], f"{arguments[-1]}={blank}"]):
        if "=" in given[-1] and not given[-1].startswith("--"):
            continue
        assert main(given) == 2
        said = capsys.readouterr().err
        assert "is blank" in said
        assert "Nothing was done" in said


# What is missing ------------------------------------------------------------------


def test_what_an_assessment_needs_is_what_its_pages_say(toy, capsys):
    """Of the toy project every return came, so nothing is asked for."""
    cdpb(capsys, "run")
    code, out, err = cdpb(capsys, "needs")
    assert (code, err) == (0, "")
    assert out.endswith("public edition: no sources are missing\n")


def test_each_need_stands_with_its_sender_and_how_to_ask(toy, capsys):
    """The same words as on the page: from the records that the run left."""
    cdpb(capsys, "run")
    (path,) = (toy / "outputs").glob("*/*/public/findings/first.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    declared = toy / "data" / "sources.yml"
    text = declared.read_text(encoding="utf-8")
    wanted = "    not_received: Nobody has sent the toys.\n    definition:"
    declared.write_text(text.replace("    definition:", wanted, 1), encoding="utf-8")
    first = next(iter(catalogue.sources().values()))
    record["notices"] = ["Nobody has sent the toys."]
    path.write_text(json.dumps(record), encoding="utf-8")

    code, out, _ = cdpb(capsys, "needs")

    assert code == 0
    assert "1 source is missing" in out
    told = dict(line.split(maxsplit=1) for line in out.splitlines()[2:])
    assert told["from"].startswith(first.publisher)
    assert told["tells"] == f"What these figures say: {' '.join(first.definition.split())}"
    assert told["for"] == record["title"]


def test_needs_of_an_assessment_that_was_not_made_say_how_to_make_it(toy, capsys):
    code, out, err = cdpb(capsys, "needs")
    assert (code, out) == (2, "")
    assert "this assessment has not been made" in err
    assert "cdpb run --year" in err
    assert wrong_input(err)
