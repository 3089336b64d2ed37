"""Metrics of an outcomes framework: each over the years held, its latest value and trend."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from cdpb.errors import InputError
from cdpb.periods import ended_in, financial_years_of
from cdpb.statistics.about import need_columns, passed_on, source_of
from cdpb.statistics.measure import Measure
from cdpb.statistics.trend import (
    NOT_CALCULATED,
    ON_A_LINE,
    POINTS,
    Break,
    clear_trend,
    moved_words,
    recent_trend,
)

PERSONS, ALL_AGES = "Persons", "All ages"
NO_TREND = "no trend published"
QUARTERS, MONTHS = 4, 12
# As the national framework defines neighbourhood crime, by the columns of `neighbourhood_crime`.
NEIGHBOURHOOD = (
    "residential_burglary", "robbery_personal", "theft_from_person", "theft_from_vehicle",
    "theft_of_vehicle", "vehicle_interference", "aggravated_vehicle_taking",
)  # fmt: skip
HOUSEHOLDS = ("households_no_need", "households_need_unknown", "households_one_or_more")
# Fewer people or households than these are not shown where the source is protected.
SMALLEST_SHOWN = 5
HISTORY = ["metric_id", "area_code", "year", "value", "lower", "upper", "denominator", "unit"]


class Latest(NamedTuple):
    """A metric's latest value, those it stands beside by GSS code, and how it moved.

    ``trend`` says that in words; ``series`` has the value of each year that is held.
    """

    measure: Measure
    beside: Mapping[str, Measure]
    trend: str
    series: Mapping[str, float]


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


def in_financial_years(table: pd.DataFrame, **sums: Sequence[str]) -> pd.DataFrame:
    """Counts of months or quarters added up to financial years, one row per area and year.

    Parameters
    ----------
    table : pandas.DataFrame
        ``area_code``, ``month`` or ``quarter``, and the columns named in ``sums``.
    **sums
        For each new column, those that are added up into it. A year of which an area lacks a
        period, or one of these figures, has no value.
    """
    period, whole = ("month", MONTHS) if "month" in table else ("quarter", QUARTERS)
    need_columns(table, "area_code", period, *(name for parts in sums.values() for name in parts))
    added = {into: table[list(parts)].sum(axis=1, skipna=False) for into, parts in sums.items()}
    dated = table[period].str[:7] if period == "quarter" else financial_years_of(table[period])
    by = [table["area_code"], dated.rename("year")]
    years = pd.DataFrame(added).astype("Float64").groupby(by)
    held = years.count() == whole
    return passed_on(years.sum().where(held).reset_index(), table)


def without_few(table: pd.DataFrame, count: str) -> pd.DataFrame:
    """The table without counts of so few that neither they nor a share of them are shown."""
    return passed_on(
        table.assign(**{count: table[count].mask(table[count] < SMALLEST_SHOWN)}), table
    )


def with_children(table: pd.DataFrame, children: pd.DataFrame, later: int = 0) -> pd.DataFrame:
    """Counts of a year with the children who lived in the area on 30 June.

    Of the calendar year in which it begins, or so many years ``later``.
    """
    june = (table["year"].str[:4].astype(int) + later).astype(str)
    of_year = children.rename(columns={"year": "june"})[["area_code", "june", "children_0_17"]]
    both = table.assign(june=june).merge(of_year, on=["area_code", "june"], how="left")
    return passed_on(both, table, denominator_source=source_of(children))


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
) -> dict[str, Latest]:
    """By metric, its latest value, those it stands beside, and how it moved.

    Parameters
    ----------
    histories : sequence of pandas.DataFrame
        From `metric_history` or `indicator_histories`; where there is a column ``trend``, it is
        the publisher's and none is computed.
    area : str
        GSS code. A metric of which it has no value stands with that of the last comparator alone.
    year : str
        The latest year to look at; a period of several years counts by its end.
    comparators : sequence of str
        GSS codes; each that has a value in the same year stands beside.
    breaks : mapping of str to sequence, optional
        By source, the months or years from which its figures are no longer like those before.
    """
    found = {}
    for history in histories:
        held = history[(history["year"].map(ended_in) <= year) & history["value"].notna()]
        own = held[held["area_code"] == area].sort_values("year")
        if len(own):
            found[str(own["metric_id"].iloc[0])] = _latest(own, held, comparators, breaks or {})
            continue
        alone = held[held["area_code"] == comparators[-1]].sort_values("year").tail(1)
        for _, row in alone.iterrows():
            beside = {comparators[-1]: _measure(row)}
            nothing = Measure.missing("", row, row["year"])
            found[str(row["metric_id"])] = Latest(nothing, beside, "", {})
    return found


def _latest(
    own: pd.DataFrame,
    held: pd.DataFrame,
    comparators: Sequence[str],
    breaks: Mapping[str, Sequence[Break]],
) -> Latest:
    last = own.iloc[-1]
    same = held[held["year"] == last["year"]].set_index("area_code", drop=False)
    beside = {code: _measure(same.loc[code]) for code in comparators if code in same.index}
    trend = last["trend"] if "trend" in own else trend_words(own, breaks.get(last["source"], ()))
    series = dict(zip(own["year"], own["value"].astype(float), strict=True))
    return Latest(_measure(last), beside, str(trend), series)


def latest_of_boroughs(
    histories: Sequence[pd.DataFrame], called: Mapping[str, str], area: str, year: str
) -> dict[str, pd.DataFrame]:
    """Some metrics in the area's latest year: every area's value, by what the metric is ``called``.

    A metric of which the area has no value up to ``year`` is left out.
    """
    found = {}
    for history in histories:
        name = called.get(str(history["metric_id"].iloc[0]) if len(history) else "")
        held = history[(history["year"].map(ended_in) <= year) & history["value"].notna()]
        own = held.loc[held["area_code"] == area, "year"]
        if name and len(own):
            of_year = held[held["year"] == own.max()]
            found[f"{name}, {spelled(own.max())}"] = passed_on(of_year, history)
    return found


def spelled(period: str) -> str:
    """A period of several years in words: ``2021/22 to 2023/24`` for ``2021/22 - 23/24``."""
    first, _, last = period.partition(" - ")
    century = first[:2] if len(last) < len(first) else ""
    return f"{first} to {century}{last}" if last else first


def trend_words(own: pd.DataFrame, breaks: Sequence[Break] = ()) -> str:
    """``increasing, 2017/18 to 2021/22``, tested; else how it moved, with that it wasn't.

    Where the limits of the first and the last year overlap no direction is named, and where a
    straight line does not fit the years it says so. Across a break of the series nothing is said.
    """
    points = own.tail(POINTS)
    if len(points) < 2:
        return "one year held"
    first, last = points.iloc[0], points.iloc[-1]
    span = f"{first['year']} to {last['year']}"
    if own["lower"].isna().any():
        return moved_words(first["value"], last["value"], span)
    found = recent_trend(own, value="value", breaks=breaks).iloc[0]
    if str(found["reason"]).startswith("the series"):
        return f"not calculated: {str(found['reason']).partition(':')[0]}"
    odd = f"; {found['fit']}" if found["fit"] not in ("", ON_A_LINE) else ""
    if first["lower"] <= last["upper"] and last["lower"] <= first["upper"]:
        return f"no clear change, {span}{odd}"
    if found["trend"] == NOT_CALCULATED or odd:
        moved = "higher" if last["value"] > first["value"] else "lower"
        return f"{moved} in {last['year']} than in {first['year']}{odd}"
    return f"{clear_trend(found)}, {span}"


def _measure(row: pd.Series) -> Measure:
    value, lower, upper, people = (row[n] for n in ("value", "lower", "upper", "denominator"))
    unit, code, year, source = (row[n] for n in ("unit", "area_code", "year", "source"))
    return Measure(value, lower, upper, None, people, unit, code, year, source, "", area_code=code)


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
