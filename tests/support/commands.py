"""A command as a test types it, on a small project."""

import os
import signal
import subprocess
import sys
import time
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


def sleeping(marker: Path) -> list[str]:
    """Cells that write down which process they are in, and go on for longer than any test."""
    written = f"open({str(marker)!r}, 'w').write(str(os.getpid()))"
    return ["import os, time", written, "time.sleep(99)"]


def begun(folder: Path, marker: Path, *arguments: str) -> subprocess.Popen:
    """A command in a process of its own, as soon as a notebook of it has written its marker."""
    command = [sys.executable, "-m", "cdpb", *arguments]
    # One that was itself started in the background has Ctrl-C ignored: not so this one.
    listening = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    running = subprocess.Popen(command, cwd=folder, stdout=-1, stderr=-1, text=True, **listening)
    while not (marker.is_file() and marker.read_text()):
        assert running.poll() is None, running.stderr.read()
        time.sleep(0.1)
    return running


def gone(process: int, within: float = 10.0) -> bool:
    """Whether a process ends within some seconds."""
    for _ in range(int(within * 10)):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
