import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdpb.errors import InputError
from cdpb.periods import (
    FinancialYear,
    financial_year_of,
    financial_years_of,
    month_name,
    months_named,
)


@given(st.integers(1900, 2998))
def test_a_financial_year_reads_back_as_written(start):
    """Folder names, parameters and tables all carry the same text."""
    year = FinancialYear(start)
    assert FinancialYear.parse(str(year)) == year
    assert len(str(year)) == 7
    assert "/" not in year.slug


@pytest.mark.parametrize(
    "text",
    [
        "2023/25",
        "2023-24",
        "23/24",
        "2023/4",
        "2023/24 ",
        "",
        "2023",
        "2024/23",
        None,
        2023,
        "２０２３/24",
    ],
)
def test_what_is_not_a_financial_year_is_refused(text):
    """A year read loosely would show one year's figures under another's name."""
    with pytest.raises(InputError) as caught:
        FinancialYear.parse(text)
    assert caught.value.exit_code == 2
    assert len(str(caught.value).splitlines()) <= 8


def test_the_message_names_the_year_that_was_meant():
    with pytest.raises(InputError, match="2023/24"):
        FinancialYear.parse("2023/25")


def test_the_century_turns_inside_a_year():
    assert str(FinancialYear.parse("1999/00")) == "1999/00"


def test_a_year_runs_from_april_to_march():
    months = FinancialYear.parse("2023/24").months
    assert (str(months[0]), str(months[-1]), len(months)) == ("2023-04", "2024-03", 12)


@given(st.integers(1950, 2090), st.integers(1, 12))
def test_every_month_lies_in_the_year_that_holds_it(year, month):
    period = pd.Period(year=year, month=month, freq="M")
    assert period in FinancialYear.parse(financial_year_of(period)).months


def test_a_column_of_months_is_read_at_once():
    months = pd.Series(pd.PeriodIndex(["2024-03", "2024-04"], freq="M"))
    assert list(financial_years_of(months)) == ["2023/24", "2024/25"]


def test_a_month_is_written_in_words():
    assert month_name("2023-04") == "April 2023"


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("2023-04 to 2024-03", "April 2023 to March 2024"),
        ("2024-07 - 2025-06", "July 2024 to June 2025"),
        ("2013/14 - 15/16 to 2021/22 - 23/24", "2013/14 - 15/16 to 2021/22 - 23/24"),
    ],
)
def test_months_that_a_receipt_covers_are_named(written, named):
    """``2023-11`` was torn apart at its hyphen where a column is narrow."""
    assert months_named(written) == named


def test_years_stand_in_order():
    later = FinancialYear.parse("2023/24")
    assert later.previous() < later
    assert str(later.previous(2)) == "2021/22"
