"""What a table says of itself."""

import pandas as pd
import pytest

from cdpb.errors import InputError
from cdpb.statistics.about import definition_of, kinds_of, passed_on, period_of, single
from cdpb.statistics.comparison import compare, compare_measures, tipping_points
from cdpb.statistics.part_tests import any_above
from cdpb.statistics.rates import crude_rate, rank_by, rate_of, total_by, with_residents
from tests.statistics.test_comparison import LONDON
from tests.statistics.test_rates import sourced


def months(first: str, count: int) -> pd.DataFrame:
    """So many months."""
    drawn = pd.DataFrame({"month": pd.period_range(first, periods=count, freq="M")})
    drawn.attrs["source"] = "mps_ward_crime"
    return drawn


def test_twelve_months_of_a_financial_year_are_that_year():
    """And eleven of them are not."""
    assert period_of(months("2023-04", 12)) == "2023/24"
    assert period_of(months("2023-04", 11)) == "April 2023 to February 2024"
    assert period_of(months("2023-05", 12)) == "May 2023 to April 2024"
    assert period_of(months("2023-04", 1)) == "April 2023"


def test_years_tell_their_period_themselves():
    """One year, or from the first to the last."""
    assert period_of(sourced("year people\n2021/22 1")) == "2021/22"
    assert period_of(sourced("year people\n2021/22 1\n2009/10 2")) == "2009/10 to 2021/22"


def test_what_is_counted_is_read_from_the_columns_while_they_are_there():
    """And from what was noted when they were summed away."""
    drawn = sourced("offence ward_code offences\npossession W1 1\ntrafficking W1 2")

    assert definition_of(drawn, "offences") == "offences (offence: possession, trafficking)"
    some = drawn[drawn["offence"] == "possession"]
    assert kinds_of(total_by(some, "ward_code")) == {"offence": "possession"}
    assert kinds_of(drawn, apart_from=("offence",)) == {}


def test_a_column_of_two_values_has_no_single_one():
    """Half of an answer is none."""
    drawn = sourced("area_code people\nE1 1\nE2 2")

    assert single(drawn, "area_code") == ""
    assert single(drawn.iloc[:1], "area_code") == "E1"
    assert single(drawn, "ages") == ""


def test_nothing_is_passed_on_from_a_table_without_a_source():
    """The chain of sources has no gap."""
    with pytest.raises(InputError, match="no source"):
        passed_on(pd.DataFrame(), pd.DataFrame())


def test_a_year_not_held_goes_through_every_step_without_a_crash():
    """A loader returns an empty table for it; the page says so, and goes on."""
    columns = {"ward_code": "str", "ward_name": "str", "offence": "str", "offences": "int64"}
    nothing = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    nothing["month"] = pd.PeriodIndex([], freq="M")
    nothing.attrs["source"] = "mps_ward_crime"
    residents = sourced("ward_code residents\nW1 1000", source="census_2021_wards")

    wards = with_residents(total_by(nothing, ["ward_code", "ward_name"]), residents, "ward_code")
    compared = rank_by(compare(crude_rate(wards), with_=LONDON), "rate_per_1000")
    london = rate_of(wards, "London wards")

    assert compared.empty
    assert tipping_points(compared, LONDON).empty
    assert (london.value, london.numerator) == (None, None)
    assert compare_measures(london, LONDON) == "not compared"
    assert any_above(compared, LONDON).outcome == "not checked"
