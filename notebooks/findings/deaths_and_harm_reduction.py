"""What the figures of deaths in treatment and of harm reduction say, in sentences."""

from typing import Any

from cdpb import say
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable
from cdpb.findings.documents import Quote
from cdpb.numbers import change_text, count_text, interval_text, list_text, percent_text
from cdpb.statistics.measure import Measure

NOT_DRUG_RELATED = (
    "Deaths in treatment are deaths of any cause among people in treatment. They are not "
    "drug-related deaths, which are counted among all residents."
)
NOT_LONDON = "We hold no figures of deaths in treatment in London."


def headline(change: PublishedTable, share: Measure, area: str, period: str) -> str:
    """The finding in one sentence: deaths in the latest year and in the first, and their course."""
    row = say.row_where(change)
    if row is None and not share.known:
        return f"No figures of deaths in treatment in {area} are held."
    if row is None:
        return f"In {period}, {say.measured(share)} of adults in treatment in {area} died."
    return (
        f"In {period}, {count_text(row['after'])} adults in treatment in {area} died, against "
        f"{count_text(row['before'])} in {row['previous_year']}, both rounded to the nearest 5; "
        f"{_course(row)}."
    )


def _course(row: Any) -> str:
    years = f"over all {count_text(row['years'])} years"
    if row["widest_lower"] <= 0 <= row["widest_upper"]:
        way = "up" if row["percent_a_year"] > 0 else "down"
        return f"{years} the count points {way}, but is too small to tell a change from chance"
    return f"{years} deaths {'rose' if row['percent_a_year'] > 0 else 'fell'} by {_a_year(row)}"


def _a_year(row: Any) -> str:
    limits = interval_text(row["percent_lower"], row["percent_upper"], 1, "%")
    return f"{percent_text(row['percent_a_year'])} a year ({limits})"


@say.of_rows
def deaths_then_and_now(change: PublishedTable) -> str:
    """What the first count and the last may have been before they were rounded."""
    row = say.row_where(change)
    now, then = (
        interval_text(row[f"{end}_lowest"], row[f"{end}_highest"], 0) for end in ("after", "before")
    )
    return f"Before rounding, {now} in {row['year']} and {then} in {row['previous_year']}."


@say.of_rows
def change_a_year(change: PublishedTable) -> str:
    """The change a year over the window, by chance alone and with rounding."""
    row = say.row_where(change)
    widest = interval_text(row["widest_lower"], row["widest_upper"], 1, "%")
    years = f"{count_text(row['years'])} years, {row['previous_year']} to {row['year']}"
    return (
        f"Over all {years}, the change in deaths is {_a_year(row)}; over all counts that the "
        f"publisher's rounding allows, these limits reach {widest}."
    )


def in_england(quotes: list[Quote]) -> str:
    """Of which year England's share is quoted."""
    years = list_text(each.period for each in quotes)
    return years and f"England's share who died is quoted below, for {years}, and is not compared."


@say.of_rows
def deaths_title(shares: PublishedTable, area: str) -> str:
    """Deaths in the first year and in the last, with a turn between where there is one."""
    deaths = say.counted_over_years(shares, "deaths")
    return f"Deaths of adults in treatment in {area}: {deaths}, each rounded to the nearest 5"


def deaths_changed(shares: PublishedTable) -> str:
    """From the year before to the latest: deaths, and adults in treatment, rounded."""
    return say.change_sentence(
        shares,
        lambda two: (
            f"deaths {two.moved('deaths')} and adults in treatment {two.moved('adults')}, each "
            "rounded to the nearest 5; the change may be rounding or chance"
        ),
    )


@say.of_rows
def two_sources_sentence(ratio: PublishedTable) -> str:
    """Two counts that the documents quote, their ratio, and why it is no trend."""
    row = say.rows_of(ratio)[0]
    limits = row["change_lower"], row["change_upper"]
    change, lower, upper = map(change_text, (row["change"], *limits))
    shown = "so no change is shown" if limits[0] <= 0 <= limits[1] else "more than chance"
    return (
        f"The documents quote {count_text(row['deaths_before'])} deaths in {row['previous_year']}, "
        f"from the yearly publication, and {count_text(row['deaths'])} in {row['year']}, from the "
        f"treatment provider: {change} ({lower} to {upper}), {shown}. The two come from "
        "two sources, so no trend is claimed."
    )


@say.of_rows
def provider_title(provider: PublishedTable) -> str:
    """The provider's own count in the latest year."""
    row = say.rows_of(provider, by="year")[-1]
    return f"Deaths in treatment by the provider's own count: {_count(row, 'deaths')}"


@say.of_rows
def naloxone_title(naloxone: PublishedTable) -> str:
    """The share who hold naloxone in the latest quarter."""
    row = say.rows_of(naloxone.where(holding="yes"), by="quarter")[-1]
    when = f"in {row['quarter']}"
    if row["percent_holding"] is MASKED:
        return f"Naloxone {when} is not shown, to protect people"
    limits = interval_text(row["lower"], row["upper"], 0, "%")
    share = percent_text(row["percent_holding"], 0)
    return f"{share} ({limits}) of heroin users in the service held naloxone {when}"


@say.of_rows
def strips_title(strips: PublishedTable) -> str:
    """Strips issued in the latest year; positive results are no prevalence."""
    row = say.rows_of(strips.where(result="issued"), by="year")[-1]
    return f"Nitazene test strips issued: {_count(row, 'strips')}"


def _count(row: Any, column: str) -> str:
    if row[column] is MASKED:
        return f"not shown for {row['year']}, to protect people"
    return f"{count_text(row[column])} in {row['year']}"
