"""Two assessments compared: a change of method is never shown as a change in the world."""

import copy
import json

import pytest

from cdpb.errors import InputError
from cdpb.report.diff import differences, read_records, told
from tests.commands import cdpb
from tests.pages import record

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
    assert list(told([], "Barnet, 2022/23", "the same")) == [
        "Barnet, 2022/23 and the same say the same."
    ]


def test_a_value_that_moved_by_one_method_is_a_change_in_value():
    """With the interval and the period beside it."""
    (found,) = compared(made(), made(value=2.8))
    assert (found.what, found.why) == ("key figure, Rate", "value")
    assert found.before == "2.5 per 1,000 residents (2.0 to 3.0), 2022/23"


def test_an_interval_that_moved_alone_is_told_too():
    """It can turn a verdict."""
    after = made()
    after["key_figures"][0]["upper"] = 3.6
    (found,) = compared(made(), after)
    assert found.after.endswith("(2.0 to 3.6), 2022/23")


def test_a_verdict_and_its_part_are_told_by_name():
    found = compared(made(), made(outcome="reversed"))
    assert [each.what for each in found] == ["verdict", "part, It is lower"]


def test_with_another_method_nothing_is_called_a_change_in_the_world():
    """Else a new threshold would read as good news."""
    other = {**RULES, "Numerator": "Offences of possession."}
    found = compared(made(), made(value=1.0, outcome="reversed", rules=other))

    assert {each.why for each in found} == {"value and method", "method"}
    lines = list(told(found, "a", "b"))
    assert all("not a change in the world" in line for line in lines if "->" in line)
    assert any("method, Numerator: the rule differs" in line for line in lines)


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
