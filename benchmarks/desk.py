"""What an analyst waits for: all cells of a notebook in one kernel, a first and a second time.

``python benchmarks/desk.py [--notebook NAME] [--rounds N]`` starts a kernel as ``cdpb lab`` does,
and runs the notebook's cells one after another, imports included, then all of them again; then the
slowest of the cells that show something by itself, and ``finding.close()`` by itself. It prints
seconds by the clock and of the kernel's processor, the least of the rounds, and each as a ratio to
the bare work: the processor's seconds of all cells the second time, when nothing is imported or
read for the first time. It asserts nothing: a laptop's other work is not our concern.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.manager import start_new_kernel

from cdpb.desk.lab import lab_environment
from cdpb.paths import environment_with

PROJECT = Path(__file__).resolve().parents[1]
USED = "__import__('time').process_time()"
LIMIT = 600
CLOSE = "finding.close("
# What is measured: seconds by the clock, and of the kernel's processor.
Seconds = tuple[float, float]


def main() -> None:
    """Measure in a new kernel each round, and print a line for each thing that is waited for."""
    parser = argparse.ArgumentParser(description="What an analyst waits for.")
    parser.add_argument("--notebook", default="01_ward_drug_offences.ipynb", metavar="NAME")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    rounds = [measured(cells_of(given.notebook)) for _ in range(given.rounds)]
    best = {what: tuple(min(each[what][side] for each in rounds) for side in (0, 1))
            for what in rounds[0]}  # fmt: skip
    bare = best["all cells, again"][1]
    print(f"{'seconds':<28}{'clock':>8}{'processor':>11}{'to bare work':>14}")
    for what, (clock, used) in best.items():
        print(f"{what:<28}{clock:>8.2f}{used:>11.2f}{clock / bare:>14.2f}")


def cells_of(name: str) -> list[str]:
    """The code cells of a notebook."""
    text = (PROJECT / "notebooks" / name).read_text(encoding="utf-8")
    code = (cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code")
    return ["".join(cell["source"]) for cell in code]


def measured(cells: list[str]) -> dict[str, Seconds]:
    """What is waited for in a new kernel."""
    with kernel() as client:
        run = partial(seconds, client)
        first = [run(cell) for cell in cells]
        again = [run(cell) for cell in cells]
        # The first three import, set parameters and load.
        slowest = max(range(3, len(cells) - 1), key=lambda at: again[at][1])
        close = next(line for line in cells[-1].splitlines() if line.startswith(CLOSE))
        return {
            "all cells, imports included": added(first),
            "all cells, again": added(again),
            "slowest cell by itself": run(cells[slowest]),
            "finding.close()": run(close),
        }


@contextmanager
def kernel() -> Iterator[Any]:
    """A client of a kernel as ``cdpb lab`` starts one, which saves where nobody looks."""
    with TemporaryDirectory() as saved:
        paths = {"CDPB_HOME": PROJECT, "CDPB_SAVE_TO": saved, "PYTHONPATH": PROJECT}
        with environment_with({**lab_environment(), **{k: str(each) for k, each in paths.items()}}):
            manager, client = start_new_kernel(kernel_name="python3", env=os.environ.copy())
        try:
            yield client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def seconds(client: Any, source: str) -> Seconds:
    """Seconds that a cell takes, by the clock and of the kernel's processor."""
    before, began = used(client), time.perf_counter()
    done = client.execute_interactive(source, output_hook=lambda _: None, timeout=LIMIT)
    clock = time.perf_counter() - began
    if done["content"]["status"] != "ok":
        raise SystemExit(f"A cell failed: {done['content']['ename']}: {done['content']['evalue']}")
    return clock, used(client) - before


def used(client: Any) -> float:
    """The processor's seconds that a kernel has used so far."""
    asked = client.execute_interactive("", user_expressions={"used": USED}, timeout=LIMIT)
    return float(asked["content"]["user_expressions"]["used"]["data"]["text/plain"])


def added(each: list[Seconds]) -> Seconds:
    """The seconds of all cells."""
    return sum(clock for clock, _ in each), sum(of_processor for _, of_processor in each)


if __name__ == "__main__":
    main()
