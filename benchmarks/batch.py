"""Our run against a plain loop of the two commands, on the project's own notebooks.

``python benchmarks/batch.py [--rounds N] [--finding ID ...]`` makes the public assessment of one
year, which every commit knows, in a checkout of its own, by turns: as the two commands do it, at
an earlier commit, portable, with forked kernels, and again with nothing or one thing changed. It
prints seconds by the clock and of processor, the least of the rounds; what a run adds to the
notebooks' bare work and their rendering in warm processes; and the gates' time apart. It asserts
nothing: a laptop's other work is not our concern.
"""

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from notebooks import MEASURED, PROJECT, checkout

# Where the project stood before a run was made to do nothing twice.
BEFORE = "d5c738f"
# The year that both make: the default one has moved since, and no earlier data hold it.
YEAR = "2023/24"
# Executes everything although nothing has changed, at commits that know it.
FRESH = "--fresh"
# What is changed, each round into something that no round had before.
ONE, WORDS = "women_in_treatment", "Women's share"
KEY = PROJECT / "tests" / "key_of_the_tests"
PORTABLE = """import multiprocessing, sys
from cdpb.cli import main
from cdpb.runner import fork_server, pool
fork_server.FORK_FROM = 10**6
pool.starting = lambda *log: multiprocessing.get_context("spawn")
if __name__ == "__main__":
    sys.exit(main())"""
# Each in one warm process, which tells its seconds of processor: pages, then attack and scan.
RENDERED = """import json, sys, time
from pathlib import Path
import nbformat
from cdpb.runner.render import render_page
books = [nbformat.read(path, 4) for path in sorted(Path(sys.argv[1]).rglob("*.ipynb"))]
began = time.process_time()
for book in books:
    render_page(book, "page")
print(json.dumps({"rendering": time.process_time() - began, "pages": len(books)}))"""
GATED = """import json, sys, time
from pathlib import Path
from cdpb.runner.gates import gate_report
began = time.process_time()
report = gate_report(Path(sys.argv[1]), every=False)
assert report.passed, report.findings
print(json.dumps({"gates": time.process_time() - began}))"""
ADOPTS_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER, of Linux's <sys/prctl.h>
Seconds = tuple[float, float]


class Project:
    """A checkout, in which commands are run and files are changed."""

    def __init__(self, root: Path, findings: Sequence[str]) -> None:
        self.root, self.findings = root, findings
        known = [path.stem for path in (root / "notebooks" / "findings").glob("*.yml")]
        named = [each for each in known if each != "columns" and each in (findings or known)]
        paths = sorted((root / "notebooks").glob("*.ipynb"))
        self.notebooks = [path for path in paths if path.stem[3:] in named]
        help_text = self.python("-m", "cdpb", "run", "--help")
        self.fresh = [FRESH] if FRESH in help_text else []

    def python(self, *arguments: str, **told: str) -> str:
        """What a program of this Python prints there; all that it says if it fails."""
        own = {"CDPB_HOME": str(self.root), "PYTHONPATH": str(self.root), "CDPB_KEY_FILE": str(KEY)}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env=os.environ | own | told,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def run(self, *options: str, program: Sequence[str] = ("-m", "cdpb")) -> None:
        """All of its findings, or those that were asked for, as one command makes them."""
        named = [part for each in self.findings for part in ("--finding", each)]
        self.python(*program, "run", "--year", YEAR, *named, *options)

    def plain(self, notebooks: Sequence[Path]) -> None:
        """What one would write in a shell; what is made of the others' records comes last."""
        with TemporaryDirectory() as folder:
            told = {"CDPB_SAVE_TO": folder, "PYTHONWARNINGS": "ignore"}
            for notebook in sorted(notebooks, key=lambda path: path.stem.startswith("00")):
                executed = str(Path(folder) / notebook.name)
                given = ["-p", "year", YEAR, "-p", "area", "E09000003"]
                papermill = ["papermill", "-k", "python3", str(notebook), executed, *given]
                for command in (papermill, ["nbconvert", "--to", "cdpb", executed]):
                    self.python("-m", *command, **told)

    def change_code(self, number: int) -> None:
        """Let the first code cell of the notebook be another one."""
        self._change("code", f"\n# round {number}")

    def change_sentence(self, number: int) -> None:
        """Let the notebook's first words be others."""
        self._change("markdown", " Again." * number)

    def change_words(self, number: int) -> None:
        """Let a sentence of the finding's own file be another one."""
        path = self.root / "notebooks" / "findings" / f"{ONE}.py"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(WORDS, f"{WORDS} again", 1), encoding="utf-8", newline="\n")

    def _change(self, kind: str, more: str) -> None:
        (path,) = [each for each in self.notebooks if each.stem[3:] == ONE]
        content = json.loads(path.read_text(encoding="utf-8"))
        cell = next(each for each in content["cells"] if each["cell_type"] == kind)
        cell["source"] = "".join(cell["source"]) + more
        path.write_text(json.dumps(content), encoding="utf-8", newline="\n")


def main() -> None:
    """Measure each way in turn, round by round, and print a line each."""
    parser = argparse.ArgumentParser(description="Our run against a plain loop.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", default=BEFORE, metavar="COMMIT")
    parser.add_argument("--finding", action="append", default=[], metavar="ID")
    given = parser.parse_args()
    if given.finding and ONE not in given.finding:
        parser.error(f"{ONE} is the one that is changed: name it too")
    adopt_orphans()
    with checkout("HEAD") as root, checkout(given.against) as earlier:
        now, before = Project(root, given.finding), Project(earlier, given.finding)
        rounds = [one_round(now, before, number) for number in range(1, given.rounds + 1)]
        alone = warm(now)
    show({name: least([each[name] for each in rounds]) for name in rounds[0]}, alone)


def one_round(now: Project, before: Project, number: int) -> dict[str, Seconds]:
    """Each way once: seconds by the clock, and of processor."""
    (one,) = [each for each in now.notebooks if each.stem[3:] == ONE]
    ways: list[tuple[str, Callable[[], None]]] = [
        ("plain loop", lambda: now.plain(now.notebooks)),
        ("plain, one notebook", lambda: now.plain([one])),
        ("commit before", lambda: before.run(*before.fresh)),
        ("portable", lambda: now.run(*now.fresh, program=("-c", PORTABLE))),
        ("forked", lambda: now.run(*now.fresh)),
        ("starting the program", lambda: now.python("-m", "cdpb", "--version") and None),
        ("nothing changed", now.run),
    ]
    measured = {name: timed(way) for name, way in ways}
    changes = {
        "one notebook changed": now.change_code,
        "one sentence changed": now.change_sentence,
        "one sentence of findings/": now.change_words,
    }
    for name, change in changes.items():
        change(number)
        measured[name] = timed(now.run)
    return measured


def adopt_orphans() -> None:
    """Let processes that outlive their parents become this one's, to be counted as the others.

    A kernel's parent is the process that it was forked from, which ends before the kernel is asked
    after. Elsewhere than on Linux kernels are not forked, and nothing is missed.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(ADOPTS_ORPHANS, 1, 0, 0, 0)


def timed(way: Callable[[], None]) -> Seconds:
    """Seconds by the clock and of processor: of the command and of all that descended from it."""
    before, started = processor_seconds(), time.perf_counter()
    way()
    wall = time.perf_counter() - started
    with suppress(ChildProcessError):
        while True:
            os.wait()
    return wall, processor_seconds() - before


def processor_seconds() -> float:
    """Seconds that ended children of this process have computed, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def warm(project: Project) -> dict[str, float]:
    """Seconds of processor of the notebooks' bare work, their rendering and the gates."""
    with TemporaryDirectory() as saved:
        told = project.python("-c", MEASURED, YEAR, CDPB_SAVE_TO=saved)
    cells = json.loads(told.splitlines()[-1])
    made = Path(YEAR.replace("/", "-")) / "E09000003" / "public"
    executed = project.root / ".cdpb" / "executed" / made
    found = json.loads(project.python("-c", RENDERED, str(executed)).splitlines()[-1])
    found |= json.loads(
        project.python("-c", GATED, str(project.root / "outputs" / made)).splitlines()[-1]
    )
    return {**found, "bare work": sum(cells[each.stem] for each in project.notebooks)}


def least(rounds: Sequence[Seconds]) -> Seconds:
    """Of each measure the least: what another program took is not ours."""
    return min(wall for wall, _ in rounds), min(processor for _, processor in rounds)


def show(ways: dict[str, Seconds], alone: dict[str, float]) -> None:
    """Print a line for each way, with its ratios, then what each adds to what must be done."""
    pages, loop = alone["pages"], ways["plain loop"]
    limit = alone["bare work"] + alone["rendering"]
    print(f"{pages:.0f} notebooks, {os.cpu_count()} processors; times less than the plain loop")
    print(f"{'':<28}{'clock s':>9}{'processor s':>13}{'clock':>9}{'processor':>11}")
    for name, (wall, processor) in ways.items():
        ratios = f"{loop[0] / wall:>9.1f}{loop[1] / processor:>11.1f}"
        print(f"{name:<28}{wall:>9.1f}{processor:>13.1f}{ratios}")
    for name in ("bare work", "rendering", "gates"):
        print(f"{name + ' (warm)':<28}{'':>9}{alone[name]:>13.2f}")
    print("added to bare work and rendering, seconds of processor a notebook, without the gates:")
    for name in ("plain loop", "commit before", "portable", "forked"):
        gates = 0 if name == "plain loop" else alone["gates"]
        print(f"  {name:<26}{(ways[name][1] - limit - gates) / pages:>9.2f}")
    one = ways["one notebook changed"][0] / ways["plain, one notebook"][0]
    print(f"one notebook changed, of the two commands for it, by the clock: {one:.1f}")


if __name__ == "__main__":
    main()
