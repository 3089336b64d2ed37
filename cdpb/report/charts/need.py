"""The share of people in need who are not in treatment, as a bar of all who need it."""

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cdpb.disclosure.published import PublishedTable
from cdpb.report.charts.canvas import (
    Drawing,
    Size,
    axes,
    canvas,
    draw_twice,
    label,
    unclipped,
    width_of,
    wrapped,
)
from cdpb.report.charts.order import each, optional, rows_of
from cdpb.report.palette import FOCUS, GRID, INK, OTHERS, PAPER, SOFT_INK

BAR = 26


def need_bar(
    shown: PublishedTable,
    value: str = "percent",
    label: str = "area_name",
    lower: str = "lower",
    upper: str = "upper",
    *,
    not_met: str = "not in treatment",
    met: str = "in treatment",
    prefix: str = "figure",
) -> Drawing | None:
    """One bar an area from 0% to 100%: need not met, its interval, and need met.

    Parameters
    ----------
    shown : PublishedTable
        One row an area (or definition); ``value`` is the percentage whose need is not met.
    value, label, lower, upper : str
        Columns.
    not_met, met : str
        What the two parts are called.
    prefix : str
        The figure's id in the page.

    Returns
    -------
    Drawing or None
        None when no value is published.
    """
    rows = rows_of(
        shown,
        value=value,
        name=label,
        lower=optional(shown, lower),
        upper=optional(shown, upper),
    )
    if rows["value"].isna().all():
        return None
    rows = rows.reindex(columns=["value", "name", "lower", "upper", "text"])
    markers = shown.markers()
    rows["limits"] = [
        f" ({low} to {high})" if lower in markers and not low.startswith("[") else ""
        for low, high in zip(
            markers.get(lower, rows["text"]), markers.get(upper, rows["text"]), strict=False
        )
    ]
    return draw_twice(shown, partial(_figure, rows, not_met, met), prefix)


def _figure(rows: pd.DataFrame, not_met: str, met: str, size: Size) -> Figure:
    headings = [_heading(row, not_met, size) for row in each(rows)]
    tops, y = [], 4.0
    for lines in headings:
        y += len(lines) * size.text * 1.3 + 4
        tops.append(y)
        y += BAR + 16
    figure = canvas(size, y + size.text + 12)
    ax = axes(figure, 8, 0, 14, size.text + 12)
    ax.set_xlim(0, 100)
    ax.set_ylim(y, 0)
    _ticks(ax, size)
    for i, (row, top, lines) in enumerate(zip(each(rows), tops, headings, strict=True)):
        _words(ax, lines, top, size, bold=i == 0)
        if pd.isna(row.value):
            ax.barh(top + BAR / 2, 100, BAR, color="none", edgecolor=OTHERS, hatch="////")
            continue
        _bar(ax, row, top, FOCUS if i == 0 else SOFT_INK)
        _inside(ax, row.value, top, not_met, met, size)
    unclipped(ax)
    return figure


def _heading(row, not_met: str, size: Size) -> list[str]:
    words = f"{row.name}: {row.text}"
    told = f"{words} {not_met}{row.limits}" if pd.notna(row.value) else words
    return wrapped(told, size.text, size.width - 16, bold=True)


def _ticks(ax: Axes, size: Size) -> None:
    ax.set_yticks([])
    ax.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100%"], size=size.text - 1)
    ax.set_axisbelow(True)
    ax.grid(axis="x", color=GRID, linewidth=1)


def _words(ax: Axes, lines: list[str], top: float, size: Size, bold: bool) -> None:
    for i, line in enumerate(reversed(lines)):
        label(ax, line, 0, top, move=(0, 6 + i * size.text * 1.3), size=size.text, up="baseline",
              weight="bold" if bold else "normal",
              bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1})  # fmt: skip


def _bar(ax: Axes, row, top: float, colour: str) -> None:
    middle = top + BAR / 2
    ax.barh(middle, row.value, BAR, color=colour, linewidth=0)
    ax.barh(middle, 100 - row.value, BAR, left=row.value, color="#ADD1F1", linewidth=0)
    if pd.notna(row.lower):
        for ink, width, reach in ((PAPER, 5, 1.0), (INK, 2, 0.0)):
            ax.hlines(middle, row.lower, row.upper, color=ink, linewidth=width, zorder=4)
            for end in (row.lower, row.upper):
                ax.vlines(end, middle - 6 - reach, middle + 6 + reach, color=ink, linewidth=width,
                          zorder=4)  # fmt: skip


def _inside(ax: Axes, value: float, top: float, not_met: str, met: str, size: Size) -> None:
    """What each part is called, where there is room for it."""
    scale = ax.bbox.width / 100
    if width_of(not_met, size.text) + 60 < value * scale:
        label(ax, not_met.capitalize(), 0, top + BAR / 2, move=(8, 0), size=size.text, color=PAPER)
    if width_of(met, size.text) + 10 < (100 - value) * scale:
        label(ax, met.capitalize(), 100, top + BAR / 2, move=(-6, 0), size=size.text,
              across="right", color=INK)  # fmt: skip
