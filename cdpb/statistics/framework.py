"""Metrics of an outcomes framework: each over the years held, its latest value and trend."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from cdpb.errors import InputError
from cdpb.periods import ended_in
from cdpb.statistics.about import need_columns, passed_on, source_of
from cdpb.statistics.measure import Measure
from cdpb.statistics.trend import NOT_CALCULATED, POINTS, Break, clear_trend, recent_trend

PERSONS, ALL_AGES = "Persons", "All ages"
NO_TREND = "no trend published"
HISTORY = ["metric_id", "area_code", "year", "value", "lower", "upper", "denominator", "unit"]


def metric_history(
    metric_id: str,
    table: pd.DataFrame,
    value: str,
    unit: str,
    limits: tuple[str, str] | None = None,
    denominator: str = "",
) -> pd.DataFrame:
    """One metric, one row per area and year, with the columns `HISTORY`.

    Parameters
    ----------
    table : pandas.DataFrame
        ``area_code``, ``year`` and the columns named; one row per area and year.
    value, unit : str
        The column of the value, and its unit: ``people``, ``%``, ``per 1,000 residents``.
    limits : pair of str, optional
        The columns of its interval; none for a count that is no sample.
    denominator : str, optional
        The column of the people that a percentage is of.
    """
    need_columns(table, "area_code", "year", value)
    empty = pd.Series(pd.NA, index=table.index, dtype="Float64")
    lower, upper = (table[name] for name in limits) if limits else (empty, empty)
    columns = {
        "metric_id": metric_id,
        "area_code": table["area_code"],
        "year": table["year"],
        "value": table[value].astype("Float64"),
        "lower": lower.astype("Float64"),
        "upper": upper.astype("Float64"),
        "denominator": table[denominator].astype("Float64") if denominator else empty,
        "unit": unit,
        "source": source_of(table),
    }
    return passed_on(pd.DataFrame(columns).reset_index(drop=True), table)


def of_london(table: pd.DataFrame, code: str) -> pd.DataFrame:
    """Offences and residents by borough and year, and under them those of all boroughs together.

    ``code`` is the code that the boroughs together get.
    """
    columns = ["area_code", "year", "offences", "residents"]
    need_columns(table, *columns)
    together = table.groupby("year", as_index=False)[["offences", "residents"]].sum()
    both = pd.concat([table[columns], together.assign(area_code=code)], ignore_index=True)
    return passed_on(both, table)


def latest_metrics(
    histories: Sequence[pd.DataFrame],
    area: str,
    year: str,
    comparators: Sequence[str],
    breaks: Mapping[str, Sequence[Break]] | None = None,
) -> dict[str, tuple[Measure, Measure | None, str]]:
    """By metric, its latest value, what it stands beside, and the words for how it moved.

    Parameters
    ----------
    histories : sequence of pandas.DataFrame
        From `metric_history` or `indicator_histories`; where there is a column ``trend``, it is
        the publisher's and none is computed.
    area : str
        GSS code. A metric of which it has no value stands with that of a comparator alone.
    year : str
        The latest year to look at; a period of several years counts by its end.
    comparators : sequence of str
        GSS codes; the first that has a value in the same year is taken.
    breaks : mapping of str to sequence, optional
        By source, the months or years from which its figures are no longer like those before.
    """
    found = {}
    for history in histories:
        ended = history["year"].map(ended_in) <= year
        held = history[ended & history["value"].notna()]
        own = held[held["area_code"] == area].sort_values("year")
        metric = str(history["metric_id"].iloc[0]) if len(history) else ""
        beside = _in_order(held[held["area_code"].isin(comparators)], comparators)
        if len(own):
            latest = own.iloc[-1]
            same = beside[beside["year"] == latest["year"]]
            against = _measure(same.iloc[-1]) if len(same) else None
            broken = (breaks or {}).get(latest["source"], ())
            trend = latest["trend"] if "trend" in own else trend_words(own, broken)
            found[metric] = (_measure(latest), against, str(trend))
        elif len(beside):
            found[metric] = (_nothing(beside.iloc[-1]), _measure(beside.iloc[-1]), "")
    return found


def _in_order(beside: pd.DataFrame, comparators: Sequence[str]) -> pd.DataFrame:
    """By year, and within a year in the order in which the comparators were named."""
    place = beside["area_code"].map({code: at for at, code in enumerate(comparators)})
    return beside.assign(place=-place).sort_values(["year", "place"])


def trend_words(own: pd.DataFrame, breaks: Sequence[Break] = ()) -> str:
    """``increasing, 2017/18 to 2021/22``, tested; else how it moved, with that it wasn't.

    Across a break of the series nothing is said of how it moved.
    """
    years = own["year"].tail(POINTS)
    if len(years) < 2:
        return "one year held"
    span = f"{years.iloc[0]} to {years.iloc[-1]}"
    if own["lower"].notna().all():
        found = recent_trend(own, value="value", breaks=breaks).iloc[0]
        if found["trend"] != NOT_CALCULATED:
            return f"{clear_trend(found)}, {span}"
        if str(found["reason"]).startswith("the series"):
            return f"not calculated: {found['reason']}"
    return moved_words(own["value"].tail(POINTS).iloc[0], own["value"].iloc[-1], span)


def moved_words(first: float, last: float, span: str) -> str:
    """``up, 2021/22 to 2022/23; not tested``: two values say no more."""
    moved = "unchanged" if first == last else "up" if last > first else "down"
    return f"{moved}, {span}; not tested"


def _measure(row: pd.Series) -> Measure:
    value, lower, upper, people = (row[n] for n in ("value", "lower", "upper", "denominator"))
    unit, code, year, source = (row[n] for n in ("unit", "area_code", "year", "source"))
    return Measure(value, lower, upper, None, people, unit, code, year, source, "", area_code=code)


def _nothing(row: pd.Series) -> Measure:
    unit, period, source = row["unit"], row["year"], row["source"]
    return Measure(None, None, None, None, None, unit, "", period, source, "")


def indicator_histories(
    table: pd.DataFrame, wanted: Iterable[Mapping[str, str]]
) -> list[pd.DataFrame]:
    """The metrics whose indicator is held, one table each: as `metric_history`, with ``trend``.

    Both sexes together, and all ages or the only ages that the indicator is of.

    Parameters
    ----------
    table : pandas.DataFrame
        As ``load.fingertips()`` gives it.
    wanted : iterable of mapping
        ``metric_id``, ``indicator`` (the publisher's number, or the indicator's whole name) and
        ``indicator_unit``.

    Raises
    ------
    InputError
        If a name is that of two indicators.
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
    words = (trend + ", as published").where(trend != "", NO_TREND)
    return passed_on(history.assign(trend=words), rows)
