"""A finding is begun with one command, runs at once, and needs no line of the library."""

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from cdpb import loaders as load
from cdpb.cli import main
from cdpb.errors import InputError
from cdpb.scaffold import new_finding
from tests.support.project import CHECKOUT, lines_of
from tests.support.toys import seen

TEXT = (CHECKOUT / "docs" / "first_finding.md").read_text(encoding="utf-8")
SAMPLE = re.search(r"```csv\n(.*?)```", TEXT, re.DOTALL)[1]
QUARTERS = "Quarter,Code,Kits\n" + "".join(
    f"Q{n} 2023/24,E09000003,{9 + n}\n" for n in (1, 2, 3, 4)
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A copy of the project to which findings can be added."""
    root = tmp_path / "project"
    for name in ("data", "notebooks"):
        shutil.copytree(CHECKOUT / name, root / name)
    os.symlink(CHECKOUT / "shapes", root / "shapes")
    monkeypatch.setenv("CDPB_HOME", str(root))
    monkeypatch.chdir(root)
    # The finding's own file is imported from there, as from the project that a notebook is in.
    monkeypatch.syspath_prepend(str(root / "notebooks"))
    return root


def commands() -> list[list[str]]:
    """What the text tells a reader to type, in its order: ``cdpb`` alone, and what it is given."""
    lines = [line for block in TEXT.split("```")[1::2] for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("cdpb ")]


def typed(home: Path, capsys: pytest.CaptureFixture[str], first: int) -> str:
    """The first commands of the text, typed one after the other; the page that they made."""
    (home / "admissions.csv").write_text(SAMPLE, encoding="utf-8")
    for command in commands()[:first]:
        assert main(command) == 0, (command, capsys.readouterr().err)
    page = home / "outputs/demonstration/2024-25/E09000003/public/drug-admissions.html"
    return page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_finding_that_was_begun_runs_at_once(home, capsys):
    """From nothing to a page through the gate in two commands."""
    shown = typed(home, capsys, 2)
    assert "admissions were counted in Barnet" in shown
    assert "admissions.csv" not in shown


def test_the_text_has_few_commands():
    """Each of them is typed, with all that the text shows, in tests/docs."""
    assert 4 <= len(commands()) < 10


def test_no_file_of_the_library_is_touched(home):
    """Three files of the finding, and the source's own."""
    (home / "kits.csv").write_text(QUARTERS, encoding="utf-8")
    before = seen(home)

    named = new_finding("kits", "kits", sample=home / "kits.csv")

    changed = {name for name, content in seen(home).items() if before.get(name) != content}
    made = {name for name in changed if name.startswith("data/illustrative/kits/")}
    assert changed - made == set(named)
    assert len(named) <= 8


@pytest.mark.parametrize("source", ["custody_tests", "naloxone", "disadvantage_overlap"])
def test_a_finding_is_begun_on_each_shape_of_return(home, source):
    """By month with kinds, by quarter in rows, by year with several kinds: each can be read."""
    named = new_finding("mine", source, "Mine")

    assert [name for name in named if name.endswith((".ipynb", ".py"))]
    code = (home / "notebooks/findings/mine.py").read_text(encoding="utf-8")
    compile(code, "mine.py", "exec")
    from cdpb.declarations import declarations

    declared = declarations().finding("mine")
    assert declared.sources == [source]
    assert declared.table("counts").count


@pytest.mark.parametrize(
    ("id", "source", "sample", "said"),
    [
        ("women_in_treatment", "custody_tests", None, "There is a finding women_in_treatment"),
        ("Women", "custody_tests", None, "can't be the id of a finding"),
        ("columns", "custody_tests", None, "can't be the id of a finding"),
        ("class", "custody_tests", None, "can't be the id of a finding"),
        ("mine", "../new", SAMPLE, "can't be the id of a source"),
        ("mine", "new", "Month,Borough,N,?,!\n2024-04,Barnet,2,a,b\n", "are too alike"),
        ("mine", "ndtms_adults", None, "ndtms_adults is no partner's return"),
        ("mine", "custody_test", None, "Did you mean custody_tests?"),
        ("mine", "parents_need", None, "parents_need has several counts a row"),
        ("mine", "licensed_premises", None, "licensed_premises counts by ward"),
        ("mine", "custody_tests", SAMPLE, "custody_tests is declared already"),
        ("mine", "new", "A,B\n1,2\n", "not a file that a source can be declared after"),
        ("mine", "new", "Month,Borough,N\n2024-04,Atlantis,2\n", "can be declared after"),
        ("mine", "new", "Borough,N\nBarnet,2\n", "0 columns of months"),
        ("mine", "new", None, "declares no source 'new'"),
    ],
)
def test_what_cannot_be_begun_is_refused_and_nothing_is_written(home, id, source, sample, said):
    path = home / "sample.csv"
    if sample is not None:
        path.write_text(sample, encoding="utf-8")
    before = seen(home)

    with pytest.raises(InputError) as error:
        new_finding(id, source, sample=None if sample is None else Path(path))

    assert any(said in line for line in lines_of(error))
    assert seen(home) == before


HOSTILE = (
    'Month,Borough,"No, ""all""",Yes\n2024-04,Barnet,7,"a, ""b"" or c"\n2024-04,Barnet,8,null\n'
)


def test_a_header_or_a_word_that_means_something_elsewhere_stays_what_it_is(home):
    """``No`` is false to YAML, a comma parts cells, and a quotation mark ends a text."""
    (home / "hostile.csv").write_text(HOSTILE, encoding="utf-8")

    new_finding("mine", "new", 'The "best" of: it', sample=home / "hostile.csv")

    from cdpb.declarations import declarations

    declared = declarations().finding("mine")
    assert declared.title == 'The "best" of: it'
    assert declared.table("counts").dimensions == ["area_code", "month", "yes"]
    read = load.read_file("new", home / "hostile.csv")
    assert read[["yes", "no_all"]].values.tolist() == [['a, "b" or c', 7], ["null", 8]]


@pytest.mark.parametrize(
    ("file", "spoilt"),
    [
        ("data/illustrative/generate.py", "raise SystemExit(1)\n"),
        # The new entry would then be no source.
        ("data/sources.yml", None),
    ],
)
def test_what_cannot_be_written_leaves_nothing_behind(home, file, spoilt):
    """Half a source would stop every other command."""
    (home / "sample.csv").write_text(SAMPLE, encoding="utf-8")
    path = home / file
    path.write_text(spoilt or path.read_text("utf-8") + "more:\n", encoding="utf-8")
    before = seen(home)

    with pytest.raises(InputError, match="Nothing was written"):
        new_finding("mine", "new", sample=home / "sample.csv")

    assert seen(home) == before
