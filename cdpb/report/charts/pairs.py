"""Areas with two or more counts each, as marks on one line: possession and trafficking by ward."""

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError
from cdpb.report.charts.canvas import (
    Drawing,
    Size,
    axes,
    canvas,
    draw_twice,
    grid,
    label,
    unclipped,
    width_of,
    wrapped,
)
from cdpb.report.charts.key import Entry, draw_key, entries, key_height, mark
from cdpb.report.charts.order import each, in_first_order, ranked_rows, rows_of, unit_of
from cdpb.report.palette import INK, MARKERS, OTHERS


def pairs(
    shown: PublishedTable,
    value: str = "offences",
    label: str = "ward_name",
    series: str = "offence",
    key: str = "ward_code",
    *,
    focus: str | None = None,
    unit: str = "",
    prefix: str = "figure",
) -> Drawing | None:
    """A line an area, a mark for each series, the numbers beside it.

    Parameters
    ----------
    shown : PublishedTable
        One row an area and series. Areas stand by the sum of what is published; an area with
        a masked value stands last, by name.
    value, label, series, key : str
        Columns.
    focus : str, optional
        The key of the area to bring forward.
    unit : str
        Stands under the axis; by default the column's own.
    prefix : str
        The figure's id in the page.

    Returns
    -------
    Drawing or None
        None when no value is published.

    Raises
    ------
    InputError
        If there are more than four series.
    """
    rows = rows_of(shown, value=value, name=label, series=series, key=key)
    if rows["value"].isna().all():
        return None
    names = in_first_order(rows["series"])
    if len(names) > len(MARKERS):
        raise InputError(f"Table {shown.id}: {len(names)} series are more than a chart can hold.")
    areas = _areas(rows)
    areas["focus"] = [bool(code == focus) for code in areas["key"]]
    told = unit or unit_of(shown, value)
    return draw_twice(shown, partial(_figure, rows, areas, names, told), prefix)


def _areas(rows: pd.DataFrame) -> pd.DataFrame:
    """The areas by the sum of what is published; with a value missing there is no sum."""
    sums = rows.groupby(["key", "name"])["value"].agg(lambda of: of.sum(skipna=False))
    return ranked_rows(sums.reset_index())


def _figure(rows: pd.DataFrame, areas: pd.DataFrame, series: list, unit: str, size: Size) -> Figure:
    wanted = entries([str(name) for name in series])
    names = [
        wrapped(area.name, size.text, 240 if size.wide else 112, bold=area.focus)
        for area in each(areas)
    ]
    deepest = max(len(lines) for lines in names)
    step = max(size.row, deepest * size.text * 1.12 + 3)
    left = max(width_of(line, size.text, True) for lines in names for line in lines) + 10
    column = width_of("0,000" if rows["value"].max() >= 1000 else "000", size.text, True) + 8
    top = key_height(wanted, size) + size.text + 8
    bottom = size.text * 2.6 + 12
    figure = canvas(size, top + bottom + step * len(areas))
    ax = axes(figure, left, top, column * len(series) + 6, bottom)
    ax.set_ylim(len(areas) - 0.5, -0.5)
    ax.set_xlim(0, (float(rows["value"].max()) or 1.0) * 1.04)
    _scale(ax, unit, size)
    _heads(ax, wanted, column)
    values, texts = (_table(rows, column, areas, series) for column in ("value", "text"))
    _marks(ax, values, list(areas["focus"]), wanted)
    for at, (area, lines) in enumerate(zip(each(areas), names, strict=True)):
        told = list(texts.loc[at].fillna("[x]"))
        _words(ax, at, lines, told, column, area.focus, size)
    draw_key(figure, wanted, size)
    unclipped(ax)
    return figure


def _table(rows: pd.DataFrame, column: str, areas: pd.DataFrame, series: list) -> pd.DataFrame:
    """A row an area and a column a series, in their order."""
    wide = rows.pivot(index="key", columns="series", values=column)
    return wide.reindex(index=areas["key"], columns=series).reset_index(drop=True)


def _marks(ax: Axes, values: pd.DataFrame, focus: list[bool], wanted: list[Entry]) -> None:
    for at in values.index[values.isna().all(axis=1)]:
        ax.axhspan(at - 0.3, at + 0.3, facecolor="none", edgecolor=OTHERS, hatch="////", lw=0)
    colours = [INK if forward else OTHERS for forward in focus]
    ax.hlines(values.index, values.min(axis=1), values.max(axis=1), color=colours, linewidth=3,
              zorder=2)  # fmt: skip
    for entry, name in zip(wanted, values, strict=True):
        for forward in (False, True):
            of = values[name][[one is forward for one in focus]]
            ax.plot(of, of.index, zorder=3, **mark(entry, 9 if forward else 7))


def _words(
    ax: Axes, at: int, lines: list[str], told: list[str], column: float, focus: bool, size: Size
) -> None:
    edge, weight = ax.get_yaxis_transform(), "bold" if focus else "normal"
    for i, line in enumerate(lines):
        drop = (len(lines) - 1) / 2 - i
        label(ax, line, 0, at, move=(2 - ax.bbox.x0, drop * size.text * 1.1), size=size.text,
              within=edge, weight=weight)  # fmt: skip
    for i, words in enumerate(told):
        label(ax, words, 1, at, move=(6 + column * (i + 1) - 4, 0), size=size.text,
              across="right", within=edge, weight=weight)  # fmt: skip


def _heads(ax: Axes, wanted: list[Entry], column: float) -> None:
    """Over each column of numbers, the mark that they belong to."""
    for i, entry in enumerate(wanted):
        x = 1 + (6 + column * (i + 1) - 10) / ax.bbox.width
        ax.plot(x, 1 + 10 / ax.bbox.height, transform=ax.transAxes, **mark(entry))


def _scale(ax: Axes, unit: str, size: Size) -> None:
    ax.set_yticks([])
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True))
    grid(ax, "x", size)
    ax.set_xlabel(unit, size=size.small, labelpad=4, color=INK)
