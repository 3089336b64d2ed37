"""Small multiples: one panel per area, columns by year, a colour and a place for each series."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError
from cdpb.numbers import capital, list_text
from cdpb.report.charts.canvas import (
    CATEGORICAL,
    OTHERS,
    SOFT_INK,
    Size,
    axes,
    canvas,
    disable_clipping,
    grid,
    label,
    width_of,
)
from cdpb.report.charts.figure_kind import (
    Drawing,
    FigureKind,
    in_first_order,
    iter_rows,
    sentences,
    spoken,
)
from cdpb.report.charts.labels import LegendEntry, draw_key, key_height

MOST_SERIES = 4
PANEL, GAP = 120, 26


@dataclass(frozen=True, kw_only=True)
class Panels(FigureKind):
    """A small chart per ward, all to one scale from zero, with the numbers on the columns.

    One row per ward, year and series, wards and series in the order wanted.

    Attributes
    ----------
    value, panel, x, series : str
        Columns.
    focus : str, optional
        The code of the ward to begin with.
    """

    name: ClassVar[str] = "panels"
    columns: ClassVar[Sequence[str]] = ("value", "panel", "x", "series")

    value: str = "offences"
    panel: str = "ward_name"
    x: str = "year"
    series: str = "offence"
    focus: str | None = None

    def drawing(self, shown: PublishedTable, rows: pd.DataFrame) -> Drawing:
        """What draws it at a size; refuses more than four series."""
        if rows["series"].nunique() > MOST_SERIES:
            raise InputError(f"Table {shown.id} has more than {MOST_SERIES} series to a panel.")
        own = shown.where(ward_code=self.focus).rows() if self.focus else ()
        first = {str(row[self.panel]) for row in own}
        panels = sorted(in_first_order(rows["panel"]), key=lambda name: name not in first)
        return partial(_figure, rows, panels)

    def words(self, shown: PublishedTable, rows: pd.DataFrame) -> str:
        """Each panel's numbers year by year."""
        panels = in_first_order(rows["panel"])
        rows = rows.sort_values("x", kind="stable")
        years = list_text([str(year) for year in in_first_order(rows["x"])])
        parts = []
        for name in panels:
            of = rows[rows["panel"].eq(name)].groupby("series", sort=False)["text"]
            series = [f"{kind} {list_text(spoken(text) for text in texts)}" for kind, texts in of]
            parts.append(f"{name}: {', '.join(series)}")
        return sentences(f"Columns for {years}", "; ".join(parts))

    def behind(self, shown: PublishedTable) -> dict[str, Any]:
        return {"spread": self.series}

    @property
    def lacks_focus(self) -> bool:
        return not self.focus


def _figure(rows: pd.DataFrame, panels: list[str], size: Size) -> Figure:
    names, years = in_first_order(rows["series"]), sorted(rows["x"].unique())
    wanted = [LegendEntry(capital(name), "s", CATEGORICAL[i]) for i, name in enumerate(names)]
    most = float(rows["value"].max()) or 1.0
    left = width_of(f"{most:,.0f}", size.text) + 12
    across = min(_panels_across(len(names) * len(years), most, left, size), len(panels))
    wide = size.width / across
    one = PANEL + GAP + 2.4 * size.text
    down = -(-len(panels) // across)
    top = key_height(wanted, size) + 4
    figure = canvas(size, top + one * down)
    for i, name in enumerate(panels):
        column, row = i % across, i // across
        ax = axes(
            figure,
            column * wide + left,
            top + row * one + GAP,
            size.width - (column + 1) * wide + 8,
            (down - row - 1) * one + 1.7 * size.text,
        )
        _panel(ax, rows[rows["panel"].eq(name)], str(name), years, names, most, size)
    draw_key(figure, wanted, size)
    return figure


def _panels_across(columns: int, most: float, left: float, size: Size) -> int:
    """As many as leave each column room for its number."""
    needed = columns * (width_of(f"{most:,.0f}", size.small) + 4) * 1.2 + left
    return max(1, min(3, int(size.width // needed)))


def _year_words(ax: Axes, years: list, size: Size) -> list[str]:
    """``2023/24``, or ``23/24`` where columns are narrow."""
    words = [str(year) for year in years]
    room = ax.bbox.width / len(words) - 6
    fits = max(width_of(year, size.small) for year in words) <= room
    return words if fits else [year[2:] if len(year) == 7 else year for year in words]


def _panel(
    ax: Axes, rows: pd.DataFrame, name: str, years: list, names: list, most: float, size: Size
) -> None:
    width = 0.84 / len(names)
    ax.set_xlim(-0.55, len(years) - 0.45)
    ax.set_ylim(0, most * 1.12)
    numbered = ax.bbox.width / len(years) * width > width_of(f"{most:,.0f}", size.small) - 1
    # Series by series: columns that look alike are then one path of the drawing.
    for row in iter_rows(
        rows.sort_values("series", key=lambda of: of.map(names.index), kind="stable")
    ):
        place = names.index(row.series)
        at = years.index(row.x) + (place - (len(names) - 1) / 2) * width
        if pd.isna(row.value):
            ax.bar(at, most / 2, width * 0.92, color="none", edgecolor=OTHERS, hatch="////", lw=0)
        else:
            ax.bar(at, row.value, width * 0.92, color=CATEGORICAL[place], linewidth=0)
        if numbered or pd.isna(row.value):
            height = 0 if pd.isna(row.value) else row.value
            label(ax, str(row.text), at, height, move=(0, 3), size=size.small, across="center",
                  up="baseline")  # fmt: skip
    ax.set_xticks(range(len(years)), _year_words(ax, years, size), size=size.small)
    ax.axhline(0, color=SOFT_INK, linewidth=1)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, steps=[1, 2, 5, 10]))
    grid(ax, "y", size)
    label(ax, name, 0, 1, move=(0, 8), size=size.text, up="baseline",
          within=ax.transAxes, weight="bold")  # fmt: skip
    disable_clipping(ax)
