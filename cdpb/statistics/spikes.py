"""Does a month stand out from the other months of its year?"""

from collections.abc import Iterable
from typing import Protocol

import pandas as pd

from cdpb.periods import financial_years_of
from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.intervals import poisson_interval

A_YEAR = 12


class Dated(Protocol):
    """Something with a month and a name: a campaign."""

    @property
    def month(self) -> pd.Period: ...

    @property
    def label(self) -> str: ...


def against_other_months(
    table: pd.DataFrame, campaigns: Iterable[Dated] = (), by: str = "activity", count: str = "count"
) -> pd.DataFrame:
    """Each month's number beside the median of the other eleven months of its financial year.

    A median is not moved by the very months that are looked for. The limits are those of the
    month's own number as a count of chance events; the median is taken as it is.

    Parameters
    ----------
    table : pandas.DataFrame
        ``month``, ``by`` and ``count``, as published: a year of which a month is missing or not
        shown has no rows, so that nothing is worked out of what is hidden.
    campaigns : iterable
        Things with a ``month`` and a ``label``.
    by, count : str
        Kept apart, such as ``activity``; and the numbers.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``month``, ``year``, ``campaign`` (its label, or ``none``), ``number_shown``,
        ``usual`` (the median), ``times`` (the one over the other), ``ratio_lower`` and
        ``ratio_upper``.

    Examples
    --------
    >>> against_other_months(shown.to_frame(), finding.of_area("events"))
    """
    need_columns(table, "month", by, count)
    months = pd.PeriodIndex(table["month"].astype(str), freq="M")
    rows = pd.DataFrame({by: table[by].to_numpy(), "month": months})
    rows["year"] = financial_years_of(rows["month"]).astype("str")
    rows["number_shown"] = pd.to_numeric(table[count]).astype("float64").to_numpy()
    shown = rows.groupby([by, "year"])["number_shown"].transform("count")
    whole = rows[shown == A_YEAR].reset_index(drop=True)
    named = {each.month: each.label for each in campaigns}
    whole["campaign"] = [named.get(month, "none") for month in whole["month"]]
    by_year = whole.groupby([by, "year"])["number_shown"]
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
