"""The one-page assessment repeats what the findings say, and adds no figure of its own."""

import json

import pytest

from cdpb.areas import area_file
from cdpb.build import PUBLIC
from cdpb.declarations import declarations
from cdpb.findings.documents import NO_VERDICT, Others, answers_to, codes_of, others
from cdpb.report.html_tree import read_document
from cdpb.report.partnership import held_block
from findings.summary import matrix, messages_block, summary_headline
from tests.support.built import BARNET
from tests.support.built import record as built_record
from tests.support.drawn import published
from tests.support.pages import record

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


def labels(*verdicts: str):
    rows = "\n".join(
        f"f{at} {each.replace(' ', '_')} {'no' if each.startswith('not') else 'yes'}"
        for at, each in enumerate(verdicts)
    )
    return published(f"finding_id verdict tested\n{rows}")


def test_the_headline_says_what_weighs_most_and_how_much_could_not_be_tested():
    """A list of counts of six kinds of verdict is not read by a board."""
    wards = finding("ward_drug_offences", headline="Wards differ. And much more.")
    shown = labels("not checked", "supported", "not checked: no figure tests this", "unclear")
    said = summary_headline(shown, gathered(finding(headline="Few."), wards), "Barnet", "2023/24")
    assert said == "Wards differ. Of 4 statements, 2 could not be tested"


def test_an_area_without_statements_has_no_count_of_them():
    shown = labels(NO_VERDICT, NO_VERDICT)
    said = summary_headline(shown, gathered(), "Camden", "2023/24")
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
    assert table["tested"].to_list() == ["yes", "yes"]


def test_what_matters_most_comes_first_and_what_has_no_figure_not_at_all():
    """In the order of weight that the findings declare, whatever their notebooks' order."""
    women = finding("women_in_treatment", headline="Women are fewer.")
    deaths = finding("deaths_and_harm_reduction", headline="More died. Or not.")
    wards = finding("ward_drug_offences", headline="Wards differ.")
    nothing = finding("parents_in_treatment", headline="None.", key_figures=[])
    absent = finding("drinkcoach", headline="Nobody.", key_figures=[{**FIGURE, "value": None}])
    html = messages_block(gathered(nothing, absent, women, deaths, wards)).html
    assert html.index("More died.") < html.index("Women are fewer.")
    # One sentence each; the summary's own headline has the first of all.
    for each in ("None.", "Nobody.", "Or not.", "Wards differ."):
        assert each not in html
    assert messages_block(gathered(women, deaths, wards), most=1).html.count("<li>") == 1
    assert "No finding has a figure" in messages_block(gathered(nothing)).text


def test_what_is_new_comes_before_what_weighs_more():
    """A board that met last year has heard the rest."""
    deaths = finding("deaths_and_harm_reduction", headline="Old.")
    before = {"key_figures": [{"id": "rate", "why": ""}]}
    women = finding("women_in_treatment", headline="New.", before=before)
    html = messages_block(gathered(deaths, women, finding("ward_drug_offences"))).html
    assert "New." not in html  # The headline has it.
    assert "Old." in html


def test_the_second_sentence_of_a_headline_is_a_message_where_a_finding_declares_it():
    """Where offences are is said by the wards' second; a third is for the page itself."""
    wards = finding("ward_drug_offences", headline="Low. Wards differ. Much is chance.")
    said = summary_headline(labels("unclear"), gathered(wards), "Barnet", "2025/26")
    assert said.startswith("Low. Of 1 statements")
    html = messages_block(gathered(wards)).html
    assert "Wards differ." in html
    assert "Low." not in html
    assert "Much is chance" not in html


def test_a_finding_may_declare_a_figures_title_as_its_message():
    """What rose and by how much stands in a title; the headline is of a ratio."""
    told = finding("possession_and_trafficking", figures=[{"id": "change-ratios", "title": "Up"}])
    html = messages_block(gathered(finding("ward_drug_offences"), told)).html
    assert "Up. " in html
    assert told["headline"] not in html


@pytest.mark.slow
def test_each_figure_that_is_declared_as_a_message_is_drawn(assessments):
    for each in declarations().findings:
        figures = set(each.message) - {"headline", "headline_2"}
        if figures:
            told = built_record(assessments, "2025/26", each.id)["figures"]
            assert figures <= {figure["id"] for figure in told}, each.id


def test_each_statement_stands_once_with_its_verdicts_abreast():
    rows = """
        finding_id         priority statement year    on_data short_verdict
        women              Supply   Fewer     2021/22 2021/22 unclear
        women              Supply   Fewer     2022/23 2021/22 supported
        drinks             Demand   More      2022/23 -       not_checked
    """
    html = matrix(published(rows), gathered(finding("women"), finding("drinks"))).html
    cells = [each.text for each in read_document(html).root.all("th", "td")]
    assert cells[:3] == ["Statement", "2021/22", "2022/23"]
    assert cells[3:7] == ["Supply", "Fewer Data of 2021/22.", "unclear", "supported"]
    assert cells[7:] == ["Demand", "More", "not yet made", "not checked"]
    assert 'href="women.html"' in html


def test_an_area_without_statements_has_a_sentence_and_no_empty_table():
    empty = published("finding_id priority statement year on_data short_verdict")
    html = matrix(empty, gathered()).html
    assert "No statement of the partnership&#39;s is on file." in html
    assert "<table" not in html


def test_next_steps_and_involvement_are_read_from_the_area_file():
    held = area_file(BARNET)
    assert len(held.next_steps) == 5
    assert len(held.involvement) == 3
    (steps,) = held_block(held.next_steps)
    assert "action 21" in steps.html
    assert held_block([]) == []


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
