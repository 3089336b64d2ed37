"""Later claims stand beside a finding's statement and are tested as it is."""

import pytest

from cdpb.areas import Claim, StatementPart
from cdpb.errors import InputError
from cdpb.findings.brief import Brief
from cdpb.findings.record import FindingRecord
from cdpb.report.finding import Finding
from cdpb.report.method import claims_block
from cdpb.statistics.measure import Measure

FALL = Measure(0.8, 0.7, 0.9, None, None, "times", "Barnet", "2023/24", "mps_borough_crime", "")
# A test that the finding's file lists: no other part may be named.
LISTED = "borough_below_london"


def finding(monkeypatch, year="2023/24") -> FindingRecord:
    """One with two claims: that offences fell, and a number of arrests that nobody holds."""
    fell = StatementPart(
        id=LISTED, claim="Offences fell", test="below", threshold_value=1, reason=""
    )
    arrests = StatementPart(
        id="arrests", claim="More arrests", test="not_checked", reason="none held"
    )
    said = {"made": "2024", "document": "Update"}
    made = [
        Claim(id="F15", text="It fell.", parts=[fell], **said),
        Claim(id="F16", text="More were arrested.", parts=[arrests], **said),
    ]
    record = FindingRecord(Brief("ward_drug_offences", year, "Barnet"))
    file = record.brief.area_file.model_copy(update={"claims": {record.brief.id: made}})
    monkeypatch.setattr(record.brief, "area_file", file)
    return record


def test_each_claim_has_a_verdict_of_its_own(monkeypatch):
    """One verdict over claims of different years would say nothing of either."""
    record = finding(monkeypatch)

    answers = record.judge.claims(**{LISTED: (FALL,)})

    assert [answer.outcome for answer in answers] == ["supported", "not checked"]
    assert record.judge.answer is None
    assert [claim["id"] for claim in record.to_dict()["claims"]] == ["F15", "F16"]


def test_evidence_for_a_test_that_nobody_listed_is_refused(monkeypatch):
    """A slip in a notebook is an error, never a claim that can't be checked."""
    with pytest.raises(InputError, match="no test 'risen'"):
        finding(monkeypatch).judge.claims(risen=(FALL,))


def test_an_area_without_claims_takes_evidence_and_says_nothing():
    """The notebook is the same for every borough."""
    record = FindingRecord(Brief("ward_drug_offences", "2023/24", "Camden"))

    assert record.judge.claims(**{LISTED: (FALL,)}) == []
    assert record.to_dict()["claims"] == []


def test_a_claim_is_shown_with_its_outcome_and_the_reason(monkeypatch):
    record = finding(monkeypatch)
    record.judge.claims(**{LISTED: (FALL,)})

    block = claims_block(record.to_dict()["claims"])

    assert "Said in 2024" in block.html
    assert "Not checked. None held" in block.html
    assert "The whole interval higher than 1</td>" in block.html
    assert "1 test was made." in block.html
    assert block.text == "It fell. [supported]; More were arrested. [not checked]"


def test_a_claim_is_not_tested_on_a_year_that_ended_before_it(monkeypatch):
    """A fall in 2022/23 says nothing of what an update of 2024 claims."""
    answers = finding(monkeypatch, "2022/23").judge.claims(**{LISTED: (FALL,)})

    assert [answer.outcome for answer in answers] == ["not checked"] * 2
    assert "made in 2024, of a time after 2022/23" in answers[0].reason


def test_a_page_that_looks_at_other_findings_takes_no_evidence():
    """It tests no statement of its own, and would pass over what it was given without a word."""
    page = Finding("summary", "2023/24", "Barnet")
    with pytest.raises(InputError, match="no test 'offences_fell'"):
        page.verdict("12 statements", offences_fell=(FALL,))
    assert "12 statements" in page.verdict("12 statements").html
