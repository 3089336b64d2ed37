"""Made-up releases of every shape: flat, deep, hierarchical, linked and windowed."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd

from cdpb.disclosure.declared import TableDeclaration, Window

Release = tuple[dict[str, TableDeclaration], pd.DataFrame]


def random_tables(seed: int) -> Release:
    """The tables of one release and their base counts, with many zeros and small counts."""
    shape = SHAPES[seed // 2 % len(SHAPES)]
    return shape(np.random.default_rng(seed))


def _declared(
    *dimensions: str, totals: list[str] | None = None, window: Window | None = None
) -> TableDeclaration:
    return TableDeclaration(
        id="t", title="People", source="returns", dimensions=list(dimensions), count="people",
        totals=list(dimensions) if totals is None else totals, window=window,
    )  # fmt: skip


def _some(random: np.random.Generator, names: list[str]) -> list[str]:
    return [name for name in names if random.random() < 0.8]


def _base(random: np.random.Generator, **labels: list[str]) -> pd.DataFrame:
    base = pd.DataFrame(list(product(*labels.values())), columns=list(labels))
    counts = random.negative_binomial(1, random.uniform(0.08, 0.4), size=len(base))
    return base.assign(people=counts * (random.random(len(base)) < 0.85))


def _labels(random: np.random.Generator, least: int, most: int) -> list[str]:
    return [f"L{at:02d}" for at in range(random.integers(least, most + 1))]


def two_dimensions(random: np.random.Generator) -> Release:
    """As wards by offence."""
    base = _base(random, a=_labels(random, 2, 12), b=_labels(random, 2, 5))
    return {"t": _declared("a", "b", totals=_some(random, ["a", "b"]))}, base


def three_dimensions(random: np.random.Generator) -> Release:
    """As substance by sex by age."""
    base = _base(random, a=_labels(random, 2, 3), b=_labels(random, 2, 3), c=_labels(random, 2, 3))
    return {"t": _declared("a", "b", "c", totals=_some(random, ["a", "b", "c"]))}, base


def hierarchical(random: np.random.Generator) -> Release:
    """As wards in boroughs."""
    base = _base(random, ward=_labels(random, 4, 12), b=_labels(random, 2, 3))
    base["borough"] = "B" + base["ward"].str.slice(1).astype(int).floordiv(3).astype(str)
    return {"wards": _declared("ward", "b"), "boroughs": _declared("borough", "b")}, base


def linked(random: np.random.Generator) -> Release:
    """Two groupings of one dimension, and a table of part of it."""
    base = _base(random, a=_labels(random, 4, 9), b=_labels(random, 2, 3))
    number = base["a"].str.slice(1).astype(int)
    base["region"], base["kind"] = "R" + (number // 2).astype(str), "K" + (number % 3).astype(str)
    part = _declared("a", "b", totals=["a"]).model_copy(update={"filter": {"kind": "K0"}})
    return {"r": _declared("region", "b"), "k": _declared("kind", "b"), "part": part}, base


def windowed_months(random: np.random.Generator) -> Release:
    """As treatment orders by month, summed over twelve months or since April."""
    months = pd.period_range("2021-04", periods=int(random.integers(13, 31)), freq="M")
    base = _base(random, month=list(months), order=_labels(random, 1, 2))
    window: Window = "rolling_12" if random.random() < 0.7 else "year_to_date"
    tables = {"w": _declared("month", "order", totals=_some(random, ["order"]), window=window)}
    if random.random() < 0.5:
        tables["y"] = _declared("year", "order", totals=[])
    return tables, base


def windowed_years(random: np.random.Generator) -> Release:
    """As deaths by year, in sums of three."""
    last = int(random.integers(2016, 2024))
    years = [f"{year}/{(year + 1) % 100:02d}" for year in range(2010, last)]
    base = _base(random, year=years, sex=["women", "men"])
    tables = {"w": _declared("year", "sex", totals=_some(random, ["sex"]), window="years_3")}
    if random.random() < 0.5:
        tables["all"] = _declared("sex")
    return tables, base


SHAPES: tuple[Callable[[np.random.Generator], Release], ...] = (
    two_dimensions,
    three_dimensions,
    hierarchical,
    linked,
    windowed_months,
    windowed_years,
)
