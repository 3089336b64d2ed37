"""What a run adds to its notebooks' own work, and what it saves against a plain loop.

``python benchmarks/batch.py [--repeats N] [--before COMMIT]`` makes the public edition of the
default area and year, in a copy of the project: with `papermill` and `jupyter nbconvert` one after
the other; with `cdpb run` as it works everywhere, and with forked kernels as on Linux; again with
nothing changed, with one notebook changed and with one sentence changed; and without any runner,
the notebooks' cells in one warm process and their pages rendered there, which is the limit. The
ways take turns, so that a machine that grows slow meets all of them. It prints seconds and ratios,
and asserts nothing: a laptop's other work is not our concern.
"""

import argparse
import json
import os
import resource
import shutil
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

CDPB = ("-m", "cdpb")
# As everywhere but on Linux: each kernel starts by itself, and each worker too.
PORTABLE = (
    "-c",
    "import multiprocessing, sys; from cdpb.runner import fork_server, pool;"
    "fork_server.FORK_FROM = 10**6; pool.starting = lambda: multiprocessing.get_context('spawn');"
    "from cdpb.cli import main; sys.exit(main())",
)
# Each notebook's cells, and then each page, as many times as it takes for all to be loaded.
BARE = """
import json, os, sys, time, nbformat
from contextlib import redirect_stdout
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
from cdpb.runner.render import render_page
shell = InteractiveShell.instance()
def execute(path, given):
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "code":
            assert shell.run_cell(cell.source).success
        if "parameters" in cell.metadata.get("tags", []):
            shell.user_ns.update(given)
what, given, *notebooks = json.loads(sys.argv[1])
do = (lambda path: render_page(nbformat.read(path, 4), path)) if what == "render" else (
    lambda path: execute(path, given))
with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
    do(notebooks[0])
    started = time.process_time()
    for path in notebooks:
        do(path)
print(time.process_time() - started)
"""
CHANGED = "03_women_in_treatment"
Seconds = tuple[float, float]


def main() -> None:
    """Measure each way, and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--before", help="A commit to measure beside today's code.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder) / "project")
        ways = ways_of(project)
        if asked.before:
            earlier = checked_out(asked.before, Path(folder) / "before")
            ways["the commit before"] = lambda: run(earlier, *CDPB)
        measured: dict[str, list[Seconds]] = {name: [] for name in ways}
        for _ in range(asked.repeats):
            for name, way in ways.items():
                measured[name].append(timed(way))
        bare = [bare_work(project) for _ in range(asked.repeats)]
    report({name: min(found) for name, found in measured.items()}, min(bare), asked.repeats)


def ways_of(project: Path) -> dict[str, Callable[[], None]]:
    """Each way by its name; what comes after `forked` finds what that has left."""
    return {
        "plain loop": lambda: plain_loop(project, notebooks()),
        "portable": lambda: run(project, *PORTABLE, fresh=True),
        "forked": lambda: run(project, *CDPB, fresh=True),
        "nothing changed": lambda: run(project, *CDPB),
        "one notebook changed": lambda: changed(project, "code"),
        "one sentence changed": lambda: changed(project, "markdown"),
        "plain, one notebook": lambda: plain_loop(project, [f"{CHANGED}.ipynb"]),
        "starting the program": lambda: python(["-m", "cdpb", "--version"], project),
    }


def report(best: dict[str, Seconds], bare: float, repeats: int) -> None:
    """Seconds by the clock and of processor, ratios, and what the runner adds to a notebook."""
    loop, count = best["plain loop"], len(notebooks())
    print(f"{count} notebooks, best of {repeats}, {os.cpu_count()} processors")
    for name, (wall, processor) in best.items():
        ratios = f"{loop[0] / wall:6.1f} x wall {loop[1] / processor:6.1f} x processor"
        print(f"  {name:<22}{wall:6.1f} s wall {processor:6.1f} s processor {ratios}")
    print(f"  {'bare work':<22}{'':13}{bare:6.1f} s processor, rendering included")
    for name in ("portable", "forked"):
        added = (best[name][1] - bare) / count
        print(f"  {name} adds {added:.2f} s of processor a notebook, gates included")
    alone = best["one notebook changed"][0] / best["plain, one notebook"][0]
    print(f"  one notebook changed: {alone:.2f} times plain papermill and nbconvert of it")


def timed(way: Callable[[], None]) -> Seconds:
    """Seconds by the clock, and of processor of all processes that have ended since."""
    before, started = processor_seconds(), time.perf_counter()
    way()
    return time.perf_counter() - started, processor_seconds() - before


def processor_seconds() -> float:
    """Of ended children and theirs: a kernel's are its forking process's, which the run ends."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def notebooks() -> list[str]:
    """The notebooks of all findings, those that are made of the others last."""
    found = sorted(declarations().findings, key=lambda each: bool(each.after))
    return [each.notebook for each in found]


def copy_project(folder: Path) -> Path:
    """The project's own files, with nothing that a run has left."""
    for name in ("data", "shapes", "notebooks"):
        shutil.copytree(paths.project_root() / name, folder / name)
    shutil.copy(paths.project_root() / "requirements.lock", folder)
    (folder / "outputs").mkdir()
    return folder


def checked_out(commit: str, folder: Path) -> Path:
    """The whole project as it was at a commit."""
    git = ["git", "-C", str(paths.project_root()), "archive", "--format=tar", commit]
    folder.mkdir()
    with subprocess.Popen(git, stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "-C", str(folder)], stdin=archive.stdout, check=True)
    (folder / "outputs").mkdir(exist_ok=True)
    return folder


def plain_loop(project: Path, names: Sequence[str]) -> None:
    """What one would write in a shell."""
    settings = defaults()
    given = {"year": settings.year[0], "area": find_area(settings.area[0]).code}
    parameters = [part for name, value in given.items() for part in ("-p", name, value)]
    folder = project / "plain"
    folder.mkdir(exist_ok=True)
    for name in names:
        source, executed = project / "notebooks" / name, folder / name
        python(["-m", "papermill", "-k", "python3", str(source), str(executed), *parameters],
               project, CDPB_SAVE_TO=str(folder))  # fmt: skip
        python(["-m", "jupyter", "nbconvert", "--to", "cdpb", str(executed)], project)


def run(project: Path, *program: str, fresh: bool = False) -> None:
    """The same findings as one command makes them, index, manifest and gates included."""
    python([*program, "run", *["--fresh"] * fresh], project)


def changed(project: Path, kind: str) -> None:
    """A run after the first cell of a kind in one notebook has been added to."""
    path = project / "notebooks" / f"{CHANGED}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    cell = next(each for each in content["cells"] if each["cell_type"] == kind)
    cell["source"] = [*cell["source"], "\n# More" if kind == "code" else " It is so."]
    path.write_text(json.dumps(content), encoding="utf-8")
    run(project, *CDPB)


def bare_work(project: Path) -> float:
    """Seconds of processor of all notebooks' cells and of their pages, in warm processes."""
    settings = defaults()
    given = {"year": settings.year[0], "area": find_area(settings.area[0]).code}
    sources = [str(project / "notebooks" / name) for name in notebooks()]
    executed = [str(project / "plain" / name) for name in notebooks()]
    asked = (["execute", given, *sources], ["render", {}, *executed])
    saved = {"CDPB_SAVE_TO": str(project / "plain")}
    return sum(float(python(["-c", BARE, json.dumps(each)], project, **saved)) for each in asked)


def python(arguments: list[str], project: Path, **environment: str) -> str:
    """What a command of this Python says; what went wrong, if it fails."""
    own = os.environ | {"CDPB_HOME": str(project), "PYTHONWARNINGS": "ignore"}
    if (project / "cdpb").is_dir():
        own |= {"PYTHONPATH": str(project)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=project / "notebooks", env=own | environment,
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{' '.join(arguments)[:200]}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
