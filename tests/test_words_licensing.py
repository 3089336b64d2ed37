"""What is said of premises and harm is of wards, with what is hidden left out."""

from cdpb.report.words import licensing as words
from cdpb.statistics.measure import Measure
from tests.declared import declared

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
    return words.licensing_headline(measure(2.43), measure(10.9), together, "Barnet", "2023/24")


def test_the_headline_says_whether_the_two_go_together():
    assert "were not shown to go together with" in headline(-0.3, 0.5)
    assert "went together with more" in headline(0.05, 0.5)
    assert "went together with fewer" in headline(-0.5, -0.05)


def test_what_was_not_received_is_said():
    none = measure(None)
    said = words.licensing_headline(none, none, none, "Barnet", "2023/24")
    assert "have been received" in said
    assert "can't be said" in said


def test_hidden_wards_are_in_no_count():
    """A ward whose rate is hidden has no side, and is not among those compared."""
    shown = declared(ADMISSIONS, "alcohol_admissions_ward")
    assert words.admissions_map_title(shown, "Barnet") == (
        "Of 2 wards shown, 1 higher, 0 similar and 1 lower, compared with Barnet"
    )
    assert "Whetstone has the highest rate of admissions shown: 275.0 (186.0 to 393.0)" in (
        words.admissions_title(shown, "Barnet")
    )
