"""Numbers in sentences."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdpb.disclosure.declared import Column
from cdpb.disclosure.published import displayed
from cdpb.errors import InputError
from cdpb.numbers import (
    CHANGE,
    SIGNIFICANT_DIGITS,
    change_text,
    count_text,
    interval_text,
    is_same,
    list_text,
    measure_text,
    measured_interval,
    measured_value,
    percent_text,
    plain_values,
    rate_text,
    rounded_text,
    significant,
)
from cdpb.report.index import ROUNDING
from cdpb.runner.gates.known_numbers import roundings

ANY = st.floats(min_value=-1e12, max_value=1e12)


def test_a_count_has_its_thousands_parted():
    """1052 and 10520 are told apart at a glance only with the comma."""
    assert count_text(1052) == "1,052"
    assert count_text(np.int64(289215)) == "289,215"


def test_a_rate_has_one_decimal():
    """More would claim to know what a census three years old can't tell."""
    assert rate_text(7.917) == "7.9"
    assert rate_text(1_250.04) == "1,250.0"


def test_a_half_is_rounded_up_as_a_reader_would():
    """Python rounds halves to even; a reader with a pencil gets 2.7 from 2.65 and finds 2.6."""
    assert rate_text(2.65) == "2.7"
    assert rate_text(0.25) == "0.3"
    assert count_text(2.5) == "3"


def test_a_percentage_below_one_keeps_two_figures():
    """27 of 3,432 households: 0.8% would hide a quarter of what moved."""
    share = {"value": 100 * 27 / 3432, "lower": 0.5412, "upper": 1.1423, "unit": "%"}
    assert measured_value(share | {"denominator": 3432}) == "0.79%"
    assert measured_interval(share | {"denominator": 3432}) == "0.54% to 1.14%"
    assert measured_value({"value": 1.4, "unit": "%", "denominator": 1465}) == "1.4%"
    assert measured_value({"value": 0.4, "unit": "%", "denominator": 500}) == "0%"


def test_a_percentage_of_few_people_has_no_decimals():
    """Below 1,000 people one person moves the first decimal."""
    assert percent_text(31.06, denominator=1465) == "31.1%"
    assert percent_text(23.14, denominator=605) == "23%"
    assert percent_text(86.4) == "86.4%"


def test_an_interval_reads_as_words():
    """A dash between two numbers is read as minus by some screen readers."""
    assert interval_text(5.9, 9.1) == "5.9 to 9.1"
    assert interval_text(28.74, 33.47, unit="%") == "28.7% to 33.5%"


def test_a_fall_has_a_proper_minus_and_nothing_is_minus_zero():
    """A hyphen breaks across lines, and -0.0 is no number anyone writes."""
    assert rate_text(-1.26) == "\N{MINUS SIGN}1.3"
    assert rate_text(-0.04) == "0.0"
    assert rate_text(-0.0) == "0.0"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_a_list_reads_as_a_sentence(words, sentence):
    """Ward names stand in headlines."""
    assert list_text(words) == sentence


@pytest.mark.parametrize("unsayable", [None, "101", True, float("nan"), float("inf"), object()])
def test_what_is_not_a_number_is_never_put_into_words(unsayable):
    """A masked or missing cell that became text would be published."""
    with pytest.raises(InputError) as refused:
        rounded_text(unsayable, 1)

    assert "101" not in str(refused.value)


@given(ANY, st.integers(min_value=0, max_value=4))
def test_the_text_is_within_half_a_step_of_the_number(value, decimals):
    """Whatever the number, rounding moves it by half of the last place at most."""
    text = rounded_text(value, decimals)

    said = Decimal(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))
    assert abs(said - Decimal(repr(value))) <= Decimal(1).scaleb(-decimals) / 2
    assert text not in ("\N{MINUS SIGN}0", "\N{MINUS SIGN}0.0")


@given(ANY)
def test_a_number_and_its_opposite_differ_in_the_sign_alone(value):
    """Half up is half away from zero, so that a fall reads as large as the same rise."""
    up, down = rounded_text(abs(value), 1), rounded_text(-abs(value), 1)

    assert down.removeprefix("\N{MINUS SIGN}") == up


@pytest.mark.parametrize(
    ("value", "shown"), [(2.25, "2.3"), (7.85, "7.9"), (0.25, "0.3"), (1234.25, "1,234.3")]
)
def test_a_tables_cell_and_a_sentence_are_rounded_alike(value, shown):
    """Half to even on a binary number printed 2.2 in the table beside 2.3 in its title."""
    rate = Column(label="Rate", kind="rate")
    assert displayed(value, rate) == rate_text(value) == shown
    assert shown.replace(",", "") in set(roundings(value))


@pytest.mark.parametrize(
    ("value", "shown"),
    [("2024-04", "April 2024"), (pd.Period("2026-03", "M"), "March 2026"), ("2023/24", "2023/24")],
)
def test_a_month_is_in_words_in_a_table_and_a_year_as_it_is(value, shown):
    assert displayed(value, Column(label="Month", kind="key")) == shown


def test_a_figure_rounded_otherwise_is_another_figure():
    """The scan took either for the same."""
    assert "2.2" not in set(roundings(2.25))


@pytest.mark.parametrize(
    ("computed", "published"),
    [
        (2.636358310387252, 2.6363583),
        (1.3547088881030602, 1.3547089),
        (0.00012345678912, 0.00012345679),
        (123456789.0, 123456789.0),
        (-7.0, -7.0),
    ],
)
def test_a_number_is_published_to_eight_significant_digits(computed, published):
    """A whole number in full, however large."""
    assert significant(computed) == published


@pytest.mark.parametrize("computed", [2.636358310387252, 1.3547088881030602, 1 / 3])
def test_what_two_processors_compute_is_published_as_one_number(computed):
    """One computed 1.3547088881030604 in place of 1.3547088881030602."""
    for other in (np.nextafter(computed, np.inf), computed * (1 + 1e-14)):
        assert other != computed
        assert is_same(computed, float(other))


def test_the_method_says_how_many_digits_the_downloads_have():
    assert significant(1 / 3) == float(f"0.{'3' * SIGNIFICANT_DIGITS}")
    assert SIGNIFICANT_DIGITS == 8
    assert "to eight significant digits" in ROUNDING


def test_a_record_is_saved_with_numbers_of_eight_digits():
    record = {"share": 31.071428571428573, "limits": [25.0, 1 / 3], "people": 7, "known": None}
    assert plain_values(record) == {
        "share": 31.071429,
        "limits": [25.0, 0.33333333],
        "people": 7,
        "known": None,
    }
    assert is_same(record["share"], plain_values(record)["share"])
    assert not is_same(record["share"], None)


@pytest.mark.parametrize(
    ("percent", "text"),
    [(9.06, "+9%"), (-11.8, "\N{MINUS SIGN}12%"), (0, "0%"), (0.26, "+0.3%"), (-0.03, "0.0%")],
)
def test_a_change_has_its_sign(percent, text):
    """What is no whole per cent has a decimal, so that it doesn't read as no change at all."""
    assert change_text(percent) == text
    assert measure_text({"value": percent, "unit": CHANGE}) == text
