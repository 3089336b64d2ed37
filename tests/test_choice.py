"""The choice of what to hide tells nobody what is hidden, not even who runs it herself."""

from dataclasses import replace

import numpy as np
import pytest

from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.policy import policy
from cdpb.disclosure.suppress import suppress
from tests.choice_tables import choice_tables
from tests.replayed import Software, ratios, replays
from tests.tables import table
from tests.test_suppress import declared

LEVELS = {"band": "under_five_band", "hide": "under_five_hide"}
TENFOLD = 10.0
SEEDS = 6
# Of these one value of a small count may be ruled out: see docs/proof.md.
CROSSED = ("4 by 4", "5 by 3", "2 by 2 by 2", "two tables of the same people")


def favoured(release, level, *, cells=2, draws=20, seed=0):
    """By how much one value of a small count makes the published pattern likelier than another."""
    system, rule = cells_of(*release), policy(LEVELS[level])
    return ratios(replays(system, rule, cells=cells, draws=draws, seed=seed)[1])


@pytest.mark.parametrize("level", LEVELS)
def test_the_pattern_is_as_likely_whichever_small_count_it_hides(level):
    """Else running the software on each candidate would give the count away."""
    tables = list(choice_tables(range(1)))
    quick = [each for each in tables if each[0] in ("a pair", "pairs by year", "5 wards")]
    for kind, release in quick:
        assert max(favoured(release, level, cells=1, draws=8), default=1) <= TENFOLD, kind


@pytest.mark.proof
@pytest.mark.parametrize("level", LEVELS)
def test_the_pattern_is_as_likely_in_sixty_six_tables(level):
    found = {}
    for at, (kind, release) in enumerate(choice_tables(range(SEEDS))):
        each = favoured(release, level, cells=1, draws=100, seed=at)
        found.setdefault(kind, []).extend(each)
    for kind, each in found.items():
        print(f"{level}, {kind}: worst {max(each):.1f}, median {np.median(each):.1f}")
    for kind in found.keys() - set(CROSSED):
        assert max(found[kind]) <= TENFOLD, kind


@pytest.mark.parametrize("first", [1, 4])
@pytest.mark.parametrize("level", LEVELS)
def test_eleven_as_four_and_seven_is_hidden_like_every_other_pair(level, first):
    """Once it was the only pair that gave its pattern, and so was known exactly."""
    base = table(f"""
        ward people
        A    {first}
        B    {11 - first}
        C    30
        D    40
    """)
    assert max(favoured(({"t": declared("ward")}, base), level, cells=1, draws=8)) <= TENFOLD


@pytest.mark.proof
@pytest.mark.parametrize("level", LEVELS)
def test_what_is_replayed_is_what_the_software_does(level):
    """A replay of something else would prove nothing."""
    for kind, release in choice_tables(range(1, 2)):
        system, rule = cells_of(*release), policy(LEVELS[level])
        replayed = Software(system, rule).pattern(system.counts)
        assert (replayed == suppress(system, rule, weigh="public").hidden).all(), kind


def test_choosing_by_counts_would_give_them_away():
    """What the replay is there to find: of other counts another pattern would be published."""
    base = table("""
        ward people
        A         4
        B         7
        C         9
        D        40
    """)
    system, rule = cells_of({"t": declared("ward")}, base), policy("under_five_band")
    places = [system.cells["t"][ward,] for ward in "AB"]
    counts = system.counts.copy()
    counts[places] = 1, 10
    other = replace(system, counts=counts)
    by_counts = [suppress(each, rule, weigh="counts").hidden for each in (system, other)]
    assert (by_counts[0] != by_counts[1]).any()
    ours = [suppress(each, rule, weigh="public").hidden for each in (system, other)]
    assert (ours[0] == ours[1]).all()


def test_five_is_hidden_where_not_even_that_a_count_is_small_may_be_known():
    """If five were hidden for the sake of others alone, a hidden count could hardly be five."""
    hide, band = policy("under_five_hide"), policy("under_five_band")
    assert [count for count in range(8) if hide.hides(count)] == [1, 2, 3, 4, 5]
    assert [count for count in range(8) if band.hides(count)] == [1, 2, 3, 4]
