"""A measure over the years with its intervals, up to four areas, named at their lines' ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError
from cdpb.numbers import list_text
from cdpb.report.charts.canvas import (
    CATEGORICAL,
    DASHES,
    INK,
    LINE,
    MARKERS,
    PAPER,
    SOFT_INK,
    Size,
    axes,
    canvas,
    disable_clipping,
    draw_heading,
    grid,
    label,
    ticks_of,
    width_of,
    wrapped,
)
from cdpb.report.charts.events import (
    Mark,
    draw_marks,
    label_height,
    layout_marks,
    marks_in_words,
    marks_of_years,
)
from cdpb.report.charts.figure_kind import (
    Drawing,
    FigureKind,
    in_first_order,
    iter_rows,
    number_of_row,
    of_unit,
    sentences,
    unit_of,
    withheld,
)
from cdpb.report.charts.labels import spread_apart
from cdpb.statistics.trend import points_told

MOST_SERIES = 4


@dataclass(frozen=True, kw_only=True)
class Series(FigureKind):
    """One line per group over the years: the first with a band, the others with error bars.

    One row per year and group. A year without a value is a gap with its marker, and no line runs
    across a break of the series.

    Attributes
    ----------
    axis : str
        What is measured, with its unit: over the axis, and beneath the title. Where it is empty
        the column's own unit stands over the axis.
    value, x, group, lower, upper : str
        Columns. The group that comes first in the table is brought forward.
    from_zero : bool
        Otherwise the axis starts at a round number, and the drawing says so.
    events, breaks : iterable
        As `Months`; each stands within its year.
    """

    name: ClassVar[str] = "series"
    columns: ClassVar[Sequence[str]] = ("value", "x", "group")
    may_have: ClassVar[Sequence[str]] = ("lower", "upper")

    axis: str
    value: str = "percent"
    x: str = "year"
    group: str = "area_name"
    lower: str = "lower"
    upper: str = "upper"
    from_zero: bool = True
    events: Iterable[Any] = ()
    breaks: Iterable[Any] = ()

    def drawing(self, shown: PublishedTable, rows: pd.DataFrame) -> Drawing:
        """What draws it at a size; refuses more than four groups."""
        groups = in_first_order(rows["group"])
        if len(groups) > MOST_SERIES:
            raise InputError(
                f"Table {shown.id}: {len(groups)} series are more than a chart of lines can hold.",
                f"Wanted: at most {MOST_SERIES}. Choose rows with where(), or draw small "
                "multiples.",
            )
        rows = rows.reindex(columns=["value", "x", "group", "lower", "upper", "text"])
        years = sorted(rows["x"].unique())
        marks = marks_of_years(self.events, self.breaks, years)
        unit = unit_of(shown, self.value, self.axis)
        return partial(_figure, rows, years, groups, marks, self.from_zero, unit)

    def words(self, shown: PublishedTable, rows: pd.DataFrame) -> str:
        """Where each line starts, turns and ends, with the last year's interval."""
        rows = rows.sort_values("x", kind="stable")
        known = rows.dropna(subset=["value"]).groupby("group", sort=False)
        parts = [f"{name} {_course(list(iter_rows(of)))}" for name, of in known]
        unit = of_unit(unit_of(shown, self.value, self.axis))
        marked = marks_in_words(marks_of_years(self.events, self.breaks, rows["x"]))
        lines = f"Lines over the years, {unit}: {'; '.join(parts)}"
        return sentences(lines, *marked, withheld(rows, "points"))


def _course(known: list[Any]) -> str:
    """A line's first year, the year in which it turns, and its last one."""
    *before, (end, year) = points_told(
        [row.value for row in known], [str(row.x) for row in known]
    ).items()
    points = [f"{known[at].text} in {when}" for at, when in before]
    return list_text([*points, f"{number_of_row(known[end])} in {year}"])


def _figure(
    rows: pd.DataFrame,
    years: list[str],
    groups: list[str],
    marks: list[Mark],
    from_zero: bool,
    unit: str,
    size: Size,
) -> Figure:
    lines = [_of_group(rows, group, years) for group in groups]
    names = [_name(group, of, size) for group, of in zip(groups, lines, strict=True)]
    right = max(width_of(line, size.text, i == 0) for i, name in enumerate(names) for line in name)
    ticks = _ticks(rows, from_zero)
    left = max(width_of(words, size.text) for words in ticks.values()) + 8
    heading = _heading(unit, min(ticks), size)
    span = (-0.3, max([len(years) - 0.7, *(mark.at + 0.1 for mark in marks)]))
    beside = layout_marks(marks, span, size.width - left - right - 22, size)
    lift = len(heading) * size.text * LINE + 18
    top = lift + label_height(beside, size)
    figure = canvas(size, (300 if size.wide else 230) + top)
    ax = axes(figure, left, top, right + 22, 2 * size.text + 12)
    ax.set_xlim(*span)
    ax.set_ylim(min(ticks), max(ticks))
    for i in reversed(range(len(lines))):
        _line(ax, _cut(lines[i], marks), i, band=i == 0)
    _end_labels(ax, lines, names, size)
    _gaps(ax, lines, size)
    _scales(ax, years, heading, ticks, size)
    draw_marks(ax, [ax], beside, size, lift=lift)
    disable_clipping(ax)
    return figure


def _cut(of: pd.DataFrame, marks: list[Mark]) -> pd.DataFrame:
    """The line with nothing where its series breaks, so that it is drawn in parts."""
    cuts = [mark.at for mark in marks if mark.broken]
    return of.reindex(sorted({*map(float, of.index), *cuts}))


def _of_group(rows: pd.DataFrame, group: str, years: list[str]) -> pd.DataFrame:
    of = rows[rows["group"].eq(group)].drop_duplicates("x").set_index("x").reindex(years)
    return of.reset_index()


def _name(group: str, of: pd.DataFrame, size: Size) -> list[str]:
    last = of["value"].last_valid_index()
    lines = wrapped(group, size.text, 130 if size.wide else 62)
    return lines if last is None else [*lines, str(of["text"].loc[last])]


def _ticks(rows: pd.DataFrame, from_zero: bool) -> dict[float, str]:
    ends = pd.concat([rows["value"], rows["lower"], rows["upper"]]).dropna()
    ticks = ticks_of(0.0 if from_zero else float(ends.min()), float(ends.max()))
    return {at: words for at, words in ticks.items() if at >= 0 or ends.min() < 0}


def _heading(unit: str, low: float, size: Size) -> list[str]:
    return wrapped(f"{unit} (axis starts at {low:g})" if low else unit, size.small, size.width)


def _line(ax: Axes, of: pd.DataFrame, place: int, band: bool) -> None:
    colour, at = CATEGORICAL[place], of.index.to_numpy()
    bars = of.dropna(subset=["lower", "upper"])
    if band:
        ax.fill_between(at, of["lower"], of["upper"], color=colour, alpha=0.15, linewidth=0)
        # A band around one year alone has no width.
        known = of["value"].notna()
        joined = known.shift(fill_value=False) | known.shift(-1, fill_value=False)
        bars = bars[~joined.loc[bars.index]]
    ax.vlines(bars.index, bars["lower"], bars["upper"], color=colour, linewidth=1.4)
    ax.plot(
        at,
        of["value"],
        color=colour,
        linewidth=2.4 if band else 1.8,
        linestyle=DASHES[place],
        marker=MARKERS[place],
        markersize=6,
        markerfacecolor=colour,
        markeredgecolor=PAPER,
        markeredgewidth=0.8,
        zorder=3,
    )


def _end_labels(ax: Axes, lines: list[pd.DataFrame], names: list[list[str]], size: Size) -> None:
    """Names beside the last points, moved apart until none covers another."""
    per_pixel = (ax.get_ylim()[1] - ax.get_ylim()[0]) / ax.bbox.height
    ends = [(of["value"].dropna().iloc[-1], i) for i, of in enumerate(lines)
            if of["value"].notna().any()]  # fmt: skip
    wanted = sorted(((value - ax.get_ylim()[0]) / per_pixel, i) for value, i in ends)
    heights = [len(names[i]) * size.text * LINE + 3 for _, i in wanted]
    centres = spread_apart([y for y, _ in wanted], heights, ax.bbox.height)
    for (_, i), centre, height in zip(wanted, centres, heights, strict=True):
        last = ax.get_xlim()[1]
        _mark(ax, i, centre)
        for row, words in enumerate(names[i]):
            up = centre + height / 2 - size.text * LINE * (row + 0.5)
            label(ax, words, last, 0, move=(19, up), size=size.text,
                  within=ax.get_xaxis_transform(), weight="bold" if i == 0 else "normal",
                  color=INK)  # fmt: skip


def _mark(ax: Axes, place: int, centre: float) -> None:
    ax.plot(1 + 10 / ax.bbox.width, centre / ax.bbox.height, transform=ax.transAxes,
            marker=MARKERS[place], markersize=6, color=CATEGORICAL[place])  # fmt: skip


def _gaps(ax: Axes, lines: list[pd.DataFrame], size: Size) -> None:
    for i, of in enumerate(lines):
        for at in of.index[of["value"].isna()]:
            words = of["text"].loc[at]
            label(ax, words if isinstance(words, str) else "[x]", at, 0, size=size.small,
                  move=(0, 8 + i * size.text), across="center", color=SOFT_INK,
                  within=ax.get_xaxis_transform())  # fmt: skip


def _scales(
    ax: Axes, years: list[str], heading: list[str], ticks: dict[float, str], size: Size
) -> None:
    room = ax.bbox.width / len(years)
    step = int((width_of("2009/10", size.small) + 8) // room) + 1
    at = list(range(len(years) - 1, -1, -step))
    ax.set_xticks(at, [str(years[i]) for i in at], size=size.small)
    ax.tick_params(axis="x", pad=9)
    ax.set_yticks(list(ticks), list(ticks.values()))
    grid(ax, "y", size)
    low = min(ticks)
    ax.axhline(low, color=SOFT_INK, linewidth=1, linestyle="--" if low else "-")
    draw_heading(ax, heading, 18, size)
