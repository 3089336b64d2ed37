"""Figures made up for demonstrations: made again the same, marked, and at the quoted scale."""

import subprocess
import sys

import pytest

from cdpb import catalogue
from cdpb.loaders import access


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What the script writes today, into a folder of its own."""
    project = catalogue.paths.project_root()
    folder = tmp_path_factory.mktemp("made")
    script = project / "data" / "illustrative" / "generate.py"
    command = [sys.executable, "-B", str(script), str(folder)]
    subprocess.run(command, check=True, cwd=folder)
    return folder


@pytest.fixture
def demonstration(monkeypatch):
    monkeypatch.setattr(access, "_now", access.Allowed("partnership", True))


def test_illustrative_figures_are_made_again_byte_for_byte(project, made):
    """Anyone can see how they were made, and that nobody has touched them since."""
    files = [path.relative_to(made) for path in made.rglob("*") if path.is_file()]

    assert len(files) == 2 * len(_receipts_of_illustrative_sources())
    for path in files:
        assert (made / path).read_bytes() == (project / "data" / path).read_bytes(), path


def test_every_source_made_by_the_script_is_declared_illustrative(made):
    """A made-up figure without the mark would pass as an estimate."""
    declared = {id for id, each in catalogue.sources().items() if each.status == "illustrative"}

    assert {path.name for path in made.iterdir()} == declared
    assert all(
        receipt.note.startswith("Illustrative") for receipt in _receipts_of_illustrative_sources()
    )


def _receipts_of_illustrative_sources():
    return [
        receipt
        for each in catalogue.sources().values()
        if each.status == "illustrative"
        for receipt in catalogue.receipts(each.id)
    ]
