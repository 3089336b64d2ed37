"""Tables with their margins: totals over some columns, and each row's share of one of them."""

from collections.abc import Sequence

import pandas as pd

from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.rates import proportion, total_by, with_totals

TOTAL = "total"


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
    count, share : str
        The column of counts, and what to call the share.

    Returns
    -------
    pandas.DataFrame
        The rows, their totals (``total`` in the column summed over), ``in_all`` (what each is a
        share of), the share in per cent, and ``lower`` and ``upper`` by Wilson, which a total of
        all has not.

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
