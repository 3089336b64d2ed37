"""People in treatment over time: only windows that don't overlap, only one methodology."""

import pandas as pd
import pytest

from cdpb.statistics.measure import HIDDEN, measure_where
from cdpb.statistics.ratios import against_year_before, indexed, two_counts
from tests.support.tables import table


def months(text: str) -> pd.DataFrame:
    """Published months, typed the way they look."""
    people = table(text)
    people["month"] = pd.PeriodIndex(people["month"], freq="M")
    people.attrs["source"] = "young_people_monthly"
    return people


GROWN = months("""
    month    people  methodology
    2023-03      80  new
    2023-06      95  new
    2024-03     100  new
""")


def test_a_year_is_compared_from_march_to_march():
    """Neighbouring months count mostly the same people; two Marches share no month."""
    row = against_year_before(GROWN, ["2023/24"]).iloc[0]

    assert (row["people_before"], row["people"], row["month_end"]) == (80, 100, "March 2024")
    assert row["change"] == pytest.approx(25)


def test_people_counted_in_both_years_have_no_limits_of_chance_and_events_have():
    """Two windows of people are largely the same people; two windows of orders share none."""
    assert "lower" not in against_year_before(GROWN, ["2023/24"])
    orders = GROWN.rename(columns={"people": "starts"}).drop(columns="methodology")
    row = against_year_before(orders, ["2023/24"], "starts").iloc[0]
    exact = two_counts(100, 80)
    limits = [100 * (exact[end] - 1) for end in ("lower", "upper")]
    assert [row["lower"], row["upper"]] == pytest.approx(limits)


@pytest.mark.parametrize("methodology", ["previous", "new"])
def test_nothing_is_compared_across_a_new_methodology(methodology):
    people = GROWN.assign(methodology=[methodology, "new", "new"])

    assert len(against_year_before(people, ["2023/24"])) == (methodology == "new")


def test_a_month_that_is_hidden_or_was_not_received_has_no_change():
    """What is masked is missing here, and stays so."""
    hidden = GROWN.assign(people=pd.Series([None, 95, 100], dtype="Int64"))

    changed = against_year_before(hidden, ["2023/24"])
    assert changed["change"].isna().all()
    assert measure_where(changed, "Barnet", year="2023/24").note == HIDDEN
    nothing = against_year_before(GROWN.iloc[:0], ["2023/24"])
    assert measure_where(nothing, "Barnet", year="2023/24").note == ""
    assert len(against_year_before(GROWN, ["2022/23", "2024/25"])) == 0


def test_the_first_year_held_is_a_hundred():
    treated = table("""
        area_code  year     people
        E09000003  2020/21     300
        E09000003  2019/20     200
        E92000001  2019/20    1000
    """)
    treated.attrs["source"] = "ndtms_adults"

    shown = indexed(treated)

    assert list(shown["indexed"]) == [100, 150, 100]
    assert (shown["lower"] < shown["people"]).all()
