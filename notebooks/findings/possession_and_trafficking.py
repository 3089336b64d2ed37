"""What the figures of possession and trafficking say, in sentences."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import (
    count_text,
    interval_text,
    list_text,
    rate_text,
    rounded_text,
    within_sentence,
)
from cdpb.periods import FinancialYear, financial_years_of, month_name
from cdpb.say import (
    moved,
    of_rows,
    possessive,
    row_where,
    rows_of,
    sentence,
    years_text,
)
from cdpb.statistics.about import passed_on
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.intervals import odds_of_two_counts
from cdpb.statistics.measure import Measure
from cdpb.statistics.places import ALL_OFFENCES, change_on_year_before
from cdpb.statistics.rates import total_by
from cdpb.statistics.windows import complete_financial_years

BY_ITSELF = "possession", "trafficking"


def headline(ratio: Measure, elsewhere: Measure, period: str) -> str:
    """The finding in one sentence: how many possession offences to one of trafficking."""
    if not ratio.known:
        return sentence(f"No year of recorded drug offences is held for {period} or earlier")
    side = {"higher": "higher than", "lower": "lower than", "similar": "similar to"}
    against = side.get(compare_measures(ratio, elsewhere), "beside")
    where = within_sentence(elsewhere.label)
    there = f"{rounded_text(elsewhere.value, 2)} in the {where}"
    return sentence(
        f"In {period}, {ratio.label} recorded {count_text(ratio.numerator or 0)} possession and "
        f"{count_text(ratio.denominator or 0)} trafficking offences: {_two(ratio)} of possession "
        f"to each of trafficking, {against} {there}"
    )


def _two(ratio: Measure) -> str:
    """``0.97 (0.86 to 1.09)``."""
    value = rounded_text(ratio.value, 2)
    return (
        f"{value} ({interval_text(ratio.lower, ratio.upper, 2)})" if ratio.has_interval else value
    )


@of_rows
def ratios_title(ratios: PublishedTable, area: str) -> str:
    """The ratio in the first year held and in the last, here and elsewhere."""
    names = dict.fromkeys([area, *(str(row["place"]) for row in rows_of(ratios))])
    ends = [_ends(ratios, name) for name in names]
    return f"Possession offences to one of trafficking: {'; '.join(ends)}"


def _ends(ratios: PublishedTable, name: str) -> str:
    rows = rows_of(ratios.where(place=name), by="year")
    return f"{name} {years_text(rows, 'ratio', lambda row: rate_text(row['ratio'], 2))}"


@of_rows
def offences_by_month_title(months: PublishedTable) -> str:
    """Each kind of offence in the year shown against the year before."""
    table = months.to_frame()
    years = financial_years_of(table["month"])
    sums = table.groupby(["offence", years])["offences"].sum().unstack()
    if sums.shape[1] < 2:
        return ""
    told = [f"{offence} {moved(*sums.loc[offence].iloc[-2:])}" for offence in BY_ITSELF]
    return f"From {sums.columns[-2]} to {sums.columns[-1]}, {list_text(told)}"


@of_rows
def against_elsewhere_title(change: PublishedTable, area: str) -> str:
    """How possession and trafficking moved here, against the rest of London."""
    told = [_against(row_where(change, offence=offence)) for offence in BY_ITSELF]
    return f"In {area}, {'; '.join(told)}"


def _against(row: Any) -> str:
    """``trafficking rose from 347 to 538, more than elsewhere``."""
    return f"{row['offence']} {_moved(row)}, {_side(row)} elsewhere"


def _moved(row: Any) -> str:
    return moved(row["offences_before"], row["offences"])


def _side(row: Any) -> str:
    """Whether the area's change lies wholly above or below the change elsewhere."""
    if row["relative_lower"] <= 1 <= row["relative_upper"]:
        return "much as"
    rose, rose_elsewhere = row["rate_ratio"] > 1, row["elsewhere_ratio"] > 1
    if rose != rose_elsewhere:
        return "unlike"
    return "more than" if (row["relative_lower"] > 1) == rose else "less than"


@of_rows
def to_june_sentence(to_june: PublishedTable, area: str) -> str:
    """The two years to the last June held: all offences, then each kind."""
    row = row_where(to_june, offence=ALL_OFFENCES)
    when = f"Between {row['previous_period']} and {row['period']}"
    return sentence(f"{when} {_all_and_each(to_june, area)}")


@of_rows
def to_june_title(to_june: PublishedTable, area: str) -> str:
    """All offences between the two years to June, and the ratio against elsewhere."""
    row = row_where(to_june, offence=ALL_OFFENCES)
    limits = interval_text(row["relative_lower"], row["relative_upper"], 2)
    return (
        f"{possessive(area)} drug offences {_moved(row)} between the twelve months to June; "
        f"divided by the change in the rest of London that is "
        f"{rate_text(row['relative_ratio'], 2)} ({limits})"
    )


@of_rows
def supply_changed(change: PublishedTable, area: str) -> str:
    """What changed since the year before."""
    row = row_where(change, offence=ALL_OFFENCES)
    return sentence(f"Since {row['previous_year']} {_all_and_each(change, area)}")


def _all_and_each(change: PublishedTable, area: str) -> str:
    """How all drug offences moved, and each kind by itself."""
    told = [_against(row_where(change, offence=offence)) for offence in BY_ITSELF]
    row = row_where(change, offence=ALL_OFFENCES)
    return f"{possessive(area)} drug offences {_moved(row)}: {'; '.join(told)}"


@of_rows
def outcomes_title(outcomes: PublishedTable) -> str:
    """Positive outcomes for each hundred offences, in the latest year."""
    table = outcomes.to_frame()
    latest = table[table["year"] == table["year"].max()]
    told = [_outcomes(row) for _, row in latest.iterrows()]
    return f"Positive outcomes recorded in {latest['year'].iloc[0]}: {list_text(told)}"


def _outcomes(row: pd.Series) -> str:
    share = rate_text(row["outcomes_per_100"], 0)
    return f"{share} for each 100 offences of {row['offence']}"


# Statistics of this finding alone


OFFENCES = ["possession", "trafficking"]
RATIOS = ["place", "year", *OFFENCES, "ratio", "ratio_lower", "ratio_upper"]
# A year that begins in July is a financial year three months late.
JULY_AFTER_APRIL = 3


def possession_to_trafficking(places: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """How many possession offences to one of trafficking, year by year.

    Parameters
    ----------
    places : mapping of str to pandas.DataFrame
        What a reader calls the place, and its ``month``, ``offence`` and ``offences``.

    Returns
    -------
    pandas.DataFrame
        ``place``, ``year``, ``possession``, ``trafficking``, ``ratio``, ``ratio_lower`` and
        ``ratio_upper``, for financial years that are held whole.

    Examples
    --------
    >>> possession_to_trafficking({"Barnet": here, "Rest of London": elsewhere})
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
    """The twelve months to the last June of a year against the twelve before.

    Parameters
    ----------
    offences : pandas.DataFrame
        Monthly, every borough.
    year : str
        A financial year; its June is the last that it holds.
    area : str
        The borough.

    Returns
    -------
    pandas.DataFrame
        As `change_on_year_before`, with ``period`` and ``previous_period`` ("July 2022 to
        June 2023") in place of the years.
    """
    last = FinancialYear.parse(year).previous()
    late = passed_on(offences.assign(month=offences["month"] - JULY_AFTER_APRIL), offences)
    changes = change_on_year_before(late, str(last), area)
    named = {"period": _to_june(last), "previous_period": _to_june(last.previous())}
    told = changes.assign(**named).drop(columns=["year", "previous_year"], errors="ignore")
    return passed_on(told, changes, period=named["period"])


def _to_june(year: FinancialYear) -> str:
    months = year.months + JULY_AFTER_APRIL
    return f"{month_name(months[0])} to {month_name(months[-1])}"


def positive_outcomes(dashboard: pd.DataFrame) -> pd.DataFrame:
    """Positive outcomes for each hundred offences, by year and kind of offence.

    An outcome is dated by the month in which it was decided, often after that of its
    offence, so there can be more outcomes than offences and the number can pass 100.

    Parameters
    ----------
    dashboard : pandas.DataFrame
        ``month``, ``offence``, ``measure`` (offences, positive outcomes) and ``count``.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``offence``, ``offences``, ``outcomes`` and ``outcomes_per_100``, for
        financial years that are held whole.
    """
    years = complete_financial_years(dashboard, "count")
    sums = total_by(years, ["year", "offence", "measure"], "count")
    wide = sums.pivot(index=["year", "offence"], columns="measure", values="count")
    wide = wide.reindex(columns=["offences", "positive outcomes"]).reset_index()
    table = wide.rename(columns={"positive outcomes": "outcomes"})
    per_100 = 100 * table["outcomes"] / table["offences"].where(table["offences"] > 0)
    return passed_on(table.assign(outcomes_per_100=per_100), dashboard)
