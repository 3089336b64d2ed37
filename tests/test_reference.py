"""The notebooks say today what they said when somebody last read them: nbval, cell by cell."""

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
import pytest

HERE = Path(__file__).parent / "reference"
NOTEBOOKS = sorted(path.name for path in HERE.glob("*.ipynb"))


# Whose cells are compared each time; the others are by the proofs.
SAMPLE = random.Random(3).sample(NOTEBOOKS, 1)


def nbval(folder: Path, saves: Path, names: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run nbval over the notebooks of a folder, or some of them, as its own pytest."""
    options = ["--nbval", "--nbval-current-env", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    sanitize = ["--nbval-sanitize-with", str(HERE / "sanitize.cfg")]
    command = [sys.executable, "-m", "pytest", "-q", *options, *sanitize]
    command += [str(folder / name) for name in names] or [str(folder)]
    environment = os.environ | {"CDPB_SAVE_TO": str(saves)}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, timeout=600
    )


# A finding that was begun shows a verdict, cards, what changed, a caveat, a figure, and what closes
# every page. A page of one table has a headline, that table, and what closes; the plan has two.
FEW = {"91_delivery_plan.ipynb": 7, "92_needs.ipynb": 4}


def test_there_is_a_reference_for_each_notebook(project):
    """A notebook without one would pass unread."""
    assert sorted(path.name for path in (project / "notebooks").glob("*.ipynb")) == NOTEBOOKS


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_reference_is_of_the_notebook_as_it_is(project, name):
    """Nbval runs the reference's own cells: were they old, it would prove an old notebook."""
    ours, kept = (
        nbformat.read(folder / name, as_version=4) for folder in (project / "notebooks", HERE)
    )
    cells = [(cell.cell_type, cell.source) for cell in kept.cells]
    assert cells == [(cell.cell_type, cell.source) for cell in ours.cells]
    least = FEW.get(name, 7)
    assert sum(len(cell.get("outputs", [])) for cell in kept.cells) > least


@pytest.mark.slow
def test_every_cell_of_a_sample_says_what_it_said(tmp_path):
    """Tables, sentences, alt texts and verdicts."""
    result = nbval(HERE, tmp_path, SAMPLE)
    assert result.returncode == 0, result.stdout[-3000:]


@pytest.mark.proof
def test_every_cell_of_every_notebook_says_what_it_said(tmp_path):
    result = nbval(HERE, tmp_path)
    assert result.returncode == 0, result.stdout[-3000:]


@pytest.mark.slow
def test_a_changed_number_is_noticed(tmp_path):
    """The comparison above could fail."""
    name = "03_women_in_treatment.ipynb"
    changed = nbformat.read(HERE / name, as_version=4)
    for cell in changed.cells:
        for output in cell.get("outputs", []):
            if "1,465" in output.data.get("text/html", ""):
                output.data["text/html"] = output.data["text/html"].replace("1,465", "1,466")
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "conftest.py").write_text((HERE / "conftest.py").read_text(encoding="utf-8"))
    nbformat.write(changed, folder / name)
    result = nbval(folder, tmp_path)
    assert result.returncode == 1, result.stdout[-3000:]
    assert "1,466" in result.stdout
