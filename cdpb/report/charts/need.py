"""The share of people in need who are not in treatment, as a bar of all who need it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import capital
from cdpb.report.charts.canvas import (
    FOCUS,
    INK,
    OTHERS,
    PAPER,
    SEQUENTIAL,
    Size,
    axes,
    canvas,
    disable_clipping,
    label,
    width_of,
    wrapped,
)
from cdpb.report.charts.figure_kind import (
    Drawing,
    FigureKind,
    described_by_category,
    iter_rows,
    unit_of,
)
from cdpb.report.charts.labels import LegendEntry, draw_key, key_height

BAR = 26
PALE = SEQUENTIAL[4]


@dataclass(frozen=True, kw_only=True)
class Need(FigureKind):
    """One bar per area from 0% to 100%: need not met, its interval, and need met.

    One row per area (or definition); ``value`` is the percentage whose need is not met.

    Attributes
    ----------
    axis : str
        What is measured, with its unit.
    value, label, lower, upper : str
        Columns.
    not_met, met : str
        What the two parts are called.
    """

    name: ClassVar[str] = "need"
    columns: ClassVar[Sequence[str]] = ("value", "label")
    may_have: ClassVar[Sequence[str]] = ("lower", "upper")

    axis: str
    value: str = "percent"
    label: str = "area_name"
    lower: str = "lower"
    upper: str = "upper"
    not_met: str = "not in treatment"
    met: str = "in treatment"

    def drawing(self, shown: PublishedTable, rows: pd.DataFrame) -> Drawing:
        rows = rows.reindex(columns=["value", "name", "lower", "upper", "text", "interval"])
        return partial(_figure, rows, self.not_met, self.met)

    def words(self, shown: PublishedTable, rows: pd.DataFrame) -> str:
        """Each area's value and interval."""
        unit = unit_of(shown, self.value, self.axis)
        return described_by_category(rows.rename(columns={"name": "category"}), unit)


def _figure(rows: pd.DataFrame, not_met: str, met: str, size: Size) -> Figure:
    wanted = [LegendEntry(capital(not_met), "s", FOCUS), LegendEntry(capital(met), "s", PALE)]
    headings = [_heading(row, not_met, size) for row in iter_rows(rows)]
    tops, y = [], 4.0
    for lines in headings:
        y += len(lines) * size.text * 1.3 + 6
        tops.append(y)
        y += BAR + 12
    top = key_height(wanted, size)
    figure = canvas(size, top + y + size.text + 12)
    ax = axes(figure, 4, top, 22, size.text + 12)
    ax.set_xlim(0, 100)
    ax.set_ylim(y, 0)
    ax.set_yticks([])
    ax.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100%"], size=size.small)
    for i, (row, down, lines) in enumerate(zip(iter_rows(rows), tops, headings, strict=True)):
        _words(ax, lines, down, size, bold=i == 0)
        _bar(ax, row, down)
    draw_key(figure, wanted, size)
    disable_clipping(ax)
    return figure


def _heading(row: Any, not_met: str, size: Size) -> list[str]:
    if pd.isna(row.value):
        return [f"{row.name}: {row.text}"]
    words = f"{row.name}: {row.text} {not_met}"
    limits = f"95% interval {row.interval}" if row.interval else ""
    whole = f"{words} ({limits})" if limits else words
    if width_of(whole, size.text, bold=True) <= size.width - 8:
        return [whole]
    return [*wrapped(words, size.text, size.width - 8, bold=True), *[limits] * bool(limits)]


def _words(ax: Axes, lines: list[str], top: float, size: Size, bold: bool) -> None:
    weight = "bold" if bold else "normal"
    for i, line in enumerate(reversed(lines)):
        move = (0, 6 + i * size.text * 1.3)
        label(ax, line, 0, top, move=move, size=size.text, up="baseline", weight=weight)


def _bar(ax: Axes, row: Any, top: float) -> None:
    middle = top + BAR / 2
    if pd.isna(row.value):
        ax.barh(middle, 100, BAR, color="none", edgecolor=OTHERS, hatch="////")
        return
    ax.barh(middle, row.value, BAR, color=FOCUS, linewidth=0)
    ax.barh(middle, 100 - row.value, BAR, left=row.value, color=PALE, linewidth=0)
    if pd.notna(row.lower) and pd.notna(row.upper):
        # A light edge keeps the interval visible on both parts of the bar.
        for ink, width, reach in ((PAPER, 5, 7), (INK, 2, 6)):
            ax.hlines(middle, row.lower, row.upper, color=ink, linewidth=width, zorder=4)
            ax.vlines([row.lower, row.upper], middle - reach, middle + reach, color=ink,
                      linewidth=width, zorder=4)  # fmt: skip
