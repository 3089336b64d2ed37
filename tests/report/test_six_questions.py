"""Six questions that a member of the board answers from the summary's two printed sheets alone.

The answers are counted from the files in ``data/`` with the csv module, and looked for in what
is printed; without a browser, in what the page says.
"""

import csv
import json
import shutil
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from cdpb.report.html_tree import read_document
from cdpb.yaml_files import read_yaml
from tests.support.browser import NAMES, print_pages
from tests.support.built import BARNET
from tests.support.recounted import rows

pytestmark = pytest.mark.slow

DATA = Path(__file__).resolve().parents[2] / "data"
BEFORE, NOW = "2024/25", "2025/26"
ALCOHOL = ("alcohol only", "non-opiate & alcohol")
DOUBTED = ("partly supported", "contradicted", "contradicted in part", "unclear")


@pytest.fixture(scope="module")
def folder(assessments):
    """Barnet's public assessment."""
    return assessments / NOW.replace("/", "-") / BARNET / "public"


@pytest.fixture(scope="module")
def said(folder, tmp_path_factory):
    """What the two sheets say, on one line."""
    page = folder / "summary.html"
    if not (any(map(shutil.which, NAMES)) and shutil.which("pdftotext")):
        return " ".join(read_document(page.read_text(encoding="utf-8")).root.text.split())
    sheets = print_pages(page, tmp_path_factory.mktemp("printed"))
    assert len(sheets) == 2
    return " ".join(" ".join(sheets).split())


@pytest.fixture(scope="module")
def records(folder):
    """The record of each finding that tests a statement."""
    found = [json.loads(each.read_text("utf-8")) for each in folder.glob("findings/*.json")]
    return [each for each in found if each["tested"]]


def year_of(month: str) -> str:
    start = int(month[:4]) - (month[5:7] < "04")
    return f"{start}/{(start + 1) % 100:02d}"


def counted(source: str, area: str) -> dict[tuple[str, str], Counter]:
    """Financial year and area to offences of each kind; the later receipt wins a month."""
    months: dict[str, list[dict[str, str]]] = {}
    for file in sorted((DATA / source).glob("*/*.csv")):
        fresh: dict[str, list[dict[str, str]]] = {}
        for row in rows(file):
            fresh.setdefault(row["month"], []).append(row)
        months |= fresh
    found: dict[tuple[str, str], Counter] = {}
    for month, told in months.items():
        for row in told:
            kinds = found.setdefault((year_of(month), row[area]), Counter())
            kinds.update({kind: int(row[kind]) for kind in ("possession", "trafficking")})
    return found


def one_decimal(value: float) -> str:
    return str(Decimal(repr(value)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def where() -> list[str]:
    residents = rows(next((DATA / "census_2021_wards").glob("*/*.csv")))
    offences = counted("mps_ward_crime", "ward_code")
    rates = {
        each["ward_name"]: 1000 * offences[NOW, each["ward_code"]].total() / int(each["residents"])
        for each in residents
        if each["borough_code"] == BARNET
    }
    first = max(rates, key=rates.__getitem__)
    return [first, f"{one_decimal(rates[first])}", "lower than London's"]


def trafficking() -> list[str]:
    by_area = counted("mps_borough_crime", "area_code")
    last, now = (by_area[year, BARNET]["trafficking"] for year in (BEFORE, NOW))
    rest = [
        sum(
            kinds["trafficking"]
            for (of, area), kinds in by_area.items()
            if of == year and area not in ("", BARNET)
        )
        for year in (BEFORE, NOW)
    ]
    here, there = (round(100 * (to / since - 1)) for since, to in ((last, now), rest))
    assert here > there > 0
    return [f"trafficking rose from {last:,} to {now:,} (+{here}%)", f"rest of London (+{there}%)"]


def alcohol() -> list[str]:
    treated: Counter = Counter()
    for row in rows(next((DATA / "ndtms_adults").glob("*/*.csv"))):
        of_all = (row["area_code"], row["sex"]) == (BARNET, "all")
        if of_all and row["substance_group"] in ALCOHOL:
            treated[row["year"]] += int(row["in_treatment"])
    need = next(
        int(row["dependent_adults"])
        for row in rows(next((DATA / "alcohol_dependence").glob("*/*.csv")))
        if (row["area_code"], row["year"]) == (BARNET, "2017/18")
    )
    unmet = one_decimal(100 * (1 - treated["2017/18"] / need))
    low = min(treated, key=treated.__getitem__)
    last = max(treated)
    years = [f"{treated[year]} in {year}" for year in (low, last)]
    return [*years, f"{unmet}%", "not in treatment"]


def unknown(records) -> list[str]:
    verdicts = [each["verdict"]["label"] for each in records]
    verdicts += [claim["verdict"]["label"] for each in records for claim in each["claims"]]
    missed = sum(each.startswith("not checked") for each in verdicts)
    known = read_yaml(DATA / "sources.yml")["sources"]
    used = Counter(source["id"] for each in records for source in each["sources"])
    # Of what has later years than are held, what most findings rest on is asked for first.
    first = max((each for each in used if known[each].get("published_since")), key=used.get)
    # Word by word: on paper the sender's column is narrower than its name.
    asked_of = [*known[first]["publisher"].split(), *known[first]["published_since"]]
    return [f"Of {len(verdicts)} statements, {missed} could not be tested", *asked_of]


def changed(records) -> list[str]:
    by_area = counted("mps_borough_crime", "area_code")
    last, now = (by_area[year, BARNET].total() for year in (BEFORE, NOW))
    differ = [
        each["title"]
        for each in records
        if each["verdict"]["label"] != each["before"]["verdict"]["label"]
    ]
    verdicts = differ or [f"No verdict differs from that for {BEFORE}"]
    return [f"{last:,} to {now:,}", *verdicts, f"we hold nothing newer than for {BEFORE}"]


def asked(records) -> list[str]:
    with (DATA / "areas" / f"{BARNET}_actions.csv").open(encoding="utf-8-sig", newline="") as file:
        dates = [row["target_completion_date"] for row in csv.DictReader(file)]
    assert not any(dates)
    doubted = [each["title"] for each in records if each["verdict"]["outcome"] in DOUBTED]
    return [
        *doubted,
        "Who asks for each return that is missing below, and by when?",
        "No action of the delivery plan has a target date: which office sets each, and by when?",
    ]


ANSWERS = {
    "where": where,
    "trafficking": trafficking,
    "alcohol": alcohol,
    "unknown": unknown,
    "changed": changed,
    "asked": asked,
}
QUESTIONS = read_yaml(Path(__file__).with_name("six_questions.yml"))


def test_each_question_has_an_answer_that_is_counted():
    assert [each["id"] for each in QUESTIONS] == list(ANSWERS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each["id"])
def test_the_two_sheets_answer(question, said, records):
    answer = ANSWERS[question["id"]]
    of_records = question["id"] in ("unknown", "changed", "asked")
    needed = answer(records) if of_records else answer()
    assert [each for each in needed if each not in said] == [], question["question"]
