"""Dates marked on a time axis: what happened then, never what it caused."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from cdpb.periods import FIRST_MONTH, month_name
from cdpb.report.charts.canvas import PLAIN, Size, label, width_of, wrapped
from cdpb.report.palette import INK, SOFT_INK

# Where a month starts on an axis; None where it isn't on it.
Place = Callable[[pd.Period], float | None]
YEAR = re.compile(r"\d{4}(/\d{2})?")
ROOM_BESIDE = 6
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Mark:
    """One dated line over a chart.

    Attributes
    ----------
    at : float
        Where it stands on the axis.
    told : tuple of (str, bool)
        What happened, one label each, and whether the series breaks by it.
    """

    at: float
    told: tuple[tuple[str, bool], ...]

    @property
    def broken(self) -> bool:
        """Whether the series breaks here, drawn as a dashed line."""
        return any(broken for _, broken in self.told)


def event_marks(events: Iterable[Any], breaks: Iterable[Any], place: Place) -> list[Mark]:
    """The events and series breaks that lie on the axis, earliest first, one a month.

    Parameters
    ----------
    events : iterable
        Things with ``date`` and ``label``.
    breaks : iterable
        Things with ``month`` or ``year``, and ``label``.
    place : callable
        `month_place` or `year_place` of the axis.
    """
    found = [(_month(each.date), _told(each.label, each.date), False) for each in events]
    found += [(_starts(each), _told(each.label, each.month or each.year), True) for each in breaks]
    by_month: dict[pd.Period, list[tuple[str, bool]]] = {}
    for month, words, broken in dict.fromkeys(found):
        if place(month) is not None:
            by_month.setdefault(month, []).append((words, broken))
    return [Mark(place(month) or 0.0, tuple(what)) for month, what in sorted(by_month.items())]


def marks_of_years(
    events: Iterable[Any], breaks: Iterable[Any], names: Iterable[str]
) -> list[Mark]:
    """`marks` on an axis of years; none where it is one of quarters, say, that have no dates."""
    years = sorted({str(name) for name in names})
    dated = years and all(YEAR.fullmatch(year) for year in years)
    return event_marks(events, breaks, year_place(years)) if dated else []


def _told(label: str, when: Any) -> str:
    """``CONNECT, a new recording system, February 2024``: the date never parted."""
    dated = month_name(_month(when)) if "-" in str(when) else str(when)
    return f"{label}, {dated.replace(' ', NO_BREAK_SPACE)}"


def _starts(each: Any) -> pd.Period:
    """The month from which a break holds."""
    if each.month:
        return _month(each.month)
    year = str(each.year)
    return pd.Period(year=int(year[:4]), month=FIRST_MONTH if "/" in year else 1, freq="M")


def month_place(months: pd.PeriodIndex) -> Place:
    """A mark stands at its month's start; the middle of the first month is 0."""
    return lambda month: (month - months[0]).n - 0.5 if month in months else None


def year_place(years: list[str]) -> Place:
    """A mark stands within its year; the middle of the first year is 0.

    What begins with the first year has nothing before it to be told from, and is left out.
    """
    first = FIRST_MONTH if "/" in years[0] else 1
    held = {int(year[:4]): at for at, year in enumerate(years)}

    def place(month: pd.Period) -> float | None:
        since = (month.month - first) % 12
        at = held.get(month.year - (month.month < first))
        return None if at is None or at + since == 0 else at + since / 12 - 0.5

    return place


def _month(when: Any) -> pd.Period:
    return pd.Period(str(when)[:7], freq="M")


@dataclass(frozen=True)
class Placed:
    """A mark with its place in pixels from the left, and its label's lines on one side of it."""

    mark: Mark
    x: float
    lines: list[str]
    across: str
    wide: float

    def covers(self, x: float) -> bool:
        """Whether its label lies over a line at this place."""
        start, end = (0, self.wide) if self.across == "left" else (-self.wide, 0)
        return self.x + start <= x <= self.x + end


def placed(found: list[Mark], span: tuple[float, float], room: float, size: Size) -> list[Placed]:
    """The marks from the top down, each label beside its line, broken into lines.

    Sides and order are those in which fewest lines run through a label of another mark.

    Parameters
    ----------
    found : list of Mark
        On an axis from ``span``'s first value to its second, ``room`` pixels wide.
    """
    per_unit = room / (span[1] - span[0])
    choices = [_sides(each, (each.at - span[0]) * per_unit, room, size) for each in found]
    return min((_stacked(list(each)) for each in product(*choices)), key=_crossings)


def _sides(mark: Mark, x: float, room: float, size: Size) -> list[Placed]:
    """On each side with room for the words, right first; on the wider one where neither has."""
    longest = max(width_of(words, size.small) for words, _ in mark.told)
    rooms = {"left": room - x - ROOM_BESIDE, "right": x - ROOM_BESIDE}
    fitting = [across for across, free in rooms.items() if longest <= free]
    return [
        _on_side(mark, x, across, rooms[across], size)
        for across in fitting or [max(rooms, key=lambda across: rooms[across])]
    ]


def _on_side(mark: Mark, x: float, across: str, room: float, size: Size) -> Placed:
    lines = [line for words, _ in mark.told for line in wrapped(words, size.small, room)]
    wide = max(width_of(line, size.small) for line in lines) + ROOM_BESIDE
    return Placed(mark, x, lines, across, wide)


def _stacked(waiting: list[Placed]) -> list[Placed]:
    """From the top down: next the one whose line runs through fewest labels beneath."""
    order: list[Placed] = []
    while waiting:
        order.append(min(waiting, key=lambda each: _run_through(each, waiting)))
        waiting = [each for each in waiting if each is not order[-1]]
    return order


def _run_through(each: Placed, beneath: list[Placed]) -> int:
    return sum(other.covers(each.x) for other in beneath if other is not each)


def _crossings(order: list[Placed]) -> int:
    return sum(_run_through(each, order[i:]) for i, each in enumerate(order))


def label_height(marks_placed: list[Placed], size: Size) -> float:
    """Pixels that the labels take above the axes."""
    lines = sum(len(each.lines) for each in marks_placed)
    return lines * (size.text + 2) + 4 * len(marks_placed)


def draw_marks(
    top: Axes, every: list[Axes], marks_placed: list[Placed], size: Size, lift: float = 0
) -> None:
    """A line through every panel for each mark, and its label above the top one."""
    height = label_height(marks_placed, size) + lift
    for each in marks_placed:
        for ax in every:
            ax.axvline(each.mark.at, **_line(each.mark))
        top.plot([each.mark.at] * 2, [1, 1 + height / top.bbox.height], zorder=1,
                 transform=top.get_xaxis_transform(), **_line(each.mark))  # fmt: skip
        height -= _label(top, each, height, size)


def _label(ax: Axes, each: Placed, height: float, size: Size) -> float:
    side = 5 if each.across == "left" else -5
    step = size.text + 2
    for i, words in enumerate(each.lines):
        move = (side, height - step * (i + 0.5))
        label(ax, words, each.mark.at, 1, move=move, size=size.small, across=each.across,
              within=ax.get_xaxis_transform(), color=INK,
              bbox=PLAIN)  # fmt: skip
    return step * len(each.lines) + 4


def _line(mark: Mark) -> dict[str, Any]:
    dashes = (0, (4, 3)) if mark.broken else "-"
    return {"color": SOFT_INK, "linewidth": 1.2, "linestyle": dashes}


def marks_in_words(found: list[Mark]) -> list[str]:
    """The dates drawn, and where a series breaks."""
    kinds = {"Dates marked": False, "The series breaks at": True}
    told = {kind: [words for each in found for words, broken in each.told if broken is is_break]
            for kind, is_break in kinds.items()}  # fmt: skip
    return [f"{kind}: {'; '.join(words)}" for kind, words in told.items() if words]
