"""Dates marked on a time axis: what happened then, never what it caused."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from cdpb.periods import FIRST_MONTH, month_name
from cdpb.report.charts.canvas import INK, PLAIN, SOFT_INK, Size, label, width_of, wrapped

# Where a month starts on an axis; None where it isn't on it.
Place = Callable[[pd.Period], float | None]
YEAR = re.compile(r"\d{4}(/\d{2})?")
ROOM_BESIDE = 6
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Mark:
    """One dated line over a chart, ``at`` a place on its axis.

    ``labels`` say what happened, and of each whether the series breaks by it.
    """

    at: float
    labels: tuple[tuple[str, bool], ...]

    @property
    def broken(self) -> bool:
        """Whether the series breaks here, drawn as a dashed line."""
        return any(broken for _, broken in self.labels)


def event_marks(events: Iterable[Any], breaks: Iterable[Any], place: Place) -> list[Mark]:
    """The events and series breaks that lie on the axis, earliest first, one per month.

    ``place`` is the `month_place` or the `year_place` of the axis.
    """
    dated = [(_month(event.date), event.label, event.date, False) for event in events]
    dated += [(_starts(each), each.label, each.month or each.year, True) for each in breaks]
    by_month: dict[pd.Period, list[tuple[str, bool]]] = {}
    for month, words, when, broken in dict.fromkeys(dated):
        if place(month) is not None:
            by_month.setdefault(month, []).append((_dated_label(words, when), broken))
    return [Mark(place(month) or 0.0, tuple(labels)) for month, labels in sorted(by_month.items())]


def marks_of_years(
    events: Iterable[Any], breaks: Iterable[Any], names: Iterable[str]
) -> list[Mark]:
    """`event_marks` on an axis of years; none where it is one of quarters, which have no dates."""
    years = sorted({str(name) for name in names})
    dated = years and all(YEAR.fullmatch(year) for year in years)
    return event_marks(events, breaks, year_place(years)) if dated else []


def _dated_label(label: str, when: Any) -> str:
    """``CONNECT, a new recording system, February 2024``: the date never parted."""
    dated = month_name(_month(when)) if "-" in str(when) else str(when)
    return f"{label}, {dated.replace(' ', NO_BREAK_SPACE)}"


def _starts(parting: Any) -> pd.Period:
    """The month from which a break holds."""
    if parting.month:
        return _month(parting.month)
    year = str(parting.year)
    return pd.Period(year=int(year[:4]), month=FIRST_MONTH if "/" in year else 1, freq="M")


def month_place(months: pd.PeriodIndex) -> Place:
    """A mark stands at its month's start; the middle of the first month is 0."""
    return lambda month: (month - months[0]).n - 0.5 if month in months else None


def year_place(years: list[str]) -> Place:
    """A mark stands within its year; the middle of the first year is 0.

    What begins with the first year has nothing before it to be told from, and is left out.
    """
    first = FIRST_MONTH if "/" in years[0] else 1
    places = {int(year[:4]): at for at, year in enumerate(years)}

    def place(month: pd.Period) -> float | None:
        months_in = (month.month - first) % 12
        at = places.get(month.year - (month.month < first))
        return None if at is None or at + months_in == 0 else at + months_in / 12 - 0.5

    return place


def _month(when: Any) -> pd.Period:
    return pd.Period(str(when)[:7], freq="M")


@dataclass(frozen=True)
class PlacedMark:
    """A mark ``x`` pixels from the left, with its label's lines on one side of it."""

    mark: Mark
    x: float
    lines: list[str]
    across: str
    wide: float

    def covers(self, x: float) -> bool:
        """Whether its label lies over a line at this place."""
        start, end = (0, self.wide) if self.across == "left" else (-self.wide, 0)
        return self.x + start <= x <= self.x + end


def layout_marks(
    marks: list[Mark], span: tuple[float, float], room: float, size: Size
) -> list[PlacedMark]:
    """The marks from the top down, each label beside its line, broken into lines.

    The axis runs from ``span``'s first value to its second in ``room`` pixels. All choices of
    sides are tried, as a chart has a handful of marks at most: that with fewest lines through a
    label of another mark is taken, the first of equals, so that a picture stays what it was.
    """
    per_unit = room / (span[1] - span[0])
    choices = [_sides(mark, (mark.at - span[0]) * per_unit, room, size) for mark in marks]
    return min((_stacked(list(chosen)) for chosen in product(*choices)), key=_crossings)


def _sides(mark: Mark, x: float, room: float, size: Size) -> list[PlacedMark]:
    """On each side with room for the words, right first; on the wider one where neither has."""
    longest = max(width_of(words, size.small) for words, _ in mark.labels)
    rooms = {"left": room - x - ROOM_BESIDE, "right": x - ROOM_BESIDE}
    fitting = [across for across, free in rooms.items() if longest <= free]
    return [
        _on_side(mark, x, across, rooms[across], size)
        for across in fitting or [max(rooms, key=lambda across: rooms[across])]
    ]


def _on_side(mark: Mark, x: float, across: str, room: float, size: Size) -> PlacedMark:
    lines = [line for words, _ in mark.labels for line in wrapped(words, size.small, room)]
    wide = max(width_of(line, size.small) for line in lines) + ROOM_BESIDE
    return PlacedMark(mark, x, lines, across, wide)


def _stacked(waiting: list[PlacedMark]) -> list[PlacedMark]:
    """From the top down: next the one whose line runs through fewest labels beneath."""
    order: list[PlacedMark] = []
    while waiting:
        order.append(min(waiting, key=lambda placed: _run_through(placed, waiting)))
        waiting = [placed for placed in waiting if placed is not order[-1]]
    return order


def _run_through(placed: PlacedMark, beneath: list[PlacedMark]) -> int:
    return sum(other.covers(placed.x) for other in beneath if other is not placed)


def _crossings(order: list[PlacedMark]) -> int:
    return sum(_run_through(placed, order[i:]) for i, placed in enumerate(order))


def label_height(placed: list[PlacedMark], size: Size) -> float:
    """Pixels that the labels take above the axes."""
    lines = sum(len(each.lines) for each in placed)
    return lines * (size.text + 2) + 4 * len(placed)


def draw_marks(
    top: Axes, every: list[Axes], placed: list[PlacedMark], size: Size, lift: float = 0
) -> None:
    """A line through every panel for each mark, and its label above the top one."""
    height = label_height(placed, size) + lift
    for each in placed:
        dashes: Any = (0, (4, 3)) if each.mark.broken else "-"
        look = {"color": SOFT_INK, "linewidth": 1.2, "linestyle": dashes}
        for ax in every:
            ax.axvline(each.mark.at, **look)
        top.plot([each.mark.at] * 2, [1, 1 + height / top.bbox.height], zorder=1,
                 transform=top.get_xaxis_transform(), **look)  # fmt: skip
        height -= _label(top, each, height, size)


def _label(ax: Axes, placed: PlacedMark, height: float, size: Size) -> float:
    side = 5 if placed.across == "left" else -5
    step = size.text + 2
    for i, words in enumerate(placed.lines):
        move = (side, height - step * (i + 0.5))
        label(ax, words, placed.mark.at, 1, move=move, size=size.small, across=placed.across,
              within=ax.get_xaxis_transform(), color=INK, bbox=PLAIN)  # fmt: skip
    return step * len(placed.lines) + 4


def marks_in_words(marks: list[Mark]) -> list[str]:
    """The dates drawn, and where a series breaks."""
    kinds = {"Dates marked": False, "The series breaks at": True}
    found = {kind: [words for mark in marks for words, broken in mark.labels if broken is is_break]
             for kind, is_break in kinds.items()}  # fmt: skip
    return [f"{kind}: {'; '.join(words)}" for kind, words in found.items() if words]
