"""A key above a chart: a mark and its words, broken into lines as the width asks."""

from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cdpb.numbers import capital
from cdpb.report.charts.canvas import Size, label, width_of
from cdpb.report.palette import CATEGORICAL, MARKERS, PAPER

MARK, GAP = 16, 18


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
