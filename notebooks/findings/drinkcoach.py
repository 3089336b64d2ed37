"""What the figures of DrinkCoach say, in sentences."""

from typing import Any

from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import count_text, interval_text, list_text, rate_text
from cdpb.periods import month_name
from cdpb.say import moved, of_rows, rows_of, sentence, years_text

NO_CAMPAIGN, MONTHS = "none", 12
NOT_DRINKING = (
    "Use of DrinkCoach says nothing of how much people drink, and a rise in a campaign's month, "
    "where there is one, is not shown to be the campaign's doing."
)
NOTHING_PUBLIC = (
    "No public figures of DrinkCoach are held. What is public of the people whom help for alcohol "
    "reaches are those who start treatment for it."
)


def headline(
    against: PublishedTable, months: PublishedTable, activity: str, year: str, area: str
) -> str:
    """The finding in one sentence: each campaign month against the year's other months."""
    only_published(against)
    rows = [row for row in _of(against, activity, year) if row["campaign"] != NO_CAMPAIGN]
    if not rows:
        return sentence(
            f"{_why_not(months, activity, year, area)}, so whether it rises in campaign months "
            "can't be said"
        )
    told = [f"{_times(row)} in {_month(row)} ({row['campaign']})" for row in rows]
    return sentence(
        f"Over the median of the year's other months, DrinkCoach {activity} in {area} were "
        f"{list_text(told)}"
    )


def _why_not(months: PublishedTable, activity: str, year: str, area: str) -> str:
    """Hidden, no whole year with a campaign, or not received: each is said as what it is."""
    used = f"DrinkCoach {activity} in {area}"
    held = rows_of(months.where(activity=activity, year=year))
    if any(row["count"] is MASKED for row in held):
        return f"Months of {used} in {year} are hidden to protect small counts"
    if held:
        return f"No whole year of {used} with a campaign is held for {year}"
    return f"No whole year of {used} has been received, for {year} or earlier"


def _of(against: PublishedTable, activity: str, year: str) -> list[Any]:
    return rows_of(against.where(activity=activity, year=year), by="month")


def _month(row: Any) -> str:
    return month_name(row["month"])


def _times(row: Any) -> str:
    limits = interval_text(row["ratio_lower"], row["ratio_upper"])
    return f"{rate_text(row['times'])} times ({limits})"


@of_rows
def drinkcoach_title(months: PublishedTable, activity: str) -> str:
    """The month with most, of all that are shown."""
    rows = [row for row in rows_of(months.where(activity=activity)) if _number(row) is not None]
    if not rows:
        return ""
    top = max(rows, key=lambda row: row["count"])
    return f"Most DrinkCoach {activity} were in {_month(top)}, {count_text(top['count'])}"


def _number(row: Any) -> int | None:
    return row["count"] if isinstance(row["count"], int) else None


@of_rows
def campaigns_title(against: PublishedTable, activity: str, year: str) -> str:
    """Campaign months that stand out, and how many other months do as well."""
    rows = _of(against, activity, year)
    if not rows:
        return ""
    out = [row for row in rows if (row["ratio_lower"] or 0) > 1]
    campaigns = [row for row in out if row["campaign"] != NO_CAMPAIGN]
    declared = sum(row["campaign"] != NO_CAMPAIGN for row in rows)
    others = len(out) - len(campaigns)
    return (
        f"In {year}, {count_text(len(campaigns))} of {count_text(declared)} campaign months stood "
        f"above the other months, and {count_text(others)} of {count_text(len(rows) - declared)} "
        "months without a campaign"
    )


@of_rows
def drinkcoach_changed(months: PublishedTable, activity: str, year: str, before: str) -> str:
    """From one year's total to the next, where every month of both is shown."""
    then, now = (_counts(months, activity, each) for each in (before, year))
    if min(len(then), len(now)) < MONTHS:
        return ""
    return sentence(f"DrinkCoach {activity} {moved(sum(then), sum(now))} from {before} to {year}")


def _counts(months: PublishedTable, activity: str, year: str) -> list[int]:
    rows = rows_of(months.where(activity=activity, year=year))
    return [number for row in rows if (number := _number(row)) is not None]


@of_rows
def alcohol_starts_title(starts: PublishedTable, area: str) -> str:
    """Adults who started treatment for alcohol alone, first year and last."""
    rows = rows_of(starts, by="year")
    column = "started_treatment"
    told = years_text(rows, column, lambda row: count_text(row[column]))
    return f"Adults in {area} who started treatment for alcohol alone: {told}, rounded to 5"
