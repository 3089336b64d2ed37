"""A project on a disk with little room, mounted for one process that needs no rights for it.

``python -m tests.support.small_disk PLACE STATE...`` does it: a run at each of the states of the
disk that is mounted at the place (``outputs``, ``.cdpb``, the temporary files): KB left, or ``ro``.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cdpb.runner.fork_server import ADDRESS
from cdpb.runner.pool import starting
from tests.support.toys import write_notebook
from tests.support.unharmed import standing

OWN = ("unshare", "--user", "--map-root-user", "--mount")
MOUNT = ("mount", "-t", "tmpfs", "-o", "size=64m", "none")
ROOM, KB = "rw,size=64m", 1024


def runs_on_a_small_disk(place: str, *states: str) -> None:
    """Each harms nothing; skipped where nobody may mount a disk of their own."""
    with tempfile.TemporaryDirectory() as folder:
        tried = shutil.which(OWN[0]) and subprocess.run([*OWN, *MOUNT, folder], capture_output=True)
    if not tried or tried.returncode:
        pytest.skip("this system lets no user mount a disk of their own (unshare, tmpfs)")
    command = [*OWN, sys.executable, "-m", __name__, place, *states]
    # A kernel that is forked from a process outside would not see the disk.
    own = {name: value for name, value in os.environ.items() if name != ADDRESS}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=own)
    assert done.returncode == 0, done.stdout + done.stderr


def main(place: str, *states: str) -> None:
    """Mount it, and look at a run for each state."""
    with tempfile.TemporaryDirectory() as folder:
        starting(Path(folder) / "log")  # before temporary files have little room
        with standing(Path(folder) / "toy") as toy:
            at = toy.temporary if place == "temporary" else toy.folder / place
            with mounted(at):
                for state in states:
                    print(place, state, flush=True)
                    write_notebook(toy.folder, "first", [f"state = {state!r}"])
                    remount(at, "ro" if state == "ro" else f"size={used(at) + int(state) * KB}")
                    run = toy.run()
                    remount(at, ROOM)
                    said = "Read-only file system" if state == "ro" else "the disk is full"
                    toy.unharmed(run, 2, said)


@contextmanager
def mounted(at: Path) -> Iterator[None]:
    """A disk where a folder is, with what lies in it."""
    with tempfile.TemporaryDirectory() as aside:
        shutil.copytree(at, aside, dirs_exist_ok=True)
        subprocess.run([*MOUNT, at], check=True)
        shutil.copytree(aside, at, dirs_exist_ok=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


def remount(at: Path, options: str) -> None:
    """Leave the disk another room, or none that can be written."""
    subprocess.run(["mount", "-o", f"remount,{options}", at], check=True)


def used(at: Path) -> int:
    """Bytes that its files take."""
    return int(subprocess.check_output(["df", "--output=used", "-B1", at]).split()[-1])


if __name__ == "__main__":
    main(*sys.argv[1:])
