"""Change, and change against elsewhere."""

import math

import pandas as pd
import pytest

from cdpb.errors import InputError
from cdpb.statistics.measure import as_measure
from cdpb.statistics.places import change_against_elsewhere
from cdpb.statistics.rates import total_by
from cdpb.statistics.windows import complete_financial_years
from tests.statistics.test_rates import sourced
from tests.support.shared import shared

YEARS = """
    area_code  year     offences
    Barnet     2022/23       100
    Barnet     2023/24        80
    Brent      2022/23       300
    Brent      2023/24       360
    Camden     2022/23       200
    Camden     2023/24       240
"""


def change(text: str = YEARS, area: str | None = "Barnet", **more):
    return change_against_elsewhere(sourced(text), "2023/24", "2022/23", area, **more)


def test_a_change_is_set_against_the_change_elsewhere():
    """A fall of a fifth where everyone else rose by a fifth is a fall of a third."""
    found = change().iloc[0]

    assert (found["offences_before"], found["offences"]) == (100, 80)
    assert found["rate_ratio"] == pytest.approx(0.8)
    assert found["elsewhere_ratio"] == pytest.approx(600 / 500)
    assert found["relative_ratio"] == pytest.approx(0.8 / 1.2)


def test_the_limits_are_made_on_the_log_scale():
    """By hand, from one over each of the four counts."""
    found = change().iloc[0]

    spread = 1.959963984540054 * math.sqrt(1 / 100 + 1 / 80)
    both = 1.959963984540054 * math.sqrt(1 / 100 + 1 / 80 + 1 / 500 + 1 / 600)
    assert found["ratio_lower"] == pytest.approx(0.8 * math.exp(-spread))
    assert found["ratio_upper"] == pytest.approx(0.8 * math.exp(spread))
    assert found["relative_lower"] == pytest.approx(0.8 / 1.2 * math.exp(-both))
    assert found["relative_upper"] == pytest.approx(0.8 / 1.2 * math.exp(both))


def test_elsewhere_is_everywhere_but_here():
    """Counting Barnet in its own comparator would hide part of its change."""
    found = change(area=None).set_index("area_code")

    assert found.loc["Brent", "elsewhere_ratio"] == pytest.approx((80 + 240) / (100 + 200))


def test_types_of_offence_change_apart():
    """Possession is set against possession."""
    parts = pd.concat([sourced(YEARS).assign(offence=kind) for kind in ("possession", "both")])
    parts.attrs["source"] = "mps_borough_crime"
    parts.loc[parts["offence"] == "both", "offences"] *= 10

    found = change_against_elsewhere(parts, "2023/24", "2022/23", "Barnet", by="offence")

    assert found["offence"].tolist() == ["both", "possession"]
    assert found["offences"].tolist() == [800, 80]
    assert found["elsewhere_ratio"].tolist() == pytest.approx([1.2, 1.2])


def test_a_pair_with_a_zero_gets_a_half_on_both_sides_and_says_so():
    """A logarithm of nothing doesn't exist; the half keeps an interval, and is named."""
    found = change(YEARS.replace("2023/24        80", "2023/24         0")).iloc[0]

    assert found["half_added"]
    assert found["offences"] == 0
    assert found["rate_ratio"] == pytest.approx(0.5 / 100.5)
    assert 0 < found["ratio_lower"] < found["ratio_upper"] < 0.1


def test_nothing_before_and_after_has_no_ratio():
    """No change can be told of what never was."""
    none = YEARS.replace("100", "0").replace("2023/24        80", "2023/24  0")

    found = change(none).iloc[0]

    assert found[["rate_ratio", "ratio_lower", "relative_ratio"]].isna().all()
    assert found["elsewhere_ratio"] == pytest.approx(1.2)
    assert not found["half_added"]


def test_a_missing_count_elsewhere_leaves_elsewhere_unknown():
    """A borough not yet received must not look like a fall in the rest of London."""
    found = change(YEARS.replace("Camden     2023/24       240", "Camden 2023/24 -")).iloc[0]

    assert found["rate_ratio"] == pytest.approx(0.8)
    assert pd.isna(found["elsewhere_ratio"])
    assert pd.isna(found["relative_ratio"])


@pytest.mark.parametrize(
    ("text", "area", "said"),
    [
        (YEARS, "Barking", "Barking is not in the table"),
        (YEARS + "    Brent 2023/24 1\n", "Barnet", "twice in one year"),
    ],
)
def test_what_can_t_be_compared_is_refused(text, area, said):
    """An area not held, an area held twice."""
    with pytest.raises(InputError, match=said):
        change(text, area)


def test_a_year_must_be_one():
    """2023-24 would find nothing, and look like a year not held."""
    with pytest.raises(InputError, match="'2022-23' is not a financial year"):
        change_against_elsewhere(sourced(YEARS), "2023/24", "2022-23")


def test_without_the_year_before_there_is_no_ratio():
    """The first year of a series has nothing to be compared with, and the page says so."""
    found = change(YEARS.replace("2022/23", "2021/22")).iloc[0]

    assert found["offences"] == 80
    assert pd.isna(found["offences_before"])
    assert found[["rate_ratio", "elsewhere_ratio", "relative_ratio"]].isna().all()


def test_a_change_can_become_a_measure():
    """For a key figure."""
    found = as_measure(change(), "Barnet", lower="ratio_lower", upper="ratio_upper")

    assert found.text == "0.80"
    assert found.period == "2023/24"


def test_barnets_rise_in_trafficking_outran_the_rest_of_london():
    """Borough file, counted by hand: 347 then 538; possession 624 then 521."""
    parts = [
        pd.read_csv(shared("figures", f"borough_drug_offences_{months}.csv"))
        for months in ("2010-04_2023-11", "2023-12_2025-11")
    ]
    months = pd.concat(parts).dropna(subset=["area_code"])
    months["month"] = pd.PeriodIndex(months["month"], freq="M")
    long = months.melt(["month", "area_code"], ["possession", "trafficking"], "offence", "offences")
    long.attrs["source"] = "mps_borough_crime"
    by_year = total_by(complete_financial_years(long), ["area_code", "year", "offence"])

    found = change_against_elsewhere(by_year, "2023/24", "2022/23", "E09000003", by="offence")

    assert found["offences_before"].tolist() == [624, 347]
    assert found["offences"].tolist() == [521, 538]
    assert (found["relative_lower"] > 1).tolist() == [False, True]
