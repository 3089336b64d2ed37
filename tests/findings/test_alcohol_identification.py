"""What is said of referral into alcohol treatment is what its tables show."""

import pytest

from cdpb.statistics.measure import Measure
from findings import alcohol_identification as words
from tests.support.declared import declared

ROUTES = declared("""
    route                             referred  started  percent  lowest_percent  highest_percent
    self,_family_or_friends           110       235      46.81    45.57           48.07
    health_services_and_social_care   85        235      36.17    35.02           37.34
    criminal_justice                  15        235      6.38     5.49            7.30
""")
YEARS = declared("""
    year     route                            referred  started  percent
    2020/21  health_services_and_social_care  80        250      32.0
    2020/21  self,_family_or_friends          115       250      46.0
    2021/22  health_services_and_social_care  85        235      36.17
    2021/22  self,_family_or_friends          110       235      46.81
""")
GROUPS = declared("""
    substance_group  referred  started  percent
    alcohol_only     85        235      36.17
    opiate           35        150      23.33
    total            205       650      31.54
""")
NOTHING = declared("route  referred  started  percent")


def share(value, lower, upper) -> Measure:
    return Measure(value, lower, upper, None, 235, "%", "x", "2021/22", "ndtms_adults", "")


def over(value, lower, upper) -> Measure:
    return Measure(value, lower, upper, None, None, "times", "x", "2021/22", "ndtms_adults", "")


HEALTH, THEMSELVES = share(36.17, 30.3, 42.5), share(46.8, 40.5, 53.2)


def test_the_headline_sets_two_parts_of_the_same_people_beside_each_other():
    """And says at once that GPs can't be told apart, since the statement is about GPs."""
    against = over(0.77, 0.55, 1.08)
    assert words.headline(HEALTH, THEMSELVES, against, "Barnet", "2021/22") == (
        "In 2021/22, health services and social care referred 36% (30% to 43%) of adults "
        "starting treatment for alcohol alone in Barnet; 47% (41% to 53%) came by themselves or "
        "through family or friends, a difference that may be chance or rounding. Referrals from "
        "GPs are not counted apart."
    )


@pytest.mark.parametrize(
    ("against", "said"),
    [
        (over(0.5, 0.4, 0.6), "friends, which is more. Referrals"),
        (over(1.5, 1.2, 1.9), "friends, which is fewer. Referrals"),
        (over(None, None, None), "friends, and the two are not compared. Referrals"),
    ],
)
def test_a_difference_is_told_where_all_that_rounding_allows_shows_it(against, said):
    assert said in words.headline(HEALTH, THEMSELVES, against, "Barnet", "2021/22")


def test_an_area_without_figures_is_said_to_have_none():
    nothing = share(None, None, None)
    said = words.headline(nothing, nothing, over(None, None, None), "Camden", "x")
    assert said == "No figures of who refers adults to alcohol treatment in Camden are held."


def test_titles_name_the_two_largest_routes_and_both_ends_of_the_years():
    assert words.routes_title(ROUTES, "Barnet") == (
        "Of adults in Barnet starting treatment for alcohol alone, 47% came by themselves or "
        "through family or friends and 36% were referred by health services and social care"
    )
    assert words.routes_over_years_title(YEARS) == (
        "Share of adults starting treatment for alcohol alone: health services and social care "
        "32% in 2020/21 and 36% in 2021/22; self, family or friends 46% in 2020/21 and 47% in "
        "2021/22"
    )


def test_the_total_is_no_substance_group_of_its_own():
    assert words.health_by_group_title(GROUPS) == (
        "Referred by health services and social care: from 23% (opiates) to 36% (alcohol only) of "
        "adults starting treatment"
    )


def test_a_change_is_told_with_its_counts():
    assert words.routes_changed(YEARS) == (
        "From 2020/21 to 2021/22 adults starting treatment for alcohol alone whom health "
        "services and social care referred rose from 80 to 85, from 32% to 36% of those who "
        "started."
    )


def test_rounding_bounds_stand_beside_what_a_nought_means():
    said = words.routes_rounding(ROUTES, "Barnet")
    assert "anywhere from 35% to 37%" in said
    assert "a printed 0 means 0 to 2" in said


def test_a_table_without_rows_has_no_title():
    assert words.routes_title(NOTHING, "Camden") == ""
