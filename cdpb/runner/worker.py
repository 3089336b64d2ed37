"""What a worker process does: one job after the other, each to its page."""

import json
import os
import sys
import threading
import time
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

import psutil

from cdpb.errors import CdpbError, refused_by_system
from cdpb.runner.family import end_families
from cdpb.runner.job import Failure, Job, JobFailed, Result, Timeouts

EXECUTED = "executed.ipynb"


def begin(log: Path) -> None:
    """Prepare a fresh worker: quiet, and gone as soon as its parent is."""
    _stderr_to(log)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def run_job(job: Job, timeouts: Timeouts) -> Result:
    """Execute, verify and render one job into its workspace. Never raises."""
    started = time.perf_counter()
    try:
        record = _make(job, timeouts)
    except JobFailed as failed:
        return Result(job.finding, "failed", _since(started), failure=failed.failure)
    except MemoryError:
        lines = ["The page ran out of memory.", "Run again with --workers 1."]
        failure = Failure(1, "out of memory", lines)
        return Result(job.finding, "failed", _since(started), failure=failure)
    except CdpbError as error:
        failure = Failure(error.exit_code, type(error).__name__, error.lines)
        return Result(job.finding, "failed", _since(started), failure=failure)
    except Exception as error:
        failure = _unforeseen(error, job)
        return Result(job.finding, "failed", _since(started), failure=failure)
    return Result(job.finding, "written", _since(started), record, notes=[job.why] * bool(job.why))


def read_record(job: Job, folder: Path) -> dict[str, Any]:
    """The record that a notebook saved, held against the job it was executed for.

    Raises
    ------
    JobFailed
        If there is none, it can't be read, belongs elsewhere, or names a table that isn't there.
    """
    path = folder / "findings" / f"{job.finding}.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _not_saved("It saved no record: is finding.keep() its last cell?") from None
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

    from cdpb.runner.execute import execute
    from cdpb.runner.render import render

    job.workspace.mkdir(parents=True, exist_ok=True)
    notebook = execute(job, timeouts)
    record = read_record(job, job.workspace)
    nbformat.write(notebook, job.workspace / EXECUTED)
    page = render(notebook, job.slug)
    (job.workspace / job.page).write_text(page, encoding="utf-8", newline="\n")
    return record


def _unforeseen(error: Exception, job: Job) -> Failure:
    """What the system refused; of anything else class and place, for its text may quote data."""
    refused = refused_by_system(error)
    if refused:
        return Failure(refused.exit_code, type(error).__name__, refused.lines)
    lines = [
        f"{type(error).__name__} while the page of {job.notebook.name} was made.",
        f"Raised in {_raised_in(error)}.",
    ]
    return Failure(1, type(error).__name__, lines)


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


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        end_families(child.pid for child in psutil.Process().children())
        os._exit(1)
