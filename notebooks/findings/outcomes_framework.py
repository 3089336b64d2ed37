"""The outcomes framework: every metric with its latest value, or with why there is none."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pandas as pd

from cdpb import catalogue, paths
from cdpb.csv_files import list_rows
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.findings.brief import source_in
from cdpb.findings.compare_records import plain_period
from cdpb.findings.documents import Others
from cdpb.numbers import count_text, is_known, measure_text
from cdpb.say import possessive, row_where
from cdpb.sources import SeriesBreak
from cdpb.statistics.comparison import NOT_COMPARED
from cdpb.statistics.framework import moved_words
from cdpb.statistics.measure import Measure
from cdpb.steps import first_step

TIERS = ("strategic", "intermediate", "local")
# How many the national framework of May 2023 has; see the landing page of outcomes_framework.
NATIONAL = {"headline": 11, "supporting": 22}
NEEDED = (
    "access", "finding_id", "held_as", "indicator", "indicator_unit", "key_figure", "kind",
    "lowest_geography", "metric", "metric_id", "outcome", "source", "source_id", "tier",
    "url_or_owner",
)  # fmt: skip
SHOWN = ["metric_id", "metric", "latest", "beside", "trend", "where_from"]
COLUMNS = [
    "metric_id", "tier", "outcome", "metric_kind", "metric", "latest", "metric_value",
    "metric_lower", "metric_upper", "metric_unit", "metric_period", "beside", "trend",
    "where_from",
]  # fmt: skip
NONE = "no figure"
LOCAL = ("LA", "ward", "LSOA")
# A metric's latest value, what it stands beside, and the words for its trend.
Found = tuple[Measure, Measure | None, str]


def metrics(area: str = "") -> list[dict[str, str]]:
    """The national metrics, one row each, then those that a partnership adds.

    Its own stand in ``data/areas/<code>_metrics.csv``, where there is such a file.
    """
    data = paths.data_folder()
    own = data / "areas" / f"{area}_metrics.csv"
    local = list_rows(own, *NEEDED) if own.is_file() else []
    return [*list_rows(data / "metrics.csv", *NEEDED), *local]


def indicators(area: str = "") -> list[dict[str, str]]:
    """The metrics that Fingertips publishes, each with its ``indicator`` and that one's unit."""
    return [each for each in metrics(area) if each["indicator"]]


def series_breaks(*source_ids: str) -> dict[str, list[SeriesBreak]]:
    """By source, from when its figures are no longer like those before."""
    return {each: catalogue.source(each).series_breaks for each in source_ids}


def framework_table(
    held: Mapping[str, Found], names: Mapping[str, str], others: Others, area: str
) -> pd.DataFrame:
    """All metrics in their order, each with its latest value or why there is none.

    A value is from ``held`` (as `latest_metrics` gives them) or else a key figure of one of the
    other findings. ``names`` has the area and those it stands beside, by GSS code.
    """
    rows = []
    for metric in metrics(area):
        found = held.get(metric["metric_id"]) or _from_finding(metric, others)
        source = found[0].source if found else ""
        rows.append([*_row(metric, found, names, why_none(metric, others, area), area), source])
    table = pd.DataFrame(rows, columns=[*COLUMNS, "metric_source"])
    table.attrs = {"source": "outcomes_framework", **first_step(table.columns)}
    return table


def of_tier(table: pd.DataFrame, tier: str) -> pd.DataFrame:
    """The metrics of one tier, with the sources that theirs come from."""
    chosen = table[table["tier"] == tier].reset_index(drop=True)
    chosen.attrs = table.attrs | {"sources": sorted(set(chosen["metric_source"]) - {""})}
    return chosen


def _from_finding(metric: Mapping[str, str], others: Others) -> Found | None:
    record, figure = _key_figure(metric, others)
    if not is_known(figure.get("value")):
        return None
    beside = [_as_measure(each) for each in figure["comparators"] if is_known(each["value"])]
    return _as_measure(figure), next(iter(beside), None), _since_last_year(record, figure)


def _key_figure(
    metric: Mapping[str, str], others: Others
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The record of a metric's finding and its key figure there; empty where there is none."""
    record = others.find(metric["finding_id"]) or {}
    named = [each for each in record.get("key_figures", ()) if each["id"] == metric["key_figure"]]
    return record, named[0] if named else {}


def _as_measure(recorded: Mapping[str, Any]) -> Measure:
    known = {each.name for each in fields(Measure)}
    return Measure(**{name: value for name, value in recorded.items() if name in known})


def _since_last_year(record: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """How a key figure moved, as its own page tells it, or why that can't be said."""
    before = (record.get("before") or {}).get("key_figures", ())
    row = next((each for each in before if each["id"] == figure["id"]), None)
    if row is None:
        return "not held for the year before"
    if row["before"] is None or row["why"]:
        return f"not calculated: {row['why']}"
    span = f"{plain_period(row['before'])} to {plain_period(figure)}"
    return moved_words(row["before"]["value"], figure["value"], span)


def _row(
    metric: Mapping[str, str], found: Found | None, names: Mapping[str, str], why: str, area: str
) -> list[Any]:
    about = [metric[name] for name in ("metric_id", "tier", "outcome", "kind", "metric")]
    if found is None:
        return [*about, NONE, None, None, None, "", "", "", "", why]
    measure, against, trend = found
    latest = f"{measure_text(measure.to_dict())}, {measure.period}" if measure.known else NONE
    numbers = [measure.value, measure.lower, measure.upper, measure.unit, measure.period]
    beside = _beside(measure, against, names)
    return [*about, latest, *numbers, beside, trend, _where_from(metric, measure, area)]


def _beside(measure: Measure, against: Measure | None, names: Mapping[str, str]) -> str:
    """``London 4.2 per 1,000 residents: lower``; ``not compared`` for a number of people."""
    if against is None:
        return NOT_COMPARED
    text = f"{names.get(against.label, against.label)} {measure_text(against.to_dict())}"
    return f"{text}: {_side(measure, against)}" if measure.known else f"{text}, {against.period}"


def _side(measure: Measure, against: Measure) -> str:
    lower, upper, value = measure.lower, measure.upper, against.value
    if measure.unit == "people" or lower is None or upper is None or value is None:
        return NOT_COMPARED  # A borough has fewer people than England; that says nothing.
    if lower <= value <= upper:
        return "similar"
    return "lower" if upper < value else "higher"


def _where_from(metric: Mapping[str, str], measure: Measure, area: str) -> str:
    source = source_in(measure.source, area)
    held_as = f". Shown: {metric['held_as']}" if metric["held_as"] else ""
    lacks = "" if measure.known else ". No figure for this area was received"
    return f"{source.publisher}: {source.title}{held_as}{lacks}"


def why_none(metric: Mapping[str, str], others: Others, area: str = "") -> str:
    """Why a metric has no value: withheld, hidden, not received, or nobody publishes it so."""
    _, figure = _key_figure(metric, others)
    if figure.get("note"):
        return str(figure["note"])
    if metric["source_id"]:
        source = source_in(metric["source_id"], area)
        return source.withheld if others.build.edition == "public" else source.not_received
    grain, publisher = metric["lowest_geography"], metric["source"]
    if not any(each in grain for each in LOCAL):
        return f"Published for {grain}, not for a borough ({publisher})"
    if metric["access"].startswith(("internal", "restricted")):
        return f"Not received: a return of {publisher}, not published"
    return f"Not received: published by {publisher}"


def gap_table() -> pd.DataFrame:
    """How many metrics the national framework has, are listed here, and are left out."""
    listed = {kind: sum(row["kind"] == kind for row in metrics()) for kind in NATIONAL}
    rows = [(kind, all_, listed[kind], all_ - listed[kind]) for kind, all_ in NATIONAL.items()]
    table = pd.DataFrame(rows, columns=["metric_kind", "national", "listed", "left_out"])
    table.attrs = {"source": "outcomes_framework", **first_step(table.columns)}
    return table


def framework_headline(shown: list[PublishedTable], name: str, year: str) -> str:
    """How many metrics have a figure."""
    only_published(*shown)
    rows = [row for table in shown for row in table.rows()]
    known = sum(row["latest"] != NONE for row in rows)
    whose = "of the national framework that are listed here"
    if any(row["tier"] == "local" for row in rows):
        whose = "that the partnership measures itself by"
    return (
        f"Of the {count_text(len(rows))} metrics {whose}, {count_text(known)} have a figure "
        f"for {name} for {year} or earlier; {count_text(len(rows) - known)} have none"
    )


def tier_title(shown: PublishedTable, tier: str) -> str:
    """How many of a tier's metrics have a figure."""
    only_published(shown)
    known = sum(row["latest"] != NONE for row in shown.rows())
    kind = "local metrics" if tier == "local" else f"metrics of {tier} outcomes"
    return f"{count_text(known)} of {count_text(len(shown))} {kind} have a figure"


def no_local(name: str) -> str:
    """That a partnership's own metrics are not known."""
    return f"No local metrics of {possessive(name)} partnership are on file."


def gap_sentence(gap: PublishedTable, local: PublishedTable) -> str:
    """What is left out of the national framework, by the plan where its metrics are on file."""
    row = row_where(gap, metric_kind="supporting")
    national, listed, left_out = (
        count_text(row[name]) for name in ("national", "listed", "left_out")
    )
    has = f"The national framework has {national} supporting metrics"
    if not len(local):
        return f"{has}, of which {listed} are listed here; {left_out} have no row and no figure"
    return (
        f"{has} and the delivery plan lists {listed}: {left_out} are left out. The plan does not "
        "say which or why, so they have no row and no figure here"
    )
