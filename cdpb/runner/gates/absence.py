"""Absence gate: a public edition is the same whether or not reserved sources are present."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from cdpb import catalogue, loaders, paths
from cdpb.build import PARTNERSHIP_ONLY
from cdpb.errors import InputError
from cdpb.key import NAMED, key_file
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.rebuilding import differences_in_file
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Assessment
from cdpb.runner.manifest import files_below

NAME = "absence"
FOLDER = "absence"
COPIED = ("data", "notebooks", "shapes")
LONGEST = 3600


def check_absence(written: Written, run: str) -> Outcome:
    """Make a public edition again in a project without what it may not use, and compare."""
    if written.assessment.edition != "public":
        return Outcome(NAME, [], "a partnership edition may use all sources")
    reserved = [id for id, each in catalogue.sources().items() if each.access in PARTNERSHIP_ONLY]
    findings = [*_not_refused(reserved, written.assessment)]
    folder = paths.private_folder(FOLDER, run)
    try:
        project = project_without(reserved, folder / "project")
        findings += _differences(written, project, folder / "outputs")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(NAME, findings, f"made again without {', '.join(reserved)}")


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


def _differences(written: Written, project: Path, outputs: Path) -> Iterator[str]:
    again = replace(written.assessment, under=outputs)
    if not _made(written, again, project):
        yield "without the sources that it may not use, the assessment can't be made"
        return
    for name in sorted({**files_below(written.folder), **files_below(again.target)}):
        for found in differences_in_file(name, written.folder / name, again.target / name):
            yield f"{found} without the sources that it may not use"


def _made(written: Written, again: Assessment, project: Path) -> bool:
    """Run the same assessment in a process of its own, so that nothing read here is in it."""
    asked = ["--year", again.year, "--area", again.area_code, "--edition", again.edition]
    asked += ["--demonstration"] * again.demonstration
    asked += [word for record in written.records for word in ("--finding", record["id"])]
    command = [sys.executable, "-m", "cdpb", "run", *asked, "--output", str(again.under)]
    # The copy has no key of its own: what the original hides is drawn with its.
    settings = {"CDPB_HOME": str(project), NAMED: str(key_file())}
    ended = subprocess.run(
        command, env={**os.environ, **settings}, cwd=project,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=LONGEST, check=False,
    )  # fmt: skip
    return ended.returncode == 0


def _not_refused(sources: list[str], assessment: Assessment) -> Iterator[str]:
    """Sources that a loader opens, or opens a file of before it refuses."""
    for each in sources:
        with loaders.access.building(assessment.build):
            opened = _opened_by(lambda each=each: loaders.base_counts(each))  # type: ignore[misc]
        if opened is None:
            yield f"{each}: its loader does not refuse it for a public edition"
        elif any(each in path.parts for path in opened):
            yield f"{each}: its loader opens a file before it refuses"


# The files that were opened since somebody began to watch; None while nobody does.
_opened: list[Path] | None = None


def _opened_by(load: Callable[[], object]) -> list[Path] | None:
    """The files that were opened until a loader refused; None where it didn't."""
    global _opened
    _install()
    seen: list[Path] = []
    _opened = seen
    try:
        load()
    except InputError:
        return seen
    finally:
        _opened = None
    return None


@cache
def _install() -> None:
    """Python calls an audit hook for as long as it runs, so one is installed once."""
    sys.addaudithook(_watch)


def _watch(event: str, given: tuple[object, ...]) -> None:
    if _opened is not None and event == "open" and isinstance(given[0], str):
        _opened.append(Path(given[0]))
