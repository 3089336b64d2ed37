"""Outputs are taken out of notebooks, but not of those that are kept for them."""

import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from cdpb.cli import main
from cdpb.desk.lab import offer
from tests.support.project import CHECKOUT


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project with a notebook that was run, beside one that is kept for its outputs."""
    for name in ("data", "notebooks", "tests/reference"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "data" / "sources.yml").touch()
    for folder in ("notebooks", "tests/reference"):
        nbformat.write(executed(), tmp_path / folder / "01_wards.ipynb")
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def executed() -> nbformat.NotebookNode:
    """A notebook as JupyterLab saves it once it was run."""
    told = new_output("stream", text="12 offences\n")
    parameters = {"tags": ["parameters"]}
    cell = new_code_cell(
        "print(12)", id="answer", execution_count=3, outputs=[told], metadata=parameters
    )
    language = {"name": "python", "version": "3.11.7", "pygments_lexer": "ipython3"}
    kernel = {"name": "python3", "display_name": "Python 3"}
    return new_notebook(cells=[cell], metadata={"kernelspec": kernel, "language_info": language})


def held(project: Path, folder: str) -> nbformat.NotebookNode:
    return nbformat.read(project / folder / "01_wards.ipynb", as_version=4)


def test_outputs_go_and_what_an_analyst_wrote_stays(project, capsys):
    assert main(["strip"]) == 0

    left = held(project, "notebooks")
    (cell,) = left.cells
    assert (cell.source, cell.id, cell.metadata) == (
        "print(12)", "answer", {"tags": ["parameters"]},
    )  # fmt: skip
    assert (cell.outputs, cell.execution_count) == ([], None)
    assert left.metadata.language_info == {"name": "python"}
    assert capsys.readouterr().out == "01_wards.ipynb: outputs taken out.\n"
    assert held(project, "tests/reference") == executed()


def test_a_notebook_without_outputs_is_not_written_again(project, capsys):
    """Else whoever only looked would find each of them changed."""
    path = project / "notebooks" / "01_wards.ipynb"
    first = (CHECKOUT / "notebooks" / "00_summary.ipynb").read_bytes()
    path.write_bytes(first)

    assert main(["strip"]) == 0

    assert path.read_bytes() == first
    assert capsys.readouterr().out == "No notebook had outputs.\n"


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("tests/reference/01_wards.ipynb", "is kept for its outputs"),
        ("data/sources.yml", "can't be read as a notebook"),
        ("notebooks/02_none.ipynb", "can't be read as a notebook"),
    ],
)
def test_what_is_no_notebook_to_strip_is_refused_and_nothing_is_changed(
    project, capsys, named, told
):
    assert main(["strip", "notebooks/01_wards.ipynb", named]) == 2

    assert told in capsys.readouterr().err
    assert held(project, "notebooks") == executed()
    assert held(project, "tests/reference") == executed()


def test_git_commits_no_outputs_and_the_files_keep_them(project):
    """But for those that a test compares with."""
    git(project, "init", "--quiet")
    assert "cdpb strip --install" in offer()
    assert main(["strip", "--install"]) == 0
    assert offer() == ""
    assert main(["strip", "--install"]) == 0

    git(project, "add", ".")

    added = git(project, "show", ":notebooks/01_wards.ipynb")
    kept = {
        folder: "12 offences" in git(project, "show", f":{folder}/01_wards.ipynb")
        for folder in ("notebooks", "tests/reference")
    }
    assert kept == {"notebooks": False, "tests/reference": True}
    assert held(project, "notebooks") == executed()
    # Byte for byte what the command writes: ids of cells, and nothing of the kernel.
    assert main(["strip"]) == 0
    assert added == (project / "notebooks" / "01_wards.ipynb").read_text(encoding="utf-8")


def test_without_a_repository_git_is_not_asked(project, capsys):
    assert main(["strip", "--install"]) == 2
    assert "Nothing was changed" in capsys.readouterr().err
    assert offer() == ""


def git(project: Path, *asked: str) -> str:
    told = subprocess.run(["git", *asked], cwd=project, capture_output=True, text=True, check=True)
    return told.stdout
