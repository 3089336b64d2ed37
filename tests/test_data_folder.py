"""What is committed under data/ and shapes/ is what it says it is."""

import csv
import subprocess

import pytest
import yaml

from cdpb import catalogue
from cdpb import loaders as load
from cdpb.catalogue import returns
from cdpb.loaders import headers
from cdpb.policies import policy

SOURCES = list(catalogue.sources())
# What is written here, and received from nobody, is read as it stands.
OUR_OWN = ("this_assessment", "quoted_figures", "delivery_plan", "outcomes_framework")
RECEIVED = [receipt for each in SOURCES for receipt in catalogue.receipts(each)]


@pytest.mark.parametrize("receipt", RECEIVED, ids=lambda r: f"{r.source}/{r.received}")
def test_every_received_file_has_its_bytes(receipt):
    """SHA-256 and size, on every system that the project is checked out on."""
    catalogue.check_receipt(receipt)


@pytest.mark.parametrize("receipt", RECEIVED, ids=lambda r: f"{r.source}/{r.received}")
def test_a_receipt_names_every_file_beside_it(receipt):
    """A file that no receipt names would be read by nobody and trusted by somebody."""
    there = {path.name for path in receipt.folder.iterdir()} - {"receipt.yml"}

    assert there == {file.name for file in receipt.files}


@pytest.mark.parametrize("receipt", RECEIVED, ids=lambda r: f"{r.source}/{r.received}")
def test_a_date_that_is_not_known_to_the_day_is_the_last_day(receipt):
    """The receipt says how much of its date is known, and why."""
    if receipt.received_precision != "day":
        following = receipt.received.toordinal() + 1
        assert type(receipt.received).fromordinal(following).day == 1
        assert receipt.note


@pytest.mark.parametrize("source_id", SOURCES)
def test_every_source_has_a_column_map_and_a_policy(source_id):
    """Neither a received file without a map nor a count without a policy gets in."""
    if source_id not in OUR_OWN:
        assert headers.vintages(source_id)
    assert policy(catalogue.source(source_id).policy)


@pytest.mark.parametrize("source_id", SOURCES)
def test_every_source_that_may_be_missed_says_what_was_not_received(source_id):
    """And from whom: a page shows this sentence where figures would stand."""
    source = catalogue.source(source_id)

    if source.status == "illustrative":
        assert "received from" in source.not_received
    if source.access in ("restricted", "internal_only"):
        assert "public edition" in source.withheld


def test_wards_and_boroughs_have_three_receipts_each():
    """They overlap and revise each other."""
    assert [str(r.received) for r in catalogue.receipts("mps_ward_crime")] == [
        "2023-12-31",
        "2025-04-30",
        "2026-04-30",
    ]
    assert [str(r.received) for r in catalogue.receipts("mps_borough_crime")] == [
        "2023-12-31",
        "2025-12-31",
        "2026-07-31",
    ]


def test_each_receipt_came_from_one_state_of_the_records():
    """So a ward and a borough file of one group may be subtracted, and no others."""
    groups = {
        (r.source, str(r.received)): r.vintage_group
        for each in ("mps_ward_crime", "mps_borough_crime")
        for r in catalogue.receipts(each)
    }

    assert groups["mps_ward_crime", "2023-12-31"] == groups["mps_borough_crime", "2023-12-31"]
    assert groups["mps_ward_crime", "2025-04-30"] == groups["mps_borough_crime", "2025-12-31"]
    assert groups["mps_ward_crime", "2026-04-30"] == groups["mps_borough_crime", "2026-07-31"]
    assert len(set(groups.values())) == 2


def test_the_notice_attributes_every_official_source(project):
    """Licences ask for it, data and shapes alike."""
    notice = " ".join((project / "data" / "NOTICE.md").read_text(encoding="utf-8").split())

    for source in catalogue.sources().values():
        if source.id in returns() and source.status == "official":
            continue  # A partner's return has no licence, and its file stays here.
        assert " ".join(source.attribution.split()) in notice
        assert source.licence in notice


def test_the_police_station_lies_in_the_ward_that_is_named(project):
    """Its coordinates are approximate, and marked so."""
    from shapely.geometry import Point

    sites = load.special_sites("E09000003")
    outlines = load.ward_outlines("E09000003").set_index("ward_code").geometry

    for site in sites.itertuples():
        assert outlines[site.ward_code].contains(Point(site.lon, site.lat))
    assert list(sites["verified"]) == [False]
    assert list(sites["ward_code"]) == ["E05013633"]


def test_englands_estimates_of_opiate_use_are_those_published():
    """One row a year and series, each with its address."""
    table = load.opiate_crack_use("E92000001")
    users = {(row.year, row.series): row.users for row in table.itertuples()}

    assert users == {
        ("2016/17", "to 2016/17"): 313_971,
        ("2016/17", "2016/17 to 2019/20"): 324_840,
        ("2018/19", "2016/17 to 2019/20"): 336_531,
        ("2019/20", "2016/17 to 2019/20"): 341_032,
        ("2022/23", "2022/23"): 310_700,
    }
    assert set(table["ages"]) == {"15-64"}


def test_there_are_57_actions_of_barnet(project):
    """The delivery plan's, each with the findings that it answers to."""
    path = project / "data" / "areas" / "E09000003_actions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        numbers = [row["action_no"] for row in csv.DictReader(file)]

    assert numbers == [str(number) for number in range(1, 58)]


def test_corrections_are_a_list(project):
    """Empty until a published number has to be changed."""
    text = (project / "data" / "corrections.yml").read_text(encoding="utf-8")

    assert isinstance(yaml.safe_load(text)["corrections"], list)


def test_git_leaves_the_bytes_alone(project):
    """On Windows it would otherwise change line ends, and with them every SHA-256."""
    names = [path.relative_to(project).as_posix() for receipt in RECEIVED for path in receipt.paths]
    asked = subprocess.run(
        ["git", "check-attr", "text", "--", *names],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode != 0:
        pytest.skip("not a git checkout")

    assert all(line.endswith("text: unset") for line in asked.stdout.splitlines())
