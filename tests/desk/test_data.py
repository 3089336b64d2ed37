"""``cdpb data``: what is held of each source, what comes next, and what a year lacks."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from cdpb.desk.data import awaited, held, next_to
from tests.support.commands import cdpb, wrong_input
from tests.support.project import draw_project

ORDERS = "Month,Borough,Requirement,Commencements\n"
TODAY = dt.date(2026, 6, 20)


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    return draw_project(tmp_path, monkeypatch)


def receive(drawn, text: str, first: str) -> None:
    """A return to January 2026."""
    covered = {"first": first, "last": "2026-01"}
    drawn.receive("probation_orders", "2026-02-15", text, periods=covered)


def of(source: str, year: str | None = None):
    return next(each for each in held(year, TODAY) if each.id == source)


@pytest.mark.parametrize(
    ("last", "frequency", "day"),
    [
        ("2026-03", "monthly", "2026-04-30"),
        ("2025-12", "monthly", "2026-01-31"),
        ("2023-01", "monthly", "2023-02-28"),
        ("2025/26 Q3", "quarterly", "2026-03-31"),
        ("2025/26 Q4", "quarterly", "2026-06-30"),
        ("2024-07 - 2025-06", "quarterly", "2025-09-30"),
        ("2021/22", "yearly", "2023-03-31"),
        ("2021/22 - 23/24", "yearly", "2025-03-31"),
        ("2022 - 24", "yearly", "2025-12-31"),
        ("2024", "yearly", "2025-12-31"),
        ("2021", "every ten years", "2031-12-31"),
    ],
)
def test_the_next_issue_ends_a_month_a_quarter_or_a_year_after_the_last(last, frequency, day):
    assert next_to(last, frequency) == dt.date.fromisoformat(day)


def test_what_follows_no_calendar_is_awaited_on_no_day():
    assert next_to("2019/20", "irregular") is None


def test_no_month_is_awaited_in_which_nothing_is_collected():
    """NDTMS collects nothing in July."""
    assert next_to("2026-06", "monthly, not in July", [7]) == dt.date(2026, 8, 31)


def test_a_year_lacks_the_months_that_no_receipt_carries(drawn):
    months = [f"2025-{month:02d}" for month in range(4, 13)] + ["2026-01"]
    text = ORDERS + "".join(f"{month},Barnet,ATR,3\n" for month in months)
    receive(drawn, text, "2025-04")

    found = of("probation_orders", "2025/26")

    assert (found.held_to, found.next_to, found.over) == ("2026-01", "2026-02", True)
    assert found.lacks == ["2026-02", "2026-03"]
    assert of("probation_orders", "2024/25").lacks == ["2024/25"]
    assert of("census_2021_wards", "2025/26").lacks == []


def test_made_up_figures_are_not_held(drawn):
    """They stand in demonstrations, where nothing has come."""
    text = ORDERS + "2025-04,Barnet,ATR,3\n"
    drawn.receive("probation_orders", "2026-02-15", text, folder="data/illustrative")

    assert (of("probation_orders").held_to, of("probation_orders").received) == ("", "")


def test_the_list_says_how_each_source_comes_and_no_count(drawn, capsys):
    """Of a partner's return only the month is told in which it came."""
    receive(drawn, ORDERS + "2026-01,Barnet,ATR,4711\n", "2026-01")

    code, out, err = cdpb(capsys, "data", "--year", "2025/26")

    assert (code, err) == (0, "")
    rows = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    assert "February 2026" in rows["probation_orders"]
    assert "15 February" not in out
    assert "January 2026" in rows["probation_orders"]
    assert "up to February 2026, may be out" in rows["probation_orders"]
    assert rows["probation_orders"].endswith("April 2025 to March 2026 (11)")
    assert rows["fingertips"].endswith("cdpb fetch")
    assert rows["suspensions"].endswith("by hand")
    assert rows["court_referrals"].endswith("on request")
    assert "4711" not in out


@pytest.mark.parametrize(
    ("published", "says"), [(["2022/23"], "2022/23 is out"), (["2022/23", "2023/24"], "are out")]
)
def test_years_known_to_be_published_are_said_to_be_out(drawn, published, says):
    of = next(each for each in held() if each.id == "ndtms_adults")
    assert awaited(replace(of, published_since=published)).endswith(says)


def test_another_program_is_told_the_same(drawn, capsys):
    receive(drawn, ORDERS + "2026-01,Barnet,ATR,4711\n", "2026-01")

    code, out, _ = cdpb(capsys, "data", "--json")

    told = {each["id"]: each for each in json.loads(out)}
    assert code == 0
    assert told["probation_orders"]["held_to"] == "2026-01"
    assert told["ndtms_adults"]["held_to"] == ""
    assert "4711" not in out


def test_a_year_that_is_none_is_refused(drawn, capsys):
    code, out, err = cdpb(capsys, "data", "--year", "2025/27")

    assert (code, out) == (2, "")
    assert wrong_input(err)
    assert "Did you mean 2025/26?" in err
