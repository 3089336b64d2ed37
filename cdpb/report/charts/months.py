"""Counts by month, one panel a series, with dated events over all of them."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError
from cdpb.report.charts.canvas import (
    PLAIN,
    DrawnTwice,
    Size,
    axes,
    canvas,
    draw_twice,
    grid,
    label,
    ticks_of,
    unclipped,
    width_of,
)
from cdpb.report.charts.events import (
    Mark,
    draw_marks,
    event_marks,
    label_height,
    month_place,
    placed,
)
from cdpb.report.charts.order import capital, chart_rows, in_first_order
from cdpb.report.palette import CATEGORICAL, OTHERS, SOFT_INK

MOST_PANELS = 8
PANEL = 88


def months(
    shown: PublishedTable,
    value: str = "offences",
    month: str = "month",
    series: str | None = "offence",
    panel: str | None = None,
    *,
    events: Iterable[Any] = (),
    breaks: Iterable[Any] = (),
    prefix: str = "figure",
) -> DrawnTwice | None:
    """Columns by month, a panel for each series, all to one scale from zero.

    Parameters
    ----------
    shown : PublishedTable
        One row a month (and series, and panel). A month without a row or a value is a gap
        with its marker, never a zero.
    value, month, series, panel : str
        Columns; ``series`` decides the colour, ``panel`` (a ward, say) comes before it in a
        panel's title. Either may be None.
    events : iterable
        Things with ``date`` and ``label``: drawn as dates, never as causes.
    breaks : iterable
        Things with ``month`` or ``year``, and ``label``: where the series breaks.
    prefix : str
        The figure's id in the page.

    Returns
    -------
    Drawing or None
        None when no value is published.

    Raises
    ------
    InputError
        If there would be more than eight panels.
    """
    rows = chart_rows(shown, value=value, month=month, series=series, panel=panel)
    if rows["value"].isna().all():
        return None
    rows["month"] = pd.PeriodIndex(rows["month"].astype(str), freq="M")
    names = [name for name in ("panel", "series") if name in rows]
    rows["title"] = rows[names].astype(str).agg(": ".join, axis=1) if names else ""
    panels = in_first_order(rows["title"])
    if len(panels) > MOST_PANELS:
        raise InputError(f"Table {shown.id}: {len(panels)} panels are more than a chart can hold.")
    axis = pd.period_range(rows["month"].min(), rows["month"].max(), freq="M")
    found = event_marks(events, breaks, month_place(axis))
    return draw_twice(shown, partial(_figure, rows, panels, axis, found), prefix)


def _figure(
    rows: pd.DataFrame, panels: list[str], axis: pd.PeriodIndex, found: list[Mark], size: Size
) -> Figure:
    most = rows["value"].max() or 1
    ticks = ticks_of(0, most, 4 if len(panels) > 1 else 6, whole=True)
    left = max(max(width_of(words, size.text) for words in ticks.values()) + 10, 24)
    beside = placed(found, _span(len(axis)), size.width - left - 4, size)
    title = size.text + 10 if any(panels) else 8
    above = label_height(beside, size) + 4
    below = 2.4 * size.text + 8
    one = (PANEL if len(panels) > 1 else 2 * PANEL) + title
    figure = canvas(size, above + below + one * len(panels))
    every = []
    for i, name in enumerate(panels):
        ax = axes(figure, left, above + i * one + title, 4, below + (len(panels) - 1 - i) * one)
        of = rows[rows["title"].eq(name)].drop_duplicates("month").set_index("month")
        _panel(ax, of.reindex(axis), name, size, colour=_colour(rows, of))
        ax.set_yticks(list(ticks), list(ticks.values()))
        ax.set_ylim(0, most * 1.05)
        every.append(ax)
    _month_names(every[-1], axis, size)
    # The labels stand over the title of the first panel.
    draw_marks(every[0], every, beside, size, lift=title)
    for ax in every:
        unclipped(ax)
    return figure


def _span(months: int) -> tuple[float, float]:
    """From a little before the first month to a little after the last."""
    return -0.6, months - 0.4


def _colour(rows: pd.DataFrame, of: pd.DataFrame) -> str:
    if "series" not in rows:
        return CATEGORICAL[0]
    at = in_first_order(rows["series"]).index(of["series"].iloc[0])
    return CATEGORICAL[at % len(CATEGORICAL)]


def _panel(ax: Axes, of: pd.DataFrame, name: str, size: Size, colour: str) -> None:
    places = range(len(of))
    ax.set_xlim(*_span(len(of)))
    known = of["value"].notna().to_numpy()
    at = [place for place, is_known in zip(places, known, strict=True) if is_known]
    ax.bar(at, of["value"].dropna(), width=0.8, color=colour, linewidth=0)
    ax.axhline(0, color=SOFT_INK, linewidth=1)
    for place, text in zip(places, of["text"].fillna(""), strict=True):
        if place not in at:
            _gap(ax, place, text or "[x]", size)
    ax.set_xticks([])
    grid(ax, "y", size)
    label(ax, capital(name), 0, 1, move=(0, 5), size=size.text, up="baseline", within=ax.transAxes,
          weight="bold", bbox=PLAIN)  # fmt: skip


def _gap(ax: Axes, place: int, text: str, size: Size) -> None:
    ax.axvspan(place - 0.4, place + 0.4, facecolor="none", edgecolor=OTHERS, hatch="////", lw=0)
    label(ax, text, place, 0.5, size=size.small, across="center", bbox=PLAIN,
          within=ax.get_xaxis_transform())  # fmt: skip


def _month_names(ax: Axes, axis: pd.PeriodIndex, size: Size) -> None:
    """Quarters by their first month, or years where months are many; the year below."""
    step = next(n for n in (1, 3, 6, 12, 24, 48) if len(axis) / n <= (14 if size.wide else 6))
    first = next((i for i, month in enumerate(axis) if month.month == 4), 0) % step
    below = ax.get_xaxis_transform()
    for i in range(first, len(axis), step):
        month = axis[i]
        words = f"{month.year}" if step >= 12 else month.strftime("%b")
        label(ax, words, i, 0, move=(0, -5), size=size.small, across="center", up="top",
              within=below)  # fmt: skip
        if step < 12 and (i == first or month.month <= step):
            label(ax, f"{month.year}", i, 0, move=(0, -6 - size.text), size=size.small,
                  across="center", up="top", within=below)  # fmt: skip
        ax.plot([i, i], [0, -4 / ax.bbox.height], color=SOFT_INK, linewidth=1, transform=below)
