"""Every part of the statements on treatment and harm, judged a second time without the library.

From the files in ``data/`` with the csv module, and scipy for a fit: what the rules would have,
part by part, for each year that is assessed, against what the pages say.
"""

from math import log
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy import optimize, stats

from tests.support.inprocess import record_of
from tests.support.recounted import rows

DATA = Path(__file__).resolve().parents[2] / "data"
BARNET = "E09000003"
YEARS = ("2022/23", "2023/24", "2024/25", "2025/26")
FINDINGS = (
    "unmet_treatment_need", "women_in_treatment", "criminal_justice_pathways",
    "young_people_in_treatment", "adults_in_treatment", "mental_health_need",
    "alcohol_identification", "multiple_disadvantage", "schools_and_prevention",
    "parents_in_treatment", "deaths_and_harm_reduction", "drinkcoach",
    "licensing_and_alcohol_harm",
)  # fmt: skip
# Parts that are tested once a partner has sent what they rest on: nobody has.
RESTS_ON = {
    ("criminal_justice_pathways", "continuity_against_target"): "continuity_of_care",
    ("criminal_justice_pathways", "orders_rose"): "probation_orders",
    ("parents_in_treatment", "alcohol_unmet"): "parents_need",
    ("parents_in_treatment", "opiates_unmet"): "parents_need",
    ("drinkcoach", "january_higher"): "drinkcoach",
    ("drinkcoach", "campaign_higher"): "drinkcoach",
}


def newest(source: str) -> list[dict[str, str]]:
    return rows(max((DATA / source).glob("*/*.csv")))


def judged(low: float, high: float, against: float) -> str:
    """Of a claim that something lies above: the whole interval decides, or nothing does."""
    return "supported" if low > against else "contradicted" if high < against else "unclear"


def unmet_alcohol_need() -> str:
    """415 in treatment in 2017/18 of 3,046 (2,237 to 4,284): more than half, whatever the need."""
    groups = ("alcohol only", "non-opiate & alcohol")
    treated = sum(
        int(row["in_treatment"])
        for row in newest("ndtms_adults")
        if (row["area_code"], row["year"], row["sex"]) == (BARNET, "2017/18", "all")
        and row["substance_group"] in groups
    )
    need = next(
        row for row in newest("alcohol_dependence")
        if (row["area_code"], row["year"]) == (BARNET, "2017/18")
    )  # fmt: skip
    low, high = (100 * (1 - treated / float(need[end])) for end in ("lower", "upper"))
    assert [round(low, 1), round(high, 1)] == [81.4, 90.3]
    return judged(low, high, 50)


def deaths_in_treatment() -> str:
    """6.0% a year over all thirteen years, -0.8 to 13.3; rounding can only widen that."""
    died = {
        row["year"]: int(row["exit_died_all"])
        for row in newest("ndtms_adults")
        if (row["area_code"], row["sex"], row["substance_group"]) == (BARNET, "all", "total")
    }
    counts = np.array([died[year] for year in sorted(died) if year >= "2009/10"], float)
    x = np.arange(len(counts)) - (len(counts) - 1) / 2

    def against(of):
        return np.exp(of[0] + of[1] * x).sum() - counts @ (of[0] + of[1] * x)

    level, slope = optimize.minimize(against, [log(counts.mean()), 0.0], tol=1e-12).x
    mean = np.exp(level + slope * x)
    information = np.array([[mean.sum(), mean @ x], [mean @ x, mean @ x**2]])
    dispersion = max(1, ((counts - mean) ** 2 / mean).sum() / (len(counts) - 2))
    error = (dispersion * np.linalg.inv(information)[1, 1]) ** 0.5
    margin = stats.t.ppf(0.975, len(counts) - 2) * error
    low, high = (100 * np.expm1(slope + side * margin) for side in (-1, 1))
    assert [round(low, 1), round(high, 1)] == [-0.8, 13.3]
    return judged(low, high, 0)


def expected(finding: str, part: dict) -> str:
    """What the rules give: not every part is tested, and not every return has come."""
    if part["test"] in ("not_checked", "no_figure"):
        return "not checked"
    if (finding, part["id"]) in RESTS_ON:
        assert not (DATA / RESTS_ON[finding, part["id"]]).exists()
        return "not checked"
    own = {
        ("unmet_treatment_need", "alcohol_unmet"): unmet_alcohol_need,
        ("deaths_and_harm_reduction", "deaths_risen"): deaths_in_treatment,
    }
    return own[finding, part["id"]]()


@pytest.fixture(scope="module")
def declared() -> dict:
    return yaml.safe_load((DATA / "areas" / f"{BARNET}.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("year", YEARS)
def test_every_part_has_the_outcome_that_a_count_by_hand_gives(built, declared, year):
    """Statements and later claims, public edition; nothing is checked that was not counted."""
    checked = set()
    for finding in FINDINGS:
        record = record_of(finding, built(finding, year=year))
        ours = {part["id"]: part["outcome"] for part in record["verdict"]["parts"]}
        theirs = declared["statements"][finding]["parts"]
        assert ours == {part["id"]: expected(finding, part) for part in theirs}, finding
        checked |= {(finding, id) for id, outcome in ours.items() if outcome != "not checked"}
        said = {claim["id"]: claim for claim in declared["claims"].get(finding, [])}
        for claim in record["claims"]:
            found = {part["id"]: part["outcome"] for part in claim["verdict"]["parts"]}
            parts = said[claim["id"]]["parts"]
            assert found == {part["id"]: expected(finding, part) for part in parts}, claim["id"]
    assert checked == {
        ("unmet_treatment_need", "alcohol_unmet"), ("deaths_and_harm_reduction", "deaths_risen")
    }  # fmt: skip


def test_no_substance_group_is_below_england_with_all_four_tested_together(built):
    """Opiates alone: 140 of 605 against 27.6%, p = 0.007, and of four tests 0.025 / 4 is asked."""
    table = built("women_in_treatment", year="2025/26") / "tables" / "women_in_treatment"
    shown = {(row["area_name"], row["substance_group"]): row
             for row in rows(table / "substance_groups.csv")}  # fmt: skip
    chances = {}
    for (area, group), row in shown.items():
        if area == "Barnet":
            usual = float(shown["England", group]["percent"]) / 100
            chances[group] = stats.binom.cdf(int(row["women"]), int(row["adults"]), usual)
            assert row["tested_together"] == "no difference shown"
    assert len(chances) == 4
    assert min(chances, key=chances.get) == "opiate"
    assert 0.025 / 4 < chances["opiate"] < 0.025
    assert {shown["England", group]["tested_together"] for group in chances} == {""}
