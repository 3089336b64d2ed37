"""What a drawing over time, or of a few categories, shows."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import list_text
from cdpb.periods import month_name
from cdpb.report.alt.common import number_of_row, of_unit, sentences, spoken, withheld
from cdpb.report.charts.events import Mark, event_marks, marks_of_years, month_place
from cdpb.report.charts.order import capital, chart_rows, each, in_first_order, optional, unit_of
from cdpb.statistics.trend import turning_point


def alt_months(
    shown: PublishedTable,
    value: str = "offences",
    month: str = "month",
    series: str | None = "offence",
    panel: str | None = None,
    *,
    events: Iterable[Any] = (),
    breaks: Iterable[Any] = (),
) -> str:
    """The span of months, and of each panel its least, its most and its last month.

    Parameters as `cdpb.report.charts.months`.
    """
    rows = chart_rows(shown, value=value, x=month, series=series, panel=panel)
    known = rows[rows["value"].notna()]
    if known.empty:
        return ""
    rows["x"] = pd.PeriodIndex(rows["x"].astype(str), freq="M")
    first, last = rows["x"].min(), rows["x"].max()
    names = [name for name in ("panel", "series") if name in rows]
    parts = [
        _span(of, ": ".join(str(of[name].iloc[0]) for name in names))
        for _, of in (rows.groupby(names, sort=False) if names else [("", rows)])
    ]
    axis = pd.period_range(first, last, freq="M")
    told = f"Columns by month, {month_name(first)} to {month_name(last)}"
    marked = _marked(event_marks(events, breaks, month_place(axis)))
    return sentences(told, *parts, *marked, withheld(rows, "columns"))


def _marked(found: list[Mark]) -> list[str]:
    """The dates drawn, and where a series breaks."""
    kinds = {"Dates marked": False, "The series breaks at": True}
    told = {kind: [words for each in found for words, broken in each.told if broken is is_break]
            for kind, is_break in kinds.items()}  # fmt: skip
    return [f"{kind}: {'; '.join(words)}" for kind, words in told.items() if words]


def _span(of: pd.DataFrame, name: str) -> str:
    known = list(each(of.dropna(subset=["value"]).sort_values("x")))
    if not known:
        return ""
    least, most = (choose(known, key=lambda row: row.value) for choose in (min, max))
    told = [
        f"{word} {row.text} ({month_name(row.x)})"
        for word, row in (("lowest", least), ("highest", most), ("latest", known[-1]))
    ]
    return f"{name}: {', '.join(told)}" if name else ", ".join(told)


def alt_series(
    shown: PublishedTable,
    value: str = "percent",
    x: str = "year",
    group: str = "area_name",
    lower: str = "lower",
    upper: str = "upper",
    *,
    events: Iterable[Any] = (),
    breaks: Iterable[Any] = (),
    unit: str = "",
) -> str:
    """Where each line starts, turns and ends, with the last year's interval.

    Parameters as `cdpb.report.charts.series_with_intervals`.
    """
    rows = chart_rows(
        shown, value=value, x=x, group=group,
        lower=optional(shown, lower), upper=optional(shown, upper),
    ).sort_values("x", kind="stable")  # fmt: skip
    if rows["value"].isna().all():
        return ""
    parts = []
    for name, of in rows.groupby("group", sort=False):
        known = list(each(of.dropna(subset=["value"])))
        if known:
            end, at = known[-1], turning_point([row.value for row in known])
            before = known[: len(known) > 1] + ([] if at is None else [known[at]])
            points = [
                *(f"{row.text} in {row.x}" for row in before),
                f"{number_of_row(end)} in {end.x}",
            ]
            parts.append(f"{name} {list_text(points)}")
    told = f"Lines over the years, {of_unit(unit or unit_of(shown, value))}: {'; '.join(parts)}"
    marked = _marked(marks_of_years(events, breaks, rows["x"]))
    return sentences(told, *marked, withheld(rows, "points"))


def alt_dots(
    shown: PublishedTable,
    value: str = "percent",
    category: str = "substance_group",
    group: str | None = "area_name",
    lower: str = "lower",
    upper: str = "upper",
    *,
    unit: str = "",
) -> str:
    """Each category with each area's value and interval.

    Parameters as `cdpb.report.charts.dots_with_intervals`; also for `need_bar`, whose
    category is the area.
    """
    rows = chart_rows(
        shown, value=value, category=category, group=group,
        lower=optional(shown, lower), upper=optional(shown, upper),
    )  # fmt: skip
    if rows["value"].isna().all():
        return ""
    parts = []
    for name, of in rows.groupby("category", sort=False):
        told = [
            f"{row.group} {number_of_row(row)}" if group else number_of_row(row) for row in each(of)
        ]
        parts.append(f"{name}: {', '.join(told)}")
    return sentences(f"{capital(of_unit(unit or unit_of(shown, value)))}: {'; '.join(parts)}")


def alt_multiples(
    shown: PublishedTable,
    value: str = "offences",
    panel: str = "ward_name",
    x: str = "year",
    series: str = "offence",
) -> str:
    """Each panel's numbers year by year. Parameters as `cdpb.report.charts.small_multiples`."""
    rows = chart_rows(shown, value=value, panel=panel, x=x, series=series)
    if rows["value"].isna().all():
        return ""
    rows = rows.sort_values("x", kind="stable")
    years = in_first_order(rows["x"])
    parts = []
    for name in in_first_order(chart_rows(shown, value=value, panel=panel)["panel"]):
        of = rows[rows["panel"].eq(name)].groupby("series", sort=False)["text"]
        told = [f"{kind} {list_text(spoken(text) for text in texts)}" for kind, texts in of]
        parts.append(f"{name}: {', '.join(told)}")
    return sentences(f"Columns for {list_text([str(year) for year in years])}", "; ".join(parts))
