"""A whole run: plan, execute, put together, check, move into place, and report it."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.console import undisturbed
from cdpb.declarations import declarations
from cdpb.errors import refused_by_system
from cdpb.runner import cache, runs
from cdpb.runner.assemble import assemble_and_check, hand_over
from cdpb.runner.job import EXECUTED, Job, Planned, Result
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

NOT_MADE = "not made"


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
    if any(each.jobs for each in planned):
        with this.spending("executing and rendering"):
            _execute(this, planned, progress)
    with this.spending("putting together and checking"):
        _assemble_and_check(this, planned, progress)
        _look_again(this, planned)
    try:
        with this.spending("moving into place"):
            _publish(this, planned)
        if this.refused or this.failed or this.changed:
            raise not_published(this, planned)
    finally:
        with _at_most_said(this):
            _keep(this)


def _execute(this: Run, planned: Sequence[Planned], progress: Progress) -> None:
    # Only here: to load what executes takes longer than to find out that nothing has to be.
    from cdpb.runner.execute import environment
    from cdpb.runner.pool import kernels_forked, read_by_several, run_jobs

    def done(run: Job, result: Result) -> None:
        job = by_folder[run.workspace]
        this.done.append((job, result))
        if not result.failure:
            this.years.take(job)
        progress.done(job, result)

    jobs = [job for each in planned for job in each.jobs]
    by_folder = {job.workspace: job for job in jobs}
    log = paths.private_folder("logs") / f"{this.name}.log"
    sources = read_by_several(job for job in jobs if not job.at_hand)
    with closing(progress), ExitStack() as forked:
        for last, year in product((False, True), sorted({job.assessment.year for job in jobs})):
            turn = [job for job in jobs if (job.after_all, job.assessment.year) == (last, year)]
            for job in (job for job in turn if job.assessment in this.failed):
                progress.done(job, Result(job.finding, NOT_MADE))
            turn = [job for job in turn if job.assessment not in this.failed]
            for job in turn:
                if not job.at_hand:
                    this.years.put_before(job)
            if last:
                turn = [_of_records(job, planned, this.done) for job in turn]
            number = sum(not job.at_hand for job in turn)
            forked.enter_context(kernels_forked(number, log, environment(), sources))
            run_jobs(turn, this.workers, this.timeouts, log, environment(), done)
            this.done.sort(key=lambda pair: jobs.index(pair[0]))


def _of_records(job: Job, planned: Sequence[Planned], done: Sequence[tuple[Job, Result]]) -> Job:
    """Hand the other findings' records over; if they say what they said, so does what it gave."""
    of = next(each for each in planned if job in each.jobs)
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
            names = [parts_that_differ(job.made_from, other.made_from) for job, other in pairs]
            # What a page is rendered by has no parts at hand.
            texts = [f"the text of {id}" for id, key in before.keys.items() if now.keys[id] != key]
            this.changed[before.assessment] = [each for some in names for each in some] or texts


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
