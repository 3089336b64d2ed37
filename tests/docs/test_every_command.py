"""What the README and the pages of docs/ tell a reader to type is typed here, and does it.

Each page is followed from its first block to its last in a copy of the project; what it shows as
printed must be printed. `make prove` follows every page; `make test` those that make no
assessment, and a sample of the commands of the others.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import yaml

from cdpb.cli import main
from cdpb.errors import InputError
from cdpb.report.browser import found_browser
from tests.support.typed import CHECKOUT, PAGES, Block, blocks, words

ASIDE = (".git", ".venv", ".cdpb", "outputs", "__pycache__", ".*_cache")
# What of these pages is printed counts over all findings; on the others two are enough.
WHOLE = ("docs/publishing.md", "docs/first_report.md")
FEW = ["--finding", "ward_drug_offences", "--finding", "women_in_treatment"]
LEFT_OUT = {
    "make test": "it would begin these tests again",
    "python -m tests": "it would begin these tests again",
    "conda": "it needs the internet; tests/test_environment.py holds it against the lock",
    "py": "it needs the internet, and Windows",
    "pip": "it needs the internet; tests/test_environment.py holds it against the lock",
    ".venv\\Scripts\\activate": "it is for Windows",
}
NEEDS_BROWSER = ("cdpb pdf", "cdpb slides")
# Of these, each page by itself makes no assessment, or reads one that other tests have made.
QUICK = ("docs/protect.md", "docs/trace.md", "docs/year.md")
READS = ("diff", "explain", "needs", "pack", "trace", "withdraw")


@pytest.fixture
def copy(tmp_path, monkeypatch) -> Path:
    """A copy of the project, as the working folder."""
    home = tmp_path / "project"
    shutil.copytree(CHECKOUT, home, ignore=shutil.ignore_patterns(*ASIDE))
    monkeypatch.setenv("CDPB_HOME", str(home))
    monkeypatch.setenv("PYTHONPATH", str(home))
    monkeypatch.chdir(home)
    # The finding's own file is imported from there, as from the project that a notebook is in.
    monkeypatch.syspath_prepend(str(home / "notebooks"))
    return home


@pytest.fixture
def with_assessments(copy, assessments) -> Path:
    """It, when its newest assessment has been made, and one finding of the years before."""
    shutil.copytree(assessments, copy / "outputs")
    return copy


def named_camden(home: Path) -> None:
    path = home / "data" / "areas" / "E09000007.yml"
    text = path.read_text(encoding="utf-8").replace("code: E09000000", "code: E09000007")
    path.write_text(text.replace("Exampleborough", "Camden"), encoding="utf-8")


def made_mine(home: Path) -> None:
    """What the guide shows of a statement's test, put into the files that it names."""
    page = list(blocks("docs/first_finding.md"))
    for block in (each for each in page if each.language == "yaml"):
        path = home / re.findall(r"`([\w/]+\.yml)`", block.before)[-1]
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        for key, value in yaml.safe_load(block.text).items():
            # To a list, or among others; what stands there stays.
            told[key] = told[key] + value if isinstance(value, list) else told.get(key, {}) | value
        text = yaml.safe_dump(told, sort_keys=False, allow_unicode=True)
        path.write_text(text, encoding="utf-8")
    path = home / "notebooks" / "16_drug_admissions.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for block, verb in zip(
        (each for each in page if each.language == "python"), ("publish", "verdict"), strict=True
    ):
        (cell,) = (each for each in notebook.cells if f"finding.{verb}(" in each.source)
        cell.source = block.text.rstrip()
    nbformat.write(notebook, path)


def downloaded(home: Path) -> None:
    """The files as they came, and the project before it had them."""
    for source, received, name in [
        ("mps_ward_crime", "2026-04-30", "ward_drug_offences.csv"),
        ("mps_borough_crime", "2026-07-31", "borough_drug_offences.csv"),
    ]:
        receipt = home / "data" / source / received
        shutil.move(receipt / name, home / name)
        shutil.rmtree(receipt)


def made(home: Path) -> None:
    assert main(["run", "--year", "2023/24", *FEW]) == 0


# What a page tells its reader to do by hand before a command, or what its reader has done before.
BY_HAND: dict[tuple[str, str], Callable[[Path], None]] = {
    ("docs/areas.md", "cdpb run"): named_camden,
    ("docs/first_finding.md", "cdpb add"): made_mine,
    ("README.md", "cdpb add ward"): downloaded,
    ("README.md", "cdpb gate"): made,
}


def typed(page: str, command: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    """Type one command of a page; what it printed."""
    for (of, begins), by_hand in BY_HAND.items():
        if page == of and command.startswith(begins):
            by_hand(Path.cwd())
    capsys.readouterr()
    first, *rest = words(command)
    if [first, *rest] == ["make", "report"]:
        # What the Makefile types once its environment stands, as tests/test_readme.py holds.
        first, rest = "cdpb", ["report"]
    if first != "cdpb":
        return _by_shell([first, *rest])
    whole = page in WHOLE or "--finding" in rest or code
    rest += FEW if rest[0] == "run" and not whole else []
    ended, printed = main(rest), capsys.readouterr()
    assert ended == code, (command, printed.err)
    return printed.out + printed.err


def _by_shell(command: list[str]) -> str:
    told = [sys.executable, *command[1:]] if command[0] == "python" else command
    done = subprocess.run(told, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, (command, done.stdout + done.stderr)
    return done.stdout


def left_out(command: str) -> bool:
    """Whether it can't be typed here, for a reason of `LEFT_OUT` or for want of a browser."""
    if command.startswith(NEEDS_BROWSER):
        try:
            return not found_browser()
        except InputError:
            return True
    return any(f"{command} ".startswith(f"{each} ") for each in LEFT_OUT)


def followed(page: str, home: Path, capsys: pytest.CaptureFixture[str]) -> int:
    """Do all that a page tells; how many commands were typed."""
    printed, count = "", 0
    for block in blocks(page):
        if block.file:
            (home / block.file).write_text(block.text, encoding="utf-8")
        if block.commands:
            todo = [each for each in block.commands if not left_out(each)]
            code = 2 if block.is_dialogue else 0
            printed = "".join(typed(page, each, capsys, code) for each in todo)
            count += len(todo)
        assert re.search(meant(block.shown), plain(printed)), (page, block.shown, printed)
    return count


def meant(shown: str) -> str:
    """What is printed, a ``…`` for what changes with every edit of a page: a count of numbers."""
    return re.escape(plain(shown)).replace("…", r"[\d,]+")


def plain(text: str) -> str:
    """Lines without the spaces that no reader sees at their ends."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


PROOFS = [page for page in PAGES if page not in QUICK and any(b.commands for b in blocks(page))]


@pytest.mark.proof
@pytest.mark.parametrize("page", PROOFS)
def test_a_reader_who_does_what_a_page_says_gets_what_it_shows(page, copy, capsys):
    assert followed(page, copy, capsys)
    if page == "docs/first_finding.md":
        told = copy / "outputs/2024-25/E09000003/public/findings/drug_admissions.json"
        verdict = json.loads(told.read_text(encoding="utf-8"))["verdict"]
        # 137 of the 218 admissions of the page's file, counted by hand.
        assert verdict["label"] == "supported"
        assert "63% (56 to 69) against 50%" in verdict["parts"][0]["reason"]


@pytest.mark.slow
@pytest.mark.parametrize("page", QUICK)
def test_what_makes_no_assessment_is_typed_each_time(page, with_assessments, capsys, monkeypatch):
    """A command that would make one has made it."""
    monkeypatch.setitem(LEFT_OUT, "cdpb run --year 2025/26", "the fixture has done it")
    assert followed(page, with_assessments, capsys)


def reading() -> list[tuple[str, str]]:
    """Each command of the long pages that makes no assessment, with its page."""
    every = [(page, each) for page in PROOFS for block in blocks(page) for each in block.commands]
    return [(page, each) for page, each in every if set(words(each)[1:2]) & {*READS}]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command"), random.Random(13).sample(reading(), 2))
def test_a_sample_of_the_other_commands_does_what_it_should(
    page, command, with_assessments, capsys
):
    assert typed(page, command, capsys)


def test_every_page_that_shows_commands_is_followed():
    shows = {page for page in PAGES for block in blocks(page) if block.commands}
    assert shows == {*PROOFS, *QUICK}
    assert len(shows) >= 9


def test_what_is_left_out_is_still_shown_somewhere():
    """A reason that outlives its command would hide the next one."""
    every = [each for page in PAGES for block in blocks(page) for each in block.commands]
    stale = [each for each in LEFT_OUT if not any(f"{c} ".startswith(f"{each} ") for c in every)]
    assert stale == []


@pytest.mark.parametrize(
    ("text", "commands", "shown"),
    [
        ("cdpb run\ncp a b\n", ["cdpb run", "cp a b"], ""),
        ("$ cdpb rn\nThere is no rn.\n", ["cdpb rn"], "There is no rn.\n"),
        ("cdpb (a tool)\nsaid this\n", [], "cdpb (a tool)\nsaid this\n"),
    ],
)
def test_commands_are_told_from_what_they_print(text, commands, shown):
    block = Block("", text, "")
    assert (block.commands, block.shown) == (commands, shown)
