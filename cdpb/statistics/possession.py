"""Possession offences beside trafficking offences: the ratio by year, and change to mid-year."""

from collections.abc import Mapping

import pandas as pd

from cdpb.periods import FinancialYear, month_name
from cdpb.statistics.about import passed_on
from cdpb.statistics.intervals import odds_of_two_counts
from cdpb.statistics.places import change_on_year_before
from cdpb.statistics.rates import total_by
from cdpb.statistics.windows import complete_financial_years

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
