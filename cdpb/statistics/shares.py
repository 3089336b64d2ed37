"""The share of one group in another: its margins, and how far rounding leaves it open."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cdpb.errors import InputError
from cdpb.statistics.about import kinds_of, need_columns, passed_on, period_of
from cdpb.statistics.intervals import aligned, raise_for_rows
from cdpb.statistics.rates import TOTAL, proportion, total_by, with_totals

BOUNDS = ("lowest", "highest")
_PART = "one of the parts"


def share_within(
    table: pd.DataFrame,
    part: str,
    whole: str,
    column: str = "sex",
    count: str = "people",
    named: tuple[str, str] = ("women", "adults"),
) -> pd.DataFrame:
    """One group's share of another that stands in the same column, in per cent.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each value of ``column`` and whatever else tells rows apart. With
        ``lowest`` and ``highest``, what the publisher's rounding leaves possible.
    part, whole : str
        Values of ``column``: ``women`` and ``all``.
    column, count : str
        Where the groups and the people stand.
    named : tuple of str, default ("women", "adults")
        What to call the two counts.

    Returns
    -------
    pandas.DataFrame
        The other columns, the two counts, ``percent``, ``lower`` and ``upper`` by Wilson,
        and with bounds ``lowest_percent`` and ``highest_percent``.

    Raises
    ------
    InputError
        If a group of rows lacks one of the two, or has it twice.

    Examples
    --------
    >>> share_within(in_treatment, part="women", whole="all")
    """
    need_columns(table, column, count)
    bounds = [name for name in BOUNDS if name in table]
    keys = _keys(table, column, count)
    sides = [
        table.loc[table[column] == value, [*keys, count, *bounds]].rename(columns={count: name})
        for value, name in zip((part, whole), named, strict=True)
    ]
    if not keys or any(side.duplicated(keys).any() for side in sides):
        raise InputError(f"Rows that differ in nothing but {column} stand twice in a table.")
    joined = sides[0].merge(sides[1], on=keys, how="outer", suffixes=("_part", "_whole"))
    if len(joined) > min(map(len, sides)):
        raise InputError(f"Some rows have no {part} or no {whole} in column {column!r}.")
    kinds = {**kinds_of(table, apart_from=(column, *keys)), column: f"{part} of {whole}"}
    counts = passed_on(joined, table, period=period_of(table), kinds=kinds)
    shares = proportion(counts, *named)
    return _bounded(shares) if len(bounds) == len(BOUNDS) else shares


def _keys(table: pd.DataFrame, column: str, count: str) -> list[str]:
    """What tells rows apart beside the column of groups."""
    others = (column, count, *BOUNDS, "publisher_rounded")
    return [str(name) for name in table if name not in others]


def shares_of(
    table: pd.DataFrame,
    parts: Mapping[str, str],
    whole: str,
    into: str = "route",
    named: tuple[str, str] = ("people", "of_people"),
) -> pd.DataFrame:
    """Several groups' shares of one whole that stands in the same column, in per cent.

    Parameters
    ----------
    table : pandas.DataFrame
        As for `share_within`, its groups in the column ``measure``.
    parts : mapping of str to str
        Values of ``measure``, and what to call each in the column ``into``.
    whole : str
        The value of ``measure`` that they are shares of.
    named : tuple of str, default ("people", "of_people")
        What to call the two counts.

    Returns
    -------
    pandas.DataFrame
        As `share_within`, one row per group, in the order of ``parts``. A year or place that lacks
        a group, or its whole, has no row for it: what was not published has no share.

    Raises
    ------
    InputError
        If a group stands twice.

    Examples
    --------
    >>> shares_of(adults, {"referral_other_new": "other"}, "new_presentations")
    """
    need_columns(table, "measure", "people")
    keys = _keys(table, "measure", "people")
    # Each group beside the whole it is a part of, which stands once for each of them.
    groups = table[table["measure"].isin(list(parts))]
    groups = groups.assign(**{into: groups["measure"].map(parts)})
    wholes = table[table["measure"] == whole]
    wholes = groups[[*keys, into]].merge(wholes, on=keys)
    groups = groups.merge(wholes[keys].drop_duplicates(), on=keys).assign(measure=_PART)
    both = passed_on(pd.concat([groups, wholes], ignore_index=True), table)
    shares = share_within(both, _PART, whole, "measure", named=named)
    in_order = shares.sort_values(
        into, key=lambda names: names.map(list(parts.values()).index), kind="stable"
    )
    columns = [*(name for name in shares if name != into), into]
    return passed_on(
        in_order[columns].reset_index(drop=True), shares, kinds=kinds_of(table, ("measure",))
    )


def share_bounds(
    lowest_part: pd.Series,
    highest_part: pd.Series,
    lowest_whole: pd.Series,
    highest_whole: pd.Series,
) -> pd.DataFrame:
    """The lowest and the highest share that rounded counts leave possible, in per cent.

    Parameters
    ----------
    lowest_part, highest_part, lowest_whole, highest_whole : pandas.Series of numbers
        What the true counts may be: a published 5 that was rounded to 5 is 3 to 7.

    Returns
    -------
    pandas.DataFrame
        ``lowest_percent`` and ``highest_percent``, never below 0 or above 100. Not an
        interval: what was measured lies somewhere between them for certain.

    Raises
    ------
    InputError
        If a lowest count exceeds its highest. Names the rows, not the counts.

    Examples
    --------
    >>> low, high = pd.Series([3]), pd.Series([7])
    >>> share_bounds(low, high, pd.Series([18]), pd.Series([22])).round(1)
       lowest_percent  highest_percent
    0            13.6             38.9
    """
    least, most, few, many = aligned(lowest_part, highest_part, lowest_whole, highest_whole)
    raise_for_rows((least > most) | (few > many), "A lowest possible count exceeds the highest.")
    return pd.DataFrame(
        {
            "lowest_percent": (100 * least / many.where(many > 0)).clip(upper=100),
            "highest_percent": (100 * most / few.where(few > 0, np.nan)).clip(upper=100),
        }
    )


def _bounded(shares: pd.DataFrame) -> pd.DataFrame:
    names = ["lowest_part", "highest_part", "lowest_whole", "highest_whole"]
    bounds = share_bounds(*(shares[name] for name in names))
    return passed_on(shares.drop(columns=names).assign(**bounds), shares)


def shares_with_totals(
    table: pd.DataFrame,
    over: Sequence[str],
    of: Sequence[str] | None = None,
    by: Sequence[str] = ("area_code", "year"),
    count: str = "persons",
    share: str = "percent",
) -> pd.DataFrame:
    """Rows and their totals, and the share of each in the total over some of the columns.

    Parameters
    ----------
    table : pandas.DataFrame
        Everyone in one row; summed over every column but ``over`` and ``by``.
    over : list of str
        The columns to add totals of, such as ``homeless`` and ``mental_health``.
    of : list of str, optional
        Those of them whose total is what a row is a share of; all of them by default. With
        ``mental_health`` alone, a row of homeless people is a share of homeless people.
    by : list of str
        What is kept apart and has no total.

    Returns
    -------
    pandas.DataFrame
        The rows and their totals (``total`` in the column summed over), ``in_all`` (what each is a
        share of), the ``share`` in per cent, and ``lower`` and ``upper`` by Wilson, which a total
        of all has not.

    Examples
    --------
    >>> shares_with_totals(overlap, over=["homeless", "mental_health"], of=["mental_health"])
    """
    need_columns(table, count, *by, *over)
    full = total_by(table, [*by, *over], count)
    for column in over:
        full = with_totals(full, column, TOTAL, count)
    summed = list(of or over)
    keys = [str(name) for name in full if name not in (count, *summed)]
    whole = full[(full[summed] == TOTAL).all(axis=1)].rename(columns={count: "in_all"})
    joined = full.merge(whole[[*keys, "in_all"]], on=keys, how="left")
    shares = proportion(passed_on(joined, full), count, "in_all")
    # A total is all of itself, without any doubt.
    shares.loc[(shares[summed] == TOTAL).all(axis=1), ["lower", "upper"]] = float("nan")
    return passed_on(shares.rename(columns={"percent": share}), shares, value=share)


def with_shares(table: pd.DataFrame, kind: str, count: str) -> pd.DataFrame:
    """Each kind's share of its year's total: ``percent_of_<count>`` with Wilson limits.

    Of a table by year and ``kind`` with its totals, as `by_year` gives it. A total is all of itself
    and has no limits.
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

    ``part`` and ``whole`` are two of the kinds, such as ``attended`` and ``booked``, and become
    columns beside ``percent``, ``lower`` and ``upper``; missing where either count is hidden, or
    where more of the part fell into a year than of the whole.
    """
    wide = published.pivot(index="year", columns=kind, values=count)
    wide = wide.reindex(columns=[part, whole]).astype("Float64").reset_index()
    fits = (wide[part] <= wide[whole]).fillna(False)
    counts = {name: wide[name].where(fits).to_numpy() for name in (part, whole)}
    return proportion(passed_on(wide[["year"]].assign(**counts), published), part, whole)
