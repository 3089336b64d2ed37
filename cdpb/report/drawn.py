"""The figures of a finding: each drawn, described, numbered and kept."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import geopandas as gpd
import pandas as pd

from cdpb import catalogue
from cdpb.disclosure.published import PublishedTable
from cdpb.findings.another_year import for_its_record
from cdpb.report import alt, charts, maps
from cdpb.report.block import Block
from cdpb.report.figure import map_block, table_block
from cdpb.report.figures import FigureFinding
from cdpb.statistics.measure import Measure

# A change in the area divided by the change elsewhere.
RELATIVE = {
    "value": "relative_ratio",
    "category": "offence",
    "group": None,
    "lower": "relative_lower",
    "upper": "relative_upper",
}
# What a funnel is made from, beside what its table shows.
RATES = ("rate_per_1000", "rate_per_100000")
IN_THE_DOWNLOAD = ("ward_code", "residents", *RATES, "phi", "tau_squared")


class DrawnFinding(FigureFinding):
    """A finding that draws published tables.

    Each method takes a title that was computed from the table; where the table has no rows, a
    notice stands in the figure's place.
    """

    def ranked(
        self,
        shown: PublishedTable,
        title: str,
        focus: str | None = None,
        reference: Measure | None = None,
        measured: str = "",
        **columns: Any,
    ) -> Block:
        """Areas in order, with their intervals and a comparator.

        The ``columns`` (value, lower, upper) as `cdpb.report.charts.ranked`.
        """
        to: dict[str, Any] = {"focus": focus, "reference": reference, **columns}
        return self._figure(
            "ranked",
            shown,
            title,
            charts.ranked,
            alt.alt_ranked,
            to,
            focus=focus,
            measured=measured,
        )

    def map(
        self,
        shown: PublishedTable,
        outlines: gpd.GeoDataFrame,
        title: str,
        focus: str | None = None,
        sites: pd.DataFrame | None = None,
        measured: str = "",
        **columns: Any,
    ) -> Block:
        """Wards where they lie, each a link to its row.

        The ``columns`` (value, comparison) as `cdpb.report.maps.ward_map`.
        """
        to: dict[str, Any] = {"focus": focus, "sites": sites, **columns}
        return self._figure(
            "map",
            shown,
            title,
            partial(maps.ward_map, outlines=outlines),
            alt.alt_map,
            to,
            focus=focus,
            build=map_block,
            measured=measured,
        )

    def funnel(
        self,
        shown: PublishedTable,
        title: str,
        focus: str | None = None,
        *,
        reference: Measure,
        **columns: Any,
    ) -> Block:
        """Areas by size and value between plain and widened limits.

        Its table has the counts and both verdicts, its download all that they are made from.
        The ``columns`` (value) as `cdpb.report.charts.funnel`.
        """
        return self._figure(
            "funnel",
            shown,
            title,
            charts.funnel,
            alt.alt_funnel,
            {"reference": reference, "focus": focus, **columns},
            focus=focus,
            columns=[name for name in shown.columns if name not in IN_THE_DOWNLOAD],
        )

    def scatter(
        self,
        shown: PublishedTable,
        title: str,
        x: str,
        value: str,
        focus: str | None = None,
    ) -> Block:
        """Two measures of the same areas against each other: what runs across, and what up."""
        to: dict[str, Any] = {"x": x, "value": value, "focus": focus}
        across, up = (shown.columns[name].label for name in (x, value))
        return self._figure(
            "scatter",
            shown,
            title,
            charts.scatter,
            alt.alt_scatter,
            to,
            focus=focus,
            measured=f"{across}, against {up[:1].lower()}{up[1:]}",
        )

    def months(
        self,
        shown: PublishedTable,
        title: str,
        focus: str | None = None,
        measured: str = "",
        panel: str | None = "ward_name",
        **columns: Any,
    ) -> Block:
        """Counts by month, with the area's events and the sources' breaks as dates.

        ``panel`` and the ``columns`` (value, month, series) as `cdpb.report.charts.months`.
        """
        to: dict[str, Any] = {"panel": panel, **self._dates(shown), **columns}
        return self._figure(
            "months",
            shown,
            title,
            charts.months,
            alt.alt_months,
            to,
            nothing=self._no_focus(shown, focus) if panel == "ward_name" else "",
            measured=measured,
            spread=columns.get("series", "offence"),
        )

    def _dates(self, shown: PublishedTable, events: bool = True) -> dict[str, list[Any]]:
        """What a time axis is marked with."""
        sources = [catalogue.source(id) for id in shown.source_ids]
        breaks = [each for source in sources for each in source.series_breaks]
        return {"events": self.events if events else [], "breaks": breaks}

    def panels(self, shown: PublishedTable, title: str, focus: str | None = None) -> Block:
        """A small chart a ward, by year and kind of offence, to one scale."""
        name = self.name_of(shown, focus, "")
        return self._figure(
            "panels",
            shown,
            title,
            partial(charts.small_multiples, focus=name or None),
            alt.alt_multiples,
            nothing=self._no_focus(shown, focus),
            spread="offence",
        )

    def series(
        self,
        shown: PublishedTable,
        title: str,
        unit: str,
        group: str = "area_name",
        events: bool = False,
        **columns: Any,
    ) -> Block:
        """A share over the years with its intervals, one line an area (or another group).

        The sources' breaks stand as dates, and the area's events where ``events`` says so.
        Other ``columns`` (value, x, lower, upper) as `charts.series_with_intervals`.
        """
        dates = self._dates(shown, events)
        by: dict[str, Any] = {"group": group, "unit": unit, **dates, **columns}
        return self._figure(
            "series",
            shown,
            title,
            charts.series_with_intervals,
            alt.alt_series,
            by,
            measured=unit,
        )

    def dots(
        self,
        shown: PublishedTable,
        title: str,
        unit: str,
        category: str = "substance_group",
        group: str | None = "area_name",
        **columns: Any,
    ) -> Block:
        """A share by substance group and area (or other columns), with its intervals.

        Other ``columns`` (value, lower, upper) as `charts.dots_with_intervals`.
        """
        by: dict[str, Any] = {"category": category, "group": group, "unit": unit, **columns}
        return self._figure(
            "dots",
            shown,
            title,
            charts.dots_with_intervals,
            alt.alt_dots,
            by,
            measured=unit,
        )

    def ratios(self, shown: PublishedTable, title: str) -> Block:
        """Change in the area divided by the change elsewhere, by kind of offence."""
        return self._figure(
            "ratios",
            shown,
            title,
            partial(charts.dots_with_intervals, ratios=True, line=1, line_words="as elsewhere"),
            alt.alt_dots,
            RELATIVE,
            measured="Change on the year before, divided by the change in the rest of London",
        )

    def need(self, shown: PublishedTable, title: str, unit: str) -> Block:
        """Need not met and met, one bar an area."""
        return self._figure(
            "need",
            shown,
            title,
            charts.need_bar,
            partial(alt.alt_dots, category="area_name", group=None, unit=unit),
            measured=unit,
        )

    def table(
        self,
        shown: PublishedTable,
        title: str,
        measured: str = "",
        columns: Sequence[str] | None = None,
        **shape: Any,
    ) -> Block:
        """A table that stands by itself; its download has all columns, whichever it shows.

        A ``focus`` row is set off; the values of a ``spread`` column stand side by side.
        """
        self.refuse_strange(shown)
        if for_its_record():
            return Block("table", "", title)
        if not len(shown):
            return self._nothing(shown)
        return table_block(self._anatomy("table", shown, title, measured, columns=columns, **shape))
