"""Our run against a plain loop of the two commands, on the same notebooks.

``python benchmarks/batch.py [--repeats N]`` executes the project's findings for the default area
and year, with `papermill` and `jupyter nbconvert` one after the other, and as `cdpb run` does: with
one worker, as everywhere, and with forked kernels as on Linux. It prints seconds and ratios. It
asserts nothing: a laptop's other work is not our concern.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cdpb import paths
from cdpb.areas import find_area
from cdpb.declarations import declarations
from cdpb.runner.plan import defaults

# As everywhere but on Linux: each kernel starts by itself.
PORTABLE = (
    "-c",
    "import sys; from cdpb.runner import fork_server; fork_server.FORK_FROM = 10**6;"
    "from cdpb.cli import main; sys.exit(main())",
)


def main() -> None:
    """Measure each way, and print one line each."""
    parser = argparse.ArgumentParser(description="Our run against a plain loop.")
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    ways: dict[str, Callable[[Path], None]] = {
        "plain loop": plain_loop,
        "one worker": lambda folder: our_run(folder, 1),
        "portable": lambda folder: our_run(folder, None, PORTABLE),
        "forked": lambda folder: our_run(folder, None),
    }
    measured = {name: [timed(way) for _ in range(repeats)] for name, way in ways.items()}
    best = {name: min(times) for name, times in measured.items()}
    loop = best["plain loop"]
    print(
        f"{len(declarations().findings)} notebooks, best of {repeats}, {os.cpu_count()} processors"
    )
    for name, (wall, processor) in best.items():
        ratios = f"{loop[0] / wall:5.1f} x wall {loop[1] / processor:5.1f} x processor"
        print(f"  {name:<16}{wall:6.1f} s wall {processor:6.1f} s processor {ratios}")


def timed(way: Callable[[Path], None]) -> tuple[float, float]:
    """Seconds of wall and of processor, children included, that a way takes in a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        before, started = processor_seconds(), time.perf_counter()
        way(Path(folder))
        return time.perf_counter() - started, processor_seconds() - before


def processor_seconds() -> float:
    """Seconds that ended children of this process have computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def plain_loop(folder: Path) -> None:
    """What one would write in a shell."""
    settings = defaults()
    given = {"year": settings.year[0], "area": find_area(settings.area[0]).code}
    parameters = [part for name, value in given.items() for part in ("-p", name, value)]
    environment = os.environ | {"CDPB_SAVE_TO": str(folder), "PYTHONWARNINGS": "ignore"}
    for finding in declarations().findings:
        notebook = paths.notebooks_folder() / finding.notebook
        executed = folder / finding.notebook
        papermill = ["papermill", "-k", "python3", str(notebook), str(executed), *parameters]
        nbconvert = ["jupyter", "nbconvert", "--to", "cdpb", str(executed)]
        for command in (papermill, nbconvert):
            quiet(["-m", *command], environment)


def our_run(folder: Path, workers: int | None, program: Sequence[str] = ("-m", "cdpb")) -> None:
    """The same findings as one command makes them, index, manifest and checks included."""
    named = ["--workers", str(workers)] if workers else []
    quiet([*program, "run", "--output", str(folder), *named], dict(os.environ))


def quiet(arguments: list[str], environment: dict[str, str]) -> None:
    """Run a module of this Python, and show what it says only if it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=paths.project_root(),
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
