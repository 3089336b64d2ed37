"""One part of a statement against the data."""

from dataclasses import dataclass, replace

import pytest

from cdpb.errors import InputError
from cdpb.statistics.comparison import compare, left_open
from cdpb.statistics.measure import as_measure
from cdpb.statistics.part_tests import (
    above,
    any_above,
    below,
    check_part,
    not_checked,
    similar,
)
from cdpb.statistics.rates import crude_rate
from tests.statistics.test_comparison import LONDON
from tests.statistics.test_rates import sourced

BARNET = replace(LONDON, label="Barnet", value=2.7, lower=2.5, upper=2.9)
RATIO = replace(LONDON, label="Possession to trafficking", unit="times")


def counted(text: str):
    """Drawn wards with their counts and rates, of the year and source of London's."""
    wards = sourced(text)
    wards["offences"] = wards["offences"].astype("Int64")
    wards.attrs["period"] = LONDON.period
    return crude_rate(wards)


@dataclass
class Declared:
    """A part as an area file holds it."""

    test: str
    threshold_value: float | None = None
    margin: float | None = None
    id: str = "part"
    claim: str = "Barnet's rate is lower than London's"
    comparator: str = "London"
    threshold: str = "London's rate lies above the whole interval"
    reason: str = "one file on both sides"
    when_missing: str = ""


@pytest.mark.parametrize(
    ("lower", "upper", "outcome"),
    [
        (2.5, 2.9, "supported"),
        (2.5, 4.1, "unclear"),
        (4.1, 5.0, "unclear"),
        (4.2, 5.0, "contradicted"),
    ],
)
def test_below_is_supported_by_the_whole_interval_alone(lower, upper, outcome):
    """Ends included: a comparator at the very end is still similar."""
    area = replace(BARNET, lower=lower, upper=upper)

    assert below(area, LONDON).outcome == outcome


@pytest.mark.parametrize(
    ("lower", "upper", "outcome"),
    [(6.4, 9.6, "supported"), (4.1, 9.6, "unclear"), (1.0, 4.0, "contradicted")],
)
def test_above_is_the_same_the_other_way(lower, upper, outcome):
    """Contradicted: wholly on the other side. Unclear: neither."""
    assert above(replace(BARNET, lower=lower, upper=upper), LONDON).outcome == outcome


def test_the_reason_has_the_numbers_that_were_compared():
    """A verdict without its numbers can't be argued with."""
    found = below(BARNET, LONDON, id="p", claim="c")

    assert found.reason == (
        "Barnet 2.7 per 1,000 residents (2.5 to 2.9) "
        "against 4.1 per 1,000 residents for London wards: lower"
    )
    assert below(replace(BARNET, upper=4.5), LONDON).reason.endswith(
        ": the data allow anything from 39% lower to 10% higher"
    )


def test_a_declared_number_is_a_comparator_in_the_measures_unit():
    """Substantial was declared to mean more than half."""
    unmet = replace(BARNET, unit="%", value=86.4, lower=81.4, upper=90.3, denominator=3046)

    found = above(unmet, 50)

    assert found.outcome == "supported"
    assert found.threshold_value == 50
    assert found.reason == "Barnet 86.4% (81.4 to 90.3) against 50%: higher"


@pytest.mark.parametrize(
    ("unit", "against_in_reason", "against"),
    [
        ("times the median of the other months", "", "the median of the other months"),
        ("% a year", " against no change", "0% a year"),
        ("", " against 1", "1"),
    ],
)
def test_nothing_is_measured_against_itself(unit, against_in_reason, against):
    """Nobody asks how many times the median the median is, nor for 0.0% of change."""
    bare = 0 if "year" in unit else 1
    found = above(replace(RATIO, unit=unit, value=2.52, lower=1.91, upper=3.26), bare)

    assert found.reason.endswith(f"(1.91 to 3.26){against_in_reason}: higher" if bare else "higher")
    assert against_in_reason in found.reason
    assert found.against == f"the whole interval lower than {against}"


@pytest.mark.parametrize(
    ("found", "against"),
    [
        (
            below(BARNET, LONDON),
            "the whole interval higher than 4.1 per 1,000 residents for London wards",
        ),
        (above(BARNET, 2.0), "the whole interval lower than 2 per 1,000 residents"),
        (similar(RATIO, 2, margin=0.5), "the whole interval outside 1.5 to 2.5"),
        (not_checked("none held", comparator="England"), ""),
        (check_part(Declared("above")), "the whole interval lower than London"),
    ],
)
def test_a_part_says_what_would_have_counted_against_it(found, against):
    """A test that nothing could fail is none; without a figure the comparator is named in words."""
    assert found.against == found.to_dict()["against"] == against
    assert found.to_dict()["tests"] == (1 if found.checked else 0)


def test_without_an_interval_a_part_cannot_be_checked():
    """Two bare numbers always differ."""
    found = below(replace(BARNET, lower=None, upper=None), LONDON)

    assert (found.outcome, found.reason) == ("not checked", "no interval to compare")
    assert not found.checked
    assert below(BARNET, replace(LONDON, value=None)).reason == "no comparator held"
    unknown = replace(BARNET, value=None, lower=None, upper=None)
    assert below(unknown, LONDON).reason == "no figure for Barnet"


def test_a_comparator_of_another_source_is_refused():
    """The ward file against the borough file would test the files."""
    with pytest.raises(InputError, match="the source differs"):
        below(BARNET, replace(LONDON, source="mps_borough_crime"))


@pytest.mark.parametrize(
    ("lower", "upper", "outcome", "said"),
    [
        (1.8, 2.3, "supported", "against 2: all of it within 1.5 to 2.5"),
        (1.58, 2.6, "unclear", "the data allow anything from 21% fewer to 30% more"),
        (1.4, 1.9, "unclear", "the data allow anything from 30% fewer to 5% fewer"),
        (1.4, 1.5, "unclear", "the data allow anything from 30% fewer to 25% fewer"),
        (0.86, 1.09, "contradicted", "(0.86 to 1.09) against 2: lower"),
        (2.51, 3.4, "contradicted", "higher"),
    ],
)
def test_similar_needs_the_whole_interval_within_its_margin(lower, upper, outcome, said):
    """That no difference is shown doesn't show that there is none."""
    ratio = replace(RATIO, value=(lower + upper) / 2, lower=lower, upper=upper)

    found = similar(ratio, 2, margin=0.5)

    assert found.outcome == outcome
    assert found.reason.endswith(said)
    assert (found.threshold_value, found.margin) == (2, 0.5)


@pytest.mark.parametrize(
    ("unit", "limits", "middle", "said"),
    [
        ("per 1,000 residents", (2.5, 4.5), 4.0, "from 38% lower to 13% higher"),
        ("%", (28.7, 33.5), 32.5, "from 4 percentage points lower to 1 percentage points higher"),
        ("times", (0.88, 1.44), 1, "from 12% fewer to 44% more"),
        ("times", (0.77, 28.96), 1, "from 23% fewer to 29 times as many"),
        ("per 1,000 residents", (2.0, 4.0), 1, "from 100% higher to 4 times as high"),
        ("%", (1.2, 3.4), 0, "from 1 percentage points higher to 3 percentage points higher"),
        ("", (-0.10, 0.32), 0, "from \N{MINUS SIGN}0.10 to 0.32"),
    ],
)
def test_what_is_unclear_says_how_large_a_difference_the_data_leave_open(
    unit, limits, middle, said
):
    """By hand: 2.5 is 37.5% below 4.0, 4.5 is 12.5% above it, and 28.96 is 29 times 1."""
    lower, upper = limits
    value = (lower + upper) / 2
    open_ = replace(BARNET, unit=unit, value=value, lower=lower, upper=upper, denominator=500)

    found = above(open_, middle)

    if lower < middle < upper:
        assert found.outcome == "unclear"
        assert found.reason.endswith(f": the data allow anything {said}")
    assert left_open(open_, middle) == f"the data allow anything {said}"


def test_beside_a_recommendation_a_figure_is_context_and_decides_nothing():
    """Wholly below what it is set against, and no verdict: it doesn't measure the claim."""
    advice = Declared("no_figure", 4, reason="it is a recommendation", when_missing="none received")

    found, without = check_part(advice, BARNET), check_part(advice)

    assert (found.outcome, found.measure, found.against) == ("not checked", BARNET, "")
    assert found.to_dict()["tests"] == 0
    assert found.reason == (
        "no figure tests this: it is a recommendation; for context, Barnet 2.7 per 1,000 residents "
        "(2.5 to 2.9) against 4 per 1,000 residents: lower"
    )
    assert without.reason == "no figure tests this: it is a recommendation; none received"


def test_a_part_without_a_figure_says_whose_return_is_missing():
    declared = Declared("below", when_missing="the return from Probation was not received")

    assert check_part(declared).reason == "the return from Probation was not received"
    assert check_part(declared).outcome == "not checked"


def test_any_above_says_which_and_how_many():
    """The statement says some wards; the page names those that stand out with all of them tested.

    At London's rate 74 offences are expected among 18,000 people. Burnt Oak's 94 lie above it by
    the ward's own interval, and among three wards are no surprise.
    """
    wards = counted("""
        ward_name        offences  residents
        Colindale_North       142      18000
        Burnt_Oak              94      18000
        High_Barnet            18      18000
        Nobody                  -      18000
    """)
    assert compare(wards, LONDON)["comparison"].to_list()[:2] == ["higher", "higher"]

    found = any_above(wards, LONDON)

    assert (found.outcome, found.areas, found.tests) == ("supported", ("Colindale North",), 3)
    assert found.reason == (
        "1 of 3 above 4.1 per 1,000 residents for London wards: Colindale North, with all 3 tested "
        "together (one-sided, Holm's method, a 2.5% chance of one false finding or more); the "
        "intervals on this page are for each on its own"
    )
    assert found.against.startswith("every one of them wholly lower than 4.1 per 1,000")
    assert found.as_of == "2023/24"


def test_a_ward_that_was_named_beforehand_is_tested_by_itself():
    """Burnt Oak, had the statement named it, would be one test and no choice among many."""
    wards = counted("ward_name offences residents\nBurnt_Oak 94 18000\nHigh_Barnet 18 18000")
    named = as_measure(wards.iloc[:1], "Burnt Oak")

    assert above(named, LONDON).outcome == "supported"


def test_none_above_is_unclear_and_all_below_is_contradicted():
    """A ward that might be above is not a ward below."""
    one_similar = counted("ward_name offences residents\nA 81 18000\nB 18 18000")
    all_below = counted("ward_name offences residents\nB 18 18000")

    assert any_above(one_similar, LONDON).outcome == "unclear"
    assert any_above(one_similar, LONDON).areas == ()
    # Byar's upper limit of 81 is 100.7 among 18,000, 5.59 per 1,000: 36% above 4.1.
    assert any_above(one_similar, LONDON).reason.endswith("; A may be up to 36% higher")
    assert any_above(all_below, LONDON).outcome == "contradicted"


def test_no_ward_with_an_interval_leaves_it_unchecked():
    """An empty table proves nothing."""
    nobody = counted("ward_name offences residents\nA - 18000")

    assert any_above(nobody, LONDON).outcome == "not checked"


def test_a_long_list_of_wards_is_cut_with_its_number():
    """Some boroughs have twenty."""
    names = "\n".join(f"W{number} 142 18000" for number in range(9))

    found = any_above(counted("ward_name offences residents\n" + names), LONDON)

    assert ": W0, W1, W2, W3, W4, W5 and 3 more, with all 9" in found.reason
    assert len(found.areas) == 9


def test_what_cannot_be_checked_says_why():
    """No comparator held, restricted, not received: said, never guessed."""
    found = not_checked("no table of drug offences for England is held", id="england")

    assert (found.id, found.outcome) == ("england", "not checked")
    assert found.reason == "no table of drug offences for England is held"
    assert found.as_of == ""


def test_an_area_files_part_is_tested_as_it_declares():
    """The statement, its comparator and its threshold are data, not code."""
    found = check_part(Declared("below"), BARNET, LONDON)

    assert found.outcome == "supported"
    assert found.claim == "Barnet's rate is lower than London's"
    assert found.why == "one file on both sides"
    assert check_part(Declared("above", threshold_value=2), BARNET).outcome == "supported"
    assert check_part(Declared("similar", 2.6, 0.5), BARNET).outcome == "supported"
    assert check_part(Declared("not_checked"), BARNET).reason == "one file on both sides"


def test_a_part_without_its_figure_cannot_be_checked():
    """A year without data is not a failure of the statement."""
    found = check_part(Declared("below"), None, LONDON)

    assert (found.outcome, found.test) == ("not checked", "below")


@pytest.mark.parametrize("part", [Declared("bellow"), Declared("similar")])
def test_an_unknown_test_or_a_missing_margin_is_refused(part):
    """A slip in an area file must not pass as a verdict."""
    with pytest.raises(InputError, match="no test, or its margin"):
        check_part(part, BARNET, LONDON)


def test_a_part_without_its_comparator_is_refused():
    """Below what?"""
    with pytest.raises(InputError, match="lacks what it compares with"):
        check_part(Declared("below"), BARNET)


def test_the_reason_has_both_intervals_and_months_that_are_no_year():
    """What was widened says what it was; a change has its sign, in the reason and in the limits."""
    change = replace(
        BARNET,
        unit="% change",
        value=13.97,
        lower=-0.96,
        upper=31.2,
        period="July 2023 to January 2024",
        note="+2% to +28% if months differed by chance alone",
    )

    found = below(change, 0)

    assert found.outcome == "unclear"
    assert found.reason == (
        "Barnet, July 2023 to January 2024, +14% (\N{MINUS SIGN}1% to +31%; +2% to +28% if months "
        "differed by chance alone) against no change: the data allow anything from "
        "a fall of 1% to a rise of 31%"
    )
