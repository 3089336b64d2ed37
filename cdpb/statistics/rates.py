"""Counts into totals, rates, proportions and ranks."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cdpb.errors import InputError, verb
from cdpb.statistics.about import kinds_of, need_columns, passed_on, period_of, single, source_of
from cdpb.statistics.intervals import (
    EXACT_BELOW,
    aligned,
    poisson_interval,
    wilson_score_interval,
)
from cdpb.statistics.measure import Measure, as_measure

Columns = str | Sequence[str]
# What stands in a column for the sum over it.
TOTAL = "total"


@verb("")
def total_by(table: pd.DataFrame, by: Columns, count: str = "offences") -> pd.DataFrame:
    """Counts summed over everything but ``by``.

    Parameters
    ----------
    table : pandas.DataFrame
        With ``count`` and the columns of ``by``.
    by : str or list of str
        What is kept apart.
    count : str, default "offences"
        Summed. A group with a missing count has a missing total: it isn't known.

    Returns
    -------
    pandas.DataFrame
        One row per group, in the order of ``by``. The period and the kinds (of offence, sex
        and so on) that were summed over are noted in ``attrs``.

    Examples
    --------
    >>> total_by(offences, ["ward_code", "ward_name"])
    """
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(table, *keys, count)
    groups = table.groupby(keys, sort=True, observed=True)[count]
    totals = groups.sum(skipna=False)
    kinds = {column: text for column, text in kinds_of(table).items() if column not in keys}
    return passed_on(totals.reset_index(), table, period=period_of(table), kinds=kinds)


def with_totals(
    table: pd.DataFrame, over: str, called: str, count: str = "offences"
) -> pd.DataFrame:
    """The rows of a table, and under them their totals over one column.

    Parameters
    ----------
    table : pandas.DataFrame
        Keys and ``count``, nothing else that would need adding up.
    over : str
        The column summed over, such as ``offence``.
    called : str
        What stands in that column for the total, such as ``possession and trafficking``.
    count : str, default "offences"
        The column summed.

    Examples
    --------
    >>> with_totals(offences, over="offence", called="both")
       ward_code     offence  offences
    0  E05000001  possession        60
    1  E05000001 trafficking        30
    2  E05000001        both        90
    """
    need_columns(table, over, count)
    keys = [str(column) for column in table if column not in (over, count)]
    totals = total_by(table, keys, count).assign(**{over: called})
    return passed_on(pd.concat([table, totals[list(table)]], ignore_index=True), table)


def with_residents(
    counts: pd.DataFrame, residents: pd.DataFrame, on: Columns, denominator: str = "residents"
) -> pd.DataFrame:
    """Counts with the people they happened among.

    Parameters
    ----------
    counts : pandas.DataFrame
        Any number of rows per area.
    residents : pandas.DataFrame
        One row per area, with ``denominator``.
    on : str or list of str
        The columns that name the area in both.
    denominator : str, default "residents"
        The column of people to bring over.

    Returns
    -------
    pandas.DataFrame
        ``counts`` with the denominator. The source stays the counts';
        ``attrs["denominator_source"]`` has the other.

    Raises
    ------
    InputError
        If an area of the counts has no residents, or has two rows of them.

    Examples
    --------
    >>> with_residents(total_by(offences, "ward_code"), load.ward_residents(), on="ward_code")
    """
    keys = [on] if isinstance(on, str) else list(on)
    need_columns(counts, *keys)
    need_columns(residents, *keys, denominator)
    _refuse_twice(residents, keys)
    joined = counts.merge(residents[[*keys, denominator]], on=keys, how="left", indicator=True)
    absent = joined.loc[joined.pop("_merge") == "left_only", keys[0]].unique()
    if len(absent):
        raise InputError(
            f"{source_of(residents)} has no {denominator} for {len(absent)} areas of "
            f"{source_of(counts)}.",
            f"Absent: {', '.join(map(str, absent[:5]))}",
            "Both must be drawn on the same boundaries. Nothing was computed.",
        )
    return passed_on(joined, counts, denominator_source=source_of(residents))


def without(table: pd.DataFrame, column: str, values: Sequence[str] | str) -> pd.DataFrame:
    """The table without some areas, which must be there to be left out.

    Examples
    --------
    >>> without(wards, "ward_code", sites["ward_code"])
    """
    need_columns(table, column)
    left_out = {values} if isinstance(values, str) else set(values)
    strangers = left_out - set(table[column])
    if strangers:
        raise InputError(f"{column} {sorted(strangers)[0]} is not in the table to be left out.")
    rest = table[~table[column].isin(left_out)].reset_index(drop=True)
    return passed_on(rest, table)


def crude_rate(
    table: pd.DataFrame,
    numerator: str = "offences",
    denominator: str = "residents",
    per: int = 1_000,
) -> pd.DataFrame:
    """Events per so many residents, with Poisson limits.

    Exact limits below 10 events, Byar's from 10. The residents are taken as known.

    Parameters
    ----------
    table : pandas.DataFrame
        With the two columns of counts.
    numerator, denominator : str
        Events, and the people they happened among.
    per : int, default 1,000
        1,000 for offences by ward, 100,000 for deaths and admissions.

    Returns
    -------
    pandas.DataFrame
        The table with ``rate_per_<per>``, ``lower``, ``upper`` and ``unstable`` (fewer than
        10 events). Missing where a count is missing or nobody lives.

    Raises
    ------
    InputError
        If a count is negative or not a number, or the table has no source.

    Examples
    --------
    >>> crude_rate(wards)[["ward_name", "rate_per_1000", "lower", "upper", "unstable"]]
    """
    need_columns(table, numerator, denominator)
    events, people = aligned(table[numerator], table[denominator])
    scale = per / people.where(people > 0)
    limits = poisson_interval(events).mul(scale, axis=0)
    name = f"rate_per_{per}"
    rates = table.assign(
        **{name: events * scale}, **limits, unstable=(events < EXACT_BELOW).to_numpy(bool)
    )
    return passed_on(
        rates,
        table,
        value=name,
        numerator=numerator,
        denominator=denominator,
        unit=f"per {per:,} {denominator}",
        method="Poisson limits",
    )


def proportion(table: pd.DataFrame, numerator: str, denominator: str) -> pd.DataFrame:
    """A share in per cent, with Wilson limits.

    Parameters
    ----------
    table : pandas.DataFrame
        With the two columns of counts of people.
    numerator, denominator : str
        People with the outcome, and all who could have had it.

    Returns
    -------
    pandas.DataFrame
        The table with ``percent``, ``lower`` and ``upper``, in per cent.

    Raises
    ------
    InputError
        If a numerator exceeds its denominator. Names the rows, not the counts.

    Examples
    --------
    >>> proportion(treated, "women", "adults")[["year", "percent", "lower", "upper"]]
    """
    need_columns(table, numerator, denominator)
    events, people = aligned(table[numerator], table[denominator])
    limits = 100 * wilson_score_interval(events, people)
    percent = 100 * events / people.where(people > 0)
    shares = table.assign(percent=percent, **limits)
    return passed_on(
        shares,
        table,
        value="percent",
        numerator=numerator,
        denominator=denominator,
        unit="%",
        method="Wilson score limits",
    )


def rate_of(table: pd.DataFrame, label: str, **about: Any) -> Measure:
    """The rate of offences of all rows together, as a measure.

    Offences and residents are summed before they are divided. Each area must be there once, or
    its residents would count twice.

    Parameters
    ----------
    table : pandas.DataFrame
        ``offences`` and ``residents``, one row per area.
    label : str
        What a reader calls them together: ``London wards``.
    **about
        Any field of `Measure` that the table doesn't tell.

    Examples
    --------
    >>> london = rate_of(with_residents(wards, residents, on="ward_code"), "London wards")
    """
    return as_measure(crude_rate(_summed(table)), label, **about)


def rank_by(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Add ``rank``: 1 for the highest, ties share the better rank, missing stays missing.

    Examples
    --------
    >>> rank_by(crude_rate(wards), "rate_per_1000")[["ward_name", "rank"]]
      ward_name  rank
    0       Ash     1
    1     Beech     2
    2     Cedar     3
    """
    need_columns(table, column)
    rank = table[column].rank(method="min", ascending=False).astype("Int64")
    return passed_on(table.assign(rank=rank), table)


def _summed(table: pd.DataFrame) -> pd.DataFrame:
    need_columns(table, "offences", "residents")
    _refuse_twice(table, [str(name) for name in table if str(name).endswith("_code")])
    sums = table[["offences", "residents"]].sum(skipna=False, min_count=1).to_frame().T
    if single(table, "area_code"):
        sums["area_code"] = single(table, "area_code")
    return passed_on(sums, table, period=period_of(table), kinds=kinds_of(table))


def _refuse_twice(table: pd.DataFrame, keys: list[str]) -> None:
    twice = table[keys].duplicated() if keys else pd.Series(dtype=bool)
    if twice.any():
        area = table.loc[twice, keys[0]].iloc[0]
        raise InputError(
            f"{area} stands more than once, and its residents would be counted as often.",
            "Sum the counts first, with total_by.",
        )
