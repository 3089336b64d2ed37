"""What the figures of deaths in treatment and of harm reduction say, in sentences."""

from typing import Any

from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import count_text, interval_text, percent_text, rate_text
from cdpb.say import measured, moved, of_rows, rows_of, sentence, years_text
from cdpb.statistics.measure import Measure

NOT_DRUG_RELATED = (
    "Deaths in treatment are deaths of any cause among people in treatment. They are not "
    "drug-related deaths, which are counted among all residents."
)
DEATHS_OF_ENGLAND = (
    "England's figures at hand give numbers in treatment alone, without deaths, and no figures "
    "for London are held, so there is no comparison with either in any year."
)
PROVIDER_APART = (
    "The provider counts deaths by rules of its own. Its figures stand apart from the yearly "
    "publication above and are never joined to it."
)


def headline(share: Measure, change: Measure, first: str, area: str, period: str) -> str:
    """The finding in one sentence: the share who died, and whether it has risen since the start."""
    if not share.known:
        return sentence(f"No figures of deaths in treatment in {area} are held")
    said = f"In {period}, {measured(share)} of adults in treatment in {area} died"
    return sentence(f"{said}{_since(change, first)}")


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
    return min((str(row["year"]) for row in shares.rows()), default="the first year held")


@of_rows
def deaths_title(shares: PublishedTable, area: str) -> str:
    """The share who died in the first year and in the last, with the last year's limits."""
    rows = rows_of(shares, by="year")
    limits = interval_text(rows[-1]["lower"], rows[-1]["upper"], 1, "%")
    return (
        f"Died, of adults in treatment in {area}: {years_text(rows, 'percent', _share)} ({limits})"
    )


def _share(row: Any) -> str:
    return percent_text(row["percent"], row["adults"])


@of_rows
def deaths_changed(shares: PublishedTable) -> str:
    """From the year before to the latest: deaths, and adults in treatment, rounded."""
    rows = rows_of(shares, by="year")
    if len(rows) < 2:
        return ""
    before, after = rows[-2:]
    return sentence(
        f"From {before['year']} to {after['year']} deaths "
        f"{moved(before['deaths'], after['deaths'])} and adults in treatment "
        f"{moved(before['adults'], after['adults'])}, each rounded to the nearest 5; the change "
        "may be rounding or chance"
    )


@of_rows
def deaths_rounding(shares: PublishedTable) -> str:
    """How far the publisher's rounding to 5 leaves the latest share open."""
    row = rows_of(shares, by="year")[-1]
    limits = interval_text(row["lowest_percent"], row["highest_percent"], 1, "%")
    return sentence(
        f"{count_text(row['deaths'])} deaths in {row['year']} are rounded to the nearest 5, so the "
        f"share of {_share(row)} could be anything from {limits} apart from any chance variation"
    )


@of_rows
def two_sources_sentence(ratio: PublishedTable) -> str:
    """Two counts that the documents quote, their ratio, and why it is no trend."""
    row = rows_of(ratio)[0]
    lower, upper = row["ratio_lower"], row["ratio_upper"]
    shown = "includes" if lower <= 1 <= upper else "leaves out"
    return sentence(
        f"The documents quote {count_text(row['deaths_before'])} deaths in {row['previous_year']}, "
        f"from the yearly publication, and {count_text(row['deaths'])} in {row['year']}, from the "
        f"treatment provider: a rate ratio of {rate_text(row['rate_ratio'], 2)} "
        f"({interval_text(lower, upper, 2)}), which {shown} no change. The two come from two "
        "sources, so no trend is claimed"
    )


@of_rows
def provider_title(provider: PublishedTable) -> str:
    """The provider's own count in the latest year."""
    row = rows_of(provider, by="year")[-1]
    return f"Deaths in treatment by the provider's own count: {_count(row, 'deaths')}"


@of_rows
def naloxone_title(naloxone: PublishedTable) -> str:
    """The share who hold naloxone in the latest quarter."""
    row = rows_of(naloxone.where(holding="yes"), by="quarter")[-1]
    when = f"in {row['quarter']}"
    if row["percent_holding"] is MASKED:
        return f"Naloxone {when} is not shown, to protect people"
    limits = interval_text(row["lower"], row["upper"], 0, "%")
    share = percent_text(row["percent_holding"], 0)
    return f"{share} ({limits}) of heroin users in the service held naloxone {when}"


@of_rows
def strips_title(strips: PublishedTable) -> str:
    """Strips issued in the latest year, and why positive results are no prevalence."""
    row = rows_of(strips.where(result="issued"), by="year")[-1]
    return f"Nitazene test strips issued: {_count(row, 'strips')}"


def _count(row: Any, column: str) -> str:
    value = row[column]
    if value is MASKED:
        return f"not shown for {row['year']}, to protect people"
    return f"{count_text(value)} in {row['year']}"
