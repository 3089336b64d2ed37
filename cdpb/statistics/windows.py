"""Twelve months at a time: windows that roll, financial years, and months that stand out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, cast

import pandas as pd

from cdpb.errors import InputError
from cdpb.periods import FinancialYear, financial_years_of, month_name
from cdpb.statistics.about import kinds_of, need_columns, passed_on
from cdpb.statistics.intervals import as_counts, odds_of_two_counts, poisson_interval
from cdpb.statistics.rates import TOTAL, crude_rate, total_by, with_totals

A_YEAR, END_OF_YEAR = 12, 3
PEOPLE = ("people", "in_treatment", "residents", "users", "adults", "women", "dependent_adults")


def rolling_12_months(
    table: pd.DataFrame, by: Sequence[str] | str = (), count: str = "offences"
) -> pd.DataFrame:
    """Events in the twelve months that end with each month.

    Of events only: people in treatment in April are mostly those of March, and their sum
    would be nobody's number.

    Parameters
    ----------
    table : pandas.DataFrame
        ``month`` (monthly periods), ``count`` and the columns of ``by``. A month is missing
        where it has no row or no count; a month without events has a 0.
    by : str or list of str
        Kept apart, such as ``ward_code``.
    count : str, default "offences"
        Events.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``month`` (the last of the window), ``months`` (how many of the twelve are
        held), ``count`` (summed over those) and ``window``: ``12 months to March 2024``, or
        ``11 of 12 months to March 2024``. The first window begins with the first month held.

    Raises
    ------
    InputError
        If the column counts people.

    Examples
    --------
    >>> rolling_12_months(offences, by="ward_code")
    """
    if count in PEOPLE:
        raise InputError(
            f"{count} are people, and people are not summed over months.",
            "The same person would count again each month. Only events have rolling sums.",
        )
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(table, *keys, "month", count)
    sums = table.groupby([*keys, "month"], observed=True)[count].sum(skipna=False)
    wide = (sums.unstack(keys) if keys else sums.to_frame(count)).astype("float64")
    wide = wide.reindex(_every_month(wide.index))
    held = wide.notna().astype(int).rolling(A_YEAR).sum()
    summed = wide.fillna(0).rolling(A_YEAR).sum()
    windows = pd.DataFrame({"months": _long(held, keys), count: _long(summed, keys)})
    windows = windows.dropna()
    for name in ("months", count):
        windows[name] = as_counts(windows[name])
    windows = windows.reset_index()
    windows["window"] = _named(windows)
    result = windows[[*keys, "month", "months", count, "window"]]
    kinds = {column: text for column, text in kinds_of(table).items() if column not in keys}
    return passed_on(result.sort_values([*keys, "month"], ignore_index=True), table, kinds=kinds)


def complete_financial_years(table: pd.DataFrame, count: str = "offences") -> pd.DataFrame:
    """The rows of financial years that are held whole, with the ``year``.

    Parameters
    ----------
    table : pandas.DataFrame
        ``month`` (monthly periods) and ``count``.
    count : str, default "offences"
        A month in which it is missing everywhere is not held.

    Returns
    -------
    pandas.DataFrame
        The table with ``year``, ``2023/24``; empty, with that column, where no year is whole.

    Examples
    --------
    >>> total_by(complete_financial_years(offences), ["ward_code", "year"])
    """
    need_columns(table, "month", count)
    dated = table.assign(year=financial_years_of(table["month"]).astype("str"))
    months = dated[dated[count].notna()].groupby("year")["month"].nunique()
    whole = dated["year"].isin(months.index[months == A_YEAR])
    return passed_on(dated[whole].reset_index(drop=True), table)


def _every_month(held: pd.Index) -> pd.PeriodIndex:
    if held.empty:
        return pd.PeriodIndex([], freq="M", name="month")
    return pd.period_range(held.min(), held.max(), freq="M", name="month")


def _long(wide: pd.DataFrame, keys: list[str]) -> pd.Series:
    return cast(pd.Series, wide.stack(keys)) if keys else wide.iloc[:, 0]


def _named(windows: pd.DataFrame) -> pd.Series:
    names = {month: month_name(month) for month in windows["month"].unique()}
    texts = [
        f"{'' if months == A_YEAR else f'{months} of '}12 months to {names[month]}"
        for month, months in zip(windows["month"], windows["months"], strict=True)
    ]
    return pd.Series(texts, index=windows.index, dtype="str")


def after_year(events: pd.DataFrame, year: str, by: Sequence[str] = ()) -> pd.DataFrame:
    """Offences in each whole financial year after one, and in the latest twelve months held.

    Of monthly ``offences``: one row per ``period`` and ``by``. The latest twelve months are left
    out where they are a financial year, and where they do not end after the one asked for.
    """
    keys, whole = [*by, "period"], complete_financial_years(events)
    years = total_by(whole[whole["year"] > year].rename(columns={"year": "period"}), keys)
    rolling = rolling_12_months(events, by)
    last = rolling[(rolling["month"] == rolling["month"].max()) & (rolling["months"] == A_YEAR)]
    ends = last["month"].iloc[0] if len(last) else None
    if ends is None or ends <= FinancialYear.parse(year).months[-1] or ends.month == END_OF_YEAR:
        return years
    latest = last.assign(period=f"{month_name(ends - A_YEAR + 1)} to {month_name(ends)}")
    return passed_on(pd.concat([years, latest[[*keys, "offences"]]], ignore_index=True), years)


def since_then(
    places: Mapping[str, pd.DataFrame], residents: pd.DataFrame, year: str
) -> pd.DataFrame:
    """What was recorded after a year: offences of drugs, their rate, and possession to trafficking.

    Parameters
    ----------
    places : mapping of str to pandas.DataFrame
        Monthly offences by borough and kind, by what a reader calls those boroughs together.
    residents : pandas.DataFrame
        ``area_code`` and ``residents``.
    year : str
        The year assessed.

    Returns
    -------
    pandas.DataFrame
        One row per ``period`` (as `after_year`) and ``place``: ``possession``, ``trafficking`` and
        their ``ratio`` with limits, ``offences``, ``residents``, ``rate_per_1000`` with limits.
        Empty where nothing later is held.
    """
    every = []
    for name, offences in places.items():
        people = residents.loc[residents["area_code"].isin(offences["area_code"]), "residents"]
        kinds = after_year(offences, year, by=["offence"])
        wide = kinds.pivot(index="period", columns="offence", values="offences")
        wide = wide.reindex(columns=["possession", "trafficking"]).reset_index()
        every.append(wide.assign(place=name, residents=people.sum()))
    table = pd.concat(every, ignore_index=True)
    table = table.sort_values("period", key=lambda of: of.map(_place_in_time), kind="stable")
    odds = odds_of_two_counts(table["possession"], table["trafficking"]).add_prefix("ratio_")
    table = table.assign(offences=table["possession"] + table["trafficking"], **odds)
    table = table.rename(columns={"ratio_ratio": "ratio"}).reset_index(drop=True)
    return crude_rate(passed_on(table, next(iter(places.values()))))


def _place_in_time(period: str) -> tuple[bool, str]:
    """Financial years in their order, and the latest twelve months after them."""
    return "/" not in period, period


def of_years(people: pd.DataFrame, held: Sequence[str], year: str) -> pd.DataFrame:
    """The months of the years that are held, up to one year, with the ``year`` of each.

    A year is whole without the months in which nothing is collected, so it is the source that says
    which years are held.
    """
    dated = people.assign(year=financial_years_of(people["month"]).astype("str"))
    shown = dated["year"].isin([each for each in held if each <= year])
    return passed_on(dated[shown].reset_index(drop=True), people)


def rolling_years(
    events: pd.DataFrame, kind: str, count: str, held: Sequence[str], year: str
) -> pd.DataFrame:
    """Events in the twelve months to each month, by kind and with their ``total``.

    Of one area's ``month``, ``kind`` and ``count`` (the columns named, such as ``order`` and
    ``starts``): one row per kind and month, the last of a whole window, in the years ``held`` up to
    ``year``. Missing where the sender hides a month of the window.
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

    One row per year and kind: ``events``, ``lower`` and ``upper`` at 95%. A year whose March has no
    window has no row; a masked count is missing.
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

    Arguments as for `rolling_years`. Booked and attended assessments are the same assessments: they
    have no total.
    """
    dated = of_years(events, held, year)
    sums = total_by(dated, ["year", kind], count)
    return with_totals(sums, over=kind, called=TOTAL, count=count) if totals else sums


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


class Dated(Protocol):
    """Something with a month and a name: a campaign."""

    @property
    def month(self) -> pd.Period: ...

    @property
    def label(self) -> str: ...


def against_other_months(table: pd.DataFrame, campaigns: Iterable[Dated] = ()) -> pd.DataFrame:
    """Each month's number beside the median of the other eleven months of its financial year.

    A median is not moved by the very months that are looked for. The limits are those of the
    month's own number as a count of chance events; the median is taken as it is.

    Parameters
    ----------
    table : pandas.DataFrame
        ``month``, ``activity`` and ``count``, as published: a year of which a month is missing or
        not shown has no rows, so that nothing is worked out of what is hidden.
    campaigns : iterable
        Things with a ``month`` and a ``label``.

    Returns
    -------
    pandas.DataFrame
        ``activity``, ``month``, ``year``, ``campaign`` (its label, or ``none``), ``number_shown``,
        ``usual`` (the median), ``times`` (the one over the other), ``ratio_lower`` and
        ``ratio_upper``.
    """
    need_columns(table, "month", "activity", "count")
    months = pd.PeriodIndex(table["month"].astype(str), freq="M")
    rows = pd.DataFrame({"activity": table["activity"].to_numpy(), "month": months})
    rows["year"] = financial_years_of(rows["month"]).astype("str")
    rows["number_shown"] = pd.to_numeric(table["count"]).astype("float64").to_numpy()
    shown = rows.groupby(["activity", "year"])["number_shown"].transform("count")
    whole = rows[shown == A_YEAR].reset_index(drop=True)
    named = {each.month: each.label for each in campaigns}
    whole["campaign"] = [named.get(month, "none") for month in whole["month"]]
    by_year = whole.groupby(["activity", "year"])["number_shown"]
    whole["usual"] = by_year.transform(_median_of_others).astype("float64")
    usual = whole["usual"].where(whole["usual"] > 0)
    limits = poisson_interval(whole["number_shown"])
    found = whole.assign(
        times=whole["number_shown"] / usual,
        ratio_lower=limits["lower"] / usual,
        ratio_upper=limits["upper"] / usual,
    )
    return passed_on(found, table, value="times", unit="times the median of the other months")


def _median_of_others(numbers: pd.Series) -> list[float]:
    return [numbers.drop(at).median() for at in numbers.index]
