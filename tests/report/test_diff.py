"""Two assessments compared: a change of method is never shown as a change in the world."""

import copy
import json

import pytest

from cdpb.errors import InputError
from cdpb.report.diff import difference_lines, differences, read_records
from tests.support.commands import cdpb
from tests.support.pages import record

RULES = {"Numerator": "Offences.", "test: lower than London": "test below"}


def made(year="2022/23", value=2.5, outcome="supported", rules=RULES, **more) -> dict:
    """A record with one key figure and one part, by some rules."""
    part = {"id": "low", "claim": "It is lower", "outcome": outcome}
    figure = {"id": "rate", "label": "Rate", "value": value, "lower": 2.0, "upper": 3.0}
    return record(
        year=year,
        verdict={"outcome": outcome, "label": outcome, "parts": [part]},
        key_figures=[{**figure, "unit": "per 1,000 residents", "period": year, "comparators": []}],
        method={"digest": str(hash(str(rules))), "rules": rules},
        **more,
    )


def compared(before: dict, after: dict):
    return differences({before["id"]: before}, {after["id"]: after})


def test_two_assessments_that_say_the_same_differ_in_nothing():
    before = made()
    assert compared(before, copy.deepcopy(before)) == []
    assert list(difference_lines([], "Barnet, 2022/23", "the same")) == [
        "Barnet, 2022/23 and the same say the same."
    ]


def test_a_value_that_moved_by_one_method_is_a_change_in_value():
    """With the interval and the period beside it."""
    (found,) = compared(made(), made("2023/24", value=2.8))
    assert (found.what, found.why) == ("key figure, Rate", "value")
    assert found.before == "2.5 per 1,000 residents (2.0 to 3.0), 2022/23"


def test_a_value_of_the_same_period_was_revised():
    """A publisher's revision is not a year's news."""
    (found,) = compared(made(), made(value=2.8))
    assert found.why == "revised"
    assert "revised: the same period" in list(difference_lines([found], "a", "b"))[-1]


def test_a_value_measured_in_another_way_is_no_news_either():
    """Though no rule of the finding was changed."""
    after = made("2023/24", value=2.8)
    after["key_figures"][0]["definition"] = "offences of possession"
    (found,) = compared(made(), after)
    assert (found.why, found.note) == ("value and method", "another definition")


def test_a_value_beyond_a_break_of_its_series_is_no_news():
    police = {"source": "mps_borough_crime"}
    sides = [made(each, value, as_of={police["source"]: each})
             for each, value in (("2022/23", 2.5), ("2023/24", 2.8))]  # fmt: skip
    for each in sides:
        each["key_figures"][0].update(police)
    (found,) = compared(*sides)
    assert found.note == "series break in February 2024"


def test_another_threshold_touches_its_own_part_and_the_verdict():
    """A key figure is not measured by a threshold."""
    test = "test: It is lower"
    rules = [{**RULES, test: f"test below; threshold value {each}"} for each in (50, 60)]
    after = made("2023/24", 2.8, "contradicted", rules=rules[1])
    found = {each.what: each for each in compared(made(rules=rules[0]), after)}

    assert found["key figure, Rate"].why == "value"
    assert found["part, It is lower"].why == found["verdict"].why == "value and method"
    rule = found[f"method, {test}"]
    assert (rule.before, rule.after) == ("threshold value 50", "threshold value 60")


def test_a_new_table_changes_no_rule():
    more = {**RULES, "table: Another": "[]"}
    assert compared(made(), made(rules=more)) == []


def test_what_was_received_since_is_told():
    source = {"id": "police", "title": "Police"}
    sides = [made(sources=[{**source, "receipts": [{"received": each}]}])
             for each in ("April 2025", "December 2025")]  # fmt: skip
    (found,) = compared(*sides)
    assert (found.what, found.why) == ("data, Police", "data")
    assert (found.before, found.after) == ("received April 2025", "received December 2025")


def test_a_later_claim_is_compared_too():
    sides = [made(claims=[{"id": "F15", "text": "It fell.", "verdict": {"outcome": each}}])
             for each in ("supported", "contradicted")]  # fmt: skip
    (found,) = compared(*sides)
    assert (found.what, found.before, found.after) == (
        "claim, It fell.",
        "supported",
        "contradicted",
    )


def test_an_interval_that_moved_alone_is_told_too():
    """It can turn a verdict."""
    after = made()
    after["key_figures"][0]["upper"] = 3.6
    (found,) = compared(made(), after)
    assert found.after.endswith("(2.0 to 3.6), 2022/23")


def test_a_verdict_and_its_part_are_told_by_name():
    found = compared(made(), made(outcome="contradicted"))
    assert [each.what for each in found] == ["verdict", "part, It is lower"]


def test_with_another_method_nothing_is_called_a_change_in_the_world():
    """Else a new threshold would read as good news."""
    other = {**RULES, "Numerator": "Offences of possession."}
    found = compared(made(), made(value=1.0, outcome="contradicted", rules=other))

    assert {each.why for each in found} == {"value and method", "method"}
    lines = list(difference_lines(found, "a", "b"))
    said = [line for line in lines[1:] if "->" in line and "method, " not in line]
    assert all("no real change is shown" in line for line in said)
    assert "  method, Numerator: Offences. -> Offences of possession." in lines


def test_a_finding_that_only_one_of_them_holds_is_named():
    (found,) = differences({"a": made(id="a")}, {"a": made(id="a"), "b": made(id="b")})
    assert (found.finding, found.before, found.after) == ("b", "not made", "made")


@pytest.mark.parametrize("other", [{"edition": "partnership"}, {"demonstration": True}])
def test_different_editions_are_not_compared(other):
    """What one may show and the other may not is no change."""
    with pytest.raises(InputError, match="different"):
        compared(made(), {**made(), **other})


def test_a_folder_without_an_assessment_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no assessment"):
        read_records(tmp_path)


def test_the_command_compares_two_folders(tmp_path, capsys):
    """And gives them to another program as JSON."""
    for name, each in (("before", made()), ("after", made("2023/24", value=2.8))):
        folder = tmp_path / name / "findings"
        folder.mkdir(parents=True)
        (folder / "a.json").write_text(json.dumps(each), encoding="utf-8")
    both = [str(tmp_path / "before"), str(tmp_path / "after")]

    code, out, err = cdpb(capsys, "diff", *both)
    assert (code, err) == (0, "")
    assert "2.5 per 1,000 residents (2.0 to 3.0), 2022/23 -> 2.8" in out

    _, out, _ = cdpb(capsys, "diff", *both, "--json")
    assert json.loads(out)[0]["why"] == "value"


def test_the_command_wants_two_of_a_kind(capsys):
    code, _, err = cdpb(capsys, "diff", "--year", "2023/24")
    assert code == 2
    assert "Name their two folders, or two years" in err


@pytest.mark.slow
def test_two_built_years_are_told_apart(assessments, capsys):
    """As an analyst asks before a meeting of the board."""
    years = ["--year", "2023/24", "--year", "2024/25"]
    code, out, _ = cdpb(capsys, "diff", *years, "--area", "Barnet", "--output", str(assessments))
    assert code == 0
    assert "ward_drug_offences" in out
    assert "the rule differs" not in out
