"""A change that rounded counts are said to show is neither chance nor rounding."""

import pytest

from cdpb.statistics.ratios import change_since_first, rate_ratio
from tests.support.tables import table


def held(text: str):
    rows = table(text)
    rows.attrs["source"] = "ndtms_adults"
    return rows


TWO_YEARS = """
    area_code  year     measure  people  lowest  highest
    E1         2009/10  died          5       3        7
    E1         2009/10  all       1105    1103     1107
    E1         2020/21  died         15      13       17
    E1         2020/21  all       1285    1283     1287
    E1         2021/22  died         20      18       22
    E1         2021/22  all       1465    1463     1467
"""


def test_the_latest_year_stands_over_the_first():
    found = change_since_first(held(TWO_YEARS), "died", "all").iloc[0]
    assert (found["previous_year"], found["year"]) == ("2009/10", "2021/22")
    assert found["rate_ratio"] == pytest.approx(20 / 1465 / (5 / 1105))


def test_the_limits_are_those_of_the_counts_that_stretch_them_most():
    """20 may be 18 and 5 may be 7: a rise that needs the printed figures is no rise shown."""
    found = change_since_first(held(TWO_YEARS), "died", "all").iloc[0]
    assert found["rounding_lower"] == pytest.approx(18 / 1467 / (7 / 1103))
    assert found["rounding_upper"] == pytest.approx(22 / 1463 / (3 / 1107))
    assert found["ratio_lower"] == pytest.approx(rate_ratio(18, 1467, 7, 1103)["lower"].iloc[0])
    assert found["ratio_upper"] == pytest.approx(rate_ratio(22, 1463, 3, 1107)["upper"].iloc[0])
    printed = rate_ratio(20, 1465, 5, 1105).iloc[0]
    assert found["ratio_lower"] < printed["lower"] < printed["upper"] < found["ratio_upper"]


def test_one_year_alone_has_not_changed():
    one = held(TWO_YEARS).query("year == '2021/22'")
    assert list(change_since_first(one, "died", "all")["rate_ratio"]) == []


def test_where_nothing_is_held_there_is_no_change():
    none = held(TWO_YEARS).query("area_code == 'E2'")
    assert not len(change_since_first(none, "died", "all"))
