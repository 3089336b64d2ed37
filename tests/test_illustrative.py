"""Figures made up for demonstrations: made again the same, marked, and at the quoted scale."""

import math
import subprocess
import sys

import pandas as pd
import pytest

from cdpb import catalogue
from cdpb import loaders as load
from cdpb.catalogue import returns
from cdpb.loaders.receiving import received
from cdpb.loaders.returns import load_return
from cdpb.periods import financial_years_of


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What the script writes today, into a folder of its own."""
    project = catalogue.paths.project_root()
    folder = tmp_path_factory.mktemp("made")
    script = project / "data" / "illustrative" / "generate.py"
    command = [sys.executable, "-B", str(script), str(folder)]
    subprocess.run(command, check=True, cwd=folder)
    return folder


@pytest.fixture
def demonstration(building):
    building("partnership", True)


def test_illustrative_figures_are_made_again_byte_for_byte(project, made):
    """Anyone can see how they were made, and that nobody has touched them since."""
    files = [path.relative_to(made) for path in made.rglob("*") if path.is_file()]

    still = [path for path in files if path.parts[0] not in _received()]
    assert len(still) == 2 * len(_receipts_of_illustrative_sources())
    for path in files:
        kept = project / "data" / "illustrative" / path
        assert (made / path).read_bytes() == kept.read_bytes(), path


def test_every_source_made_by_the_script_is_declared_illustrative(made):
    """A made-up figure without the mark would pass as an estimate."""
    declared = {id for id, each in catalogue.sources().items() if each.status == "illustrative"}

    assert {path.name for path in made.iterdir()} - _received() == declared
    assert all(
        receipt.note.startswith("Illustrative") for receipt in _receipts_of_illustrative_sources()
    )


# The scale that the documents quote -------------------------------------------------------


def between(table, first, last):
    return table[table["month"].between(pd.Period(first), pd.Period(last))]


def test_38_police_referrals_and_few_before_october_2023(demonstration):
    """The update says 38 from July 2023 to June 2024, and months under five before."""
    table = load.returned("police_referrals")
    by_month = table.groupby("month")["referrals"].sum()
    woodson = table[table["route"] == "Operation Woodson"]

    assert between(table, "2023-07", "2024-06")["referrals"].sum() == 38
    assert between(woodson, "2024-05", "2024-07")["referrals"].sum() == 8
    assert by_month[:"2023-09"].max() < 5


def test_415_custody_tests_about_half_of_them_positive(demonstration):
    """2023/24; the newest receipt counts."""
    tests = (
        between(load.returned("custody_tests"), "2023-04", "2024-03")
        .groupby("result")["tests"]
        .sum()
    )

    assert tests.sum() == 415
    assert tests["positive"] == pytest.approx(415 / 2, abs=5)


def test_orders_rise_slowly_with_months_of_one_to_four(demonstration):
    """What a sum over twelve months must not give away."""
    table = load.returned("probation_orders")
    by_year = table.groupby(["order", financial_years_of(table["month"])])["starts"].sum()

    assert by_year["ATR"].is_monotonic_increasing
    assert by_year["DRR"].is_monotonic_increasing
    assert table["starts"].between(1, 4).mean() > 0.4
    assert (table["starts"] == 0).any()


def test_referrals_for_assessment_are_under_five_before_october_2023(demonstration):
    """Which is why the update could not print them."""
    referrals = load.returned("court_referrals").set_index("month")["referrals"]

    assert referrals[:"2023-09"].max() < 5
    assert referrals["2023-10":].mean() > 2 * referrals[:"2023-09"].mean()


def test_the_provider_reports_12_deaths_and_none_of_another_count(demonstration):
    """The 19 of 2022/23 are of NDTMS: in one table with these they would be a trend."""
    table = load.returned("provider_deaths")

    assert table.set_index("year").loc["2023/24", "deaths"] == 12
    assert "2022/23" not in set(table["year"])


def test_naloxone_strips_and_schools_are_at_the_quoted_scale(demonstration):
    """77%; 38 strips, positive results under five; 28 schools, doubled and up by a third."""
    naloxone = load_return(returns()["naloxone"]).set_index("quarter").loc["2024/25 Q1"]
    strips = (
        between(load.returned("nitazene_strips"), "2024-01", "2024-08")
        .groupby("result")["strips"]
        .sum()
    )
    schools = load_return(returns()["schools"])
    referrals = schools.pivot(index="year", columns="setting", values="referrals")
    change = referrals.loc["2023/24"] / referrals.loc["2022/23"]

    assert naloxone["holding"] / naloxone["users"] == pytest.approx(0.77)
    assert strips["issued"] == 38
    assert 0 < strips["positive"] < 5
    assert schools.loc[schools["year"] == "2023/24", "schools"].sum() == 28
    assert change.to_dict() == pytest.approx({"universal": 2, "alternative": 4 / 3})


def test_young_people_rise_and_adults_do_not(demonstration):
    """Rising since March 2023 to the most of all months; adults within a few in a hundred."""
    people = load.returned("young_people_monthly").set_index("month")
    adults = load.returned("adults_monthly")["people"]
    new = people.loc[people["methodology"] == "new", "people"]

    assert new[:"2023-02"].max() < new["2024-05":].min()
    assert people["people"].idxmax() > pd.Period("2024-05")
    assert adults.max() < 1.05 * adults.min()


def test_there_is_no_july(demonstration):
    """As in the published series: eleven months a year, and whole years still."""
    for source in ("young_people_monthly", "adults_monthly"):
        assert 7 not in set(load.returned(source)["month"].dt.month)
        assert load.years_held(source) == ["2021/22", "2022/23", "2023/24", "2024/25"]


def test_drinkcoach_peaks_in_january(demonstration):
    """In each year that is made."""
    table = load.returned("drinkcoach")
    tests = table[table["activity"] == "tests"]
    highest = tests.loc[tests.groupby(financial_years_of(tests["month"]))["count"].idxmax()]

    assert set(highest["month"].dt.month) == {1}


def test_a_second_receipt_revises_a_few_months(demonstration):
    """As real returns do: late entries come, and a wrong one goes."""
    older, newer = (table for _, table in received("probation_orders").by_receipt)
    both = older.merge(newer, on=["area_code", "month", "order"])
    changed = both[both["starts_x"] != both["starts_y"]]

    assert 1 <= changed["month"].nunique() <= 4
    assert len(both) > 20


def test_every_year_from_2022_is_whole(demonstration):
    """So that a demonstration of each year has something to show; strips began in 2024."""
    years = ["2022/23", "2023/24", "2024/25"]
    others = {"young_people_monthly", "adults_monthly", "nitazene_strips", "provider_deaths"}
    for source in {"mps_dashboard", *returns()} - others - _received():
        assert load.years_held(source) == years, source


def test_protected_tables_hold_every_combination(demonstration):
    """What is left out can't be protected, and its absence would tell."""
    for source_id, what in returns().items():
        table = load_return(what)
        kinds = [len(words) for words in what.kinds.values()]
        held = table[[what.place, what.period]].drop_duplicates()

        assert len(table) == len(held) * math.prod(kinds), source_id
        assert not table.isna().any().any(), source_id


def _received() -> set[str]:
    """The returns that a partner has sent by now: their made-up figures are used nowhere."""
    return {id for id in returns() if catalogue.source(id).status == "official"}


def _receipts_of_illustrative_sources():
    return [
        receipt
        for each in catalogue.sources().values()
        if each.status == "illustrative"
        for receipt in catalogue.receipts(each.id)
    ]
