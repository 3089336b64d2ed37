"""Secondary suppression: the least that must go, and proof that it is enough."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from cdpb.disclosure import suppress as suppress_module
from cdpb.disclosure.alternatives import is_unseen
from cdpb.disclosure.attack import attack
from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.protect import protect, solve
from cdpb.disclosure.suppress import suppress
from cdpb.errors import InputError
from cdpb.policies import policy
from cdpb.runner.gates.exposed import exposed
from tests.support.random_tables import random_tables
from tests.support.sampled import sampled
from tests.support.shared import shared
from tests.support.tables import table

LEVELS = ("under_five_band", "under_five_hide")


def declared(*dimensions, count="people", totals=None, name="t", **more):
    return TableDeclaration(
        id=name, title="People", source="returns", dimensions=list(dimensions), count=count,
        totals=list(dimensions if totals is None else totals), **more,
    )  # fmt: skip


def test_a_small_cell_takes_three_others_with_it():
    """A lone hidden cell can be found by subtracting from its row or column total."""
    base = table("""
        ward sex    people
        A    women       3
        A    men        20
        B    women      12
        B    men        40
        C    women      30
        C    men        50
    """)
    hidden = protect([declared("ward", "sex")], base, policy("under_five_hide")).of("t")
    assert hidden == {("A", "women"), ("A", "men"), ("B", "women"), ("B", "men")}


def test_a_table_without_small_counts_is_shown_whole():
    base = table("""
        ward people
        A        12
        B         0
        C        40
    """)
    assert not protect([declared("ward")], base, policy("under_five_hide")).of("t")


def test_zeros_are_shown_and_never_hidden_for_the_sake_of_others():
    """That nobody was counted is not a secret of anybody's under this policy."""
    base = table("""
        ward people
        A         2
        B         0
        C         9
        D         8
    """)
    hidden = protect([declared("ward")], base, policy("under_five_hide")).of("t")
    assert hidden == {("A",), ("D",)}


def test_zeros_are_hidden_where_the_policy_hides_them():
    rule = Policy(name="x", title="", why="", threshold=5, zeros="hidden", level="hide")
    base = table("""
        ward people
        A         0
        B         9
        C         8
    """)
    pattern, system, chosen = solve([declared("ward")], base, rule)
    assert ("A",) in pattern.of("t")
    assert not exposed(system, chosen.hidden, rule, 0).any()


def test_tables_of_one_source_are_protected_together():
    """Each protected perfectly, but alone, they give one another's cells away."""
    base = table("""
        ward borough people
        A    X            3
        B    X           40
        C    Y            9
        D    Y           30
    """)
    tables = {"wards": declared("ward"), "boroughs": declared("borough")}
    rule = policy("under_five_hide")
    system = cells_of(tables, base)
    alone = {name: protect({name: told}, base, rule).of(name) for name, told in tables.items()}
    assert exposed(system, system.marked(alone), rule, 1).any()
    pattern = protect(tables, base, rule)
    assert not exposed(system, system.marked(pattern.hidden), rule, 1).any()


def test_a_hidden_total_of_hidden_counts_is_known_to_be_as_many_as_its_parts():
    """Where zeros are shown, two hidden parts are at least 2: no choice can change that."""
    base = table("""
        ward sex   people
        A    women      1
        A    men        1
        B    women     40
        B    men       50
    """)
    _, system, chosen = solve([declared("ward", "sex")], base, policy("under_five_hide"))
    place = system.cells["t"][("A", "total")]
    found = attack(system, chosen.hidden, hidden_at_least=1, cells=[place])[place]
    assert found.least == 2
    assert found.greatest is None or found.greatest >= 5


# The reference tables ------------------------------------------------------------------


def ssb_z1():
    base = pd.read_csv(shared("disclosure", "ssb_z1.csv"))
    return {"t": declared("region", "hovedint", count="ant")}, base


def ssb_z2():
    base = pd.read_csv(shared("disclosure", "ssb_z2.csv"))
    by = {name: declared(name, "hovedint", count="ant") for name in ("region", "fylke", "kostragr")}
    return by, base


def ward_shaped(year=None, totals=("ward", "offence")):
    base = pd.read_csv(shared("disclosure", "ward_shaped.csv"))
    if year:
        one_year = declared("ward", "offence", count="count", filter={"year": year})
        return {"t": one_year}, base
    return {"t": declared("ward", "offence", "year", count="count", totals=list(totals))}, base


REFERENCE = {
    "z1 band": (ssb_z1, "under_five_band", 35, 4),
    "z1 hide": (ssb_z1, "under_five_hide", 35, 4),
    # 317 and 15 where a county of one region is counted beside that region: see below.
    "z2 band": (ssb_z2, "under_five_band", 310, 14),
    "z2 hide": (ssb_z2, "under_five_hide", 310, 14),
    "Y0 band": (lambda: ward_shaped("Y0"), "under_five_band", 301, 17),
    "Y0 hide": (lambda: ward_shaped("Y0"), "under_five_hide", 302, 17),
    "all band": (ward_shaped, "under_five_band", 1256, 87),
    "all hide": (ward_shaped, "under_five_hide", 1257, 87),
}


@pytest.mark.parametrize(("given", "rule", "weight", "cells"), REFERENCE.values(), ids=REFERENCE)
def test_reference_tables_are_protected_at_their_proven_optimum(given, rule, weight, cells):
    """These optima assume a reader who doesn't know that a hidden count is at least 1."""
    tables, base = given()
    system = cells_of(tables, base)
    chosen = suppress(system, policy(rule), hidden_at_least=0)
    assert chosen.weight <= weight
    assert chosen.bound == chosen.weight
    assert chosen.gap == 0
    assert chosen.secondary.sum() <= cells
    assert not exposed(system, chosen.hidden, policy(rule), 0).any()


def test_two_linked_hierarchies_agree_with_the_reference_counted_its_way():
    """It counts a county of one region as a cell of its own; to us the two are one cell."""
    tables, base = ssb_z2()
    system = cells_of(tables, base)
    chosen = suppress(system, policy("under_five_band"), hidden_at_least=0)
    rows = {}
    for name, places in system.cells.items():
        for (label, kind), cell in places.items():
            whole = "all" if label == "total" else f"{name} {label}"
            rows[whole, kind] = cell
    counted = [cell for cell in rows.values() if chosen.secondary[cell]]
    assert len(rows) == 100
    assert (len(counted), system.counts[counted].sum()) == (15, 317)


def each_is_needed(tables, base, rule, least):
    """Show each secondary cell again, alone, and look whether the attack sees it."""
    system = cells_of(tables, base)
    chosen = suppress(system, rule, hidden_at_least=least)
    assert chosen.gap == 0
    for cell in np.flatnonzero(chosen.secondary & (system.counts > 0)):
        shown_again = chosen.hidden.copy()
        shown_again[cell] = False
        assert exposed(system, shown_again, rule, least).any()


@pytest.mark.parametrize("given", [ssb_z1, ssb_z2, lambda: ward_shaped("Y0")])
def test_showing_any_one_secondary_cell_again_is_caught(given):
    """Nothing was hidden for nothing, and the attack sees each loss."""
    each_is_needed(*given(), policy("under_five_band"), 0)


@pytest.mark.proof
@pytest.mark.parametrize("rule", LEVELS)
@pytest.mark.parametrize("given", [ssb_z1, ssb_z2, lambda: ward_shaped("Y0"), ward_shaped])
def test_showing_any_one_secondary_cell_again_is_caught_at_both_levels(given, rule):
    each_is_needed(*given(), policy(rule), 0)


@pytest.mark.parametrize("seed", sampled(range(100), 4))
def test_nothing_is_hidden_for_nothing_in_random_tables(seed):
    each_is_needed(*random_tables(seed), policy(LEVELS[seed % 2]), 1)


def test_a_reader_who_knows_more_costs_more():
    """Against one who knows that hidden counts are at least 1, 301 becomes 302."""
    tables, base = ward_shaped("Y0")
    system, rule = cells_of(tables, base), policy("under_five_band")
    weak, strong = (suppress(system, rule, hidden_at_least=least) for least in (0, 1))
    assert weak.weight < strong.weight
    assert exposed(system, weak.hidden, rule, 1).any()
    assert not exposed(system, strong.hidden, rule, 1).any()


def test_hiding_the_fewest_cells_is_another_aim():
    tables, base = ssb_z1()
    assert suppress(cells_of(tables, base), policy("under_five_band"), weigh="cells").weight == 4


# Any table -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", sampled(range(1000), 15))
def test_no_random_table_is_left_uncertified(seed):
    """Tables of two and three dimensions, hierarchies, linked and windowed ones, with zeros.

    The attack here shares nothing with the search but the sums of the system.
    """
    tables, base = random_tables(seed)
    system, rule = cells_of(tables, base), policy(LEVELS[seed % 2])
    chosen = suppress(system, rule, time_limit=20)
    assert not chosen.hidden_whole.any()
    assert not exposed(system, chosen.hidden, rule, 1).any()
    assert not (chosen.hidden & (system.counts == 0)).any()


@pytest.mark.parametrize("seed", sampled(range(0, 30, 3), 4))
def test_the_least_is_the_least(seed):
    """Every other pattern of a small table is tried."""
    random = np.random.default_rng(seed)
    keys = list(product("AB", "xyz"))
    base = pd.DataFrame(keys, columns=["a", "b"]).assign(people=random.integers(1, 12, 6))
    system, rule = cells_of({"t": declared("a", "b")}, base), policy("under_five_band")
    chosen = suppress(system, rule)
    others = np.flatnonzero(~chosen.primary)
    for pattern in product([False, True], repeat=len(others)):
        hidden = chosen.primary.copy()
        hidden[others] = pattern
        if system.counts[hidden & ~chosen.primary].sum() < chosen.weight:
            assert exposed(system, hidden, rule, 1).any()


def test_the_same_table_gives_the_same_pattern_twice():
    tables, base = random_tables(3)
    first, second = (protect(tables, base, policy("under_five_hide")) for _ in range(2))
    assert first == second
    assert first.digest == second.digest


# When it can't be done in time ---------------------------------------------------------


@pytest.mark.parametrize("seed", sampled(range(12), 4))
def test_what_can_not_be_certified_in_time_is_hidden_whole(seed):
    """It fails closed: too little shown, never too much."""
    tables, base = random_tables(seed)
    system, rule = cells_of(tables, base), policy("under_five_hide")
    chosen = suppress(system, rule, time_limit=0.0)
    assert chosen.hidden_whole.any() == Problem(system, rule, 1).small.any()
    assert not exposed(system, chosen.hidden, rule, 1).any()
    assert not (chosen.hidden & (system.counts == 0)).any()


def test_a_source_hidden_whole_says_so():
    tables, base = random_tables(1)
    pattern, _, chosen = solve(tables, base, policy("under_five_hide"), time_limit=0.0)
    assert pattern.hidden_whole == ("t",)
    assert chosen.bound <= chosen.weight


def test_a_choice_that_the_certificate_rejects_is_not_published(monkeypatch):
    """A mistake of the search or the solver must not become a leak."""
    tables, base = random_tables(1)
    system = cells_of(tables, base)
    careless = lambda worlds, *_: (worlds.component.open.copy(), 0.0)  # noqa: E731
    monkeypatch.setattr(suppress_module, "_choose", careless)
    chosen = suppress(system, policy("under_five_hide"))
    assert chosen.hidden_whole.any()
    assert not exposed(system, chosen.hidden, policy("under_five_hide"), 1).any()


def test_a_world_that_a_shown_sum_rules_out_is_no_proof():
    tables, base = random_tables(1)
    system = cells_of(tables, base)
    problem = Problem(system, policy("under_five_hide"), 1)
    still = np.zeros(len(system), dtype=np.int64)
    assert is_unseen(problem, problem.primary, still)
    moved = still.copy()
    moved[np.flatnonzero(problem.primary)[0]] = 1
    assert not is_unseen(problem, problem.primary, moved)


def test_a_policy_that_hides_nothing_can_not_be_asked_what_to_hide():
    tables, base = random_tables(0)
    with pytest.raises(InputError, match="open"):
        protect(tables, base, policy("open"))


def test_a_reader_of_hidden_zeros_can_not_know_that_hidden_counts_are_at_least_one():
    rule = Policy(name="x", title="", why="", threshold=5, zeros="hidden", level="hide")
    tables, base = random_tables(0)
    with pytest.raises(InputError, match="at least 1"):
        suppress(cells_of(tables, base), rule, hidden_at_least=1)


def test_tables_of_two_sources_are_not_protected_together():
    base = random_tables(0)[1]
    other = TableDeclaration(id="u", title="", source="police", dimensions=["a"], count="people")
    with pytest.raises(InputError, match="one source"):
        protect([declared("a"), other], base, policy("under_five_hide"))
    with pytest.raises(InputError, match="called t"):
        protect([declared("a"), declared("b")], base, policy("under_five_hide"))
