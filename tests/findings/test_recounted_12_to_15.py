"""Parents, deaths, DrinkCoach, licensing: their tables against counts by the csv module.

Each number is found a second time from the files in ``data/``, so that a mistake in a loader
can't agree with itself.
"""

from collections import defaultdict
from pathlib import Path
from statistics import median

import pytest
from scipy.stats import spearmanr

from tests.support.inprocess import record_of, table_of
from tests.support.recounted import rows, wilson

BARNET, CAMDEN = "E09000003", "E09000007"
PARENTS, DEATHS = "parents_in_treatment", "deaths_and_harm_reduction"
COACH, LICENCES = "drinkcoach", "licensing_and_alcohol_harm"
EVERY = (PARENTS, DEATHS, COACH, LICENCES)
DATA = Path(__file__).resolve().parents[2] / "data"


def newest(source: str) -> list[dict[str, str]]:
    return rows(max(DATA.glob(f"**/{source}/*/*.csv")))


@pytest.fixture(scope="module")
def treated() -> dict[str, dict[str, str]]:
    """Year to Barnet's row of both sexes and all substances."""
    return {
        row["year"]: row
        for row in newest("ndtms_adults")
        if (row["area_code"], row["sex"], row["substance_group"]) == (BARNET, "all", "total")
    }


def test_the_share_who_died_is_that_of_the_file_in_every_year(built, treated):
    shown = rows(table_of(DEATHS, "shares", built(DEATHS)))
    assert [row["year"] for row in shown] == sorted(treated)
    for row in shown:
        died, everybody = (
            int(treated[row["year"]][name]) for name in ("exit_died_all", "in_treatment")
        )
        assert (int(row["deaths"]), int(row["adults"])) == (died, everybody)
        limits = float(row["lower"]), float(row["upper"])
        assert limits == pytest.approx(wilson(died, everybody))
        least = 100 * max(0, died - 2) / (everybody + 2)
        assert float(row["lowest_percent"]) == pytest.approx(least)


def test_a_rise_that_chance_and_rounding_could_make_is_not_called_one(built):
    """Thirteen years from 5 to 20: 6.0% a year, -0.8 to 13.3, and wider with rounding.

    test_rounded.py finds the same limits by scipy, and the widest by trying every series.
    """
    row = rows(table_of(DEATHS, "change", built(DEATHS)))[0]
    shown = [
        round(float(row[name]), 1) for name in ("percent_a_year", "percent_lower", "percent_upper")
    ]
    assert shown == [6.0, -0.8, 13.3]
    assert float(row["widest_lower"]) < -0.8 < 13.3 < float(row["widest_upper"])
    verdict = record_of(DEATHS, built(DEATHS))["verdict"]
    outcomes = {part["id"]: part["outcome"] for part in verdict["parts"]}
    assert outcomes == {
        "deaths_risen": "unclear",
        "similar_to_london": "not checked",
        "similar_to_england": "not checked",
    }


def test_two_counts_from_two_sources_are_a_ratio_and_no_trend(built):
    record = record_of(DEATHS, built(DEATHS))
    assert {claim["id"]: claim["verdict"]["outcome"] for claim in record["claims"]} == {
        "F19": "not checked",
        "fewer_deaths": "not checked",
    }
    quoted = {each["quote_id"]: each["value"] for each in record["quoted"]}
    assert (quoted["Q17"], quoted["Q18"]) == ("19 deaths", "12 deaths")
    assert quoted["Q19"] == "fewer than 5 deaths"
    assert quoted["Q24"] == "fewer than 5 results"


def test_the_providers_deaths_stand_in_a_table_of_their_own(built):
    """Two counts by two rules are never one series."""
    folder = built(DEATHS, demonstration=True, edition="partnership")
    own = rows(table_of(DEATHS, "provider", folder))
    received = {
        row["Financial year"]: row["Deaths in treatment"] for row in newest("provider_deaths")
    }
    assert [(row["year"], row["deaths"]) for row in own] == [("2023/24", received["2023/24"])]
    assert "2023/24" not in {row["year"] for row in rows(table_of(DEATHS, "shares", folder))}


def test_parents_are_the_files_share_of_everybody_in_treatment(built, treated):
    shown = rows(table_of(PARENTS, "shares", built(PARENTS)))
    living = {
        row["year"]: row for row in shown if row["children"] == "parents living with children"
    }
    assert set(living) == set(treated)
    for year, row in living.items():
        parents = int(treated[year]["children_parentlivingwithchildren_all"])
        everybody = int(treated[year]["in_treatment"])
        assert (int(row["adults_so"]), int(row["adults"])) == (parents, everybody)
        assert float(row["percent"]) == pytest.approx(100 * parents / everybody)


def test_parents_not_in_treatment_carry_the_interval_of_the_estimate(built):
    folder = built(PARENTS, demonstration=True)
    shown = {
        (row["year"], row["substance"]): row for row in rows(table_of(PARENTS, "need", folder))
    }
    for row in newest("parents_need"):
        key = (row["Period"], row["Dependence"].lower())
        if key not in shown:
            continue
        treated = int(row["Adults living with children in treatment"])
        for limit, name in (("lower", "Lower 95% limit"), ("upper", "Upper 95% limit")):
            expected = 100 * (1 - treated / int(row[name]))
            assert float(shown[key][limit]) == pytest.approx(expected)
    assert {year for year, _ in shown} == {"2022/23", "2023/24"}
    assert record_of(PARENTS, folder)["verdict"]["outcome"] == "supported"


def test_a_campaign_month_is_set_against_the_median_of_the_others(built):
    folder = built(COACH, demonstration=True)
    tests = {row["Month"]: int(row["Online alcohol tests"]) for row in newest(COACH)}
    year = [f"2023-{month:02d}" for month in range(4, 13)] + ["2024-01", "2024-02", "2024-03"]
    shown = {
        row["month"]: row
        for row in rows(table_of(COACH, "against", folder))
        if row["activity"] == "tests" and row["year"] == "2023/24"
    }
    assert sorted(shown) == sorted(year)
    for month in year:
        usual = median(tests[other] for other in year if other != month)
        assert float(shown[month]["usual"]) == usual
        assert float(shown[month]["times"]) == pytest.approx(tests[month] / usual)
    campaigns = {month for month, row in shown.items() if row["campaign"] != "none"}
    assert campaigns == {"2023-07", "2024-01"}


def test_no_small_month_is_shown_or_worked_with(built):
    """Sessions of 1 to 4 are hidden, and with them every figure made of that year."""
    folder = built(COACH, demonstration=True)
    shown = [row["count"] for row in rows(table_of(COACH, "months", folder))]
    assert "[c]" in shown
    assert not set(shown) & set("1234")
    against = {row["activity"] for row in rows(table_of(COACH, "against", folder))}
    assert against == {"tests"}


def test_premises_are_counted_to_the_residents_of_their_ward(built):
    folder = built(LICENCES, demonstration=True)
    residents = {row["ward_code"]: int(row["residents"]) for row in newest("census_2021_wards")}
    received = {
        row["Ward code"]: int(row["Premises licensed to sell alcohol"])
        for row in newest("licensed_premises")
        if row["Financial year"] == "2023/24"
    }
    shown = rows(table_of(LICENCES, "premises", folder))
    assert {row["ward_code"]: int(row["premises"]) for row in shown} == received
    for row in shown:
        rate = 1_000 * received[row["ward_code"]] / residents[row["ward_code"]]
        assert float(row["rate_per_1000"]) == pytest.approx(rate)
    whole = rows(table_of(LICENCES, "premises_borough", folder))[0]
    assert int(whole["premises"]) == sum(received.values())
    # The borough measures 86.7 square kilometres by the Ordnance Survey.
    assert float(whole["km2"]) == pytest.approx(86.7, rel=0.01)


def test_the_correlation_holds_for_all_that_hidden_wards_may_have(built):
    """Counted by trying every way to share out what the borough's total leaves them."""
    folder = built(LICENCES, demonstration=True)
    premises = {row["ward_code"]: row for row in rows(table_of(LICENCES, "premises", folder))}
    admissions = rows(table_of(LICENCES, "admissions", folder))
    hidden = [row["ward_code"] for row in admissions if row["admissions"] == "[c]"]
    shown = {row["ward_code"]: int(row["admissions"]) for row in admissions
             if row["ward_code"] not in hidden}  # fmt: skip
    whole = rows(table_of(LICENCES, "admissions_borough", folder))[0]
    left = int(whole["admissions"]) - sum(shown.values())
    assert len(hidden) == 2
    assert left > 0
    every = []
    for first in range(left + 1):
        counts = shown | dict(zip(hidden, (first, left - first), strict=True))
        rates = [counts[code] / int(premises[code]["residents"]) for code in premises]
        every.append(
            spearmanr([float(row["rate_per_1000"]) for row in premises.values()], rates).statistic
        )
    together = rows(table_of(LICENCES, "together", folder))[0]
    assert (int(together["wards"]), int(together["hidden"])) == (len(admissions), 2)
    assert float(together["correlation_lowest"]) == pytest.approx(min(every))
    assert float(together["correlation_highest"]) == pytest.approx(max(every))
    assert float(together["correlation_lower"]) < 0 < float(together["correlation_upper"])


def test_wards_that_stand_out_are_those_shown_around_the_boroughs_rate(built):
    """From published rows alone: a funnel can't give a hidden ward away."""
    folder = built(LICENCES, demonstration=True)
    shown = {
        row["ward_code"]: row
        for row in rows(table_of(LICENCES, "admissions", folder))
        if row["admissions"] != "[c]"
    }
    whole = rows(table_of(LICENCES, "admissions_borough", folder))[0]
    rate = int(whole["admissions"]) / int(whole["residents"])
    funnel = rows(table_of(LICENCES, "funnel", folder))
    tipping = {row["ward_code"]: row for row in rows(table_of(LICENCES, "tipping_points", folder))}
    assert {row["ward_code"] for row in funnel} == set(shown)
    sides = set()
    for row in funnel:
        ward = shown[row["ward_code"]]
        assert float(row["admissions_expected"]) == pytest.approx(rate * int(ward["residents"]))
        side = ward["compared_with_area"]
        sides.add((side, row["plain_limits"].split(" ")[0]))
        limit = {"higher": ward["lower"], "lower": ward["upper"]}.get(side)
        # Only a difference can cease to be one.
        doubted = tipping.pop(row["ward_code"], None)
        assert (limit is None) == (doubted is None)
        if limit is not None:
            needed = int(ward["residents"]) * float(limit) / (100_000 * rate)
            assert float(doubted["residents_needed"]) == pytest.approx(needed)
    assert tipping == {}
    assert sides == {("higher", "higher"), ("similar", "within"), ("lower", "lower")}


def test_no_correlation_decides_what_ought_to_be_weighed(built):
    """Not even where the two go together."""
    found = record_of(LICENCES, built(LICENCES, edition="partnership", demonstration=True))
    context = found["verdict"]["parts"][0]
    assert found["verdict"]["label"] == "not checked: no figure tests this"
    assert context["reason"].startswith("no figure tests this: it is a recommendation")
    assert context["measure"] is None


@pytest.mark.parametrize("finding", [PARENTS, COACH, LICENCES])
def test_outside_a_demonstration_what_was_not_received_is_said_and_judges_nothing(built, finding):
    folder = built(finding)
    record = record_of(finding, folder)
    assert record["verdict"]["outcome"] == "not checked"
    assert any("not been received" in notice for notice in record["notices"])
    illustrative = [source for source in record["sources"] if source["status"] == "illustrative"]
    assert illustrative == []


@pytest.mark.parametrize("finding", EVERY)
@pytest.mark.parametrize(
    "asked",
    [{"area": CAMDEN}, {"year": "2009/10"}, {"year": "2024/25", "demonstration": True}],
    ids=["Camden", "2009/10", "2024/25"],
)
def test_it_stands_for_another_area_and_for_the_first_and_last_years(built, finding, asked):
    """No verdict without a statement, no figure under another year's name."""
    record = record_of(finding, built(finding, **asked))
    assert record["headline"]
    if asked.get("area") == CAMDEN:
        assert record["verdict"] is None
        assert {each["area_code"] for each in record["quoted"]} <= {"E92000001"}
    years = [each for each in record["as_of"].values() if each]
    assert all(each <= record["year"] for each in years)


def test_the_same_deaths_table_comes_out_of_either_edition(built):
    tables = defaultdict(set)
    for edition in ("public", "partnership"):
        folder = built(DEATHS, edition=edition)
        for name in ("shares", "change"):
            tables[name].add(table_of(DEATHS, name, folder).read_text(encoding="utf-8"))
    assert all(len(texts) == 1 for texts in tables.values())
