"""A slip of the hand is told at once, in a few lines, with the name that was meant."""

import pytest

from cdpb import statistics
from cdpb.errors import LONGEST_MESSAGE, CdpbError, meant
from cdpb.findings.years import _code_cells
from cdpb.report.finding import Finding
from cdpb.statistics import total_by
from cdpb.statistics.places import WARD, inside
from cdpb.statistics.wards import ranked, rates_by_ward, rates_of
from findings import ward_drug_offences

BARNET, YEAR = "E09000003", "2023/24"
NORTH, SOUTH, HENDON = "E05013632", "E05013633", "E05013643"

UNPUBLISHED = """
    f.chart("ranked", compared, "A title", reference=london)
    f.chart("map", compared, "A title", outlines=None)
    f.chart("funnel", shown.to_frame(), "A title", reference=london)
    f.chart("ranked", "wards", "A title")
    f.table(compared, "A title")
    f.table(None, "A title")
    words.ranked_title(compared, None, "Barnet")
    words.map_title(compared, london)
"""

SLIPS = """
    f.chart("rankd", shown, "A title") -> Did you mean ranked?
    f.chart(shown, "ranked", "A title") -> kind is of type PublishedTable
    f.chart("ranked", shown) -> missing a required argument: 'title'
    f.chart("ranked", shown, london) -> title is of type Measure
    f.chart("ranked", shown, "A title", focuss=1) -> Did you mean focus?
    f.chart("ranked", shown, "A title", value="rate_per_100") -> Did you mean rate_per_1000?
    f.chart("ranked", shown, "A title", focus="Hendn") -> Did you mean Hendon (E05013643)
    f.chart("ranked", shown, "A title", reference=4.1) -> reference is of type float
    f.chart("ranked", shown, "A title", reference="London") -> finding.measure(
    f.chart("map", shown, "A title", outlines=compared) -> load.ward_outlines(area)
    f.chart("funnel", shown, "A title") -> needs 'reference'
    f.table(shown) -> missing a required argument: 'title'
    f.table(shown, "A title", columns=["ofences"]) -> Did you mean offences?
    f.table(shown, "A title", columns="offences") -> a list of texts
    f.table(shown, "A title", spread="ofences") -> Did you mean offences?
    f.table(shown, "A title", focus="Hendn") -> Did you mean Hendon (E05013643)
    f.table(shown, "A title", spred="offence") -> Did you mean spread
    f.publish("wards", compared) -> table is of type str
    f.publish(compared) -> missing a required argument: 'id'
    f.publish(shown, "wards") -> table is of type PublishedTable
    f.publish(compared["offences"], "wards") -> table is of type Series
    f.publish(compared, "ward") -> Did you mean wards
    f.measure("ward", "Hendon", ward_code=NORTH) -> Did you mean wards
    f.measure("months", "Hendon") -> finding.publish(table, "months") comes first
    f.measure(shown, "Hendon", ward_code=NORTH) -> id is of type PublishedTable
    f.measure("wards", "Hendon", ward_code="E05013633x") -> Did you mean E05013633
    f.measure("wards", "Hendon", ward_name="Hendn") -> Did you mean Hendon
    f.measure("wards", "Hendon", ward=NORTH) -> Did you mean ward_name or ward_code?
    f.measure("wards", "Hendon") -> What tells them apart: ward_code
    f.measure("split", "Hendon", ward_code=NORTH) -> declares no table 'split'
    f.measure("wards_by_offence", "Hendon", ward_code=NORTH) -> What tells them apart: offence
    f.measure("wards", "Hendon", "rate", ward_code=NORTH) -> has no column 'rate'
    f.measure("wards", "Hendon", "ward_name", ward_code=NORTH) -> holds texts
    f.measure("wards", "Hendon", "offences", limits="ratio", ward_code=NORTH) -> 'ratio_lower'
    f.verdict("Nothing.") -> there is no evidence for 'borough_below_london'
    f.verdict("Nothing.", focus_ward_above_londn=both) -> Did you mean focus_ward_above_london
    f.verdict("Nothing.", focus_ward_above_london=north) -> its comparator
    f.verdict("Nothing.", focus_ward_above_london=None) -> Found: NoneType
    f.verdict("Nothing.", some_wards_above_london=(compared, london)) -> Found: DataFrame, Measure
    f.verdict("Nothing.", focus_ward_above_london=(4.2, london)) -> Found: float, Measure
    f.verdict(north, **evidence) -> headline is of type Measure
    f.verdict(**evidence) -> missing a required argument: 'headline'
    f.verdict("Nothing.", **evidence | {"some_wards_above_london": (london, shown)}) -> a published
    f.verdict("Nothing.", **evidence | {"focus_ward_above_london": (north,)}) -> its comparator
    f.claims(borough_belw_london=both) -> Did you mean borough_below_london
    f.key_figure("rate", "The rate", 4.2) -> measure is of type float
    f.key_figure("rate", "The rate", shown) -> measure is of type PublishedTable
    f.key_figure("rate", "The rate", north, "London") -> comparators is of type str
    f.caveats(4) -> sentences is of type int
    f.caveats(compared) -> sentences is of type DataFrame
    f.changed(others=1) -> finding.others()
    f.notice("not_recieved", "Nothing.") -> Did you mean not_received?
    f.received_or_not("probation_order") -> Did you mean probation_orders?
    f.may_open("probation_order") -> Did you mean probation_orders?
    f.as_of("mps_ward_crim") -> Did you mean mps_ward_crime?
    f.as_of() -> missing a required argument: 'source_id'
    f.period("mps_ward_crim") -> Did you mean mps_ward_crime?
    f.of_area("action") -> Did you mean actions
    f.parameter("focus_wrd") -> Did you mean focus_ward?
    f.parameter("focus_ward", "Hendn") -> Did you mean Hendon (E05013643)
    f.quoted("Q999") -> no figure 'Q999'
    f.close(quoted="Q01") -> a list of texts
    f.publsh -> Did you mean publish?
    f.ranked -> finding.chart("ranked", shown, title) draws that
    f.load.ward_drug_offence -> Did you mean ward_drug_offences
    f.load.ward_drug_offences("2023/24") -> is a year and stands in the place of an area
    f.load.residents("2023/24") -> is a year and stands in the place of an area
    f.load.adults_in_treatment("E09000003", "2023/24") -> By name: year=...
    f.load.ward_drug_offences("Barnett") -> Closest: Barnet
    f.load.ward_drug_offences(SOUTH) -> is not a London borough
    f.load.ward_drug_offences("E09000099") -> is not a London borough
    f.load.ward_drug_offences(year="2031/32") -> does not hold all of 2031/32
    f.load.ward_drug_offences(year="2023-24") -> Did you mean 2023/24?
    f.load.ward_drug_offences(years="2023/24") -> Did you mean year?
    f.load.returned("probation_order") -> Did you mean probation_orders?
    f.load.published("recorded_crim") -> Did you mean recorded_crime?
    f.load.years_held("mps_ward_crim") -> Did you mean mps_ward_crime?
    f.load.with_neighbours(BARNET, "Hendn") -> Did you mean Hendon (E05013643)
    shown["offences"] -> shown.to_frame()['offences']
    shown["ofences"] -> Did you mean offences?
    list(shown) -> shown.rows()
    shown.offences -> shown.to_frame().offences
    shown.where(ward_name="Hendn") -> Did you mean 'Hendon'?
    shown.where(ward_name="HENDON", rank=1) -> Did you mean 'Hendon'?
    shown.where("ward_name") -> too many positional arguments
    shown.values_of("ofences") -> Did you mean offences?
    shown.sorted_by("ofences") -> Did you mean offences?
    next(shown.rows())["ofences"] -> Did you mean offences?
    ranked(compared, 4.1) -> london is of type float
    ranked(shown, london) -> wards is of type PublishedTable
    inside(compared, "Barnet") -> is not the code of an area
    stats.funnel(compared) -> missing a required argument: 'with_'
    stats.total_by(compared, "ward") -> Did you mean ward_name or ward_code?
    stats.measure_where(compared, "Hendon", ward=NORTH) -> Did you mean ward_name or ward_code?
    stats.fun_nel -> Did you mean funnel
    Finding("ward_drug_offence", "2023/24", "Barnet") -> Did you mean ward_drug_offences
    Finding("ward_drug_offences", "2023-24", "Barnet") -> Did you mean 2023/24?
    Finding("ward_drug_offences", "2023/2024", "Barnet") -> Did you mean 2023/24?
    Finding("ward_drug_offences", "2023/24") -> missing a required argument: 'area'
    Finding("ward_drug_offences", "2023/24", "Barnet", "public", "yes") -> demonstration is of type
"""


@pytest.fixture(scope="module")
def at_hand():
    """The names of a notebook that has published its wards."""
    f = Finding("ward_drug_offences", YEAR, BARNET)
    offences, residents = f.load.ward_drug_offences(year=YEAR), f.load.ward_residents()
    f.publish(rates_of({"London wards": offences}, residents), "places")
    london = f.measure("places", "London wards", place="London wards")
    compared = ranked(inside(rates_by_ward(offences, residents), BARNET), london)
    shown = f.publish(compared, "wards")
    f.publish(total_by(inside(offences, BARNET), [*WARD, "offence"]), "wards_by_offence")
    north = f.measure("wards", "Colindale North", ward_code=NORTH)
    both = (north, london)
    evidence = dict.fromkeys(f._brief.declaration.tests, both)
    evidence["some_wards_above_london"] = (shown, london)

    return {**globals(), **locals(), "stats": statistics, "words": ward_drug_offences}


def _listed(text: str) -> list[list[str]]:
    return [[part.strip() for part in line.split(" -> ")] for line in text.strip().splitlines()]


@pytest.mark.parametrize(("slip", "said"), _listed(SLIPS))
def test_a_slip_is_told_at_once_with_what_was_meant(at_hand, slip, said):
    """And never as an error of Python or pandas, whose words are not an analyst's."""
    with pytest.raises(CdpbError) as told:
        eval(slip, at_hand)
    assert said in str(told.value)
    assert len(str(told.value).splitlines()) <= LONGEST_MESSAGE


@pytest.mark.parametrize("slip", [slip for (slip,) in _listed(UNPUBLISHED)])
def test_what_was_not_published_is_neither_drawn_nor_said(at_hand, slip):
    with pytest.raises(CdpbError, match=r"Pass it through finding\.publish"):
        eval(slip, at_hand)


def test_what_is_no_misspelling_may_have_no_row(at_hand):
    """Another ward, year or code is another thing, however like it looks."""
    shown = at_hand["shown"]
    for wanted in ({"ward_code": "E05013999"}, {"ward_name": "Camden Town"}, {"rank": 99}):
        assert len(shown.where(**wanted)) == 0
    assert meant("2022/23", ["2023/24"]) == ""
    assert meant("2023-24", ["2023/24"]) == "2023/24"
    assert meant("Brent", ["Barnet"]) == ""
    assert meant("Hendn", []) == ""


def test_a_name_is_looked_up_where_a_code_is_wanted(at_hand):
    f, shown = at_hand["f"], at_hand["shown"]
    assert f.measure("wards", "x", ward_code="hendon") == f.measure("wards", "x", ward_code=HENDON)
    by_name = f.table(shown, "A title", focus="Hendon").html
    assert by_name == f.table(shown, "A title", focus=HENDON).html
    assert by_name != f.table(shown, "A title").html
    offences = f.load.ward_drug_offences("Barnet", year=YEAR)
    assert offences.equals(f.load.ward_drug_offences(BARNET, year=YEAR))
    assert f.load.with_neighbours("Barnet", "Hendon")[0] == HENDON


def test_a_claim_about_one_ward_is_not_tested_on_another(at_hand):
    """It would say of Colindale North what is true of Colindale South."""
    f = at_hand["f"]
    south = f.measure("wards", "Colindale South", ward_code=SOUTH)
    evidence = at_hand["evidence"] | {"focus_ward_above_london": (south, at_hand["london"])}
    with pytest.raises(CdpbError, match=f"(?s)one ward, {NORTH}.*Colindale South, is of {SOUTH}"):
        f.verdict("Nothing.", **evidence)


def test_where_a_source_may_not_be_opened_its_evidence_may_be_absent():
    """The public edition opens nothing of continuity of care, and its verdict says so."""
    finding = Finding("criminal_justice_pathways", YEAR, BARNET)
    assert "not checked" in finding.verdict("Nothing.").text.casefold()


def test_a_year_before_anything_was_received_has_no_rows(at_hand):
    """An assessment of it says so; only a year that nobody asked for is a slip."""
    early = Finding("ward_drug_offences", "2009/10", BARNET)
    assert early.as_of("mps_ward_crime") == "2009/10"
    assert early.load.ward_drug_offences(year="2009/10").empty


def test_a_cell_that_is_run_again_adds_nothing(at_hand):
    f, shown = Finding("ward_drug_offences", YEAR, BARNET), at_hand["shown"]
    tables = [f.table(shown, "A title").text for _ in range(2)]
    assert tables[0] == tables[1]
    for _ in range(2):
        f.key_figure("rate", "The rate", at_hand["north"])
    assert f.cards().html.count("The rate") == 1


def test_a_notebook_that_was_never_saved_is_told(tmp_path, monkeypatch, project):
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr("cdpb.paths.notebooks_folder", lambda: tmp_path / "notebooks")
    with pytest.raises(CdpbError, match=r"(?s)notebooks/x.ipynb was never saved.*Save the"):
        _code_cells("x.ipynb")
