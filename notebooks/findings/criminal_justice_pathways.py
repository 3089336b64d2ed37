"""What the figures of police, courts and prison say, in sentences."""

from typing import Any

from cdpb import say
from cdpb.disclosure.declared import TOTAL
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import count_text
from cdpb.periods import month_name
from cdpb.statistics.measure import Measure

ORDERS = {"ATR": "alcohol treatment", "DRR": "drug rehabilitation"}


def headline(
    route: Measure, orders: PublishedTable, area: str, period: str, care: Measure | None = None
) -> str:
    """The finding in one sentence: this route, orders, and care after prison where it is shown."""
    only_published(orders)
    first = f"No numbers of who refers adults to treatment are held for {area}"
    if route.known:
        first = (
            f"In {period}, {say.measured(route)} of adults starting treatment in {area} were "
            "referred by the criminal justice system"
        )
    clauses = [first, _orders(orders)]
    # A verdict on this measure reads as praise where its value is not beside it.
    if care is not None and care.known:
        clauses.append(
            f"in {care.period}, {say.measured(care)} of those released from prison in need of "
            "treatment were picked up within three weeks"
        )
    return say.sentence("; ".join(clauses))


def _orders(orders: PublishedTable) -> str:
    """Where the returns were received, the orders started over the latest twelve months."""
    rows = say.rows_of(orders.where(order=TOTAL), by="month")
    if not rows:
        return "no whole year of the returns on custody, courts and prison has been received"
    when = f"in the twelve months to {month_name(rows[-1]['month'])}"
    if rows[-1]["starts"] is MASKED:
        return f"{when}, the number of treatment orders started is withheld to protect people"
    return f"{when}, {count_text(rows[-1]['starts'])} treatment orders were started"


@say.of_rows
def route_title(route: PublishedTable, area: str) -> str:
    """The share by this route in the first year held and in the last."""
    return (
        f"Referred by the criminal justice system, of adults starting treatment in {area}: "
        f"{say.share_over_years(route)}"
    )


def route_changed(route: PublishedTable) -> str:
    """From the year before to the latest year held."""
    return say.change_sentence(
        route,
        lambda two: (
            f"the share referred by the criminal justice system went {two.shares()} of adults "
            f"starting treatment (those referred {two.moved('referred')})"
        ),
    )


@say.of_rows
def orders_title(orders: PublishedTable) -> str:
    """Each kind of order over the first twelve months shown and over the last."""
    kinds = dict.fromkeys(str(row["order"]) for row in say.rows_of(orders))
    each = [_ends(say.rows_of(orders.where(order=kind), by="month"), kind) for kind in kinds]
    months = sorted({str(row["month"]) for row in say.rows_of(orders)})
    ends = dict.fromkeys(month_name(month) for month in (months[0], months[-1]))
    when = " and in those to ".join(ends)
    return f"Orders started in the twelve months to {when}: {'; '.join(each)}"


def _ends(rows: list[Any], kind: str) -> str:
    name = "all" if kind == TOTAL else f"{ORDERS[kind]} ({kind})" if kind in ORDERS else kind
    ends = [_shown(row["starts"]) for row in (rows[0], rows[-1])]
    return f"{name} {' and '.join(ends if len(rows) > 1 else ends[:1])}"


def _shown(value: Any) -> str:
    return "[c]" if value is MASKED else count_text(value)


def orders_sentence(change: Measure) -> str:
    """Orders in the latest financial year against the one before."""
    if not change.known:
        return ""
    unsure = (change.lower or 0) <= 0 <= (change.upper or 0)
    chance = ", a difference that may be chance" if unsure else ""
    return (
        f"Orders started in {change.period} changed by {change.text} ({change.limits_text}) on the "
        f"year before{chance}."
    )


def share_title(share: Measure, what: str) -> str:
    """``Drug tests that were positive: 49% (44% to 54%), 204 of 415, in 2023/24``."""
    if not share.known:
        return f"{what}: no share can be shown"
    of = say.out_of(share.numerator, share.denominator)
    return f"{what}: {say.measured(share)}, {of}, in {share.period}"


@say.of_rows
def police_referrals_title(referrals: PublishedTable) -> str:
    """All referrals in the latest year held."""
    row = say.rows_of(referrals.where(route=TOTAL), by="year")[-1]
    return f"Police referrals to treatment in {row['year']}: {_shown(row['referrals'])}"


@say.of_rows
def court_referrals_title(referred: PublishedTable) -> str:
    """Referrals for assessment in the latest year held."""
    row = say.rows_of(referred, by="year")[-1]
    number = _shown(row["referrals"])
    return f"Referrals from court and probation for assessment in {row['year']}: {number}"
