"""Kernels that are forked tell what kernels that start by themselves tell, and none is left."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from cdpb.loaders import access
from cdpb.loaders.registry import LOADERS
from cdpb.runner.execute import environment, execute
from cdpb.runner.fork_server import ADDRESS, FORK_FROM
from cdpb.runner.job import Timeouts
from cdpb.runner.pool import kernels_forked
from tests.runner.test_execute import LONG, failure_of, toy
from tests.support.project import CHECKOUT

__all__ = ["toy"]

FORKS = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks kernels")
PUBLIC = "mps_borough_crime"
TOLD = ["CDPB_SAVE_TO", "SOURCE_DATE_EPOCH", *environment(), ADDRESS]
# What differs where a kernel knows too much of the process that it was forked from.
ODD = (
    "import os, sys\nfrom cdpb.report.finding import Finding",
    "print(os.environ.pop('JPY_PARENT_PID') == str(os.getppid()))",
    f"print([os.environ.get(name) for name in {TOLD}])",
    "print(os.getcwd(), [each for each in sys.path if 'site-packages' not in each], sys.flags)",
    "print(sys.stdin.read(), file=sys.stderr)",
    "done = os.system('echo from a process of its own')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4])\nplt.show()",
    "import pandas as pd\npd.DataFrame({'n': [1, 2]})",
    "import seaborn as sns\nsns.axes_style('ticks'), plt.rcParams['backend'], plt.isinteractive()",
    "import numpy as np\nnp.geterr(), np.get_printoptions()",
    "import logging, locale\nlogging.root.level, logging.root.handlers, locale.getlocale()",
    "%precision 3\n2 / 3",
    "hash('the same in every kernel'), __name__",
)


@pytest.fixture
def none_yet(monkeypatch):
    """No process that all tests' kernels are forked from."""
    monkeypatch.delenv(ADDRESS, raising=False)


@pytest.fixture(scope="module")
def forking(tmp_path_factory):
    """While these tests last, kernels are forked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDPB_HOME", str(CHECKOUT))
        log = tmp_path_factory.mktemp("fork_server") / "log"
        with kernels_forked(FORK_FROM, log, environment()):
            yield


def outputs(executed) -> list:
    return [cell.get("outputs") for cell in executed.cells]


@FORKS
def test_a_forked_kernel_tells_what_a_started_one_tells(toy, tmp_path, monkeypatch, none_yet):
    """Pictures included, byte for byte."""
    this = toy(*ODD)
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    started = execute(this, LONG)
    with kernels_forked(FORK_FROM, tmp_path / "log", environment(), [PUBLIC]):
        told = execute(this, LONG)

    assert outputs(told) == outputs(started)
    assert sum("image/png" in str(each) for each in outputs(told)) == 1


@FORKS
def test_it_is_forked_from_a_process_that_has_the_libraries(toy, forking):
    """Otherwise the test before compares two of the same kind."""
    told = execute(toy("import sys", "print('cdpb.report.finding' in sys.modules)"), LONG)

    assert [each.text for each in told.cells[4].outputs] == ["True\n"]


@FORKS
def test_it_has_read_what_every_edition_may_open_and_nothing_else(
    toy, tmp_path, monkeypatch, none_yet
):
    """A public edition doesn't so much as open what it may not show."""
    monkeypatch.setenv("CDPB_HOME", str(CHECKOUT))
    asked = [PUBLIC, *(name for name in LOADERS if not access.may_open(name))]
    read = "from cdpb.loaders.receiving import _received\nprint(_received.cache_info().currsize)"
    with kernels_forked(FORK_FROM, tmp_path / "log", environment(), asked):
        told = execute(toy(read), LONG)

    assert len(asked) > 1
    assert [each.text for each in told.cells[3].outputs] == ["1\n"]


@FORKS
def test_two_kernels_draw_other_numbers_where_no_seed_is_set(toy, forking):
    this = toy("import random, numpy", "print(random.random(), numpy.random.random())")

    assert outputs(execute(this, LONG))[4] != outputs(execute(this, LONG))[4]


@FORKS
@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("import os; os.kill(os.getpid(), 9)", "kernel ended"),
        ("while True: pass", "out of time"),
        ("raise KeyError(1)", "KeyError"),
    ],
)
def test_what_goes_wrong_in_it_is_told_alike(toy, forking, cell, kind):
    assert failure_of(toy(cell), Timeouts(cell=3, notebook=60)).kind == kind


@FORKS
def test_where_nobody_forks_a_kernel_starts_by_itself(toy, monkeypatch, tmp_path):
    monkeypatch.setenv(ADDRESS, str(tmp_path / "nobody"))

    assert outputs(execute(toy("print(1 + 1)"), LONG))[3][0].text == "2\n"


def test_for_a_few_kernels_or_elsewhere_there_is_no_such_process(tmp_path, monkeypatch, none_yet):
    with kernels_forked(FORK_FROM - 1, tmp_path / "log", {}):
        assert ADDRESS not in os.environ
    monkeypatch.setattr("sys.platform", "win32")
    with kernels_forked(FORK_FROM, tmp_path / "log", {}):
        assert ADDRESS not in os.environ


@FORKS
def test_a_system_that_cannot_watch_a_process_starts_each_kernel(tmp_path, monkeypatch, none_yet):
    """Otherwise one kernel would be forked, and another started at the same address."""

    def refused(*_):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("os.pidfd_open", refused)
    with kernels_forked(FORK_FROM, tmp_path / "log", {}):
        assert ADDRESS not in os.environ


def of(folder: Path) -> list[psutil.Process]:
    """The processes whose environment names this folder."""
    found = []
    for each in psutil.process_iter():
        try:
            if str(folder) in each.environ().values():
                found.append(each)
        except psutil.Error:
            continue
    return found


@FORKS
def test_it_ends_with_what_it_was_needed_for(tmp_path, none_yet):
    with kernels_forked(FORK_FROM, tmp_path / "log", {"CDPB_OF": str(tmp_path)}):
        assert len(of(tmp_path)) == 1
    assert of(tmp_path) == []


@FORKS
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_and_its_kernels_end_with_the_process_that_started_it(tmp_path, how, none_yet):
    """Whatever ended that one."""
    script = """
        import os, sys, time
        from pathlib import Path
        from cdpb.runner.fork_server import FORK_FROM, forked
        from cdpb.runner.pool import kernels_forked
        here = Path(sys.argv[1])
        with kernels_forked(FORK_FROM, here / "log", {"CDPB_OF": str(here)}):
            launcher = ["python", "-m", "ipykernel_launcher", "-f", str(here / "kernel.json")]
            _, line = forked(launcher, dict(os.environ), str(here))
            print("forked", flush=True)
            time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "forked\n"
    assert len(of(tmp_path)) == 2
    run.send_signal(how)
    run.communicate()

    until = time.monotonic() + 10
    while of(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert of(tmp_path) == []


@FORKS
def test_a_kernel_ends_with_the_worker_that_asked_for_it(tmp_path, none_yet):
    """One that was ended for want of memory would leave all it had behind, beside the next."""
    script = """
        import os, sys, time
        from cdpb.runner.fork_server import forked
        launcher = ["python", "-m", "ipykernel_launcher", "-f", f"{sys.argv[1]}/kernel.json"]
        pid, line = forked(launcher, dict(os.environ), sys.argv[1])
        print(pid, flush=True)
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)]
    with kernels_forked(FORK_FROM, tmp_path / "log", {}):
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        kernel = psutil.Process(int(worker.stdout.readline()))
        assert kernel.is_running()
        worker.kill()
        worker.communicate()
        kernel.wait(timeout=10)


def test_a_written_notebook_names_no_process(toy, forking):
    """Neither what it was forked from nor where it listens."""
    assert ADDRESS not in nbformat.writes(execute(toy("print(1)"), LONG))
