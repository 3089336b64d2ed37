"""Counts by month, one panel per series, with dated events over all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError
from cdpb.numbers import capital
from cdpb.periods import month_name
from cdpb.report.charts.canvas import (
    CATEGORICAL,
    OTHERS,
    PLAIN,
    SOFT_INK,
    Size,
    axes,
    canvas,
    disable_clipping,
    grid,
    label,
    ticks_of,
    width_of,
)
from cdpb.report.charts.events import (
    Mark,
    draw_marks,
    event_marks,
    label_height,
    layout_marks,
    marks_in_words,
    month_place,
)
from cdpb.report.charts.figure_kind import (
    Drawing,
    FigureKind,
    in_first_order,
    iter_rows,
    sentences,
    withheld,
)

MOST_PANELS = 8
PANEL = 88


@dataclass(frozen=True, kw_only=True)
class Months(FigureKind):
    """Columns by month, one panel per series, all to one scale from zero.

    One row per month (and series, and panel). A month without a row or a value is a gap with its
    marker, never a zero.

    Attributes
    ----------
    value, month, series, panel : str
        Columns; ``series`` decides the colour, ``panel`` (a ward, say) comes before it in a
        panel's title. Either may be None.
    focus : str, optional
        The ward that its panels are about.
    axis : str
        What is measured, for the line beneath the title.
    events : iterable
        Things with ``date`` and ``label``: drawn as dates, never as causes.
    breaks : iterable
        Things with ``month`` or ``year``, and ``label``: where the series breaks.
    """

    name: ClassVar[str] = "months"
    columns: ClassVar[Sequence[str]] = ("value", "month", "series", "panel")
    with_events: ClassVar[bool] = True

    value: str = "offences"
    month: str = "month"
    series: str | None = "offence"
    panel: str | None = "ward_name"
    focus: str | None = None
    axis: str = ""
    events: Iterable[Any] = ()
    breaks: Iterable[Any] = ()

    def rows(self, shown: PublishedTable) -> pd.DataFrame:
        """As of every kind, the months as periods."""
        rows = super().rows(shown)
        return rows.assign(month=pd.PeriodIndex(rows["month"].astype(str), freq="M"))

    def drawing(self, shown: PublishedTable, rows: pd.DataFrame) -> Drawing:
        """What draws it at a size; refuses more than eight panels."""
        names = [name for name in ("panel", "series") if name in rows]
        title = rows[names].astype(str).agg(": ".join, axis=1) if names else ""
        rows = rows.assign(title=title)
        panels = in_first_order(rows["title"])
        if len(panels) > MOST_PANELS:
            raise InputError(
                f"Table {shown.id}: {len(panels)} panels are more than a chart can hold."
            )
        axis = _axis(rows)
        marks = event_marks(self.events, self.breaks, month_place(axis))
        return partial(_figure, rows, panels, axis, marks)

    def words(self, shown: PublishedTable, rows: pd.DataFrame) -> str:
        """The span of months, and of each panel its least, its most and its last month."""
        names = [name for name in ("panel", "series") if name in rows]
        parts = [
            _span_in_words(of, ": ".join(str(of[name].iloc[0]) for name in names))
            for _, of in (rows.groupby(names, sort=False) if names else [("", rows)])
        ]
        axis = _axis(rows)
        span = f"Columns by month, {month_name(axis[0])} to {month_name(axis[-1])}"
        marked = marks_in_words(event_marks(self.events, self.breaks, month_place(axis)))
        return sentences(span, *parts, *marked, withheld(rows, "columns"))

    def behind(self, shown: PublishedTable) -> dict[str, Any]:
        return {"spread": self.series or self.panel}

    @property
    def lacks_focus(self) -> bool:
        return self.panel == "ward_name" and not self.focus


def _axis(rows: pd.DataFrame) -> pd.PeriodIndex:
    """Every month from the first to the last."""
    return pd.period_range(rows["month"].min(), rows["month"].max(), freq="M")


def _span_in_words(of: pd.DataFrame, name: str) -> str:
    known = list(iter_rows(of.dropna(subset=["value"]).sort_values("month")))
    if not known:
        return ""
    least, most = (choose(known, key=lambda row: row.value) for choose in (min, max))
    ends = [
        f"{word} {row.text} ({month_name(row.month)})"
        for word, row in (("lowest", least), ("highest", most), ("latest", known[-1]))
    ]
    return f"{name}: {', '.join(ends)}" if name else ", ".join(ends)


def _figure(
    rows: pd.DataFrame, panels: list[str], axis: pd.PeriodIndex, marks: list[Mark], size: Size
) -> Figure:
    most = rows["value"].max() or 1
    ticks = ticks_of(0, most, 4 if len(panels) > 1 else 6, whole=True)
    left = max(max(width_of(words, size.text) for words in ticks.values()) + 10, 24)
    beside = layout_marks(marks, _span(len(axis)), size.width - left - 4, size)
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
        disable_clipping(ax)
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
    # A line as thick as a bar has two points instead of four.
    thick = 0.8 * ax.bbox.width / (ax.get_xlim()[1] - ax.get_xlim()[0])
    ax.vlines(at, 0, of["value"].dropna(), color=colour, linewidth=thick)
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
