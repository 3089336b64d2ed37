"""What can't be protected is refused in words, and what can't be in time is hidden whole."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cdpb.disclosure.attack import Range, attack
from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.counted import counted
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.protect import protect, solve
from cdpb.disclosure.suppress import suppress
from cdpb.errors import InputError
from cdpb.policies import policy
from cdpb.runner.gates.exposed import exposed
from tests.support.random_tables import random_tables
from tests.support.tables import table

HIDE = policy("under_five_hide")
BASE = table("""
    ward borough people
    A    X            3
    B    X           40
    C    Y            9
    D    Y           30
""")


def declared(*dimensions, name="t"):
    return TableDeclaration(
        id=name, title="People", source="returns", dimensions=list(dimensions), count="people",
        totals=list(dimensions),
    )  # fmt: skip


# Labels --------------------------------------------------------------------------------

LABELS = {
    "a row that stands twice": (pd.concat([BASE, BASE.iloc[[1]]]), "stand twice"),
    "a label that is missing": (BASE.assign(ward=["A", None, "C", "D"]), "have no ward"),
    "two that differ in case": (BASE.assign(ward=["A", "a", "C", "D"]), "read alike"),
    "two that differ in a space": (BASE.assign(ward=["A", "A ", "C", "D"]), "read alike"),
    "a number and its text": (BASE.assign(ward=[1, "1", "C", "D"]), "read alike"),
    "a label called total": (BASE.assign(ward=["A", "total", "C", "D"]), "totals of ward"),
    "a label called Total": (BASE.assign(ward=["A", " Total", "C", "D"]), "totals of ward"),
}


@pytest.mark.parametrize(("base", "says"), LABELS.values(), ids=LABELS)
def test_labels_that_would_be_counted_wrongly_are_refused(base, says):
    with pytest.raises(InputError, match=says) as caught:
        protect([declared("ward")], base, HIDE)
    assert len(str(caught.value).splitlines()) <= 8
    assert not any(number in str(caught.value) for number in ("40", "30", "9"))


# Counts --------------------------------------------------------------------------------


def test_margins_that_do_not_add_up_are_refused():
    """Nothing that is worked out of them could be trusted."""
    system = cells_of({"wards": declared("ward")}, BASE)
    counts = system.counts.copy()
    counts[system.cells["wards"]["total",]] += 1
    with pytest.raises(InputError, match="contradict each other") as caught:
        suppress(replace(system, counts=counts), HIDE)
    assert "wards" in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 8


def test_counts_below_nought_are_refused():
    with pytest.raises(InputError, match="not all counts"):
        counted(declared("ward"), BASE.assign(people=[3, -1, 9, 30]))
    system = cells_of({"t": declared("ward")}, BASE.assign(people=[0, 40, 9, 30]))
    moved = np.zeros(len(system), dtype=int)
    moved[[system.cells["t"]["A",], system.cells["t"]["B",]]] = [-1, 1]
    with pytest.raises(InputError, match="no count below 0"):
        suppress(replace(system, counts=system.counts + moved), HIDE)


def test_a_reader_of_figures_that_contradict_each_other_is_told_so():
    system = cells_of({"t": declared("ward")}, BASE)
    hidden = system.marked({"t": frozenset([("A",), ("B",)])})
    impossible = Range(system.cells["t"]["A",], 500, 600)
    with pytest.raises(InputError, match="contradicts itself"):
        attack(system, hidden, hidden_at_least=1, ratios=[impossible])


# Totals of one part --------------------------------------------------------------------


@pytest.mark.parametrize("people", [3, 30])
def test_a_total_of_one_part_is_hidden_and_shown_with_it(people):
    """The only ward of a table is its total."""
    base = table("""
        ward borough people
        A    X            3
    """).assign(people=people)
    hidden = protect([declared("ward")], base, HIDE).of("t")
    assert hidden == ({("A",), ("total",)} if people == 3 else frozenset())


def test_a_borough_of_one_ward_is_hidden_with_it():
    base = pd.concat([BASE, table("""
        ward borough people
        E    Z            2
        F    W           25
    """)])  # fmt: skip
    tables = {"wards": declared("ward"), "boroughs": declared("borough")}
    pattern, system, chosen = solve(tables, base, HIDE)
    for ward, borough in (("E", "Z"), ("F", "W")):
        assert ((ward,) in pattern.of("wards")) == ((borough,) in pattern.of("boroughs"))
    assert ("E",) in pattern.of("wards")
    assert not exposed(system, chosen.hidden, HIDE, 1).any()


# Time ----------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [0.0, 0.02, 0.1, 0.4])
@pytest.mark.parametrize("seed", [0, 9])
def test_whenever_time_runs_out_what_is_shown_is_safe(seed, limit):
    tables, base = random_tables(seed)
    system = cells_of(tables, base)
    chosen = suppress(system, HIDE, time_limit=limit)
    assert not exposed(system, chosen.hidden, HIDE, 1).any()
    assert chosen.bound <= chosen.weight
