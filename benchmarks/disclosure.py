"""What hiding costs, in counts, cells, seconds and memory, against hiding line by line.

``python benchmarks/disclosure.py`` protects made-up ward tables of two sizes and prints a line
each, then the attack, and how many counts the line-by-line choice leaves open. It asserts
nothing: a laptop's other work is not our concern.
"""

import argparse
import resource
import sys
import time
from collections.abc import Mapping

import numpy as np
import pandas as pd

from cdpb.disclosure.attack import attack
from cdpb.disclosure.cells import CellSystem, cells_of
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.suppress import suppress
from cdpb.key import DEMONSTRATION
from cdpb.policies import policy
from cdpb.runner.gates.exposed import exposed

Tables = Mapping[str, TableDeclaration]
OFFENCES = {"possession": 2.4, "trafficking": 0.8}
LEVELS = {"band": "under_five_band", "hide": "under_five_hide"}


def main() -> None:
    """Measure each table at its levels, and print what was found."""
    parser = argparse.ArgumentParser(description="What hiding costs.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds a table")
    given = parser.parse_args()
    columns = ("cells", "weight", "bound", "seconds", "processor", "peak MB")
    print(f"{'table':<40}{'':<20}", *(f"{name:>9}" for name in columns))
    one_borough = table_of("ward", totals=["ward", "offence", "year"])
    measure("25 x 3 x 6", {"t": one_borough}, made_up(24, 1, given.seed), LEVELS, given.time_limit)
    london = {name: table_of(name, totals=["offence"]) for name in ("ward", "borough")}
    london["borough"] = table_of("borough", totals=["borough", "offence"])
    measure(
        "680 wards in 33 boroughs x 3 x 5",
        london,
        made_up(680, 33, given.seed),
        {"band": LEVELS["band"]},
        given.time_limit,
    )


def table_of(place: str, totals: list[str]) -> TableDeclaration:
    """Offences by place and year."""
    return TableDeclaration(
        id=place, title="Offences", source="made_up", dimensions=[place, "offence", "year"],
        count="offences", totals=totals,
    )  # fmt: skip


def made_up(wards: int, boroughs: int, seed: int) -> pd.DataFrame:
    """Seeded counts, a quarter of them 1 to 4; wards differ as real ones do."""
    random = np.random.default_rng(seed)
    busy = random.gamma(1.5, 6.0, size=wards)
    rows = [
        {
            "ward": f"W{ward:03d}",
            "borough": f"B{ward * boroughs // wards:02d}",
            "offence": offence,
            "year": f"Y{year}",
            "offences": int(random.poisson(busy[ward] * share)),
        }
        for ward in range(wards)
        for offence, share in OFFENCES.items()
        for year in range(5)
    ]
    return pd.DataFrame(rows)


def measure(
    title: str, tables: Tables, base: pd.DataFrame, levels: Mapping[str, str], time_limit: float
) -> None:
    """Protect one release at each level, and attack it."""
    system = cells_of(tables, base)
    for level, name in levels.items():
        rule = policy(name)
        shape, clock = f"{title}, {level}", Clock()
        chosen = suppress(system, rule, time_limit=time_limit)
        took = clock.read()
        say(shape, "hidden for smallness", int(chosen.primary.sum()))
        say(
            shape, "beside them", int(chosen.secondary.sum()),
            chosen.weight, chosen.bound, took,
        )  # fmt: skip
        clock = Clock()
        drawn = suppress(system, rule, time_limit=time_limit, key=DEMONSTRATION.secret)
        took = clock.read()
        say(shape, "with a key", int(drawn.secondary.sum()), drawn.weight, None, took)
        clock = Clock()
        greedy = line_by_line(system, chosen.primary)
        beside = greedy & ~chosen.primary
        took = clock.read()
        say(shape, "line by line", int(beside.sum()), int(system.counts[beside].sum()), None, took)
        small, clock = np.flatnonzero(chosen.primary).tolist(), Clock()
        attack(system, chosen.hidden, hidden_at_least=1, cells=small)
        say(shape, "attacked", len(small), seconds=clock.read())
        open_ = exposed(system, greedy, rule, hidden_at_least=1)
        say(shape, "open, line by line", int(open_.sum()))


def line_by_line(system: CellSystem, primary: np.ndarray) -> np.ndarray:
    """What a careful person does: no sum with just one hidden count, the least taken first.

    It looks at one sum at a time, so it leaves cells that several sums together give away.
    """
    hidden, changed = primary.copy(), True
    lines = np.split(system.relations.indices, system.relations.indptr[1:-1])
    while changed:
        changed = False
        for line in lines:
            if hidden[line].sum() != 1:
                continue
            free = [at for at in line if not hidden[at] and system.counts[at] > 0]
            if free:
                hidden[min(free, key=lambda at: (system.counts[at], at))] = changed = True
    return hidden


def say(
    shape: str,
    what: str,
    cells: int,
    weight: int | None = None,
    bound: int | None = None,
    seconds: tuple[float, float] | None = None,
) -> None:
    """One line of figures; what wasn't measured stays empty."""
    told = ["" if value is None else f"{value:,}" for value in (cells, weight, bound)]
    told += [f"{each:.2f}" for each in seconds] if seconds else ["", ""]
    told.append(f"{peak():,.0f}")
    print(f"{shape:<40}{what:<20}", *(f"{each:>9}" for each in told), flush=True)


class Clock:
    """Seconds since it was made: by the clock on the wall, and of this processor."""

    def __init__(self) -> None:
        self._started = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Both, wall first: what else a machine does slows the first alone."""
        wall, processor = self._started
        return time.perf_counter() - wall, time.process_time() - processor


def peak() -> float:
    """The most memory that this process has used so far, in megabytes."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1_000_000 if sys.platform == "darwin" else 1_000)


if __name__ == "__main__":
    main()
