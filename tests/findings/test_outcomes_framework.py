"""The outcomes framework: every metric has a value, or a reason for having none."""

import csv

import pandas as pd
import pytest

from cdpb.declarations import declarations
from cdpb.findings.documents import Others
from cdpb.statistics.framework import latest_metrics, metric_history, of_london, trend_words
from findings import outcomes_framework as framework
from findings.outcomes_framework import NONE, framework_table, gap_table, metrics, why_none
from tests.support.inprocess import run, table_of
from tests.support.project import CHECKOUT
from tests.support.tables import table

BARNET, ENGLAND, CAMDEN = "E09000003", "E92000001", "E09000007"
NAMES = {BARNET: "Barnet", ENGLAND: "England"}
NOBODY = Others((), ())


def yearly(*values: float, area: str = BARNET, width: float = 0.2) -> pd.DataFrame:
    """One value a year from 2017/18, with an interval around it."""
    years = [f"{start}/{(start + 1) % 100:02d}" for start in range(2017, 2017 + len(values))]
    rows = pd.DataFrame({"area_code": area, "year": years, "percent": [float(v) for v in values]})
    limits = {"lower": rows["percent"] - width, "upper": rows["percent"] + width}
    rows = rows.assign(adults=1_200, **limits)
    rows.attrs = {"source": "ndtms_adults"}
    return rows


def history(*values: float, **named) -> pd.DataFrame:
    limits = ("lower", "upper")
    return metric_history("S09", yearly(*values, **named), "percent", "%", limits, "adults")


def row(shown: pd.DataFrame, metric: str) -> pd.Series:
    return shown[shown["metric_id"] == metric].iloc[0]


def test_what_a_partnership_adds_is_its_own():
    """Another borough's page has the national metrics, and says that no others are on file."""
    national, all_of_barnet = metrics(CAMDEN), metrics(BARNET)
    assert all_of_barnet[: len(national)] == national
    assert {each["tier"] for each in all_of_barnet[len(national) :]} == {"local"}
    assert len(all_of_barnet) - len(national) == 13
    assert "local" not in {each["tier"] for each in national}


def test_all_42_metrics_have_a_row_whatever_is_held():
    """A metric that is left out looks like one that nobody needs."""
    shown = framework_table({}, NAMES, NOBODY, BARNET)
    assert len(shown) == 42
    assert (shown["latest"] == NONE).all()
    assert shown["where_from"].str.len().gt(10).all()


def test_the_latest_value_not_after_the_year_is_shown_with_its_interval():
    held = latest_metrics([history(1, 2, 3)], BARNET, "2018/19", [ENGLAND])
    told = row(framework_table(held, NAMES, NOBODY, BARNET), "S09")
    assert told["latest"] == "2.0% (1.8% to 2.2%), 2018/19"
    assert told["metric_value"] == 2
    assert told["beside"] == "not compared"


@pytest.mark.parametrize(("theirs", "side"), [(3, "lower"), (1, "higher"), (2.1, "similar")])
def test_the_comparator_is_of_the_same_year(theirs, side):
    both = pd.concat([history(1, 2), history(9, theirs, area=ENGLAND)])
    both.attrs = {"source": "ndtms_adults"}
    held = latest_metrics([both], BARNET, "2023/24", [ENGLAND])
    told = row(framework_table(held, NAMES, NOBODY, BARNET), "S09")
    assert told["beside"].startswith("England")
    assert told["beside"].endswith(f": {side}")


def test_a_comparator_alone_stands_beside_no_figure():
    """England's estimate is never put in the area's place."""
    held = latest_metrics([history(5, area=ENGLAND)], BARNET, "2023/24", [ENGLAND])
    told = row(framework_table(held, NAMES, NOBODY, BARNET), "S09")
    assert told["latest"] == NONE
    assert "England 5.0%" in told["beside"]
    assert told["where_from"].endswith("No figure for this area was received")


def test_a_trend_is_tested_or_said_not_to_be():
    assert trend_words(history(1, 2, 3, 4, 5)) == "increasing, 2017/18 to 2021/22"
    people = metric_history("N10", yearly(1, 2), "percent", "people")
    assert trend_words(people) == "up, 2017/18 to 2018/19; not tested"
    assert trend_words(history(1)) == "one year held"


def test_across_a_break_nothing_is_said_of_how_it_moved():
    """A new way of counting is not a trend."""

    class Break:
        month, year, label = "2019-04", None, "a new system"

    assert trend_words(history(1, 2, 3, 4, 5), [Break()]).startswith("not calculated: the series")


def test_boroughs_together_are_london():
    counts = table("""
        area_code  year     offences  residents
        E09000003  2023/24        10       1000
        E09000007  2023/24        30       1000
    """)
    counts.attrs = {"source": "mps_borough_crime"}
    assert of_london(counts, "E12000007").iloc[-1].to_list() == ["E12000007", "2023/24", 40, 2000]


def test_a_metric_that_is_a_finding_s_key_figure_is_taken_from_there():
    """Protected there, so protected here."""
    figure = {
        "id": "untreated", "label": "In need, not treated", "value": 20.0, "lower": 15.0,
        "upper": 25.0, "numerator": None, "denominator": 300, "unit": "%", "period": "2022/23",
        "source": "mental_health_need", "method": "", "comparators": [], "note": "",
    }  # fmt: skip
    before = figure | {"value": 25.0, "period": "2021/22"}
    moved = {"id": "untreated", "before": before, "why": ""}
    record = {"id": "mental_health_need", "key_figures": [figure]}
    record["before"] = {"key_figures": [moved]}
    told = row(framework_table({}, NAMES, Others((record,), ()), BARNET), "S18")
    assert told["latest"] == "20% (15% to 25%), 2022/23"
    assert told["trend"] == "down, 2021/22 to 2022/23; not tested"


def test_a_figure_that_is_missing_says_why_as_its_own_page_does():
    """Hidden to protect people is one thing, and not received is another."""
    note = "Hidden to protect small counts."
    figure = {"id": "untreated", "value": None, "comparators": [], "note": note}
    record = {"id": "mental_health_need", "key_figures": [figure]}
    told = row(framework_table({}, NAMES, Others((record,), ()), BARNET), "S18")
    assert told["latest"] == NONE
    assert told["where_from"] == note


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("N01", "not for a borough"),
        ("N07", "Published for force"),
        ("S02", "Not received: published by DfE"),
        ("L01", "Not received: a return of CGL / MPS DIP"),
        ("N09", "not part of the public edition"),
    ],
)
def test_why_there_is_no_figure_follows_from_who_publishes_it(metric, said):
    """The same whether or not a restricted return lies in the data folder."""
    (found,) = [each for each in metrics(BARNET) if each["metric_id"] == metric]
    assert said in why_none(found, NOBODY)


def test_four_supporting_metrics_are_left_out_of_the_plan():
    gap = gap_table().set_index("metric_kind")
    assert gap.loc["supporting"].to_list() == [22, 18, 4]
    assert gap.loc["headline"].to_list() == [11, 11, 0]


def test_the_tiers_hold_every_metric_once():
    shown = framework_table({}, NAMES, NOBODY, BARNET)
    tiers = [framework.of_tier(shown, tier) for tier in framework.TIERS]
    assert sum(map(len, tiers)) == len(shown)
    assert tiers[0].attrs["sources"] == []


def test_a_metric_points_at_a_finding_that_is_declared():
    """And names what is shown wherever that is not the metric itself."""
    declared = {each.id for each in declarations().findings}
    named = [each for each in metrics(BARNET) if each["finding_id"]]
    assert {each["finding_id"] for each in named} <= declared
    assert all(each["finding_id"] and each["held_as"] for each in named if each["key_figure"])


def rows_of(pattern: str) -> list[dict[str, str]]:
    """Every row of the received files of a pattern, read without our loaders."""
    return [
        found
        for path in sorted((CHECKOUT / "data").glob(pattern))
        for found in csv.DictReader(path.open(encoding="utf-8-sig", newline=""))
    ]


def in_treatment(group: str) -> dict[str, int]:
    """What the treatment export says of Barnet's adults of one group in 2021/22."""
    (found,) = [
        each
        for each in rows_of("ndtms_adults/2023-01-31/*.csv")
        if (each["area_code"], each["year"]) == (BARNET, "2021/22")
        and (each["sex"], each["substance_group"]) == ("all", group)
    ]
    return {name: int(n) for name, n in found.items() if n.isdigit()}


def share(found: dict[str, int], part: str, whole: str) -> float:
    """One column in per cent of another."""
    return 100 * found[part] / found[whole]


def counted_again() -> dict[str, float]:
    """Each metric of Barnet that has a value in 2023/24, from the received files themselves."""
    everybody, alcohol = in_treatment("total"), in_treatment("alcohol only")
    year = {f"2023-{month:02d}" for month in range(4, 13)} | {"2024-01", "2024-02", "2024-03"}
    newest = {
        each["month"]: int(each["possession"]) + int(each["trafficking"])
        for each in rows_of("mps_borough_crime/*/*.csv")
        if each["area_code"] == BARNET and each["month"] in year
    }
    residents = [each for each in rows_of("census_2021_age/*/*.csv") if each["area_code"] == BARNET]
    dependent = [
        int(each["dependent_adults"])
        for each in rows_of("alcohol_dependence/*/*.csv")
        if (each["area_code"], each["year"]) == (BARNET, "2017/18")
    ]
    return {
        "S06": 1_000 * sum(newest.values()) / int(residents[0]["all_ages"]),
        "S09": share(everybody, "exit_died_all", "in_treatment"),
        "N10": everybody["in_treatment"],
        "N11": share(everybody, "exit_successfulcompletion_all", "in_treatment"),
        "S16": share(everybody, "housing_noproblem_new", "new_presentations"),
        "S17": share(everybody, "employment_regularemployment_new", "new_presentations"),
        "L02": alcohol["in_treatment"],
        "L03": share(alcohol, "exit_successfulcompletion_all", "in_treatment"),
        "L04": dependent[0],
        "L06": share(everybody, "housing_urgentproblem_new", "new_presentations"),
        "L07": share(everybody, "employment_unemployedinactive_new", "new_presentations"),
    }


def test_every_metric_with_a_value_is_counted_again_from_the_received_files(tmp_path):
    """By other code than ours, and no metric has a value that was not counted again."""
    folder = run("outcomes_framework", tmp_path, year="2023/24", area=BARNET)
    tiers = [pd.read_csv(table_of("outcomes_framework", t, folder)) for t in framework.TIERS]
    shown = pd.concat(tiers).set_index("metric_id")
    values = pd.to_numeric(shown["metric_value"], errors="coerce").dropna().to_dict()
    assert len(shown) == 42
    assert values == pytest.approx(counted_again())
    gap = pd.read_csv(table_of("outcomes_framework", "gap", folder)).set_index("metric_kind")
    assert gap.loc["supporting", "left_out"] == 4


@pytest.mark.slow
@pytest.mark.parametrize("year", [pytest.param("2022-23", marks=pytest.mark.proof), "2025-26"])
def test_the_built_page_computes_what_was_counted_by_hand(request, year):
    """Residents Census 2021; counts of the borough file."""
    assessments = request.getfixturevalue("assessments" if year == "2025-26" else "four_years")
    path = assessments / year / BARNET / "public" / "tables" / "outcomes_framework"
    shown = pd.concat([pd.read_csv(path / f"{tier}.csv") for tier in framework.TIERS])
    told = shown.set_index("metric_id")
    offences = {"2022-23": 971, "2025-26": 2071}[year]
    assert float(told.loc["S06", "metric_value"]) == pytest.approx(1000 * offences / 389_343)
    assert told.loc["N10", "latest"] == "1,465 people, 2021/22"
    assert len(told) == 42
