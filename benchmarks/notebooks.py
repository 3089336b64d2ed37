"""What notebooks cost by themselves: their own work in one warm process, and their imports.

``python benchmarks/notebooks.py`` runs all notebooks of this checkout, and those of an earlier
commit, by turns: each time a new process imports what notebooks import, then runs every
notebook's cells one after another. It prints seconds of processor, the least of the rounds, and
how many times less they are now. It asserts nothing: a laptop's other work is not our concern.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).resolve().parents[1]
# Where the library stood before it was made smaller.
BEFORE = "ced63ca^"
IMPORTS, ALL = "imports", "all notebooks"
Seconds = dict[str, float]

# Run in each checkout, which may be older than this file.
MEASURED = """
import io, json, sys, time
from contextlib import redirect_stdout
from pathlib import Path
began = time.process_time()
from cdpb.report.finding import Finding
import cdpb.statistics, matplotlib
found = {"imports": time.process_time() - began}
matplotlib.use("agg")
from IPython.core.interactiveshell import InteractiveShell
shell, year = InteractiveShell.instance(), sys.argv[1]
asked = f"year={year!r}; edition='public'; demonstration=False"
for path in sorted(Path("notebooks").glob("*.ipynb")):
    began, cells = time.process_time(), json.loads(path.read_text("utf-8"))["cells"]
    with redirect_stdout(io.StringIO()) as told:
        for cell in cells:
            if cell["cell_type"] == "code" and not shell.run_cell("".join(cell["source"])).success:
                sys.exit(f"{path.name}: a cell failed.\\n{told.getvalue()[-2000:]}")
            if "parameters" in cell["metadata"].get("tags", []):
                shell.run_cell(asked)
    found[path.stem] = time.process_time() - began
print(json.dumps(found))
"""


def main() -> None:
    """Measure both checkouts by turns, and print a line a notebook."""
    parser = argparse.ArgumentParser(description="What notebooks cost by themselves.")
    parser.add_argument("--against", default=BEFORE, metavar="COMMIT")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--year", default="2024/25")
    given = parser.parse_args()
    with checkout(given.against) as before:
        rounds = [
            (seconds(before, given.year), seconds(PROJECT, given.year)) for _ in range(given.rounds)
        ]
    then, now = (least([each[side] for each in rounds]) for side in (0, 1))
    print(f"{'seconds of processor':<34}{'before':>9}{'now':>9}{'times':>8}")
    for name in (IMPORTS, *(each for each in now if each not in (IMPORTS, ALL)), ALL):
        if name in then:
            ratio = then[name] / now[name]
            print(f"{name:<34}{then[name]:>9.2f}{now[name]:>9.2f}{ratio:>8.1f}")


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """An earlier commit of the project, in a folder of its own for as long as it is asked."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "before"
        git = ["git", "-C", str(PROJECT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(place), commit], check=True)
        try:
            yield place
        finally:
            subprocess.run([*git, "remove", "--force", str(place)], check=True)


def seconds(project: Path, year: str) -> Seconds:
    """Seconds of processor of the imports and of each notebook, in a new process."""
    with TemporaryDirectory() as saved:
        paths = {"CDPB_HOME": project, "CDPB_SAVE_TO": saved, "PYTHONPATH": project}
        environment = os.environ | {name: str(path) for name, path in paths.items()}
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, year],
            cwd=project, env=environment, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    found: Seconds = json.loads(done.stdout.splitlines()[-1])
    return {**found, ALL: sum(found.values()) - found[IMPORTS]}


def least(rounds: list[Seconds]) -> Seconds:
    """Of each measure the least: what another program took is not ours."""
    return {name: min(each[name] for each in rounds) for name in rounds[0]}


if __name__ == "__main__":
    main()
