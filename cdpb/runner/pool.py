"""Worker processes: the dearest job first, and none left behind."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from cdpb.runner.family import end_families
from cdpb.runner.job import Failure, Job, Result, Timeouts
from cdpb.runner.worker import begin, run_job

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
    with _environment(environment):
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
    # Spawned on every system: a forked process inherits threads and sockets it must not use.
    pool = ProcessPoolExecutor(
        min(workers, len(jobs)), multiprocessing.get_context("spawn"), begin, (log,)
    )
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


@contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    """Environment that workers and their kernels inherit, put back afterwards."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _worker_gone() -> Failure:
    lines = [
        "The process that ran it was ended from outside, twice.",
        "That is mostly for want of memory. Close other programs, or run with --workers 1.",
    ]
    return Failure(1, "worker ended", lines)
