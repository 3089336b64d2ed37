"""A notebook counts as executed only if each of its cells ran to its end."""

import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import pytest

from cdpb.runner.execute import INJECTED, check_completed, execute
from cdpb.runner.fork_server import ADDRESS
from cdpb.runner.job import Assessment, Job, JobFailed, Timeouts
from cdpb.runner.make import read_record
from cdpb.runner.pool import run_jobs, starting
from tests.support.commands import wrong_input
from tests.support.returned import RUN
from tests.support.toys import toy_project, write_notebook

LONG = Timeouts(cell=60, notebook=120)
SECRET = 4711


def job(folder: Path, name: str) -> Job:
    assessment = Assessment("E09000003", "Barnet", "2023/24", "public", False, folder / "outputs")
    return Job(
        assessment=assessment,
        finding=name,
        slug=name,
        title=name.title(),
        notebook=folder / "notebooks" / f"{name}.ipynb",
        parameters=assessment.parameters,
        key="",
        workspace=folder / ".cdpb" / "work" / name,
    )


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Make a job of one toy notebook with these cells."""
    folder = toy_project(tmp_path / "toy", monkeypatch)

    def make(*steps: str) -> Job:
        write_notebook(folder, "first", list(steps))
        return job(folder, "first")

    return make


def failure_of(job: Job, timeouts: Timeouts = LONG):
    with pytest.raises(JobFailed) as caught:
        execute(job, timeouts)
    return caught.value.failure


def test_two_executions_give_the_same_bytes(toy):
    """Whoever repeats the work must be able to see that nothing changed."""
    this = toy("import os, random", "sorted({'a', 'b', 'c'}), os.environ['SOURCE_DATE_EPOCH']")

    first, second = (nbformat.writes(execute(this, LONG)) for _ in range(2))

    assert first == second
    assert "papermill" not in first
    assert f'"id": "{INJECTED}"' in first


def test_the_kernel_is_this_python_whatever_is_installed_elsewhere(toy, tmp_path, monkeypatch):
    """A kernel called python3 in a user's own folder would bring other packages along."""
    other = tmp_path / "elsewhere" / "kernels" / "python3"
    other.mkdir(parents=True)
    spec = {"argv": ["false"], "display_name": "Python 3", "language": "python"}
    (other / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(other.parents[1]))

    executed = execute(toy("import sys", "print(sys.executable)"), LONG)

    assert [output.text for output in executed.cells[4].outputs] == [f"{sys.executable}\n"]


def test_an_unexpected_error_is_told_by_its_class_and_cell_alone(toy):
    """Its text may quote data: a key, a row, a small number."""
    failure = failure_of(toy("toys = 12", f"raise KeyError({SECRET})"))

    assert (failure.exit_code, failure.kind, failure.cell) == (1, "KeyError", 3)
    assert str(SECRET) not in "\n".join(failure.lines).replace(failure.source, "")


@pytest.mark.parametrize(
    ("name", "exit_code"),
    [("InputError", 2), ("NoSuchKey", 2), ("GateRefused", 3), ("FindingFailed", 1)],
)
def test_what_the_library_says_for_a_person_reaches_that_person(toy, name, exit_code):
    """The message says which file, and the way out; the exit code says what kind it is."""
    raised = f"raise {name}('wards.csv has no column n.', 'It has: a, b.')"

    failure = failure_of(toy(f"from cdpb.errors import {name}", raised))

    assert failure.exit_code == exit_code
    assert failure.lines == ["wards.csv has no column n.", "  It has: a, b."]


def test_a_cell_that_never_ends_is_ended(toy):
    """Nobody watches a batch at night."""
    failure = failure_of(toy("while True: pass"), Timeouts(cell=2, notebook=60))

    assert (failure.kind, failure.cell) == ("out of time", 2)
    assert "2 seconds for one cell" in failure.lines[0]


def test_a_kernel_killed_from_outside_is_a_failure(toy):
    """Papermill leaves a notebook in which every cell says completed."""
    failure = failure_of(toy("import os", "os.kill(os.getpid(), 9)"))

    assert (failure.kind, failure.cell) == ("kernel ended", 3)
    assert "memory" in failure.lines[1]


def test_a_notebook_that_exits_early_is_a_failure(toy):
    """Papermill takes sys.exit() for success, and the last cells never ran."""
    failure = failure_of(toy("import sys", "sys.exit()"))

    assert failure.kind == "incomplete"


def test_a_cell_that_did_not_run_is_found():
    """The exporter renders a half-executed notebook without complaint."""
    done = nbformat.v4.new_code_cell("1", execution_count=1)
    empty = nbformat.v4.new_code_cell("")
    not_run = nbformat.v4.new_code_cell("toys.sum()")

    with pytest.raises(JobFailed) as caught:
        check_completed(nbformat.v4.new_notebook(cells=[done, empty, not_run]))

    assert (caught.value.failure.cell, caught.value.failure.source) == (3, "toys.sum()")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"year": "2022/23"}, "differs from what was asked in: year"),
        ({"area": {"code": "E09000007"}}, "differs from what was asked in: area"),
        ({"tables": [{"file": "tables/first/gone.csv"}]}, "gone.csv"),
        (None, "finding.close"),
    ],
)
def test_a_record_of_another_finding_is_not_taken(tmp_path, change, said):
    """A notebook that names its own year would put one year's figures under another's."""
    this = job(tmp_path, "first")
    record = {"id": "first"} | this.parameters | {"area": {"code": "E09000003"}}
    path = tmp_path / "findings" / "first.json"
    path.parent.mkdir()
    if change is not None:
        path.write_text(json.dumps(record | change), encoding="utf-8")

    with pytest.raises(JobFailed) as caught:
        read_record(this, tmp_path)

    assert said in "\n".join(caught.value.failure.lines)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are spawned")
def test_a_worker_is_forked_from_a_process_that_has_rendered_a_page(tmp_path):
    with ProcessPoolExecutor(1, starting(tmp_path / "log")) as pool:
        assert pool.submit(loaded, "cdpb.report.exporter").result()


def loaded(module: str) -> bool:
    return module in sys.modules


@pytest.mark.slow
def test_a_file_that_workers_load_first_may_be_wrong(tmp_path, monkeypatch):
    """What they are forked from must not die of it, or a run would wait for workers."""
    folder = toy_project(tmp_path / "toy", monkeypatch)
    (folder / "data" / "glossary.yml").write_text("- term: [", encoding="utf-8")
    command = [sys.executable, "-m", "cdpb", *RUN]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)

    assert told.returncode == 2
    assert "glossary.yml" in told.stderr
    assert wrong_input(told.stderr)


@pytest.mark.slow
def test_a_worker_that_dies_takes_no_other_job_with_it(tmp_path, monkeypatch):
    """The system ends the process that takes most memory, without a word."""
    monkeypatch.delenv(ADDRESS, raising=False)  # so that a kernel's parent is its worker
    kills = ["import os", "os.kill(os.getppid(), 9)"]
    folder = toy_project(tmp_path / "toy", monkeypatch, fine=["toys = 12"], kills=kills)
    results = {}

    run_jobs(
        [job(folder, "fine"), job(folder, "kills")],
        workers=2,
        timeouts=LONG,
        log=tmp_path / "log",
        environment={"CDPB_HOME": str(folder)},
        done=lambda job, result: results.update({job.finding: result}),
    )

    assert results["fine"].status == "written"
    assert results["kills"].verdict == "worker ended"
    assert os.environ["CDPB_HOME"] == str(folder)
