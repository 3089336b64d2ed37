"""The parts together, dated by their data."""

import json
from dataclasses import replace

import pytest

from cdpb.errors import InputError
from cdpb.statistics.part_tests import PartResult, below, not_checked
from cdpb.statistics.verdicts import verdict
from tests.statistics.test_comparison import LONDON
from tests.statistics.test_part_tests import BARNET


def part(outcome: str, measure=BARNET) -> PartResult:
    """A part with a known outcome."""
    return PartResult("p", "claim", "below", outcome, "reason", measure=measure)


@pytest.mark.parametrize(
    ("outcomes", "outcome", "label"),
    [
        (["supported", "supported"], "supported", "supported"),
        (["contradicted"], "contradicted", "contradicted"),
        (["unclear", "unclear"], "unclear", "unclear"),
        (["supported", "contradicted"], "partly supported", "partly supported"),
        (["supported", "unclear"], "partly supported", "partly supported"),
        (["supported", "contradicted", "unclear"], "partly supported", "partly supported"),
        (["contradicted", "unclear"], "contradicted in part", "contradicted in part"),
        (["not checked", "not checked"], "not checked", "not checked"),
    ],
)
def test_the_overall_rule(outcomes, outcome, label):
    """Every row of the table of verdicts, with all parts checked or none."""
    found = verdict([part(each) for each in outcomes], "2023/24")

    assert (found.outcome, found.label) == (outcome, label)


@pytest.mark.parametrize(
    ("outcomes", "label"),
    [
        (["supported", "not checked"], "supported as far as checked (1 of 2 parts)"),
        (
            ["supported", "contradicted", "unclear", "supported", "not checked"],
            "partly supported as far as checked (4 of 5 parts)",
        ),
        (
            ["contradicted", "not checked", "unclear"],
            "contradicted in part as far as checked (2 of 3 parts)",
        ),
        (["unclear", "not checked", "not checked"], "unclear as far as checked (1 of 3 parts)"),
    ],
)
def test_no_label_drops_how_many_parts_were_checked(outcomes, label):
    """A board reads the first word; what follows says how far it goes."""
    found = verdict([part(each) for each in outcomes], "2023/24")

    assert found.label == label
    assert label.startswith(found.outcome)


def test_where_no_figure_tests_any_part_the_label_says_so():
    """A recommendation is not left open for want of a return."""
    advice = replace(part("not checked"), test="no_figure")

    found = verdict([advice, advice], "2023/24")
    mixed = verdict([advice, not_checked("not received")], "2023/24")

    assert (found.outcome, found.label) == ("not checked", "not checked: no figure tests this")
    assert (found.as_of, found.adds_to_history) == ("", False)
    assert mixed.label == "not checked"


def test_a_verdict_of_the_years_own_data_is_news():
    """It joins the history."""
    found = verdict([part("supported")], "2023/24")

    assert (found.as_of, found.dating) == ("2023/24", "")
    assert found.adds_to_history
    assert not found.carried_forward


def test_a_verdict_of_older_data_is_carried_forward_and_no_news():
    """The same figures counted twice would look like two years that agree."""
    older = replace(BARNET, period="2021/22")

    found = verdict([part("supported", older), part("supported")], "2023/24")

    assert found.as_of == "2021/22"
    assert found.dating == "carried forward from 2021/22"
    assert found.carried_forward
    assert not found.adds_to_history


def test_nothing_checked_is_no_news_and_has_no_date():
    """There are no data to date it by."""
    found = verdict([not_checked("return not received")], "2023/24")

    assert (found.as_of, found.dating, found.adds_to_history) == ("", "", False)


@pytest.mark.parametrize("limits", [{"mps_ward_crime": 5}, 5])
def test_data_older_than_their_sources_limit_check_nothing(limits):
    """An estimate of 2014 says nothing of 2023/24, whatever it says."""
    old = part("supported", replace(BARNET, period="2014"))
    young = part("supported", replace(BARNET, period="2018/19"))

    found = verdict([old, young], "2023/24", oldest_usable_years=limits)

    assert [each.outcome for each in found.parts] == ["not checked", "supported"]
    assert found.label == "supported as far as checked (1 of 2 parts)"
    assert found.parts[0].reason == "the data are of 2014, more than 5 years before 2023/24"


def test_an_estimate_behind_the_measure_can_be_too_old_as_well():
    """Unmet need is as old as the older of its two sides."""
    unmet = replace(BARNET, denominator_source="alcohol_dependence", denominator_period="2017/18")

    found = verdict([part("supported", unmet)], "2023/24", {"alcohol_dependence": 5})

    assert found.outcome == "not checked"
    assert (
        verdict([part("supported", unmet)], "2022/23", {"alcohol_dependence": 5}).parts[0].checked
    )


def test_a_source_without_a_limit_may_be_of_any_age():
    """No limit was declared."""
    old = part("supported", replace(BARNET, period="2014"))

    assert verdict([old], "2023/24", {"mps_ward_crime": None}).outcome == "supported"


def test_the_record_is_plain_and_whole():
    """Saved as JSON, measures and all."""
    found = verdict([below(BARNET, LONDON, id="b", claim="Barnet is lower")], "2023/24")

    record = json.loads(json.dumps(found.to_dict()))

    assert record["outcome"] == "supported"
    assert record["test"] == "Barnet is lower"
    assert record["reason"].startswith("Barnet is lower: supported (Barnet 2.7 per 1,000")
    assert record["parts"][0]["measure"]["numerator"] == BARNET.numerator
    assert record["parts"][0]["as_of"] == "2023/24"


def test_a_statement_without_parts_is_refused():
    """Nothing to test is not the same as nothing found."""
    with pytest.raises(InputError, match="without parts"):
        verdict([], "2023/24")
