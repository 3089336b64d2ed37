"""A return from the file that came to the page: in place of made-up figures, and protected."""

import csv
import json
import os
import shutil
from collections import Counter
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from cdpb import catalogue
from cdpb import loaders as load
from cdpb.adding import Wanted, add
from cdpb.build import Build
from cdpb.catalogue import returns
from cdpb.cli import main
from cdpb.findings.brief import runs
from cdpb.loaders import access
from cdpb.policies import policy
from cdpb.report.finding import Finding
from cdpb.runner.gates import Outcome, absence, interference
from tests.support import inprocess
from tests.support.project import CHECKOUT
from tests.support.returned import SOURCE as REFERRALS
from tests.support.returned import declare, empty_project
from tests.support.signing import sign_all
from tests.support.two_years import RECEIVED, YEARS, findings_of, sent, whole_project

BARNET = "E09000003"
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
        assert set(load.returned("custody_tests")["tests"]) == {31, 77}


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


# Two years, from add to release -----------------------------------------------------


def from_add_to_release(folder, sources, findings: list[str], editions: list[str], **made) -> None:
    """Each year is added as it comes, made, and released through its gates."""
    for year in YEARS:
        for source in sources:
            path = sent(folder / "sent", source, year, **made)
            asked = ["--source", source, "--received", RECEIVED[year]]
            assert main(["add", str(path), *asked]) == 0, (source, year)
        wanted = [word for each in findings for word in ("--finding", each)]
        wanted += [word for each in editions for word in ("--edition", each)]
        assert main(["run", "--year", year, *wanted]) == 0, year
        place = folder / "outputs" / year.replace("/", "-") / BARNET
        outputs = [str(place / edition) for edition in editions]
        assert [main(["gate", each]) for each in outputs] == [0] * len(outputs), year
        sign_all(*map(Path, outputs))
        assert main(["release", *outputs]) == 0, year


def entered(folder, year: str, edition: str) -> dict:
    name = f"{year.replace('/', '-')}_{edition}.json"
    path = folder / "data" / "ledger" / BARNET / name
    return json.loads(path.read_text(encoding="utf-8"))


def hidden_cells(entry: dict) -> dict[str, int]:
    """How many cells of each source an entry of the ledger has hidden."""
    found = Counter()
    for table in entry["tables"]:
        found[table["source"]] += sum(cell[-1] == "[c]" for cell in table["cells"])
    return found


@pytest.mark.slow
def test_two_years_of_a_return_go_from_add_to_release(tmp_path, monkeypatch):
    """A second year of hidden counts crashed; here it stands beside what the first released."""
    folder = empty_project(tmp_path / "project", monkeypatch)
    (folder / "sent").mkdir()
    monkeypatch.chdir(folder)
    # Both make every notebook again; attack and scan are held by the run, and in the proof all.
    monkeypatch.setattr(absence, "check_absence", lambda *_: Outcome("absence"))
    monkeypatch.setattr(interference, "check_worlds", lambda *_: Outcome("non-interference"))
    declare(folder, ["by_route"])

    from_add_to_release(folder, [REFERRALS], ["by_route"], ["public"], seed=1, usual=4)

    assert [hidden_cells(entered(folder, year, "public"))[REFERRALS] > 0 for year in YEARS]
    (later,) = entered(folder, YEARS[1], "public")["tables"]
    assert {cell[0] for cell in later["cells"]} == set(YEARS)


@pytest.mark.slow
@pytest.mark.parametrize("source", ["parents_need", "licensed_premises"])
def test_a_page_is_made_of_two_years_in_which_the_sender_hid_some_counts(home, source, monkeypatch):
    """A limit of an estimate, or a rank, that is missing beside others was put into words."""
    (home / "sent").mkdir()
    for year in YEARS:
        path = sent(home / "sent", source, year, seed=1, usual=6)
        add(Wanted([path], source, received=RECEIVED[year]))
    (page,) = findings_of(source)

    for year in YEARS:
        inprocess.run(page, home / year[:4], year=year, edition="public", demonstration=False)
        assert inprocess.record_of(page, home / year[:4])["as_of"][source] == year


@pytest.mark.proof
@pytest.mark.parametrize(("seed", "usual"), [(1, 6), (2, 12)])
def test_two_years_of_every_return_go_from_add_to_release(tmp_path, monkeypatch, seed, usual):
    """Every partner's return, both editions, small counts hidden by the sender and by us."""
    folder = whole_project(tmp_path / "project", monkeypatch)
    findings = findings_of(*returns())

    from_add_to_release(
        folder, returns(), findings, ["public", "partnership"], seed=seed, usual=usual
    )

    protected = {name for name in returns() if policy(catalogue.source(name).policy).protects}
    for year, edition in product(YEARS, ("public", "partnership")):
        shut = {
            name for name in protected
            if not Build(edition).permits(catalogue.source(name).access)
        }  # fmt: skip
        entry = entered(folder, year, edition)
        # Of what began within the year, no whole one has been sent yet.
        shown = {table["source"] for table in entry["tables"] if table["cells"]}
        hidden = {name for name, cells in hidden_cells(entry).items() if cells}
        assert hidden >= shown & protected - shut, (year, edition)
        assert shown >= protected - shut or year == YEARS[0], (year, edition)
