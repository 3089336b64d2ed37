"""Small tables of the shapes that partners' returns have, most counts five or more."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd

from cdpb.disclosure.declared import TableDeclaration

Release = tuple[dict[str, TableDeclaration], pd.DataFrame]


def choice_tables(seeds: range) -> Iterator[tuple[str, Release]]:
    """Eleven kinds of table, one of each kind for each seed."""
    for seed in seeds:
        for kind, make in KINDS.items():
            random = np.random.default_rng([seed, list(KINDS).index(kind)])
            yield kind, make(random, 1 + seed % 3)


def _declared(*dimensions: str, totals: list[str] | None = None) -> TableDeclaration:
    return TableDeclaration(
        id="t", title="People", source="returns", dimensions=list(dimensions), count="people",
        totals=list(dimensions) if totals is None else totals,
    )  # fmt: skip


def _base(random: np.random.Generator, small: int, **sizes: int) -> pd.DataFrame:
    labels = [[f"{name}{at:02d}" for at in range(size)] for name, size in sizes.items()]
    base = pd.DataFrame(list(product(*labels)), columns=list(sizes))
    counts = np.rint(5 + random.gamma(1.0, 12.0, size=len(base))).astype(int)
    chosen = random.choice(len(base), size=min(small, len(base) - 1), replace=False)
    counts[chosen] = random.integers(1, 5, size=len(chosen))
    return base.assign(people=counts)


def _flat(size: int):
    return lambda random, small: ({"t": _declared("ward")}, _base(random, small, ward=size))


def _pair(random: np.random.Generator, small: int) -> Release:
    """As 11 = 4 + 7."""
    first = int(random.integers(1, 5))
    base = pd.DataFrame({"picked_up": ["yes", "no"], "people": [first, random.integers(5, 15)]})
    return {"t": _declared("picked_up")}, base


def _pairs(random: np.random.Generator, small: int) -> Release:
    base = _base(random, small, year=3, picked_up=2)
    return {"t": _declared("year", "picked_up", totals=["picked_up"])}, base


def _wards(size: int):
    """Wards by offence, of which one or a few are small."""

    def make(random: np.random.Generator, small: int) -> Release:
        busy = 8 + random.gamma(2.0, 15.0, size=size)
        busy[random.choice(size, size=small, replace=False)] = 4
        keys = list(product(range(size), (0.8, 0.3)))
        counts = [max(1, int(random.poisson(busy[ward] * share))) for ward, share in keys]
        base = pd.DataFrame([(f"W{ward:02d}", f"O{share}") for ward, share in keys])
        base.columns = ["ward", "offence"]
        return {"t": _declared("ward", "offence")}, base.assign(people=counts)

    return make


def _crossed(*, totals: list[str] | None = None, **sizes: int):
    return lambda random, small: (
        {"t": _declared(*sizes, totals=totals)},
        _base(random, small, **sizes),
    )


def _linked(random: np.random.Generator, small: int) -> Release:
    base = _base(random, small, homeless=2, health=2, justice=2)
    return {"all": _declared(*base.columns[:3]), "two": _declared("homeless", "health")}, base


KINDS = {
    "a pair": _pair,
    "pairs by year": _pairs,
    "5 wards": _flat(5),
    "24 wards": _flat(24),
    "6 wards by offence": _wards(6),
    "12 wards by offence": _wards(12),
    "4 by 4": _crossed(a=4, b=4),
    "5 by 3": _crossed(a=5, b=3),
    "2 by 2 by 2": _crossed(a=2, b=2, c=2),
    "wards by year": _crossed(ward=6, year=3, totals=["ward"]),
    "two tables of the same people": _linked,
}
