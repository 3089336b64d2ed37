"""The same map drawn by geopandas, for JupyterLab and for exports as a picture."""

from typing import Any

import geopandas as gpd
import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from cdpb.disclosure.masked import MARKER
from cdpb.disclosure.published import DEMONSTRATION, PublishedTable
from cdpb.report.charts.canvas import INK, PAPER, SOFT_INK, STYLE
from cdpb.report.charts.figure_kind import chart_rows, iter_rows, optional
from cdpb.report.maps.geometry import on_national_grid, roomiest_point
from cdpb.report.maps.key import (
    STAR,
    UNSTABLE,
    Class,
    comparator_of,
    compared_class,
    compared_classes,
    is_unstable,
    rate_class,
    rate_classes,
    ward_number,
)

HATCHED: dict[str, Any] = {"facecolor": PAPER, "edgecolor": SOFT_INK, "hatch": "////"}


def draw_map(
    shown: PublishedTable,
    outlines: gpd.GeoDataFrame,
    value: str = "rate_per_1000",
    key: str = "ward_code",
    rank: str = "rank",
    comparison: str = "comparison",
    unstable: str = "unstable",
    *,
    focus: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The wards by class, masked ones hatched, the focus ward outlined; options as `WardMap`.

    Drawn on ``ax`` or on a new figure, without a frame; ``ax.figure.savefig`` writes it.
    """
    with mpl.rc_context(STYLE):
        ax = ax if ax is not None else Figure(figsize=(7, 7)).add_axes((0.02, 0.08, 0.96, 0.9))
        rows = chart_rows(
            shown,
            value=value,
            key=key,
            rank=optional(shown, rank),
            comparison=optional(shown, comparison),
            unstable=optional(shown, unstable),
        )
        comparator = comparator_of(shown, comparison) if "comparison" in rows else ""
        drawn = on_national_grid(outlines).merge(rows, left_on=key, right_on="key")
        _fill(ax, drawn, comparator)
        _outline(ax, drawn[drawn["key"].eq(str(focus))])
        _key(ax, rows, comparator)
        if shown.demonstration:
            ax.set_title(DEMONSTRATION, loc="left", weight="bold")
        ax.set_axis_off()
        ax.set_aspect("equal")
    return ax


def _fill(ax: Axes, drawn: gpd.GeoDataFrame, comparator: str) -> None:
    for row in iter_rows(drawn):
        known = pd.notna(row.value)
        of = _class(row, comparator) if known else None
        ward = gpd.GeoSeries([row.geometry])
        look = {"color": of.fill, "edgecolor": PAPER} if of else HATCHED
        ward.plot(ax=ax, linewidth=1, **look)
        words = ward_number(row) if known else row.text
        spot = roomiest_point(row.geometry)
        ax.annotate(words, spot, ha="center", va="center", size=9,
                    color=of.ink if of else INK)  # fmt: skip


def _outline(ax: Axes, ward: gpd.GeoDataFrame) -> None:
    for ink, width in ((PAPER, 6), (INK, 2.5)):
        if len(ward):
            ward.boundary.plot(ax=ax, color=ink, linewidth=width)


def _key(ax: Axes, rows: pd.DataFrame, comparator: str) -> None:
    classes = compared_classes(rows["comparison"], comparator) if comparator else rate_classes()
    patches = [Patch(facecolor=of.fill, label=of.words) for of in classes]
    if rows["text"].eq(MARKER).any():
        patches.append(Patch(**HATCHED, label=f"{MARKER} withheld"))
    if any(is_unstable(row) for row in iter_rows(rows)):
        patches.append(Patch(facecolor="none", label=f"{STAR} {UNSTABLE}"))
    ax.legend(handles=patches, loc="upper left", bbox_to_anchor=(0, 0), ncols=3, frameon=False)


def _class(row: Any, comparator: str) -> Class:
    return compared_class(str(row.comparison), comparator) if comparator else rate_class(row.value)
