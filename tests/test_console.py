"""What a console can't print undoes nothing, and nothing that was done is called failed."""

import io
import os
import subprocess
import sys

import pytest

from cdpb import console
from cdpb.cli import main
from cdpb.errors import InputError
from tests.support.adding import Arrivals, wards
from tests.support.project import draw_project

NAME = "Barnet – ≤5 wärds→ 東.csv"
CONSOLES = ["cp1252", "cp850", "cp437", "ascii", "utf-8"]


@pytest.fixture
def arrivals(tmp_path, monkeypatch):
    return Arrivals(tmp_path / "downloads", draw_project(tmp_path, monkeypatch))


def on(encoding: str, monkeypatch: pytest.MonkeyPatch) -> tuple[io.BytesIO, io.BytesIO]:
    """Standard output and error of a console that knows one encoding and stops at the rest."""
    streams = io.BytesIO(), io.BytesIO()
    for name, raw in zip(("stdout", "stderr"), streams, strict=True):
        text = io.TextIOWrapper(raw, encoding=encoding, errors="strict", write_through=True)
        monkeypatch.setattr(sys, name, text)
    return streams


@pytest.mark.parametrize("encoding", CONSOLES)
def test_a_file_of_any_name_is_added_on_any_console(arrivals, monkeypatch, encoding):
    """It used to be stored and then called failed, by an error in printing its name."""
    path = arrivals.wards(wards("2024-04", 24), name=NAME)
    out, err = on(encoding, monkeypatch)

    assert main(["add", str(path), "--received", "2026-05-01"]) == 0

    assert b"stored    data/mps_ward_crime/2026-05-01/Barnet" in out.getvalue()
    assert err.getvalue() == b""


@pytest.mark.parametrize("encoding", CONSOLES)
def test_a_refusal_is_read_on_any_console(arrivals, monkeypatch, encoding):
    """On standard error too, whatever stands in the file."""
    path = arrivals.file("größe→,東\n1,2\n", NAME)
    _, err = on(encoding, monkeypatch)

    assert main(["add", str(path)]) == 2

    assert b"its header is of no source that is known" in err.getvalue()
    assert b"Traceback" not in err.getvalue()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a pipe is closed there in another way")
def test_whoever_stops_reading_stops_nothing(arrivals, project):
    """`cdpb add FILE | head -1` stored the file and ended with an error nobody foresaw."""
    path = arrivals.wards(wards("2024-04", 24))
    command = [sys.executable, "-m", "cdpb", "add", str(path), "--received", "2026-05-01"]
    reader, writer = os.pipe()
    os.close(reader)

    ended = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, cwd=project, check=False)

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert (arrivals.project.data / "mps_ward_crime" / "2026-05-01" / "wards.csv").is_file()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a full disk to try")
def test_output_that_goes_to_a_full_disk_is_told(monkeypatch):
    """What a command did stands; what it was only asked to print is not there."""
    full = open("/dev/full", "w", encoding="utf-8", buffering=1)  # noqa: SIM115 (closed by Python)
    monkeypatch.setattr(sys, "stdout", full)

    with pytest.raises(InputError, match="Standard output can't be written"):
        console.show("a line")

    console.say("nothing is raised")
