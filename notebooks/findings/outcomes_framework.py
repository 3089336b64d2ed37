"""The outcomes framework: every metric with its latest value, or with why there is none."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cdpb import paths
from cdpb.areas import ENGLAND, LONDON, Area
from cdpb.csv_files import list_rows
from cdpb.disclosure.published import PublishedTable, Row, only_published
from cdpb.findings.brief import source_in
from cdpb.findings.context import figure_cells
from cdpb.findings.documents import Others
from cdpb.numbers import capital, count_text
from cdpb.periods import ended_in
from cdpb.say import possessive, row_where
from cdpb.statistics.about import passed_on
from cdpb.statistics.framework import Latest, spelled
from cdpb.statistics.measure import Measure
from cdpb.steps import first_step

TIERS = ("strategic", "intermediate", "local")
# How many the national framework of May 2023 has; see the landing page of outcomes_framework.
NATIONAL = {"headline": 11, "supporting": 22}
NEEDED = (
    "access", "basis", "finding_id", "held_as", "held_back", "indicator", "indicator_unit",
    "key_figure", "kind", "lowest_geography", "metric", "metric_id", "outcome", "source",
    "source_id", "strip", "tier", "url_or_owner",
)  # fmt: skip
SHOWN = [
    "metric", "shown_as", "latest", "interval", "london", "england", "trend_line", "trend",
    "metric_period", "where_from",
]  # fmt: skip
COLUMNS = [
    "metric_id", "tier", "outcome", "metric_kind", "metric", "shown_as", "basis", "latest",
    "interval", "metric_value", "metric_lower", "metric_upper", "metric_unit", "metric_period",
    "dated", "london", "england", "trend_line", "trend", "where_from",
]  # fmt: skip
LATER = ["metric_id", "metric", "latest", "interval", "metric_period", "london", "england"]
LACKING = ["metric_id", "tier", "metric", "why"]
NONE, ALONE = "no figure", "England alone"
DATED, STAND_IN, ANY_YEAR = "dated", "stand-in", "2099/00"
# A figure that is more years older than the assessment is dated.
FRESH = 2
GAPS = ("national", "listed", "left_out")
LOCAL = ("LA", "ward", "LSOA")
BESIDE = (LONDON, ENGLAND)


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


def framework_table(
    held: Mapping[str, Latest], place: Area, year: str, others: Others
) -> pd.DataFrame:
    """All metrics in their order, each with its latest value or why there is none.

    A value is from ``held`` (as `latest_metrics` gives them) or else a key figure of one of the
    other findings.
    """
    rows = []
    for metric in metrics(place.code):
        found = held.get(metric["metric_id"]) or _from_finding(metric, others)
        source = found.measure.source if found else ""
        rows.append([*_row(metric, found, place, year, others), source])
    table = pd.DataFrame(rows, columns=[*COLUMNS, "metric_source"])
    table.attrs = {"source": "outcomes_framework", **first_step(table.columns)}
    return table


def of_tier(table: pd.DataFrame, tier: str) -> pd.DataFrame:
    """The metrics of one tier that have a figure, with the sources that theirs come from."""
    chosen = table[(table["tier"] == tier) & (table["basis"] != "")].reset_index(drop=True)
    chosen.attrs = table.attrs | {"sources": sorted(set(chosen["metric_source"]) - {""})}
    return chosen


def later(table: pd.DataFrame, since: pd.DataFrame) -> pd.DataFrame:
    """Of a table made for any year, the figures that are of a later period than in the other."""
    before = table.set_index("metric_id")["metric_period"].reindex(since["metric_id"]).to_numpy()
    own = since[(since["metric_period"] != before) & (since["latest"] != NONE)]
    return passed_on(own[LATER].reset_index(drop=True), since)


def lacking(table: pd.DataFrame) -> pd.DataFrame:
    """The metrics of which no figure is held, each with who publishes or sends it."""
    figured = table.loc[table["basis"] != "", "metric"]
    none = table[~table["metric"].isin(figured)].drop_duplicates("metric")
    none = none.rename(columns={"where_from": "why"})[LACKING]
    return passed_on(none.reset_index(drop=True), table)


def _from_finding(metric: Mapping[str, str], others: Others) -> Latest | None:
    found = others.key_figure(metric["finding_id"], metric["key_figure"])
    if found.measure is None:
        return None
    codes = {place.name: place.code for place in BESIDE}
    beside = {codes.get(each.label, each.area_code): each for each in found.comparators}
    return Latest(found.measure, beside, found.moved, {})


def _row(
    metric: Mapping[str, str], found: Latest | None, place: Area, year: str, others: Others
) -> list[Any]:
    about = [metric[name] for name in ("metric_id", "tier", "outcome", "kind", "metric")]
    if found is None:
        why = why_none(metric, others, place.code)
        return [*about, "", "", NONE, "", None, None, None, *[""] * 7, why]
    measure = found.measure
    latest, interval, *beside, line = figure_cells(found, place)
    numbers = [measure.value, measure.lower, measure.upper, measure.unit, spelled(measure.period)]
    source = source_in(measure.source, place.code)
    basis = metric["basis"] if measure.known else ALONE
    as_ = f"{STAND_IN}: " if basis == STAND_IN else ""
    return [
        *about, capital(f"{as_}{metric['held_as'] or 'as the metric is defined'}"), basis,
        latest if measure.known else NONE, interval, *numbers, _dated(measure, year), *beside,
        line, found.trend, source.publisher,
    ]  # fmt: skip


def _dated(measure: Measure, year: str) -> str:
    """Whether a figure is of a year long before the one asked for."""
    age = int(year[:4]) - int(ended_in(measure.period)[:4])
    return DATED if measure.known and age > FRESH else ""


def why_none(metric: Mapping[str, str], others: Others, area: str = "") -> str:
    """Why a metric has no value: withheld, hidden, not received, or nobody publishes it so."""
    note = others.key_figure(metric["finding_id"], metric["key_figure"]).note
    if note:
        return note
    if metric["source_id"]:
        source = source_in(metric["source_id"], area)
        return source.withheld if others.build.edition == "public" else source.not_received
    grain, publisher = metric["lowest_geography"], metric["source"]
    if not any(each in grain for each in LOCAL):
        return f"Published for {grain}, not for a borough ({publisher})"
    if metric["access"].startswith(("internal", "restricted")):
        return f"Not received: a return of {publisher}, not published"
    back = metric["held_back"] and f". {metric['held_back']}"
    return f"Published by {publisher}, not yet downloaded here{back}"


def gap_table() -> pd.DataFrame:
    """How many metrics the national framework has, are listed here, and are left out."""
    listed = {kind: sum(row["kind"] == kind for row in metrics()) for kind in NATIONAL}
    rows = [(kind, all_, listed[kind], all_ - listed[kind]) for kind, all_ in NATIONAL.items()]
    table = pd.DataFrame(rows, columns=["metric_kind", *GAPS])
    table.attrs = {"source": "outcomes_framework", **first_step(table.columns)}
    return table


def framework_headline(shown: Mapping[str, PublishedTable], name: str, year: str) -> str:
    """How many metrics have a figure, and of what kind: as defined, a stand-in, dated."""
    figures, alone, none = _of_metrics(shown, *TIERS)
    whose = "that the partnership measures itself by"
    if not len(shown["local"]):
        whose = "of the national framework that are listed here"
    stand_ins, dated = (
        sum(row[column] == word for row in figures.values())
        for column, word in (("basis", STAND_IN), ("dated", DATED))
    )
    return (
        f"Of the {count_text(len(figures) + alone + none)} metrics {whose}, "
        f"{count_text(len(figures))} have a figure for {name} for {year} or earlier: "
        f"{count_text(len(figures) - stand_ins)} as defined and {count_text(stand_ins)} by a "
        f"stand-in; {count_text(dated)} of these figures {'is' if dated == 1 else 'are'} out of "
        f"date. We hold England's figure alone for {count_text(alone)}, and none for "
        f"{count_text(none)}"
    )


def tier_title(shown: Mapping[str, PublishedTable], tier: str) -> str:
    """How many of a tier's metrics have a figure."""
    figures, alone, none = _of_metrics(shown, tier)
    kind = "local metrics" if tier == "local" else f"metrics of {tier} outcomes"
    every = count_text(len(figures) + alone + none)
    return f"{count_text(len(figures))} of {every} {kind} have a figure"


def _of_metrics(
    shown: Mapping[str, PublishedTable], *tiers: str
) -> tuple[dict[Any, Row], int, int]:
    """The first figure of each metric, and how many have England's alone, and how many none."""
    only_published(*shown.values())
    rows = [row for tier in tiers for row in shown[tier].rows()]
    figures = {row["metric"]: row for row in reversed(rows) if row["latest"] != NONE}
    alone = {row["metric"] for row in rows} - set(figures)
    return figures, len(alone), sum(len(shown["lacking"].where(tier=tier)) for tier in tiers)


def no_local(name: str) -> str:
    """That a partnership's own metrics are not known."""
    return f"No local metrics of {possessive(name)} partnership are on file."


def gap_sentence(gap: PublishedTable, local: PublishedTable) -> str:
    """What is left out of the national framework, by the plan where its metrics are on file."""
    row = row_where(gap, metric_kind="supporting")
    national, listed, left_out = (count_text(row[name]) for name in GAPS)
    by = "the delivery plan lists" if len(local) else "this page lists"
    return (
        f"The national framework has {national} supporting metrics and {by} {listed}: {left_out} "
        "are left out, so they have no row and no figure here"
    )
