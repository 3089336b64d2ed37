"""Nothing is concluded of a place's own level on both sides of a break in its series."""

import re
from dataclasses import replace

import pytest

from cdpb.findings.obstacles import is_within, refused_across
from cdpb.findings.trace import Taken
from cdpb.sources import SeriesBreak
from cdpb.statistics.measure import Measure
from cdpb.statistics.part_tests import below, not_checked
from tests.support.declared import declared

POLICE = "mps_borough_crime"
CHANGE = """
    offence           previous_year  offences_before  offences  ratio  relative_ratio
    all_drug_offences {}             971              1059      1.09        1.01
"""
BARNET = Measure(1.09, 1.01, 1.19, None, None, "times", "Barnet", "2023/24", POLICE, "")
LONDON = replace(BARNET, value=1.3, lower=1.2, upper=1.4, label="Rest of London")


def change(previous_year="2022/23", source=POLICE):
    return declared(CHANGE.format(previous_year), source)


def taken(column="ratio") -> Taken:
    return Taken("change", column, (("offence", "all drug offences"),))


FOUND = below(BARNET, 1.0, id="fell", claim="Offences fell")


@pytest.mark.parametrize("previous_year", ["2022/23", "2023/24"])
def test_two_years_with_a_break_within_either_are_not_compared(previous_year):
    """The new system came in February 2024: neither 2023/24 is like the year before or after."""
    refused = refused_across(FOUND, change(previous_year), taken())
    assert refused.outcome == "not checked"
    assert refused.reason.startswith("series break in February 2024 (CONNECT")
    assert refused.reason.endswith("as counted, Barnet 1.09 (1.01 to 1.19)")
    assert refused.measure == BARNET


@pytest.mark.parametrize("previous_year", ["2021/22", "2024/25"])
def test_years_on_one_side_of_the_break_are_compared(previous_year):
    assert refused_across(FOUND, change(previous_year), taken()) == FOUND


def test_change_against_elsewhere_by_the_same_system_is_compared():
    """Every borough changed its system in the same month."""
    assert refused_across(FOUND, change(), taken("relative_ratio")) == FOUND
    beside = below(BARNET, LONDON, id="fell")
    assert refused_across(beside, change(), taken()) == beside


def test_a_source_without_a_break_is_compared():
    assert refused_across(FOUND, change(source="ndtms_adults"), taken()) == FOUND


def test_what_could_not_be_checked_keeps_its_own_reason():
    missing = not_checked("not received", id="fell")
    assert refused_across(missing, change(), taken()) == missing


def test_a_level_of_one_year_is_not_refused():
    ratios = declared("place year ratio\nBarnet 2023/24 0.97", POLICE)
    at = Taken("ratios", "ratio", (("place", "Barnet"), ("year", "2023/24")))
    assert refused_across(FOUND, ratios, at) == FOUND


@pytest.mark.parametrize(
    ("month", "within"), [("2024-02", True), ("2023-04", False), ("2023-03", False)]
)
def test_a_break_within_a_year_leaves_it_on_neither_side(month, within):
    """A new system from its first month on leaves the months of a year alike."""
    assert is_within(SeriesBreak(month=month, label="a new system"), "2023/24") is within


def test_the_page_of_wards_says_what_stands_between_the_turns(assessments):
    """Four first wards in as many years, and a new recording system in the middle of them."""
    page = assessments / "2025-26" / "E09000003" / "public" / "ward-drug-offences.html"
    told = " ".join(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")).split())
    _, _, turned = told.partition("How the ranking turned")[2].partition("How the ranking turned")
    turned = turned.partition("How much to make of it")[0]
    assert "The series breaks in February 2024: CONNECT, a new recording system." in turned
    assert "Offences found in custody are recorded at the police station." in told
