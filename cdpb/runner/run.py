"""A whole run: plan, execute, put together, check, move into place, and report it."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cdpb import paths
from cdpb.console import undisturbed
from cdpb.errors import LONGEST_MESSAGE, CdpbError, refused_by_system
from cdpb.runner import runs
from cdpb.runner.assemble import assemble_and_check, hand_over
from cdpb.runner.execute import environment
from cdpb.runner.job import Assessment, Failure, Job, Planned, Result, Timeouts
from cdpb.runner.keys import Inputs
from cdpb.runner.meanwhile import failed_meanwhile
from cdpb.runner.place import display_path, left_behind, locked, move_into_place, staging
from cdpb.runner.plan import Defaults, Request, assessments, plan
from cdpb.runner.pool import EXECUTED, kernels_forked, run_jobs
from cdpb.runner.runs import keep_attempt
from cdpb.runner.workspaces import workspace

WORST_FIRST = (3, 1, 2)
NOT_MADE = "not made"


class RunFailed(CdpbError):
    """A run of which an assessment was not published; its exit code says why."""

    def __init__(self, exit_code: int, headline: str, *lines: str) -> None:
        self.exit_code = exit_code
        super().__init__(headline, *lines)


class Progress:
    """Prints assessments in their order and findings in theirs, each line as soon as it can.

    Jobs end in any order; a line waits until those above it are known.
    """

    def __init__(self, planned: Sequence[Planned], say: Callable[[str], None]) -> None:
        self._say = say
        self._results: dict[str, dict[str, Result]] = {
            str(each.assessment): {
                kept.finding: Result(kept.finding, "unchanged", record=kept.record)
                for kept in each.kept
            }
            for each in planned
        }
        self._waiting = [
            (str(each.assessment), name) for each in planned for name in ["", *each.in_turn]
        ]
        self._left = {(job.assessment, job.finding): job.cost for p in planned for job in p.jobs}
        self._cost = sum(self._left.values())
        self._started = time.monotonic()
        self._width = max((len(name) for _, name in self._waiting), default=0) + 3
        self._advance()

    def done(self, job: Job, result: Result) -> None:
        """Take the result of a job."""
        self._results[str(job.assessment)][job.finding] = result
        self._left.pop((job.assessment, job.finding), None)
        self._hint("")
        self._advance()
        if self._left:
            self._hint(f"  {len(self._left)} to go, about {self.seconds_left():.0f} s")

    def results(self, planned: Planned) -> dict[str, Result]:
        """The results of one assessment, by finding."""
        return self._results[str(planned.assessment)]

    def line(self, name: str, status: str, seconds: float | None, outcome: str) -> str:
        """One line: name, status, seconds, what came of it."""
        took = "" if seconds is None else f"{seconds:.1f} s"
        return f"  {name:<{self._width}}{status:<9}{took:>6}   {outcome}".rstrip()

    def seconds_left(self) -> float:
        """What the rest will take, if it goes as what is done has gone."""
        left = sum(self._left.values())
        return (time.monotonic() - self._started) * left / max(self._cost - left, 1e-9)

    def _hint(self, text: str) -> None:
        # Only for eyes at a terminal: in a log it would be noise.
        if sys.stderr.isatty():
            print(f"\r{text:<40}\r{text}", end="", file=sys.stderr, flush=True)

    def _advance(self) -> None:
        while self._waiting:
            assessment, name = self._waiting[0]
            if not name:
                self._say(assessment)
            elif name in self._results[assessment]:
                result = self._results[assessment][name]
                outcome = "; ".join([result.verdict, *result.notes])
                self._say(self.line(name, result.status, result.seconds, outcome))
            else:
                return
            self._waiting.pop(0)


@dataclass
class Run:
    """What one command does and did: jobs as they ended, what the gate found, what is published."""

    name: str
    say: Callable[[str], None]
    workers: int
    timeouts: Timeouts
    findings: Sequence[str] = ()
    began: float = field(default_factory=time.time)
    done: list[tuple[Job, Result]] = field(default_factory=list)
    refused: dict[Assessment, list[str]] = field(default_factory=dict)
    published: list[Assessment] = field(default_factory=list)
    way_out: str = ""

    @property
    def failed(self) -> set[Assessment]:
        """The assessments of which a finding failed."""
        return {job.assessment for job, result in self.done if result.failure}


def run(
    request: Request, settings: Defaults, workers: int | None, say: Callable[[str], None]
) -> list[Path]:
    """Make every assessment of a request, each or none of it; their index pages.

    Raises
    ------
    InputError
        If something is refused before anything starts.
    RunFailed
        If a finding failed (1), its input was wrong (2) or the gate refused (3). Nothing of
        that assessment was moved into place: what was finished lies under ``.cdpb/attempts``.
        The others stand in theirs.
    """
    timeouts = Timeouts(settings.cell_timeout, settings.notebook_timeout)
    this = Run(runs.new_run(), say, settings.worker_count(workers), timeouts, request.findings)
    started = time.perf_counter()
    wanted = assessments(request)
    try:
        with ExitStack() as locks:
            locks.enter_context(workspace(this.name))
            for each in wanted:
                locks.enter_context(locked(each.target))
            planned = _planned(this, wanted)
            try:
                _make(this, planned)
            finally:
                with undisturbed(), _at_most_said(this):
                    _record(this, planned, time.perf_counter() - started)
                for each in wanted:
                    shutil.rmtree(staging(each.target), ignore_errors=True)
        return [each.target / "index.html" for each in wanted]
    finally:
        with undisturbed(), _at_most_said(this):
            runs.forget_old()


def _planned(this: Run, wanted: Sequence[Assessment]) -> list[Planned]:
    """What there is to do for each assessment, by the inputs as they are now."""
    inputs = Inputs()
    return [plan(each, this.findings, this.name, inputs) for each in wanted]


def _make(this: Run, planned: Sequence[Planned]) -> None:
    progress = Progress(planned, this.say)

    def done(job: Job, result: Result) -> None:
        this.done.append((job, result))
        progress.done(job, result)

    jobs = [job for each in planned for job in each.jobs]
    log = paths.private_folder("logs") / f"{this.name}.log"
    with kernels_forked(len(jobs), log, environment()):
        for last in (False, True):
            turn = [job for job in jobs if job.after_all is last]
            for job in (job for job in turn if job.assessment in this.failed):
                progress.done(job, Result(job.finding, NOT_MADE))
            turn = [job for job in turn if job.assessment not in this.failed]
            for job in turn if last else ():
                hand_over(job, next(each for each in planned if job in each.jobs), this.done)
            run_jobs(turn, this.workers, this.timeouts, log, environment(), done)
            this.done.sort(key=lambda pair: jobs.index(pair[0]))
    made = [each for each in planned if each.assessment not in this.failed]
    _assemble_and_check(this, made, progress)
    now = _planned(this, [each.assessment for each in planned])
    this.done = failed_meanwhile(this.done, now, this.began)
    _publish(this, planned)
    if this.refused or this.failed:
        raise _not_published(this, planned)


def _publish(this: Run, planned: Sequence[Planned]) -> None:
    """Move what is whole and passed into its place."""
    whole = [each for each in planned if each.assessment not in {*this.refused, *this.failed}]
    with undisturbed():
        for each in whole:
            move_into_place(each.assessment.target)
            this.published.append(each.assessment)
        for each in whole:
            _tell_of_left(each.assessment.target, this.say)
        with _at_most_said(this):
            for each in whole:
                for job in each.jobs:
                    _keep_executed(job)


def _tell_of_left(target: Path, say: Callable[[str], None]) -> None:
    """Name the old folder that could not be removed: it would go to the website too."""
    for left in left_behind(target):
        say(f"Left behind, for it can't be removed: {display_path(left)}")
        say("  Close its files, take off a mark like read-only or immutable, and delete it.")


def _assemble_and_check(this: Run, planned: Sequence[Planned], progress: Progress) -> None:
    """Put every assessment together beside its target, and run attack and scan over it."""
    tables = 0
    for each in planned:
        written, report = assemble_and_check(each, progress.results(each))
        tables += written.count_of_tables
        if not report.passed:
            this.refused[each.assessment] = report.findings
            this.way_out = this.way_out or report.way_out
    if planned:
        count = sum(len(found) for found in this.refused.values())
        summary = f"{tables} tables, {count} finding{'s' * (count != 1)}"
        this.say(progress.line("gate", "refused" if count else "passed", None, summary))


def _not_published(this: Run, planned: Sequence[Planned]) -> RunFailed:
    """Why an assessment was not published; where the others are, was said."""
    for assessment in this.published:
        this.say(display_path(assessment.target / "index.html"))
    own = [(job, result) for job, result in this.done if job.assessment not in this.published]
    left = [str(each.assessment) for each in planned if each.assessment not in this.published]
    state = f"Not published: {'; '.join(left)}. The others stand in their places."
    if not this.published:
        state = "Nothing was published."
    where = f"{state} What happened: {_page_of(this, own)}"
    failures = [(job, result.failure) for job, result in own if result.failure]
    # What may not leave is the graver news.
    return _refused(this, where) if this.refused else _failed(failures, where)


def _page_of(this: Run, own: Sequence[tuple[Job, Result]]) -> str:
    """Where it is told what happened; why nowhere, if the disk has no room for that either."""
    try:
        return display_path(keep_attempt(this.name, own, this.refused))
    except OSError as error:
        # Of a folder that could be copied in part there is no one number.
        why = os.strerror(error.errno) if error.errno else "not all of it could be copied"
        return f"in no file, for none could be written ({why})"


def _failed(failures: list[tuple[Job, Failure]], where: str) -> RunFailed:
    codes = {failure.exit_code for _, failure in failures}
    code = next(each for each in WORST_FIRST if each in codes)
    distinct = {"\n".join(failure.lines): (job, failure) for job, failure in failures}
    if len(distinct) == 1:
        ((job, failure),) = distinct.values()
        headline, *lines = failure.lines or [failure.kind]
        if failure.exit_code == 1:
            headline = f"{job.finding} failed ({job.notebook.name}). {headline}"
        room = len(lines) + 2 <= LONGEST_MESSAGE
        return RunFailed(code, headline, *lines, *([where] if room else []))
    lines = [f"{job.finding}: {(failure.lines or [''])[0]}" for job, failure in distinct.values()]
    return RunFailed(code, f"{len(failures)} findings failed.", where, *lines)


def _refused(this: Run, where: str) -> RunFailed:
    found = [
        f"{assessment.folder.as_posix()}/{problem}"
        for assessment, problems in this.refused.items()
        for problem in problems
    ]
    return RunFailed(3, "The gate refused what was written.", where, *found[:4], this.way_out)


def _keep_executed(job: Job) -> None:
    """Keep the executed notebook, private, for whoever wants to look at its cells."""
    folder = paths.private_folder("executed", *job.assessment.folder.parts)
    os.replace(job.workspace / EXECUTED, folder / job.notebook.name)


@contextmanager
def _at_most_said(this: Run) -> Iterator[None]:
    """What a run writes down of itself fails no run that is done, and hides no other failure."""
    try:
        yield
    except OSError as error:
        refused = refused_by_system(error)
        why = refused.lines[0] if refused else type(error).__name__
        this.say(f"  not all of the run could be written down: {why}")
        if this.published:
            this.say("  The assessment stands; the next run makes anew what it can't look up.")


def _record(this: Run, planned: Sequence[Planned], seconds: float) -> None:
    results = {(job.assessment, job.finding): result for job, result in this.done}
    entries = [
        runs.of_assessment(each, results, each.assessment in this.published) for each in planned
    ]
    whole = len(this.published) == len(planned)
    content = {"seconds": round(seconds, 2), "published": whole, "assessments": entries}
    runs.write_record(this.name, content)
