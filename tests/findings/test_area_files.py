"""An area file is checked whole, and its statements name their parts from a documented list."""

from pathlib import Path

import pytest
import yaml

from cdpb import areas
from cdpb.areas import AreaFile
from cdpb.cli import main
from cdpb.declarations import declarations
from cdpb.errors import InputError
from cdpb.findings.area_files import checked_area_file, own_ward
from cdpb.findings.brief import Brief
from cdpb.findings.record import FindingRecord
from tests.support.inprocess import record_of, run
from tests.support.project import lines_of

CHECKOUT = Path(__file__).resolve().parents[2]
CAMDEN, BARNET, FINDING = "E09000007", "E09000003", "ward_drug_offences"
OF_BARNET = "E05013632"
PARTS = [
    {"id": "borough_below_london", "claim": "Camden's rate is lower than London's",
     "test": "below", "comparator": "London", "reason": "One file holds both"},
]  # fmt: skip


def camden(monkeypatch, *parts: dict, **more) -> None:
    """Let Camden have a file, as if somebody had written it."""
    made = {"text": "Rates are low.", "made": "2023", "document": "A plan", "parts": list(parts)}
    written = {"code": CAMDEN, "name": "Camden", "partnership": "Camden's board",
               "statements": {FINDING: made}} | more  # fmt: skip
    file = AreaFile.model_validate(written)
    ours = areas.area_file
    monkeypatch.setattr(areas, "area_file", lambda code: file if code == CAMDEN else ours(code))


def test_a_statement_with_parts_of_its_own_is_judged(tmp_path, monkeypatch):
    """Another partnership says less than Barnet, and its page was refused for that."""
    camden(monkeypatch, *PARTS)
    run(FINDING, tmp_path, year="2023/24", area="Camden")
    verdict = record_of(FINDING, tmp_path)["verdict"]
    assert [(each["id"], each["outcome"]) for each in verdict["parts"]] == [
        ("borough_below_london", "contradicted")
    ]


def test_what_no_figure_tests_is_named_freely_and_a_figure_of_its_name_is_context(
    tmp_path, monkeypatch
):
    """Even where the figure lies wholly on the other side."""
    advice = {"id": "patrols", "claim": "There ought to be more patrols", "test": "no_figure",
              "reason": "it is a recommendation"}  # fmt: skip
    camden(monkeypatch, PARTS[0] | {"test": "no_figure"}, advice)
    assert checked_area_file(CAMDEN) is not None
    run(FINDING, tmp_path, year="2023/24", area="Camden")
    verdict = record_of(FINDING, tmp_path)["verdict"]
    beside, freely = verdict["parts"]
    assert verdict["label"] == "not checked: no figure tests this"
    assert beside["measure"]["label"] == "Camden"
    assert beside["reason"].endswith("per 1,000 residents for London: higher")
    assert (freely["measure"], freely["reason"]) == (
        None, "no figure tests this: it is a recommendation",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"parameters": {FINDING: {"focus_ward": OF_BARNET}}}, "is no ward of Camden"),
        ({"parameters": {FINDING: {"focus_ward": "Bloomsbury"}}}, "write the code of Bloomsbury"),
        ({"name": "Barnet"}, "E09000007 is Camden"),
        ({"claims": {"ward_offences": []}}, "did you mean ward_drug_offences"),
        ({"names": {"the adult treatment providers": "A charity"}}, "data/sources.yml has no"),
    ],
)
def test_a_file_with_a_slip_is_refused_with_the_entry(monkeypatch, more, found):
    """Each of these ran with exit 0 and said nothing."""
    camden(monkeypatch, *PARTS, **more)
    with pytest.raises(InputError) as error:
        checked_area_file(CAMDEN)
    assert found in "\n".join(lines_of(error))
    assert len(lines_of(error)) <= 8


@pytest.mark.parametrize("id", ["borough_below_londn", "women_below_england"])
def test_a_part_that_no_notebook_tests_is_refused(monkeypatch, id):
    """It would stand on the page as unchecked for want of figures."""
    camden(monkeypatch, PARTS[0] | {"id": id})
    with pytest.raises(InputError, match="can't be used") as error:
        checked_area_file(CAMDEN)
    assert "borough_below_london" in "\n".join(lines_of(error))


def test_a_part_of_a_focus_ward_needs_one(monkeypatch):
    camden(monkeypatch, PARTS[0] | {"id": "focus_ward_above_london", "test": "above"})
    with pytest.raises(InputError) as error:
        checked_area_file(CAMDEN)
    assert "none is named" in "\n".join(lines_of(error))


SIGNED = {
    "what": "Referrals", "why": "The board needs them", "date": "2025-01-20", "until": "2028/29",
    "agreed_by": {"name": "Camden Council", "office": "Director of Public Health"},
    "edition": "partnership",
}  # fmt: skip
ROUTES, ORDERS = "criminal_justice_pathways/referrals", "criminal_justice_pathways/orders"


def exceptions(**of: dict) -> list[dict]:
    """A register with these entries, each by its id."""
    return [SIGNED | {"id": id} | entry for id, entry in of.items()]


def test_every_exception_for_what_is_not_there_is_refused_at_once(monkeypatch):
    """Whoever mends one and runs again would find the next."""
    wrong = {
        "A1": {"table": "criminal_justice_pathways/referal"},
        "A2": {"table": ROUTES, "rows": [{"way": "custody"}]},
        "A3": {"quoted": "Q9999"},
        "A4": {"quoted": "Q32"},  # of Barnet's documents
    }
    camden(monkeypatch, *PARTS, exceptions=exceptions(**wrong))
    with pytest.raises(InputError, match="4 entries can't be used") as error:
        checked_area_file(CAMDEN)
    assert [line.split(":")[0] for line in lines_of(error)[1:5]] == [
        f"  exceptions, {id}" for id in wrong
    ]


@pytest.mark.parametrize("edition", ["public", "partnership"])
def test_exceptions_for_rows_that_are_not_there_stop_a_run_before_it_begins(
    edition, tmp_path, monkeypatch, capsys
):
    """A misspelt route was found when a notebook asked, minutes later, and one at a time."""
    right = {"table": ROUTES, "rows": [{"route": "custody"}]}
    wrong = {
        "A1": {"table": ROUTES, "rows": [{"route": "custodie"}, {"route": "custody"}]},
        "A2": {"table": ORDERS, "rows": [{"order": "ATR"}, {"order": "ART"}]},
    }
    barnet = areas.area_file(BARNET)
    register = exceptions(A0=right, **wrong)
    signed = AreaFile.model_validate(barnet.model_dump() | {"exceptions": register})
    monkeypatch.setattr(areas, "area_file", lambda code: signed)
    monkeypatch.setattr("cdpb.runner.pool.run_tasks", None)
    asked = ["--demonstration", "--edition", edition, "--output", str(tmp_path)]

    assert main(["run", *asked]) == 2

    told = capsys.readouterr().err
    assert "2 entries can't be used" in told
    for id, near in (("A1", "custody"), ("A2", "ATR")):
        assert f"Exception {id}" in told
        assert f"Did you mean: {near}" in told
    assert list(tmp_path.iterdir()) == []


def test_a_ward_is_found_by_its_name_or_refused():
    """A ward of another borough ran, and the page named none."""
    assert own_ward(BARNET, "colindale  north") == own_ward(BARNET, OF_BARNET) == OF_BARNET
    for wrong in ("", "Nowhere", OF_BARNET):
        with pytest.raises(InputError, match="is no ward of Camden"):
            own_ward(CAMDEN, wrong)


def test_a_statement_of_one_ward_is_not_tested_on_another():
    """What was said of Colindale North is neither true nor false of High Barnet."""
    finding = FindingRecord(Brief(FINDING, "2023/24", BARNET))
    finding.brief.parameter("focus_ward", "High Barnet")
    parts = {each.id: each for each in finding.judge.statement().parts}
    assert parts["focus_ward_above_london"].reason.startswith("the statement is of another ward")


def test_barnets_file_can_be_used_whole():
    assert checked_area_file(BARNET) == areas.area_file(BARNET)


def test_the_guide_lists_every_key_and_every_test():
    """Whoever writes a file for another area has nothing else to go by."""
    guide = (CHECKOUT / "docs" / "areas.md").read_text(encoding="utf-8")
    keys = set(AreaFile.model_fields) - {"actions"}
    assert [key for key in sorted(keys) if f"| `{key}` |" not in guide] == []
    for finding in declarations().findings:
        for id, told in finding.tests.items():
            assert f"| `{finding.id}` | `{id}` | {told} |" in guide


def test_every_test_that_a_notebook_makes_is_listed_and_no_other():
    """The list is what area files are checked against."""
    for finding in declarations().findings:
        text = (CHECKOUT / "notebooks" / finding.notebook).read_text(encoding="utf-8")
        assert [id for id in finding.tests if id not in text] == [], finding.id


def test_the_example_of_the_guide_is_a_file_that_can_be_read():
    guide = (CHECKOUT / "docs" / "areas.md").read_text(encoding="utf-8")
    example = guide.split("```yaml\n")[1].split("```")[0]
    assert AreaFile.model_validate(yaml.safe_load(example)).code == CAMDEN
