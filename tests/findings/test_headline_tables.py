"""The three headline tables, against counts made here with nothing but the csv module.

Each number is found a second time from the files in ``data/``, or stands in the guide that
the project was given, so that a mistake in a loader can't agree with itself.
"""

import csv
from collections import Counter
from math import exp, lgamma, log, sqrt
from pathlib import Path

import pytest

from tests.support.built import csv_of, record

YEARS = ("2022/23", "2023/24", "2024/25", "2025/26")
WARD, FOCUS, BARNET = "ward_drug_offences", "E05013632", "E09000003"
# Counted by hand from the publisher's files: offences and rank of Colindale North, and the
# rates per 1,000 of Barnet's and of London's wards.
BY_HAND = {
    "2022/23": (87, 1, 2.468, 4.658),
    "2023/24": (101, 1, 2.702, 4.146),
    "2024/25": (47, 7, 3.313, 4.726),
    "2025/26": (59, 12, 5.162, 5.831),
}
BOROUGH_BY_HAND = {"2022/23": 971, "2023/24": 1_059, "2024/25": 1_363, "2025/26": 2_071}
Z = 1.959963984540054


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def months_of(year: str) -> list[str]:
    first = int(year[:4])
    return [f"{first}-{month:02d}" for month in range(4, 13)] + [
        f"{first + 1}-{month:02d}" for month in range(1, 4)
    ]


@pytest.fixture(scope="module")
def ward_counts(request) -> dict[str, Counter]:
    """Month to ward to offences; the later publication wins for a month that both carry."""
    folder = request.config.rootpath / "data" / "mps_ward_crime"
    by_month: dict[str, Counter] = {}
    for receipt in sorted(folder.iterdir()):
        fresh: dict[str, Counter] = {}
        for row in rows(receipt / "ward_drug_offences.csv"):
            counted = fresh.setdefault(row["month"], Counter())
            counted[row["ward_code"]] += int(row["possession"]) + int(row["trafficking"])
        by_month |= fresh
    return by_month


@pytest.fixture(scope="module")
def residents(request) -> dict[str, tuple[str, int]]:
    path = next((request.config.rootpath / "data" / "census_2021_wards").rglob("*.csv"))
    return {row["ward_code"]: (row["borough_code"], int(row["residents"])) for row in rows(path)}


# Which wards stand above London's with all 24 tested together; in 2023/24 Burnt Oak's own interval
# lies above as well, at 118 offences where 89.5 are expected.
ABOVE_LONDON = {
    "2022/23": {"Colindale North"},
    "2023/24": {"Colindale North"},
    "2024/25": {"Colindale South"},
    "2025/26": {"Colindale South", "Hendon", "Totteridge & Woodside"},
}


def byars(count: int) -> tuple[float, float]:
    """Byar's limits, written out again."""
    up = count + 1
    return (
        count * (1 - 1 / (9 * count) - Z / (3 * sqrt(count))) ** 3,
        up * (1 - 1 / (9 * up) + Z / (3 * sqrt(up))) ** 3,
    )


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's limits in per cent, written out again."""
    share = part / whole
    centre, spread = (
        share + Z**2 / (2 * whole),
        Z * sqrt(share * (1 - share) / whole + Z**2 / (4 * whole**2)),
    )
    return tuple(100 * (centre + side * spread) / (1 + Z**2 / whole) for side in (-1, 1))


@pytest.mark.parametrize("year", YEARS)
def test_the_ward_table_is_what_a_count_by_hand_gives(assessments, ward_counts, residents, year):
    """The table a board is shown, cell by cell."""
    totals = sum((ward_counts[month] for month in months_of(year)), Counter())
    shown = rows(csv_of(assessments, year, WARD, "wards"))
    assert list(shown[0])[:9] == [
        *("ward_code", "ward_name", "offences", "residents", "rate_per_1000"),
        *("lower", "upper", "rank", "comparison"),
    ]
    assert len(shown) == 24
    london = sum(totals[code] for code in residents) / sum(r for _, r in residents.values())
    for row in shown:
        code, count = row["ward_code"], int(row["offences"])
        people = residents[code][1]
        assert count == totals[code]
        assert int(row["residents"]) == people
        assert float(row["rate_per_1000"]) == pytest.approx(1000 * count / people)
        if count >= 10:
            limits = [1000 * limit / people for limit in byars(count)]
            assert [float(row["lower"]), float(row["upper"])] == pytest.approx(limits)
            side = "higher" if limits[0] > 1000 * london else "similar"
            assert row["comparison"] == ("lower" if limits[1] < 1000 * london else side)
        assert (row["unstable"] == "[u]") == (count < 10)


@pytest.mark.parametrize("year", YEARS)
def test_the_focus_ward_and_london_agree_with_the_guide(assessments, year):
    offences, rank, barnet_rate, london_rate = BY_HAND[year]
    focus = next(
        row for row in rows(csv_of(assessments, year, WARD, "wards")) if row["ward_code"] == FOCUS
    )
    assert (int(focus["offences"]), int(focus["rank"])) == (offences, rank)
    places = {row["place"]: row for row in rows(csv_of(assessments, year, WARD, "places"))}
    own = [focus, places["Barnet's other wards"]]
    sums = [sum(int(row[name]) for row in own) for name in ("offences", "residents")]
    assert 1000 * sums[0] / sums[1] == pytest.approx(barnet_rate, abs=5e-4)
    assert float(places["London wards"]["rate_per_1000"]) == pytest.approx(london_rate, abs=5e-4)
    borough = {row["place"]: row for row in rows(csv_of(assessments, year, WARD, "borough"))}
    assert int(borough["Barnet"]["offences"]) == BOROUGH_BY_HAND[year]


def test_the_statement_on_wards_holds_twice_and_then_twice_in_part(assessments):
    """The worked example: nobody told the software that Colindale North has changed."""
    verdicts = {year: record(assessments, year, WARD)["verdict"] for year in YEARS}
    assert [verdicts[year]["label"] for year in YEARS] == [
        "supported as far as checked (4 of 5 parts)",
        "supported as far as checked (4 of 5 parts)",
        "partly supported as far as checked (4 of 5 parts)",
        "partly supported",
    ]
    outcomes = {
        year: {part["id"]: part["outcome"] for part in verdicts[year]["parts"]} for year in YEARS
    }
    assert [outcomes[year]["borough_below_england"] for year in YEARS] == [
        *["not checked"] * 3,
        "contradicted",
    ]
    assert outcomes["2023/24"]["focus_ward_above_london"] == "supported"
    assert outcomes["2024/25"]["focus_ward_above_london"] == "unclear"
    assert outcomes["2024/25"]["borough_below_london"] == "supported"
    part = next(p for p in verdicts["2022/23"]["parts"] if p["id"] == "some_wards_above_london")
    assert part["areas"] == ["Colindale North"]


def test_a_fall_here_and_a_rise_next_door_are_read_together(assessments):
    """101 to 47 alone would be read as success; with its neighbour it is 183 to 174."""
    table = rows(csv_of(assessments, "2024/25", WARD, "neighbours"))
    pair = Counter()
    for row in table:
        if row["ward_name"] in ("Colindale North", "Colindale South"):
            pair[row["year"]] += int(row["offences"])
    assert dict(pair) == {"2022/23": 173, "2023/24": 183, "2024/25": 174}
    page = (csv_of(assessments, "2024/25", WARD, "wards").parents[2]) / "ward-drug-offences.html"
    text = page.read_text(encoding="utf-8")
    assert "Colindale South rose from 82 to 127; the two together fell from 183 to 174" in text
    assert "may be a change of place or of recording" in text


def test_in_2025_26_a_third_ward_comes_first(assessments, request):
    """276 offences, 264 of them of trafficking, 223 of those recorded in April to August."""
    shown = {row["ward_name"]: row for row in rows(csv_of(assessments, "2025/26", WARD, "wards"))}
    found = {
        name: (int(shown[name]["rank"]), int(shown[name]["offences"]))
        for name in ("Totteridge & Woodside", "Hendon", "Colindale South", "Colindale North")
    }
    assert list(found.values()) == [(1, 276), (2, 181), (3, 149), (12, 59)]
    rates = [round(float(shown[name]["rate_per_1000"]), 2) for name in found]
    assert rates == [18.5, 8.23, 7.85, 4.62]
    newest = max((request.config.rootpath / "data" / "mps_ward_crime").iterdir())
    burst = [
        int(row["trafficking"])
        for row in rows(newest / "ward_drug_offences.csv")
        if row["ward_code"] == "E05013646" and "2025-04" <= row["month"] <= "2025-08"
    ]
    assert (len(burst), sum(burst), min(burst)) == (5, 223, 38)
    first = shown.pop("Totteridge & Woodside")
    assert first["comparison"] == "higher"
    others = [sum(int(row[name]) for row in shown.values()) for name in ("offences", "residents")]
    assert round(1000 * others[0] / others[1], 1) == 4.6


def test_bursts_are_named_by_the_months_that_hold_most_of_a_year(assessments, ward_counts):
    figures = record(assessments, "2023/24", WARD)["figures"]
    title = next(each["title"] for each in figures if each["id"] == "months-months")
    assert title == (
        "Hendon had 50 of its 80 trafficking offences in November 2023 to February 2024 and "
        "Colindale North had 47 of its 79 possession offences in April to July 2023"
    )


def test_without_its_burst_the_first_ward_would_not_be_among_the_first(assessments, residents):
    """276 offences less the 223 of five months, among the rates of the others as they are."""
    table = {row["ward_name"]: row for row in rows(csv_of(assessments, YEARS[-1], WARD, "wards"))}
    burst = rows(csv_of(assessments, YEARS[-1], WARD, "bursts"))[0]
    own = table.pop("Totteridge & Woodside")
    rate = 1000 * (int(own["offences"]) - 223) / int(own["residents"])
    above = sum(
        1000 * int(row["offences"]) / int(row["residents"]) > rate for row in table.values()
    )
    assert (burst["ward_name"], burst["rank"]) == ("Totteridge & Woodside", "1")
    assert (burst["in_burst"], burst["rank_without"]) == ("223", str(above + 1))


def test_the_ranking_turned_twice(assessments):
    """The worked example: who had the highest rate in each year, as the page's table has it."""
    leading = rows(csv_of(assessments, YEARS[-1], WARD, "leading"))
    first = {row["year"]: row["ward_name"] for row in leading if row["rank"] == "1"}
    assert [first[year] for year in YEARS] == [
        "Colindale North", "Colindale North", "Colindale South", "Totteridge & Woodside",
    ]  # fmt: skip


def test_offences_without_a_ward_agree_with_the_guide(assessments, request):
    """1.6% from December 2021 to November 2023; 5.4% in 2024/25 and 2.9% in 2025/26."""
    from cdpb import loaders

    both = loaders.ward_and_borough_offences(BARNET)
    for first, last, percent in (
        ("2021-12", "2023-11", 1.6), ("2024-04", "2025-03", 5.4), ("2025-04", "2026-03", 2.9)
    ):  # fmt: skip
        months = both["month"].astype(str).between(first, last)
        missing = 100 * (1 - both[months]["in_wards"].sum() / both[months]["in_borough"].sum())
        assert missing == pytest.approx(percent, abs=0.05)


def treated(request) -> list[dict[str, str]]:
    return rows(next((request.config.rootpath / "data" / "ndtms_adults").rglob("*.csv")))


def people(table: list[dict[str, str]], area: str, year: str, sex: str, *groups: str) -> int:
    return sum(
        int(row["in_treatment"])
        for row in table
        if (row["area_code"], row["year"], row["sex"]) == (area, year, sex)
        and row["substance_group"] in groups
    )


def test_unmet_need_is_what_a_count_by_hand_gives(assessments, request):
    """86.4% (81.4 to 90.3) in Barnet, 82.4% in England; alcohol only 91.3%."""
    table = treated(request)
    shown = {
        (row["area_code"], row["definition"]): row
        for row in rows(csv_of(assessments, YEARS[-1], "unmet_treatment_need", "alcohol"))
        if row["year"] == "2017/18"
    }
    groups = ("alcohol only", "non-opiate & alcohol")
    definition = "alcohol only, or non-opiates and alcohol"
    for area, need, lower, upper in (
        (BARNET, 3_046, 2_237, 4_284),
        ("E92000001", 586_780, 485_444, 742_305),
    ):
        counted = people(table, area, "2017/18", "all", *groups)
        row = shown[area, definition]
        assert int(row["people"]) == counted
        wanted = [100 * (1 - counted / estimate) for estimate in (need, lower, upper)]
        found = [float(row[name]) for name in ("percent", "lower", "upper")]
        assert found == pytest.approx(wanted)
    assert float(shown[BARNET, definition]["percent"]) == pytest.approx(86.4, abs=0.05)
    assert float(shown["E92000001", definition]["percent"]) == pytest.approx(82.4, abs=0.05)
    assert float(shown[BARNET, "alcohol only"]["percent"]) == pytest.approx(91.3, abs=0.05)


@pytest.mark.parametrize("year", YEARS)
def test_some_wards_above_london_are_those_of_a_count_by_hand(
    assessments, ward_counts, residents, year
):
    """The chance of so many offences at London's rate, summed term by term; then Holm's bars."""
    totals = sum((ward_counts[month] for month in months_of(year)), Counter())
    london = sum(totals[code] for code in residents) / sum(r for _, r in residents.values())
    chances = []
    for row in rows(csv_of(assessments, year, WARD, "wards")):
        count, expected = totals[row["ward_code"]], residents[row["ward_code"]][1] * london
        terms = (exp(at * log(expected) - expected - lgamma(at + 1)) for at in range(count))
        chances.append((1 - sum(terms), row["ward_name"]))
    above, left = [], len(chances)
    for chance, name in sorted(chances):
        if chance > 0.025 / left:
            break
        above, left = [*above, name], left - 1
    parts = record(assessments, year, WARD)["verdict"]["parts"]
    (found,) = [part for part in parts if part["id"] == "some_wards_above_london"]
    assert (found["tests"], len(chances)) == (24, 24)
    assert set(found["areas"]) == set(above) == ABOVE_LONDON[year]


def test_people_in_treatment_for_alcohol_are_shown_to_the_last_year_held(assessments, request):
    """415 in the year of the last estimate of need, and 670 four years later."""
    table = treated(request)
    shown = {
        row["year"]: int(row["people"])
        for row in rows(csv_of(assessments, YEARS[-1], "unmet_treatment_need", "in_treatment"))
        if (row["area_code"], row["definition"])
        == (BARNET, "alcohol only, or non-opiates and alcohol")
    }
    groups = ("alcohol only", "non-opiate & alcohol")
    assert shown == {year: people(table, BARNET, year, "all", *groups) for year in shown}
    last = ("2017/18", "2018/19", "2019/20", "2020/21", "2021/22")
    assert [shown[year] for year in last] == [415, 390, 425, 515, 670]


def test_the_need_met_is_that_of_the_second_publication(assessments, request):
    """12.8% in Barnet and 17.6% in England in 2018/19, and every year before as it stands there."""
    folder = request.config.rootpath / "data" / "alcohol_need_and_treatment"
    wanted = {
        (row["area_code"], row["year"]): row
        for row in rows(next(folder.rglob("*.csv")))
        if row["area_code"] in (BARNET, "E92000001")
    }
    shown = rows(csv_of(assessments, YEARS[-1], "unmet_treatment_need", "met_need"))
    assert len(shown) == len(wanted) == 18
    for row in shown:
        cells = wanted[row["area_code"], row["year"]]
        assert int(row["people"]) == int(cells["in_treatment"])
        assert float(row["estimated_need"]) == pytest.approx(float(cells["estimated_need"]))
        assert float(row["met_need_percent"]) == pytest.approx(float(cells["met_need_percent"]))
    latest = {row["area_code"]: row for row in shown if row["year"] == "2018/19"}
    assert round(float(latest[BARNET]["met_need_percent"]), 1) == 12.8
    assert round(float(latest["E92000001"]["met_need_percent"]), 1) == 17.6


def test_an_unmet_need_of_eight_years_ago_is_carried_forward(assessments):
    verdict = record(assessments, YEARS[-1], "unmet_treatment_need")["verdict"]
    assert verdict["label"] == "supported as far as checked (1 of 2 parts)"
    assert verdict["dating"] == "carried forward from 2017/18"
    assert verdict["adds_to_history"] is False


def test_women_s_shares_are_what_a_count_by_hand_gives(assessments, request):
    """31.1% (28.7 to 33.5) against England's 32.5%; opiates 23.1% against 27.6%."""
    table = treated(request)
    shown = rows(csv_of(assessments, YEARS[-1], "women_in_treatment", "shares"))
    assert {row["year"] for row in shown} == {f"{y}/{(y + 1) % 100:02d}" for y in range(2009, 2022)}
    for row in shown:
        area, year = row["area_code"], row["year"]
        women = people(table, area, year, "women", "total")
        adults = people(table, area, year, "all", "total")
        found = [float(row[name]) for name in ("percent", "lower", "upper")]
        assert found == pytest.approx([100 * women / adults, *wilson(women, adults)])
    groups = rows(csv_of(assessments, YEARS[-1], "women_in_treatment", "substance_groups"))
    opiates = {row["area_code"]: row for row in groups if row["substance_group"] == "opiate"}
    assert float(opiates[BARNET]["percent"]) == pytest.approx(23.1, abs=0.05)
    assert float(opiates["E92000001"]["percent"]) == pytest.approx(27.6, abs=0.05)
    assert opiates[BARNET]["compared_with_england"] == "lower"


def test_the_mix_of_substances_explains_part_of_the_difference(assessments, request):
    """England's share in each group, applied to Barnet's numbers: 32.9% expected."""
    table = treated(request)
    england, groups = (
        "E92000001",
        ("opiate", "non-opiate only", "alcohol only", "non-opiate & alcohol"),
    )
    here = {group: people(table, BARNET, "2021/22", "all", group) for group in groups}
    expected = sum(
        here[group]
        * people(table, england, "2021/22", "women", group)
        / people(table, england, "2021/22", "all", group)
        for group in groups
    )
    path = csv_of(assessments, YEARS[-1], "women_in_treatment", "standardised")
    row = next(row for row in rows(path) if row["area_code"] == BARNET)
    share = 100 * expected / sum(here.values())
    assert float(row["expected_percent"]) == pytest.approx(share)
    assert share == pytest.approx(32.9, abs=0.05)


def test_the_statement_on_women_is_about_need_and_england_is_context(assessments):
    """Opiates alone lay below England, as one of four groups; and nothing held is of need."""
    found = record(assessments, YEARS[-1], "women_in_treatment")["verdict"]
    parts = {part["id"]: part for part in found["parts"]}
    assert found["label"] == "not checked"
    assert {part["outcome"] for part in found["parts"]} == {"not checked"}
    for id in ("women_below_england", "women_below_expected", "women_opiates_below_england"):
        assert parts[id]["reason"].startswith(
            "no figure tests this: the claim is about women's need"
        )
        assert "; for context, Barnet" in parts[id]["reason"]
    assert parts["women_below_need"]["reason"] == "no estimate of need by sex is held"
