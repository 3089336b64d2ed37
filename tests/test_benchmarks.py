"""A benchmark counts the processor of all that a command started, whoever its parent is by then."""

import subprocess
import sys

import pytest

from tests.support.project import CHECKOUT

# A child computes after its parent has ended, as a kernel may whose parent was ended first.
LEAVES = """import os, time
if os.fork() == 0:
    while time.process_time() < 0.6:
        pass"""
COUNTS = f"""import subprocess, sys
sys.path.insert(0, {str(CHECKOUT / "benchmarks")!r})
import batch
if sys.argv[1] == "adopts":
    batch.adopt_orphans()
run = [sys.executable, "-c", {LEAVES!r}]
print(batch.timed(lambda: subprocess.run(run, check=True))[1])"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no kernel is forked")
@pytest.mark.parametrize(("how", "counted"), [("adopts", True), ("does not", False)])
def test_a_process_that_outlives_its_parent_is_counted(how, counted):
    """Forked kernels are no children of the command; without adopting them they were left out."""
    command = [sys.executable, "-c", COUNTS, how]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (float(told.stdout) >= 0.6) is counted
