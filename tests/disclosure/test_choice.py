"""The choice of what to hide tells nobody what is hidden, not even who runs it herself."""

from itertools import product

import numpy as np
import pytest

from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.counted import counted
from cdpb.disclosure.earlier import EarlierTable
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.protect import protect
from cdpb.disclosure.suppress import seeming_small, suppress
from cdpb.policies import policy
from tests.disclosure.test_suppress import declared
from tests.support.choice_tables import KINDS, choice_tables
from tests.support.remembered import solved_once
from tests.support.replayed import (
    NEAR,
    ChosenKey,
    Walk,
    drawn_alike,
    drawn_as_chosen,
    gives,
    ratios,
    replays,
)
from tests.support.tables import table

LEVELS = {"band": "under_five_band", "hide": "under_five_hide"}
TENFOLD = 10.0
KEY = b"of this test"
# Of each kind so many tables, at each level: 64 in all. Of those that take longest, one.
TABLES = dict.fromkeys(KINDS, 1) | {
    "a pair": 7,
    "5 wards": 7,
    "pairs by year": 4,
    "24 wards": 4,
    "6 wards by offence": 4,
}


def test_sixty_tables_at_least_are_replayed():
    assert len(LEVELS) * sum(TABLES.values()) >= 60


def favoured(release, level, **how):
    """By how much one value of a small count makes the published pattern likelier than another."""
    return ratios(replays(cells_of(*release), policy(LEVELS[level]), **how)[1])


@pytest.mark.proof
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_value_gives_the_pattern_within_tenfold_in_sixty_four_tables(kind, level):
    """Sixty tables at least, with 300 keys for each value."""
    seeds = range(TABLES[kind])
    rule, found = policy(LEVELS[level]), []
    tables = [cells_of(*release) for each, release in choice_tables(seeds) if each == kind]
    for at, system in enumerate(tables):
        found += ratios(replays(system, rule, keys=300, seed=at)[1])
    least = sum(suppress(system, rule).weight for system in tables)
    keyed = [suppress(s, rule, key=bytes([at])).weight for s in tables for at in range(20)]
    told = f"{sum(keyed) / 20:.0f} counts are hidden beside the small ones, at least {least}"
    print(f"{level}, {kind}: worst {max(found):.1f}, median {np.median(found):.1f}; {told}")
    assert max(found) <= TENFOLD


@pytest.mark.parametrize(
    ("level", "first"),
    [
        ("band", 1),
        ("hide", 4),
        pytest.param("band", 4, marks=pytest.mark.proof),
        pytest.param("hide", 1, marks=pytest.mark.proof),
    ],
)
def test_eleven_as_four_and_seven_is_hidden_like_every_other_pair(level, first):
    """Once it was the only pair that gave its pattern, and so was known exactly."""
    base = table(f"""
        ward people
        A    {first}
        B    {11 - first}
        C    30
        D    40
    """)
    release = {"t": declared("ward")}, base
    assert max(favoured(release, level, keys=30)) <= TENFOLD


@pytest.mark.proof
def test_a_walk_through_keys_tells_what_keys_drawn_blindly_tell():
    """The walk finds rare patterns, and must not favour a value by the way it goes."""
    (release,) = [each for kind, each in choice_tables(range(1)) if kind == "a pair"]
    system, rule = cells_of(*release), policy(LEVELS["band"])
    hidden, (found,) = replays(system, rule, keys=600)

    random = np.random.default_rng(0)
    walk = Walk(system, rule, hidden, found.cell, random)
    given = dict.fromkeys(walk.worlds, 0)
    for at, value in product(range(600), walk.worlds):
        key = random.bytes(32)
        given[value] += gives(system, rule, walk.worlds[value][at % NEAR], key, hidden)

    shares = {value: often / sum(given.values()) for value, often in given.items()}
    assert found.frequencies == pytest.approx(shares, abs=0.06)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", ["24 wards", "12 wards by offence", "4 by 4"])
def test_what_is_remembered_while_keys_are_tried_changes_no_pattern(kind, level):
    """The replay asks once what it has asked before, and takes keys alike for one."""
    (release,) = [each for what, each in choice_tables(range(1)) if what == kind]
    system, rule, found = cells_of(*release), policy(LEVELS[level]), {}
    keys = [bytes([at]) for at in range(6)]
    afresh = [suppress(system, rule, key=key).hidden.tolist() for key in keys]
    with solved_once():
        assert [suppress(system, rule, key=key).hidden.tolist() for key in keys * 2] == afresh * 2
    for key, hidden in zip(keys, afresh, strict=True):
        alike = drawn_alike(system, rule, system.counts, key)
        assert found.setdefault(alike, hidden) == hidden


def test_keys_alike_in_all_that_the_choice_depends_on_give_one_pattern():
    """The cost of what is hidden anyway, and the margin of a large count, are no part of it."""
    system, rule = cells_of({"t": declared("ward")}, CLOSE), policy("under_five_band")
    random, first = np.random.default_rng(0), np.full((3, len(system)), 0.5)
    patterns: dict[tuple[bytes, ...], set[bytes]] = {}
    with drawn_as_chosen():
        for _ in range(200):
            numbers = np.where(random.random(first.shape) < 0.2, random.random(first.shape), first)
            key = ChosenKey.of(system, numbers)
            alike = drawn_alike(system, rule, system.counts, key)
            hidden = suppress(system, rule, key=key).hidden.tobytes()
            patterns.setdefault(alike, set()).add(hidden)
    assert len(patterns) < 150
    assert all(len(each) == 1 for each in patterns.values())


CLOSE = table("""
    ward people
    A         4
    B         7
    C         7
    D        40
""")


def test_the_choice_is_drawn_with_the_key():
    """Of two counts alike either is hidden, so nobody can tell which the software would take."""
    system, rule = cells_of({"t": declared("ward")}, CLOSE), policy("under_five_band")
    found = {suppress(system, rule, key=bytes([at])).hidden.tobytes() for at in range(12)}
    assert len(found) > 1


def test_one_key_chooses_one_pattern():
    """A run that is repeated gives the same bytes."""
    system, rule = cells_of({"t": declared("ward")}, CLOSE), policy("under_five_band")
    once, again = (suppress(system, rule, key=KEY).hidden for _ in range(2))
    assert (once == again).all()


def test_a_cell_is_drawn_by_its_name_alone():
    """Another table or year that is added leaves what was drawn as it was."""
    one = cells_of({"t": declared("ward")}, CLOSE)
    two = cells_of({"t": declared("ward"), "u": declared("ward", name="u")}, CLOSE)
    assert set(one.names) <= set(two.names)


CROSSED = table("""
    ward offence people
    A    x            3
    A    y            9
    B    x            9
    B    y            5
    C    x           40
    C    y           50
""")


@pytest.mark.parametrize("level", LEVELS)
def test_what_may_seem_small_may_be_every_small_count(level):
    """Where a hidden count can be 3 but not 1, whoever supposes 3 knows that it isn't."""
    system, rule = cells_of({"t": declared("ward", "offence")}, CROSSED), policy(LEVELS[level])
    for at in range(8):
        found = suppress(system, rule, key=bytes([at]))
        problem = Problem(system, rule, 1, key=bytes([at]))
        assert not seeming_small(problem, found.hidden, problem.components()).any()


def test_a_count_of_the_share_is_protected_as_a_small_one_is():
    """Hidden alone beside its total, it would say that it is none of the small ones."""
    base = table("""
        ward people
        A         6
        B        50
        C        60
    """)
    system, rule = cells_of({"t": declared("ward")}, base), policy("under_five_band")
    found = [suppress(system, rule, key=bytes([at])).hidden[:3].tolist() for at in range(24)]
    assert [True, True, False] in found
    assert all(sum(hidden) != 1 for hidden in found)


def test_without_it_some_cells_could_be_taken_for_small_and_found_not_to_be():
    """What the closing of the choice is there to mend."""
    system, rule = cells_of({"t": declared("ward", "offence")}, CROSSED), policy("under_five_band")
    problem, least = Problem(system, rule, 1), suppress(system, rule)
    assert seeming_small(problem, least.hidden, problem.components()).any()


def test_a_third_is_often_hidden_where_two_small_counts_would_do():
    """Beside 1 and 4 it must be; were it never beside 1 and 5, all would see which they are."""
    rule, often = policy("under_five_hide"), {}
    for other in (4, 5):
        base = table(f"""
            ward people
            A        17
            B         1
            C    {19 - other}
            D    {other}
            E        33
        """)
        system = cells_of({"t": declared("ward")}, base)
        found = [suppress(system, rule, key=bytes([at])).hidden[2] for at in range(24)]
        often[other] = sum(map(bool, found))
    assert often[4] <= 3 * often[5]
    assert often[5] < 24


def test_five_is_hidden_where_not_even_that_a_count_is_small_may_be_known():
    """If five were hidden for the sake of others alone, a hidden count could hardly be five."""
    hide, band = policy("under_five_hide"), policy("under_five_band")
    assert [count for count in range(8) if hide.hides(count)] == [1, 2, 3, 4, 5]
    assert [count for count in range(8) if band.hides(count)] == [1, 2, 3, 4]


@pytest.mark.parametrize("key", range(6))
def test_what_was_released_stays_as_it_is_whatever_the_key(key):
    """The difference of two patterns of the same counts would tell of them."""
    tables, rule = {"f/t": declared("ward")}, policy("under_five_band")
    first = protect(tables, CLOSE, rule, key=KEY)
    shown = counted(tables["f/t"], CLOSE)
    cells = {each: None if each in first.of("f/t") else count for each, count in shown.items()}
    before = EarlierTable("f/t", "2023-24_public", "public", tables["f/t"], cells)
    again = protect(tables, CLOSE, rule, key=bytes([key]), earlier=[before])
    assert again.hidden == first.hidden
