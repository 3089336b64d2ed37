"""How wrong a population would have to be."""

from dataclasses import replace

import pytest

from cdpb.errors import InputError
from cdpb.statistics.comparison import tipping_point, tipping_points
from cdpb.statistics.measure import Measure, as_measure
from cdpb.statistics.rates import crude_rate
from tests.statistics.test_comparison import LONDON
from tests.statistics.test_rates import sourced


def wards():
    """Colindale North in 2023/24, a low ward, one like London, one without offences."""
    drawn = sourced("""
        ward_code  offences  residents
        north           101      12758
        low              20      12000
        like             50      12000
        none              0      12000
    """)
    drawn.attrs["period"] = "2023/24"
    return crude_rate(drawn)


def measure(row: int) -> Measure:
    return as_measure(wards().iloc[[row]], "Ward")


def test_at_the_tipping_point_the_limit_meets_the_comparator():
    """Recomputed with that many residents, the lower limit is London's rate."""
    point = tipping_point(measure(0), LONDON)

    moved = crude_rate(wards().iloc[[0]].assign(residents=point.similar_at))
    assert point.comparison == "higher"
    assert moved["lower"].iloc[0] == pytest.approx(LONDON.value, rel=1e-12)
    assert point.similar_change == pytest.approx(100 * (point.similar_at / 12758 - 1))
    assert point.similar_change > 0


def test_beyond_the_second_point_the_opposite_would_be_shown():
    """With so many residents the whole interval would lie below London."""
    point = tipping_point(measure(0), LONDON)

    moved = crude_rate(wards().iloc[[0]].assign(residents=point.opposite_at))
    assert moved["upper"].iloc[0] == pytest.approx(LONDON.value, rel=1e-12)
    assert point.opposite_at > point.similar_at


def test_a_lower_rate_tips_when_residents_were_overcounted():
    """The change is a fall."""
    point = tipping_point(measure(1), LONDON)

    assert point.comparison == "lower"
    assert point.similar_at < 12000
    assert point.similar_change < 0


def test_a_similar_rate_has_no_tipping_point():
    """There is no verdict to change."""
    assert tipping_point(measure(2), LONDON) is None
    assert tipping_point(measure(0), replace(LONDON, value=None, lower=None, upper=None)) is None


def test_no_events_can_never_be_shown_to_be_many():
    """The lower limit of none is 0, however few residents there are."""
    point = tipping_point(measure(3), LONDON)

    assert point.similar_at is not None
    assert point.opposite_at is None
    assert point.opposite_change is None


def test_the_table_says_the_same_as_the_measures():
    """One rule for a sentence and for a table of wards."""
    found = tipping_points(wards(), LONDON)

    assert found["residents_needed"].isna().tolist() == [False, False, True, False]
    point = tipping_point(measure(0), LONDON)
    assert found.loc[0, "residents_needed"] == pytest.approx(point.similar_at)
    assert found.loc[0, "residents_change"] == pytest.approx(point.similar_change)


def test_a_percentage_has_no_tipping_point():
    """Wilson limits don't move in proportion to the denominator."""
    with pytest.raises(InputError, match="only a rate"):
        tipping_point(replace(measure(0), unit="%"), replace(LONDON, unit="%"))
