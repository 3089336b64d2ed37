"""The same map drawn by geopandas, for JupyterLab and for exports as a picture."""

from typing import Any

import geopandas as gpd
import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cdpb.disclosure.published import PublishedTable
from cdpb.report.charts.canvas import STYLE
from cdpb.report.charts.order import optional, rows_of
from cdpb.report.maps.classes import Class, comparator_of, compared_class, rate_class
from cdpb.report.maps.geometry import on_national_grid
from cdpb.report.palette import INK, PAPER, SOFT_INK


def draw_map(
    shown: PublishedTable,
    outlines: gpd.GeoDataFrame,
    value: str = "rate_per_1000",
    key: str = "ward_code",
    comparison: str = "comparison",
    *,
    focus: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The wards by class, masked ones hatched, the focus ward outlined.

    Parameters
    ----------
    shown, outlines, value, key, comparison, focus
        As `ward_map`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Without frame; ``ax.figure.savefig`` writes it.
    """
    with mpl.rc_context(STYLE):
        ax = ax if ax is not None else Figure(figsize=(7, 7)).add_subplot()
        rows = rows_of(shown, value=value, key=key, comparison=optional(shown, comparison))
        comparator = comparator_of(shown, comparison) if "comparison" in rows else ""
        drawn = on_national_grid(outlines).merge(rows, left_on=key, right_on="key")
        known = drawn[drawn["value"].notna()]
        fills = [_class(row, comparator).fill for row in known.itertuples()]
        known.plot(ax=ax, color=fills, edgecolor=PAPER, linewidth=1)
        masked = drawn[drawn["value"].isna()]
        if len(masked):
            masked.plot(ax=ax, color=PAPER, edgecolor=SOFT_INK, hatch="////", linewidth=1)
        if focus in set(drawn["key"]):
            drawn[drawn["key"].eq(str(focus))].boundary.plot(ax=ax, color=INK, linewidth=3)
        ax.set_axis_off()
        ax.set_aspect("equal")
    return ax


def _class(row: Any, comparator: str) -> Class:
    return compared_class(str(row.comparison), comparator) if comparator else rate_class(row.value)
