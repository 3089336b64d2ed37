"""What is said of premises and harm is of wards, with what is hidden left out."""

from dataclasses import replace

from cdpb.statistics.measure import HIDDEN, Measure
from findings import licensing_and_alcohol_harm as words
from tests.support.declared import declared

ADMISSIONS = """
    ward_code  ward_name  admissions  rate_per_100000  lower  upper  rank  compared_with_area
    E1         Whetstone  30          275              186    393    1     higher
    E2         Mill_Hill  7           39               16     81     2     lower
    E3         Edgware    [c]         [c]              [c]    [c]    [c]   [c]
"""


def measure(value, lower=None, upper=None) -> Measure:
    about = ("per 1,000 residents", "Barnet", "2023/24", "licensed_premises", "")
    return Measure(value, lower, upper, None, None, *about)


def headline(lower, upper) -> str:
    together = measure(0.1, lower, upper)
    return words.headline(measure(2.43), measure(10.9), together, "Barnet", "2023/24")


def test_the_headline_says_whether_the_two_go_together():
    assert "were not shown to go together with" in headline(-0.3, 0.5)
    assert "went together with more" in headline(0.05, 0.5)
    assert "went together with fewer" in headline(-0.5, -0.05)


def test_what_was_not_received_is_said():
    none = measure(None)
    said = words.headline(none, none, none, "Barnet", "2023/24")
    assert "have been received" in said
    assert "can't be said" in said


def test_what_was_received_and_is_hidden_is_not_called_missing():
    """The page would blame a partner for a return that has come."""
    hidden = replace(measure(None), note=HIDDEN)
    known = measure(2.43), measure(10.9)
    for said in (
        words.headline(*known, hidden, "Barnet", "2023/24"),
        words.headline(hidden, hidden, hidden, "Barnet", "2023/24"),
    ):
        assert "hidden to protect small counts" in said
        assert "received" not in said


def test_hidden_wards_are_in_no_count():
    """A ward whose rate is hidden has no side, and is not among those compared."""
    shown = declared(ADMISSIONS, "alcohol_admissions_ward")
    assert words.admissions_map_title(shown, "Barnet") == (
        "Of 2 wards shown, 1 higher, 0 similar and 1 lower, compared with Barnet"
    )
    assert "Whetstone has the highest rate of admissions shown: 275.0 (186.0 to 393.0)" in (
        words.admissions_title(shown, "Barnet")
    )


TIPPING = """
    ward_code  ward_name  compared_with_area  residents  residents_needed  residents_change
    E1         Whetstone  higher              10902      15698             44
    E2         Mill_Hill  lower               17835      11188             -37
    E3         Burnt_Oak  lower               21579      21115             -2
    E4         Hendon     similar             21980      -                 -
"""


def test_the_nearest_and_the_farthest_tipping_point_are_named():
    """A small error of the census would turn the one; none that is likely would turn the other."""
    shown = declared(TIPPING, "alcohol_admissions_ward")
    assert words.admissions_tipping_title(shown, "Barnet") == (
        "3 wards differ from Barnet. By the residents counted in 2021, that could no longer be "
        "shown with 2% fewer in Burnt Oak, nor with 44% more in Whetstone"
    )
    alike = words.admissions_tipping_title(shown.where(ward_code="E4"), "Barnet")
    assert alike.startswith("None of the wards shown differs")
    one = words.admissions_tipping_title(shown.where(ward_code="E1"), "Barnet")
    assert one.startswith("1 ward differs")
    assert one.endswith("with 44% more in Whetstone")


def test_wards_left_out_of_the_funnel_are_said():
    """A reader who counts the points must not take them for all wards."""
    shown = declared(ADMISSIONS, "alcohol_admissions_ward")
    assert words.left_out_sentence(shown) == (
        "1 ward, whose admissions are hidden to protect small counts, is left out here."
    )
    assert words.left_out_sentence(shown.where(ward_code="E1")) == ""
