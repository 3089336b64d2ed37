"""Runs jobs in worker processes, the dearest first, and leaves no process behind."""

import gc
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver, parent_process
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

import psutil

from cdpb import paths
from cdpb.declarations import declarations
from cdpb.runner.fork_server import ADDRESS, fork_server
from cdpb.runner.job import Job, Result, Timeouts
from cdpb.runner.make import run_job, worker_gone
from cdpb.runner.workspaces import SOCKETS, sockets_of_process

WITHIN = 5.0
# What workers load before they are forked.
FOR_PAGES = ("cdpb.runner.execute", "cdpb.runner.render", "cdpb.report.workbooks", "xlsxwriter")
FOR_GATES = ("cdpb.runner.gates.attacking", "cdpb.runner.gates")


def end_families(pids: Iterable[int], within: float = WITHIN) -> None:
    """End processes and all that descend from them, and wait until they are gone.

    A kernel whose worker is ended notices it only after a second, and one that is just starting
    would put its connection back into a folder that was cleared meanwhile. So each is held still
    before its children are listed, and then they are ended together.
    """
    found: list[psutil.Process] = []
    for pid in pids:
        with suppress(psutil.Error):
            found += _held_still(psutil.Process(pid))
    for each in found:
        with suppress(psutil.Error):
            each.kill()
    _wait(found, within)


def _wait(processes: list[psutil.Process], within: float) -> None:
    """Wait until none runs, but leave it to whoever started each to ask how it ended.

    ``psutil.wait_procs`` would ask itself. A pool that asks after it is told that there is no
    such child, takes that for a child that is still starting, and waits for ever.
    """
    until = time.monotonic() + within
    while any(_runs(each) for each in processes) and time.monotonic() < until:
        time.sleep(0.01)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _held_still(process: psutil.Process) -> list[psutil.Process]:
    """A process and those that descend from it, none of which starts another from now on."""
    found = [process]
    with suppress(psutil.Error):
        process.suspend()
        for child in process.children():
            found += _held_still(child)
    return found


def begin(log: Path, environment: Mapping[str, str]) -> None:
    """Prepare a fresh worker: quiet, and gone as soon as its parent is."""
    # The process that a worker is forked from was started earlier, maybe in another environment.
    os.environ.clear()
    os.environ.update(environment)
    _stderr_to(log)
    gc.freeze()  # To look again and again through what was loaded takes a tenth of the time.
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _stderr_to(log: Path) -> None:
    """Send what kernels and libraries say to a private log, away from the progress lines."""
    sys.stderr.flush()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 2)
    os.close(descriptor)


@contextmanager
def _stderr_in(log: Path) -> Iterator[None]:
    """The same for what is started within: it would complain of an interrupt in its own words."""
    before = os.dup(2)
    try:
        _stderr_to(log)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        end_families(child.pid for child in psutil.Process().children())
        os._exit(1)


@contextmanager
def kernels_forked(
    number: int, log: Path, environment: Mapping[str, str], sources: Sequence[str] = ()
) -> Iterator[None]:
    """While so many kernels are needed, in however many pools, fork them where that saves time.

    The ``sources`` are those that more than one of their notebooks reads.
    """
    with fork_server(number, log, environment, os.environ.get(SOCKETS), sources) as pid:
        try:
            yield
        finally:
            end_families([pid] if pid else [])


def read_by_several(jobs: Iterable[Job]) -> list[str]:
    """The sources that more than one notebook of some jobs is declared to read."""
    declared = (declarations().finding(job.finding).sources for job in jobs)
    times = Counter(source for sources in declared for source in sources)
    return [source for source, number in times.items() if number > 1]


ATTEMPTS = 2


def _nothing() -> None:
    """What a task has to do first, mostly."""


@dataclass(frozen=True, eq=False)
class Task:
    """What a worker is to do, and what this process does before and after.

    Attributes
    ----------
    call, args
        What the worker calls.
    then : callable
        Takes what came of it; gives the tasks that may begin now, before those that wait.
    gone : callable
        The same in place of what came of it, where its worker was ended twice.
    first : callable
        Called just before it is handed to a worker.
    waits : bool
        Whether all that waits already goes before it.
    """

    call: Callable[..., Any]
    args: tuple[Any, ...]
    then: Callable[[Any], Iterable["Task"]]
    gone: Callable[[], Any]
    first: Callable[[], object] = _nothing
    waits: bool = False


def job_task(
    job: Job,
    timeouts: Timeouts,
    then: Callable[[Result], Iterable[Task]],
    first: Callable[[], object] = _nothing,
) -> Task:
    """The task of a job; if its worker is ended twice, it failed."""
    failed = partial(Result, job.finding, "failed", failure=worker_gone())
    return Task(run_job, (job, timeouts), then, failed, first)


def run_jobs(
    jobs: Sequence[Job],
    workers: int,
    timeouts: Timeouts,
    log: Path,
    environment: dict[str, str],
    done: Callable[[Job, Result], None],
) -> None:
    """Run each job once, the dearest first, and tell ``done`` of each as it ends."""

    def then(job: Job, result: Result) -> tuple[Task, ...]:
        done(job, result)
        return ()

    dearest = sorted(jobs, key=lambda job: -job.cost)
    tasks = [job_task(job, timeouts, partial(then, job)) for job in dearest]
    run_tasks(tasks, workers, log, environment)


def run_tasks(
    tasks: Iterable[Task],
    workers: int,
    log: Path,
    environment: Mapping[str, str],
    meanwhile: Callable[[], object] = _nothing,
) -> None:
    """Do each task, and those that follow from it, and leave no process behind.

    This process does ``meanwhile`` what it will need, whenever workers have something to do.

    A worker that is ended from outside takes the pool with it; what was unfinished is tried once
    more in a new one, then given up.
    """
    waiting = deque(tasks)
    with paths.environment_with(environment):
        for _ in range(ATTEMPTS):
            if waiting:
                _one_pool(waiting, workers, log, meanwhile)
            workers = 1
    while waiting:
        task = waiting.popleft()
        _put(waiting, task.then(task.gone()))


def _one_pool(
    waiting: deque[Task], workers: int, log: Path, meanwhile: Callable[[], object]
) -> None:
    """Do what waits in one pool; what a broken pool left unfinished waits again."""
    given = (log, dict(os.environ))
    pool = ProcessPoolExecutor(workers, starting(log), begin, given)
    running: dict[Future[Any], Task] = {}
    unfinished: list[Task] = []
    try:
        while running or (waiting and not unfinished):
            while waiting and len(running) < workers and not unfinished:
                task = waiting.popleft()
                task.first()
                with _or_again(task, unfinished):
                    running[pool.submit(task.call, *task.args)] = task
            meanwhile()
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                task = running.pop(future)
                with _or_again(task, unfinished):
                    _put(waiting, task.then(future.result()))
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        end_families(worker.pid for worker in multiprocessing.active_children() if worker.pid)
        raise
    pool.shutdown()
    waiting.extendleft(reversed(unfinished))


def _put(waiting: deque[Task], tasks: Iterable[Task]) -> None:
    """Let some tasks wait, each at its end."""
    some = list(tasks)
    waiting.extendleft(each for each in reversed(some) if not each.waits)
    waiting.extend(each for each in some if each.waits)


@contextmanager
def _or_again(task: Task, unfinished: list[Task]) -> Iterator[None]:
    """Leave a task to be done again where the pool broke."""
    try:
        yield
    except BrokenProcessPool:
        unfinished.append(task)


def starting(log: Path) -> BaseContext:
    """How workers start. None is a copy of this process, with threads and sockets it must not use.

    On Linux they are forked from a process that has loaded what they need and does nothing else.
    What it says goes to the log of the run that needs it first.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # Where many notebooks are executed, their kernels take as long to be ready.
    loaded = [*FOR_PAGES, *(FOR_GATES if ADDRESS in os.environ else ())]
    context.set_forkserver_preload(loaded)
    # Its socket lies where it is found and cleared, whatever ends this process.
    before, tempfile.tempdir = tempfile.tempdir, str(sockets_of_process())
    try:
        with _stderr_in(log):
            forkserver.ensure_running()
    finally:
        tempfile.tempdir = before
    return context
