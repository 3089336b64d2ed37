"""Two counts against each other."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdpb.statistics.ratios import exclusive_parts, rate_ratio, two_counts

COUNTS = st.integers(min_value=0, max_value=3_000)


def test_twelve_deaths_against_nineteen_are_no_fall_shown():
    """0.63, 0.28 to 1.37: the two intervals overlap, but that is not why."""
    found = two_counts(12, 19)

    assert found["ratio"] == pytest.approx(12 / 19)
    assert found[["lower", "upper"]].round(2).tolist() == [0.28, 1.37]
    # By hand: twice the chance of at most 12 heads in 31 throws.
    assert found["p_value"] == pytest.approx(0.28104151505975916, rel=1e-12)


def test_a_ratio_is_of_rates_and_not_of_counts():
    """Twice the events in twice the people is no difference."""
    found = rate_ratio(20, 2000, 10, 1000).iloc[0]

    assert found["ratio"] == pytest.approx(1.0)
    assert found["p_value"] == 1.0


def test_nothing_on_one_side_leaves_one_limit():
    """None against five may be up to about as many; five against none has no ratio."""
    found = rate_ratio([0, 5, 0], [1, 1, 1], [5, 0, 0], [1, 1, 1])

    assert found["ratio"].isna().tolist() == [False, True, True]
    assert found["lower"].isna().tolist() == [False, False, True]
    assert found["upper"].isna().tolist() == [False, True, True]
    assert found.loc[0, ["ratio", "lower"]].tolist() == [0, 0]
    assert found["p_value"].tolist() == pytest.approx([0.0625, 0.0625, 1.0])


def test_missing_gives_missing():
    """An unknown count is no evidence of anything."""
    assert rate_ratio(pd.Series([np.nan]), 1, 5, 1).isna().all(axis=None)


@given(COUNTS, COUNTS, st.integers(1, 10_000), st.integers(1, 10_000))
def test_p_is_below_five_per_cent_exactly_where_the_interval_leaves_out_one(a, b, n, m):
    """A page that said "no difference shown" beside p = 0.04 would contradict itself."""
    found = rate_ratio(a, n, b, m).iloc[0]
    above = found["lower"] > 1
    below = found["upper"] < 1

    assert (found["p_value"] < 0.05) == (above or below)


@given(COUNTS, COUNTS)
def test_the_ratio_lies_within_its_limits(a, b):
    """For any two counts that have one."""
    found = two_counts(a, b)
    if b:
        assert found["lower"] <= found["ratio"] <= found["upper"]


def tails(part: int, other: int) -> float:
    """Twice the chance of at most so many heads, of a coin thrown once for each of both."""
    both, fewer = part + other, min(part, other)
    return min(1, 2 * sum(comb(both, at) for at in range(fewer + 1)) / 2**both)


def rounded(part: int, other: int) -> pd.DataFrame:
    """Two parts of one whole as a publisher rounds them, to 5."""
    rows = [("A", "2021/22", name, count, max(0, count - 2), count + 2)
            for name, count in (("gps", part), ("self", other))]  # fmt: skip
    columns = ["area_code", "year", "measure", "people", "lowest", "highest"]
    table = pd.DataFrame(rows, columns=columns)
    table.attrs["source"] = "ndtms_adults"
    return table


@pytest.mark.parametrize("counts", [(85, 110), (5, 20), (30, 30), (0, 10)])
def test_two_parts_of_one_whole_are_tried_at_every_count_that_rounding_allows(counts):
    """Neither is a fixed number: 85 and 110 of the same 235 are p = 0.085, not one below 0.05."""
    table = rounded(*counts)
    found = exclusive_parts(table, "gps", "self").iloc[0]

    (a, b), (c, d) = table[["lowest", "highest"]].to_numpy().tolist()
    tried = [tails(one, two) for one in range(a, b + 1) for two in range(c, d + 1)]
    assert found["p_lowest"] == pytest.approx(min(tried))
    assert found["p_highest"] == pytest.approx(max(tried))
    # The limits leave out 1 exactly where every count shows a difference.
    apart = found["ratio_upper"] < 1 or found["ratio_lower"] > 1
    assert apart == (max(tried) < 0.05)


def test_what_is_said_of_the_two_routes_is_what_was_counted_by_hand():
    found = exclusive_parts(rounded(85, 110), "gps", "self").iloc[0]

    assert tails(85, 110) == pytest.approx(0.085, abs=5e-4)
    assert found["part_ratio"] == pytest.approx(85 / 110)
    assert (round(found["p_lowest"], 3), round(found["p_highest"], 2)) == (0.045, 0.15)
    assert exclusive_parts(rounded(85, 110).iloc[:0], "gps", "self").empty
