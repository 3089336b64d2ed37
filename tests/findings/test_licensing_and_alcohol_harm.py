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


def together(lower, upper, hidden=2, lowest=0.32):
    ends = {"lowest": lowest, "highest": 0.46, "lower": lower, "upper": upper}
    row = {"year": "2023/24", "wards": 24, "hidden": hidden}
    row |= {f"correlation_{end}": number for end, number in ends.items()}
    return declared(f"{' '.join(row)}\n{' '.join(map(str, row.values()))}", "licensed_premises")


def headline(lower, upper, **other) -> str:
    shown = together(lower, upper, **other)
    return words.headline(measure(2.43), measure(10.9), shown, "Barnet", "2023/24")


def test_the_headline_says_what_holds_whatever_the_hidden_wards_have():
    whatever = "alcohol-specific admissions, whatever those that are hidden may have."
    assert headline(-0.1, 0.74).endswith(f"premises are not shown to have more {whatever}")
    assert headline(0.05, 0.5).endswith(f"premises have more {whatever}")
    assert headline(-0.5, -0.05).endswith(f"premises have fewer {whatever}")
    assert headline(0.05, 0.5, hidden=0).endswith("have more alcohol-specific admissions.")


def test_a_correlation_over_hidden_wards_is_said_with_its_bounds():
    told = words.together_sentence(together(-0.1, 0.74))
    assert "Over 24 wards, 2 of them hidden, the rank correlation" in told
    assert "is between 0.32 and 0.46 (95% limits \N{MINUS SIGN}0.10 to 0.74, the widest" in told
    whole = words.together_sentence(together(0.1, 0.7, hidden=0, lowest=0.46))
    assert "is 0.46 (95% limits 0.10 to 0.70); 1 would" in whole


def test_what_was_not_received_is_said():
    none, nothing = measure(None), together(0, 0).where(year="2009/10")
    said = words.headline(none, none, nothing, "Barnet", "2023/24")
    assert "have been received" in said
    assert "can't be said" in said


def test_what_was_received_and_is_hidden_is_not_called_missing():
    """The page would blame a partner for a return that has come."""
    hidden, nothing = replace(measure(None), note=HIDDEN), together(0, 0).where(year="2009/10")
    said = words.headline(hidden, hidden, nothing, "Barnet", "2023/24")
    assert "hidden to protect small counts" in said
    assert "received" not in said
    refused = words.headline(measure(2.43), measure(10.9), nothing, "Barnet", "2023/24")
    assert refused.endswith("; whether the two go together can't be said.")


def test_hidden_wards_are_in_no_count():
    """A ward whose rate is hidden has no side, and is not among those compared."""
    shown = declared(ADMISSIONS, "alcohol_admissions_ward")
    assert words.admissions_map_title(shown, "Barnet") == (
        "Against Barnet's rate, of 2 wards shown 1 higher, 0 similar and 1 lower"
    )
    assert "Whetstone has the highest rate of admissions shown: 275.0 (186.0 to 393.0)" in (
        words.admissions_title(shown, "Barnet")
    )


TIPPING = """
    ward_code  ward_name  compared_with_area  residents  residents_needed  residents_change
    E1         Whetstone  higher              10902      15698             44
    E2         Mill_Hill  lower               17835      11188             -37
    E3         Burnt_Oak  lower               21579      21115             -2
"""


def test_the_nearest_and_the_farthest_tipping_point_are_named():
    """A small error of the census would turn the one; none that is likely would turn the other."""
    shown = declared(TIPPING, "alcohol_admissions_ward")
    assert words.admissions_tipping_title(shown, "Barnet") == (
        "3 wards shown differ from Barnet. With 2% fewer residents than in 2021 Burnt Oak's "
        "difference would be gone, Whetstone's only with 44% more"
    )
    assert words.admissions_tipping_title(shown.where(ward_code="E1"), "Barnet") == (
        "1 ward shown differs from Barnet. With 44% more residents than in 2021 Whetstone's "
        "difference would be gone"
    )
    assert words.admissions_tipping_title(shown.where(ward_code="E9"), "Barnet") == ""


def test_wards_left_out_of_the_funnel_are_said():
    """A reader who counts the points must not take them for all wards."""
    shown = declared(ADMISSIONS, "alcohol_admissions_ward")
    assert words.left_out_sentence(shown) == (
        "1 ward, whose admissions are hidden to protect small counts, is left out here."
    )
    assert words.left_out_sentence(shown.where(ward_code="E1")) == ""
