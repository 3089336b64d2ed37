"""The statements on police figures, part by part and year by year, counted without the library.

From the files with the csv module, by formulas written out again: what each part comes to is then
held against the verdict on the page.
"""

from collections import Counter
from math import exp, log, sqrt
from pathlib import Path
from statistics import mean

import pytest
from scipy.stats import chi2, poisson

from tests.support.inprocess import record_of
from tests.support.recounted import Z, rows, wilson

DATA = Path(__file__).resolve().parents[2] / "data"
BARNET, ENGLAND, COLINDALE_NORTH = "E09000003", "E92000001", "E05013632"
WARDS, SUPPLY = "ward_drug_offences", "possession_and_trafficking"
BOTH = ("possession", "trafficking")
YEARS = ("2022/23", "2023/24", "2024/25", "2025/26")
HIGHER_OR_LOWER = {("above", 1): "supported", ("above", -1): "contradicted",
                   ("below", -1): "supported", ("below", 1): "contradicted"}  # fmt: skip


def newest(source: str, place: str) -> dict[tuple[str, str], Counter]:
    """Month and place to offences of each kind; the later publication gives all of a month."""
    found: dict[tuple[str, str], Counter] = {}
    for receipt in sorted(each for each in (DATA / source).iterdir() if each.is_dir()):
        fresh: dict[tuple[str, str], Counter] = {}
        for row in rows(next(receipt.glob("*.csv"))):
            if row[place]:
                counted = fresh.setdefault((row["month"], row[place]), Counter())
                counted.update({each: int(row[each]) for each in ("possession", "trafficking")})
        late = {month for month, _ in fresh}
        found = {key: each for key, each in found.items() if key[0] not in late} | fresh
    return found


@pytest.fixture(scope="module")
def boroughs() -> dict[tuple[str, str], Counter]:
    return newest("mps_borough_crime", "area_code")


@pytest.fixture(scope="module")
def wards() -> dict[tuple[str, str], Counter]:
    return newest("mps_ward_crime", "ward_code")


def span(first: str, many: int) -> list[str]:
    year, month = map(int, first.split("-"))
    numbers = range(month - 1, month - 1 + many)
    return [f"{year + each // 12}-{each % 12 + 1:02d}" for each in numbers]


def year_of(year: str) -> list[str]:
    return span(f"{year[:4]}-04", 12)


def of_months(counted, months, places, kinds=BOTH) -> list[int]:
    """Offences of each month, in all of the places; a month without a row has none."""
    found = ([counted.get((month, each), {}) for each in places] for month in months)
    return [sum(each.get(kind, 0) for each in month for kind in kinds) for month in found]


def dispersion(*levels: list[int]) -> float:
    """Pearson's chi-square over its degrees of freedom, of months about each level's mean."""
    squares = sum((each - mean(level)) ** 2 / mean(level) for level in levels for each in level)
    return max(1.0, squares / sum(len(level) - 1 for level in levels))


def poisson_limits(count: int) -> list[float]:
    """Exact below 10, Byar's from 10."""
    if count < 10:
        low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
        return [low, chi2.ppf(0.975, 2 * count + 2) / 2]
    low = count * (1 - 1 / (9 * count) - Z / (3 * sqrt(count))) ** 3
    above = count + 1
    return [low, above * (1 - 1 / (9 * above) + Z / (3 * sqrt(above))) ** 3]


def widened(months: list[int]) -> list[float]:
    """Limits of a year's count, farther away by the root of the dispersion of its months."""
    count, root = sum(months), sqrt(dispersion(months))
    return [max(0.0, count + root * (limit - count)) for limit in poisson_limits(count)]


def side(limits: list[float], target: float) -> int:
    low, high = limits
    return 1 if low > target else -1 if high < target else 0


def outcome(test: str, limits: list[float], target: float) -> str:
    return HIGHER_OR_LOWER.get((test, side(limits, target)), "unclear")


@pytest.fixture(scope="module")
def residents() -> dict[str, dict[str, int]]:
    """Of wards, of boroughs and of England, from the library's tables of the census alone."""
    from cdpb.loaders import residents, ward_residents

    by_ward = ward_residents()
    of_wards = dict(zip(by_ward["ward_code"], by_ward["residents"], strict=True))
    of_areas = residents()
    return {
        "wards": of_wards,
        "of_barnet": set(by_ward.loc[by_ward["borough_code"] == BARNET, "ward_code"]),
        "areas": dict(zip(of_areas["area_code"], of_areas["residents"], strict=True)),
    }


def outcomes(finding: str, folder: Path, claim: str = "") -> dict[str, str]:
    told = record_of(finding, folder)
    found = next(each["verdict"] for each in told["claims"] if each["id"] == claim) if claim else (
        told["verdict"])  # fmt: skip
    return {part["id"]: part["outcome"] for part in found["parts"]}


def holm(chances: list[float]) -> int:
    """How many pass, at 2.5% for the family, in the order of their chances."""
    passed = 0
    for done, chance in enumerate(sorted(chances)):
        if chance > 0.025 / (len(chances) - done):
            break
        passed += 1
    return passed


@pytest.mark.parametrize(
    ("year", "expected"),
    [("2022/23", ["supported", "not checked", "supported", "supported", "supported"]),
     ("2023/24", ["supported", "not checked", "supported", "supported", "supported"]),
     ("2024/25", ["supported", "not checked", "supported", "unclear", "unclear"]),
     ("2025/26", ["supported", "contradicted", "supported", "unclear", "unclear"])],
)  # fmt: skip
def test_the_statement_on_wards(built, boroughs, wards, residents, year, expected):
    """The borough below London and England, some wards above, Colindale North above both."""
    months = year_of(year)
    codes, areas = {code for _, code in boroughs}, residents["areas"]
    per_head = sum(sum(of_months(boroughs, months, [code])) for code in codes) / sum(
        areas[code] for code in codes
    )
    limits = widened(of_months(boroughs, months, [BARNET]))
    below = outcome("below", limits, per_head * areas[BARNET])

    every, own = residents["wards"], residents["of_barnet"]
    counted = {code: of_months(wards, months, [code]) for code in every}
    london = sum(map(sum, counted.values())) / sum(every.values())
    chances = [poisson.sf(sum(counted[code]) - 1, london * every[code]) for code in own]
    some = "supported" if holm(chances) else "unclear"

    limits, here = widened(counted[COLINDALE_NORTH]), every[COLINDALE_NORTH]
    others = own - {COLINDALE_NORTH}
    rest = sum(sum(counted[code]) for code in others) / sum(every[code] for code in others)
    focus = [outcome("above", limits, rate * here) for rate in (london, rest)]

    by_hand = [below, beside_england(year, areas), some, *focus]
    assert by_hand == expected
    assert list(outcomes(WARDS, built(WARDS, year=year)).values()) == by_hand


def beside_england(year: str, areas: dict[str, int]) -> str:
    """Of the national file of the year to June 2025, which is no figure of a year before."""
    if year < "2025/26":
        return "not checked"
    (path,) = (DATA / "recorded_crime").rglob("recorded_crime.csv")
    drugs = {row["area_code"]: int(row["drug_offences"]) for row in rows(path)}
    assert (drugs[BARNET], drugs[ENGLAND]) == (1748, 203705)
    england = drugs[ENGLAND] / areas[ENGLAND]
    assert round(1000 * england, 2) == 3.61
    limits = poisson_limits(drugs[BARNET])
    assert [round(1000 * each / areas[BARNET], 2) for each in limits] == [4.28, 4.71]
    return outcome("below", limits, england * areas[BARNET])


@pytest.mark.parametrize(
    ("year", "expected"),
    [("2022/23", "supported"), *((year, "contradicted") for year in YEARS[1:])],
)
def test_the_statement_on_possession_and_trafficking(built, boroughs, year, expected):
    """About twice: the whole interval within 1.5 to 2.5, or wholly outside."""
    first, second = (
        sum(of_months(boroughs, year_of(year), [BARNET], [kind]))
        for kind in ("possession", "trafficking")
    )
    low, high = (share / (100 - share) for share in wilson(first, first + second))
    inside, outside = low >= 1.5 and high <= 2.5, high < 1.5 or low > 2.5
    by_hand = "supported" if inside else "contradicted" if outside else "unclear"

    assert by_hand == expected
    assert outcomes(SUPPLY, built(SUPPLY, year=year)) == {"about_twice": by_hand}


@pytest.mark.parametrize("year", YEARS)
def test_the_claim_on_clear_hold_build(built, boroughs, year):
    """July to January, before the break and after the start: 544 and 620, +14%, -1% to +31%."""
    windows = (span(f"{start}-07", 7) for start in (2022, 2023))
    before, after = (of_months(boroughs, months, [BARNET]) for months in windows)
    assert (sum(before), sum(after)) == (544, 620)
    spread = Z * sqrt(dispersion(before, after) * (1 / sum(before) + 1 / sum(after)))
    ratio = log(sum(after) / sum(before))
    limits = [exp(ratio - spread), exp(ratio + spread)]
    assert [round(100 * (each - 1)) for each in limits] == [-1, 31]
    fell = "not checked" if year == "2022/23" else outcome("below", limits, 1)

    assert outcomes(SUPPLY, built(SUPPLY, year=year), "F15") == {
        "offences_fell": fell,
        "because_of_the_partnership": "not checked",
    }


@pytest.mark.parametrize(
    ("offence", "kinds", "expected"),
    [("all drug offences", BOTH, [791, 907]), ("possession", BOTH[:1], [533, 454]),
     ("trafficking", BOTH[1:], [258, 453])],
)  # fmt: skip
def test_the_ten_months_before_the_break_are_on_the_page(built, boroughs, offence, kinds, expected):
    """April to January of both years, and the change over that of the rest of London."""
    table = rows(built(SUPPLY, year="2023/24") / "tables" / SUPPLY / "windows.csv")
    shown = next(
        row for row in table
        if row["offence"] == offence and row["period"] == "April 2023 to January 2024"
    )  # fmt: skip
    periods = [span(f"{start}-04", 10) for start in (2022, 2023)]
    elsewhere = {code for _, code in boroughs} - {BARNET}
    here, there = (
        [sum(of_months(boroughs, months, places, kinds)) for months in periods]
        for places in ([BARNET], elsewhere)
    )
    assert [int(shown["offences_before"]), int(shown["offences"])] == here == expected
    relative = (here[1] / here[0]) / (there[1] / there[0])
    assert float(shown["relative_ratio"]) == pytest.approx(relative)


def test_the_ratio_fell_before_the_break(built):
    """2.07 and 1.00 possession offences for every trafficking offence."""
    table = rows(built(SUPPLY, year="2023/24") / "tables" / SUPPLY / "ratio_alike.csv")
    ratios = [float(row["ratio"]) for row in table if row["place"] == "Barnet"]
    assert ratios == pytest.approx([533 / 258, 454 / 453])
