"""A few categories by area: dots with their intervals, the numbers beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullFormatter, NullLocator

from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError
from cdpb.numbers import capital
from cdpb.report.charts.canvas import (
    INK,
    MARKERS,
    OTHERS,
    PLAIN,
    Size,
    axes,
    canvas,
    disable_clipping,
    grid,
    label,
    width_of,
    wrapped,
)
from cdpb.report.charts.figure_kind import (
    Drawing,
    FigureKind,
    described_by_category,
    in_first_order,
    iter_rows,
    unit_of,
)
from cdpb.report.charts.labels import LegendEntry, draw_key, key_height, legend_entries, mark

RATIO_TICKS = (0.1, 0.2, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 10)
# Where the ratios lie close together.
CLOSE_TICKS = (0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5)


class AxisOfDots(NamedTuple):
    """The axis: its unit, whether it is one of ratios, and a line across it."""

    unit: str
    ratios: bool
    line: float | None
    line_words: str


@dataclass(frozen=True, kw_only=True)
class Dots(FigureKind):
    """Categories beneath each other, each with a dot, an interval and numbers for every area.

    One row per category and group, in the order wanted. Masked rows are hatched.

    Attributes
    ----------
    axis : str
        What is measured, with its unit: under the axis, and beneath the title. Where it is
        empty the column's own unit stands under the axis.
    value, category, group, lower, upper : str
        Columns; ``group`` may be None.
    ratios : bool
        A logarithmic axis, on which half and double lie equally far from one.
    line, line_words : float, str
        A line across, such as 1 and ``no change``.
    """

    name: ClassVar[str] = "dots"
    columns: ClassVar[Sequence[str]] = ("value", "category", "group")
    may_have: ClassVar[Sequence[str]] = ("lower", "upper")

    axis: str
    value: str = "percent"
    category: str = "substance_group"
    group: str | None = "area_name"
    lower: str = "lower"
    upper: str = "upper"
    ratios: bool = False
    line: float | None = None
    line_words: str = ""

    def drawing(self, shown: PublishedTable, rows: pd.DataFrame) -> Drawing:
        """What draws it at a size; refuses more than four groups."""
        groups = in_first_order(rows["group"]) if self.group else []
        if len(groups) > len(MARKERS):
            raise InputError(
                f"Table {shown.id}: {len(groups)} groups are more than a chart can hold."
            )
        both = [f"{row.text} ({row.interval})".removesuffix(" ()") for row in iter_rows(rows)]
        unit = unit_of(shown, self.value, self.axis)
        scale = AxisOfDots(unit, self.ratios, self.line, self.line_words)
        return partial(_figure, rows.assign(with_interval=both), groups, scale)

    def words(self, shown: PublishedTable, rows: pd.DataFrame) -> str:
        """Each category with each area's value and interval."""
        return described_by_category(rows, unit_of(shown, self.value, self.axis))


@dataclass(frozen=True, kw_only=True)
class Ratios(Dots):
    """Change in the area divided by the change elsewhere, by kind of offence."""

    name: ClassVar[str] = "ratios"

    axis: str = ""
    value: str = "relative_ratio"
    category: str = "offence"
    group: str | None = None
    lower: str = "relative_lower"
    upper: str = "relative_upper"
    ratios: bool = True
    line: float | None = 1
    line_words: str = "as elsewhere"

    def measured(self, shown: PublishedTable) -> str:
        """Whatever the kinds of offence are."""
        return "Change on the year before, divided by the change in the rest of London"


def _figure(rows: pd.DataFrame, groups: list[str], scale: AxisOfDots, size: Size) -> Figure:
    wanted = legend_entries([str(group) for group in groups]) or [
        LegendEntry("", MARKERS[0], "#12436D")
    ]
    keyed = wanted if len(groups) > 1 else []
    names = {c: wrapped(capital(c), size.text, 150) for c in in_first_order(rows["category"])}
    left = 8 + max(width_of(line, size.text) for lines in names.values() for line in lines)
    beside = rows["with_interval"] if size.wide else rows["text"]
    right = 10 + max(width_of(words, size.text) for words in beside)
    places, end = _places(rows, names, size)
    top = key_height(keyed, size) + (size.text + 8 if scale.line is not None else 4)
    bottom = size.text * 2.6 + 10
    figure = canvas(size, top + end + bottom)
    # Half of the first tick's label lies left of the axis.
    ax = axes(figure, left if size.wide else size.text, top, right, bottom)
    ax.set_ylim(end, 0)
    _scale(ax, rows, scale, size)
    _marks(ax, rows, places, wanted, groups)
    _words(ax, list(beside), rows, names, places, size)
    draw_key(figure, keyed, size)
    disable_clipping(ax)
    return figure


def _places(rows: pd.DataFrame, names: dict, size: Size) -> tuple[list[float], float]:
    """Pixels from the top for each row; on a phone a category's name has its own line."""
    step, places, y = size.text + 7, [], 0.0
    for category, of in rows.groupby("category", sort=False):
        lines = len(names[category])
        y += 8 if size.wide else lines * size.text * 1.2 + 10
        places += [(at, y + step * (i + 0.5)) for i, at in enumerate(of.index)]
        y += step * max(len(of), lines * 0.75 if size.wide else 0)
    return [place for _, place in sorted(places)], y + 6


def _marks(
    ax: Axes, rows: pd.DataFrame, places: list[float], wanted: list[LegendEntry], groups: list[str]
) -> None:
    for row, y in zip(iter_rows(rows), places, strict=True):
        entry = wanted[groups.index(row.group)] if groups else wanted[0]
        if pd.isna(row.value):
            ax.axhspan(y - 6, y + 6, facecolor="none", edgecolor=OTHERS, hatch="////", lw=0)
            continue
        if "lower" in rows and pd.notna(row.lower):
            start = max(row.lower, ax.get_xlim()[0])
            ax.hlines(y, start, row.upper, color=entry.colour, linewidth=2.2)
        # A ratio of nought has no place on a logarithmic axis: its interval and number stand.
        if row.value >= ax.get_xlim()[0]:
            ax.plot(row.value, y, zorder=3, **mark(entry))


def _words(
    ax: Axes, beside: list[str], rows: pd.DataFrame, names: dict, places: list[float], size: Size
) -> None:
    edge = ax.get_yaxis_transform()
    for words, y in zip(beside, places, strict=True):
        label(ax, words, 1, y, move=(8, 0), size=size.text, within=edge)
    for category, lines in names.items():
        at = [places[i] for i in rows.index[rows["category"].eq(category)]]
        middle = sum(at) / len(at) if size.wide else at[0] - size.text * (0.6 + len(lines) * 0.6)
        for i, line in enumerate(lines):
            drop = (len(lines) - 1) / 2 - i if size.wide else 0.5 - i
            move = (2 - ax.bbox.x0, drop * size.text * 1.15)
            # On a phone names stand over the lines of the grid, else beside them.
            look: dict[str, Any] = {} if size.wide else {"weight": "bold", "bbox": PLAIN}
            label(ax, line, 0, middle, move=move, size=size.text, within=edge, **look)


def _scale(ax: Axes, rows: pd.DataFrame, scale: AxisOfDots, size: Size) -> None:
    ends = rows[rows.columns.intersection(["value", "lower", "upper"])]
    positive = ends.where(ends > 0) if scale.ratios else ends
    low, high = float(positive.min().min()), float(positive.max().max())
    ax.set_yticks([])
    if scale.ratios:
        _ratio_scale(ax, min(low, 1.0), max(high, 1.0))
    else:
        ax.set_xlim(0, high * 1.04 or 1.0)
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    grid(ax, "x", size)
    ax.set_xlabel(scale.unit, size=size.small, labelpad=4, color=INK)
    if scale.line is not None:
        ax.axvline(scale.line, color=INK, linewidth=1.4, linestyle=(0, (4, 2)), zorder=1)
        label(ax, scale.line_words, scale.line, 1, move=(0, 4), size=size.text, across="center",
              up="baseline", within=ax.get_xaxis_transform())  # fmt: skip


def _ratio_scale(ax: Axes, low: float, high: float) -> None:
    """A logarithmic axis with ticks that readers know: half, the same, double.

    Matplotlib's own would be powers of ten, of which such an axis often has one.
    """
    close = CLOSE_TICKS[0] <= low and high <= CLOSE_TICKS[-1]
    beyond = 1.1 if close else 1.25
    wanted = CLOSE_TICKS if close else RATIO_TICKS
    ticks = [tick for tick in wanted if low / beyond <= tick <= high * beyond]
    ax.set_xscale("log")
    ax.set_xlim(min(low * 0.95, ticks[0]), max(high * 1.05, ticks[-1]))
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_formatter(lambda tick, _: f"{tick:g}")
