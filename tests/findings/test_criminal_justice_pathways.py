"""What is said of custody, courts and prison is what was published, hidden counts included."""

import pandas as pd

from cdpb.disclosure.declared import Column
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import CHANGE
from cdpb.statistics.measure import Measure
from findings import criminal_justice_pathways as words

KINDS = {"starts": "count", "referrals": "count", "referred": "count", "started": "number"}
KINDS |= {"percent": "percent", "month": "key", "year": "key"}


def shown(*rows: dict) -> PublishedTable:
    """A table from its rows."""
    names = list(rows[0]) if rows else ["month", "order", "starts"]
    described = [(each, Column(label=each, kind=KINDS.get(each, "name"))) for each in names]
    return PublishedTable(
        id="drawn",
        title="Drawn",
        source_ids=("probation_orders",),
        dimensions=("year",),
        totals=(),
        described=tuple(described),
        values=tuple(tuple(row.values()) for row in rows),
    )


def orders(*starts) -> PublishedTable:
    """All orders in rolling years from March 2023, one after the other."""
    first = pd.Period("2023-03", freq="M")
    rows = [
        {"month": first + i, "order": "total", "starts": count} for i, count in enumerate(starts)
    ]
    return shown(*rows)


def share(value, lower, upper, people, of, unit="%") -> Measure:
    about = (unit, "Barnet", "2023/24", "custody_tests", "")
    return Measure(value, lower, upper, people, of, *about)


ROUTE = share(8.46, 6.6, 10.9, 55, 650)
NOTHING = share(None, None, None, None, None)


def test_the_headline_has_the_route_and_the_orders_where_they_are_held():
    told = words.headline(ROUTE, orders(60, 78), "Barnet", "2021/22")

    assert told == (
        "In 2021/22, 8% (7% to 11%) of adults starting treatment in Barnet were referred by the "
        "criminal justice system; in the twelve months to April 2023, 78 treatment orders were "
        "started."
    )


def test_returns_that_were_not_received_are_said_to_be_so():
    told = words.headline(ROUTE, orders(), "Barnet", "2021/22")

    assert told.endswith(
        "no whole year of the returns on custody, courts and prison has been received."
    )
    elsewhere = words.headline(NOTHING, orders(), "Camden", "2021/22")
    assert elsewhere.startswith("No numbers of who refers adults to treatment are held for Camden")


def test_a_hidden_number_of_orders_is_put_in_words():
    """Never a number, and not that it is small."""
    told = words.headline(ROUTE, orders(60, MASKED), "Barnet", "2021/22")

    assert "a number withheld to protect people treatment orders" not in told
    assert "the number of treatment orders started is withheld to protect people" in told


def test_the_ends_of_the_rolling_years_are_named():
    assert words.orders_title(orders(60, MASKED)) == (
        "Orders started in the twelve months to March 2023 and in those to April 2023: "
        "all 60 and [c]"
    )
    assert words.orders_title(orders(60)) == (
        "Orders started in the twelve months to March 2023: all 60"
    )


def test_a_share_stands_with_its_counts():
    tested = share(49.9, 45.1, 54.7, 207, 415)

    assert words.share_title(tested, "Positive") == (
        "Positive: 50% (45% to 55%), 207 of 415, in 2023/24"
    )
    assert words.share_title(NOTHING, "Positive") == "Positive: no share can be shown"


def test_the_change_of_orders_names_its_windows():
    change = share(30.0, -8.0, 85.0, 78, None, CHANGE)

    assert words.orders_sentence(change) == (
        "Orders started in 2023/24 changed by +30% (\N{MINUS SIGN}8% to +85%) on the year before, "
        "a difference that may be chance."
    )
    assert "chance" not in words.orders_sentence(share(30.0, 8.0, 85.0, 78, None, CHANGE))
    assert words.orders_sentence(NOTHING) == ""


def test_referrals_are_those_of_the_latest_year():
    table = shown(
        {"year": "2022/23", "route": "total", "referrals": 20},
        {"year": "2023/24", "route": "custody", "referrals": MASKED},
        {"year": "2023/24", "route": "total", "referrals": 28},
    )

    assert words.police_referrals_title(table) == "Police referrals to treatment in 2023/24: 28"


def test_the_route_is_told_from_the_first_year_to_the_last():
    route = shown(
        {"year": "2020/21", "referred": 85, "started": 710, "percent": 11.97},
        {"year": "2021/22", "referred": 55, "started": 650, "percent": 8.46},
    )

    assert words.route_title(route, "Barnet") == (
        "Referred by the criminal justice system, of adults starting treatment in Barnet: "
        "12% in 2020/21 and 8% in 2021/22"
    )
    assert words.route_changed(route) == (
        "From 2020/21 to 2021/22 the share referred by the criminal justice system went from 12% "
        "to 8% of adults starting treatment (those referred fell from 85 to 55)."
    )
    assert words.route_changed(route.where(year="2021/22")) == ""


def test_referrals_from_court_that_are_hidden_have_a_marker():
    table = shown({"year": "2023/24", "referrals": MASKED})

    assert words.court_referrals_title(table).endswith("in 2023/24: [c]")
