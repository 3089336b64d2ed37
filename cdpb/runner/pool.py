"""Runs jobs in worker processes, the dearest first, and leaves no process behind."""

import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, parent_process
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

import psutil

from cdpb import paths
from cdpb.declarations import declarations
from cdpb.errors import CdpbError, refused_by_system
from cdpb.runner.fork_server import fork_server
from cdpb.runner.job import EXECUTED, MOSTLY_MEMORY, Failure, Job, JobFailed, Result, Timeouts
from cdpb.runner.workspaces import SOCKETS, sockets_of_process

WITHIN = 5.0


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
    threading.Thread(target=_end_with_parent, daemon=True).start()


def run_job(job: Job, timeouts: Timeouts) -> Result:
    """Execute, verify and render one job into its workspace. Never raises."""
    started = time.perf_counter()
    try:
        record = _make(job, timeouts)
    except Exception as error:
        return Result(job.finding, "failed", _since(started), failure=_failure(error, job))
    return Result(job.finding, "written", _since(started), record, notes=[job.why] * bool(job.why))


def _failure(error: Exception, job: Job) -> Failure:
    """What to tell of an error; of one unforeseen class and place, for its text may quote data."""
    refused = error if isinstance(error, CdpbError) else refused_by_system(error)
    kind = type(error).__name__
    if isinstance(error, JobFailed):
        return error.failure
    if isinstance(error, MemoryError):
        lines = ["The page ran out of memory.", "Run again with --workers 1."]
        return Failure(1, "out of memory", lines)
    if refused:
        return Failure(refused.exit_code, kind, refused.lines)
    lines = [
        f"{kind} while the page of {job.notebook.name} was made.",
        f"Raised in {_raised_in(error)}.",
    ]
    return Failure(1, kind, lines)


def read_record(job: Job, folder: Path) -> dict[str, Any]:
    """The record that a notebook saved, if it is of the job it was executed for, tables and all."""
    path = folder / "findings" / f"{job.finding}.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _not_saved("It saved no record: is finding.close() its last cell?") from None
    except ValueError:
        raise _not_saved("Its record can't be read as JSON.") from None
    wanted = {"id": job.finding} | job.assessment.parameters
    found = record | {"area": (record.get("area") or {}).get("code")}
    wrong = [name for name, value in wanted.items() if found.get(name) != value]
    if wrong:
        raise _not_saved(f"Its record differs from what was asked in: {', '.join(wrong)}.")
    absent = [t["file"] for t in record.get("tables", []) if not (folder / t["file"]).is_file()]
    if absent:
        raise _not_saved(f"Its record names a table that it did not save: {absent[0]}.")
    return record


def _make(job: Job, timeouts: Timeouts) -> dict[str, Any]:
    # Only here, in the worker: Papermill and nbconvert would double what the command's own
    # process takes to start.
    import nbformat

    from cdpb.report.workbooks import workbooks_of, write_workbooks
    from cdpb.runner.execute import execute, told_anew
    from cdpb.runner.render import render_page

    if job.at_hand:
        shutil.copytree(job.at_hand, job.workspace, dirs_exist_ok=True)
        notebook = told_anew(job, nbformat.read(job.workspace / EXECUTED, 4))
    else:
        job.workspace.mkdir(parents=True, exist_ok=True)
        notebook = execute(job, timeouts)
    record = read_record(job, job.workspace)
    nbformat.write(notebook, job.workspace / EXECUTED)
    page = render_page(notebook, job.slug)
    (job.workspace / job.page).write_text(page, encoding="utf-8", newline="\n")
    write_workbooks(workbooks_of(record, job.workspace), job.workspace)
    return record


def _not_saved(line: str) -> JobFailed:
    return JobFailed(Failure(1, "not saved", ["The notebook ran to its end, but:", line]))


def _since(started: float) -> float:
    return time.perf_counter() - started


def _raised_in(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"


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


def run_jobs(
    jobs: Sequence[Job],
    workers: int,
    timeouts: Timeouts,
    log: Path,
    environment: dict[str, str],
    done: Callable[[Job, Result], None],
) -> None:
    """Run each job once, tell ``done`` of each as it ends, and leave no process behind.

    A worker that is ended from outside takes the pool with it; what was unfinished is tried once
    more in a new one, then reported.
    """
    waiting = sorted(jobs, key=lambda job: -job.cost)
    with paths.environment_with(environment):
        for _ in range(ATTEMPTS):
            if not waiting:
                return
            waiting = _one_pool(waiting, workers, timeouts, log, done)
            workers = 1
    for job in waiting:
        done(job, Result(job.finding, "failed", failure=_worker_gone()))


def _one_pool(
    jobs: list[Job],
    workers: int,
    timeouts: Timeouts,
    log: Path,
    done: Callable[[Job, Result], None],
) -> list[Job]:
    """Run jobs in one pool; the jobs that a broken pool left unfinished."""
    given = (log, dict(os.environ))
    pool = ProcessPoolExecutor(min(workers, len(jobs)), starting(log), begin, given)
    unfinished = []
    try:
        futures = {pool.submit(run_job, job, timeouts): job for job in jobs}
        for future in as_completed(futures):
            try:
                done(futures[future], future.result())
            except BrokenProcessPool:
                unfinished.append(futures[future])
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        end_families(worker.pid for worker in multiprocessing.active_children() if worker.pid)
        raise
    pool.shutdown()
    return unfinished


def starting(log: Path) -> BaseContext:
    """How workers start. None is a copy of this process, with threads and sockets it must not use.

    On Linux they are forked from a process that has loaded what they need and does nothing else.
    What it says goes to the log of the run that needs it first.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cdpb.runner.execute", "cdpb.runner.render"])
    # Its socket lies where it is found and cleared, whatever ends this process.
    before, tempfile.tempdir = tempfile.tempdir, str(sockets_of_process())
    try:
        with _stderr_in(log):
            forkserver.ensure_running()
    finally:
        tempfile.tempdir = before
    return context


def _worker_gone() -> Failure:
    lines = [
        "The process that ran it was ended from outside, twice.",
        MOSTLY_MEMORY,
    ]
    return Failure(1, "worker ended", lines)
