"""Words in a chart: the key above it, names beside points, and labels that make room."""

from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cdpb.numbers import capital
from cdpb.report.charts.canvas import CATEGORICAL, MARKERS, PAPER, Size, label, width_of

MARK, GAP = 16, 18
# From a point to its name, and how many are named on a screen and on a phone.
BESIDE = 8
MOST_NAMED = {"w": 8, "n": 4}


class LegendEntry(NamedTuple):
    """One mark of a key."""

    words: str
    marker: str
    colour: str
    open: bool = False


def legend_entries(names: list[str]) -> list[LegendEntry]:
    """A shape and a colour for each series, in their order."""
    return [LegendEntry(capital(name), MARKERS[i], CATEGORICAL[i]) for i, name in enumerate(names)]


def key_height(wanted: list[LegendEntry], size: Size) -> float:
    """Pixels that the key takes at the top of the figure."""
    return (len(_lines(wanted, size)) * (size.text + 6) + 6) if wanted else 0


def draw_key(figure: Figure, wanted: list[LegendEntry], size: Size) -> None:
    """The key, at the figure's top left."""
    if not wanted:
        return
    ax = overlay(figure)
    for row, line in enumerate(_lines(wanted, size)):
        x, y = 6.0, size.text / 2 + 2 + row * (size.text + 6)
        for entry in line:
            ax.plot(x, y, **mark(entry))
            label(ax, entry.words, x + MARK - 5, y, size=size.text)
            x += _width(entry, size)


def mark(entry: LegendEntry, points: float = 7.5) -> dict[str, Any]:
    """How matplotlib draws the entry's mark."""
    return {
        "linestyle": "none",
        "marker": entry.marker,
        "markersize": points * (0.9 if entry.marker in "sD" else 1),
        "markerfacecolor": PAPER if entry.open else entry.colour,
        "markeredgecolor": entry.colour,
        "markeredgewidth": 1.6,
    }


def overlay(figure: Figure) -> Axes:
    """Axes over the whole figure, in pixels from its left upper corner."""
    ax = figure.add_axes((0, 0, 1, 1), facecolor="none", zorder=3)
    ax.set_axis_off()
    ax.set_xlim(0, figure.bbox.width)
    ax.set_ylim(figure.bbox.height, 0)
    return ax


def _width(entry: LegendEntry, size: Size) -> float:
    return MARK + width_of(entry.words, size.text) + GAP


def _lines(wanted: list[LegendEntry], size: Size) -> list[list[LegendEntry]]:
    lines: list[list[LegendEntry]] = []
    left = 0.0
    for entry in wanted:
        width = _width(entry, size)
        if not lines or left < width - GAP:
            lines.append([])
            left = size.width
        lines[-1].append(entry)
        left -= width
    return lines


class Spot(NamedTuple):
    """A rectangle in pixels, from the lower left corner up."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, x: float, y: float, reach: float) -> "Spot":
        """The square around a point."""
        return cls(x - reach, y - reach, x + reach, y + reach)

    def meets(self, other: "Spot") -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def inside(self, box: Any) -> bool:
        """Whether it lies wholly in a box."""
        return bool(
            box.x0 <= self.left and self.right <= box.x1
            and box.y0 <= self.bottom and self.top <= box.y1
        )  # fmt: skip


def name_points(
    ax: Axes, rows: pd.DataFrame, wanted: pd.DataFrame, columns: list[str], size: Size, **look: Any
) -> None:
    """Names beside points, of which the ``wanted`` rows come the most wanted first.

    ``columns`` have what runs across and what runs up; a row in ``focus`` is named in bold. Names
    lie beneath the points, so that none hides one.
    """
    to_pixels, inverse = ax.transData.transform, ax.transData.inverted().transform
    taken = [Spot.around(x, y, 4.5) for x, y in to_pixels(rows[columns].to_numpy())]
    points: Any = to_pixels(wanted[columns].to_numpy()) if len(wanted) else []
    names = list(zip(wanted["name"], wanted["focus"].astype(bool), strict=True))
    spots = name_spots(names, points, taken, ax.bbox, size.small, MOST_NAMED[size.name])
    for (name, bold), spot in zip(names, spots, strict=True):
        if spot:
            x, y = inverse((spot.left, (spot.top + spot.bottom) / 2))
            weight = "bold" if bold else "normal"
            label(ax, name, x, y, size=size.small, zorder=2.2, weight=weight, **look)


def name_spots(
    names: list[tuple[str, bool]],
    points: Any,
    taken: list[Spot],
    box: Any,
    size: float,
    most: int,
) -> list[Spot | None]:
    """A place for each name beside its point, in pixels; None where there is no room for it.

    Names (and whether in bold) come the most wanted first; after ``most`` of them it is enough.
    None covers what is ``taken`` or leaves the ``box``. Greedy: each takes the first free of
    eight places in a fixed order, so that the same data always give the same picture, which an
    optimiser that moves labels about would not.
    """
    found: list[Spot | None] = []
    taken = list(taken)
    for (words, bold), (x, y) in zip(names, points, strict=True):
        free = [
            spot
            for spot in _around(x, y, width_of(words, size, bold) + 2, size * 1.25)
            if spot.inside(box) and not any(spot.meets(other) for other in taken)
        ]
        spot = free[0] if free and len(found) - found.count(None) < most else None
        found.append(spot)
        taken += [spot] if spot else []
    return found


def _around(x: float, y: float, wide: float, tall: float) -> list[Spot]:
    places = [
        (x + BESIDE, y - tall / 2),
        (x - BESIDE - wide, y - tall / 2),
        *((x - part * wide, y + up) for part in (0.5, 0.1, 0.9) for up in (BESIDE, -BESIDE - tall)),
    ]
    return [Spot(left, low, left + wide, low + tall) for left, low in places]


def spread_apart(wanted: list[float], heights: list[float], room: float) -> list[float]:
    """Centres of labels, lowest first, moved as little as keeps them apart and inside ``room``.

    Two passes: upwards each label is lifted off the one below it, which may push the topmost out;
    downwards each is then lowered beneath the ceiling that the one above it leaves.
    """
    places: list[float] = []
    floor = 0.0
    for want, height in zip(wanted, heights, strict=True):
        places.append(max(want, floor + height / 2))
        floor = places[-1] + height / 2
    ceiling = max(room, sum(heights))
    for i in reversed(range(len(places))):
        places[i] = min(places[i], ceiling - heights[i] / 2)
        ceiling = places[i] - heights[i] / 2
    return places
