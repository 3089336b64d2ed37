"""A whole run: plan, execute, put together, check, move into place, and report it."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdpb import paths
from cdpb.console import undisturbed
from cdpb.declarations import declarations
from cdpb.errors import LONGEST_MESSAGE, CdpbError, ended, refused_by_system
from cdpb.runner import cache, runs
from cdpb.runner.assemble import assemble_and_check, hand_over
from cdpb.runner.job import EXECUTED, Assessment, Failure, Job, Planned, Result, Timeouts
from cdpb.runner.keys import Inputs
from cdpb.runner.other_years import OtherYears
from cdpb.runner.place import display_path, left_behind, locked, move_into_place, staging
from cdpb.runner.plan import Defaults, Request, assessments, few, parts_that_differ, plan
from cdpb.runner.progress import Progress
from cdpb.runner.runs import keep_attempt
from cdpb.runner.workspaces import is_workspace, workspace

if TYPE_CHECKING:
    from cdpb.runner.gates import GateReport

WORST_FIRST = (3, 1, 2)
NOT_MADE = "not made"


class RunFailed(CdpbError):
    """A run of which an assessment was not published; its exit code says why."""

    def __init__(self, exit_code: int, headline: str, *lines: str) -> None:
        self.exit_code = exit_code
        super().__init__(headline, *lines)


@dataclass
class Run:
    """What one command does and did: jobs as they ended, what the gate found, what is published."""

    name: str
    say: Callable[[str], None]
    workers: int
    timeouts: Timeouts
    done: list[tuple[Job, Result]] = field(default_factory=list)
    refused: dict[Assessment, list[str]] = field(default_factory=dict)
    published: list[Assessment] = field(default_factory=list)
    standing: list[Assessment] = field(default_factory=list)
    changed: dict[Assessment, list[str]] = field(default_factory=dict)
    gates: dict[Assessment, "GateReport"] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    way_out: str = ""
    years: OtherYears = field(default_factory=OtherYears)

    @property
    def failed(self) -> set[Assessment]:
        """The assessments of which a finding failed."""
        return {job.assessment for job, result in self.done if result.failure}

    @contextmanager
    def spending(self, step: str) -> Iterator[None]:
        """Count the seconds within to a step of the run."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.spent[step] = round(time.perf_counter() - started, 3)

    def planned(
        self, wanted: Sequence[Assessment], findings: Sequence[str], *, fresh: bool
    ) -> list[Planned]:
        """What is to be made of each assessment, from the inputs as they are now."""
        inputs = Inputs()
        return [plan(each, findings, self.name, inputs, fresh=fresh) for each in wanted]


def run(
    request: Request,
    settings: Defaults,
    workers: int | None,
    say: Callable[[str], None],
    *,
    fresh: bool = False,
    record: Callable[[Mapping[str, Any]], object] = lambda _: None,
) -> list[Path]:
    """Make every assessment of a request, each or none of it; their index pages.

    What was made from the same inputs before is not made again, but where it is asked for
    ``fresh``. However it ends, ``record`` is given what is recorded of it.

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
    this = Run(runs.new_run(), say, settings.worker_count(workers), timeouts)
    started = time.perf_counter()
    wanted = assessments(request)
    try:
        with ExitStack() as locks:
            locks.enter_context(workspace(this.name))
            for each in wanted:
                locks.enter_context(locked(each.target))
            with this.spending("planning"):
                planned = this.planned(wanted, request.findings, fresh=fresh)
            try:
                _make(this, planned)
            finally:
                with undisturbed(), _at_most_said(this):
                    content = _content(this, planned, time.perf_counter() - started)
                    record(content)
                    runs.write_record(content)
                    runs.write_page(content)
                for each in wanted:
                    shutil.rmtree(staging(each.target), ignore_errors=True)
        return [each.target / "index.html" for each in wanted]
    finally:
        with undisturbed(), _at_most_said(this):
            runs.forget_old()


def _make(this: Run, planned: Sequence[Planned]) -> None:
    progress = Progress(planned, this.say)
    if any(each.jobs for each in planned):
        with this.spending("executing and rendering"):
            _execute(this, planned, progress)
    _look_again(this, planned)
    try:
        with this.spending("putting together and checking"):
            _assemble_and_check(this, planned, progress)
        with this.spending("moving into place"):
            _publish(this, planned)
        if this.refused or this.failed or this.changed:
            raise _not_published(this, planned)
    finally:
        with _at_most_said(this):
            _keep(this)


def _execute(this: Run, planned: Sequence[Planned], progress: Progress) -> None:
    # Only here: to load what executes takes longer than to find out that nothing has to be.
    from cdpb.runner.execute import environment
    from cdpb.runner.pool import kernels_forked, run_jobs

    def done(job: Job, result: Result) -> None:
        this.done.append((job, result))
        if not result.failure:
            this.years.take(job)
        progress.done(job, result)

    jobs = [job for each in planned for job in each.jobs]
    log = paths.private_folder("logs") / f"{this.name}.log"
    kernels = sum(not job.at_hand for job in jobs)
    with closing(progress), kernels_forked(kernels, log, environment()):
        for last, year in product((False, True), sorted({job.assessment.year for job in jobs})):
            turn = [job for job in jobs if (job.after_all, job.assessment.year) == (last, year)]
            for job in (job for job in turn if job.assessment in this.failed):
                progress.done(job, Result(job.finding, NOT_MADE))
            turn = [job for job in turn if job.assessment not in this.failed]
            for job in turn:
                if not job.at_hand:
                    this.years.put_before(job)
                if last:
                    hand_over(job, next(each for each in planned if job in each.jobs), this.done)
            run_jobs(turn, this.workers, this.timeouts, log, environment(), done)
            this.done.sort(key=lambda pair: jobs.index(pair[0]))


def _look_again(this: Run, planned: Sequence[Planned]) -> None:
    """Find out of which assessments an input has changed since their notebooks began to read it."""
    for before in (each for each in planned if each.jobs):
        (now,) = this.planned([before.assessment], before.order, fresh=True)
        today = {job.finding: job for job in now.jobs}
        pairs = [(job, today[job.finding]) for job in before.jobs]
        if before.keys != now.keys or any(job.years != other.years for job, other in pairs):
            names = [parts_that_differ(job.made_from, other.made_from) for job, other in pairs]
            this.changed[before.assessment] = [each for some in names for each in some]


def _keep(this: Run) -> None:
    """Keep what was made, for the next run."""
    for job, result in this.done:
        if not result.failure and job.assessment not in this.changed:
            this.years.keep(job)
            cache.keep(job)
    this.years.forget_oldest()
    cache.forget_oldest()


def _publish(this: Run, planned: Sequence[Planned]) -> None:
    """Move what is whole and passed into its place."""
    stopped = {*this.refused, *this.failed, *this.changed}
    whole = [each for each in planned if each.assessment not in {*stopped, *this.standing}]
    with undisturbed():
        for each in whole:
            move_into_place(each.assessment.target)
            this.published.append(each.assessment)
        for each in whole:
            _tell_of_left(each.assessment.target, this.say)
        with _at_most_said(this):
            for each in whole:
                if not is_workspace(each.assessment.under):
                    _keep_executed(each)


def _tell_of_left(target: Path, say: Callable[[str], None]) -> None:
    """Name the old folder that could not be removed: it would go to the website too."""
    for left in left_behind(target):
        say(f"Left behind, for it can't be removed: {display_path(left)}")
        say("  Close its files, take off a mark like read-only or immutable, and delete it.")


def _assemble_and_check(this: Run, planned: Sequence[Planned], progress: Progress) -> None:
    """Put every assessment together beside its target, and run attack and scan over it.

    One that stands exactly as it would be put together, and was checked so, is left alone.
    """
    tables = 0
    made = [each for each in planned if each.assessment not in {*this.failed, *this.changed}]
    this.standing = [each.assessment for each in made if runs.stands_as_planned(each)]
    for each in (each for each in made if each.assessment not in this.standing):
        written, report = assemble_and_check(each, progress.results(each))
        tables += written.count_of_tables
        this.gates[each.assessment] = report
        if not report.passed:
            this.refused[each.assessment] = report.findings
            this.way_out = this.way_out or report.way_out
    if made:
        count = sum(len(found) for found in this.refused.values())
        summary = f"{tables} tables, {count} finding{'s' * (count != 1)}"
        if len(made) == len(this.standing):
            summary = "as before, nothing changed"
        this.say(progress.line("gate", "refused" if count else "passed", None, summary))


def _not_published(this: Run, planned: Sequence[Planned]) -> RunFailed:
    """Why an assessment was not published; where the others are, was said."""
    stand = [*this.standing, *this.published]
    for assessment in stand:
        this.say(display_path(assessment.target / "index.html"))
    own = [(job, result) for job, result in this.done if job.assessment not in stand]
    left = [str(each.assessment) for each in planned if each.assessment not in stand]
    state = f"Not published: {'; '.join(left)}. The others stand in their places."
    if not stand:
        state = "Nothing was published."
    where = f"{state} What happened: {_page_of(this, planned, own)}"
    failures = [(job, result.failure) for job, result in own if result.failure]
    # What may not leave is the graver news.
    if this.refused:
        return _refused(this, where)
    return _failed(failures, where) if failures else _changed(this, where)


def _page_of(this: Run, planned: Sequence[Planned], own: Sequence[tuple[Job, Result]]) -> str:
    """Where it is told what happened; why nowhere, if the disk has no room for that either."""
    try:
        left = [each for each in _entries(this, planned) if not each["stands"]]
        return display_path(keep_attempt(this.name, own, left))
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


def _changed(this: Run, where: str) -> RunFailed:
    names = [name for names in this.changed.values() for name in names]
    return RunFailed(
        2,
        "Something that the pages are made from was changed while they were made.",
        f"Changed: {few(names) or 'their text'}.",
        "Run it again, and leave it alone until it is done.",
        where,
    )


def _keep_executed(planned: Planned) -> None:
    """Keep each executed notebook, private, for whoever wants to look at its cells."""
    folder = paths.private_folder("executed", *planned.assessment.folder.parts)
    made = {job.finding: job.workspace for job in planned.jobs}
    made |= {page.finding: page.folder for page in planned.kept}
    for finding, place in made.items():
        name = declarations().finding(finding).notebook
        shutil.copyfile(place / EXECUTED, folder / name)


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


def _content(this: Run, planned: Sequence[Planned], seconds: float) -> dict[str, Any]:
    """What is recorded of a run, on the way out of it."""
    return {
        "run": this.name,
        **ended(sys.exception()),
        "seconds": round(seconds, 2),
        "workers": this.workers,
        "spent": this.spent,
        "assessments": _entries(this, planned),
    }


def _entries(this: Run, planned: Sequence[Planned]) -> list[dict[str, Any]]:
    results = {(job.assessment, job.finding): result for job, result in this.done}
    stand = {*this.published, *this.standing}
    return [
        {
            **runs.of_assessment(each, results, each.assessment in stand),
            "why": [] if each.assessment in stand else _why(this, each.assessment),
            "gates": this.gates[each.assessment].to_dict()["gates"]
            if each.assessment in this.gates
            else [],
        }
        for each in planned
    ]


def _why(this: Run, assessment: Assessment) -> list[str]:
    """Why an assessment was not published, in a few words each."""
    failed = [
        f"{job.finding} failed: {result.failure.kind}"
        for job, result in this.done
        if job.assessment == assessment and result.failure
    ]
    changed = [f"{name} was changed meanwhile" for name in this.changed.get(assessment, [])]
    found = [*this.refused.get(assessment, []), *failed, *changed]
    return found or ["The run ended before it was moved into place."]
