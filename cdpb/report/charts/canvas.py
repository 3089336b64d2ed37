"""What every chart shares: colours, type, two sizes, an empty set of axes, and the way to SVG.

The colours are the Analysis Function's accessible palette. Turquoise, orange and purple are too
pale to be text, and neighbours of the sequence differ by about two to one only, so every colour
is paired with a shape, a line style or a number.

References
----------
Government Analysis Function (2022), Data visualisation: colours in charts.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from matplotlib.ticker import MaxNLocator

from cdpb.disclosure.published import DEMONSTRATION, PublishedTable, only_published
from cdpb.marks import unmarked
from cdpb.numbers import rounded_text
from cdpb.report import svg
from cdpb.report.blocks import DrawnTwice

CATEGORICAL = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
SEQUENTIAL = ("#092135", "#12436D", "#2073BC", "#6BACE6", "#ADD1F1")
FOCUS, OTHERS = "#12436D", "#BFBFBF"

INK = "#1A1A1A"
SOFT_INK = "#505A5F"
GRID = "#D9D9D9"
PAPER = "#FFFFFF"

MARKERS = ("o", "s", "^", "D")
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))

# DejaVu Sans comes with matplotlib, so a label measures the same on every machine. The page asks
# for Arial, which is narrower: what fits here fits there.
STYLE: Any = {
    "axes.axisbelow": True,
    "patch.edgecolor": PAPER,
    "patch.force_edgecolor": True,
    "font.family": ["DejaVu Sans"],
    "font.sans-serif": ["DejaVu Sans"],
    "svg.fonttype": "none",
    "svg.hashsalt": "cdpb",
    "text.parse_math": False,
    "text.color": INK,
    "axes.unicode_minus": True,
    "path.simplify": False,
    "lines.solid_capstyle": "butt",
    "hatch.linewidth": 1,
}
NARROWER = 0.92
# From one line of a text to the next, in sizes of its type.
LINE = 1.25
# Behind words that stand on lines.
PLAIN = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.5}


@dataclass(frozen=True)
class Size:
    """One of the two sizes, in CSS pixels: a point of matplotlib is a pixel here."""

    name: str
    width: int
    widest: int
    text: float
    row: int

    @property
    def wide(self) -> bool:
        """Whether it is the one for a screen or paper."""
        return self.name == "w"

    @property
    def small(self) -> float:
        """Type on axes and marks; never under 11 pixels."""
        return self.text - 1


WIDE = Size("w", 680, 760, 13, 21)
NARROW = Size("n", 288, 420, 12, 22)


def draw_twice(shown: PublishedTable, draw: Callable[[Size], Figure], prefix: str) -> DrawnTwice:
    """Draw at both sizes and clean what matplotlib writes; ``prefix`` starts every id in it.

    A demonstration says so in the picture itself.
    """
    only_published(shown)
    banner = DEMONSTRATION if shown.demonstration else ""
    with mpl.rc_context(STYLE):
        return DrawnTwice(*(_written(draw(size), prefix, size, banner) for size in (WIDE, NARROW)))


def _written(figure: Figure, prefix: str, size: Size, banner: str) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None}, facecolor="none")
    return svg.cleaned_svg(out.getvalue(), f"{prefix}-{size.name}", size.widest, banner)


def canvas(size: Size, height: float) -> Figure:
    """An empty figure, ``height`` pixels tall."""
    return Figure(figsize=(size.width / 72, height / 72), dpi=72)


def axes(figure: Figure, left: float, top: float, right: float, bottom: float) -> Axes:
    """Bare axes, by their margins in pixels."""
    width, height = figure.bbox.width, figure.bbox.height
    box = (left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height)
    ax = figure.add_axes(box, facecolor="none")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, colors=SOFT_INK, labelcolor=INK)
    return ax


def grid(ax: Axes, axis: Literal["x", "y"], size: Size) -> None:
    """Light grid lines behind the data, across the axis named."""
    ax.set_axisbelow(True)
    ax.grid(axis=axis, color=GRID, linewidth=1)
    ax.tick_params(axis=axis, labelsize=size.small, pad=4)


def draw_heading(ax: Axes, lines: list[str], up: float, size: Size) -> None:
    """What is measured, over the axes and from the figure's edge on, ``up`` pixels above them."""
    for i, words in enumerate(reversed(lines)):
        move = (-ax.bbox.x0, up + i * size.text * LINE)
        label(ax, words, 0, 1, move=move, size=size.small, within=ax.transAxes, color=INK)


def ticks_of(low: float, high: float, most: int = 6, whole: bool = False) -> dict[float, str]:
    """Round places on an axis that hold both ends, and what stands beside each.

    The decimals are those that the finest place needs, and the same at all: 0, 0.5, 1.0. Six
    digits are read of each, as 0.1 + 0.2 is no 0.3.
    """
    locator = MaxNLocator(nbins=most, steps=[1, 2, 5, 10], integer=whole)
    places = locator.tick_values(low, high or 1.0)
    decimals = max(len(f"{at:.6g}".partition(".")[2]) for at in places)
    return {float(at): unmarked(rounded_text(float(at), decimals)) for at in places}


def disable_clipping(ax: Axes) -> None:
    """Let marks at the edge stand whole: limits are set so that nothing lies outside."""
    for artist in ax.get_children():
        artist.set_clip_on(False)


@lru_cache(maxsize=4096)
def width_of(words: str, size: float, bold: bool = False) -> float:
    """Pixels that a label takes in the page's type."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    wide, _, _ = TextToPath().get_text_width_height_descent(unmarked(words), font, ismath=False)
    return float(wide) * NARROWER


def wrapped(words: str, size: float, room: float, bold: bool = False) -> list[str]:
    """The words in lines of at most ``room`` pixels; a longer word stands alone.

    Lines break at spaces, and never at one that doesn't break.
    """
    lines: list[str] = []
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def label(
    ax: Axes,
    words: str,
    x: float,
    y: float,
    *,
    size: float,
    across: str = "left",
    up: str = "center_baseline",
    move: tuple[float, float] = (0, 0),
    within: Any = None,
    **look: Any,
) -> None:
    """One line of text at a place in the axes, moved by pixels."""
    ax.annotate(
        unmarked(words),
        (x, y),
        gid=words,
        xytext=move,
        xycoords=within or ax.transData,
        textcoords="offset points",
        size=size,
        ha=across,
        va=up,
        annotation_clip=False,
        **look,
    )
