"""Metrics that a publisher gives ready made: value, interval and trend as they were published."""

from collections.abc import Iterable, Mapping

import pandas as pd

from cdpb.errors import InputError
from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.framework import metric_history

PERSONS, ALL_AGES = "Persons", "All ages"
NO_TREND = "no trend published"


def indicator_histories(
    table: pd.DataFrame, wanted: Iterable[Mapping[str, str]]
) -> list[pd.DataFrame]:
    """The metrics whose indicator is held, one table a metric.

    Parameters
    ----------
    table : pandas.DataFrame
        From `cdpb.loaders.fingertips`.
    wanted : iterable of mapping
        ``metric_id``, ``indicator`` (the publisher's number, or the indicator's whole name) and
        ``indicator_unit``.

    Returns
    -------
    list of pandas.DataFrame
        As from `cdpb.statistics.framework.metric_history`, with ``trend`` as published. Both
        sexes together, and all ages or the only ages that the indicator is of.

    Raises
    ------
    InputError
        If a name is that of two indicators.

    Examples
    --------
    >>> indicator_histories(load.fingertips(), framework.indicators())
    """
    need_columns(table, "indicator_id", "indicator_name", "sex", "age", "trend")
    chosen = [(each, _of_all_people(_rows_of(table, each["indicator"]))) for each in wanted]
    return [_history(each, rows) for each, rows in chosen if len(rows)]


def _rows_of(table: pd.DataFrame, indicator: str) -> pd.DataFrame:
    if indicator.isdigit():
        return table[table["indicator_id"] == int(indicator)]
    found = table[table["indicator_name"].str.casefold() == indicator.casefold()]
    numbers = sorted(map(str, found["indicator_id"].unique()))
    if len(numbers) > 1:
        raise InputError(
            f"Two indicators are called {indicator!r}: {' and '.join(numbers)}.",
            "In data/metrics.csv, put the number of the one that is meant in its place.",
        )
    return found


def _of_all_people(rows: pd.DataFrame) -> pd.DataFrame:
    both = rows[rows["sex"] == PERSONS]
    ages = set(both["age"])
    return both if len(ages) == 1 else both[both["age"] == ALL_AGES]


def _history(metric: Mapping[str, str], rows: pd.DataFrame) -> pd.DataFrame:
    limits, unit = ("lower", "upper"), metric["indicator_unit"]
    history = metric_history(metric["metric_id"], rows, "value", unit, limits, "denominator")
    trend = rows["trend"].str.lower().reset_index(drop=True)
    said = (trend + ", as published").where(trend != "", NO_TREND)
    return passed_on(history.assign(trend=said), rows)
