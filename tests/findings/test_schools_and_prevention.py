"""What is said of schools is what their tables show, and nothing that is hidden."""

from cdpb.statistics.measure import Measure
from findings import schools_and_prevention as words
from tests.support.declared import declared

REFERRALS = """
    year     setting      counted
    2022/23  alternative  {first}
    2022/23  universal    13
    2023/24  alternative  20
    2023/24  universal    26
"""


def reached(value, period="2023/24") -> Measure:
    counts = (28, 140) if value else (None, None)
    limits = (14.2, 27.4) if value else (None, None)
    return Measure(value, *limits, *counts, "%", "Barnet", period, "schools", "")


def test_the_headline_counts_schools_among_all():
    assert words.headline(reached(20.0), "Barnet", "2023/24") == (
        "In 2023/24, the young people's service worked with 28 of 140 schools in Barnet, 20% (14% "
        "to 27%)."
    )


def test_what_is_not_held_is_told_from_what_is_hidden():
    """A reader must know whether to ask for a return or to accept that it protects people."""
    assert "are not held" in words.headline(reached(None, period=""), "Camden", "2023/24")
    assert "to protect people" in words.headline(reached(None), "Barnet", "2023/24")


def test_referrals_are_told_by_setting_where_both_years_are_shown():
    """A change from a hidden number would give it away."""
    shown = declared(REFERRALS.format(first=15), "schools")
    hidden = declared(REFERRALS.format(first="[c]"), "schools")

    assert words.referrals_changed(shown) == (
        "From 2022/23 to 2023/24 referrals from alternative education rose from 15 to 20 and "
        "universal education rose from 13 to 26."
    )
    assert words.referrals_title(hidden) == (
        "From 2022/23 to 2023/24 referrals from universal education rose from 13 to 26"
    )


def test_a_title_without_a_published_share_has_no_numbers():
    assert words.schools_title(reached(20.0)) == "28 of 140 schools were worked with"
    assert words.schools_title(reached(None)) == (
        "Schools that the young people's service worked with, by setting"
    )
