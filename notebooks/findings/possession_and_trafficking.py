"""Sentences and statistics of possession and trafficking."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cdpb import say
from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, list_text, rate_text, rounded_text, within_sentence
from cdpb.periods import FinancialYear, financial_years_of, month_name
from cdpb.statistics.about import passed_on
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.intervals import odds_of_two_counts
from cdpb.statistics.measure import Measure
from cdpb.statistics.places import ALL_OFFENCES, change_on_year_before
from cdpb.statistics.rates import total_by
from cdpb.statistics.windows import complete_financial_years

OFFENCES = ["possession", "trafficking"]
RATIOS = ["place", "year", *OFFENCES, "ratio", "ratio_lower", "ratio_upper"]
# A year that begins in July is a financial year three months late.
JULY_AFTER_APRIL = 3


def headline(ratio: Measure, elsewhere: Measure, period: str) -> str:
    """The finding in one sentence: how many possession offences to one of trafficking."""
    if not ratio.known:
        return f"No year of recorded drug offences is held for {period} or earlier."
    against = say.SIDES.get(compare_measures(ratio, elsewhere), "beside")
    value = say.with_limits(ratio.value, ratio.lower, ratio.upper)
    return (
        f"In {period}, {ratio.label} recorded {count_text(ratio.numerator or 0)} possession and "
        f"{count_text(ratio.denominator or 0)} trafficking offences: {value} of possession to each "
        f"of trafficking, {against} {rounded_text(elsewhere.value, 2)} in the "
        f"{within_sentence(elsewhere.label)}."
    )


@say.of_rows
def ratios_title(ratios: PublishedTable, area: str) -> str:
    """The ratio in the first year held and in the last, here and elsewhere."""
    names = dict.fromkeys([area, *(str(row["place"]) for row in say.rows_of(ratios))])
    rows = {name: say.rows_of(ratios.where(place=name), by="year") for name in names}
    places = [
        f"{name} {say.years_text(own, 'ratio', lambda row: rate_text(row['ratio'], 2))}"
        for name, own in rows.items()
    ]
    return f"Possession offences to one of trafficking: {'; '.join(places)}"


@say.of_rows
def offences_by_month_title(months: PublishedTable) -> str:
    """Each kind of offence in the year shown against the year before."""
    table = months.to_frame()
    years = financial_years_of(table["month"])
    sums = table.groupby(["offence", years])["offences"].sum().unstack()
    if sums.shape[1] < 2:
        return ""
    kinds = [f"{offence} {say.moved(*sums.loc[offence].iloc[-2:])}" for offence in OFFENCES]
    return f"From {sums.columns[-2]} to {sums.columns[-1]}, {list_text(kinds)}"


@say.of_rows
def against_elsewhere_title(change: PublishedTable, area: str) -> str:
    """How possession and trafficking moved here, against the rest of London."""
    return f"In {area}, {_each_against(change)}"


def _each_against(change: PublishedTable) -> str:
    """``trafficking rose from 347 to 538, more than elsewhere``, and the other kind."""
    rows = (say.row_where(change, offence=offence) for offence in OFFENCES)
    return "; ".join(f"{row['offence']} {_moved(row)}, {_side(row)} elsewhere" for row in rows)


def _moved(row: Any) -> str:
    return say.moved(row["offences_before"], row["offences"])


def _side(row: Any) -> str:
    """Whether the area's change lies wholly above or below the change elsewhere."""
    if row["relative_lower"] <= 1 <= row["relative_upper"]:
        return "much as"
    rose, rose_elsewhere = row["rate_ratio"] > 1, row["elsewhere_ratio"] > 1
    if rose != rose_elsewhere:
        return "unlike"
    return "more than" if (row["relative_lower"] > 1) == rose else "less than"


@say.of_rows
def to_june_sentence(to_june: PublishedTable, area: str) -> str:
    """The two years to the last June held: all offences, then each kind."""
    row = say.row_where(to_june, offence=ALL_OFFENCES)
    when = f"Between {row['previous_period']} and {row['period']}"
    return f"{when} {_all_and_each(to_june, area)}."


@say.of_rows
def to_june_title(to_june: PublishedTable, area: str) -> str:
    """All offences between the two years to June, and the ratio against elsewhere."""
    row = say.row_where(to_june, offence=ALL_OFFENCES)
    relative = say.with_limits(row["relative_ratio"], row["relative_lower"], row["relative_upper"])
    return (
        f"{say.possessive(area)} drug offences {_moved(row)} between the twelve months to June; "
        f"divided by the change in the rest of London that is {relative}"
    )


@say.of_rows
def supply_changed(change: PublishedTable, area: str) -> str:
    """What changed since the year before."""
    row = say.row_where(change, offence=ALL_OFFENCES)
    return f"Since {row['previous_year']} {_all_and_each(change, area)}."


def _all_and_each(change: PublishedTable, area: str) -> str:
    """How all drug offences moved, and each kind by itself."""
    row = say.row_where(change, offence=ALL_OFFENCES)
    return f"{say.possessive(area)} drug offences {_moved(row)}: {_each_against(change)}"


@say.of_rows
def outcomes_title(outcomes: PublishedTable) -> str:
    """Positive outcomes for each hundred offences, in the latest year."""
    latest = max(str(row["year"]) for row in say.rows_of(outcomes))
    shares = [
        f"{rate_text(row['outcomes_per_100'], 0)} for each 100 offences of {row['offence']}"
        for row in say.rows_of(outcomes.where(year=latest))
    ]
    return f"Positive outcomes recorded in {latest}: {list_text(shares)}"


def possession_to_trafficking(places: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """How many possession offences to one of trafficking, for whole financial years.

    ``places`` are monthly offences by what a reader calls the place. One row per place and year:
    the two counts, and their ``ratio`` with ``ratio_lower`` and ``ratio_upper``.
    """
    every = [_of_place(name, offences) for name, offences in places.items()]
    table = pd.concat(every, ignore_index=True)
    return passed_on(
        table[RATIOS],
        next(iter(places.values())),
        value="ratio",
        unit="times",
        numerator="possession",
        denominator="trafficking",
        method="Wilson score limits of possession's share, turned into odds",
    )


def _of_place(name: str, offences: pd.DataFrame) -> pd.DataFrame:
    sums = total_by(complete_financial_years(offences), ["year", "offence"])
    wide = sums.pivot(index="year", columns="offence", values="offences")
    wide = wide.reindex(columns=OFFENCES).reset_index()
    odds = odds_of_two_counts(wide["possession"], wide["trafficking"])
    limits = {"lower": "ratio_lower", "upper": "ratio_upper"}
    return wide.assign(place=name, **odds.rename(columns=limits))


def change_to_june(offences: pd.DataFrame, year: str, area: str) -> pd.DataFrame:
    """The twelve months to the last June of a financial year against the twelve before.

    Of monthly offences in every borough: as `change_on_year_before`, with ``period`` and
    ``previous_period`` ("July 2022 to June 2023") in place of the years.
    """
    last = FinancialYear.parse(year).previous()
    late = passed_on(offences.assign(month=offences["month"] - JULY_AFTER_APRIL), offences)
    changes = change_on_year_before(late, str(last), area)
    periods = {"period": _to_june(last), "previous_period": _to_june(last.previous())}
    named = changes.assign(**periods).drop(columns=["year", "previous_year"], errors="ignore")
    return passed_on(named, changes, period=periods["period"])


def _to_june(year: FinancialYear) -> str:
    months = year.months + JULY_AFTER_APRIL
    return f"{month_name(months[0])} to {month_name(months[-1])}"


def positive_outcomes(dashboard: pd.DataFrame) -> pd.DataFrame:
    """Positive ``outcomes`` for each hundred ``offences``, by whole year and kind of offence.

    An outcome is dated by the month in which it was decided, often after that of its offence, so
    there can be more outcomes than offences and ``outcomes_per_100`` can pass 100.
    """
    years = complete_financial_years(dashboard, "count")
    sums = total_by(years, ["year", "offence", "measure"], "count")
    wide = sums.pivot(index=["year", "offence"], columns="measure", values="count")
    wide = wide.reindex(columns=["offences", "positive outcomes"]).reset_index()
    table = wide.rename(columns={"positive outcomes": "outcomes"})
    per_100 = 100 * table["outcomes"] / table["offences"].where(table["offences"] > 0)
    return passed_on(table.assign(outcomes_per_100=per_100), dashboard)
