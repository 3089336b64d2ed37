"""What the figures of DrinkCoach say, in sentences."""

from typing import Any

from cdpb import say
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import count_text, interval_text, list_text, rate_text
from cdpb.periods import month_name

NO_CAMPAIGN, MONTHS = "none", 12
NOT_DRINKING = (
    "Use of DrinkCoach does not show how much people drink, and a busy month does not show that a "
    "campaign caused it."
)
NOTHING_PUBLIC = (
    "There are no public figures of DrinkCoach. The nearest are of adults who start treatment for "
    "alcohol."
)


def headline(
    against: PublishedTable, months: PublishedTable, activity: str, year: str, area: str
) -> str:
    """The finding in one sentence: each campaign month against the year's other months."""
    only_published(against)
    rows = [row for row in _of(against, activity, year) if row["campaign"] != NO_CAMPAIGN]
    if not rows:
        why_not = _why_not(months, activity, year, area)
        return f"{why_not}, so whether use rises in campaign months can't be said."
    times = list_text(map(_times, rows))
    usual = "a usual month (the median of the year's other months)"
    return f"Against {usual}, DrinkCoach {activity} in {area} were {times}."


def _why_not(months: PublishedTable, activity: str, year: str, area: str) -> str:
    """Hidden, no whole year with a campaign, or not received: each is said as what it is."""
    used = f"DrinkCoach {activity} in {area}"
    rows = _of(months, activity, year)
    if any(row["count"] is MASKED for row in rows):
        return f"Months of {used} in {year} are hidden to protect small counts"
    if rows:
        return f"No whole year of {used} with a campaign is held for {year}"
    return f"No whole year of {used} has been received, for {year} or earlier"


def _of(shown: PublishedTable, activity: str, year: str) -> list[Any]:
    return say.rows_of(shown.where(activity=activity, year=year), by="month")


def _times(row: Any) -> str:
    limits = interval_text(row["ratio_lower"], row["ratio_upper"])
    when = f"{month_name(row['month'])} ({row['campaign']})"
    return f"{rate_text(row['times'])} times as many ({limits}) in {when}"


@say.of_rows
def drinkcoach_title(months: PublishedTable, activity: str) -> str:
    """The month with most, of all that are shown."""
    rows = [
        row for row in say.rows_of(months.where(activity=activity)) if isinstance(row["count"], int)
    ]
    if not rows:
        return ""
    top = max(rows, key=lambda row: row["count"])
    when, number = month_name(top["month"]), count_text(top["count"])
    return f"The month with most DrinkCoach {activity} was {when}, with {number}"


@say.of_rows
def campaigns_title(against: PublishedTable, activity: str, year: str) -> str:
    """Campaign months that stand out, and how many other months do as well."""
    rows = _of(against, activity, year)
    if not rows:
        return ""
    campaigns = _above([row for row in rows if row["campaign"] != NO_CAMPAIGN])
    others = _above([row for row in rows if row["campaign"] == NO_CAMPAIGN])
    return (
        f"Months of {year} that stood above the others: {campaigns} with a campaign and {others} "
        "without"
    )


def _above(rows: list[Any]) -> str:
    """``2 of 3``: how many months stand above the others, of how many."""
    return say.out_of(sum((row["ratio_lower"] or 0) > 1 for row in rows), len(rows))


@say.of_rows
def drinkcoach_changed(months: PublishedTable, activity: str, year: str, before: str) -> str:
    """From one year's total to the next, where every month of both is shown."""
    totals = []
    for each in (before, year):
        counts = [row["count"] for row in _of(months, activity, each)]
        if sum(isinstance(count, int) for count in counts) < MONTHS:
            return ""
        totals.append(sum(counts))
    return f"From {before} to {year} DrinkCoach {activity} {say.moved(*totals)}."


@say.of_rows
def alcohol_starts_title(starts: PublishedTable, area: str) -> str:
    """Adults who started treatment for alcohol alone, first year and last."""
    years = say.counted_over_years(starts, "started_treatment")
    who = f"Adults in {area} who started treatment for alcohol alone"
    return f"{who}: {years}, rounded to the nearest 5"
