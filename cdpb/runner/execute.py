"""Executes one notebook with papermill, in its own kernel, and verifies that every cell ran."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill import PapermillExecutionError, execute_notebook
from traitlets.config import Config

import cdpb
from cdpb import paths
from cdpb.errors import InputError, refusal
from cdpb.marks import ASKED_FOR
from cdpb.periods import FinancialYear
from cdpb.runner.fork_server import ADDRESS, ForkedProvisioner
from cdpb.runner.job import MOSTLY_MEMORY, Failure, Job, JobFailed, Timeouts
from cdpb.runner.parameters import TAG, not_a_notebook, notebook_text
from cdpb.runner.workspaces import SOCKETS

KERNEL_NAME = "python3"


class OwnKernelManager(AsyncKernelManager):
    """Starts ``python3`` from this environment alone.

    Kernels installed elsewhere under the same name are not looked at: a finding is computed by
    the packages that ``requirements.lock`` pins, or not at all.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]), **options)

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        # What a cell lets another program say is in its outputs; a log must not hold it too.
        options |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if ADDRESS in os.environ and self.provisioner is None:
            self.kernel_id = options.pop("kernel_id", str(uuid4()))
            named = {"kernel_id": self.kernel_id, "kernel_spec": self.kernel_spec}
            self.provisioner = ForkedProvisioner(parent=self, **named)
        return await super()._async_pre_start_kernel(**options)

    pre_start_kernel = _async_pre_start_kernel


@contextmanager
def private_kernel() -> Iterator[dict[str, Any]]:
    """Options for papermill: a kernel whose connection nobody else can read.

    On Linux and macOS messages pass through sockets in a folder of mode 0700, one a kernel, so no
    port is open on the machine and two kernels can't meet. Windows has no such sockets: there it
    is TCP on localhost, with the key in a file of the user's own.
    """
    # Where the run keeps its sockets, so that they go with it whatever ends the worker.
    place = os.environ.get(SOCKETS)
    with TemporaryDirectory(prefix="cdpb-", dir=place, ignore_cleanup_errors=True) as folder:
        settings = {"connection_file": str(Path(folder) / "kernel.json")}
        if sys.platform != "win32":
            settings |= {"transport": "ipc", "ip": str(Path(folder) / "socket")}
        yield {
            "kernel_name": KERNEL_NAME,
            "kernel_manager_class": OwnKernelManager,
            "config": Config({"OwnKernelManager": settings}),
        }


INJECTED = "injected-parameters"
INPUT_ERRORS = ("InputError", "NoSuchName", "NoSuchKey")
SPOKEN = {**dict.fromkeys(INPUT_ERRORS, 2), "GateRefused": 3, "FindingFailed": 1, "CdpbError": 1}


def execute(job: Job, timeouts: Timeouts) -> NotebookNode:
    """The executed notebook of a job, without what differs from run to run; else `JobFailed`."""
    source = read_notebook(job.notebook)
    clock = _Clock(timeouts)
    try:
        with private_kernel() as kernel, paths.environment_with(_environment_of(job)):
            executed = execute_notebook(
                source,
                None,
                parameters=job.parameters,
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
                progress_bar=False,
                log_output=False,
                cwd=job.notebook.parent,
                timeout_func=clock.left,
                record_timing=False,
                # Every cell has answered by then; asking the kernel to leave takes longer than
                # all else about it.
                shutdown_kernel="immediate",
                **kernel,
            )
    except PapermillExecutionError as error:
        raise JobFailed(_raised(source, clock, error)) from None
    except CellTimeoutError:
        raise JobFailed(_out_of_time(source, clock)) from None
    except DeadKernelError:
        raise JobFailed(_kernel_gone(source, clock)) from None
    check_completed(executed)
    return settled(executed)


def read_notebook(path: Path) -> NotebookNode:
    """A notebook in the newest minor version of format 4, its cells named by their place."""
    try:
        notebook = nbformat.v4.upgrade(nbformat.reads(notebook_text(path), 4))
    except InputError:
        raise
    except Exception:
        raise not_a_notebook(path) from None
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number}"
    return notebook


def check_completed(notebook: NotebookNode) -> None:
    """Refuse a notebook of which a code cell did not run, or raised.

    A kernel that was killed, or a timeout, can leave a notebook that reads as completed, which
    nbconvert renders without complaint.
    """
    for number, cell in enumerate(_code_cells(notebook), start=1):
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if not cell.source.strip() or (cell.execution_count and not errors):
            continue
        what = "raised an error" if errors else "did not run"
        lines = [f"Cell {number} {what}.", "Nothing of this notebook is used."]
        raise JobFailed(Failure(1, "incomplete", lines, number, _first_line(cell)))


def settled(notebook: NotebookNode) -> NotebookNode:
    """The notebook with papermill's traces taken out, so that equal inputs give equal bytes."""
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
    language = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    notebook.metadata = nbformat.from_dict({"language_info": language})
    return notebook


def told_anew(job: Job, executed: NotebookNode) -> NotebookNode:
    """An executed notebook with the prose that its file has today; the code is the same."""
    given = (cell for cell in executed.cells if cell.cell_type == "code")
    told = []
    for cell in read_notebook(job.notebook).cells:
        if cell.cell_type != "code":
            cell.metadata.setdefault("tags", [])  # as papermill does
            told.append(cell)
            continue
        told.append(next(given))
        told[-1].id = cell.id
        if TAG in cell.metadata.get("tags", []):
            told.append(next(given))
    executed.cells = told
    return executed


class _Clock:
    """How long the next cell may take: its own time, or what the notebook has left."""

    def __init__(self, timeouts: Timeouts) -> None:
        self.timeouts = timeouts
        self.deadline = time.monotonic() + timeouts.notebook
        self.cell: NotebookNode | None = None

    def left(self, cell: NotebookNode) -> int:
        self.cell = cell
        return max(1, min(self.timeouts.cell, round(self.deadline - time.monotonic())))

    @property
    def run_out(self) -> str:
        """Which of the two ended a cell."""
        if time.monotonic() >= self.deadline:
            return f"{self.timeouts.notebook} seconds for the whole notebook (notebook_timeout)"
        return f"{self.timeouts.cell} seconds for one cell (cell_timeout)"


def _environment_of(job: Job) -> dict[str, str]:
    """What the kernel inherits; this process executes one job at a time."""
    # The end of the assessment's year: the one date that its files may carry as theirs.
    day = FinancialYear.parse(job.assessment.year).last_day
    seconds = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    return {
        "CDPB_SAVE_TO": str(job.workspace),
        "SOURCE_DATE_EPOCH": str(seconds),
        ASKED_FOR: "yes",
    }


def _raised(source: NotebookNode, clock: _Clock, error: PapermillExecutionError) -> Failure:
    number, first = _where(source, clock)
    if error.ename in SPOKEN:
        lines = [line for line in error.evalue.splitlines() if line.strip()]
        return Failure(SPOKEN[error.ename], error.ename, lines, number, first)
    if error.ename == "MemoryError":
        lines = ["The notebook ran out of memory.", "Run again with --workers 1."]
        return Failure(1, "out of memory", lines, number, first)
    if error.ename == "StdinNotImplementedError":
        lines = [f"Cell {number} asks a question, and nobody is there to answer it: {first}"]
        lines += ["Make what it asks for a parameter of the notebook."]
        return Failure(1, "asks a question", lines, number, first)
    if error.ename == "CellExecutionError":  # papermill's word where the kernel sent no other
        lines = [f"Cell {number} ended in an error that the kernel could not tell: {first}"]
        return Failure(1, "error not told", [*lines, MOSTLY_MEMORY], number, first)
    refused = _refused(error)
    if refused:
        return Failure(refused.exit_code, error.ename, refused.lines, number, first)
    lines = [
        f"Cell {number} raised {error.ename}: {first}",
        "Open the notebook in JupyterLab with the same parameters, and run it up to that cell.",
    ]
    return Failure(1, error.ename, lines, number, first)


def _refused(error: PapermillExecutionError) -> InputError | None:
    """What a disk or a right refused the kernel, told by the number alone of its error."""
    found = re.match(r"\[Errno (\d+)\] ", error.evalue)
    return refusal(int(found[1]), "A file of the run") if found else None


def _out_of_time(source: NotebookNode, clock: _Clock) -> Failure:
    number, first = _where(source, clock)
    lines = [
        f"Cell {number} took longer than {clock.run_out}: {first}",
        "Raise the limit in data/defaults.yml if the step needs it.",
    ]
    return Failure(1, "out of time", lines, number, first)


def _kernel_gone(source: NotebookNode, clock: _Clock) -> Failure:
    number, first = _where(source, clock)
    lines = [
        f"The kernel ended in the middle of cell {number}: {first}",
        MOSTLY_MEMORY,
        "Otherwise a library that the cell calls has crashed.",
    ]
    return Failure(1, "kernel ended", lines, number, first)


def _where(source: NotebookNode, clock: _Clock) -> tuple[int | None, str]:
    """Number and first line of the last cell begun, counted without the injected one."""
    for number, cell in enumerate(_code_cells(source), start=1):
        if clock.cell is not None and cell.id == clock.cell.id:
            return number, _first_line(cell)
    return None, "the parameters"


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Those of its file: papermill put another one in."""
    found = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in found if INJECTED not in cell.metadata.get("tags", [])]


def _first_line(cell: NotebookNode) -> str:
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    code = [line for line in lines if not line.startswith("#")]
    return (code or lines or [""])[0][:80]


def environment() -> dict[str, str]:
    """What every kernel is told, so that machine and user leave no trace in a page."""
    package = str(Path(cdpb.__file__).parents[1])
    search = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "CDPB_HOME": str(paths.project_root()),
        "IPYTHONDIR": str(paths.private_folder("ipython")),
        "LC_ALL": "C",
        "MATPLOTLIBRC": "",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": str(paths.private_folder("matplotlib")),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(search),
        "PYTHONSTARTUP": "",
        "PYTHONUTF8": "1",
        "TZ": "UTC",
        # Set by a gate alone; named here because importing the loaders takes a second.
        "CDPB_WORLD": "",
    }
