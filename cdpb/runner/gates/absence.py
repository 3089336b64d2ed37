"""Absence gate: a public edition is the same whether or not reserved sources are present."""

import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from cdpb import catalogue, loaders, paths
from cdpb.build import PARTNERSHIP_ONLY
from cdpb.errors import InputError
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.rebuilding import differing_files, made_again, project_without
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Assessment

NAME = "absence"
FOLDER = "absence"


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


def _differences(written: Written, project: Path, outputs: Path) -> Iterator[str]:
    again, code = made_again(written, project, outputs)
    if code:
        yield "without the sources that it may not use, the assessment can't be made"
        return
    for found in differing_files(written.folder, again.target).values():
        yield from (f"{each} without the sources that it may not use" for each in found)


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
