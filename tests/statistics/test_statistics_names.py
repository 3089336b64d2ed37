"""What ``cdpb.statistics`` offers by name."""

import pytest

from cdpb import statistics


def test_the_statistics_that_several_findings_need_are_offered_by_name():
    """``statistics.`` and Tab shows them, and an editor knows where each is."""
    offered = [name for name in dir(statistics) if callable(getattr(statistics, name))]
    assert {"crude_rate", "compare", "funnel", "recent_trend", "verdict"} < set(offered)
    # Counted, so that none comes in or is lost unnoticed.
    assert len(offered) == 38
    assert {getattr(statistics, name).__name__ for name in offered} == set(offered)


def test_a_slip_is_an_error_as_in_any_module():
    with pytest.raises(AttributeError, match="has no attribute 'crude_rat'"):
        statistics.crude_rat  # noqa: B018
