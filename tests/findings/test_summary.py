"""The one-page assessment repeats what the findings say, and adds no figure of its own."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdpb.areas import area_file
from cdpb.build import PUBLIC
from cdpb.findings.documents import NO_VERDICT, Others, answers_to, codes_of, others
from cdpb.report.blocks import entries_block
from findings.summary import OUTCOMES, messages_block, summary_headline, verdicts_title
from tests.support.built import BARNET
from tests.support.built import record as built_record
from tests.support.drawn import published
from tests.support.pages import record

AS_FAR = " as far as checked (4 of 5 parts)"
FIGURE = {
    "id": "rate", "label": "Drug offences", "value": 2.7, "lower": 2.6, "upper": 2.9,
    "unit": "per 1,000 residents", "period": "2023/24",
    "comparators": [
        {"label": "London", "value": 4.2, "unit": "per 1,000 residents", "comparison": "lower"}
    ],
}  # fmt: skip


def finding(id="women_in_treatment", outcome="supported", **more) -> dict:
    verdict = {"outcome": outcome, "label": outcome, "as_of": "2021/22"} if outcome else None
    told = {"id": id, "slug": id, "title": f"About {id}", "verdict": verdict, "claims": []}
    return record(**{**told, "key_figures": [FIGURE], "changed": ["It rose."], **more})


def gathered(*records) -> Others:
    return Others(records, ())


def labels(*verdicts: str, on_data: str = "2021/22", made: str = "2023"):
    rows = "\n".join(
        f"f{at} {each.replace(' ', '_')} {on_data} {made}" for at, each in enumerate(verdicts)
    )
    return published(f"finding_id verdict on_data made\n{rows}")


def test_the_headline_counts_each_verdict_with_its_qualifier():
    """Supported in one part of five is not yet supported; a board reads the first word alone."""
    shown = labels(
        "not checked", "supported as far as checked (1 of 3 parts)", "supported", "contradicted",
        "contradicted in part", "supported as far as checked (2 of 5 parts)",
    )  # fmt: skip
    assert summary_headline(shown, "Barnet", "2023/24") == (
        "Of 6 statements on Barnet, assessed for 2023/24 on data for 2021/22, 1 is supported, 2 "
        "are supported as far as checked (3 of 8 parts), 1 is contradicted, 1 is contradicted in "
        "part and 1 is not checked"
    )


@given(st.lists(st.sampled_from([f"{a}{b}" for a in OUTCOMES for b in ("", AS_FAR)]),
                min_size=1))  # fmt: skip
def test_no_count_of_verdicts_drops_what_was_not_checked(verdicts):
    """Each label is counted whole, and the counts add up to the statements."""
    said = summary_headline(labels(*verdicts), "Barnet", "2023/24").partition(" on data for ")[2]
    counts = [int(each) for each in re.findall(r"(?:, | and )(\d+) ", said)]
    assert sum(counts) == len(verdicts)
    for outcome in OUTCOMES:
        of_it = verdicts.count(outcome + AS_FAR)
        parts = f" as far as checked ({4 * of_it} of {5 * of_it} parts)"
        assert (f"{outcome}{parts}" in said) == bool(of_it)


def test_an_area_without_statements_has_no_count_of_them():
    shown = labels(NO_VERDICT, NO_VERDICT)
    said = summary_headline(shown, "Camden", "2023/24")
    assert said == "No statement on Camden was tested for 2023/24"


def test_later_claims_have_a_row_each_after_the_statement():
    claim = {
        "id": "F15",
        "text": "It fell.",
        "made": "2024",
        "verdict": {"outcome": "unclear"},
    }
    table = gathered(finding(claims=[claim], statement_made="2023")).verdicts()
    assert table["finding_id"].to_list() == ["women_in_treatment", "women_in_treatment/F15"]
    assert table["verdict"].to_list() == ["supported", "unclear"]
    assert table["made"].to_list() == ["2023", "2024"]
    assert verdicts_title(labels("supported")) == "1 statement"


def test_statements_that_were_made_later_are_counted_by_the_year_in_which_they_were():
    """Counted by hand in the area file: twelve of 2023, and eight of the update of 2024."""
    held = area_file(BARNET)
    claims = [each for claims in held.claims.values() for each in claims]
    made = [each.made for each in (*held.statements.values(), *claims)]
    rows = "\n".join(f"f{at} supported {each}" for at, each in enumerate(made))
    shown = published(f"finding_id verdict made\n{rows}")
    assert verdicts_title(shown) == "20 statements, 12 made in 2023 and 8 later"


def test_what_matters_most_comes_first_and_what_has_no_figure_not_at_all():
    """In the order of weight that the findings declare, whatever their notebooks' order."""
    women = finding("women_in_treatment", headline="Women are fewer.")
    wards = finding("ward_drug_offences", headline="Wards differ.")
    nothing = finding("deaths_and_harm_reduction", headline="None.", key_figures=[])
    absent = finding("drinkcoach", headline="Nobody.", key_figures=[{**FIGURE, "value": None}])
    html = messages_block(gathered(nothing, absent, women, wards)).html
    assert html.index("Wards differ.") < html.index("Women are fewer.")
    assert "None." not in html
    assert "Nobody." not in html
    assert html.count("<li>") == 2
    assert messages_block(gathered(women, wards), most=1).html.count("<li>") == 1
    assert "No finding has a figure" in messages_block(gathered(nothing)).text


def test_next_steps_and_involvement_are_read_from_the_area_file():
    held = area_file(BARNET)
    assert len(held.next_steps) == 5
    assert len(held.involvement) == 3
    assert "action 21" in entries_block(held.next_steps, "").html
    assert "None here" in entries_block([], "None here").html


def test_each_next_step_names_findings_that_are_there():
    known = {
        code for each in area_file(BARNET).actions for code in codes_of(each["linked_findings"])
    }
    held = area_file(BARNET)
    for entry in (*held.next_steps, *held.involvement):
        assert set(entry.findings) <= known


def test_what_has_not_been_run_is_named(tmp_path):
    """A summary of three findings must not read as one of fifteen."""
    folder = tmp_path / "findings"
    folder.mkdir()
    text = json.dumps(finding())
    (folder / "women_in_treatment.json").write_text(text, encoding="utf-8")

    found = others(tmp_path, PUBLIC)

    assert [each["id"] for each in found.records] == ["women_in_treatment"]
    absent = {each.id for each in found.absent}
    assert "ward_drug_offences" in absent
    assert not absent & {"summary", "delivery_plan", "outcomes_framework", "needs", "partnership"}


def test_findings_are_linked_by_the_ids_of_the_plan():
    assert answers_to("women_in_treatment") == {"F08"}
    assert codes_of("F01, F02;F03") == {"F01", "F02", "F03"}


@pytest.mark.slow
def test_in_a_built_assessment_the_summary_agrees_with_every_record(assessments):
    """It is made last, of the same run's records."""
    import csv

    folder = assessments / "2025-26" / BARNET / "public"
    name = folder / "tables" / "summary" / "verdicts.csv"
    rows = list(csv.DictReader(name.open(encoding="utf-8", newline="")))
    said = {row["finding_id"]: row["verdict"] for row in rows}
    for path in sorted((folder / "findings").glob("*.json")):
        told = built_record(assessments, "2025/26", path.stem)
        if told["tested"]:
            verdict = told["verdict"] or {}
            assert said[path.stem] == (verdict.get("label") or NO_VERDICT)
