"""From custody and courts to treatment: whole windows, and shares of what was published."""

import pandas as pd
import pytest

from cdpb.statistics.shares import share_by_year, with_shares
from cdpb.statistics.windows import by_year, rolling_years
from tests.support.tables import table


def starts(months: int) -> pd.DataFrame:
    """Two ATR and three DRR a month from April 2022."""
    rows = [
        (month, order, count)
        for month in pd.period_range("2022-04", periods=months, freq="M")
        for order, count in (("ATR", 2), ("DRR", 3))
    ]
    frame = pd.DataFrame(rows, columns=["month", "order", "starts"])
    frame.attrs["source"] = "probation_orders"
    return frame


def test_windows_are_whole_and_have_a_total():
    """Eleven months would be taken for twelve."""
    shown = rolling_years(starts(24), "order", "starts", ["2022/23", "2023/24"], "2023/24")

    assert str(shown["month"].min()) == "2023-03"
    first = shown[shown["month"] == "2023-03"].set_index("order")["starts"]
    assert first.to_dict() == {"ATR": 24, "DRR": 36, "total": 60}


def test_no_window_ends_after_the_year_asked_for():
    """An assessment never shows what came after its year."""
    shown = rolling_years(starts(24), "order", "starts", ["2022/23", "2023/24"], "2022/23")

    assert set(shown["month"].astype(str)) == {"2023-03"}


def test_years_that_are_not_held_whole_are_left_out():
    shown = by_year(starts(20), "order", "starts", ["2022/23"], "2023/24")

    assert set(shown["year"]) == {"2022/23"}
    assert shown.set_index("order")["starts"].to_dict() == {"ATR": 24, "DRR": 36, "total": 60}


def test_what_does_not_add_up_has_no_total():
    """An assessment booked and then attended is one assessment."""
    shown = by_year(starts(12), "order", "starts", ["2022/23"], "2022/23", totals=False)

    assert set(shown["order"]) == {"ATR", "DRR"}


def test_a_share_is_of_published_counts_alone():
    """A hidden count gives no share, and neither does a part larger than its whole."""
    published = table("""
        year     stage     assessments
        2021/22  attended  50
        2021/22  booked    40
        2022/23  attended  [c]
        2022/23  booked    80
        2023/24  attended  60
        2023/24  booked    80
    """)
    published.attrs["source"] = "required_assessments"

    shares = share_by_year(published, "stage", "attended", "booked", "assessments")

    assert shares["percent"].isna().tolist() == [True, True, False]
    row = shares.iloc[-1]
    assert row["percent"] == pytest.approx(75)
    assert row["lower"] < 75 < row["upper"]


def test_each_kind_is_a_share_of_its_year():
    """All of a total is itself: limits around 100% would say nothing."""
    shown = with_shares(
        by_year(starts(12), "order", "starts", ["2022/23"], "2022/23"), "order", "starts"
    )

    assert shown.set_index("order")["percent_of_starts"].to_dict() == {
        "ATR": pytest.approx(40),
        "DRR": pytest.approx(60),
        "total": pytest.approx(100),
    }
    assert shown.set_index("order")["lower"].isna().to_dict() == {
        "ATR": False,
        "DRR": False,
        "total": True,
    }
