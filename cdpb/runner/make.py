"""Makes the page of one job in a worker: executes its notebook, verifies the record, renders."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

from cdpb.errors import CdpbError, refused_by_system
from cdpb.runner.job import EXECUTED, MOSTLY_MEMORY, Failure, Job, JobFailed, Result, Timeouts


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


def worker_gone() -> Failure:
    """What is told of a job whose worker was ended from outside, twice."""
    lines = [
        "The process that ran it was ended from outside, twice.",
        MOSTLY_MEMORY,
    ]
    return Failure(1, "worker ended", lines)
