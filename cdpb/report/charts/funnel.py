"""A funnel: areas by size and value, and the limits that chance alone would keep them within."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cdpb.disclosure.masked import MARKER
from cdpb.disclosure.published import PublishedTable
from cdpb.marks import unmarked
from cdpb.numbers import count_text, list_text, rate_text
from cdpb.report.charts.canvas import (
    FOCUS,
    INK,
    OTHERS,
    PLAIN,
    SOFT_INK,
    Size,
    axes,
    canvas,
    disable_clipping,
    draw_heading,
    grid,
    label,
    width_of,
    wrapped,
)
from cdpb.report.charts.figure_kind import (
    MOST_NAMED,
    Drawing,
    FigureKind,
    iter_rows,
    of_unit,
    sentences,
    unit_of,
    withheld,
)
from cdpb.report.charts.labels import (
    LegendEntry,
    draw_key,
    key_height,
    mark,
    name_points,
    spread_apart,
)
from cdpb.statistics.measure import Measure
from cdpb.statistics.outliers import NOT_COMPARED, VERDICTS, WITHIN, funnel_limits

# Points of each limit's line: limits are smooth, so a few draw them, and a page stays small.
STEPS = 9
BEYOND_BOTH = LegendEntry("Beyond both limits", "s", "#801650")
BEYOND_PLAIN = LegendEntry("Beyond plain limits only", "D", "#12436D")
WITHIN_BOTH = LegendEntry("Within both", "o", "#595959", open=True)
MARKS = (WITHIN_BOTH, BEYOND_PLAIN, BEYOND_BOTH)


class Limit(NamedTuple):
    """A pair of lines: what they are called, how sure, whether widened, and their look."""

    words: str
    confidence: float
    widened: bool
    dashes: Any
    colour: str


LIMITS = (
    Limit("Plain 95%", 0.95, False, (0, (4, 2)), FOCUS),
    Limit("Plain 99.8%", 0.998, False, "-", FOCUS),
    Limit("Widened 95%", 0.95, True, (0, (1.5, 2)), SOFT_INK),
    Limit("Widened 99.8%", 0.998, True, (0, (6, 2, 1.5, 2)), SOFT_INK),
)


# What a funnel is made from, beside what the table behind it shows.
RATES = ("rate_per_1000", "rate_per_100000")
IN_THE_DOWNLOAD = ("ward_code", "residents", *RATES, "phi", "tau_squared")


@dataclass(frozen=True, kw_only=True)
class Funnel(FigureKind):
    """Each area's value over its size, between plain and widened limits.

    One row per area, as ``statistics.funnel`` gives. Areas whose value is masked have no place in
    the drawing and are named beneath it. The table behind it has the counts and both verdicts,
    its download all that they are made from.

    Attributes
    ----------
    value, people, label, key, plain, widened, tau_squared : str
        Columns.
    reference : Measure
        The centre of the funnel, labelled with its ``label``.
    focus : str, optional
        The key of the area to name whatever its place.
    unit : str
        Stands over the axis; by default the column's own.
    things : str
        What its rows are, in words; by default what the column ``key`` says.
    """

    name: ClassVar[str] = "funnel"
    columns: ClassVar[Sequence[str]] = (
        "value",
        "key",
        "plain",
        "widened",
        "people",
        "tau_squared",
        "label",
    )

    reference: Measure
    value: str = "rate_per_1000"
    people: str = "residents"
    label: str = "ward_name"
    key: str = "ward_code"
    plain: str = "plain_limits"
    widened: str = "widened_limits"
    tau_squared: str = "tau_squared"
    focus: str | None = None
    unit: str = ""
    things: str = ""

    def drawing(self, shown: PublishedTable, rows: pd.DataFrame) -> Drawing | None:
        """What draws it at a size; None, too, when the centre is not known."""
        if self.reference.value is None:
            return None
        known = rows[rows["value"].notna()].reset_index(drop=True)
        hidden = sorted(rows.loc[rows["text"].eq(MARKER), "name"])
        known["people"] = known["people"].astype(float)
        known["place"] = [beyond(row.plain) + beyond(row.widened) for row in iter_rows(known)]
        known["focus"] = known["key"].eq(str(self.focus))
        axes_named = (unit_of(shown, self.value, self.unit), shown.columns[self.people].label)
        return partial(_figure, known, hidden, self.reference, *axes_named)

    def words(self, shown: PublishedTable, rows: pd.DataFrame) -> str:
        """Which areas lie beyond plain limits, which beyond widened ones, and the focus."""
        if self.reference.value is None:
            return ""
        known = rows[rows["value"].notna()]
        centre = f"{self.reference.label}, {rate_text(self.reference.value)}"
        unit = of_unit(unit_of(shown, self.value, self.unit))
        areas = f"{count_text(len(known))} {self.called(rows)} by size and {unit}"
        own = [
            f"{row.name}, {row.text}: plain limits, {row.plain}; widened limits, {row.widened}"
            for row in iter_rows(known[known["key"].eq(str(self.focus))])
        ]
        sides = (_verdicts_in_words(known, name) for name in ("plain", "widened"))
        return sentences(
            f"{areas}, around {centre}", *sides, *own, withheld(rows, self.called(rows))
        )

    def behind(self, shown: PublishedTable) -> dict[str, Any]:
        columns = [name for name in shown.columns if name not in IN_THE_DOWNLOAD]
        return {"focus": self.focus, "columns": columns}


def _verdicts_in_words(known: pd.DataFrame, column: str) -> str:
    """``Plain limits: higher (99.8%) Ash Hill; within 20``."""
    parts = []
    for verdict in (*reversed(VERDICTS), NOT_COMPARED):
        of = sorted(known.loc[known[column].eq(verdict), "name"])
        if of:
            few = len(of) <= MOST_NAMED and verdict not in (WITHIN, NOT_COMPARED)
            parts.append(f"{verdict} {list_text(of) if few else count_text(len(of))}")
    return f"{column} limits: {'; '.join(parts)}"


def beyond(verdict: str) -> bool:
    """Whether a verdict lies beyond its limits."""
    return verdict not in (WITHIN, NOT_COMPARED)


def _figure(
    rows: pd.DataFrame, hidden: list[str], reference: Measure, unit: str, across: str, size: Size
) -> Figure:
    keyed = [entry for i, entry in enumerate(MARKS) if rows["place"].eq(i).any()]
    heading = wrapped(unit, size.small, size.width)
    withheld = wrapped(f"{MARKER} {list_text(hidden)}", size.small, size.width) * bool(hidden)
    centre = [*wrapped(reference.label, size.text, 104), rate_text(reference.value or 0)]
    right = max(width_of(words, size.text) for words in [*(x.words for x in LIMITS), *centre]) + 10
    top = key_height(keyed, size) + len(heading) * size.text * 1.25 + 16
    bottom = size.text * (3.4 + 1.25 * len(withheld)) + 8
    figure = canvas(size, (330 if size.wide else 290) + top)
    ax = axes(figure, width_of("00", size.text) + 12, top, right, bottom)
    sizes, lines = _lines(rows, reference)
    ax.set_xlim(sizes[0], sizes[-1])
    ax.set_ylim(0, _reach(rows, lines, reference))
    _scales(ax, heading, across, size)
    ends = [*_limits(ax, sizes, lines), (float(reference.value or 0), centre)]
    _end_labels(ax, ends, size)
    ax.axhline(reference.value or 0, color=INK, linewidth=1.4, zorder=1.5)
    _points(ax, rows, reference.value or 0, size)
    for i, words in enumerate(reversed(withheld)):
        label(ax, words, 0, 0, within=ax.transAxes, size=size.small, color=SOFT_INK,
              move=(-ax.bbox.x0, -bottom + 8 + i * size.text * 1.25))  # fmt: skip
    draw_key(figure, keyed, size)
    disable_clipping(ax)
    return figure


def _lines(rows: pd.DataFrame, reference: Measure) -> tuple[np.ndarray, list[pd.DataFrame]]:
    """Sizes from a little under the smallest area to a little over the largest; the limits."""
    low, high = float(rows["people"].min()), float(rows["people"].max())
    sizes = np.linspace(0.92 * low, 1.04 * high, STEPS)
    tau_squared = float(rows["tau_squared"].iloc[0])
    given = pd.Series(sizes)
    return sizes, [
        funnel_limits(reference, given, each.confidence, tau_squared * each.widened)
        for each in LIMITS
    ]


def _reach(rows: pd.DataFrame, lines: list[pd.DataFrame], reference: Measure) -> float:
    """High enough for every area, and for the limits of all but the smallest.

    Limits grow without end as areas get smaller: an axis that held them all would press the
    areas together at its foot.
    """
    middle = max(float(each["upper"].iloc[STEPS // 4]) for each in lines)
    return 1.06 * max(float(rows["value"].max()), middle, reference.value or 0)


def _limits(
    ax: Axes, sizes: np.ndarray, lines: list[pd.DataFrame]
) -> list[tuple[float, list[str]]]:
    """Draw them; where each upper one ends, and its name."""
    ceiling, ends = ax.get_ylim()[1], []
    for each_limit, drawn in zip(LIMITS, lines, strict=True):
        look = {"color": each_limit.colour, "linewidth": 1.3, "linestyle": each_limit.dashes}
        for side in ("lower", "upper"):
            ax.plot(sizes, drawn[side].where(drawn[side] <= ceiling), zorder=1.2, **look)
        ends.append((float(drawn["upper"].iloc[-1]), [each_limit.words]))
    return ends


def _end_labels(ax: Axes, ends: list[tuple[float, list[str]]], size: Size) -> None:
    """The lines' names at their right ends, moved apart until none covers another."""
    wanted = sorted(ends, key=lambda end: end[0])
    step, tall = size.text * 1.2, ax.bbox.height
    heights = [len(words) * step + 2 for _, words in wanted]
    centres = spread_apart([value / ax.get_ylim()[1] * tall for value, _ in wanted], heights, tall)
    for (_, words), centre, height in zip(wanted, centres, heights, strict=True):
        for i, line in enumerate(words):
            label(ax, line, 1, 0, move=(6, centre + height / 2 - step * (i + 0.5)),
                  size=size.text, within=ax.transAxes)  # fmt: skip


def _points(ax: Axes, rows: pd.DataFrame, middle: float, size: Size) -> None:
    for i, entry in enumerate(MARKS):
        of = rows[rows["place"].eq(i)]
        if len(of):
            ax.plot(of["people"], of["value"], zorder=3, **mark(entry, 7))
    wanted = _worth_naming(rows, middle)
    name_points(ax, rows, wanted, ["people", "value"], size, bbox=PLAIN)


def _worth_naming(rows: pd.DataFrame, middle: float) -> pd.DataFrame:
    """The focus, what lies beyond both limits, and the rarer side of what lies beyond one."""
    above = rows["value"] > middle
    one = rows["place"].eq(1)
    rarer = above if (one & above).sum() <= (one & ~above).sum() else ~above
    wanted = rows[rows["focus"] | rows["place"].eq(2) | (one & rarer)]
    order = pd.DataFrame(
        {
            "other": ~wanted["focus"],
            "nearer": -wanted["place"],
            "near": -(wanted["value"] - middle).abs(),
        }
    )
    return wanted.loc[order.sort_values(["other", "nearer", "near"], kind="stable").index]


def _scales(ax: Axes, heading: list[str], across: str, size: Size) -> None:
    nbins = 6 if size.wide else 3
    ax.xaxis.set_major_locator(MaxNLocator(nbins=nbins, steps=[1, 2, 5, 10], prune="both"))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda at, _: unmarked(count_text(at))))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    grid(ax, "y", size)
    ax.tick_params(axis="x", labelsize=size.small, pad=4)
    ax.set_xlabel(across, size=size.small, labelpad=4, color=INK)
    ax.axhline(0, color=OTHERS, linewidth=1, zorder=1)
    draw_heading(ax, heading, 16, size)
