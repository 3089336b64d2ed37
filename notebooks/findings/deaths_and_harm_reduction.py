"""What the figures of deaths in treatment and of harm reduction say, in sentences."""

from typing import Any

from cdpb import say
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import count_text, interval_text, percent_text, rate_text
from cdpb.statistics.measure import Measure

NOT_DRUG_RELATED = (
    "Deaths in treatment are deaths of any cause among people in treatment. They are not "
    "drug-related deaths, which are counted among all residents."
)
DEATHS_OF_ENGLAND = (
    "England's figures at hand give numbers in treatment alone, without deaths, and no figures "
    "for London are held, so there is no comparison with either in any year."
)


def headline(share: Measure, change: Measure, first: str, area: str, period: str) -> str:
    """The finding in one sentence: the share who died, and whether it has risen since the start."""
    if not share.known:
        return f"No figures of deaths in treatment in {area} are held."
    died = f"In {period}, {say.measured(share)} of adults in treatment in {area} died"
    return f"{died}{_since(change, first)}."


def _since(change: Measure, first: str) -> str:
    value, lower, upper = change.value, change.lower, change.upper
    if value is None or lower is None or upper is None:
        return ""
    limits = interval_text(lower, upper)
    if lower <= 1 <= upper:
        return (
            f"; neither a rise nor a fall since {first} is shown, because counts so small, rounded "
            f"to 5, allow anything from {limits} times the share of then"
        )
    how = "rise" if lower > 1 else "fall"
    return f"; a {how} since {first} is shown, to {rate_text(value)} times ({limits})"


def first_year(shares: PublishedTable) -> str:
    """The first year that a table has, or what to call it where it has none."""
    only_published(shares)
    return min((str(row["year"]) for row in say.rows_of(shares)), default="the first year held")


@say.of_rows
def deaths_title(shares: PublishedTable, area: str) -> str:
    """The share who died in the first year and in the last, with the last year's limits."""
    last = say.rows_of(shares, by="year")[-1]
    limits = interval_text(last["lower"], last["upper"], 1, "%")
    years = say.share_over_years(shares, say.ADULTS)
    return f"Died, of adults in treatment in {area}: {years} ({limits})"


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
def deaths_rounding(shares: PublishedTable) -> str:
    """How far the publisher's rounding to 5 leaves the latest share open."""
    row = say.rows_of(shares, by="year")[-1]
    deaths = f"{count_text(row['deaths'])} deaths in {row['year']} are rounded"
    return say.rounding_caveat(row, deaths, say.share_text(row, say.ADULTS))


@say.of_rows
def two_sources_sentence(ratio: PublishedTable) -> str:
    """Two counts that the documents quote, their ratio, and why it is no trend."""
    row = say.rows_of(ratio)[0]
    lower, upper = row["ratio_lower"], row["ratio_upper"]
    shown = "includes" if lower <= 1 <= upper else "leaves out"
    return (
        f"The documents quote {count_text(row['deaths_before'])} deaths in {row['previous_year']}, "
        f"from the yearly publication, and {count_text(row['deaths'])} in {row['year']}, from the "
        f"treatment provider: a rate ratio of {say.with_limits(row['rate_ratio'], lower, upper)}, "
        f"which {shown} no change. The two come from two sources, so no trend is claimed."
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
