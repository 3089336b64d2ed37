"""A burst is told from a level: most of a year in a few months, as chance would hardly bring it."""

import numpy as np
import pandas as pd
import pytest

from cdpb import loaders as load
from cdpb.errors import InputError
from cdpb.statistics.bursts import bursts
from tests.statistics.test_rates import sourced

EVEN = [5, 4, 6, 5, 5, 4, 6, 5, 5, 4, 6, 5]


def year_of(**wards: list[int]) -> pd.DataFrame:
    """Wards by month of 2023/24, as they were drawn."""
    months = pd.period_range("2023-04", periods=12, freq="M")
    rows = [
        f"{ward} {month} {count}"
        for ward, counts in wards.items()
        for month, count in zip(months, counts, strict=True)
    ]
    return sourced("ward month offences\n" + "\n".join(rows))


def found(**wards: list[int]) -> list[tuple]:
    """Ward, months from April, offences in them and in the year."""
    april = pd.Period("2023-04", "M")
    rows = bursts(year_of(**wards), ["ward"]).itertuples(index=False)
    return [
        (row.ward, *((pd.Period(each, "M") - april).n for each in row[1:3]), *row[3:])
        for row in rows
    ]


def test_a_burst_is_all_of_the_months_that_stand_out_and_no_more():
    """Over half of the year came in three of these five months already."""
    high = [46, 47, 38, 49, 43, 12, 5, 9, 7, 2, 3, 3]
    assert found(high=high, even=EVEN) == [("high", 0, 4, 223, 264)]


def test_a_level_is_no_burst():
    assert found(even=EVEN, high=[20 * each for each in EVEN]) == []


def test_a_half_year_that_is_a_little_busier_is_no_burst():
    """It holds over half of the year, as chance often brings it."""
    assert found(busier=[24] * 6 + [20] * 6) == []


def test_a_few_offences_may_fall_together_by_chance():
    """Three of four in one month: among 24 such wards that happens."""
    assert found(**{f"ward{at}": [3, 1, *[0] * 10] for at in range(24)}) == []


@pytest.mark.parametrize(
    ("years", "most"), [(20, 2), pytest.param(100, 5, marks=pytest.mark.proof)]
)
def test_among_many_wards_without_bursts_hardly_one_is_named(years, most):
    """Of a hundred years of 24 wards one or so has one, as the limit says."""
    generator = np.random.default_rng(7)
    named = sum(
        bool(found(**{f"ward{at}": generator.poisson(4, 12).tolist() for at in range(24)}))
        for _ in range(years)
    )
    assert named <= most


def test_a_month_without_a_row_has_no_offences():
    table = year_of(high=[30, 30, 30, 0, 0, 0, 0, 0, 1, 1, 1, 1], even=EVEN)
    assert list(bursts(table[table["offences"] > 0], ["ward"])["in_burst"]) == [90]


def test_more_or_less_than_a_year_is_refused():
    table = year_of(even=EVEN)
    with pytest.raises(InputError, match="twelve months"):
        bursts(table[table["month"] < "2024-02"], ["ward"])


def test_the_bursts_of_barnet():
    """By hand, from the publisher's months: the first in 2025/26, the ward before it in 2024/25."""
    of_year = {
        year: bursts(offences[offences["borough_code"] == "E09000003"], ["ward_name", "offence"])
        for year in ("2024/25", "2025/26")
        for offences in [load.ward_drug_offences(year=year)]
    }
    first = {year: rows.iloc[0].astype(str).tolist() for year, rows in of_year.items()}
    assert first == {
        "2024/25": ["Colindale South", "trafficking", "2024-10", "2025-02", "71", "98"],
        "2025/26": ["Totteridge & Woodside", "trafficking", "2025-04", "2025-08", "223", "264"],
    }


def test_a_year_of_which_nothing_is_held_has_no_burst():
    assert bursts(year_of(even=EVEN).iloc[:0], ["ward"]).empty
