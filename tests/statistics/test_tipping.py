"""How wrong a population would have to be."""

import pandas as pd
import pytest

from cdpb.errors import InputError
from cdpb.statistics.comparison import tipping_points
from cdpb.statistics.rates import crude_rate, proportion
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


def tipped(row: int) -> pd.Series:
    return tipping_points(wards(), LONDON).loc[row]


def test_at_the_tipping_point_the_limit_meets_the_comparator():
    """Recomputed with that many residents, the lower limit is London's rate."""
    point = tipped(0)

    moved = crude_rate(wards().iloc[[0]].assign(residents=point["residents_needed"]))
    assert moved["lower"].iloc[0] == pytest.approx(LONDON.value, rel=1e-12)
    change = 100 * (point["residents_needed"] / 12758 - 1)
    assert point["residents_change"] == pytest.approx(change)
    assert point["residents_change"] > 0


def test_a_lower_rate_tips_when_residents_were_overcounted():
    """The change is a fall, to where the upper limit is London's rate."""
    point = tipped(1)

    moved = crude_rate(wards().iloc[[1]].assign(residents=point["residents_needed"]))
    assert moved["upper"].iloc[0] == pytest.approx(LONDON.value, rel=1e-12)
    assert point["residents_needed"] < 12000
    assert point["residents_change"] < 0


def test_a_similar_rate_has_no_tipping_point():
    """There is no verdict to change."""
    found = tipping_points(wards(), LONDON)

    assert found["residents_needed"].isna().tolist() == [False, False, True, False]


def test_no_events_tip_where_the_upper_limit_meets_the_comparator():
    """A ward without offences is lower than London until its limit of 3.689 isn't."""
    assert tipped(3)["residents_needed"] == pytest.approx(3.6889 * 1000 / LONDON.value, rel=1e-4)


def test_a_percentage_has_no_tipping_point():
    """Wilson limits don't move in proportion to the denominator."""
    shares = proportion(
        wards().rename(columns={"lower": "l", "upper": "u"}), "offences", "residents"
    )
    with pytest.raises(InputError, match="Only a rate"):
        tipping_points(shares, LONDON)
