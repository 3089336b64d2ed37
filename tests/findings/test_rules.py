"""The rules that a record carries, so that two years can be told to have the same method."""

import pytest

from cdpb.areas import area_file
from cdpb.declarations import declarations
from cdpb.findings.obstacles import changed_rules, digest, of_figures, of_part, rules_of
from cdpb.report.text_figures import figures_in
from cdpb.runner.gates.known_numbers import figures_of
from cdpb.statistics import check_part
from tests.support.built import BARNET

UNMET = "unmet_treatment_need"


def rules(**changes) -> dict[str, str]:
    """Those of the finding on unmet need, the first test of its statement changed."""
    statement = area_file(BARNET).statements[UNMET]
    first, *others = statement.parts
    parts = [first.model_copy(update=changes), *others]
    declared = declarations().finding(UNMET)
    return rules_of(declared, statement.model_copy(update={"parts": parts}), ["ndtms_adults"])


def record(rules: dict[str, str]) -> dict:
    return {"method": {"digest": digest(rules), "rules": rules}}


@pytest.mark.parametrize(
    ("setting", "value", "before", "now"),
    [
        ("threshold_value", 60.0, "threshold value 50", "threshold value 60"),
        ("comparator", "a third", "comparator half of those in need", "comparator a third"),
        ("test", "below", "test above", "test below"),
    ],
)
def test_a_changed_test_is_told_by_what_differs(setting, value, before, now):
    """Not by the whole of a text that a reader would have to compare."""
    (found,) = changed_rules(record(rules()), record(rules(**{setting: value})))
    assert found.name.startswith("test: ")
    assert (found.before, found.now) == (before, now)


def test_a_test_touches_its_own_part_and_no_figure():
    found = changed_rules(record(rules()), record(rules(threshold_value=60.0)))
    claim, other = (part.claim for part in area_file(BARNET).statements[UNMET].parts)
    assert of_figures(found) == []
    assert of_part(found, claim) == found
    assert of_part(found, other) == []


def test_a_definition_touches_everything():
    then = rules()
    now = {**then, "Numerator": "another"}
    found = changed_rules(record(then), record(now))
    assert of_figures(found) == of_part(found, "any") == found


def test_how_counts_are_hidden_is_a_rule_and_no_figure():
    """The gate that looks for numbers takes a threshold for what it is."""
    told = rules_of(declarations().finding("schools_and_prevention"), None, ["schools"])
    (protection,) = [each for name, each in told.items() if name.startswith("protection: ")]
    assert "hides fewer than" in protection
    assert list(figures_in(protection)) == []


@pytest.mark.parametrize("test", ["above", "similar", "no_figure"])
def test_a_number_that_nothing_was_tested_against_is_still_known(test):
    """Else the scan would take the threshold in the rules for a figure of no published table."""
    first = area_file(BARNET).statements[UNMET].parts[0]
    numbers = {"threshold": "", "threshold_value": 61.5, "margin": 7.25}
    part = first.model_copy(update={**numbers, "test": test})
    record = {"verdict": {"parts": [check_part(part).to_dict()]}}

    (told,) = (text for name, text in rules(**numbers, test=test).items() if first.claim in name)

    assert {figure for figure, _ in figures_in(told)} == {"61.5", "7.25"}
    assert {"61.5", "7.25"} <= figures_of(record, {})
