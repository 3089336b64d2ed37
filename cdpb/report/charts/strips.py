"""All boroughs by a measure, each a tick on a line; the area and its neighbours are named."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cdpb.disclosure.published import PublishedTable
from cdpb.marks import is_marking
from cdpb.report.charts.canvas import (
    FOCUS,
    LINE,
    PLAIN,
    SOFT_INK,
    Size,
    axes,
    canvas,
    disable_clipping,
    label,
    ticks_of,
    width_of,
    wrapped,
)
from cdpb.report.charts.figure_kind import (
    Drawing,
    FigureKind,
    in_first_order,
    iter_rows,
    ranked_rows,
    row_text,
    sentences,
)
from cdpb.report.charts.labels import spread_apart
from cdpb.sentences import place_among

# Half of what seaborn takes to load is for densities and clusters, which no figure here shows, and
# without which it loads as well. An analyst may want them; a run, which loads it time and again,
# does not.
FOR_OTHERS = ("scipy.stats", "scipy.cluster")
absent = [name for name in FOR_OTHERS if is_marking() and name not in sys.modules]
sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None: there is no such module
import seaborn as sns  # noqa: E402

for name in absent:
    del sys.modules[name]

# Pixels: a tick, from its middle down to the first line of names, and from a name to the next.
TALL, DOWN, APART = 16, 16, 10
# Left and right of the line.
EDGE = 14
NEIGHBOUR = "#801650"


@dataclass(frozen=True, kw_only=True)
class Strips(FigureKind):
    """A line per measure, on which each borough is a tick; each line has a scale of its own.

    One row per measure and borough, with its places from the lowest and the highest.

    Attributes
    ----------
    focus : str
        The code of the area.
    named : sequence of str
        The codes of the boroughs that are named beside it.
    value, panel, label, key : str
        Columns.
    axis : str
        What is measured, for the line beneath the title.
    """

    name: ClassVar[str] = "strips"
    columns: ClassVar[Sequence[str]] = ("value", "panel", "key", "label")

    focus: str = ""
    named: Sequence[str] = ()
    value: str = "value"
    panel: str = "measure"
    label: str = "area_name"
    key: str = "area_code"
    axis: str = "Each tick is a borough"

    def drawing(self, shown: PublishedTable, rows: pd.DataFrame) -> Drawing:
        focus = rows["key"].eq(self.focus)
        return partial(_figure, rows.assign(focus=focus, named=rows["key"].isin(self.named)))

    def words(self, shown: PublishedTable, rows: pd.DataFrame) -> str:
        """For each measure its ends, the area with its place, and those beside it."""
        parts = [self._of_panel(shown, rows[rows["panel"].eq(name)], name)
                 for name in in_first_order(rows["panel"])]  # fmt: skip
        return sentences(*parts)

    def _of_panel(self, shown: PublishedTable, of: pd.DataFrame, name: str) -> str:
        known = list(iter_rows(ranked_rows(of.dropna(subset=["value"]))))
        own = list(shown.where(**{self.panel: name, self.key: self.focus}).rows())
        if not known:
            return ""
        place = f" ({place_among(own[0])})" if own and own[0][self.value] is not None else ""
        beside = [row_text(row) + place * (row.key == self.focus) for row in known
                  if row.key == self.focus or row.key in self.named]  # fmt: skip
        ends = f"lowest in {row_text(known[-1])}; highest in {row_text(known[0])}"
        return f"{name}: {ends}; {'; '.join(beside)}"

    def behind(self, shown: PublishedTable) -> dict[str, Any]:
        """Boroughs down, measures across."""
        return {"spread": self.panel, "columns": [self.label, self.panel, self.value]}


def _figure(rows: pd.DataFrame, size: Size) -> Figure:
    panels = in_first_order(rows["panel"])
    titles = [wrapped(name, size.text, size.width - 8, bold=True) for name in panels]
    lines = 1 if size.wide else 2
    heights = [_above(title, size) + TALL + _below(lines, size) + size.text + 14
               for title in titles]  # fmt: skip
    figure, top = canvas(size, sum(heights)), 0.0
    for name, title, height in zip(panels, titles, heights, strict=True):
        above = top + _above(title, size)
        ax = axes(figure, EDGE, above, EDGE, sum(heights) - above - TALL)
        _strip(ax, rows[rows["panel"].eq(name) & rows["value"].notna()], title, lines, size)
        top += height
    return figure


def _above(title: list[str], size: Size) -> float:
    """Pixels that a title and the area's name take over its line."""
    return len(title) * size.text * LINE + size.text + 14


def _below(lines: int, size: Size) -> float:
    """Pixels that the names of the others take under the line."""
    return DOWN - TALL / 2 + lines * (size.text + 4)


def _strip(ax: Axes, of: pd.DataFrame, title: list[str], lines: int, size: Size) -> None:
    ticks = ticks_of(of["value"].min(), of["value"].max(), 6 if size.wide else 4)
    ax.set_xlim(min(ticks), max(ticks))
    sns.stripplot(x=of["value"], ax=ax, jitter=False, marker="|", size=15, linewidth=1.2,
                  color=SOFT_INK)  # fmt: skip
    ax.set(xlabel="", ylabel="", ylim=(1, -1))
    ax.set_yticks([])
    ax.set_xticks(list(ticks), list(ticks.values()), size=size.small)
    ax.tick_params(axis="x", pad=_below(lines, size), labelcolor=SOFT_INK)
    for i, words in enumerate(reversed(title)):
        label(ax, words, 0, 1, move=(-EDGE, size.text + 14 + i * size.text * LINE), size=size.text,
              weight="bold", within=ax.transAxes, up="baseline")  # fmt: skip
    for row in iter_rows(of[of["focus"]]):
        ax.plot(row.value, 0, "o", markersize=10, color=FOCUS, zorder=3)
        _name(ax, row, _inside(ax, row, size), -1, size, weight="bold", color=FOCUS)
    for line in range(lines):
        beside = of[of["named"]].sort_values("value")
        _beside(ax, beside.iloc[line::lines], line, size)
    disable_clipping(ax)


def _beside(ax: Axes, of: pd.DataFrame, line: int, size: Size) -> None:
    """Names beneath the line, pushed apart where they would meet, each led to its tick."""
    rows = list(iter_rows(of))
    widths = [width_of(f"{row.name} {row.text}", size.small) + APART for row in rows]
    wanted = [_pixels(ax, row.value) + EDGE for row in rows]
    low, high = ax.get_xlim()
    for row, place in zip(rows, spread_apart(wanted, widths, size.width), strict=True):
        at = low + (place - EDGE) / ax.bbox.width * (high - low)
        down = (DOWN + line * (size.text + 4)) / TALL * 2
        ax.plot([row.value, at], [0.5, down], color=SOFT_INK, linewidth=0.8, zorder=1)
        ax.plot(row.value, 0, "D", markersize=6, color=NEIGHBOUR, zorder=2)
        _name(ax, row, place - EDGE - _pixels(ax, row.value), line, size)


def _name(ax: Axes, row: Any, aside: float, line: int, size: Size, **look: Any) -> None:
    down = 11 if line < 0 else -DOWN - line * (size.text + 4)
    label(ax, f"{row.name} {row.text}", row.value, 0, move=(aside, down), size=size.small,
          across="center", up="baseline" if line < 0 else "top", bbox=PLAIN, **look)  # fmt: skip


def _inside(ax: Axes, row: Any, size: Size) -> float:
    """How far a name must move to stand inside the figure."""
    half, at = width_of(f"{row.name} {row.text}", size.small, True) / 2, _pixels(ax, row.value)
    return float(min(max(at, half - EDGE), size.width - EDGE - half) - at)


def _pixels(ax: Axes, value: float) -> float:
    low, high = ax.get_xlim()
    return float((value - low) / (high - low) * ax.bbox.width)
