"""What is said of DrinkCoach tells campaigns from the months beside them, and claims no cause."""

import pytest

from findings import drinkcoach as words
from tests.support.declared import declared

AGAINST = """
    activity  month    year     campaign     number_shown  times  ratio_lower  ratio_upper
    tests     2023-12  2023/24  none         20            1.0    0.6          1.6
    tests     2024-01  2023/24  Dry_January  72            3.8    3.0          4.8
    tests     2024-02  2023/24  none         35            1.8    1.2          2.5
"""
MONTHS = """
    month    activity  year     count
    2024-01  tests     2023/24  72
    2024-02  tests     2023/24  20
    2024-01  sessions  2023/24  [c]
"""


def test_the_headline_names_the_campaign_months():
    against = declared(AGAINST, "drinkcoach")
    months = declared(MONTHS, "drinkcoach")
    assert words.headline(against, months, "tests", "2023/24", "Barnet") == (
        "Against a usual month (the median of the year's other months), DrinkCoach tests in Barnet "
        "were 3.8 times as many (3.0 to 4.8) in January 2024 (Dry January)."
    )


def test_a_return_that_was_not_received_is_said():
    asked = {"year": "2009/10"}
    none, months = (declared(each, "drinkcoach").where(**asked) for each in (AGAINST, MONTHS))
    said = words.headline(none, months, "tests", "2009/10", "Barnet")
    assert "No whole year of DrinkCoach tests in Barnet has been received" in said


@pytest.mark.parametrize(
    ("activity", "why"),
    [
        ("sessions", "hidden to protect small counts"),
        ("tests", "No whole year of DrinkCoach tests"),
    ],
)
def test_a_return_that_was_received_is_not_called_missing(activity, why):
    """Hidden months, or too few of them, are no fault of whoever sent the return."""
    none, months = (
        declared(AGAINST, "drinkcoach").where(year="none"),
        declared(MONTHS, "drinkcoach"),
    )
    said = words.headline(none, months, activity, "2023/24", "Barnet")
    assert why in said
    assert "received" not in said


def test_months_without_a_campaign_are_counted_in_the_same_way():
    """Where other months stand out as well, a campaign's month proves less."""
    assert words.campaigns_title(declared(AGAINST, "drinkcoach"), "tests", "2023/24") == (
        "Months of 2023/24 that stood above the others: 1 of 1 with a campaign and 1 of 2 without"
    )


def test_hidden_months_are_not_ranked():
    shown = declared(MONTHS, "drinkcoach")
    assert words.drinkcoach_title(shown, "tests") == (
        "The month with most DrinkCoach tests was January 2024, with 72"
    )
    assert words.drinkcoach_title(shown, "sessions") == ""


def test_a_year_with_a_month_missing_has_no_total():
    assert (
        words.drinkcoach_changed(declared(MONTHS, "drinkcoach"), "tests", "2023/24", "2022/23")
        == ""
    )
