"""A return from the file that came to the page: in place of made-up figures, and protected."""

import csv
import os
import shutil

import pandas as pd
import pytest

from cdpb import catalogue
from cdpb import loaders as load
from cdpb.adding import Wanted, add
from cdpb.build import Build
from cdpb.findings.absent import runs
from cdpb.loaders import access
from cdpb.report.finding import Finding
from tests import inprocess
from tests.project import CHECKOUT

YEAR, APRIL = "2023/24", "2023-04,Barnet,Colindale"
TESTS = "Month,Borough,Custody suite,Test result,Tests\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A copy of the project to which files can be added."""
    for name in ("data", "notebooks"):
        shutil.copytree(CHECKOUT / name, tmp_path / name)
    os.symlink(CHECKOUT / "shapes", tmp_path / "shapes")
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))
    return tmp_path


def two_years(april: str = "31") -> str:
    """Each month 31 positive tests and 77 negative ones; of the first April as many as given."""
    months = pd.period_range("2022-04", "2024-03", freq="M").astype(str)
    rows = [(m, r, n) for m in months for r, n in (("Positive", "31"), ("Negative", "77"))]
    rows[0] = (*rows[0][:2], april)
    return TESTS + "".join(f"{month},Barnet,Colindale,{result},{n}\n" for month, result, n in rows)


def received(home, text: str, source: str = "custody_tests"):
    path = home / "sent.csv"
    path.write_text(text, encoding="utf-8")
    return add(Wanted([path], source, received="2025-04-30"))


def shown(home, edition: str = "public", demonstration: bool = False) -> tuple[dict, list[dict]]:
    """The record of the page, and its table of tests."""
    folder = home / f"{edition}-{demonstration}"
    asked = {"year": YEAR, "edition": edition, "demonstration": demonstration}
    inprocess.run("criminal_justice_pathways", folder, **asked)
    path = inprocess.table_of("criminal_justice_pathways", "tests", folder)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return inprocess.record_of("criminal_justice_pathways", folder), rows


def counts(rows: list[dict]) -> dict[tuple[str, str], str]:
    return {(row["year"], row["result"]): row["tests"] for row in rows}


def test_a_received_return_is_shown_and_its_made_up_figures_are_not(home):
    """Without an edit, and in a demonstration too: nobody mixes up what came and what was made."""
    received(home, two_years())

    record, rows = shown(home)

    assert counts(rows)[YEAR, "positive"] == str(31 * 12)
    assert counts(rows)[YEAR, "total"] == str(108 * 12)
    (source,) = [each for each in record["sources"] if each["id"] == "custody_tests"]
    assert source["status"] == "official"
    assert "Illustrative" not in source["attribution"]
    assert source["receipts"] == [{"received": "April 2025", "files": []}]
    with access.building(Build("partnership", demonstration=True)):
        assert set(load.custody_tests()["tests"]) == {31, 77}


def test_small_counts_and_what_the_sender_hid_are_hidden_on_the_public_page(home):
    """A total without the hidden count would be printed as if it were whole."""
    few = two_years(april="<5").replace("Colindale,Positive,31", "Colindale,Positive,0")
    received(home, few.replace("2023-04,Barnet,Colindale,Positive,0", f"{APRIL},Positive,3"))

    _, rows = shown(home)

    told = counts(rows)
    assert (told["2022/23", "positive"], told["2022/23", "total"]) == ("[c]", "[c]")
    assert told["2022/23", "negative"] == str(77 * 12)
    of_year = [count for (year, _), count in told.items() if year == YEAR]
    assert told[YEAR, "positive"] == "[c]"
    assert of_year.count("[c]") == 2


@pytest.mark.parametrize("source", ["mental_health_need", "naloxone"])
def test_a_page_is_made_from_a_return_of_which_all_small_counts_are_hidden(home, source):
    """As partners do send them, and in every shape: a row a kind, several counts a row."""
    for receipt in catalogue.made_up_receipts(source):
        rows = list(csv.reader(receipt.paths[0].read_text(encoding="utf-8-sig").splitlines()))
        hidden = [["*" if c.isdigit() and 0 < int(c) < 8 else c for c in row] for row in rows]
        path = home / f"{receipt.received}.csv"
        path.write_text("\n".join(",".join(row) for row in hidden), encoding="utf-8")
        add(Wanted([path], source, received=str(receipt.received), accept="made up"))
    page = {
        "mental_health_need": "mental_health_need",
        "naloxone": "deaths_and_harm_reduction",
    }[source]

    inprocess.run(page, home / "out", year=YEAR, edition="public", demonstration=False)

    used = inprocess.record_of(page, home / "out")["sources"]
    assert [each["status"] for each in used if each["id"] == source] == ["official"]


# Received in part ------------------------------------------------------------------


def without(text: str, month: str) -> str:
    """The return with a month of which nobody sent anything."""
    return "".join(line for line in text.splitlines(True) if not line.startswith(month))


def notices(home) -> str:
    record, _ = shown(home)
    return " ".join(record["notices"])


def test_a_return_with_a_silent_month_is_received_but_incomplete(home):
    """The page said that it had not been received, beside the list of files that held it."""
    text = two_years()
    for month in [*pd.period_range("2022-04", "2023-03", freq="M").astype(str), "2023-08"]:
        text = without(text, month)
    path = home / "sent.csv"
    path.write_text(text, encoding="utf-8")
    add(Wanted([path], "custody_tests", received="2025-04-30", accept="none were sent"))

    told = notices(home)

    sent = catalogue.source("custody_tests")
    assert f"{sent.title}: received, but incomplete: of 2023/24 there are no figures for " in told
    assert "August 2023" in told
    assert sent.not_received not in told


def test_the_months_that_are_lacking_are_named_as_runs():
    """A half of a year, not six names."""
    assert runs(["2023-08"]) == "August 2023"
    assert runs(["2023-08", "2023-10", "2023-11", "2023-12"]) == (
        "August 2023 and October 2023 to December 2023"
    )
    assert runs(["2023/24 Q2"]) == "2023/24 Q2"


def test_a_later_year_that_came_in_part_is_said_beside_the_one_that_is_shown(home):
    """Otherwise the older year reads as the latest there is."""
    path = home / "sent.csv"
    path.write_text(without(two_years(), "2023-08"), encoding="utf-8")
    add(Wanted([path], "custody_tests", received="2025-04-30", accept="none were sent"))
    finding = Finding("criminal_justice_pathways", YEAR, "Barnet")
    finding.as_of("custody_tests")

    html = finding.received_or_not("custody_tests").html

    assert "received, but incomplete: of 2023/24 there are no figures for August 2023" in html


def test_a_return_of_another_borough_is_no_return_that_nobody_sent(home):
    """Camden's figures are in, Barnet's are not: neither a zero nor a return that never came."""
    received(home, two_years().replace("Barnet", "Camden"))

    told = notices(home)

    assert "received, without a figure for Barnet." in told
