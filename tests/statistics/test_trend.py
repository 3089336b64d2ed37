"""A trend is said where five intervals bear it, and nowhere else."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from cdpb.errors import InputError
from cdpb.statistics import recent_trend
from cdpb.statistics.intervals import poisson_interval
from cdpb.statistics.trend import CHI_SQUARE, clear_trend, points_told, turning_point
from tests.support.shared import shared
from tests.support.tables import table

RISING = """
    area_code year    percent lower upper
    E1        2016/17    10.0   8.0  12.0
    E1        2017/18    20.0  19.0  21.0
    E1        2018/19    21.0  20.0  22.0
    E1        2019/20    22.0  21.0  23.0
    E1        2020/21    23.0  22.0  24.0
    E1        2021/22    24.0  23.0  25.0
"""


def trend(text=RISING, breaks=(), by="area_code"):
    """The first group's trend."""
    given = table(text)
    given.attrs = {"source": "ndtms_adults"}
    return recent_trend(given, by, "percent", breaks=breaks).iloc[0]


def test_the_limit_is_the_upper_fifth_of_a_percent_of_chi_square():
    assert pytest.approx(special.chdtri(1, 0.002)) == CHI_SQUARE


def test_five_rising_points_are_an_increase():
    """One a year, by intervals of two: slope 1, and chi-square by hand."""
    found = trend()
    assert found["trend"] == "increasing"
    assert found["slope"] == pytest.approx(1)
    assert found["chi_square"] == pytest.approx(10 / (2 / 3.92) ** 2)
    assert (found["first_year"], found["last_year"]) == ("2017/18", "2021/22")
    assert found["reason"] == ""


def test_wide_intervals_show_no_trend():
    """The same values from a twentieth of the people."""
    wide = table(RISING)
    wide["lower"], wide["upper"] = wide["percent"] - 5, wide["percent"] + 5
    wide.attrs = {"source": "ndtms_adults"}
    assert recent_trend(wide, "area_code", "percent").iloc[0]["trend"] == "no trend shown"


def test_a_slope_that_hangs_on_one_point_is_no_trend():
    """Four flat years and a jump: without the last the slope turns, so nothing is said."""
    jump = table(RISING).assign(percent=[10.0, 20.4, 20.2, 20.1, 20.0, 25.0])
    jump["lower"], jump["upper"] = jump["percent"] - 0.5, jump["percent"] + 0.5
    jump.attrs = {"source": "ndtms_adults"}
    found = recent_trend(jump, "area_code", "percent").iloc[0]
    assert found["chi_square"] > CHI_SQUARE
    assert not found["signs_agree"]
    assert found["trend"] == "no trend shown"


def test_no_trend_crosses_a_series_break():
    """A new method would read as a change in the world."""
    revised = SimpleNamespace(year="2019/20", month=None, label="revised method")
    found = trend(breaks=[revised])
    assert found["trend"] == "not calculated"
    assert found["reason"] == "the series breaks in 2019/20: revised method"
    assert pd.isna(found["slope"])


@pytest.mark.parametrize(
    ("month", "crossed"),
    [
        ("2017-03", False),
        ("2017-04", False),
        ("2017-05", True),
        ("2022-03", True),
        ("2022-04", False),
    ],
)
def test_a_break_counts_from_its_month(month, crossed):
    """A break before the first year or after the last one is not between the points."""
    found = trend(breaks=[SimpleNamespace(year=None, month=month, label="new system")])
    assert (found["trend"] == "not calculated") == crossed


def test_two_series_are_not_joined_though_nobody_declared_a_break():
    """The estimates carry their series with them."""
    joined = table(RISING).assign(series=["a", "a", "a", "a", "b", "b"])
    joined.attrs = {"source": "opiate_crack_england"}
    found = recent_trend(joined, "area_code", "percent").iloc[0]
    assert found["reason"] == "the series changes between the years"


def test_a_gap_is_not_stepped_over():
    """Five points over seven years are not the last five years."""
    gap = RISING.replace("    E1        2019/20    22.0  21.0  23.0\n", "")
    found = trend(gap)
    assert found["trend"] == "not calculated"
    assert found["reason"] == "only 4 of 5 years in a row have a value with an interval"


def test_a_masked_year_leaves_no_trend():
    """What is hidden may not be told by a direction."""
    found = trend(RISING.replace("24.0  23.0  25.0", " [c]   [c]   [c]"))
    assert (found["last_year"], found["points"]) == ("2020/21", 5)
    assert trend(RISING.replace("22.0  21.0  23.0", "[c] [c] [c]"))["trend"] == "not calculated"


def test_areas_are_kept_apart():
    """One area's rise is not another's."""
    rising = table(RISING)
    falling = rising.assign(
        area_code="E2",
        percent=50 - rising["percent"],
        lower=50 - rising["upper"],
        upper=50 - rising["lower"],
    )
    both = pd.concat([rising, falling], ignore_index=True)
    both.attrs = {"source": "ndtms_adults"}
    found = recent_trend(both, "area_code", "percent")
    assert list(found["trend"]) == ["increasing", "decreasing"]
    assert list(found["area_code"]) == ["E1", "E2"]


def test_an_area_twice_in_a_year_is_refused():
    """Which of the two would the trend go through?"""
    with pytest.raises(InputError, match="stands twice in one year"):
        trend(by=(), text=RISING + "    E2        2021/22    24.0  23.0  25.0\n")


def test_an_empty_table_has_no_trends():
    """Nothing received is no trend, and no crash."""
    given = table(RISING).head(0)
    given.attrs = {"source": "ndtms_adults"}
    assert recent_trend(given, "area_code", "percent").empty


def test_published_trends_are_met():
    """Fingertips' own words for six indicators; those without usable intervals have none."""
    given = pd.read_csv(shared("golden", "trend_golden_values.csv"))
    given = given.rename(columns={"lower95": "lower", "upper95": "upper"})
    given.attrs = {"source": "fingertips"}
    found = recent_trend(given, ["indicator_id", "expected_trend"], "value")
    ours = dict(zip(found["indicator_id"], found["trend"], strict=True))
    # 93468 has no intervals in the file, and its row says not to be compared with.
    assert ours.pop(93468) == "not calculated"
    told = {"Increasing": "increasing", "Decreasing": "decreasing", "Cannot": "not calculated"}
    said = dict(zip(found["indicator_id"], found["expected_trend"].str.split().str[0], strict=True))
    assert ours == {indicator: told[said[indicator]] for indicator in ours}
    assert len(ours) == 5


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ([17.6, 11.5, 13.0, 17.7], 1),
        ([17.6, 30.0, 11.5, 17.7], 1),
        ([17.6, float("nan"), 11.5, 17.7], 2),
        # Within the ends, and far from the line between them: 1,025 where it would be 1,315.
        ([1105, 1435, 1025, 1465], 2),
        ([5, 15, 5, 20], 2),
        # Near the line between the ends, hardly beyond them, or no more than the ends.
        ([10.0, 15.0, 20.0], None),
        ([10.0, 9.1, 10.0], None),
        ([10.0, 20.0], None),
        ([10.0], None),
    ],
)
def test_a_series_turns_where_it_lies_well_beyond_both_ends(values, at):
    """What a title of two ends would hide."""
    assert turning_point(values) == at


def test_the_year_of_covid_is_told_where_it_stands_out():
    """Of 290 who completed treatment, 145 had in 2020/21; the turn lay three years before."""
    years = ["2017/18", "2018/19", "2019/20", "2020/21", "2021/22"]
    told = points_told([26.6, 24.6, 24.0, 11.3, 19.8], years)
    assert list(told.values()) == ["2017/18", "2020/21 (COVID-19)", "2021/22"]
    assert list(points_told([10.0, 10.1, 10.2, 10.1, 10.3], years).values()) == [
        "2017/18",
        "2021/22",
    ]


# Adults in treatment in Barnet, 2017/18 to 2021/22, with Byar's limits on each.
ADULTS = [1070, 1035, 1105, 1285, 1465]


def of_people(counts):
    given = pd.DataFrame(
        {"year": [f"{at}/{at - 1999}" for at in range(2017, 2022)], "people": counts}
    )
    given = given.assign(area_code="E1", **poisson_interval(given["people"]))
    given.attrs = {"source": "ndtms_adults"}
    return recent_trend(given, "area_code", "people").iloc[0]


def test_limits_of_a_slope_are_widened_by_how_far_the_years_lie_off_their_line():
    """1,070 to 1,465: not 78 to 122 people a year. By least squares the limits are 18 to 190."""
    found = of_people(ADULTS)
    weight = np.array([(upper - lower) / 3.92 for lower, upper in map(byar, ADULTS)]) ** -2
    years = np.arange(5) - np.average(np.arange(5), weights=weight)
    people = np.array(ADULTS) - np.average(ADULTS, weights=weight)
    slope = (weight * years * people).sum() / (weight * years**2).sum()
    dispersion = (weight * (people - slope * years) ** 2).sum() / 3
    margin = stats.t.ppf(0.975, 3) * (dispersion / (weight * years**2).sum()) ** 0.5
    assert dispersion > 6
    assert found["slope"] == pytest.approx(slope)
    assert found["slope_upper"] - slope == pytest.approx(margin, rel=1e-6)
    assert [round(found[f"slope_{end}"]) for end in ("lower", "upper")] == [11, 190]
    assert found["fit"] == "off a straight line, 2017/18 furthest"
    assert clear_trend(found) == "increasing"


def test_one_odd_year_is_no_trend_and_the_pandemic_is_named():
    """Completions of 285, 255, 265, 145 and 290: Fingertips' rule alone would call it a fall."""
    found = of_people([285, 255, 265, 145, 290])
    assert found["fit"] == "off a straight line, 2020/21 (COVID-19) furthest"
    assert found["slope_lower"] < 0 < found["slope_upper"]
    assert clear_trend(found) == "no trend shown"


def test_years_on_a_line_are_not_made_surer_by_it():
    """A dispersion below 1 is luck: the limits stay those of t on the intervals' own width."""
    found = trend()
    assert found["fit"] == "on a straight line"
    assert found["slope_upper"] - 1 == pytest.approx(3.1824463 * (2 / 3.92) / 10**0.5)


def byar(count):
    """Byar's 95% limits, as they are printed in textbooks."""
    z = stats.norm.ppf(0.975)
    lower = count * (1 - 1 / (9 * count) - z / (3 * count**0.5)) ** 3
    upper = (count + 1) * (1 - 1 / (9 * (count + 1)) + z / (3 * (count + 1) ** 0.5)) ** 3
    return lower, upper
