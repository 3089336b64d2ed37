"""Dates marked on a time axis: what happened then, never what it caused."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from cdpb.periods import month_name
from cdpb.report.charts.canvas import PLAIN, Size, label, width_of, wrapped
from cdpb.report.palette import INK, SOFT_INK


@dataclass(frozen=True)
class Mark:
    """One dated line over a chart.

    Attributes
    ----------
    month : pandas.Period
        When; the line stands at the month's start.
    words : tuple of str
        What happened, one label each.
    broken : bool
        Whether the series breaks here, drawn as a dashed line.
    """

    month: pd.Period
    words: tuple[str, ...]
    broken: bool = False


def marks(events: Iterable[Any], breaks: Iterable[Any], within: pd.PeriodIndex) -> list[Mark]:
    """The events and series breaks that lie on the axis, earliest first, one a month.

    Parameters
    ----------
    events : iterable
        Things with ``date`` and ``label``.
    breaks : iterable
        Things with ``month`` and ``label``.
    within : pandas.PeriodIndex
        The months drawn.
    """
    found = [(_month(each.date), each.label, False) for each in events]
    found += [(_month(each.month), each.label, True) for each in breaks if each.month]
    by_month: dict[pd.Period, list[tuple[str, bool]]] = {}
    for month, words, broken in found:
        if month in within:
            when = month_name(month).replace(" ", "\N{NO-BREAK SPACE}")
            by_month.setdefault(month, []).append((f"{words}, {when}", broken))
    return [
        Mark(month, tuple(words for words, _ in what), any(broken for _, broken in what))
        for month, what in sorted(by_month.items())
    ]


def _month(when: Any) -> pd.Period:
    return pd.Period(str(when)[:7], freq="M")


@dataclass(frozen=True)
class Placed:
    """A mark with its place: months from the left, and the lines of its label."""

    mark: Mark
    at: float
    lines: list[str]
    across: str


def placed(found: list[Mark], months: pd.PeriodIndex, room: float, size: Size) -> list[Placed]:
    """Each label beside its line, on the side that has more room, broken into lines.

    The axis is ``room`` pixels wide and holds all the months.
    """
    return [_placed(mark, (mark.month - months[0]).n, room / len(months), room, size)
            for mark in found]  # fmt: skip


def _placed(mark: Mark, at: int, step: float, room: float, size: Size) -> Placed:
    right, left, type_size = room - at * step - 6, at * step - 6, size.small
    longest = max(width_of(words, type_size) for words in mark.words)
    across = "left" if longest <= right or right >= left else "right"
    lines = [line for words in mark.words for line in wrapped(words, type_size, max(right, left))]
    return Placed(mark, at - 0.5, lines, across)


def label_height(marks_placed: list[Placed], size: Size) -> float:
    """Pixels that the labels take above the axes."""
    lines = sum(len(each.lines) for each in marks_placed)
    return lines * (size.text + 2) + 4 * len(marks_placed)


def draw_marks(
    top: Axes, every: list[Axes], marks_placed: list[Placed], size: Size, lift: float = 0
) -> None:
    """A line through every panel for each mark, and its label above the top one.

    Labels that stand right of their line are stacked from the top down in the order of time,
    those left of it the other way round, so that no line runs through a label.
    """
    rightward = [each for each in marks_placed if each.across == "left"]
    leftward = [each for each in reversed(marks_placed) if each.across == "right"]
    height = label_height(marks_placed, size) + lift
    for each in [*rightward, *leftward]:
        for ax in every:
            ax.axvline(each.at, **_line(each.mark))
        top.plot([each.at] * 2, [1, 1 + height / top.bbox.height], zorder=1,
                 transform=top.get_xaxis_transform(), **_line(each.mark))  # fmt: skip
        height -= _label(top, each, height, size)


def _label(ax: Axes, each: Placed, height: float, size: Size) -> float:
    side = 5 if each.across == "left" else -5
    step = size.text + 2
    for i, words in enumerate(each.lines):
        move = (side, height - step * (i + 0.5))
        label(ax, words, each.at, 1, move=move, size=size.small, across=each.across,
              within=ax.get_xaxis_transform(), color=INK,
              bbox=PLAIN)  # fmt: skip
    return step * len(each.lines) + 4


def _line(mark: Mark) -> dict[str, Any]:
    dashes = (0, (4, 3)) if mark.broken else "-"
    return {"color": SOFT_INK, "linewidth": 1.2, "linestyle": dashes}
