"""A borough's wards: its neighbours, its years, and what a few months did to a rank."""

import pandas as pd
import pytest

from cdpb.statistics.rates import crude_rate, rank_by
from cdpb.statistics.wards import bursts_of, counter_mover, every_year, leading_wards, of_ward
from tests.statistics.test_rates import sourced

BY_YEAR = """
    ward_code  year     offence      offences
    W1         2022/23  possession         50
    W1         2023/24  possession         30
    W2         2022/23  possession         10
    W2         2023/24  possession         18
    W3         2022/23  trafficking        20
    W3         2023/24  trafficking        31
    W4         2022/23  trafficking        40
    W4         2023/24  trafficking        35
"""


def test_the_counter_mover_is_the_neighbour_that_moved_most_the_other_way():
    """W1 fell by 20; W3 rose by 11, more than W2 by 8. W2 rose: W4 alone fell beside W1."""
    by_year = sourced(BY_YEAR)

    assert counter_mover(by_year, "W1") == "W3"
    assert counter_mover(by_year, "W2") == "W1"


def test_of_one_year_the_counter_mover_is_the_largest_neighbour():
    one_year = sourced(BY_YEAR).query("year == '2023/24'")

    assert counter_mover(one_year, "W3") == "W4"
    assert counter_mover(one_year, None) is None


def two_years() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three wards of 1,000, two of one borough; B's second year fell in two months."""
    months = pd.period_range("2022-04", periods=24, freq="M")
    counts = {"A": [4] * 24, "B": [2] * 12 + [0] * 5 + [30, 30] + [0] * 5, "C": [6] * 24}
    rows = [
        (ward, ward, "X" if ward != "C" else "Y", month, "possession", count)
        for ward, each in counts.items()
        for month, count in zip(months, each, strict=True)
    ]
    names = ["ward_code", "ward_name", "borough_code", "month", "offence", "offences"]
    offences = pd.DataFrame(rows, columns=names)
    offences.attrs["source"] = "mps_ward_crime"
    residents = pd.DataFrame({"ward_code": list("ABC"), "residents": 1_000})
    residents.attrs["source"] = "census_2021_wards"
    return offences, residents


def test_each_year_ranks_the_boroughs_wards_beside_londons_rate():
    """2022/23: 48, 24 and 72 of 3,000 people are 48 per 1,000; B leads in 2023/24 with 60."""
    found = every_year(*two_years(), "X", lambda row: f"{row['in_burst']} in {row['first_month']}")

    first = leading_wards(found).query("rank == 1")
    assert first[["year", "ward_name", "offences"]].to_numpy().tolist() == [
        ["2022/23", "A", 48],
        ["2023/24", "B", 60],
    ]
    assert first["london_rate"].tolist() == pytest.approx([48, 60])
    assert found.query("ward_code == 'B'")["burst"].tolist() == ["", "60 in 2023-09"]
    assert of_ward(found, "A")["rank"].tolist() == [1, 2]


def test_a_rank_without_the_burst_is_that_of_the_other_months():
    """B's 60 all fell in two months; without them it has none, and A's 48 stand above."""
    offences, residents = two_years()
    year = offences[offences["month"] >= "2023-04"]
    year.attrs = offences.attrs
    sums = year.groupby(["ward_code", "ward_name"])["offences"].sum().reset_index()
    wards = sums.merge(residents, on="ward_code")
    wards.attrs = offences.attrs

    found = bursts_of(year, rank_by(crude_rate(wards), "rate_per_1000")).iloc[0]

    assert (found["ward_code"], found["rank"], found["rank_without"]) == ("B", 2, 3)
    assert found["rate_without"] == 0
