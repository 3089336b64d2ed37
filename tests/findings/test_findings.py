"""What a finding keeps, publishes and decides; and that treatment-shaped counts are protected."""

import json
import pickle

import pandas as pd
import pytest

from cdpb import loaders
from cdpb.disclosure.masked import MASKED
from cdpb.errors import GateRefused, InputError
from cdpb.findings.brief import Brief
from cdpb.findings.record import FindingRecord
from cdpb.statistics.measure import Measure
from tests.support.project import count_from, declare_findings, draw_project
from tests.support.tables import table

BARNET = "E09000003"


def treated() -> pd.DataFrame:
    """People starting treatment, made up: three services, two substances, small counts."""
    counts = table("""
        service  substance  people
        North    opiate          3
        North    alcohol        12
        North    cannabis       40
        South    opiate         20
        South    alcohol        50
        South    cannabis       80
        East     opiate         11
        East     alcohol        30
        East     cannabis       60
    """)
    counts.attrs["source"] = "returns"
    return counts


def with_totals(counts: pd.DataFrame) -> pd.DataFrame:
    by_service = counts.groupby("service", as_index=False)["people"].sum()
    by_substance = counts.groupby("substance", as_index=False)["people"].sum()
    parts = [
        counts,
        by_service.assign(substance="total"),
        by_substance.assign(service="total"),
        pd.DataFrame({"service": ["total"], "substance": ["total"], "people": counts.people.sum()}),
    ]
    every = pd.concat(parts, ignore_index=True)
    every.attrs["source"] = "returns"
    return every


def with_shares(counts: pd.DataFrame) -> pd.DataFrame:
    totals = counts[counts["substance"] == "total"].set_index("service")["people"]
    shares = counts.assign(percent=100 * counts["people"] / counts["service"].map(totals))
    shares.attrs["source"] = "returns"
    return shares


DECLARED = {
    "columns": {
        "service": {"label": "Service", "kind": "name"},
        "substance": {"label": "Substance", "kind": "name"},
        "people": {"label": "People", "kind": "count"},
        "percent": {"label": "Per cent", "kind": "percent", "of": ["substance"]},
    },
    "findings": [
        {
            "id": "starts",
            "slug": "starts",
            "title": "Starts",
            "notebook": "01_starts.ipynb",
            "order": 1,
            "sources": ["returns"],
            "tables": [
                {
                    "id": "by_service",
                    "title": "Starts by service",
                    "source": "returns",
                    "dimensions": ["service", "substance"],
                    "totals": ["service", "substance"],
                    "count": "people",
                    "derived": ["percent"],
                }
            ],
        }
    ],
}


RETURNS = """
sources:
  returns:
    title: Starts by service
    publisher: A treatment provider
    landing_page: ""
    licence: for the partnership
    attribution: A treatment provider
    frequency: monthly
    geography: services
    access: internal
    status: official
    policy: under_five_hide
    folder: data
    periods: years
    not_mixed_with: []
    definition: People who started treatment.
    caveats: []
"""


@pytest.fixture
def starts(tmp_path, monkeypatch, project):
    """A finding on a partner's return, which the public edition may show after protection."""
    drawn = draw_project(tmp_path, monkeypatch)
    drawn.write("sources.yml", RETURNS)
    drawn.write("policies.yml", (project / "data" / "policies.yml").read_bytes())
    declare_findings(drawn.root, **DECLARED)
    count_from(monkeypatch, "returns", treated)
    return FindingRecord(Brief("starts", "2023/24", BARNET))


def test_a_small_cell_of_a_return_takes_others_with_it(starts):
    """A lone hidden cell is its total less the cells beside it."""
    shown = starts.tables.publish(with_shares(with_totals(treated())), "by_service")
    hidden = {(row["service"], row["substance"]) for row in shown.rows() if row["people"] is MASKED}
    assert ("North", "opiate") in hidden
    assert all(
        sum(key[side] == name for key in hidden) > 1 for side, name in ((0, "North"), (1, "opiate"))
    )
    for row in shown.rows():
        assert (row["people"] is MASKED) == (row["percent"] is MASKED)


def test_nothing_that_leaves_a_finding_holds_a_hidden_count(starts, tmp_path, monkeypatch):
    monkeypatch.setenv("CDPB_SAVE_TO", str(tmp_path / "saved"))
    starts.tables.publish(with_shares(with_totals(treated())), "by_service")
    folder = starts.save()
    csv = (folder / "tables" / "starts" / "by_service.csv").read_text(encoding="utf-8")
    assert "North,opiate,[c],[c]" in csv
    record = json.loads((folder / "findings" / "starts.json").read_text(encoding="utf-8"))
    assert record["tables"][0]["file"] == "tables/starts/by_service.csv"
    again = pickle.loads(pickle.dumps(starts.tables.published["by_service"]))
    assert again.where(service="North", substance="opiate").values[0][2] is MASKED


def test_a_hidden_row_gives_no_measure(starts):
    starts.tables.publish(with_shares(with_totals(treated())), "by_service")
    found = starts.tables.measure(
        "by_service", "North", "people", service="North", substance="opiate"
    )
    assert not found.known


def test_counts_that_are_not_the_source_s_are_refused(starts):
    """A count changed by hand would be protected as something that it isn't."""
    changed = with_totals(treated())
    changed.loc[0, "people"] = 4
    with pytest.raises(GateRefused, match="by_service"):
        starts.tables.publish(with_shares(changed), "by_service")


def test_a_left_out_row_is_refused(starts):
    """What is not there would be told by the totals."""
    with pytest.raises(GateRefused, match="has not the rows"):
        starts.tables.publish(with_shares(with_totals(treated())).iloc[1:], "by_service")


# Of the real project -----------------------------------------------------------------


def finding(id="ward_drug_offences", year="2023/24", area="Barnet", **more) -> FindingRecord:
    return FindingRecord(Brief(id, year, area, **more))


def test_an_area_is_found_by_name_or_code():
    assert finding(area="camden").brief.area == finding(area="E09000007").brief.area == "E09000007"


@pytest.mark.parametrize(
    "wrong",
    [{"year": "2023/25"}, {"area": "Barnett-on-Sea"}, {"edition": "secret"}, {"id": "nothing"}],
)
def test_what_is_not_known_is_refused(wrong):
    with pytest.raises(InputError) as caught:
        finding(**wrong)
    assert len(str(caught.value).splitlines()) <= 8


def test_a_lagging_source_is_shown_for_its_latest_year_and_named_so():
    """Never an earlier figure under this year's name."""
    women = finding("women_in_treatment")
    assert women.tables.as_of("ndtms_adults") == "2021/22"
    assert women.tables.period("ndtms_adults") == "2021/22, the latest held"
    assert any("2 years old" in caveat for caveat in women.caveats())


def test_a_year_that_is_held_is_named_plainly():
    wards = finding()
    assert (wards.tables.as_of("mps_ward_crime"), wards.tables.period("mps_ward_crime")) == (
        "2023/24",
    ) * 2


def test_with_nothing_held_the_year_asked_for_stands_and_loads_nothing():
    early = finding(year="2009/10")
    assert early.tables.as_of("mps_ward_crime") == "2009/10"
    assert loaders.ward_drug_offences(year="2009/10").empty


def test_no_later_year_is_shown_for_an_earlier_one():
    assert finding("women_in_treatment", year="2015/16").tables.as_of("ndtms_adults") == "2015/16"


def test_a_part_that_the_statement_lacks_is_refused():
    """A misspelt part would leave the real one unchecked without a word."""
    nothing = Measure(None, None, None, None, None, "", "", "", "", "")
    with pytest.raises(InputError, match="focus_above"):
        finding().judge.statement(focus_above=(nothing, nothing))


def test_without_evidence_a_part_stays_unchecked():
    verdict = finding().judge.statement()
    assert verdict.outcome == "not checked"
    assert all(not part.checked for part in verdict.parts)


def test_an_area_without_a_statement_has_no_verdict():
    assert finding(area="Camden").judge.statement() is None
    assert finding(area="Camden").to_dict()["verdict"] is None


def test_an_undeclared_table_is_refused():
    with pytest.raises(InputError, match="declares no table 'wrads'"):
        finding().tables.publish(pd.DataFrame(), "wrads")


def test_a_ward_table_that_lost_an_offence_is_refused():
    """The counts of a table with a filter are counted again from the source."""
    from cdpb.statistics import compare, crude_rate, rank_by, rate_of, total_by, with_residents
    from cdpb.statistics.places import WARD, inside

    wards = finding()
    offences = loaders.ward_drug_offences(year=wards.tables.as_of("mps_ward_crime"))
    counts = total_by(offences, WARD)
    counts.loc[counts["borough_code"] == BARNET, "offences"] -= 1
    rates = crude_rate(with_residents(counts, loaders.ward_residents(), on="ward_code"))
    compared = rank_by(compare(inside(rates, BARNET), rate_of(rates, "London")), "rate_per_1000")
    with pytest.raises(GateRefused, match="not what its declaration counts"):
        wards.tables.publish(compared, "wards")


def test_a_record_says_which_files_a_source_came_in(tmp_path):
    record = finding().to_dict()
    police = next(each for each in record["sources"] if each["id"] == "mps_ward_crime")
    assert [receipt["received"] for receipt in police["receipts"]] == [
        "December 2023",
        "April 2025",
        "April 2026",
    ]
    assert all(len(file["sha256"]) == 64 for r in police["receipts"] for file in r["files"])


def test_a_public_record_names_no_illustrative_source():
    """Outside a demonstration no illustrative figure is shown, so none is cited."""
    ids = {each["id"] for each in finding("unmet_treatment_need").to_dict()["sources"]}
    assert "opiate_crack_local" not in ids
    shown = finding("unmet_treatment_need", demonstration=True).to_dict()["sources"]
    assert "opiate_crack_local" in {each["id"] for each in shown}
