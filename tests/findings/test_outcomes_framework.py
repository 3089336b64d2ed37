"""The outcomes framework: every metric has a value, or a reason for having none."""

import csv

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from cdpb.areas import Area
from cdpb.declarations import declarations
from cdpb.findings.documents import Others
from cdpb.statistics.framework import (
    in_financial_years,
    latest_metrics,
    metric_history,
    of_london,
    spelled,
    trend_words,
    with_children,
    without_few,
)
from cdpb.statistics.trend import recent_trend
from findings import outcomes_framework as framework
from findings.outcomes_framework import NONE, framework_table, gap_table, metrics, why_none
from tests.support.inprocess import run, table_of
from tests.support.project import CHECKOUT
from tests.support.tables import table

BARNET, ENGLAND, CAMDEN = "E09000003", "E92000001", "E09000007"
HERE = Area(BARNET, "Barnet")
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
    added = all_of_barnet[len(national) :]
    assert {each["tier"] for each in added} == {"local"}
    assert len({each["metric"] for each in added}) == 13
    assert "local" not in {each["tier"] for each in national}


def test_all_42_metrics_have_a_row_whatever_is_held():
    """A metric that is left out looks like one that nobody needs."""
    shown = framework_table({}, HERE, "2023/24", NOBODY)
    assert shown["metric"].nunique() == 42
    assert (shown["latest"] == NONE).all()
    assert shown["where_from"].str.len().gt(10).all()


def test_the_latest_value_not_after_the_year_is_shown_with_its_interval():
    held = latest_metrics([history(1, 2, 3)], BARNET, "2018/19", [ENGLAND])
    told = row(framework_table(held, HERE, "2018/19", NOBODY), "S09")
    shown = ["latest", "interval", "metric_period", "metric_value", "england", "dated"]
    assert told[shown].to_list() == ["2.0%", "1.8% to 2.2%", "2018/19", 2, "not held", ""]
    assert told["trend_line"] == "2017/18 1.0; 2018/19 2.0"


def test_a_period_of_several_years_is_written_out():
    assert spelled("2021/22 - 23/24") == "2021/22 to 2023/24"
    assert spelled("2022 - 24") == "2022 to 2024"
    assert spelled("2024-07 - 2025-06") == "2024-07 to 2025-06"
    assert spelled("2024/25") == "2024/25"


@pytest.mark.parametrize(("theirs", "side"), [(3, "lower"), (1, "higher"), (2.1, "similar")])
def test_the_comparator_is_of_the_same_year(theirs, side):
    both = pd.concat([history(1, 2), history(9, theirs, area=ENGLAND)])
    both.attrs = {"source": "ndtms_adults"}
    held = latest_metrics([both], BARNET, "2023/24", [ENGLAND])
    told = row(framework_table(held, HERE, "2023/24", NOBODY), "S09")
    assert told["england"] == f"{theirs:.1f}% (Barnet {side})"


def test_a_comparator_alone_stands_beside_no_figure():
    """England's estimate is never put in the area's place, and is counted apart."""
    held = latest_metrics([history(5, area=ENGLAND)], BARNET, "2023/24", [ENGLAND])
    told = row(framework_table(held, HERE, "2023/24", NOBODY), "S09")
    assert (told["latest"], told["basis"], told["england"]) == (NONE, "England alone", "5.0%")


def test_a_figure_long_before_the_year_assessed_is_dated():
    held = latest_metrics([history(1, 2)], BARNET, "2025/26", [ENGLAND])
    for year, dated in (("2020/21", ""), ("2021/22", "dated")):
        told = row(framework_table(held, HERE, year, NOBODY), "S09")
        assert told["dated"] == dated, year


def test_a_trend_is_tested_or_said_not_to_be():
    assert trend_words(history(1, 2, 3, 4, 5)) == "increasing, 2017/18 to 2021/22"
    people = metric_history("N10", yearly(1, 2), "percent", "people")
    assert trend_words(people) == "up, 2017/18 to 2018/19; not tested"
    assert trend_words(history(1)) == "one year held"


def test_no_direction_is_named_where_the_ends_overlap():
    """Three estimates within each other's limits went "up" by seventeen in three thousand."""
    assert trend_words(history(1.0, 1.1, 1.2)) == "no clear change, 2017/18 to 2019/20"
    assert trend_words(history(1.0, 1.6)) == "higher in 2018/19 than in 2017/18"


def test_where_no_straight_line_fits_it_is_said():
    """One odd year is not a trend, whichever way the line through it leans."""
    odd = "; off a straight line, 2020/21 (COVID-19) furthest"
    assert trend_words(history(5, 5, 5, 1, 4)) == f"lower in 2021/22 than in 2017/18{odd}"
    assert trend_words(history(5, 5, 5, 1, 5)) == f"no clear change, 2017/18 to 2021/22{odd}"


def test_what_a_line_leaves_is_that_of_weighted_least_squares():
    """Against numpy's own fit, with the same weights."""
    values = [5.0, 5.2, 4.1, 4.8, 3.9]
    error = 0.4 / 3.92
    line = np.polyfit(range(5), values, 1, w=[1 / error] * 5)
    left = sum(((value - np.polyval(line, at)) / error) ** 2 for at, value in enumerate(values))
    found = recent_trend(history(*values), value="value").iloc[0]
    assert left > chi2.isf(0.05, 3)
    assert str(found["fit"]).startswith("off a straight line, 2019/20")


def test_a_year_is_added_up_only_when_all_its_parts_are_held():
    """Three quarters are not a year, nor are four of which one has no figure."""
    names = [f"2023/24 Q{n}" for n in range(1, 5)] + [f"2024/25 Q{n}" for n in range(1, 4)]
    rows = [[BARNET, name, 2.0, 3.0] for name in names]
    rows += [[CAMDEN, name, 2.0, None if name.endswith("Q2") else 3.0] for name in names[:4]]
    quarters = pd.DataFrame(rows, columns=["area_code", "quarter", "homes", "flats"])
    quarters.attrs = {"source": "homelessness_support_needs"}
    found = in_financial_years(quarters, both=["homes", "flats"]).set_index(["area_code", "year"])
    assert found.loc[(BARNET, "2023/24"), "both"] == 20
    assert pd.isna(found.loc[(BARNET, "2024/25"), "both"])
    assert pd.isna(found.loc[(CAMDEN, "2023/24"), "both"])


def test_fewer_than_five_households_are_not_shown_nor_is_their_share():
    counts = pd.DataFrame({"with_need": [4.0, 5.0]})
    counts.attrs = {"source": "homelessness_support_needs"}
    assert without_few(counts, "with_need")["with_need"].isna().to_list() == [True, False]


def test_children_are_those_of_the_june_before_or_of_the_school_year():
    counts = pd.DataFrame({"area_code": [BARNET], "year": ["2016/17"]})
    counts.attrs = {"source": "exclusions"}
    children = pd.DataFrame(
        {"area_code": BARNET, "year": ["2016", "2017"], "children_0_17": [100, 110]}
    )
    children.attrs = {"source": "children_population"}
    assert with_children(counts, children)["children_0_17"].to_list() == [100]
    assert with_children(counts, children, later=1)["children_0_17"].to_list() == [110]


def test_across_a_break_nothing_is_said_of_how_it_moved():
    """A new way of counting is not a trend."""

    class Break:
        month, year, label = "2019-04", None, "a new system"

    told = trend_words(history(1, 2, 3, 4, 5), [Break()])
    assert told == "not calculated: the series breaks in April 2019"


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
    told = row(framework_table({}, HERE, "2023/24", Others((record,), ())), "S18")
    # The metric is of those who were treated; the finding has those who were not.
    assert (told["latest"], told["interval"]) == ("80%", "75% to 85%")
    assert told["trend"] == "up, 2021/22 to 2022/23; not tested"


def test_a_figure_that_is_missing_says_why_as_its_own_page_does():
    """Hidden to protect people is one thing, and not received is another."""
    note = "Hidden to protect small counts."
    figure = {"id": "untreated", "value": None, "comparators": [], "note": note}
    record = {"id": "mental_health_need", "key_figures": [figure]}
    told = row(framework_table({}, HERE, "2023/24", Others((record,), ())), "S18")
    assert told["latest"] == NONE
    assert told["where_from"] == note


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("N01", "not for a borough"),
        ("N07", "Published for force"),
        ("S05", "Published by MoJ proven reoffending, not yet downloaded here"),
        ("N05", "the sex they are of is to be verified before one is printed"),
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


def test_a_metric_stands_with_its_figure_or_under_what_is_needed():
    shown = framework_table({}, HERE, "2023/24", NOBODY)
    tiers = [framework.of_tier(shown, tier) for tier in framework.TIERS]
    assert sum(map(len, tiers)) == 0
    assert len(framework.lacking(shown)) == 42


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
        **counted_in_publications(),
    }


def of_barnet(source: str, column: str, *periods: str) -> list[dict[str, str]]:
    """Barnet's rows of some periods, in the newest receipt of a publication."""
    rows = rows_of(f"{source}/*/*.csv")
    found = [each for each in rows if each["area_code"] == BARNET and each[column] in periods]
    assert len(found) == len(periods)
    return found


def counted_in_publications() -> dict[str, float]:
    """Crime and homelessness of 2023/24, children's assessments, exclusions and admissions."""
    months = [*(f"2023-{month:02d}" for month in range(4, 13)), "2024-01", "2024-02", "2024-03"]
    quarters = of_barnet(
        "homelessness_support_needs", "quarter", "2023-06", "2023-09", "2023-12", "2024-03"
    )
    crimes = (
        "residential_burglary", "robbery_personal", "theft_from_person", "theft_from_vehicle",
        "theft_of_vehicle", "vehicle_interference", "aggravated_vehicle_taking",
    )  # fmt: skip
    stolen = sum(
        int(each[name]) for each in of_barnet("neighbourhood_crime", "month", *months)
        for name in crimes
    )  # fmt: skip
    owed = [name for name in quarters[0] if name.startswith("households_")]
    (factors,) = of_barnet("children_assessment_factors", "year_ending", "2024")
    (june,) = of_barnet("children_population", "year", "2023")
    (excluded,) = of_barnet("exclusions", "year", "2016/17")
    (then,) = of_barnet("children_population", "year", "2017")
    admissions = "2021/22 to 2023/24"
    (admitted,) = of_barnet("alcohol_admissions_under_18", "period", admissions)
    return {
        "N03": 1_000 * stolen / 389_343,
        "S01": 100 * sum(int(each["drug_dependency"]) for each in quarters)
        / sum(int(each[name]) for each in quarters for name in owed),
        "S02": 10_000 * int(factors["drug_misuse_parent"]) / int(june["children_0_17"]),
        "S02b": 100 * int(factors["drug_misuse_parent"]) / int(factors["episodes"]),
        "S03": 10_000 * int(excluded["fixed_period"]) / int(then["children_0_17"]),
        "L11b": float(admitted["rate_per_100000"]),
    }  # fmt: skip


def test_every_metric_with_a_value_is_counted_again_from_the_received_files(tmp_path):
    """By other code than ours, and no metric has a value that was not counted again."""
    folder = run("outcomes_framework", tmp_path, year="2023/24", area=BARNET)
    tiers = [pd.read_csv(table_of("outcomes_framework", t, folder)) for t in framework.TIERS]
    shown = pd.concat(tiers).set_index("metric_id")
    lacking = pd.read_csv(table_of("outcomes_framework", "lacking", folder))
    values = pd.to_numeric(shown["metric_value"], errors="coerce").dropna().to_dict()
    assert shown["metric"].nunique() + len(lacking) == 42
    assert values == pytest.approx(counted_again())
    gap = pd.read_csv(table_of("outcomes_framework", "gap", folder)).set_index("metric_kind")
    assert gap.loc["supporting", "left_out"] == 4


@pytest.mark.parametrize(
    ("metric", "shown"),
    [
        # As the notes on the received files reckon them, by other code than ours.
        ("N03", ["18.5 per 1,000 residents", "18.1 to 18.9", "25.0 (Barnet lower)", "not held"]),
        ("S01", ["0.79%", "0.54% to 1.14%", "2.8% (Barnet lower)", "6.0% (Barnet lower)"]),
        ("S02", ["29.8 per 10,000 children", "26.4 to 33.5", "33.9 (Barnet lower)",
                 "59.6 (Barnet lower)"]),
        ("S02b", ["11.4%", "10.2% to 12.7%", "7.6% (Barnet higher)", "14.1% (Barnet lower)"]),
        ("S06", ["5.3 per 1,000 residents", "5.1 to 5.6", "6.1 (Barnet lower)", "not held"]),
        ("L11b", ["23.5 per 100,000 under 18", None, "13.6 per 100,000 under 18",
                  "22.6 per 100,000 under 18"]),
    ],
)  # fmt: skip
def test_the_latest_figures_agree_with_the_notes_on_the_files(latest_framework, metric, shown):
    told = latest_framework.loc[metric, ["latest", "interval", "london", "england"]]
    assert [None if pd.isna(each) else each for each in told] == shown


def test_how_many_have_a_figure_is_counted_by_kind(latest_framework):
    """Sixteen: eleven that had one, and crime, homelessness, children, exclusions, admissions."""
    first = latest_framework[latest_framework["latest"] != NONE].drop_duplicates("metric")
    assert first["basis"].value_counts().to_dict() == {"stand-in": 9, "as defined": 7}
    alone = latest_framework[latest_framework["latest"] == NONE]
    assert alone.index.to_list() == ["N02"]


@pytest.fixture(scope="module")
def latest_framework(tmp_path_factory) -> pd.DataFrame:
    """The framework's figures in the assessment of 2025/26."""
    folder = run("outcomes_framework", tmp_path_factory.mktemp("f"), year="2025/26", area=BARNET)
    tiers = [pd.read_csv(table_of("outcomes_framework", t, folder)) for t in framework.TIERS]
    return pd.concat(tiers).set_index("metric_id")


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
    assert told.loc["N10", ["latest", "metric_period"]].to_list() == ["1,465 people", "2021/22"]
