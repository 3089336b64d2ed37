"""One number and all that belongs to it."""

import json

import numpy as np
import pandas as pd
import pytest

from cdpb.errors import InputError
from cdpb.statistics.measure import Measure, as_measure
from cdpb.statistics.rates import crude_rate, proportion, total_by
from tests.statistics.test_comparison import LONDON
from tests.statistics.test_rates import sourced


def test_a_row_becomes_a_measure_that_knows_where_it_came_from():
    """Source, period, unit and definition need not be typed again, so can't be mistyped."""
    months = sourced("""
        area_code  month    offence      offences
        E09000003  2023-04  possession         60
        E09000003  2024-03  trafficking        41
    """)
    rates = crude_rate(total_by(months, "area_code").assign(residents=12758))

    found = as_measure(rates, "Barnet")

    assert found.value == pytest.approx(7.9166, abs=1e-4)
    assert (found.numerator, found.denominator) == (101, 12758)
    assert (found.source, found.unit) == ("mps_ward_crime", "per 1,000 residents")
    assert (found.area_code, found.period) == ("E09000003", "April 2023 to March 2024")
    assert found.definition == "offences (offence: possession, trafficking)"


def test_a_measure_is_one_row():
    """Two rows have two values."""
    with pytest.raises(InputError, match="is one row, and 2 were given"):
        as_measure(sourced("ward_code rate\nW1 1\nW2 2"), "Wards", "rate")


def test_a_missing_value_is_none_and_not_nan():
    """NaN is not JSON, and is unequal to itself."""
    found = as_measure(
        sourced("year people lower upper\n2014 - - -", "alcohol_dependence"),
        "Barnet",
        "people",
        unit="people",
    )

    assert found.value is None
    assert not found.known
    assert not found.has_interval
    assert found.period == "2014"


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_every_kind_of_missing_is_none(missing):
    """Three libraries, three words for nothing."""
    found = Measure(missing, missing, missing, missing, missing, "%", "A", "2023/24", "s", "m")

    assert found.value is found.lower is found.upper is found.numerator is None


def test_a_record_of_a_measure_is_plain():
    """Findings are saved as JSON."""
    rates = crude_rate(sourced("area_code offences residents\nE1 101 12758"))

    record = json.loads(json.dumps(as_measure(rates, "Barnet").to_dict()))

    assert record["numerator"] == 101
    assert record["unstable"] is False


def test_limits_the_wrong_way_round_are_refused():
    """A turned interval would call everything similar."""
    with pytest.raises(InputError, match="lower limit lies above"):
        Measure(5, 6, 4, None, None, "%", "Barnet", "2023/24", "s", "m")


def test_a_measure_says_itself_as_the_page_does():
    """One decimal for a rate, none for a percentage of few, two for a ratio."""
    share = proportion(sourced("sex women adults\nall 140 605", "ndtms_adults"), "women", "adults")

    assert LONDON.text == "4.1 per 1,000 residents"
    assert LONDON.limits_text == "4.0 to 4.2"
    assert as_measure(share, "Opiates").text == "23%"
    assert as_measure(share, "Opiates").limits_text == "20 to 27"


def test_it_tells_which_sources_it_was_made_of_and_of_when():
    """The age of an estimate of need counts as much as that of the people in treatment."""
    found = Measure(
        86.4, 81.4, 90.3, 415, 3046, "%", "Barnet", "2021/22", "ndtms_adults", "m",
        denominator_source="alcohol_dependence", denominator_period="2017/18",
    )  # fmt: skip

    assert found.made_of == [("ndtms_adults", "2021/22"), ("alcohol_dependence", "2017/18")]
