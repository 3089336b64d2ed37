"""What the figures of young people in treatment say, in sentences."""

from typing import Any

from cdpb import say
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import interval_text, rounded_text
from cdpb.periods import FIRST_MONTH, month_name
from cdpb.statistics.measure import Measure
from cdpb.statistics.trend import POINTS

MARCH = FIRST_MONTH - 1


def headline(months: PublishedTable, change: Measure, area: str) -> str:
    """The finding in one sentence: how many in the twelve months to the latest, and the change."""
    last = _last(months)
    if last is None:
        return (
            f"How many young people are in treatment in {area} can't be said: no whole year of the "
            "monthly figures has been received."
        )
    when = f"In the twelve months to {month_name(last['month'])}"
    if last["people"] is MASKED:
        number = f"the number of young people in treatment in {area}"
        return f"{when}, {number} is withheld to protect people."
    number = f"{say.people_text(last)} young people were in treatment in {area}"
    return f"{when}, {number}{_changed(change)}."


def _changed(change: Measure) -> str:
    if change.value is None or change.lower is None or change.upper is None:
        return "; the change since the year before is not known"
    limits = interval_text(change.lower, change.upper, 2)
    fell = "a fall" if change.upper < 1 else "no change is shown"
    side = "a rise" if change.lower > 1 else fell
    return f", {rounded_text(change.value, 2)} times ({limits}) those of the year before: {side}"


@say.of_rows
def young_people_title(months: PublishedTable) -> str:
    """From the first month counted as today to the last."""
    return f"Young people in treatment in twelve months: {say.first_and_last(months)}"


def young_people_changed(months: PublishedTable) -> str:
    """What the latest month shows against the same month a year before."""
    last = _last(months)
    if last is None:
        return ""
    before = say.row_where(months, month=last["month"] - 12)
    if before is None or before["methodology"] != last["methodology"]:
        return "The year before is not held by the same methodology, so no change is shown."
    return (
        f"Young people in treatment in the twelve months to {month_name(last['month'])}: "
        f"{say.people_text(last)}; a year before, {say.people_text(before)}."
    )


@say.of_rows
def years_to_march(months: PublishedTable) -> str:
    """Why no five-year trend is calculated, where fewer than five years are counted alike."""
    alike = months.where(methodology=_last(months)["methodology"])
    marches = [row for row in say.rows_of(alike) if row["month"].month == MARCH]
    if len(marches) >= POINTS:
        return ""
    return (
        f"No five-year trend is calculated: {len(marches)} of {POINTS} years to March are held by "
        "one method."
    )


def march_to_march(change: Measure) -> str:
    """Which two windows a change is of; nothing without one."""
    years = f"The twelve months to March at the end of {change.period}, against the twelve before."
    return years if change.known else ""


def _last(months: PublishedTable) -> Any:
    rows = say.rows_of(months, by="month")
    return rows[-1] if rows else None
