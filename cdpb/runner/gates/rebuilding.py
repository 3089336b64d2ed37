"""Makes a finished assessment, or its findings, again aside; and says where two versions differ."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from zipfile import BadZipFile

from cdpb import catalogue, paths
from cdpb.declarations import declarations
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.key import DEMONSTRATION, NAMED, key_file, project_key
from cdpb.report.archives import SUFFIXES, unpacked
from cdpb.runner.assemble import hand_over, whatever_passed
from cdpb.runner.gates.text_nodes import nodes_of
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Assessment, Job, Kept, Planned, Result
from cdpb.runner.keys import Inputs, sources_opened
from cdpb.runner.manifest import files_below
from cdpb.runner.plan import defaults, plan
from cdpb.runner.pool import end_families, kernels_forked, read_by_several, run_jobs
from cdpb.runner.runs import standing

COPIED = ("data", "notebooks", "shapes")
# Of one file; whoever mends the first of them mends most.
MOST = 24


@dataclass(frozen=True)
class Rebuilding:
    """Findings to make again, with the environment of their kernels and the log they write to."""

    written: Written
    jobs: list[Job]
    settings: Mapping[str, str]
    log: Path

    def into(self, folder: Path, also: Mapping[str, str]) -> list[tuple[Job, Result]]:
        """Execute the findings, each saving to a folder of its own; those made of others last."""
        jobs = [replace(job, workspace=folder / job.finding) for job in self.jobs]
        again = {job.finding for job in jobs}
        kept = tuple(
            Kept(record["id"], "", record, self.written.folder)
            for record in self.written.records
            if record["id"] not in again
        )
        order = tuple(record["id"] for record in self.written.records)
        planned = Planned(self.written.assessment, tuple(jobs), kept, order, "")
        done: list[tuple[Job, Result]] = []
        environment = {**self.settings, **also}
        with kernels_forked(len(jobs), self.log, environment, read_by_several(jobs)):
            for last in (False, True):
                if any(result.failure for _, result in done):
                    break  # What is made of the others can't be made without one.
                turn = [job for job in jobs if job.after_all is last]
                for job in turn if last else ():
                    hand_over(job, planned, done)
                self._run(turn, environment, lambda *ended: done.append(ended))
        return done

    def _run(
        self, jobs: list[Job], environment: dict[str, str], done: Callable[[Job, Result], None]
    ) -> None:
        settings = defaults()
        run_jobs(jobs, settings.worker_count(), settings.timeouts, self.log, environment, done)


def jobs_of(written: Written, run: str) -> list[Job]:
    """A job for each finding of an assessment, keyed by what it would be made from today.

    One that was made from something else is refused: then no comparison would tell anything.
    """
    findings = [record["id"] for record in written.records]
    jobs = list(plan(written.assessment, findings, run, Inputs(), fresh=True).jobs)
    then = standing(written.assessment.standing_in(written.folder))
    changed = [
        job.finding
        for job in jobs
        if job.finding in then and then[job.finding].key not in ("", job.key)
    ]
    if changed:
        raise InputError(
            f"{written.assessment} is not what would be made today.",
            f"Since it was made something changed that these depend on: {', '.join(changed[:4])}.",
            "Make it again with cdpb run, then hold the gates over it. Nothing was looked at.",
        )
    return jobs


def refuse_another_key(written: Written) -> None:
    """Refuse what another key has drawn: it can't be made again here, and would differ for that."""
    if written.key in ("", DEMONSTRATION.id):
        return
    here = project_key().id if key_file().is_file() else ""
    if here != written.key:
        raise InputError(
            f"{written.assessment} was made with key {written.key}.",
            f"The key here is {here}." if here else "There is no key here.",
            f"Put the file of that key at {relative(key_file())}, or name it in {NAMED};",
            "or make the assessment again with cdpb run. Nothing was looked at.",
        )


def using(jobs: list[Job], sources: set[str]) -> list[Job]:
    """The jobs whose findings may open any of these sources, and those made of others' records."""
    return [
        job
        for job in jobs
        if job.after_all
        or sources & set(sources_opened(declarations().finding(job.finding), job.assessment))
    ]


def private_log(run: str) -> Path:
    """The log of what is made again."""
    return paths.private_folder("logs") / f"{run}-gates.log"


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


def differences_in_file(name: str, before: Path, after: Path) -> list[str]:
    """Which elements, columns or entries of a file differ; none where the bytes are equal.

    Whether either is a draft makes no difference.
    """
    if not before.is_file() or not after.is_file():
        return [f"{name}: not made" if before.is_file() else f"{name}: was not there"]
    where = differing(name, whatever_passed(before), whatever_passed(after))
    return [f"{name}: {each} differs" for each in where[:MOST]]


def differing(name: str, before: bytes, after: bytes) -> list[str]:
    """The places in which two versions of a file differ; that its markup does, where none has."""
    if before == after:
        return []
    if name.endswith(SUFFIXES):
        return _differing_parts(before, after)
    old, new = ([*nodes_of(each, name, drawn_too=True)] for each in (before, after))
    was, stands = ([(node.element, node.text) for node in nodes] for nodes in (old, new))
    changed = SequenceMatcher(None, was, stands, autojunk=False).get_opcodes()
    places = (
        node.element
        for what, a, b, c, d in changed
        for node in (*old[a:b], *new[c:d])
        if what != "equal"
    )
    return list(dict.fromkeys(places)) or ["its markup"]


def _differing_parts(before: bytes, after: bytes) -> list[str]:
    """The parts of a workbook that differ; its bytes, where that is no workbook any more."""
    try:
        old, new = unpacked(before), unpacked(after)
    except BadZipFile:
        return ["its bytes"]
    names = dict.fromkeys((*old, *new))
    return [name for name in names if old.get(name) != new.get(name)] or ["its bytes"]
