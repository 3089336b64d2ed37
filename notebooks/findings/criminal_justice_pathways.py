"""What the figures of police, courts and prison say, in sentences."""

from typing import Any

from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import TOTAL, PublishedTable, only_published
from cdpb.numbers import (
    count_text,
    interval_text,
    list_text,
    percent_text,
    rounded_text,
)
from cdpb.periods import month_name
from cdpb.say import measured, of_rows, row_where, rows_of, sentence, years_text
from cdpb.statistics.measure import Measure


def headline(
    route: Measure,
    orders: PublishedTable,
    area: str,
    period: str,
    continuity: Measure | None = None,
) -> str:
    """The finding in one sentence: who comes by this route, orders, and care after prison.

    Parameters
    ----------
    continuity : Measure, optional
        The share picked up after release; given where the edition may show it.
    """
    only_published(orders)
    told = _orders(orders, area)
    if route.known:
        first = (
            f"In {period}, {measured(route)} of adults starting treatment in {area} were referred "
            f"by the criminal justice system"
        )
    else:
        first = f"No numbers of who refers adults to treatment are held for {area}"
    return sentence("; ".join(filter(None, [first, told, _after_prison(continuity)])))


def _after_prison(continuity: Measure | None) -> str:
    """A verdict on this measure reads as praise where its value is not beside it."""
    if continuity is None or not continuity.known:
        return ""
    return (
        f"in {continuity.period}, {measured(continuity)} of those released from prison in need of "
        "treatment were picked up within three weeks"
    )


def _orders(orders: PublishedTable, area: str) -> str:
    """Where the returns were received, the orders started over the latest twelve months."""
    rows = rows_of(orders.where(order=TOTAL), by="month")
    if not rows:
        return "no whole year of the returns on custody, courts and prison has been received"
    when = f"in the twelve months to {month_name(rows[-1]['month'])}"
    if rows[-1]["starts"] is MASKED:
        return f"{when}, the number of treatment orders started is withheld to protect people"
    return f"{when}, {count_text(rows[-1]['starts'])} treatment orders were started"


@of_rows
def route_title(route: PublishedTable, area: str) -> str:
    """The share by this route in the first year held and in the last."""
    rows = rows_of(route, by="year")
    told = years_text(rows, "percent", lambda row: _percent(row, "started"))
    return (
        f"Referred by the criminal justice system, of adults starting treatment in {area}: {told}"
    )


def _percent(row: Any, whole: str) -> str:
    return percent_text(row["percent"], row[whole])


@of_rows
def route_changed(route: PublishedTable) -> str:
    """From the year before to the latest year held."""
    rows = rows_of(route, by="year")
    if len(rows) < 2:
        return ""
    told = [
        f"{_percent(row, 'started')} ({count_text(row['referred'])} of "
        f"{count_text(row['started'])}) in {row['year']}"
        for row in rows[-2:]
    ]
    return sentence(f"Referred by the criminal justice system: {list_text(told)}")


@of_rows
def orders_title(orders: PublishedTable) -> str:
    """Each kind of order over the first twelve months shown and over the last."""
    kinds = dict.fromkeys(str(row["order"]) for row in rows_of(orders))
    told = [_ends(rows_of(orders.where(order=kind), by="month"), kind) for kind in kinds]
    months = sorted({str(row["month"]) for row in rows_of(orders)})
    ends = dict.fromkeys(month_name(month) for month in (months[0], months[-1]))
    return f"Orders started in twelve months, to {' and to '.join(ends)}: {'; '.join(told)}"


def _ends(rows: list[Any], kind: str) -> str:
    name = "all" if kind == TOTAL else kind
    ends = [_shown(row["starts"]) for row in (rows[0], rows[-1])]
    return f"{name} {' and '.join(ends if len(rows) > 1 else ends[:1])}"


def _shown(value: Any) -> str:
    return "[c]" if value is MASKED else count_text(value)


def orders_sentence(change: Measure) -> str:
    """Orders in the latest twelve months to March against the twelve before."""
    if not change.known:
        return ""
    limits = interval_text(change.lower, change.upper, 2)
    return sentence(
        f"Orders started in the twelve months to March at the end of {change.period} were "
        f"{rounded_text(change.value, 2)} times ({limits}) those of the twelve before"
    )


def share_title(share: Measure, what: str) -> str:
    """``Drug tests that were positive: 49% (44% to 54%), 204 of 415, in 2023/24``."""
    if not share.known:
        return f"{what}: no share can be shown"
    of = f"{count_text(share.numerator or 0)} of {count_text(share.denominator or 0)}"
    return f"{what}: {measured(share)}, {of}, in {share.period}"


@of_rows
def police_referrals_title(referrals: PublishedTable) -> str:
    """All referrals in the latest year held."""
    latest = max(str(row["year"]) for row in rows_of(referrals))
    row = row_where(referrals, year=latest, route=TOTAL)
    return f"Police referrals to treatment in {latest}: {_shown(row['referrals'])}"


@of_rows
def court_referrals_title(referred: PublishedTable) -> str:
    """Referrals for assessment in the latest year held."""
    row = rows_of(referred, by="year")[-1]
    number = _shown(row["referrals"])
    return f"Referrals from court and probation for assessment in {row['year']}: {number}"
