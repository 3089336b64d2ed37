"""Metrics that a publisher gives ready made, from a made-up Fingertips export to the page."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from cdpb.adding import Wanted, add
from cdpb.errors import InputError
from cdpb.loaders import fingertips
from cdpb.periods import ended_in
from cdpb.statistics.framework import NO_TREND, indicator_histories, latest_metrics
from tests.support.inprocess import run, table_of
from tests.support.vintages import INDICATORS

CHECKOUT = Path(__file__).resolve().parents[2]
BARNET, ENGLAND = "E09000003", "E92000001"
DEATHS = '92432,"Deaths from drug \n misuse"'
ALCOHOL = "93763,Alcohol-related mortality"
ADMITTED = "91409,Admission episodes for alcohol-specific conditions"
YOUNG = "92904,Admission episodes for alcohol-specific conditions - Under 18s"
UNMET = "93517,Proportion of opiates and/or crack cocaine users (i.e. OCU) not in treatment (%)"
WANTED = [
    {"metric_id": "N05", "indicator": "92432", "indicator_unit": "per 100,000 residents"},
    {
        "metric_id": "L11",
        "indicator": "Admission episodes for alcohol-specific conditions",
        "indicator_unit": "per 100,000 residents",
    },
]


def row(
    indicator: str,
    value: float,
    *,
    period: str = "2020 - 22",
    area: str = f"{BARNET},Barnet,UA",
    about: str = "Persons,All ages",
    category: str = ",",
    trend: str = "",
    more: str = ",3y",
) -> str:
    """A row of an export, its limits a tenth below and above, its count a fraction."""
    limits = f"{value * 0.9:.4f},{value * 1.1:.4f},,,18.3333,389343.0"
    start = f"{indicator},{ENGLAND},England,{area},{about},{category},{period},{value}"
    return f"{start},{limits},,{trend},Similar,Similar,20200000,,{more}\n"


def england(indicator: str, value: float, **more: str) -> str:
    return row(indicator, value, area=f"{ENGLAND},England,England", **more)


def export(*rows: str) -> str:
    return INDICATORS.format(parent="Column not used", more=",Time period range") + "".join(rows)


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A copy of the project's data and notebooks, to which a test may add."""
    for name in ("data", "shapes", "notebooks"):
        shutil.copytree(CHECKOUT / name, tmp_path / "project" / name)
    monkeypatch.setenv("CDPB_HOME", str(tmp_path / "project"))
    return tmp_path / "project"


def receive(project: Path, text: str) -> None:
    path = project.parent / "indicators.data.csv"
    path.write_bytes(text.encode("utf-8"))
    add(Wanted([path], received="2025-06-30"), today=pd.Timestamp("2025-07-01").date())


def page(project: Path, year: str = "2023/24") -> pd.DataFrame:
    """Every metric as the page shows it."""
    folder = run("outcomes_framework", project / "made", year=year)
    tiers = ("strategic", "intermediate", "local")
    tables = [pd.read_csv(table_of("outcomes_framework", each, folder)) for each in tiers]
    return pd.concat(tables).set_index("metric_id")


def test_an_export_fills_the_metrics_that_are_published(project):
    """Value, interval, England of the same file and period, and the publisher's own trend."""
    rising, flat = "Increasing and getting worse", "No significant change"
    receive(
        project,
        export(
            row(DEATHS, 3.1, period="2019 - 21"),
            row(DEATHS, 3.4, trend=rising),
            england(DEATHS, 5.2),
            england(DEATHS, 9.9, category="County & UA deprivation deciles,Most deprived decile"),
            row(ALCOHOL, 28.5, period="2023", trend=flat, more=",1y"),
            england(ALCOHOL, 29.0, period="2023", more=",1y"),
            row(ADMITTED, 401.2, period="2022/23", more=",1y"),
            row(YOUNG, 17.7, period="2022/23", more=",1y"),
            row(UNMET, 61.5, period="2019/20", about="Persons,15-64 yrs", more=",1y"),
        ),
    )
    told = page(project)
    deaths = ["latest", "interval", "metric_period", "england"]
    assert told.loc["N05", deaths].to_list() == [
        "3.4 per 100,000 residents", "3.1 to 3.7", "2020 to 2022", "5.2 (Barnet lower)",
    ]  # fmt: skip
    assert told.loc["N05", "trend"] == "increasing and getting worse, as published"
    assert told.loc["L10", "england"] == "29.0 (Barnet similar)"
    assert told.loc["L10", "trend"] == "no significant change, as published"
    assert told.loc["L11", deaths].to_list() == [
        "401.2 per 100,000 residents", "361.1 to 441.3", "2022/23", "not held",
    ]  # fmt: skip
    assert told.loc["S15", "latest"].startswith("61.5%")
    for metric in ("N05", "L10", "L11", "S15"):
        assert told.loc[metric, "where_from"] == "Department of Health and Social Care"


def test_without_an_export_it_is_published_and_not_yet_downloaded(project):
    """Nobody withholds what is free to download, and a copy that says too little isn't printed."""
    told = page(project)
    assert not {"N05", "L10", "L11", "S15"} & set(told.index)
    made = project / "made"
    needed = pd.read_csv(table_of("outcomes_framework", "lacking", made)).set_index("metric_id")
    for metric in ("N05", "L10", "S15"):
        assert needed.loc[metric, "why"].startswith("Published by")
    assert "to be verified before one is printed" in needed.loc["N05", "why"]


def held(*rows: tuple) -> pd.DataFrame:
    """A received table: indicator, its name, ages, sex, period, value and trend."""
    names = ["indicator_id", "indicator_name", "age", "sex", "year", "value", "trend"]
    table = pd.DataFrame(rows, columns=names).assign(area_code=BARNET, denominator=100.0)
    table = table.assign(lower=table["value"] - 1, upper=table["value"] + 1)
    table.attrs = {"source": "fingertips"}
    return table


def deaths(period: str, value: float, trend: str = "") -> tuple:
    return (92432, "Deaths from drug misuse", "All ages", "Persons", period, value, trend)


def test_a_period_of_several_years_counts_by_its_end():
    """2021 to 2023 ends in 2023/24; for 2022/23 the three years before it are the latest."""
    histories = indicator_histories(held(deaths("2020 - 22", 3), deaths("2021 - 23", 4)), WANTED)
    latest = {
        year: latest_metrics(histories, BARNET, year, [ENGLAND])["N05"][0].value
        for year in ("2022/23", "2023/24")
    }
    assert latest == {"2022/23": 3, "2023/24": 4}


def test_no_trend_of_ours_is_put_in_the_publishers_place():
    """Three-year figures overlap, so that a line through them would be too sure of itself."""
    (history,) = indicator_histories(held(*(deaths(f"20{y} - {y + 2}", y) for y in range(12, 20))),
                                     WANTED)  # fmt: skip
    assert set(history["trend"]) == {NO_TREND}


def test_men_and_women_and_ages_are_never_added_up():
    """Both sexes together, at all ages; else the metric has no figure."""
    name = "Admission episodes for alcohol-specific conditions"
    rows = [
        (1, name, "All ages", "Persons", "2022/23", 400.0, ""),
        (1, name, "All ages", "Male", "2022/23", 600.0, ""),
        (1, name, "<18 yrs", "Persons", "2022/23", 20.0, ""),
    ]
    (history,) = indicator_histories(held(*rows), WANTED)
    assert list(history["value"]) == [400.0]
    assert indicator_histories(held(rows[1]), WANTED) == []


def test_two_indicators_of_one_name_are_refused():
    """Their numbers are named, so that one of them can be put into the table of metrics."""
    name = "Admission episodes for alcohol-specific conditions"
    rows = [(each, name, "All ages", "Persons", "2022/23", 1.0, "") for each in (11, 12)]
    with pytest.raises(InputError, match="11 and 12"):
        indicator_histories(held(*rows), WANTED)


@pytest.mark.parametrize(
    ("period", "year"),
    [
        ("2022/23", "2022/23"),
        ("2023", "2023/24"),
        ("2020 - 22", "2022/23"),
        ("2020/21 - 22/23", "2022/23"),
        ("2020/21 - 2022/23", "2022/23"),
    ],
)
def test_in_which_financial_year_a_period_ends(period, year):
    assert ended_in(period) == year


def test_a_period_without_a_year_is_refused():
    with pytest.raises(InputError, match="No year"):
        ended_in("latest")


def test_nothing_received_gives_no_metric():
    assert indicator_histories(fingertips(), WANTED) == []
