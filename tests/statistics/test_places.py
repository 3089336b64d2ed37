"""Wards are compared with wards: a correlation with its limits, hidden wards left out."""

import math

import pandas as pd
import pytest

from cdpb.statistics.places import beside, rank_correlation
from cdpb.statistics.windows import against_other_months


def wards(other: list[float | None]) -> pd.DataFrame:
    table = pd.DataFrame({"premises": range(1, len(other) + 1), "rate": other})
    table.attrs["source"] = "licensed_premises"
    return table


def test_the_limits_are_bonett_and_wrights():
    ranks = [2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11]
    found = rank_correlation(wards(ranks), "premises", "rate").iloc[0]
    rho = 1 - 6 * 12 / (12 * (12**2 - 1))
    half = 1.959964 * math.sqrt((1 + rho**2 / 2) / (12 - 3))
    assert found["correlation"] == pytest.approx(rho)
    assert found["correlation_lower"] == pytest.approx(math.tanh(math.atanh(rho) - half), abs=1e-6)


def test_wards_that_are_not_shown_are_left_out_and_few_give_nothing():
    shown = rank_correlation(wards([*range(1, 12), None]), "premises", "rate")
    assert list(shown["wards"]) == [11]
    assert rank_correlation(wards([*range(1, 9), None]), "premises", "rate").empty


@pytest.mark.filterwarnings("error")
def test_ranks_that_agree_wholly_and_a_figure_that_is_the_same_everywhere():
    """1 has no room on either side; of one figure there are no ranks."""
    alike = rank_correlation(wards(list(range(12))), "premises", "rate").iloc[0]
    assert (alike["correlation_lower"], alike["correlation_upper"]) == (1, 1)
    assert rank_correlation(wards([4.0] * 12), "premises", "rate").empty


def test_what_stands_beside_names_both_sources():
    """A reader of the picture must know where either figure comes from."""
    premises, rates = wards([1.0, 2.0]).drop(columns="rate"), wards([5.0, 6.0])
    rates.attrs["source"] = "alcohol_admissions_ward"
    both = beside(premises, rates, "premises", ["rate"])
    assert list(both["rate"]) == [5.0, 6.0]
    assert both.attrs["source"] == "licensed_premises"
    assert both.attrs["sources"] == ["alcohol_admissions_ward"]


def test_a_year_with_a_hidden_month_says_nothing_of_its_months():
    """A median over what is left would tell of what is hidden."""
    months = pd.period_range("2023-04", "2024-03", freq="M")
    table = pd.DataFrame({"month": months, "activity": "tests", "count": [10.0] * 11 + [40.0]})
    table.attrs["source"] = "drinkcoach"
    assert against_other_months(table)["times"].iloc[-1] == 4
    assert against_other_months(table.assign(count=[None, *[10.0] * 11])).empty
