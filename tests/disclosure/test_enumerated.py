"""The attack against a reader who tries every possible world, one by one."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
import pytest

from cdpb.disclosure.attack import Interval, attack
from cdpb.disclosure.cells import CellSystem, cells_of
from cdpb.disclosure.declared import TableDeclaration
from tests.support.sampled import sampled


def declared(*dimensions, name="t", totals=None, window=None):
    return TableDeclaration(
        id=name, title="People", source="returns", dimensions=list(dimensions), count="people",
        totals=list(dimensions if totals is None else totals), window=window,
    )  # fmt: skip


def of(random, **labels):
    """A base table of every combination, each of 0 to 2 people."""
    base = pd.DataFrame(list(product(*labels.values())), columns=list(labels))
    return base.assign(people=random.integers(0, 3, len(base)))


def flat(random):
    return {"t": declared("a", "b")}, of(random, a="xyz", b="uv")


def deep(random):
    return {"t": declared("a", "b", "c")}, of(random, a="xy", b="uv", c="st")


def hierarchical(random):
    base = of(random, ward="abcd", sex="wm")
    base["borough"] = np.where(base["ward"].isin(["a", "b"]), "X", "Y")
    return {"wards": declared("ward", "sex"), "boroughs": declared("borough", "sex")}, base


def linked(random):
    base = of(random, ward="abcdef")
    base["region"] = np.where(base["ward"] < "d", "R", "S")
    base["kind"] = np.where(base["ward"].isin(["a", "c", "e"]), "K", "L")
    return {"r": declared("region"), "k": declared("kind"), "w": declared("ward")}, base


def windowed(random):
    base = of(random, year=[f"{year}/{year - 1999}" for year in range(2012, 2018)])
    base["all"] = "all"
    several = declared("year", totals=[], window="years_3")
    return {"w": several, "t": declared("all", totals=[])}, base


SHAPES = [flat, deep, hierarchical, linked, windowed]


def worlds(system: CellSystem, hidden: np.ndarray, least: int) -> Iterator[np.ndarray]:
    """Every way in which the units could count what is shown; no solver, only adding up."""
    width = 1 + max(max(units) for units in system.units)
    shown = system.published & ~hidden
    cells = [(sorted(units), int(count), is_shown) for units, count, is_shown, told in
             zip(system.units, system.counts, shown, system.published, strict=True)
             if told]  # fmt: skip
    ends = [[cell for cell in cells if cell[0][-1] == unit] for unit in range(width)]
    caps = [min(count for units, count, is_shown in cells if is_shown and unit in units)
            for unit in range(width)]  # fmt: skip
    world = np.zeros(width, dtype=int)

    def fill(unit: int) -> Iterator[np.ndarray]:
        if unit == width:
            yield world.copy()
            return
        for people in range(caps[unit] + 1):
            world[unit] = people
            sums = [(int(world[units].sum()), count, is_shown)
                    for units, count, is_shown in ends[unit]]  # fmt: skip
            if all(found == count if is_shown else found >= least
                   for found, count, is_shown in sums):  # fmt: skip
                yield from fill(unit + 1)

    yield from fill(0)


@pytest.mark.parametrize("seed", sampled(range(200), 10))
@pytest.mark.parametrize("least", [0, 1])
def test_no_world_lies_outside_the_attacks_interval_and_its_ends_are_worlds(seed, least):
    """Of every hidden cell, and every one that no table shows.

    An interval too wide by one would call a leaking table safe.
    """
    random = np.random.default_rng(seed)
    tables, base = SHAPES[seed % len(SHAPES)](random)
    system = cells_of(tables, base)
    widest = max(range(len(system)), key=lambda cell: len(system.units[cell]))
    hidden = system.published & (random.random(len(system)) < 0.7)
    hidden &= system.counts >= least
    hidden[widest] = False  # What is shown in all keeps the number of worlds small.
    every = np.array(list(worlds(system, hidden, least)))
    unseen = np.flatnonzero(hidden | ~system.published).tolist()
    found = attack(system, hidden, hidden_at_least=least, cells=unseen)
    for cell in unseen:
        sums = every[:, sorted(system.units[cell])].sum(axis=1)
        assert found[cell] == Interval(sums.min(), sums.max())
