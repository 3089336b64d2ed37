"""Counts rounded at the gate: what is shown, and what a reader can make of it."""

import numpy as np
import pandas as pd
import pytest

from cdpb.disclosure.attack import Range, attack
from cdpb.disclosure.counted import counted
from cdpb.disclosure.declared import Column, TableDeclaration
from cdpb.disclosure.gate import publish
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.masking import counts_behind, rounded
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.protect import protect, solve
from cdpb.errors import GateRefused
from cdpb.policies import policy
from tests.support.random_tables import random_tables
from tests.support.sampled import sampled
from tests.support.tables import table

NHS = policy("nhs_one_to_seven")
NEAREST_5 = Policy(name="r", title="", why="", threshold=5, level="band", rounding="nearest_5")
RECOMPUTED = NHS.model_copy(update={"totals": "recomputed"})
ENDLESS = 10**6
COLUMNS = {
    "ward": Column(label="Ward", kind="name"),
    "sex": Column(label="Sex", kind="name"),
    "people": Column(label="People", kind="count"),
    "unstable": Column(label="Unstable", kind="flag"),
}
DECLARED = TableDeclaration(
    id="t", title="People", source="returns", dimensions=["ward", "sex"], count="people",
    totals=["ward", "sex"],
)  # fmt: skip
LARGE = table("""
    ward sex   people
    A    women     11
    A    men       22
    B    women     32
    B    men       17
""")
WITH_SMALL = table("""
    ward sex   people
    A    women      7
    A    men       22
    B    women     32
    B    men       17
    C    women      0
    C    men       44
""")


def let_out(base, rule, declared=DECLARED, **more):
    counts = counted(declared, base)
    frame = pd.DataFrame(list(counts), columns=declared.dimensions).assign(people=counts.values())
    pattern = protect([declared], base, rule)
    shown = publish(
        frame.assign(**more), declared, policy=rule, columns=COLUMNS, pattern=pattern, base=base
    )
    return {(row["ward"], row["sex"]): row["people"] for row in shown.rows()}


def test_under_the_nhs_rule_one_to_seven_are_hidden_and_the_rest_end_in_0_or_5():
    people = let_out(WITH_SMALL, NHS)
    assert people["A", "women"] is MASKED
    assert people["C", "women"] == 0
    assert {value % 5 for value in people.values() if value is not MASKED} == {0}
    assert people["C", "men"] == 45
    assert [count for count in range(10) if NHS.is_primary(count)] == [1, 2, 3, 4, 5, 6, 7]


def test_totals_are_rounded_by_themselves_or_add_up():
    """15 men and 20 men are 39 men: to the nearest 5 forty, as the sum of what is shown 35."""
    assert let_out(LARGE, NHS)["total", "men"] == 40
    people = let_out(LARGE, RECOMPUTED)
    assert people["total", "men"] == people["A", "men"] + people["B", "men"] == 35
    assert people["total", "total"] == people["A", "total"] + people["B", "total"]


def test_a_total_with_a_hidden_part_is_not_the_sum_of_the_others():
    """That would be a false total, printed as true; and the sum of all would tell the part."""
    people = let_out(WITH_SMALL, RECOMPUTED)
    assert people["A", "women"] is MASKED
    assert people["total", "total"] == rounded(122) == 120


@pytest.mark.parametrize("rule", [NHS, RECOMPUTED, NEAREST_5])
def test_a_mark_of_instability_would_tell_more_than_the_rounded_count(rule):
    """10 shown is 8 to 12; marked as fewer than ten it is 8 or 9."""
    with pytest.raises(GateRefused, match="unstable"):
        let_out(LARGE, rule, DECLARED.model_copy(update={"derived": ["unstable"]}), unstable=True)


@pytest.mark.parametrize("rule", [NHS, NEAREST_5])
@pytest.mark.parametrize("count", [0, *range(8, 31)])
def test_the_counts_behind_a_rounded_one_are_those_that_are_shown_so(rule, count):
    alike = [each for each in range(60) if not rule.is_primary(each)]
    alike = [each for each in alike if rounded(each) == rounded(count)]
    assert counts_behind(rounded(count), rule) == (min(alike), max(alike))


def as_shown(system, hidden, rule):
    """What a reader of the rounded tables knows: no count, only where each lies."""
    for cell in np.flatnonzero(system.published):
        count = int(system.counts[cell])
        least, greatest = (1, ENDLESS) if hidden[cell] else counts_behind(rounded(count), rule)
        yield Range(int(cell), least, greatest)


@pytest.mark.parametrize("rule", [NHS, NEAREST_5])
@pytest.mark.parametrize("seed", sampled(range(0, 24, 2), 5))
def test_no_reader_of_rounded_tables_does_better_than_the_policy_promises(rule, seed):
    """All of 1 to 7 (or 4) stays possible of each hidden count, rounded totals and all."""
    tables, base = random_tables(seed)
    _, system, chosen = solve(tables, base, rule)
    problem = Problem(system, rule, 1)
    hidden = np.flatnonzero(problem.primary).tolist()
    ranges = list(as_shown(system, chosen.hidden, rule))
    found = attack(system, system.published, hidden_at_least=0, cells=hidden, ratios=ranges)
    for cell, interval in found.items():
        assert interval.holds(max(1, problem.floors.of(cell).least), rule.must_reach)


def test_rounding_alone_would_be_undone_by_adding_up():
    """Four wards of 7 read 5 each, and 30 in all: no other counts do."""
    base = table("""
        ward people
        A         7
        B         7
        C         7
        D         7
    """)
    declared = TableDeclaration(
        id="t", title="", source="returns", dimensions=["ward"], count="people", totals=["ward"]
    )
    _, system, _ = solve([declared], base, NEAREST_5)
    shown = [Range(cell, max(0, rounded(int(n)) - 2), rounded(int(n)) + 2)
             for cell, n in enumerate(system.counts)]  # fmt: skip
    found = attack(system, system.published, hidden_at_least=0, ratios=shown)
    assert {(each.least, each.greatest) for each in found.values()} == {(7, 7), (28, 28)}
    with pytest.raises(ValueError, match="undone by adding up"):
        Policy(name="x", title="", why="", rounding="nearest_5")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"rounding": "nhs", "threshold": 5, "level": "band"}, "1 to 7"),
        ({"totals": "recomputed"}, "only where counts are rounded"),
    ],
)
def test_a_rounding_rule_that_contradicts_itself_is_refused(fields, says):
    with pytest.raises(ValueError, match=says):
        Policy(name="x", title="", why="", **fields)
