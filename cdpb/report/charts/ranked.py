"""Areas ranked by a rate, each with its interval, and the comparator as a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, rate_text
from cdpb.report.charts.canvas import (
    FOCUS,
    INK,
    OTHERS,
    SOFT_INK,
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
    iter_rows,
    of_unit,
    ranked_rows,
    row_text,
    sentences,
    unit_of,
    withheld,
)
from cdpb.report.charts.labels import LegendEntry, draw_key, key_height, mark
from cdpb.statistics.measure import Measure

DARK_DOT = "#595959"


@dataclass(frozen=True, kw_only=True)
class Ranked(FigureKind):
    """Areas from the highest value to the lowest, each a dot with its interval.

    One row per area. Areas whose value is masked stand last, by name, with their marker.

    Attributes
    ----------
    value, label, key, lower, upper, unstable, rank : str
        Columns; ``unstable`` (rates on fewer than 10 events) and ``rank`` may be absent.
    focus : str, optional
        The key of the area to bring forward.
    reference : Measure, optional
        The comparator, drawn as a line and labelled with its ``label``.
    axis : str
        What is measured, for the line beneath the title.
    unit : str
        Stands under the axis; by default the column's own.
    things : str
        What its rows are, in words; by default what the column ``key`` says.
    """

    name: ClassVar[str] = "ranked"
    columns: ClassVar[Sequence[str]] = ("value", "key", "lower", "upper", "label")
    may_have: ClassVar[Sequence[str]] = ("unstable", "rank")

    value: str = "rate_per_1000"
    label: str = "ward_name"
    key: str = "ward_code"
    lower: str = "lower"
    upper: str = "upper"
    unstable: str = "unstable"
    rank: str = "rank"
    focus: str | None = None
    reference: Measure | None = None
    axis: str = ""
    unit: str = ""
    things: str = ""

    def rows(self, shown: PublishedTable) -> pd.DataFrame:
        """From the highest to the lowest."""
        return ranked_rows(super().rows(shown))

    def drawing(self, shown: PublishedTable, rows: pd.DataFrame) -> Drawing:
        unstable = rows["unstable"].fillna(False).astype(bool) if "unstable" in rows else False
        focus = [key == self.focus for key in rows["key"]]
        line = self.reference if self.reference is not None and self.reference.known else None
        unit = unit_of(shown, self.value, self.unit)
        return partial(_figure, rows.assign(unstable=unstable, focus=focus), line, unit)

    def words(self, shown: PublishedTable, rows: pd.DataFrame) -> str:
        """The highest, the lowest, the focus and the comparator."""
        known = rows[rows["value"].notna()]
        top, last = next(iter_rows(known)), list(iter_rows(known))[-1]
        parts = [f"highest in {row_text(top)}", f"lowest in {row_text(last)}"]
        parts += [f"{row_text(row)}" for row in iter_rows(known[1:-1]) if row.key == self.focus]
        unit = of_unit(unit_of(shown, self.value, self.unit))
        ranked = f"{count_text(len(known))} {self.called(rows)} ranked by {unit}: "
        against = _against(known, self.reference, self.called(rows))
        return sentences(ranked + "; ".join(parts), against, withheld(rows, self.called(rows)))


def _against(known: pd.DataFrame, reference: Measure | None, things: str) -> str:
    if reference is None or reference.value is None:
        return ""
    above = count_text((known["lower"] > reference.value).sum())
    below = count_text((known["upper"] < reference.value).sum())
    return (
        f"{reference.label}: {rate_text(reference.value)}; the interval lies wholly above it for "
        f"{above} of {count_text(len(known))} {things} and wholly below it for {below}"
    )


def _figure(rows: pd.DataFrame, reference: Measure | None, unit: str, size: Size) -> Figure:
    names = [
        wrapped(name, size.text, 240 if size.wide else 104, bold=focus)
        for name, focus in zip(rows["name"], rows["focus"], strict=True)
    ]
    deepest = max(len(lines) for lines in names)
    step = max(size.row, deepest * size.text * 1.12 + 3)
    longest = max(
        width_of(line, size.text, focus)
        for lines, focus in zip(names, rows["focus"], strict=True)
        for line in lines
    )
    ranks = width_of("00", size.text) + 6 if "rank" in rows else 0
    keyed = [_unstable(size)] if rows["unstable"].any() else []
    top = (size.text + 9 if reference else 6) + key_height(keyed, size)
    values = max(width_of(text, size.text, True) for text in rows["text"]) + 6
    bottom = size.text * (2.6 if unit else 1) + 12
    figure = canvas(size, top + bottom + step * len(rows))
    ax = axes(figure, ranks + longest + 10, top, values, bottom)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(0, _reach(rows, reference))
    _marks(ax, rows)
    _names(ax, rows, names, size, longest)
    _scale(ax, rows, unit, size)
    if reference and reference.value is not None:
        _reference(ax, reference.value, reference.label, size)
    draw_key(figure, keyed, size)
    disable_clipping(ax)
    return figure


def _reach(rows: pd.DataFrame, reference: Measure | None) -> float:
    ends = [rows["value"].max(), rows["upper"].max(), reference.value if reference else None]
    return 1.02 * max(end for end in ends if pd.notna(end)) or 1.0


def _marks(ax: Axes, rows: pd.DataFrame) -> None:
    for focus, line, dot in ((False, OTHERS, DARK_DOT), (True, FOCUS, FOCUS)):
        of = rows[rows["focus"].eq(focus) & rows["value"].notna()]
        ax.hlines(of.index, of["lower"], of["upper"], color=line, linewidth=4, zorder=2)
        for unstable in (False, True):
            some = of[of["unstable"].eq(unstable)]
            entry = LegendEntry("", "o", dot, open=unstable)
            ax.plot(some["value"], some.index, zorder=3, **mark(entry, 9 if focus else 7))


def _names(ax: Axes, rows: pd.DataFrame, names: list[list[str]], size: Size, room: float) -> None:
    edge = ax.get_yaxis_transform()
    for at, (row, lines) in enumerate(zip(iter_rows(rows), names, strict=True)):
        look: dict[str, Any] = {"within": edge, "weight": "bold" if row.focus else "normal"}
        for i, line in enumerate(lines):
            drop = (len(lines) - 1) / 2 - i
            move = (-10.0 - room, drop * size.text * 1.1)
            label(ax, line, 0, at, move=move, size=size.text, **look)
        label(ax, str(row.text), 1, at, move=(6, 0), size=size.text, **look)
    for at, rank in enumerate(rows.get("rank", [])):
        if pd.notna(rank):
            label(ax, rank, 0, at, move=(-16.0 - room, 0), size=size.small,
                  across="right", within=edge, color=SOFT_INK)  # fmt: skip


def _scale(ax: Axes, rows: pd.DataFrame, unit: str, size: Size) -> None:
    ax.set_yticks([])
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    grid(ax, "x", size)
    for at in rows.index[rows["value"].isna()]:
        ax.axhspan(at - 0.3, at + 0.3, facecolor="none", edgecolor=OTHERS, hatch="////", lw=0)
    if unit:
        ax.set_xlabel(unit, size=size.small, labelpad=4, color=INK)


def _reference(ax: Axes, at: float, name: str, size: Size) -> None:
    ax.axvline(at, color=INK, linewidth=1.4, linestyle=(0, (4, 2)), zorder=2.5)
    words, left = f"{name} {rate_text(at)}", ax.bbox.x0
    place = at / ax.get_xlim()[1] * ax.bbox.width
    half = width_of(words, size.text, True) / 2
    inside = min(max(place, half - left), size.width - left - half)
    label(ax, words, at, 1, move=(inside - place, 4), size=size.text, across="center",
          up="baseline", within=ax.get_xaxis_transform(), weight="bold")  # fmt: skip


def _unstable(size: Size) -> LegendEntry:
    more = ", an unstable rate" if size.wide else ""
    return LegendEntry(f"Open dot: fewer than 10 events{more}", "o", DARK_DOT, open=True)
