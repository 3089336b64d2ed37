"""Of a source that isn't public nothing is told but its published tables and the months received.

Whoever knows most of a small file tries the few values left and compares hashes; a size, a day or
a file name tells of the bytes as well.
"""

import json

import pytest

from cdpb import catalogue
from cdpb.build import Build
from cdpb.findings.trace import receipts_behind
from cdpb.loaders import access
from cdpb.report.finding import Finding
from cdpb.runner.gates.folder import receipts_told
from cdpb.statistics.windows import by_year

CLOSED, OPEN = "police_referrals", "mps_ward_crime"


@pytest.fixture(params=["public", "partnership"])
def finding(request, tmp_path, monkeypatch) -> Finding:
    """A demonstration that has published a table of a partner's return, in either edition."""
    monkeypatch.setenv("CDPB_SAVE_TO", str(tmp_path))
    made = Finding("criminal_justice_pathways", "2023/24", "Barnet", request.param, True)
    made.as_of(CLOSED)
    held = made.load.years_held(CLOSED)
    sent = by_year(
        made.load.returned("police_referrals", made.area),
        "route",
        "referrals",
        held,
        made._brief.year,
    )
    made.publish(sent, "referrals")
    return made


def of_bytes() -> set[str]:
    """Hashes, sizes, names and days of every receipt that isn't public."""
    closed = [each.id for each in catalogue.sources().values() if each.access != "public"]
    receipts = [receipt for id in closed for receipt in catalogue.receipts(id)]
    days = {f"{each.received.day} {each.received:%B %Y}" for each in receipts}
    files = [file for each in receipts for file in each.files]
    return days | {text for file in files for text in (file.sha256, file.sha256[:12], file.name)}


def test_record_and_page_tell_nothing_of_a_partners_file(finding):
    finding._record.save()
    record = json.dumps(finding._record.to_dict())
    provenance = finding._provenance(finding._record.to_dict()["trace"]).html
    page = (
        provenance + finding.table(finding._record.tables.published["referrals"], "Referrals").html
    )

    assert len(of_bytes()) > 20
    assert [text for text in of_bytes() if text in record + page] == []
    months = ["September 2024", "April 2025"]
    received = provenance.partition('id="origins-table"')[0].split("<tr>")
    own = [each for each in received if catalogue.source(CLOSED).title in each]
    assert [month for month in months if any(month in each for each in own)] == months
    assert len(own) == len(months)
    told = next(each for each in finding._record.to_dict()["sources"] if each["id"] == CLOSED)
    assert told["receipts"] == [{"received": month, "files": []} for month in months]


def test_the_receipts_of_public_sources_are_named_in_full():
    """Anyone can hold the published file against the hash."""
    told = catalogue.shown_receipts(OPEN)
    held = catalogue.receipts(OPEN)
    assert [each["files"][0]["sha256"] for each in told] == [each.files[0].sha256 for each in held]
    assert receipts_behind(OPEN, {"2023/24"})[0]["files"] == [held[-1].files[0].name]


def test_two_receipts_of_a_month_are_one_month(monkeypatch):
    """How often a partner sent its return again tells that a count was revised."""
    held = catalogue.receipts(CLOSED)
    monkeypatch.setattr(catalogue, "receipts", lambda _: [*held, *held])
    with access.building(Build("partnership", True)):
        assert len(catalogue.shown_receipts(CLOSED)) == len(held)


@pytest.mark.parametrize("length", [12, 20, 64])
def test_the_scan_finds_a_hash_however_short(length):
    """Its first letters are enough to try values against."""
    told = catalogue.receipts(CLOSED)[0].files[0].sha256[:length]

    (found,) = receipts_told({"page.html": f"<p>{told.upper()}</p>"}, {})

    assert found == f"page.html: has the hash of a file of {CLOSED}, which is not public"


def test_the_scan_finds_a_day_or_a_file_in_manifest_and_record():
    month = catalogue.receipts(CLOSED)[0].month_text
    fine = {"id": CLOSED, "receipts": [{"received": month, "files": []}]}
    day = {"id": CLOSED, "receipts": [{"received": f"30 {month}", "files": []}]}
    file = {"id": CLOSED, "receipts": [{"received": month, "files": [{"name": "a.csv"}]}]}

    assert list(receipts_told({}, {"manifest.json": [fine]})) == []
    for told in (day, file):
        (found,) = receipts_told({}, {"manifest.json": [told]})
        assert found.startswith(f"manifest.json: names more of the receipts of {CLOSED}")
