"""The same inputs and the same key give the same bytes, on any machine and in any way."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cdpb.cli import main
from cdpb.runner.fork_server import ADDRESS
from tests.support.returned import COUNTS, HERE, RUN, returned_project
from tests.support.sampled import sampled
from tests.support.toys import seen

pytestmark = pytest.mark.slow

PICTURE = """columns = {"value": "referrals", "group": "route"}
finding.chart("series", shown, "Referrals", axis="Referrals", **columns)"""
# What is another on another machine, unless somebody sees to it.
ODD = """import locale, os, time
locale.setlocale(locale.LC_ALL, "")
month, comma = time.strftime("%B", time.gmtime(0)), "," in f"{0.5:n}"
began = "greeting" in globals()
finding.caveats(f"{time.tzname}, {month}, {comma}, {began}, {''.join(set('abcdef'))}.")"""
# As on a system that forks nothing, and as on one that forks kernels even for two.
PORTABLE = """import multiprocessing, sys
from cdpb.cli import main
from cdpb.runner import fork_server, pool
fork_server.FORK_FROM = 10**6
pool.starting = lambda log: multiprocessing.get_context("spawn")
if __name__ == "__main__":
    sys.exit(main())"""
FORKED = """import sys
from cdpb.cli import main
from cdpb.runner import fork_server
fork_server.FORK_FROM = 1
sys.exit(main())"""
OWN = {"PYTHONSTARTUP": "{}/startup.py", "MATPLOTLIBRC": "{}/matplotlibrc"}
# Environment (with a folder's place in it), options and program.
WAYS = {
    "all at once": (
        {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.ISO-8859-9", **OWN},
        ["--workers", "3"],
        ["-c", PORTABLE],
    ),
    "time zone": ({"TZ": "America/St_Johns"}, [], ["-m", "cdpb"]),
    "hash seed": ({"PYTHONHASHSEED": "2"}, [], ["-m", "cdpb"]),
    "locale": ({"LC_ALL": "tr_TR.ISO-8859-9"}, [], ["-m", "cdpb"]),
    "own settings": (OWN, [], ["-m", "cdpb"]),
    "one worker": ({}, ["--workers", "1"], ["-m", "cdpb"]),
    "two workers": ({}, ["--workers", "2"], ["-m", "cdpb"]),
    "portable": ({}, [], ["-c", PORTABLE]),
    "forked": ({}, [], ["-c", FORKED]),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, dict[str, bytes]]:
    """A project of a protected return, with a picture, and its assessment as bytes."""
    folder = tmp_path_factory.mktemp("same") / "project"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        returned_project(folder, patch, COUNTS)
        path = folder / "notebooks" / "by_route.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[4:4] = map(nbformat.v4.new_code_cell, [PICTURE, ODD])
        nbformat.write(notebook, path)
        patch.chdir(folder)
        assert main(RUN) == 0
    return folder, seen(folder / HERE)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Path:
    """Another user's folder: settings of their own, and a locale that writes 0,5 for a half."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "startup.py").write_text("greeting = 'Good morning'\n", encoding="utf-8")
    (folder / "matplotlibrc").write_text("font.size: 30\n", encoding="utf-8")
    locale = ["-i", "tr_TR", "-f", "ISO-8859-9", folder / "tr_TR.ISO-8859-9"]
    tool = shutil.which("localedef")
    if not tool or subprocess.run([tool, *locale], capture_output=True).returncode:
        pytest.skip("no other locale can be made here (localedef, and its sources)")
    return folder


@pytest.mark.parametrize("way", sampled(list(WAYS), 1))
def test_the_same_bytes(made, elsewhere, tmp_path, way):
    """In a copy of the project without its private state, from another working folder."""
    project, expected = made
    private = shutil.ignore_patterns(".cdpb", "outputs")
    mine = shutil.copytree(project, tmp_path / "a b", ignore=private)
    told, options, program = WAYS[way]
    own = {name: value for name, value in os.environ.items() if name != ADDRESS}
    own |= {name: value.format(elsewhere) for name, value in told.items()}
    settings = {"CDPB_HOME": str(mine), "LOCPATH": str(elsewhere)}
    done = subprocess.run(
        [sys.executable, *program, *RUN, *options],
        cwd=elsewhere, env=own | settings, capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert seen(mine / HERE) == expected


def test_the_pages_have_a_picture_and_hide_a_count(made):
    """So that the comparison above is of both."""
    _, files = made
    assert b"<svg" in files["by-route.html"]
    assert b"[c]" in files["tables/by_route/routes.csv"]
    assert b'"key"' in files["manifest.json"]
