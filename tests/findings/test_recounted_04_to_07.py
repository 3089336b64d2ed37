"""Possession, justice, young people, adults: their tables against counts by the csv module.

Each number is found a second time from the files in ``data/``, so that a mistake in a loader
can't agree with itself.
"""

import csv
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from cdpb.report.headline import headline_block
from tests.support.inprocess import record_of, run, table_of
from tests.support.recounted import rows

DATA = Path(__file__).resolve().parents[2] / "data"
BARNET, CAMDEN, ENGLAND = "E09000003", "E09000007", "E92000001"
SUPPLY, JUSTICE = "possession_and_trafficking", "criminal_justice_pathways"
YOUNG, ADULTS = "young_people_in_treatment", "adults_in_treatment"
YEARS = ("2022/23", "2023/24", "2024/25", "2025/26")
# Counted by hand from the publisher's borough file.
BOROUGH = {
    "2022/23": (624, 347), "2023/24": (521, 538), "2024/25": (511, 852), "2025/26": (711, 1360)
}  # fmt: skip
WITHHELD = "is a restricted statistic and is not part of the public edition"


def verdict(finding: str, folder: Path) -> dict:
    return record_of(finding, folder)["verdict"]


@pytest.fixture(scope="module")
def by_month() -> dict[tuple[str, str], Counter]:
    """Month and borough to offences of each kind; the later publication wins a month."""
    folder = DATA / "mps_borough_crime"
    found: dict[tuple[str, str], Counter] = {}
    for receipt in sorted(each for each in folder.iterdir() if each.is_dir()):
        fresh: dict[tuple[str, str], Counter] = {}
        for row in rows(next(receipt.glob("*.csv"))):
            if row["area_code"]:
                counted = fresh.setdefault((row["month"], row["area_code"]), Counter())
                for offence in ("possession", "trafficking"):
                    counted[offence] += int(row[offence])
        found |= fresh
    return found


def months_of(year: str, first: int = 4) -> list[str]:
    start = int(year[:4])
    late = [f"{start}-{month:02d}" for month in range(first, 13)]
    return late + [f"{start + 1}-{month:02d}" for month in range(1, first)]


def total(by_month, months: list[str], offence: str, area: str | None = BARNET) -> int:
    return sum(
        counted[offence]
        for (month, code), counted in by_month.items()
        if month in months and (code == area if area else code != BARNET)
    )


# Possession and trafficking ---------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_the_ratio_is_of_the_counts_in_the_borough_file(built, by_month, year):
    """624 to 347 is 1.80; 521 to 538 is 0.97; 511 to 852 is 0.60; 711 to 1,360 is 0.52."""
    folder = built(SUPPLY, year=year)
    shown = {(row["place"], row["year"]): row for row in rows(table_of(SUPPLY, "ratios", folder))}
    for place, area in (("Barnet", BARNET), ("Rest of London", None)):
        row, months = shown[place, year], months_of(year)
        counts = [total(by_month, months, each, area) for each in ("possession", "trafficking")]
        assert [int(row["possession"]), int(row["trafficking"])] == counts
        assert float(row["ratio"]) == pytest.approx(counts[0] / counts[1])
    barnet = shown["Barnet", year]
    assert (int(barnet["possession"]), int(barnet["trafficking"])) == BOROUGH[year]


def test_about_twice_was_so_and_then_was_turned_round(built):
    """Nobody told the software that trafficking has overtaken possession."""
    found = [verdict(SUPPLY, built(SUPPLY, year=year))["outcome"] for year in YEARS]

    assert found == ["supported", "contradicted", "contradicted", "contradicted"]


def test_where_it_was_so_at_its_own_date_it_is_contradicted_now(tmp_path):
    """In the record, every year's row of the history, the badge and the list of parts."""
    run(SUPPLY, tmp_path, over_years=True, year="2024/25")
    told, now = record_of(SUPPLY, tmp_path), "contradicted now (supported in 2022/23)"
    assert told["verdict"]["label"] == now
    assert [each["label"] for each in told["history"]] == ["supported", now, now]
    assert told["before"]["verdict"]["label"] == now
    assert told["verdict"]["parts"][0]["label"] == now
    assert headline_block(told["headline"], told["verdict"]).html.count(now.capitalize()) == 2


def test_the_interval_of_2022_23_holds_two(built):
    row = next(
        row
        for row in rows(table_of(SUPPLY, "ratios", built(SUPPLY, year="2022/23")))
        if (row["place"], row["year"]) == ("Barnet", "2022/23")
    )

    assert [round(float(row[name]), 2) for name in ("ratio", "ratio_lower", "ratio_upper")] == [
        1.8,
        1.58,
        2.05,
    ]


@pytest.mark.parametrize("year", ["2024/25", "2025/26"])
def test_the_two_years_to_june_2024_agree_with_the_guide(built, by_month, year):
    """1,011 then 1,020: the update's own months, in whatever year they are looked at."""
    window = "July 2023 to June 2024"
    table = rows(table_of(SUPPLY, "windows", built(SUPPLY, year=year)))
    shown = {row["offence"]: row for row in table if row["period"] == window}
    for offence in ("possession", "trafficking"):
        before, after = (
            total(by_month, months_of(each, first=7), offence) for each in ("2022/23", "2023/24")
        )
        assert int(shown[offence]["offences_before"]) == before
        assert int(shown[offence]["offences"]) == after
        elsewhere = [
            total(by_month, months_of(each, first=7), offence, None)
            for each in ("2022/23", "2023/24")
        ]
        relative = (after / before) / (elsewhere[1] / elsewhere[0])
        assert float(shown[offence]["relative_ratio"]) == pytest.approx(relative)
    every = shown["all drug offences"]
    assert (int(every["offences_before"]), int(every["offences"])) == (1011, 1020)


def test_no_fall_is_found_where_the_update_claims_one(built):
    """F15: the months that compare rose, and by less than their clusters leave open. F16: a
    recorded offence is not an arrest.
    """
    told = {
        year: {
            claim["id"]: claim["verdict"]
            for claim in record_of(SUPPLY, built(SUPPLY, year=year))["claims"]
        }
        for year in YEARS
    }
    assert told["2022/23"]["F15"]["outcome"] == "not checked"
    assert "of a time after 2022/23" in told["2022/23"]["F15"]["reason"]
    for year in YEARS[1:]:
        fell, cause = told[year]["F15"]["parts"]
        assert told[year]["F15"]["label"] == "unclear as far as checked (1 of 2 parts)"
        assert fell["as_of"] == "July 2023 to January 2024"
        assert "+14% (\N{MINUS SIGN}1% to +31%; +2% to +28% if months differed" in fell["reason"]
        assert cause["reason"].startswith("no figure tests this")
    assert {told[year]["F16"]["outcome"] for year in YEARS} == {"not checked"}
    assert "no arrests data are held" in told["2024/25"]["F16"]["reason"]


def test_positive_outcomes_are_for_demonstrations(built):
    """No public copy of the dashboard's rows is held, so none is shown as if it were."""
    real = record_of(SUPPLY, built(SUPPLY, year="2023/24"))
    assert any("dashboard" in notice for notice in real["notices"])
    assert rows(table_of(SUPPLY, "outcomes", built(SUPPLY, year="2023/24"))) == []

    shown = built(SUPPLY, year="2023/24", demonstration=True)
    outcomes = rows(table_of(SUPPLY, "outcome_shares", shown))
    assert {row["year"] for row in outcomes} == {"2022/23", "2023/24"}
    assert {row["demonstration"] for row in outcomes} == {"DEMONSTRATION"}


# Criminal justice -------------------------------------------------------------------------


def test_the_route_is_counted_from_the_public_export(built):
    """What is public is shown even where no partner has sent anything."""
    path = next((DATA / "ndtms_adults").rglob("*.csv"))
    started, referred = Counter(), Counter()
    for row in rows(path):
        about = (row["area_code"], row["sex"], row["substance_group"])
        if about == (BARNET, "all", "total") and row["new_presentations"]:
            started[row["year"]] += int(row["new_presentations"])
            referred[row["year"]] += int(row["referral_criminal_justice_new"])
    shown = rows(table_of(JUSTICE, "route", built(JUSTICE, year="2023/24")))

    assert {row["year"]: int(row["referred"]) for row in shown} == dict(referred)
    assert {row["year"]: int(row["started"]) for row in shown} == dict(started)


@pytest.mark.parametrize("year", YEARS)
def test_without_returns_the_statement_on_pathways_cannot_be_checked(built, year):
    folder = built(JUSTICE, year=year)
    record = record_of(JUSTICE, folder)

    assert record["verdict"]["outcome"] == "not checked"
    assert [claim["verdict"]["outcome"] for claim in record["claims"]] == ["not checked"]
    assert sum("not been received" in notice for notice in record["notices"]) == 5


@pytest.mark.parametrize("demonstration", [False, True])
def test_of_continuity_of_care_the_public_edition_holds_nothing(built, demonstration):
    """Restricted: no number, no direction, and the same sentence whether data are there or not."""
    folder = built(JUSTICE, year="2023/24", demonstration=demonstration)
    record = record_of(JUSTICE, folder)

    assert any(WITHHELD in notice for notice in record["notices"])
    assert not table_of(JUSTICE, "continuity", folder).exists()
    assert "continuity_of_care" not in {source["id"] for source in record["sources"]}
    part = next(p for p in record["verdict"]["parts"] if p["id"] == "continuity_against_target")
    assert part["outcome"] == "not checked"
    assert part["measure"] is None
    assert "Q13" not in {quote["quote_id"] for quote in record.get("quotes", [])}


def test_partners_see_continuity_of_care_against_the_target(built):
    folder = built(JUSTICE, year="2023/24", edition="partnership", demonstration=True)
    part = next(
        part
        for part in verdict(JUSTICE, folder)["parts"]
        if part["id"] == "continuity_against_target"
    )

    assert part["outcome"] == "supported"
    shown = {
        (row["year"], row["picked_up"]): int(row["released"])
        for row in rows(table_of(JUSTICE, "continuity", folder))
    }
    assert shown["2023/24", "yes"] + shown["2023/24", "no"] == shown["2023/24", "total"]


def test_rolling_years_of_orders_are_the_sums_of_twelve_months(built):
    """Each window that is shown is the sum of the return's months; a hidden one has no number."""
    folder = built(JUSTICE, year="2023/24", demonstration=True)
    monthly: dict[tuple[str, str], int] = {}
    for receipt in sorted(DATA.glob("**/probation_orders/*/probation_orders.csv")):
        monthly |= _return(receipt)
    shown = [row for row in rows(table_of(JUSTICE, "orders", folder)) if row["starts"] != "[c]"]

    assert shown
    for row in shown:
        wanted = sum(
            count
            for (month, order), count in monthly.items()
            if row["order"] in (order, "total") and month in _twelve_to(row["month"])
        )
        assert int(row["starts"]) == wanted


def _return(path: Path) -> dict[tuple[str, str], int]:
    """Month and order to starts of Barnet, from a return as it was sent."""
    names = {"Alcohol Treatment Requirement": "ATR", "Drug Rehabilitation Requirement": "DRR"}
    found = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["Borough"] == "Barnet":
                month = datetime.strptime(row["Month"], "%b-%y").strftime("%Y-%m")
                found[month, names[row["Requirement"]]] = int(row["Commencements"])
    return found


def _twelve_to(month: str) -> list[str]:
    last = int(month[:4]) * 12 + int(month[5:]) - 1
    return [f"{at // 12}-{at % 12 + 1:02d}" for at in range(last - 11, last + 1)]


# Young people and adults ------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_without_the_return_nothing_is_said_of_young_people(built, year):
    folder = built(YOUNG, year=year)

    assert verdict(YOUNG, folder)["outcome"] == "not checked"
    assert rows(table_of(YOUNG, "months", folder)) == []
    lacking = "no whole year of the monthly figures has been received"
    assert record_of(YOUNG, folder)["headline"].endswith(f"can't be said: {lacking}.")


def test_a_july_is_a_gap_and_never_filled(built):
    """There is no collection in July: a zero or a guess there would be a made-up number."""
    folder = built(YOUNG, year="2023/24", demonstration=True)
    months = [row["month"] for row in rows(table_of(YOUNG, "months", folder))]

    assert months
    assert not any(month.endswith("-07") for month in months)
    assert months[-1] == "2024-03"


def test_nothing_is_concluded_across_the_new_methodology(built):
    """March 2022 and March 2023 were counted by different rules."""
    across = built(YOUNG, year="2022/23", demonstration=True)
    within = built(YOUNG, year="2023/24", demonstration=True)

    apart, alike = (verdict(YOUNG, each)["parts"][0] for each in (across, within))
    assert apart["measure"] is None
    assert "the methodology changed between the two years" in apart["reason"]
    # Many of the 95 were among the 68 of the year before: described, and no chance is tested.
    assert alike["measure"]["value"] == pytest.approx(100 * (95 / 68 - 1))
    assert alike["measure"]["lower"] is None
    assert {apart["outcome"], alike["outcome"]} == {"not checked"}


def test_adults_in_treatment_are_those_of_the_export(built):
    path = next((DATA / "ndtms_adults").rglob("*.csv"))
    wanted = {
        (row["area_code"], row["year"]): int(row["in_treatment"])
        for row in rows(path)
        if (row["sex"], row["substance_group"]) == ("all", "total")
    }
    shown = rows(table_of(ADULTS, "years", built(ADULTS, year="2023/24")))

    assert {(row["area_code"], row["year"]): int(row["people"]) for row in shown} == wanted
    first = {area: wanted[area, "2009/10"] for area in (BARNET, ENGLAND)}
    for row in shown:
        index = 100 * int(row["people"]) / first[row["area_code"]]
        assert float(row["indexed"]) == pytest.approx(index)


def test_completions_and_drop_outs_are_those_of_the_export(built):
    """290 and 220 of 1,465 in 2021/22: 19.8% and 15.0%."""
    path = next((DATA / "ndtms_adults").rglob("*.csv"))
    columns = {
        "completed treatment": "exit_successfulcompletion_all",
        "dropped out": "exit_droppedout_all",
    }
    wanted = {
        (row["year"], ending): (int(row[column]), int(row["in_treatment"]))
        for row in rows(path)
        if (row["area_code"], row["sex"], row["substance_group"]) == (BARNET, "all", "total")
        for ending, column in columns.items()
    }
    shown = rows(table_of(ADULTS, "endings", built(ADULTS, year="2023/24")))

    assert {
        (row["year"], row["ending"]): (int(row["ended"]), int(row["adults"])) for row in shown
    } == wanted
    last = {row["ending"]: float(row["percent"]) for row in shown if row["year"] == "2021/22"}
    assert last == pytest.approx({"completed treatment": 19.795, "dropped out": 15.017}, abs=0.001)


def test_adults_are_set_against_residents_here_and_in_england(built):
    """1,465 of 292,717 aged 20 and over, and 289,215 of 43,432,178: 5.0 and 6.7 for every 1,000."""
    shown = rows(table_of(ADULTS, "residents", built(ADULTS, year="2023/24")))

    assert {row["area_name"]: round(float(row["rate_per_1000"]), 1) for row in shown} == {
        "Barnet": round(1000 * 1465 / 292_717, 1), "England": round(289_215 / 43_432.178, 1)
    }  # fmt: skip


def test_the_change_of_adults_stands_beside_that_of_young_people(built):
    """Of the months to March as they are published; a board would not read one over the other."""
    folder = built(ADULTS, year="2023/24", demonstration=True)
    (part,) = verdict(ADULTS, folder)["parts"]
    for measure, table in (("measure", "months"), ("comparator_measure", "young_people")):
        shown = {row["month"]: row["people"] for row in rows(table_of(ADULTS, table, folder))}
        change = 100 * (int(shown["2024-03"]) / int(shown["2023-03"]) - 1)
        assert part[measure]["value"] == pytest.approx(change)
    assert part["reason"].endswith("against +40% for young people in treatment")
    assert part["outcome"] == "not checked"


@pytest.mark.parametrize("year", YEARS)
def test_the_export_ends_before_the_time_that_the_claim_on_adults_is_of(built, year):
    """F18 is of 2023 and 2024; the export held ends with 2021/22, and rises to there."""
    folder = built(ADULTS, year=year)
    trends = {row["area_name"]: row for row in rows(table_of(ADULTS, "trends", folder))}

    assert verdict(ADULTS, folder)["outcome"] == "not checked"
    assert trends["Barnet"]["trend"] == "increasing"
    assert trends["Barnet"]["last_year"] == "2021/22"


FOUR = (SUPPLY, JUSTICE, YOUNG, ADULTS)
HELD = {
    "Camden": {"year": "2023/24", "area": CAMDEN},
    "Camden's demonstration": {
        "year": "2023/24", "area": CAMDEN, "edition": "partnership", "demonstration": True,
    },
    "before anything is held": {"year": "2009/10"},
    "partnership": {"year": "2024/25", "edition": "partnership", "demonstration": True},
}  # fmt: skip


@pytest.mark.parametrize(("finding", "what"), zip(FOUR, HELD, strict=True))
def test_a_page_is_made_whatever_is_held(built, finding, what):
    """Another borough, or a year of which nothing is held: said, and nothing invented."""
    check_made(built, finding, HELD[what])


@pytest.mark.proof
@pytest.mark.parametrize("finding", FOUR)
@pytest.mark.parametrize("what", HELD)
def test_each_page_is_made_whatever_is_held(built, finding, what):
    check_made(built, finding, HELD[what])


def check_made(built, finding, parameters):
    record = record_of(finding, built(finding, **parameters))

    assert record["headline"].endswith(".")
    if parameters.get("area") == CAMDEN:
        assert record["verdict"] is None
