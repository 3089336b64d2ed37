"""Twelve months at a time."""

import pandas as pd
import pytest

from cdpb.errors import InputError
from cdpb.statistics.windows import complete_financial_years, rolling_12_months


def months(first: str, count: int, offences: int = 1, **more) -> pd.DataFrame:
    """So many months with as many offences each."""
    drawn = pd.DataFrame(
        {"month": pd.period_range(first, periods=count, freq="M"), "offences": offences, **more}
    )
    drawn.attrs["source"] = "mps_ward_crime"
    return drawn


def test_a_window_is_the_twelve_months_to_its_last():
    """Fourteen months have three windows."""
    found = rolling_12_months(months("2023-04", 14))

    assert found["month"].astype("str").tolist() == ["2024-03", "2024-04", "2024-05"]
    assert found["offences"].tolist() == [12, 12, 12]
    assert found["window"].tolist()[0] == "12 months to March 2024"
    assert found.attrs["source"] == "mps_ward_crime"


def test_a_window_with_a_missing_month_says_eleven_of_twelve():
    """A gap must not look like a fall."""
    drawn = months("2023-04", 13)
    gap = drawn[drawn["month"] != pd.Period("2023-08")]

    found = rolling_12_months(gap)

    assert found["months"].tolist() == [11, 11]
    assert found["offences"].tolist() == [11, 11]
    assert found["window"].tolist()[0] == "11 of 12 months to March 2024"


def test_a_missing_count_is_a_missing_month_and_a_zero_is_not():
    """A month without offences was still a month."""
    drawn = months("2023-04", 12).astype({"offences": "Int64"})
    drawn.loc[3, "offences"] = pd.NA
    drawn.loc[4, "offences"] = 0

    found = rolling_12_months(drawn)

    assert found[["months", "offences"]].values.tolist() == [[11, 10]]


def test_wards_roll_apart():
    """One ward's missing month is not another's."""
    drawn = pd.concat(
        [months("2023-04", 12, ward_code="W1"), months("2023-04", 11, 5, ward_code="W2")]
    )
    drawn.attrs["source"] = "mps_ward_crime"

    found = rolling_12_months(drawn, by="ward_code")

    assert found[["ward_code", "months", "offences"]].values.tolist() == [
        ["W1", 12, 12],
        ["W2", 11, 55],
    ]


def test_fewer_than_twelve_months_have_no_window():
    """The beginning of a series is not a gap in it."""
    assert rolling_12_months(months("2023-04", 11)).empty


def test_people_are_never_summed_over_months():
    """Those in treatment in April are mostly those of March."""
    drawn = months("2023-04", 14).rename(columns={"offences": "in_treatment"})

    with pytest.raises(InputError, match="people are not summed over months"):
        rolling_12_months(drawn, count="in_treatment")


def test_only_whole_financial_years_are_kept():
    """Eleven months of 2024/25 would look like a fall."""
    found = complete_financial_years(months("2023-03", 24))

    assert found["year"].unique().tolist() == ["2023/24"]
    assert len(found) == 12
    assert found.attrs["source"] == "mps_ward_crime"


def test_a_year_with_a_month_of_unknown_counts_is_not_whole():
    """A row without a figure is not a month held."""
    drawn = months("2023-04", 12).astype({"offences": "Int64"})
    drawn.loc[3, "offences"] = pd.NA

    found = complete_financial_years(drawn)

    assert found.empty
    assert "year" in found
