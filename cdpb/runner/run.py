"""A whole run: plan, execute, put together, check, move into place, and report it."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdpb import paths
from cdpb.console import undisturbed
from cdpb.declarations import declarations
from cdpb.errors import refused_by_system
from cdpb.runner import cache, runs
from cdpb.runner.assemble import (
    assemble_and_check,
    assemble_in_shares,
    check,
    hand_over,
    judge_share,
)
from cdpb.runner.job import EXECUTED, Assessment, Job, Planned, Result
from cdpb.runner.keys import Inputs
from cdpb.runner.place import display_path, left_behind, locked, move_into_place, staging
from cdpb.runner.plan import (
    SAME_RECORDS,
    Defaults,
    Request,
    assessments,
    parts_that_differ,
    plan,
)
from cdpb.runner.progress import Progress, Run, not_published, recorded
from cdpb.runner.workspaces import is_workspace, workspace

if TYPE_CHECKING:
    from cdpb.runner.gates import GateReport, Outcome
    from cdpb.runner.gates.written import Written
    from cdpb.runner.pool import Task

NOT_MADE = "not made"
# Pages of one assessment, from which on its gates are held by several processes.
MANY = 4


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
    this = Run(runs.new_run(), say, settings.worker_count(workers), settings.timeouts)
    started = time.perf_counter()
    wanted = assessments(request)
    try:
        with ExitStack() as locks:
            locks.enter_context(workspace(this.name))
            for each in wanted:
                locks.enter_context(locked(each.target))
            with this.spending("planning"):
                inputs, named = Inputs(), request.findings
                planned = [plan(each, named, this.name, inputs, fresh=fresh) for each in wanted]
            try:
                _make(this, planned)
            finally:
                with undisturbed(), _at_most_said(this):
                    content = recorded(this, planned, time.perf_counter() - started)
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
    with this.spending("executing, rendering and checking"):
        _execute_and_check(this, planned, progress)
    with this.spending("looking again at what was read"):
        _look_again(this, planned)
    try:
        with this.spending("moving into place"):
            _publish(this, planned)
        if this.refused or this.failed or this.changed:
            raise not_published(this, planned)
    finally:
        with _at_most_said(this):
            _keep(this)


def _execute_and_check(this: Run, planned: Sequence[Planned], progress: Progress) -> None:
    """Make every assessment, each as soon as it can be; the gate's line at the end.

    One that stands exactly as it would be put together, and was checked so, is left alone.
    """
    this.standing = [each.assessment for each in planned if runs.stands_as_planned(each)]
    made = [each for each in planned if each.assessment not in this.standing]
    turns = Turns(this, made, progress)
    if any(each.jobs for each in made):
        with closing(progress):
            _in_workers(this, turns, made)
    for each in made:
        if each.assessment not in {*this.gates, *this.failed}:
            turns.checked(each, assemble_and_check(each, progress.results(each)))
    this.done.sort(key=lambda pair: turns.place(pair[0]))
    if this.gates or this.standing:
        this.say(turns.gate_line())


def _in_workers(this: Run, turns: "Turns", made: Sequence[Planned]) -> None:
    # Only here: to load what executes takes longer than to find out that nothing has to be.
    from cdpb.runner.execute import environment
    from cdpb.runner.pool import kernels_forked, read_by_several, run_tasks

    log = paths.private_folder("logs") / f"{this.name}.log"
    jobs = [job for each in made for job in each.jobs if not job.at_hand]
    first = [job for job in jobs if not job.after_all] or jobs
    with kernels_forked(len(first), log, environment(), read_by_several(jobs)):
        by_year = sorted(made, key=lambda each: each.assessment.year)
        tasks = [task for each in by_year for task in turns.begin(each)]
        run_tasks(tasks, this.workers, log, environment(), turns.load_gates)


class Turns:
    """What each assessment waits for: its findings, what is made of their records, its gates.

    Each step of one begins as soon as the step before it has ended, whatever others are at.
    """

    def __init__(self, this: Run, planned: Sequence[Planned], progress: Progress) -> None:
        self._this, self._progress = this, progress
        self._left: Counter[Assessment] = Counter()
        self._tables = 0
        # For a few pages of one no worker need load the gates: nothing else is left to do.
        self._in_workers = len(planned) > 1 or sum(len(each.jobs) for each in planned) >= MANY
        jobs = (job for each in planned for job in each.jobs)
        self._places = {(job.assessment, job.finding): at for at, job in enumerate(jobs)}

    def place(self, job: Job) -> int:
        """Where a job stands in what was planned."""
        return self._places[job.assessment, job.finding]

    def begin(self, of: Planned, *, last: bool = False) -> list["Task"]:
        """The tasks of an assessment that need not wait, the dearest first.

        Its findings; where these are made, what is made of their records; then its gates.
        """
        turn = sorted((job for job in of.jobs if job.after_all == last), key=lambda job: -job.cost)
        if of.assessment in self._this.failed:
            for job in turn:
                self._progress.done(job, Result(job.finding, NOT_MADE))
            return []
        self._left[of.assessment] = len(turn)
        return [self._task(of, job) for job in turn] or self._next(of, last=last)

    def _next(self, of: Planned, *, last: bool) -> list["Task"]:
        if not last:
            return self.begin(of, last=True)
        checks = self._in_workers and of.assessment not in self._this.failed
        return [self._assemble(of)] if checks else []

    def _task(self, of: Planned, job: Job) -> "Task":
        from cdpb.runner.pool import job_task

        asked = _of_records(job, of, self._this.done) if job.after_all else job
        first = partial(self._this.years.put_before, asked)
        return job_task(asked, self._this.timeouts, partial(self._done, of, job), first)

    def _done(self, of: Planned, job: Job, result: Result) -> list["Task"]:
        self._this.done.append((job, result))
        if not result.failure:
            self._this.years.take(job)
        self._progress.done(job, result)
        self._left[of.assessment] -= 1
        return [] if self._left[of.assessment] else self._next(of, last=job.after_all)

    def load_gates(self) -> None:
        """Load what holds the gates, where this process will: workers are still busy."""
        if not self._in_workers:
            import_module("cdpb.runner.gates")

    def _assemble(self, of: Planned) -> "Task":
        from cdpb.runner.pool import Task

        given = (of, self._progress.results(of), self._this.workers)
        gone = partial(assemble_in_shares, *given)
        # What others wait for goes first, and nobody waits for this.
        return Task(assemble_in_shares, given, partial(self._judge, of), gone, waits=True)

    def _judge(self, of: Planned, assembled: tuple["Written", list[list[str]]]) -> list["Task"]:
        """The shares of what is to be judged of an assessment; once all are done, its check."""
        from cdpb.runner.pool import Task

        written, shares = assembled
        ahead: list[Outcome | None] = []

        def then(outcome: "Outcome | None") -> list["Task"]:
            ahead.append(outcome)
            return [self._check(of, written, ahead)] if len(ahead) == len(shares) else []

        # If a worker is ended twice over a share, the check is left with it.
        tasks = [Task(judge_share, (written, share), then, lambda: None) for share in shares]
        return tasks or [self._check(of, written, ahead)]

    def _check(self, of: Planned, written: "Written", ahead: list["Outcome | None"]) -> "Task":
        from cdpb.runner.pool import Task

        given = (of, written, [each for each in ahead if each])
        return Task(check, given, partial(self.checked, of), partial(check, *given))

    def checked(self, of: Planned, found: tuple[int, "GateReport"]) -> tuple["Task", ...]:
        """Take how many tables an assessment has, and what its gates say."""
        tables, report = found
        self._tables += tables
        self._this.gates[of.assessment] = report
        if not report.passed:
            self._this.refused[of.assessment] = report.findings
            self._this.way_out = self._this.way_out or report.way_out
        return ()

    def gate_line(self) -> str:
        """What the gates found, in a line."""
        count = sum(len(found) for found in self._this.refused.values())
        summary = f"{self._tables} tables, {count} finding{'s' * (count != 1)}"
        if not self._this.gates:
            summary = "as before, nothing changed"
        return self._progress.line("gate", "refused" if count else "passed", None, summary)


def _of_records(job: Job, of: Planned, done: Sequence[tuple[Job, Result]]) -> Job:
    """Hand the other findings' records over; if they say what they said, so does what it gave."""
    hand_over(job, of, done)
    found = None if of.fresh or job.at_hand else cache.of_same_records(job)
    return replace(job, at_hand=found.folder, why=SAME_RECORDS) if found else job


def _look_again(this: Run, planned: Sequence[Planned]) -> None:
    """Find out of which assessments an input has changed since their notebooks began to read it."""
    inputs = Inputs()
    for before in (each for each in planned if each.jobs):
        now = plan(before.assessment, before.order, this.name, inputs, fresh=True)
        today = {job.finding: job for job in now.jobs}
        pairs = [(job, today[job.finding]) for job in before.jobs]
        if before.keys != now.keys or any(job.years != other.years for job, other in pairs):
            named = [parts_that_differ(job.parts, other.parts) for job, other in pairs]
            names = list(dict.fromkeys(each for some in named for each in some))
            # Of a page that was at hand nothing but its key is.
            texts = [f"the text of {id}" for id, key in before.keys.items() if now.keys[id] != key]
            this.changed[before.assessment] = names or texts


def _keep(this: Run) -> None:
    """Keep what was made, for the next run."""
    for job, result in this.done:
        if not result.failure and job.assessment not in this.changed:
            this.years.keep(job)
            cache.keep(job)
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
