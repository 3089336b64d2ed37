"""What belongs to one partnership stands in its own file, and on no other area's pages."""

import json
import re

import pytest

from cdpb import areas, catalogue
from cdpb.findings.brief import in_own_words, source_in
from cdpb.report.index import accessibility_record
from tests.support.inprocess import run

BARNET, CAMDEN = "E09000003", "E09000007"
# Pages that lack a partner's return, quote a plan or list metrics; the summary asks for them all.
PAGES = (
    "criminal_justice_pathways",
    "schools_and_prevention",
    "deaths_and_harm_reduction",
    "licensing_and_alcohol_harm",
    "outcomes_framework",
    "delivery_plan",
    "summary",
)
OWN = re.compile(
    r"Barnet|\bLBB\b|Change Grow Live|\bCGL\b|North Central London|\bNCL\b|Colindale"
    r"|delivery plan of May 2023|Delivery plan, May 2023|September 2024|measures itself"
    r"|North West command",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def of_camden(tmp_path_factory):
    """What is kept and displayed of pages of an area that has no file, by finding."""
    folder = tmp_path_factory.mktemp("camden")
    told = {}
    for finding in PAGES:
        shown = []
        run(finding, folder, shown=shown, year="2023/24", area="Camden", edition="partnership")
        record = json.loads((folder / "findings" / f"{finding}.json").read_text(encoding="utf-8"))
        record["figures"] = [each for each in record["figures"] if each["table"] != EVERY_BOROUGH]
        tables = (folder / "tables" / finding).glob("*.csv")
        downloads = [each.read_text("utf-8") for each in tables if each.stem != EVERY_BOROUGH]
        html = [each.html for each in shown if each and f'id="{EVERY_BOROUGH}-' not in each.html]
        told[finding] = "\n".join([json.dumps(record), *html, *downloads])
    return told


# All boroughs stand in it, one like the other.
EVERY_BOROUGH = "boroughs"


@pytest.mark.parametrize("finding", PAGES)
def test_nothing_of_one_partnership_stands_on_another_areas_pages(of_camden, finding):
    """A reader in Camden was told who treats people in Barnet, and by what Barnet is measured."""
    assert [of_camden[finding][at.start() - 60 : at.end() + 60]
            for at in OWN.finditer(of_camden[finding])] == []  # fmt: skip


def test_the_pages_say_who_sends_each_return_in_general_words(of_camden):
    """So that the test above can fail: the sentences stand there, without a name."""
    assert "The adult treatment provider" in of_camden["summary"]
    assert "received from the adult treatment" in of_camden["criminal_justice_pathways"]
    assert "No local metrics of Camden" in of_camden["outcomes_framework"]


@pytest.mark.parametrize("source_id", catalogue.sources())
def test_the_catalogue_names_no_areas_own_office(source_id):
    told = catalogue.source(source_id)
    assert source_in(source_id, CAMDEN) == told
    texts = (told.title, told.publisher, told.attribution, told.not_received, told.withheld)
    texts += tuple(each.label for each in told.series_breaks)
    assert not OWN.search(" ".join(texts))


def test_the_accessibility_statement_is_of_no_area():
    assert not OWN.search(accessibility_record().model_dump_json())


def test_an_areas_page_names_its_own_offices():
    """Who to ask is what a missing return is about."""
    told = source_in("naloxone", BARNET)
    assert told.publisher == "Change Grow Live, the adult treatment provider"
    assert told.not_received.endswith("from Change Grow Live, the adult treatment provider.")
    assert "North Central London" in source_in("alcohol_admissions_ward", BARNET).publisher
    # Camden belongs to another of the police's commands, and was told to ask Barnet's.
    assert source_in("custody_tests", BARNET).publisher.endswith("North West command")
    assert source_in("custody_tests", CAMDEN).publisher == "The police command for the borough"


def test_every_name_of_an_area_file_takes_the_place_of_something():
    """A misspelt general word would be passed over in silence."""
    texts = [
        text
        for each in catalogue.sources().values()
        for text in (each.publisher, each.attribution, each.not_received)
    ]
    for code in areas.area_codes_with_files():
        for general, name in areas.area_file(code).names.items():
            assert any(in_own_words(text, {general: name}) != text for text in texts), general


def test_a_file_with_more_detail_of_one_borough_is_listed_there_alone():
    def files(area):
        (receipt,) = catalogue.shown_receipts("ward_outlines", area)
        return [each["name"] for each in receipt["files"]]

    assert files(CAMDEN) == ["london_wards.geojson"]
    assert files(BARNET) == ["london_wards.geojson", "barnet_wards.geojson"]
