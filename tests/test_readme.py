"""What the README shows was run, and runs."""

import re

import pytest

from cdpb.cli import main
from cdpb.declarations import declarations
from tests.support.built import BARNET, record
from tests.support.verdict_table import YEARS, shown, verdict_table


@pytest.fixture
def readme(project) -> str:
    return (project / "README.md").read_text(encoding="utf-8")


def test_every_make_target_shown_exists_and_has_its_command(project, readme):
    """Windows has no make: whatever the Makefile does is one command too."""
    targets = set(re.findall(r"^(\w+):", (project / "Makefile").read_text(), flags=re.M))
    shown = set(re.findall(r"(?:^|`)make (\w+)", readme, flags=re.M))
    assert shown == targets
    table = dict(re.findall(r"\| `make (\w+)` \| `([^`]+)` \|", readme))
    assert set(table) == targets


def test_the_commands_of_the_makefile_are_those_of_the_table(project, readme):
    makefile = (project / "Makefile").read_text(encoding="utf-8")
    table = dict(re.findall(r"\| `make (\w+)` \| `([^`]+)` \|", readme))
    assert f"$(BIN)/{table['report']}" in makefile
    assert f"$(BIN)/{table['test']}\n" in makefile
    assert f"$(BIN)/{table['prove']}" in makefile
    assert "$(BIN)/cdpb lab\n" in makefile


def examples(readme: str) -> list[tuple[list[str], str]]:
    """Each command with a ``$`` and what it said."""
    blocks = re.findall(r"```\n\$ cdpb (.*?)\n(.*?)```", readme, flags=re.S)
    return [(command.split(), said) for command, said in blocks]


def test_what_a_wrong_command_says_is_what_the_readme_shows(readme, capsys):
    shown = examples(readme)
    assert len(shown) >= 2
    for command, said in shown:
        assert main(command) == 2
        assert capsys.readouterr().err == said


def test_every_command_shown_is_one_that_cdpb_knows(readme, capsys):
    """Each option of each example, without building it all again."""
    commands = re.findall(r"^cdpb (.+?)(?: +#.*)?$", readme, flags=re.M)
    assert len(commands) >= 4
    for command in commands:
        assert main([*command.split(), "--help"]) == 0
        known = capsys.readouterr().out
        assert all(option in known for option in re.findall(r"--\w+", command))


def test_the_list_shows_every_finding(capsys):
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ("ward_drug_offences", "E09000003", "2024/25", "Camden"))


def test_the_verdicts_shown_are_those_computed(readme, assessments):
    """The table would be the first sentence to go stale. Else: tests.support.verdict_table."""
    newest = assessments / YEARS[-1].replace("/", "-") / BARNET / "public"
    assert shown(readme) == verdict_table(newest)
    assert shown(readme).count("\n") >= 10


@pytest.mark.proof
def test_each_page_says_of_every_year_what_that_years_page_says(four_years):
    """The history is computed with the page; the pages of other years are not read for it."""
    assessments = four_years
    for finding in (each.id for each in declarations().findings if not each.after):
        told = record(assessments, YEARS[-1], finding)
        history = {each["year"]: each["label"] for each in told["history"]}
        for year in set(history) & set(YEARS):
            own = record(assessments, year, finding)
            assert history[year] == own["verdict"]["label"], (finding, year)
            claims = {each["id"]: each["verdict"]["label"] for each in own["claims"]}
            for claim in told["claims"]:
                then = {each["year"]: each["label"] for each in claim["history"]}
                assert then[year] == claims[claim["id"]], (claim["id"], year)


def test_every_place_shown_exists(project, readme):
    rows = re.findall(r"^\| `([\w/.]+)` \|", readme, flags=re.M)
    places = [name for name in rows if "/" in name]
    assert len(places) >= 8
    assert [name for name in places if not (project / name).exists()] == []
