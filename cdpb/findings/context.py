"""What open publications say of an area, beside a finding's own figures."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cdpb import catalogue
from cdpb.areas import ENGLAND, LONDON, Area
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.file_contents import one_look
from cdpb.numbers import count_text, measured_interval, measured_value, rounded_text, unit_text
from cdpb.partner_returns import Indicators, PublishedFigure
from cdpb.statistics.about import passed_on
from cdpb.statistics.comparison import NOT_COMPARED, compare_measures
from cdpb.statistics.framework import (
    Latest,
    in_financial_years,
    latest_metrics,
    metric_history,
    with_children,
)
from cdpb.statistics.measure import Measure
from cdpb.statistics.rates import crude_rate, proportion, with_residents
from cdpb.steps import first_step

ENGLAND_AND_WALES = "K04000001"
NOT_HELD = "not held"
# A line is of so many years.
MOST_YEARS = 10
SHOWN = [
    "published_figure", "latest", "counted_of", "interval", "london", "england", "trend_line",
    "metric_period", "where_from",
]  # fmt: skip
NUMBERS = ["metric_value", "london_value"]
COLUMNS = [*SHOWN, "metric_unit", *NUMBERS]


@one_look()
def published_figures(finding_id: str, place: Area, year: str, load: Any) -> pd.DataFrame:
    """One row per figure of a publication that is declared for a finding and has been received.

    Parameters
    ----------
    finding_id : str
        As the figures of ``data/sources.yml`` name it.
    place : Area
    year : str
        The latest year to look at.
    load : Loaders
        The finding's.

    Returns
    -------
    pandas.DataFrame
        The columns `COLUMNS`; figures of which the area has no value are left out.
    """
    declared = {
        source_id: [each for each in what.figures if each.shown_on == finding_id]
        for source_id, what in catalogue.publications().items()
    }
    declared = {source_id: figures for source_id, figures in declared.items() if figures}
    held = [source_id for source_id in declared if catalogue.receipts(source_id)]
    rows = [row for id in held for row in _rows(id, declared[id], place, year, load)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table = table.astype(dict.fromkeys(NUMBERS, "Float64"))
    table.attrs = {"source": next(iter(declared)), "sources": held, **first_step(table.columns)}
    return table


def _rows(
    source_id: str, figures: list[PublishedFigure], place: Area, year: str, load: Any
) -> Iterator[list[Any]]:
    what = catalogue.publications()[source_id]
    table = _in_years(load.published(source_id, wide=True), what)
    england = ENGLAND_AND_WALES if ENGLAND_AND_WALES in what.areas else ENGLAND.code
    for figure in figures:
        history = _history(figure, table, what, load)
        found = latest_metrics([history], place.code, year, [LONDON.code, england])
        found = {id: each for id, each in found.items() if each.measure.known}
        if latest := found.get(figure.called):
            publisher = catalogue.source(source_id).publisher
            own = history[history["area_code"] == place.code].set_index("year")
            counted = own.loc[latest.measure.period, "counted"]
            value, interval, *beside, line = figure_cells(latest, place)
            period = latest.measure.period
            london = latest.beside.get(LONDON.code)
            numbers = [latest.measure.unit, latest.measure.value, london and london.value]
            yield [
                figure.called, value, counted, interval, *beside, line, period, publisher, *numbers,
            ]  # fmt: skip


def _in_years(table: pd.DataFrame, what: Indicators) -> pd.DataFrame:
    names = {name: [name] for name in what.names}
    columns = dict.fromkeys([*map(str, table.columns), *what.names])
    table = passed_on(table.reindex(columns=list(columns)), table)
    return table if what.period == "year" else in_financial_years(table, **names)


def _history(
    figure: PublishedFigure, table: pd.DataFrame, what: Indicators, load: Any
) -> pd.DataFrame:
    """All areas and years of a figure, with London's as the sum where it has no row."""
    own = table[["area_code", "year"]].assign(
        part=table[list(figure.adds)].sum(axis=1, skipna=False).astype("Float64"),
        whole=table[list(figure.of)].sum(axis=1, skipna=False).astype("Float64"),
    )
    own = passed_on(own, table)
    if figure.per:
        own = _among(own, figure, what, load)
    if not set(figure.adds) & set(what.values) and LONDON.code not in set(own["area_code"]):
        own = _with_london(own)
    return _measured(own, figure)


def _measured(own: pd.DataFrame, figure: PublishedFigure) -> pd.DataFrame:
    limits, pairs = ("lower", "upper"), zip(own["part"], own["whole"], strict=True)
    counted = [_counted(*pair, figure) for pair in pairs]
    if figure.of:
        shares = proportion(own, "part", "whole")
        found = metric_history(figure.called, shares, "percent", "%", limits)
    elif figure.per:
        rates = crude_rate(own, "part", "whole", figure.per)
        unit = f"per {figure.per:,} {figure.among}"
        found = metric_history(figure.called, rates, f"rate_per_{figure.per}", unit, limits)
    else:
        found = metric_history(figure.called, own, "part", figure.unit)
    return passed_on(found.assign(counted=counted), found)


def _counted(part: Any, whole: Any, figure: PublishedFigure) -> str:
    """``7 of 71``, or of a rate ``61 in all``; nothing where the figure is the count itself."""
    if pd.isna(part) or pd.isna(whole) or not (figure.of or figure.per):
        return ""
    return f"{_count(part)} of {_count(whole)}" if figure.of else f"{_count(part)} in all"


def _count(number: Any) -> str:
    return count_text(int(number))


def _among(own: pd.DataFrame, figure: PublishedFigure, what: Indicators, load: Any) -> pd.DataFrame:
    """With the people of each area that it is a rate of; areas of which there are none left out."""
    if figure.among == "children":
        children = load.published("children_population", wide=True)
        both = with_children(own, children, later=int(what.dated == "school_year"))
        return passed_on(
            both.drop(columns="whole").rename(columns={"children_0_17": "whole"}), both
        )
    residents = load.residents()
    known = passed_on(own[own["area_code"].isin(residents["area_code"])], own)
    both = with_residents(known.drop(columns="whole"), residents, on="area_code")
    return passed_on(both.rename(columns={"residents": "whole"}), both)


def _with_london(own: pd.DataFrame) -> pd.DataFrame:
    """With the sum of London's authorities that have a figure, where there is no row of London."""
    parts = own[own["area_code"].str.startswith("E09")].dropna(subset=["part", "whole"])
    london = parts.groupby("year", as_index=False)[["part", "whole"]].sum()
    both = pd.concat([own, london.assign(area_code=LONDON.code)], ignore_index=True)
    return passed_on(both, own)


def figure_cells(found: Latest, place: Area) -> list[str]:
    """A latest figure as a table shows it: value, interval, London, England, and its years."""
    plain = found.measure.to_dict()
    value = f"{measured_value(plain)} {unit_text(plain)}".strip()
    england = found.beside.get(ENGLAND.code) or found.beside.get(ENGLAND_AND_WALES)
    against = [found.beside.get(LONDON.code), england]
    beside = [_beside(found.measure, each, place) for each in against]
    years = [*found.series.items()][-MOST_YEARS:]
    line = [f"{when} {rounded_text(each, found.measure.decimals)}" for when, each in years]
    return [value, measured_interval(plain), *beside, "; ".join(line)]


def _beside(measure: Measure, against: Measure | None, place: Area) -> str:
    """``25.0 (Barnet lower)``; of a number of people, or without an interval, the value alone."""
    if against is None:
        return NOT_HELD
    plain = against.to_dict()
    wales = ", with Wales" if against.area_code == ENGLAND_AND_WALES else ""
    # A borough has fewer people than England; that says nothing.
    side = NOT_COMPARED if measure.unit == "people" else compare_measures(measure, against)
    if side != NOT_COMPARED:
        return f"{measured_value(plain)}{wales} ({place.name} {side})"
    return f"{measured_value(plain)} {unit_text(plain)}".strip() + wales


def columns_filled(shown: PublishedTable) -> list[str]:
    """The columns that a page shows: those in which something stands."""
    return [name for name in SHOWN if any(row[name] for row in shown.rows())]


def published_title(shown: PublishedTable, name: str) -> str:
    """The first figure with London's, and the period that it is of."""
    only_published(shown)
    if not len(shown):
        return ""
    row = next(iter(shown.rows()))
    about = {"unit": row["metric_unit"]}
    own = measured_value(about | {"value": row["metric_value"]})
    unit = f" {unit_text(about)}".rstrip()
    held = row["london"] != NOT_HELD
    london = f" and {measured_value(about | {'value': row['london_value']})} in London" * held
    return f"{row['published_figure']}: {own}{unit} in {name}{london}, {row['metric_period']}"
