"""Totals, rates, proportions, ranks."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cdpb.errors import InputError
from cdpb.statistics.measure import Measure
from cdpb.statistics.rates import (
    crude_rate,
    proportion,
    rank_by,
    rate_of,
    total_by,
    with_residents,
    with_totals,
    without,
)
from tests.support.shared import shared
from tests.support.tables import table


def sourced(text: str, source: str = "mps_ward_crime") -> pd.DataFrame:
    """A drawn table with a source, and months as periods."""
    drawn = table(text)
    if "month" in drawn:
        drawn["month"] = pd.PeriodIndex(drawn["month"], freq="M")
    drawn.attrs["source"] = source
    return drawn


MONTHS = """
    ward_code  month    offence      offences
    W1         2023-04  possession          3
    W1         2023-04  trafficking         1
    W1         2023-05  possession          2
    W2         2023-04  possession          0
    W2         2023-05  trafficking         7
"""


def test_a_total_adds_up_everything_but_its_keys():
    """Months and offences are summed, wards are kept."""
    found = total_by(sourced(MONTHS), "ward_code")

    assert_frame_equal(found, table("ward_code offences\nW1 6\nW2 7"))


def test_a_total_remembers_what_was_added_up():
    """Else possession alone could later be compared with all offences."""
    found = total_by(sourced(MONTHS), "ward_code")

    assert found.attrs["source"] == "mps_ward_crime"
    assert found.attrs["period"] == "April 2023 to May 2023"
    assert found.attrs["kinds"] == {"offence": "possession, trafficking"}


def test_a_total_with_a_missing_part_is_missing():
    """A ward with eleven months known has no known year."""
    drawn = sourced("ward_code offences\nW1 6\nW1 -\nW2 7")
    drawn["offences"] = drawn["offences"].astype("Int64")

    found = total_by(drawn, "ward_code")

    assert found["offences"].isna().tolist() == [True, False]


def test_totals_stand_under_their_parts():
    """Possession, trafficking, and both, in one table."""
    parts = sourced("""
        area_code  offence      offences
        E1         possession          5
        E1         trafficking         2
    """)

    found = with_totals(parts, over="offence", called="both")

    assert found["offence"].tolist() == ["possession", "trafficking", "both"]
    assert found["offences"].tolist() == [5, 2, 7]
    assert found.attrs["source"] == "mps_ward_crime"


def test_residents_are_brought_over_and_the_source_stays_that_of_the_counts():
    """What is compared later is offences with offences, whatever they are divided by."""
    counts = sourced("ward_code offences\nW1 6\nW2 7")
    residents = sourced("ward_code residents\nW2 2000\nW1 1000", source="census_2021_wards")

    found = with_residents(counts, residents, on="ward_code")

    assert found["residents"].tolist() == [1000, 2000]
    assert found.attrs["source"] == "mps_ward_crime"
    assert found.attrs["denominator_source"] == "census_2021_wards"


def test_a_ward_without_residents_is_refused_by_name():
    """Wards of another vintage would silently fall out of London's rate."""
    counts = sourced("ward_code offences\nW1 6\nW9 7")
    residents = sourced("ward_code residents\nW1 1000", source="census_2021_wards")

    with pytest.raises(InputError, match="W9") as refused:
        with_residents(counts, residents, on="ward_code")

    assert "7" not in str(refused.value)


def test_a_ward_with_two_rows_of_residents_is_refused():
    """A join that doubles rows doubles offences."""
    residents = sourced("ward_code residents\nW1 1000\nW1 900", source="census_2021_wards")

    with pytest.raises(InputError, match="W1 stands more than once"):
        with_residents(sourced("ward_code offences\nW1 6"), residents, on="ward_code")


def test_a_rate_has_its_limits_and_says_when_it_is_unstable():
    """Few events make a rate that jumps from year to year."""
    counts = sourced("""
        ward_code  offences  residents
        W1              101      12758
        W2                9      10000
        W3                0      10000
    """)

    found = crude_rate(counts)

    assert found["rate_per_1000"].tolist() == pytest.approx([7.916601, 0.9, 0.0], abs=1e-6)
    assert found["lower"].tolist() == pytest.approx([6.448055, 0.411537, 0.0], abs=1e-6)
    assert found["upper"].tolist() == pytest.approx([9.619478, 1.708480, 0.368888], abs=1e-6)
    assert found["unstable"].tolist() == [False, True, True]
    assert found.attrs["unit"] == "per 1,000 residents"


def test_a_rate_per_hundred_thousand_says_so_in_its_name():
    """Deaths are per 100,000; the column can't be mistaken for the other."""
    counts = sourced("ward_code deaths people\nW1 12 400000")

    found = crude_rate(counts, "deaths", "people", per=100_000)

    assert found["rate_per_100000"].tolist() == [3.0]
    assert found.attrs["unit"] == "per 100,000 people"


def test_no_residents_and_no_count_give_no_rate():
    """Not zero, not infinity, not a crash."""
    counts = sourced("ward_code offences residents\nW1 3 0\nW2 - 1000\nW3 3 -")

    found = crude_rate(counts)

    assert found[["rate_per_1000", "lower", "upper"]].isna().all(axis=None)
    assert found["unstable"].tolist() == [True, False, True]


def test_a_table_without_a_source_is_refused():
    """A number that no source vouches for can't be compared with anything."""
    with pytest.raises(InputError, match="no source"):
        crude_rate(table("ward_code offences residents\nW1 3 10"))


def test_a_missing_column_is_named_with_those_there_are():
    """The way out is in the message."""
    with pytest.raises(InputError, match="no column 'residents'"):
        crude_rate(sourced("ward_code offences\nW1 3"))


def test_a_proportion_is_in_per_cent_with_wilson_limits():
    """Women among adults in treatment, Barnet 2021/22: 31.1%, 28.7 to 33.5."""
    found = proportion(sourced("year women adults\n2021/22 455 1465"), "women", "adults")

    assert found[["percent", "lower", "upper"]].round(1).values.tolist() == [[31.1, 28.7, 33.5]]
    assert found.attrs["unit"] == "%"


def test_the_rate_of_a_place_is_of_its_sums():
    """The mean of the wards' rates would count a small ward as much as a large one."""
    counts = sourced("ward_code offences residents\nW1 30 10000\nW2 10 30000")

    london = rate_of(counts, "London wards", period="2023/24")

    assert isinstance(london, Measure)
    assert london.value == 1.0
    assert (london.numerator, london.denominator) == (40, 40000)
    assert london.period == "2023/24"


def test_the_rate_of_a_place_refuses_to_count_residents_twice():
    """With a row for each offence a ward's residents would stand there twice."""
    counts = sourced("""
        ward_code  offence      offences  residents
        W1         possession         30      10000
        W1         trafficking        10      10000
    """)

    with pytest.raises(InputError, match="W1 stands more than once"):
        rate_of(counts, "London wards")


def test_an_area_left_out_must_be_there():
    """A misspelt code would leave nothing out, and nobody would see."""
    wards = sourced("ward_code offences\nW1 3\nW2 4")

    assert without(wards, "ward_code", "W1")["ward_code"].tolist() == ["W2"]
    with pytest.raises(InputError, match="W7"):
        without(wards, "ward_code", ["W1", "W7"])


def test_ties_share_the_better_rank_and_missing_has_none():
    """Two wards in first place, then a third one."""
    wards = sourced("ward_code rate\nW1 3.5\nW2 -\nW3 3.5\nW4 1.0")

    found = rank_by(wards, "rate")["rank"]

    assert found.astype("object").where(found.notna(), None).tolist() == [1, None, 1, 3]


@pytest.mark.parametrize(
    ("year", "count", "rate", "colindale", "rank"),
    [
        ("2022/23", 961, 2.468, (87, 6.819), 1),
        ("2023/24", 1052, 2.702, (101, 7.917), 1),
        ("2024/25", 1290, 3.313, (47, 3.684), 7),
    ],
)
def test_the_published_ward_figures_give_the_rates_counted_by_hand(
    year, count, rate, colindale, rank
):
    """Barnet's wards and Colindale North, counted independently of this package."""
    months = _published_months(year)
    residents = pd.read_csv(shared("figures", "census2021_ward_residents_london.csv"))
    residents.attrs["source"] = "census_2021_wards"

    wards = crude_rate(with_residents(total_by(months, "ward_code"), residents, on="ward_code"))
    barnet = residents.loc[residents["borough_code"] == "E09000003", "ward_code"]
    here = rank_by(wards[wards["ward_code"].isin(barnet)], "rate_per_1000")
    ward = here.set_index("ward_code").loc["E05013632"]

    whole = rate_of(here, "Barnet wards")
    assert whole.period == year
    assert (whole.numerator, round(whole.value, 3)) == (count, rate)
    assert (ward["offences"], round(ward["rate_per_1000"], 3)) == colindale
    assert ward["rank"] == rank


def _published_months(year: str) -> pd.DataFrame:
    newest = "2023-12" if year == "2022/23" else "2025-04"
    months = pd.read_csv(shared("figures", f"ward_drug_offences_published_{newest}.csv"))
    months["offences"] = (months["possession"] + months["trafficking"]).astype("int64")
    start = int(year[:4])
    months = months[months["month"].between(f"{start}-04", f"{start + 1}-03")]
    months = months.assign(month=pd.PeriodIndex(months["month"], freq="M"))
    months.attrs["source"] = "mps_ward_crime"
    return months
