"""What the figures of young people in treatment say, in sentences."""

from cdpb import say
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable
from cdpb.periods import FIRST_MONTH, month_name
from cdpb.statistics.trend import POINTS

MARCH = FIRST_MONTH - 1


def headline(months: PublishedTable, area: str) -> str:
    """The finding in one sentence: how many in the twelve months to the latest, and before."""
    last, before = say.year_before(months)
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
    against = "; the year before is not held by the same method"
    if before is not None:
        against = f", compared with {say.people_text(before)} a year before"
    return f"{when}, {number}{against}."


@say.of_rows
def young_people_title(months: PublishedTable) -> str:
    """From the first month counted as today to the last."""
    return f"Young people in treatment: {say.first_and_last(months)}"


def young_people_changed(months: PublishedTable) -> str:
    """What the latest month shows against the same month a year before."""
    last, before = say.year_before(months)
    if last is None:
        return ""
    if before is None:
        return "The year before is not held by the same methodology, so no change is shown."
    return (
        f"Young people in treatment in the twelve months to {month_name(last['month'])}: "
        f"{say.people_text(last)}; a year before, {say.people_text(before)}."
    )


@say.of_rows
def years_to_march(months: PublishedTable) -> str:
    """Why no five-year trend is calculated, where fewer than five years are counted alike."""
    last, _ = say.year_before(months)
    alike = months.where(methodology=last["methodology"])
    marches = [row for row in say.rows_of(alike) if row["month"].month == MARCH]
    if len(marches) >= POINTS:
        return ""
    return (
        f"No five-year trend is calculated: we hold only {len(marches)} of {POINTS} years to March "
        "by one method."
    )
