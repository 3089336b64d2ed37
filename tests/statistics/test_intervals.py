"""Confidence limits, against published values and against what they must always be."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdpb.errors import InputError
from cdpb.statistics.intervals import (
    byars_interval,
    exact_poisson_interval,
    normal_quantile,
    odds_of_two_counts,
    poisson_interval,
    wilson_score_interval,
)
from tests.support.golden import golden, near

COUNTS = st.integers(min_value=0, max_value=1_000_000)
CONFIDENCE = st.sampled_from([0.9, 0.95, 0.99, 0.998])


def limits(frame: pd.DataFrame) -> list[float]:
    """The one row's two limits."""
    return frame.loc[0, ["lower", "upper"]].tolist()


def test_wilson_agrees_with_newcombes_table():
    """Newcombe 1998, Stat Med 17: 857-872, table I, method 3, printed to four places."""
    assert limits(wilson_score_interval(81, 263)) == pytest.approx([0.2553, 0.3662], abs=5e-5)
    assert limits(wilson_score_interval(15, 148)) == pytest.approx([0.0624, 0.1605], abs=5e-5)
    assert limits(wilson_score_interval(0, 20)) == pytest.approx([0, 0.1611], abs=5e-5)
    assert limits(wilson_score_interval(1, 29)) == pytest.approx([0.0061, 0.1718], abs=5e-5)


def test_exact_limits_agree_with_garwoods_table():
    """Garwood 1936: counts of 0, 1, 2 and 5; nothing seen still allows 3.689."""
    assert limits(exact_poisson_interval(0)) == pytest.approx([0, 3.6889], abs=5e-5)
    assert limits(exact_poisson_interval(1)) == pytest.approx([0.0253, 5.5716], abs=5e-5)
    assert limits(exact_poisson_interval(2)) == pytest.approx([0.2422, 7.2247], abs=5e-5)
    assert limits(exact_poisson_interval(5)) == pytest.approx([1.6235, 11.6683], abs=5e-5)


def test_byars_limits_agree_with_the_field_s_package():
    """PHEindicatormethods 2.1.0, testdata_Byars_Wilson.xlsx, rows 2 and 5."""
    assert limits(byars_interval(65)) == pytest.approx(
        [50.163187710459454, 82.84913854593984], rel=1e-9
    )
    assert limits(byars_interval(65, confidence=0.998)) == pytest.approx(
        [42.8802614714802, 94.00029084431802], rel=1e-9
    )


def test_every_golden_proportion_agrees():
    """All rows of the reference values by Wilson's method."""
    rows = golden("Wilson")

    for _, row in rows.iterrows():
        found = wilson_score_interval(row["numerator"], row["denominator"], row["confidence"])
        scaled = found.loc[0] * row["multiplier"]
        assert scaled["lower"] == near(row, "lower"), row["golden_id"]
        assert scaled["upper"] == near(row, "upper"), row["golden_id"]
    assert len(rows) == 25


@pytest.mark.parametrize(("method", "expected"), [("Exact", 8), ("Byars", 21)])
def test_every_golden_count_and_rate_agrees(method, expected):
    """All rows of the reference values for counts and rates, through the rule of ten."""
    rows = golden(method)

    for _, row in rows.iterrows():
        per = row["multiplier"] / (1 if np.isnan(row["denominator"]) else row["denominator"])
        scaled = poisson_interval(row["numerator"], row["confidence"]).loc[0] * per
        assert scaled["lower"] == near(row, "lower"), row["golden_id"]
        assert scaled["upper"] == near(row, "upper"), row["golden_id"]
    assert len(rows) == expected


def test_limits_are_exact_below_ten_and_byars_from_ten():
    """The rule of the field's guide; both are close there, and neither is the other."""
    counts = pd.Series([9, 10])

    found = poisson_interval(counts)

    assert found.loc[0].equals(exact_poisson_interval(counts).loc[0])
    assert found.loc[1].equals(byars_interval(counts).loc[1])


def test_ratio_of_two_counts_is_the_odds_of_a_share():
    """Possession to trafficking in Barnet's wards: 618 to 343 in 2022/23, below two to one."""
    found = odds_of_two_counts(618, 343).loc[0]
    share = wilson_score_interval(618, 961).loc[0]

    assert found["ratio"] == pytest.approx(1.8017, abs=5e-5)
    assert found["lower"] == pytest.approx(share["lower"] / (1 - share["lower"]))
    assert found["upper"] == pytest.approx(share["upper"] / (1 - share["upper"]))


def test_a_ratio_to_none_has_no_value_but_a_lower_limit():
    """Infinity can't be drawn, and "at least" is still known."""
    found = odds_of_two_counts([10, 0, 0], [0, 10, 0])

    assert found["ratio"].isna().tolist() == [True, False, True]
    assert found["upper"].isna().tolist() == [True, False, True]
    assert found.loc[0, "lower"] > 2
    assert found.loc[1, "lower"] == 0


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_missing_in_gives_missing_out(missing):
    """An unknown count must not become a zero with an interval."""
    counts = pd.Series([missing, 4], dtype="Int64", index=["a", "b"])

    for found in (poisson_interval(counts), wilson_score_interval(counts, counts + 5)):
        assert found.loc["a"].isna().all()
        assert found.loc["b"].notna().all()


def test_a_share_of_nobody_is_missing():
    """0 of 0 is not 0%."""
    assert wilson_score_interval(0, 0).isna().all(axis=None)


def test_the_index_is_kept():
    """Limits are assigned back to a table by its index."""
    counts = pd.Series([3, 40], index=["E05013632", "E05013633"])

    assert poisson_interval(counts).index.equals(counts.index)


@pytest.mark.parametrize("confidence", [0.5, 0.89, 1.0, 95, 1.2])
def test_a_confidence_below_ninety_or_of_certainty_is_refused(confidence):
    """Nobody publishes 50% intervals, and 95 for 0.95 is a slip worth catching."""
    with pytest.raises(InputError, match=r"at least 0\.9, below 1"):
        wilson_score_interval(1, 2, confidence)


def test_a_numerator_above_its_denominator_names_the_rows_and_not_the_counts():
    """A message is read by people who may not see the numbers."""
    women = pd.Series([10, 37], index=["opiate", "alcohol only"])
    adults = pd.Series([20, 31], index=women.index)

    with pytest.raises(InputError) as refused:
        wilson_score_interval(women, adults)

    assert "alcohol only" in str(refused.value)
    assert "opiate" not in str(refused.value)
    assert "37" not in str(refused.value)
    assert "31" not in str(refused.value)


@pytest.mark.parametrize(
    ("counts", "said"),
    [([-1], "negative"), ([np.inf], "infinite"), (["four"], "not a number"), ([4.5], "whole")],
)
def test_what_can_t_be_a_count_is_refused(counts, said):
    """Text in a count, a sign turned round, a division by zero."""
    with pytest.raises(InputError, match=said):
        poisson_interval(counts)


def test_byars_takes_fractions():
    """Some published counts are averages over three years."""
    lower, upper = limits(byars_interval(12.5))

    assert lower < 12.5 < upper


def test_columns_of_different_rows_are_refused():
    """Two columns put together by position would pair one ward with another's people."""
    with pytest.raises(InputError, match="same rows"):
        wilson_score_interval(pd.Series([1], index=["a"]), pd.Series([2], index=["b"]))


def test_z_is_the_normal_quantile():
    """1.96 is a rounding, and differs in the fifth place of a limit."""
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054, rel=1e-15)


@given(COUNTS, COUNTS, CONFIDENCE)
def test_wilson_lies_within_0_and_1_around_the_share(events, others, confidence):
    """Whatever the counts: a share outside its own interval would be drawn off its bar."""
    if events + others == 0:
        return
    lower, upper = limits(wilson_score_interval(events, events + others, confidence))

    assert 0 <= lower <= events / (events + others) <= upper <= 1


@given(COUNTS, COUNTS)
def test_wilson_is_symmetric(events, others):
    """The share of men is one less the share of women, and so are its limits."""
    if events + others == 0:
        return
    women = limits(wilson_score_interval(events, events + others))
    men = limits(wilson_score_interval(others, events + others))

    assert women == pytest.approx([1 - men[1], 1 - men[0]], abs=1e-12)


@given(COUNTS)
def test_poisson_limits_lie_around_the_count(count):
    """And only nothing has a lower limit of nothing."""
    lower, upper = limits(poisson_interval(count))

    assert 0 <= lower <= count < upper
    assert (lower == 0) == (count == 0)


@given(COUNTS, COUNTS)
def test_more_confidence_is_a_wider_interval(events, others):
    """At 99.8% nothing is shown that isn't shown at 95%."""
    pairs = [
        (poisson_interval(events, 0.95), poisson_interval(events, 0.998)),
        (byars_interval(events, 0.95), byars_interval(events, 0.998)),
        (
            wilson_score_interval(events, events + others + 1, 0.95),
            wilson_score_interval(events, events + others + 1, 0.998),
        ),
    ]

    for narrow, wide in pairs:
        assert limits(wide)[0] <= limits(narrow)[0]
        assert limits(wide)[1] >= limits(narrow)[1]


@given(COUNTS, COUNTS)
def test_turning_two_counts_round_turns_their_ratio_round(first, second):
    """Trafficking to possession is one over possession to trafficking, limits and all."""
    if first == 0 or second == 0:
        return
    there = odds_of_two_counts(first, second).loc[0]
    back = odds_of_two_counts(second, first).loc[0]

    assert there["lower"] == pytest.approx(1 / back["upper"], rel=1e-9)
    assert there["lower"] <= there["ratio"] <= there["upper"]


def test_many_rows_are_what_each_row_is():
    """Vectorised and one by one are the same."""
    counts = pd.Series([0, 1, 9, 10, 11, 500, 9, 0])

    together = poisson_interval(counts)

    alone = pd.concat([poisson_interval(count) for count in counts], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)
