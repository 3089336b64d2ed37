"""Nothing is made twice, and nothing old is taken for new."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cdpb.runner import cache
from cdpb.runner.gates.written import read_written
from tests.support.commands import cdpb
from tests.support.toys import seen, toy_project, write_notebook

HERE = Path("outputs/2023-24/E09000003/public")
DRAWN = [
    "import matplotlib.pyplot as plt\ntoys = 12\nplt.plot([1, 2], [toys, 3])\nplt.show()",
    "display({'text/plain': str(toys)}, raw=True)",
]


def told(out: str) -> dict[str, str]:
    """What became of each finding: its status, by its name."""
    rows = [line.split() for line in out.splitlines() if line.startswith("  ")]
    return {row[0]: row[1] for row in rows if row[0] in ("first", "second")}


def entries(toy: Path) -> list[Path]:
    return sorted((toy / ".cdpb" / "cache").iterdir())


@pytest.mark.slow
def test_nothing_changed_runs_nothing_and_leaves_every_file_alone(toy, capsys, monkeypatch):
    cdpb(capsys, "run")
    before = {path: path.stat().st_mtime_ns for path in (toy / HERE).rglob("*")}
    monkeypatch.setattr("cdpb.runner.pool.run_tasks", None)

    code, out, err = cdpb(capsys, "run")

    assert (code, err) == (0, "")
    assert told(out) == {"first": "unchanged", "second": "unchanged"}
    assert "gate     passed            as before, nothing changed" in out
    assert {path: path.stat().st_mtime_ns for path in (toy / HERE).rglob("*")} == before


AREA = "code: E09000003\nname: {}\npartnership: The board of Barnet\n"


@pytest.mark.slow
def test_to_find_that_nothing_changed_takes_no_library_of_tables(toy, capsys):
    """They take longer to load than all else; the area's own file was checked before."""
    (toy / "data" / "areas" / "E09000003.yml").write_text(AREA.format("Barnet"), encoding="utf-8")
    cdpb(capsys, "run")
    code = "import sys; from cdpb.cli import main; main(['run']); print(*sys.modules, sep='\\n')"

    again = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "as before, nothing changed" in again.stdout
    loaded = set(again.stdout.splitlines())
    assert "cdpb.runner.plan" in loaded
    assert loaded.isdisjoint(["pandas", "numpy", "scipy", "geopandas", "pandera", "nbconvert"])


@pytest.mark.slow
def test_the_file_of_an_area_is_checked_again_once_it_is_another(toy, capsys):
    """What was found right stands for exactly those bytes."""
    path = toy / "data" / "areas" / "E09000003.yml"
    path.write_text(AREA.format("Barnet"), encoding="utf-8")
    cdpb(capsys, "run")
    before = seen(toy / "outputs")
    path.write_text(AREA.format("Camden"), encoding="utf-8")

    code, _, err = cdpb(capsys, "run")

    assert code == 2
    assert "E09000003 is Barnet, not 'Camden'" in err
    assert seen(toy / "outputs") == before


@pytest.mark.slow
def test_a_cell_that_is_changed_executes_its_notebook_alone(toy, capsys):
    cdpb(capsys, "run")
    write_notebook(toy, "second", ["toys = 99"])

    _, out, _ = cdpb(capsys, "run")

    assert told(out) == {"first": "unchanged", "second": "written"}
    assert "changed: the code of notebooks/second.ipynb" in out


@pytest.mark.slow
def test_a_sentence_that_is_changed_renders_the_page_again_as_a_fresh_run_would(
    tmp_path, monkeypatch, capsys
):
    """The notebook is not executed, and its pictures and marks stand where they stood."""
    toy = toy_project(tmp_path / "toy", monkeypatch, first=DRAWN, second=["toys = 13"])
    monkeypatch.chdir(toy)
    assert cdpb(capsys, "run")[0] == 0
    path = toy / "notebooks" / "first.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[0].source = "# First: how many toys now?\n\nAs counted."
    notebook.cells.insert(2, nbformat.v4.new_markdown_cell("## Another heading"))
    nbformat.write(notebook, path)

    with monkeypatch.context() as only:
        only.setattr("cdpb.runner.execute.execute_notebook", None)
        _, out, _ = cdpb(capsys, "run")
    rendered, executed = seen(toy / HERE), (toy / ".cdpb" / "executed").rglob("first.ipynb")
    (kept,) = (path.read_bytes() for path in executed)
    cdpb(capsys, "run", "--fresh")

    assert "rendered again: its text or the template changed" in out
    assert told(out) == {"first": "written", "second": "unchanged"}
    assert "how many toys now?" in (toy / HERE / "first.html").read_text(encoding="utf-8")
    assert seen(toy / HERE) == rendered
    assert [path.read_bytes() for path in (toy / ".cdpb" / "executed").rglob("first.ipynb")] == [
        kept
    ]


@pytest.mark.slow
def test_what_is_made_of_the_others_is_executed_again_only_if_they_say_something_else(toy, capsys):
    """An analyst who tidies a cell waits for that page, not for the summary of all pages too."""
    with (toy / "notebooks" / "findings" / "second.yml").open("a", encoding="utf-8") as declared:
        declared.write("after: all\n")
    cdpb(capsys, "run")
    path = toy / "notebooks" / "first.ipynb"

    write_notebook(toy, "first", ["toys = 12  # as before"])
    _, same, _ = cdpb(capsys, "run")
    after = seen(toy / HERE)
    cdpb(capsys, "run", "--fresh")
    fresh = seen(toy / HERE)
    path.write_text(path.read_text("utf-8").replace("Twelve", "13"), encoding="utf-8")
    _, other, _ = cdpb(capsys, "run")

    assert told(same) == told(other) == {"first": "written", "second": "written"}
    assert "rendered again: the other findings say the same" in same
    assert after == fresh
    assert "changed: the record of first" in other


@pytest.mark.slow
def test_asked_for_afresh_everything_is_executed_to_the_same_bytes(toy, capsys):
    cdpb(capsys, "run")
    before = seen(toy / HERE)

    _, out, _ = cdpb(capsys, "run", "--fresh")

    assert told(out) == {"first": "written", "second": "written"}
    assert seen(toy / HERE) == before


@pytest.mark.slow
def test_afresh_is_for_what_is_asked_for(toy, capsys):
    cdpb(capsys, "run")
    _, out, _ = cdpb(capsys, "run", "--fresh", "--finding", "first")
    assert told(out) == {"first": "written", "second": "unchanged"}


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("which", "spoil"),
    [
        ("executed.ipynb", flipped),
        ("contents.json", flipped),
        ("contents.json", cut),
        ("first.html", emptied),
        ("rows.csv", Path.unlink),
    ],
)
def test_what_is_not_as_it_was_kept_is_made_again(made, capsys, which, spoil):
    """A crash, a full disk or a failing one may leave anything there."""
    toy, before = made
    (path,) = [each for each in (toy / ".cdpb" / "cache").rglob(which) if "first" in names(each)]
    spoil(path)
    shutil.rmtree(toy / HERE)

    code, out, err = cdpb(capsys, "run")

    assert (code, err) == (0, "")
    assert told(out) == {"first": "written", "second": "unchanged"}
    assert seen(toy / HERE) == before


def names(path: Path) -> str:
    """All names in the entry that a file of the cache is in, whatever becomes of one of them."""
    entry = next(each for each in path.parents if each.parent.name == "cache")
    return " ".join(each.name for each in entry.rglob("*"))


@pytest.fixture(scope="module")
def made_once(tmp_path_factory) -> Path:
    """A toy project with its assessment."""
    with pytest.MonkeyPatch.context() as patched:
        folder = toy_project(tmp_path_factory.mktemp("made") / "toy", patched)
        patched.chdir(folder)
        from cdpb.cli import main

        assert main(["run"]) == 0
    return folder


@pytest.fixture
def made(made_once, tmp_path, monkeypatch) -> tuple[Path, dict[str, bytes]]:
    """A copy of it, which is the project, and the bytes of its assessment."""
    toy = Path(shutil.copytree(made_once, tmp_path / "made"))
    monkeypatch.setenv("CDPB_HOME", str(toy))
    monkeypatch.chdir(toy)
    return toy, seen(toy / HERE)


def test_a_page_that_somebody_touched_is_put_right_without_executing_anything(made, capsys):
    toy, before = made
    (toy / HERE / "first.html").write_text("edited", encoding="utf-8")

    code, out, err = cdpb(capsys, "run")

    assert (code, err) == (0, "")
    assert told(out) == {"first": "unchanged", "second": "unchanged"}
    assert seen(toy / HERE) == before


def test_another_folder_is_filled_without_executing_anything(made, capsys):
    toy, before = made
    _, out, _ = cdpb(capsys, "run", "--output", "there")
    assert told(out) == {"first": "unchanged", "second": "unchanged"}
    assert seen(toy / "there" / Path(*HERE.parts[1:])) == before


@pytest.mark.parametrize("years", [-30, 30])
def test_a_clock_that_is_set_otherwise_makes_nothing_new_and_nothing_old(made, capsys, years):
    """No time is looked at to tell what is at hand."""
    toy, _ = made
    for path in [*(toy / ".cdpb").rglob("*"), *(toy / "notebooks").rglob("*")]:
        moved = path.stat().st_mtime + years * 365 * 86400
        os.utime(path, (moved, moved))

    _, out, _ = cdpb(capsys, "run")
    assert told(out) == {"first": "unchanged", "second": "unchanged"}

    second = toy / "notebooks" / "second.ipynb"
    before = second.stat()
    text = second.read_text(encoding="utf-8")
    second.write_text(text.replace("toys = 13", "toys = 31"), encoding="utf-8")
    os.utime(second, ns=(before.st_atime_ns, before.st_mtime_ns))
    _, out, _ = cdpb(capsys, "run", "--dry-run")
    assert "execute" in next(line for line in out.splitlines() if "second" in line)


def test_a_dry_run_says_what_would_be_made_and_why_and_makes_nothing(made, capsys):
    toy, before = made
    state = seen(toy)
    write_notebook(toy, "second", ["toys = 99"])
    path = toy / "notebooks" / "first.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[0].source += " Say it."
    nbformat.write(notebook, path)

    code, out, err = cdpb(capsys, "run", "--dry-run")

    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == [
        "  first    render    rendered again: its text or the template changed",
        "  second   execute   changed: the code of notebooks/second.ipynb",
        f"  2 of 2 to be made, {out.split()[-4]} s of work",
    ]
    assert seen(toy / HERE) == before
    assert seen(toy / ".cdpb" / "runs") == {
        name.removeprefix(".cdpb/runs/"): content
        for name, content in state.items()
        if name.startswith(".cdpb/runs/")
    }


@pytest.mark.slow
def test_what_changed_while_it_was_read_is_not_taken_for_what_was_read(made, capsys):
    """Which of both the page shows, nobody could tell."""
    toy, before = made
    boroughs = toy / "data" / "areas" / "boroughs.csv"
    change = f"open({str(boroughs)!r}, 'a').write('\\n')"
    write_notebook(toy, "second", [change, "toys = 13"])

    code, _, err = cdpb(capsys, "run")

    assert code == 2
    assert "was changed while they were made" in err
    assert "data/areas/boroughs.csv" in err
    assert seen(toy / HERE) == before

    write_notebook(toy, "second", ["toys = 14"])
    code, out, err = cdpb(capsys, "run")
    assert (code, err) == (0, "")
    assert told(out) == {"first": "written", "second": "written"}


def test_the_entries_that_were_used_longest_ago_are_forgotten_first(made, monkeypatch):
    toy, _ = made
    old, new = entries(toy)
    os.utime(old, (1, 1))
    monkeypatch.setattr(cache, "MOST_KEPT", 1)
    cache.forget_oldest()
    assert entries(toy) == [new]


def test_the_cache_is_private(made):
    """It holds what an edition for the board shows."""
    toy, _ = made
    assert (toy / ".cdpb" / "cache").stat().st_mode & 0o077 == 0


def test_a_run_record_says_what_each_page_was_made_from(made):
    toy, _ = made
    (path,) = (toy / ".cdpb" / "runs").glob("*.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    found = record["assessments"][0]["findings"]
    assert {each["execution"] for each in found.values()} == {each.name for each in entries(toy)}


def test_gates_read_the_notebooks_of_the_folder_that_they_are_held_over(made, capsys):
    """Another folder that was written since has notebooks of its own."""
    toy, _ = made
    write_notebook(toy, "second", ["toys = 99"])
    cdpb(capsys, "run", "--output", "there")
    here, there = (
        read_written(toy / name / Path(*HERE.parts[1:])).notebooks for name in ("outputs", "there")
    )
    assert "toys = 13" in here["second"].read_text(encoding="utf-8")
    assert "toys = 99" in there["second"].read_text(encoding="utf-8")
    assert here["first"] == there["first"]
