"""Makes a whole assessment again in a copy of the project, and says where the two differ."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cdpb import catalogue, paths
from cdpb.key import NAMED, key_file
from cdpb.runner.gates.rebuilding import differences_in_file
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Assessment
from cdpb.runner.manifest import files_below
from cdpb.runner.pool import end_families

COPIED = ("data", "notebooks", "shapes")


def project_without(sources: list[str], folder: Path) -> Path:
    """A copy of the project, by links where the disk allows, that never received some sources."""
    root = paths.project_root()
    # A project without maps, for one, has no folder of outlines.
    for name in filter(lambda each: (root / each).is_dir(), COPIED):
        shutil.copytree(root / name, folder / name, copy_function=_linked)
    for each in sources:
        declared = catalogue.source(each).folder
        for received in (folder / declared / each, folder / "data" / "illustrative" / each):
            shutil.rmtree(received, ignore_errors=True)
    return folder


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def made_again(
    written: Written, project: Path, under: Path, tell: Callable[[str], object] = lambda _: None
) -> tuple[Assessment, int]:
    """Run the same assessment in a process of its own, so that nothing read here is in it.

    ``tell`` is given each line that it prints.

    Returns
    -------
    tuple of Assessment and int
        What now stands under the folder, if it could be made, and the exit code of the run.
    """
    again = replace(written.assessment, under=under)
    asked = ["--year", again.year, "--area", again.area_code, "--edition", again.edition]
    asked += ["--demonstration"] * again.demonstration
    asked += [word for record in written.records for word in ("--finding", record["id"])]
    command = [sys.executable, "-m", "cdpb", "run", *asked, "--output", str(under)]
    # The copy has no key of its own: what the original hides is drawn with its.
    settings = {"CDPB_HOME": str(project), NAMED: str(key_file())}
    with subprocess.Popen(
        command, env={**os.environ, **settings}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
    ) as child:  # fmt: skip
        try:
            for line in child.stdout or ():
                tell(line.rstrip())
        except BaseException:
            end_families([child.pid])
            raise
    return again, child.returncode


def differing_files(before: Path, after: Path) -> dict[str, list[str]]:
    """Where the files of two versions of an assessment differ, by their names."""
    names = sorted({**files_below(before), **files_below(after)})
    found = {name: differences_in_file(name, before / name, after / name) for name in names}
    return {name: places for name, places in found.items() if places}
