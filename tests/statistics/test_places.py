"""Wards are compared with wards: a correlation with its limits, hidden wards bounded."""

import math

import pandas as pd
import pytest
from scipy import stats

from cdpb.statistics.correlation import rank_correlation
from cdpb.statistics.places import beside
from cdpb.statistics.windows import against_other_months


def wards(counts: list[float | None]) -> pd.DataFrame:
    """Wards of 1,000 residents each, in the order of their premises."""
    table = pd.DataFrame({"premises": range(1, len(counts) + 1), "count": counts})
    table.attrs["source"] = "licensed_premises"
    return table.assign(residents=1000)


def correlated(counts: list[float | None], total: float | None = None) -> pd.DataFrame:
    return rank_correlation(wards(counts), "premises", "count", "residents", total)


def test_the_limits_are_bonett_and_wrights():
    found = correlated([2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11]).iloc[0]
    rho = 1 - 6 * 12 / (12 * (12**2 - 1))
    half = 1.959964 * math.sqrt((1 + rho**2 / 2) / (12 - 3))
    assert found["correlation_lowest"] == found["correlation_highest"] == pytest.approx(rho)
    assert found["correlation_lower"] == pytest.approx(math.tanh(math.atanh(rho) - half), abs=1e-6)


def test_hidden_wards_are_given_everything_that_their_total_leaves_them():
    """Two of twelve, and 11 between them: each of twelve splits, by scipy's own correlation."""
    shown = [20, None, 30, 40, 25, None, 60, 70, 65, 90, 95, 100]
    found = correlated(shown, total=606).iloc[0]
    every = []
    for first in range(12):
        counts = [first if at == 1 else 11 - first if at == 5 else n for at, n in enumerate(shown)]
        every.append(stats.spearmanr(range(12), counts).statistic)
    limits = [math.tanh(math.atanh(r) + side * 1.959964 * math.sqrt((1 + r**2 / 2) / 9))
              for r in every for side in (-1, 1)]  # fmt: skip
    assert (found["wards"], found["hidden"]) == (12, 2)
    assert found["correlation_lowest"] == pytest.approx(min(every))
    assert found["correlation_highest"] == pytest.approx(max(every))
    assert found["correlation_lower"] == pytest.approx(min(limits), abs=1e-6)
    assert found["correlation_upper"] == pytest.approx(max(limits), abs=1e-6)


def test_what_can_not_be_bounded_is_refused():
    """No total, too many ways to share it out, a sum that doesn't fit, or few wards."""
    one, five = [*range(1, 12), None], [*range(1, 12), *[None] * 5]
    assert correlated(one).empty
    assert correlated(five, total=1000).empty
    assert correlated(one, total=10).empty
    assert correlated([*range(1, 9), None], total=40).empty
    assert len(correlated(one, total=70)) == 1


@pytest.mark.filterwarnings("error")
def test_ranks_that_agree_wholly_and_a_figure_that_is_the_same_everywhere():
    """1 has no room on either side; of one figure there are no ranks."""
    alike = correlated(list(range(12))).iloc[0]
    assert (alike["correlation_lower"], alike["correlation_upper"]) == (1, 1)
    assert correlated([4.0] * 12).empty


def test_what_stands_beside_names_both_sources():
    """A reader of the picture must know where either figure comes from."""
    premises = wards([1.0, 2.0])[["premises"]]
    premises.attrs["source"] = "licensed_premises"
    rates = wards([5.0, 6.0]).rename(columns={"count": "rate"})
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
