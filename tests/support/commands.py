"""A command as a test types it, on a small project."""

from pathlib import Path

import pytest

from cdpb.cli import main
from tests.support.toys import seen, toy_project

HERE = "2023-24/E09000003/public"


@pytest.fixture
def toy(tmp_path, monkeypatch) -> Path:
    """A project of two toy findings, which is also the working folder."""
    folder = toy_project(tmp_path / "toy", monkeypatch)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def standing(toy) -> dict[str, bytes]:
    """An assessment that stands, as its bytes."""
    target = toy / "outputs" / HERE
    target.mkdir(parents=True)
    (target / "index.html").write_text("last year's", encoding="utf-8")
    return seen(toy / "outputs")


def cdpb(capsys, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = main(arguments)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def wrong_input(said: str) -> bool:
    return 0 < len(said.splitlines()) <= 8 and "Traceback" not in said
