"""Processes that a run has started, ended with all that they have started themselves."""

import time
from collections.abc import Iterable
from contextlib import suppress

import psutil

WITHIN = 5.0


def end_families(pids: Iterable[int], within: float = WITHIN) -> None:
    """End processes and all that descend from them, and wait until they are gone.

    A kernel whose worker is ended notices it only after a second, and one that is just starting
    would put its connection back into a folder that was cleared meanwhile. So each is held still
    before its children are listed, and then they are ended together.

    Parameters
    ----------
    within : float
        Seconds to wait for them.
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
