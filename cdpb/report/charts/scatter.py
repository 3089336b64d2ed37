"""Two measures of the same areas against each other: one point per area, the outermost named."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, within_sentence
from cdpb.report.charts.canvas import (
    FOCUS,
    INK,
    OTHERS,
    PAPER,
    Size,
    axes,
    canvas,
    disable_clipping,
    draw_heading,
    grid,
    ticks_of,
    width_of,
    wrapped,
)
from cdpb.report.charts.figure_kind import (
    Drawing,
    FigureKind,
    chart_rows,
    iter_rows,
    of_unit,
    sentences,
    unit_of,
)
from cdpb.report.charts.labels import LegendEntry, mark, name_points

DARK = "#595959"


@dataclass(frozen=True, kw_only=True)
class Scatter(FigureKind):
    """Each area where its two values meet, both axes from zero; no line is fitted.

    One row per area. An area that lacks either value has no place in the drawing.

    Attributes
    ----------
    x, value, label, key : str
        Columns: what runs across, what runs up, and the area.
    focus : str, optional
        The key of the area to bring forward.
    unit, x_unit : str
        Stand over the one axis and under the other; by default the columns' own.
    things : str
        What its rows are, in words; by default what the column ``key`` says.
    """

    name: ClassVar[str] = "scatter"
    columns: ClassVar[Sequence[str]] = ("value", "x", "key", "label")

    x: str
    value: str
    label: str = "ward_name"
    key: str = "ward_code"
    focus: str | None = None
    unit: str = ""
    x_unit: str = ""
    things: str = ""

    def rows(self, shown: PublishedTable) -> pd.DataFrame:
        """As of every kind; ``across`` is what runs across as a reader sees it."""
        rows = super().rows(shown)
        across = chart_rows(shown, value=self.x)["text"]
        return rows.assign(x=rows["x"].astype("float64"), across=across)

    def drawing(self, shown: PublishedTable, rows: pd.DataFrame) -> Drawing | None:
        """What draws it at a size; None when no area has both values."""
        both = rows.dropna(subset=["value", "x"]).reset_index(drop=True)
        if both.empty:
            return None
        focus = both["key"].eq(str(self.focus))
        return partial(_figure, both.assign(focus=focus), self._units(shown))

    def words(self, shown: PublishedTable, rows: pd.DataFrame) -> str:
        """Where the highest and the lowest on either axis stand on the other, and the focus."""
        both = rows.dropna(subset=["value", "x"])
        if both.empty:
            return ""
        up, across = map(of_unit, self._units(shown))
        ends = [both[name].agg(end) for name in ("x", "value") for end in ("idxmax", "idxmin")]
        own = list(both.index[both["key"].eq(str(self.focus))])
        points = [
            f"{row.name} {row.across} and {row.text}"
            for row in iter_rows(both.loc[[*dict.fromkeys(ends + own)]])
        ]
        areas = f"{count_text(len(both))} {self.called(rows)}, each by {across} and {up}"
        lacking = f"Left out for want of a figure: {count_text(len(rows) - len(both))}"
        return sentences(f"{areas}: {'; '.join(points)}", lacking if len(rows) > len(both) else "")

    def measured(self, shown: PublishedTable) -> str:
        """What runs across, and what up."""
        across, up = (shown.columns[name].label for name in (self.x, self.value))
        return f"{across}, against {within_sentence(up)}"

    def _units(self, shown: PublishedTable) -> tuple[str, str]:
        return unit_of(shown, self.value, self.unit), unit_of(shown, self.x, self.x_unit)


def _outermost(rows: pd.DataFrame) -> pd.DataFrame:
    """The focus, then the areas by how far out they stand on either axis: worth a name."""
    far = rows[["x", "value"]].rank(pct=True).max(axis=1)
    order = pd.DataFrame({"other": ~rows["focus"], "near": -far})
    return rows.loc[order.sort_values(["other", "near"], kind="stable").index]


def _figure(rows: pd.DataFrame, units: tuple[str, str], size: Size) -> Figure:
    heading = wrapped(units[0], size.small, size.width)
    up, across = (ticks_of(0, float(rows[name].max())) for name in ("value", "x"))
    left = max(width_of(words, size.small) for words in up.values()) + 10
    top = len(heading) * size.text * 1.25 + 16
    figure = canvas(size, (330 if size.wide else 270) + top)
    ax = axes(figure, left, top, 16, size.text * 2.6 + 10)
    ax.set_xlim(0, max(across))
    ax.set_ylim(0, max(up))
    ax.set_xticks(list(across), list(across.values()))
    ax.set_yticks(list(up), list(up.values()))
    for axis in ("x", "y"):
        grid(ax, axis, size)
    ax.set_xlabel(units[1], size=size.small, labelpad=4, color=INK)
    draw_heading(ax, heading, 16, size)
    for axis_line in (ax.axhline, ax.axvline):
        axis_line(0, color=OTHERS, linewidth=1, zorder=1)
    _points(ax, rows, size)
    disable_clipping(ax)
    return figure


def _points(ax: Axes, rows: pd.DataFrame, size: Size) -> None:
    for forward, colour in ((False, DARK), (True, FOCUS)):
        of = rows[rows["focus"].eq(forward)]
        look = mark(LegendEntry("", "o", colour), 9 if forward else 7)
        ax.plot(of["x"], of["value"], zorder=3, **{**look, "markeredgecolor": PAPER})
    name_points(ax, rows, _outermost(rows), ["x", "value"], size)
