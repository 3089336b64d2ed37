"""Figures that were revised between publications, and a reader who looks back."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.protect import protect, solve
from cdpb.disclosure.readers import views
from cdpb.policies import policy
from cdpb.runner.gates.exposed import exposed
from tests.disclosure.test_suppress import declared
from tests.support.releases import opened_looking_back, opened_today, released
from tests.support.tables import table

HIDE = policy("under_five_hide")
THEN = table("""
    ward people
    A         3
    B         7
    C        40
""")
NOW = table("""
    ward people
    A        13
    B         7
    C        40
""")


def test_a_revised_count_does_not_open_what_was_hidden_then():
    """A stood at 3 and is revised to 13; nothing is small now. But 50 less 40 and 7 is 3."""
    then = protect([declared("ward")], THEN, HIDE)
    assert then.of("t") == {("A",), ("B",)}
    entry = released(then, declared("ward"), THEN)
    alone = protect([declared("ward")], NOW, HIDE).of("t")
    assert len(opened_looking_back(entry, THEN, declared("ward"), NOW, alone, HIDE)) == 1
    reckoned = protect([declared("ward")], NOW, HIDE, earlier=[entry]).of("t")
    assert reckoned == {("A",), ("B",)}
    assert opened_looking_back(entry, THEN, declared("ward"), NOW, reckoned, HIDE) == []


def test_what_was_hidden_and_is_none_today_still_needs_cover():
    """A stood at 3. Shown as 0 it covers nothing, and 7 and 40 of 50 would leave 3 again."""
    none = THEN.assign(people=[0, 7, 40])
    entry = released(protect([declared("ward")], THEN, HIDE), declared("ward"), THEN)
    alone = protect([declared("ward")], none, HIDE).of("t")
    assert len(opened_looking_back(entry, THEN, declared("ward"), none, alone, HIDE)) == 1
    reckoned = protect([declared("ward")], none, HIDE, earlier=[entry]).of("t")
    assert reckoned == {("B",)}
    assert opened_looking_back(entry, THEN, declared("ward"), none, reckoned, HIDE) == []

    system = cells_of({"t": declared("ward")}, none, [entry])
    _, back = views(system, [entry], HIDE, "public")
    by_the_gate = [
        exposed(back.system, system.marked({"t": hidden}), HIDE, 1, back.guarded).any()
        for hidden in (alone, reckoned)
    ]
    assert by_the_gate == [True, False]


def test_a_revision_that_was_published_already_still_opens_the_first_release():
    """The revised total of 60 was shown, with A and B hidden; the first release's 50 stands."""
    first = released(protect([declared("ward")], THEN, HIDE), declared("ward"), THEN)
    pattern = protect([declared("ward")], NOW, HIDE, earlier=[first])
    second = released(pattern, declared("ward"), NOW, release="2022-23_public_2")
    third = protect([declared("ward")], NOW, HIDE, earlier=[first, second]).of("t")
    assert opened_looking_back(first, THEN, declared("ward"), NOW, third, HIDE) == []


def test_a_hidden_count_that_is_none_today_was_revised_though_no_shown_one_was():
    """A and B stood at 2 and 3, and at 0 and 5 today: 5 is what they were together."""
    then = table("""
        ward sex    people
        A    women       2
        A    men         3
        B    women       9
        B    men         8
        C    women      30
        C    men        50
    """)
    now = then.assign(people=[0, 5, 11, 6, 30, 50])
    entry = released(protect([declared("ward", "sex")], then, HIDE), declared("ward", "sex"), then)
    assert None not in [entry.cells[key] for key in [("C", "total"), ("total", "total")]]
    alone = protect([declared("ward", "sex")], now, HIDE).of("t")
    reckoned = protect([declared("ward", "sex")], now, HIDE, earlier=[entry]).of("t")
    opened = [
        len(opened_looking_back(entry, then, declared("ward", "sex"), now, hidden, HIDE))
        for hidden in (alone, reckoned)
    ]
    assert opened[0] > opened[1] == 0


def test_a_count_that_was_shown_and_is_small_now_is_hidden():
    """What was shown then was another count. B is known from then, so the total must go."""
    then = THEN.assign(people=[12, 7, 40])
    now = THEN.assign(people=[3, 7, 40])
    entry = released(protect([declared("ward")], then, HIDE), declared("ward"), then)
    assert protect([declared("ward")], now, HIDE, earlier=[entry]).of("t") == {("A",), ("total",)}


def revised_releases(seed, gone=0):
    """Two releases that overlap; a few figures were revised in between, some small ones to 0."""
    random = np.random.default_rng(seed)
    wards, kinds = random.integers(3, 6), random.integers(2, 4)
    keys = list(product(range(wards), range(kinds), ["Y0", "Y1", "Y2"]))
    then = pd.DataFrame(keys, columns=["a", "b", "year"])
    then["people"] = random.negative_binomial(1, random.uniform(0.08, 0.3), size=len(then))
    now = then.copy()
    for row in random.choice(len(now), size=random.integers(1, 4), replace=False):
        now.loc[row, "people"] = max(0, int(now["people"][row]) + int(random.integers(-4, 12)))
    small = np.flatnonzero(then["people"].between(1, 4) & (then["year"] != "Y2"))
    now.loc[np.random.default_rng(seed).permutation(small)[:gone], "people"] = 0
    first = declared("a", "b", "year", filter={"year": ["Y0", "Y1"]})
    second = (
        declared("a", "b", "year", filter={"year": ["Y1", "Y2"]})
        if random.random() < 0.5
        else declared("a", "b", "year", totals=["a", "b"])
    )
    return first, then, second, now


def opened_by_revision(seed, gone=0):
    first, then, second, now = revised_releases(seed, gone)
    entry = released(protect([first], then, HIDE), first, then)
    alone = protect([second], now, HIDE).of("t")
    pattern, system, chosen = solve([second], now, HIDE, earlier=[entry])
    assert opened_today(system, chosen.hidden, HIDE) == 0
    assert not (chosen.hidden & (system.counts == 0)).any()
    return [
        len(opened_looking_back(entry, then, second, now, hidden, HIDE))
        for hidden in (alone, pattern.of("t"))
    ]


def test_revised_releases_open_nothing_of_each_other():
    opened = [opened_by_revision(seed) for seed in (8, 9)]
    assert sum(alone for alone, _ in opened) > 0
    assert sum(reckoned for _, reckoned in opened) == 0


def test_releases_with_hidden_counts_that_are_none_today_open_nothing_of_each_other():
    alone, reckoned = opened_by_revision(0, gone=2)
    assert alone > 0
    assert reckoned == 0


@pytest.mark.proof
@pytest.mark.parametrize("gone", [0, 1, 2])
@pytest.mark.parametrize("seed", range(100))
def test_three_hundred_revised_releases_open_nothing_of_each_other(seed, gone):
    assert opened_by_revision(seed, gone)[1] == 0


def opened_by_a_third_release(seed):
    """Small counts that the last of three releases, each revised, opens of the two before it."""
    tables, figures = three_releases(seed)
    entries = []
    for declared_then, base in zip(tables[:2], figures[:2], strict=True):
        pattern = protect([declared_then], base, HIDE, earlier=entries)
        entries.append(released(pattern, declared_then, base, release=f"r{len(entries)}"))
    pattern, system, chosen = solve([tables[2]], figures[2], HIDE, earlier=entries)
    assert opened_today(system, chosen.hidden, HIDE) == 0
    return sum(
        len(opened_looking_back(entry, base, tables[2], figures[2], pattern.of("t"), HIDE))
        for entry, base in zip(entries, figures[:2], strict=True)
    )


def three_releases(seed):
    """As two, and the first table once more, of figures of which up to two were revised again."""
    first, then, second, now = revised_releases(seed)
    random = np.random.default_rng(1000 + seed)
    last = now.copy()
    for row in random.choice(len(last), size=random.integers(0, 3), replace=False):
        last.loc[row, "people"] = max(0, int(last["people"][row]) + int(random.integers(-4, 12)))
    return (first, second, first), (then, now, last)


def test_a_third_release_opens_nothing_of_the_two_before_it():
    assert opened_by_a_third_release(1) == 0


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_third_releases_open_nothing_of_the_two_before_them(seed):
    assert opened_by_a_third_release(seed) == 0


# What no shown figure tells --------------------------------------------------------------


def moved_among_the_hidden(seed):
    """A release, and figures that differ from it in hidden counts alone: its sums are the same."""
    random = np.random.default_rng(seed)
    wards, kinds = random.integers(3, 6), random.integers(2, 4)
    then = pd.DataFrame(product(range(wards), range(kinds)), columns=["a", "b"])
    then["people"] = random.negative_binomial(1, random.uniform(0.08, 0.3), size=len(then))
    entry = released(protect([declared("a", "b")], then, HIDE), declared("a", "b"), then)
    for _ in range(20):
        (up, down), kinds_moved = (random.choice(n, 2, replace=False) for n in (wards, kinds))
        by = dict(zip(product((up, down), kinds_moved), (1, -1, -1, 1), strict=True))
        hidden = all(entry.cells[str(ward), str(kind)] is None for ward, kind in by)
        moved = [by.get(key, 0) for key in zip(then["a"], then["b"], strict=True)]
        now = then.assign(people=then["people"] + int(random.integers(1, 9)) * np.array(moved))
        if hidden and (now["people"][np.array(moved) != 0] > 0).all():
            return then, entry, now
    return None


def narrowed(seeds):
    """How many such pairs there are, and what today's table leaves of counts that it narrows."""
    pairs = [found for found in map(moved_among_the_hidden, seeds) if found]
    ends = []
    for then, entry, now in pairs:
        today = protect([declared("a", "b")], now, HIDE, earlier=[entry]).of("t")
        ends += opened_looking_back(entry, then, declared("a", "b"), now, today, HIDE)
    return len(pairs), ends


def test_counts_that_moved_among_the_hidden_are_not_narrowed():
    """What was hidden stays hidden; shown today, it would narrow what was hidden with it then."""
    pairs, ends = narrowed([72, 113, 172, 231])
    assert pairs == 4
    assert ends == []


@pytest.mark.proof
def test_hundreds_of_counts_that_moved_among_the_hidden_are_not_narrowed():
    pairs, ends = narrowed(range(2000))
    print(f"{pairs} pairs of releases; counts narrowed from below: {len(ends)}")
    assert pairs > 800
    assert ends == []
