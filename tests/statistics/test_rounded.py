"""A change that rounded counts are said to show is neither chance nor rounding."""

from itertools import product
from math import exp, log

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from cdpb.statistics.growth import yearly_change

# Deaths of people in treatment in Barnet, 2009/10 to 2021/22, each rounded to 5.
DEATHS = [5, 10, 5, 10, 15, 10, 10, 5, 10, 5, 10, 15, 20]


def held(counts, first=2009, either_way=2):
    rows = pd.DataFrame({"people": counts})
    rows["year"] = [f"{first + at}/{(first + at + 1) % 100:02d}" for at in range(len(counts))]
    ends = {"lowest": (rows["people"] - either_way).clip(lower=0)}
    rows = rows.assign(area_code="E1", measure="died", **ends, highest=rows["people"] + either_way)
    rows.attrs["source"] = "ndtms_adults"
    return rows


def fitted(counts):
    """The slope and its standard error by maximum likelihood, and the dispersion: by scipy."""
    x = np.arange(len(counts)) - (len(counts) - 1) / 2
    counts = np.asarray(counts, float)

    def against(of):
        return -(counts * (of[0] + of[1] * x) - np.exp(of[0] + of[1] * x)).sum()

    level, slope = optimize.minimize(against, [log(counts.mean()), 0], tol=1e-12).x
    mean = np.exp(level + slope * x)
    information = np.array([[mean.sum(), mean @ x], [mean @ x, mean @ x**2]])
    error = np.linalg.inv(information)[1, 1] ** 0.5
    return slope, error, ((counts - mean) ** 2 / mean).sum() / (len(counts) - 2)


def limits(counts):
    slope, error, dispersion = fitted(counts)
    margin = stats.t.ppf(0.975, len(counts) - 2) * error * max(dispersion, 1) ** 0.5
    return [100 * (exp(each) - 1) for each in (slope - margin, slope + margin)]


def test_thirteen_years_of_deaths_rise_by_6_a_year_and_may_fall():
    """+6.0% a year, -0.8 to 13.3: the years lie further from a line than chance has them."""
    found = yearly_change(held(DEATHS), "died").iloc[0]
    assert round(found["percent_a_year"], 1) == 6.0
    assert [round(found[f"percent_{end}"], 1) for end in ("lower", "upper")] == [-0.8, 13.3]
    assert [found["percent_lower"], found["percent_upper"]] == pytest.approx(
        limits(DEATHS), abs=0.01
    )
    assert found["dispersion_of_years"] == pytest.approx(fitted(DEATHS)[2], abs=0.001)
    assert found["years"] == 13
    ends = ("before", "before_lowest", "before_highest", "after", "after_lowest", "after_highest")
    assert [found[end] for end in ends] == [5, 3, 7, 20, 18, 22]


def test_the_widest_limits_are_those_of_all_counts_that_rounding_allows():
    """Each of 3,125 series that five rounded counts may have been, one by one."""
    counts = [10, 15, 15, 25, 30]
    every = [limits(each) for each in product(*(range(count - 2, count + 3) for count in counts))]
    found = yearly_change(held(counts), "died").iloc[0]
    assert found["widest_lower"] == pytest.approx(min(lower for lower, _ in every), abs=0.05)
    assert found["widest_upper"] == pytest.approx(max(upper for _, upper in every), abs=0.05)
    assert found["widest_lower"] < found["percent_lower"]


def test_years_that_lie_closer_to_a_line_than_chance_are_not_made_surer():
    """A dispersion below 1 is luck: 20, 22, 24, 26, 28 would else be sure of themselves."""
    counts = [20, 22, 24, 26, 28]
    slope, error, dispersion = fitted(counts)
    found = yearly_change(held(counts, either_way=0), "died").iloc[0]
    plain = 100 * (exp(slope - stats.t.ppf(0.975, 3) * error) - 1)
    assert dispersion < 1
    assert found["percent_lower"] == pytest.approx(plain, abs=0.01)


def test_a_window_starts_where_it_is_declared_to():
    found = yearly_change(held(DEATHS), "died", since="2015/16").iloc[0]
    assert (found["previous_year"], found["year"], found["years"]) == ("2015/16", "2021/22", 7)
    assert found["percent_lower"] == pytest.approx(limits(DEATHS[6:])[0], abs=0.01)


@pytest.mark.parametrize("counts", [DEATHS[:4], [0] * 13])
def test_four_years_or_no_event_at_all_have_no_change_a_year(counts):
    assert yearly_change(held(counts), "died").empty


def test_the_order_of_rows_has_no_say():
    table = held(DEATHS)
    pd.testing.assert_frame_equal(yearly_change(table[::-1], "died"), yearly_change(table, "died"))
