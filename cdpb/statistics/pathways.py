"""From police, courts and prison to treatment: events by year and in rolling years."""

from collections.abc import Iterable, Sequence

import pandas as pd

from cdpb.periods import FinancialYear
from cdpb.statistics.about import passed_on
from cdpb.statistics.in_treatment import of_years
from cdpb.statistics.intervals import poisson_interval
from cdpb.statistics.rates import proportion, total_by, with_totals
from cdpb.statistics.windows import A_YEAR, rolling_12_months

TOTAL = "total"


def rolling_years(
    events: pd.DataFrame, kind: str, count: str, held: Sequence[str], year: str
) -> pd.DataFrame:
    """Events in the twelve months to each month, by kind and together.

    Parameters
    ----------
    events : pandas.DataFrame
        One area's ``month``, ``kind`` and ``count``.
    kind, count : str
        Columns, such as ``order`` and ``starts``.
    held : list of str
        The financial years that the source holds whole.
    year : str
        The last of them to show.

    Returns
    -------
    pandas.DataFrame
        ``month`` (the last of the window), ``kind`` (``total`` for all) and ``count``, for
        whole windows that end in a year held; missing where the sender hides a month of it.
    """
    rolling = rolling_12_months(events.fillna({count: 0}), by=kind, count=count)
    unknown = rolling_12_months(events.assign(**{count: events[count].isna()}), kind, count)
    rolling[count] = rolling[count].mask(unknown[count] > 0)
    whole = passed_on(rolling.loc[rolling["months"] == A_YEAR, ["month", kind, count]], events)
    shown = of_years(whole, held, year)[["month", kind, count]]
    return with_totals(passed_on(shown, events), over=kind, called=TOTAL, count=count)


def in_each_year(
    rolling: pd.DataFrame, years: Iterable[str], kind: str, count: str
) -> pd.DataFrame:
    """Events of whole financial years, out of published rolling windows, with Poisson limits.

    Parameters
    ----------
    rolling : pandas.DataFrame
        ``month`` (the last of the window), ``kind`` and ``count``; a masked count is missing.
    years : list of str
        Financial years; one whose March has no window has no row.
    kind, count : str
        Columns, such as ``order`` and ``starts``.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``kind``, ``events``, and its ``lower`` and ``upper`` limits at 95%.
    """
    year_of = {FinancialYear.parse(year).months[-1]: year for year in years}
    marches = rolling[rolling["month"].isin(list(year_of))].reset_index(drop=True)
    events = marches[count].astype("Float64")
    table = marches[[kind]].assign(year=marches["month"].map(year_of).astype("str"), events=events)
    limits = poisson_interval(events)
    return passed_on(table.assign(**limits), rolling, value="events", method="Poisson limits")


def by_year(
    events: pd.DataFrame,
    kind: str,
    count: str,
    held: Sequence[str],
    year: str,
    totals: bool = True,
) -> pd.DataFrame:
    """Events by financial year and kind, up to one year; with their ``total``, if they add up.

    Parameters as `rolling_years`. Booked and attended assessments are the same assessments:
    they have no total.
    """
    dated = of_years(events, held, year)
    sums = total_by(dated, ["year", kind], count)
    return with_totals(sums, over=kind, called=TOTAL, count=count) if totals else sums


def with_shares(table: pd.DataFrame, kind: str, count: str) -> pd.DataFrame:
    """Each kind's share of its year's total, in per cent with Wilson limits.

    Parameters
    ----------
    table : pandas.DataFrame
        As `by_year` gives it, totals included.
    kind, count : str
        Columns.

    Returns
    -------
    pandas.DataFrame
        The table with ``percent_of_<count>``, ``lower`` and ``upper``; a total is all of
        itself and has no limits.
    """
    totals = table[table[kind] == TOTAL].set_index("year")[count]
    whole = table.assign(whole=table["year"].map(totals).astype("Int64"))
    shares = proportion(passed_on(whole, table), count, "whole")
    shares.loc[shares[kind] == TOTAL, ["lower", "upper"]] = float("nan")
    return passed_on(
        shares.rename(columns={"percent": f"percent_of_{count}"}).drop(columns="whole"), table
    )


def share_by_year(
    published: pd.DataFrame, kind: str, part: str, whole: str, count: str
) -> pd.DataFrame:
    """One kind as a share of another, year by year, from counts that were published.

    Parameters
    ----------
    published : pandas.DataFrame
        ``year``, ``kind`` and ``count``; masked counts missing.
    kind, count : str
        Columns.
    part, whole : str
        Two of the kinds, such as ``attended`` and ``booked``.

    Returns
    -------
    pandas.DataFrame
        ``year``, the two kinds as columns, ``percent``, ``lower`` and ``upper``; missing where
        either count is, or where more of the part fell into a year than of the whole.
    """
    wide = published.pivot(index="year", columns=kind, values=count)
    wide = wide.reindex(columns=[part, whole]).astype("Float64").reset_index()
    fits = (wide[part] <= wide[whole]).fillna(False)
    counts = {name: wide[name].where(fits).to_numpy() for name in (part, whole)}
    return proportion(passed_on(wide[["year"]].assign(**counts), published), part, whole)
