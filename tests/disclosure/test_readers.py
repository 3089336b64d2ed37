"""What was published before is part of what a reader adds and subtracts."""

import numpy as np
import pandas as pd
import pytest

from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.earlier import EarlierTable
from cdpb.disclosure.protect import protect, solve
from cdpb.policies import policy
from cdpb.runner.gates.exposed import exposed
from tests.disclosure.test_suppress import declared
from tests.support.releases import (
    opened_today,
    recovered,
    released,
    together,
)
from tests.support.shared import shared
from tests.support.tables import table

HIDE = policy("under_five_hide")
WARDS = table("""
    ward sex    people
    A    women       3
    A    men        20
    B    women      12
    B    men        40
    C    women      30
    C    men        50
""")


def of_years(years, name="t", **more):
    return declared("ward", "offence", "year", count="count", name=name,
                    filter={"year": list(years)}, **more)  # fmt: skip


def ward_years(wards=None):
    """The reference wards with a sixth year of like size."""
    base = pd.read_csv(shared("disclosure", "ward_shaped.csv"))
    if wards:
        base = base[base["ward"].isin(sorted(base["ward"].unique())[:wards])]
    random = np.random.default_rng(1)
    mean = base.groupby(["ward", "offence"], as_index=False)["count"].mean()
    sixth = mean.assign(year="Y5", count=random.poisson(mean["count"]))
    return pd.concat([base, sixth], ignore_index=True)


def last_years_table_and_this_years(base, first, second):
    """Recovered, and hidden beside the small: each table by itself; and with the ledger."""
    tables = {"then": of_years(first, "then"), "now": of_years(second, "now")}
    then, _, _ = solve([tables["then"]], base, HIDE)
    alone, _, by_itself = solve([tables["now"]], base, HIDE)
    patterns = {"then": then.of("then"), "now": alone.of("now")}
    system, hidden = together(tables, patterns, base)
    entry = released(then, tables["then"], base)
    _, reader, chosen = solve([tables["now"]], base, HIDE, earlier=[entry])
    assert not chosen.hidden_whole.any()
    assert opened_today(reader, chosen.hidden, HIDE) == 0
    return (
        (recovered(system, hidden, HIDE), by_itself.weight),
        (recovered(reader, chosen.hidden, HIDE), chosen.weight),
    )


def test_this_years_table_can_not_be_subtracted_from_last_years():
    """Each perfect alone, two overlapping tables give counts away; with the ledger none."""
    base = ward_years(wards=14)
    alone, reckoned = last_years_table_and_this_years(base, ["Y1", "Y2"], ["Y2", "Y3"])
    assert alone[0] > 0
    assert reckoned[0] == 0
    assert reckoned[1] > alone[1]  # What it costs: more counts hidden beside the small ones.


@pytest.mark.proof
def test_five_year_tables_of_two_years_give_nothing_away():
    """At the size of the issue: 25 wards, two kinds of offence and their total, six years."""
    years = [f"Y{at}" for at in range(6)]
    alone, reckoned = last_years_table_and_this_years(ward_years(), years[:5], years[1:])
    assert alone[0] > 5
    assert reckoned[0] == 0


def test_what_was_hidden_then_is_not_shown_by_another_table_now():
    """Nobody shows the small count now, but its row total and the rest of the row."""
    then = protect([declared("ward", "sex")], WARDS, HIDE)
    entry = released(then, declared("ward", "sex"), WARDS)
    men = declared("ward", "sex", name="men", totals=["ward"], filter={"sex": "men"})
    assert not protect([men], WARDS, HIDE).of("men")
    assert protect([men], WARDS, HIDE, earlier=[entry]).of("men") == {("A", "men"), ("B", "men")}


def test_the_same_table_again_hides_the_same():
    then = protect([declared("ward", "sex")], WARDS, HIDE)
    entry = released(then, declared("ward", "sex"), WARDS)
    assert protect([declared("ward", "sex")], WARDS, HIDE, earlier=[entry]).hidden == then.hidden


def test_a_small_count_that_was_shown_is_known_and_gives_no_cover():
    """It can't be taken back; and hiding it can't protect anybody else."""
    base = table("""
        ward people
        A         2
        B         3
        C        30
        D        40
    """)
    entry = released(protect([declared("ward")], base, HIDE), declared("ward"), base)
    shown = {**entry.cells, ("A",): 2}
    entry = type(entry)(entry.name, entry.release, "public", entry.declared, shown)
    pattern, system, chosen = solve([declared("ward", totals=[])], base, HIDE, earlier=[entry])
    assert ("A",) not in pattern.of("t")
    assert ("A",) in pattern.known["t"]
    assert opened_today(system, chosen.hidden, HIDE) == 0


def test_what_an_earlier_release_gave_away_is_not_asked_for_again():
    """B, C and the total were shown: A is known already. What is left is protected, and passes."""
    base = table("""
        ward sex    people
        A    women       3
        A    men         2
        B    women      12
        B    men        40
        C    women      30
        C    men        50
    """)
    cells = {("A",): None, ("B",): 52, ("C",): 80, ("total",): 137}
    entry = EarlierTable("t", "2022-23_public", "public", declared("ward"), cells)
    pattern, system, chosen = solve([declared("ward", "sex")], base, HIDE, earlier=[entry])
    assert {("A", "women"), ("A", "men")} < pattern.of("t")
    assert not exposed(system, chosen.hidden, HIDE, 1).any()


# Who reads -------------------------------------------------------------------------------


def test_the_public_edition_hides_what_the_partnership_edition_hides():
    """A member of the board reads both; an earlier partnership release is known to her alone."""
    shown = {key: 3 if key == ("A", "women") else None for key in [("A", "women"), ("A", "men")]}
    entry = released(protect([declared("ward", "sex")], WARDS, HIDE), declared("ward", "sex"),
                     WARDS, edition="partnership", release="2022-23_partnership")  # fmt: skip
    entry = type(entry)(entry.name, entry.release, entry.edition, entry.declared,
                        {**entry.cells, ("A", "women"): shown[("A", "women")]})  # fmt: skip
    told = {
        edition: protect([declared("ward", "sex")], WARDS, HIDE, earlier=[entry], edition=edition)
        for edition in ("public", "partnership")
    }
    assert ("A", "women") in told["public"].of("t")
    assert ("A", "women") not in told["partnership"].of("t")
    assert told["partnership"].of("t") <= told["public"].of("t")


# What the sender hides -------------------------------------------------------------------


def test_a_count_that_the_sender_hides_takes_every_sum_of_it_along():
    base = WARDS.assign(people=WARDS["people"].astype("Int64").mask(WARDS["people"] == 3))
    hidden = protect([declared("ward", "sex")], base, HIDE).of("t")
    assert hidden == {("A", "women"), ("A", "total"), ("total", "women"), ("total", "total")}


def test_a_count_that_the_sender_hides_now_was_another_then():
    """What was shown of it then can't be held against today's figures."""
    then = WARDS.assign(people=[30, 20, 12, 40, 30, 50])
    entry = released(protect([declared("ward", "sex")], then, HIDE), declared("ward", "sex"), then)
    base = WARDS.assign(people=WARDS["people"].astype("Int64").mask(WARDS["people"] == 3))
    system = cells_of({"t": declared("ward", "sex")}, base, [entry])
    assert system.unknown.any()
    pattern = protect([declared("ward", "sex")], base, HIDE, earlier=[entry])
    assert ("A", "women") in pattern.of("t")
    assert ("B", "men") not in pattern.of("t")
