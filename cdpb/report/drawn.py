"""The figures of a finding: one verb, and what each kind of figure takes."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from inspect import signature
from typing import Any

import geopandas as gpd
import pandas as pd

from cdpb import catalogue
from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError
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
REST_OF_LONDON = "Change on the year before, divided by the change in the rest of London"


class DrawnFinding(FigureFinding):
    """A finding that draws published tables."""

    def chart(self, kind: str, shown: PublishedTable, title: str, **options: Any) -> Block:
        """A figure: drawn, described, numbered, with the table behind it and its download.

        Parameters
        ----------
        kind : {"ranked", "map", "funnel", "scatter", "months", "panels", "series", "dots", \
"ratios", "need"}
            Areas in order, or where they lie; areas by size and value between limits; two
            measures against each other; counts by month; a small chart a ward; a share over the
            years, or by category; changes against elsewhere; need met and not met.
        shown : PublishedTable
            What it draws. Where it has no rows, a notice stands in the figure's place.
        title : str
            The message, computed from the table.
        **options
            ``axis`` (what is measured, with its unit), ``focus`` (a ward's code), ``reference``
            (a `Measure` to compare with), and which columns to draw: ``value``, ``lower``,
            ``upper``, ``group``, ``category``, ``series``, ``panel``, ``x``, ``comparison``.

        Raises
        ------
        InputError
            If there is no such kind, or it has no such option; with the closest.

        Examples
        --------
        >>> finding.chart("series", shares, words.shares_title(shares, name), axis="Women, %")
        """
        make = KINDS.get(kind)
        if make is None:
            near = get_close_matches(kind, KINDS, n=1)
            told = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(KINDS)}."
            raise InputError(f"There is no kind of figure {kind!r}.", told)
        _refuse_option(kind, make, options)
        return make(self, shown, title, **options)

    def _ranked(
        self,
        shown: PublishedTable,
        title: str,
        *,
        focus: str | None = None,
        reference: Measure | None = None,
        axis: str = "",
        **columns: Any,
    ) -> Block:
        """Areas in order, with their intervals and a comparator."""
        to: dict[str, Any] = {"focus": focus, "reference": reference, **columns}
        drawn = (charts.ranked, alt.alt_ranked, to)
        return self._figure("ranked", shown, title, *drawn, focus=focus, measured=axis)

    def _map(
        self,
        shown: PublishedTable,
        title: str,
        *,
        outlines: gpd.GeoDataFrame,
        focus: str | None = None,
        sites: pd.DataFrame | None = None,
        axis: str = "",
        **columns: Any,
    ) -> Block:
        """Wards where they lie, each a link to its row."""
        to: dict[str, Any] = {"focus": focus, "sites": sites, **columns}
        drawn = (partial(maps.ward_map, outlines=outlines), alt.alt_map, to)
        look: dict[str, Any] = {"focus": focus, "build": map_block, "measured": axis}
        return self._figure("map", shown, title, *drawn, **look)

    def _funnel(
        self,
        shown: PublishedTable,
        title: str,
        *,
        reference: Measure,
        focus: str | None = None,
        **columns: Any,
    ) -> Block:
        """Areas by size and value between plain and widened limits.

        Its table has the counts and both verdicts, its download all that they are made from.
        """
        drawn = (
            charts.draw_funnel, alt.alt_funnel, {"reference": reference, "focus": focus, **columns},
        )  # fmt: skip
        of_table = [name for name in shown.columns if name not in IN_THE_DOWNLOAD]
        return self._figure("funnel", shown, title, *drawn, focus=focus, columns=of_table)

    def _scatter(
        self, shown: PublishedTable, title: str, *, x: str, value: str, focus: str | None = None
    ) -> Block:
        """Two measures of the same areas against each other: what runs across, and what up."""
        to: dict[str, Any] = {"x": x, "value": value, "focus": focus}
        across, up = (shown.columns[name].label for name in (x, value))
        measured = f"{across}, against {up[:1].lower()}{up[1:]}"
        drawn = (charts.scatter, alt.alt_scatter, to)
        return self._figure("scatter", shown, title, *drawn, focus=focus, measured=measured)

    def _months(
        self,
        shown: PublishedTable,
        title: str,
        *,
        focus: str | None = None,
        axis: str = "",
        panel: str | None = "ward_name",
        **columns: Any,
    ) -> Block:
        """Counts by month, with the area's events and the sources' breaks as dates."""
        to: dict[str, Any] = {"panel": panel, **self._dates(shown), **columns}
        nothing = self._no_focus(shown, focus) if panel == "ward_name" else ""
        spread = columns.get("series", "offence")
        look: dict[str, Any] = {"nothing": nothing, "measured": axis, "spread": spread}
        return self._figure("months", shown, title, charts.months, alt.alt_months, to, **look)

    def _dates(self, shown: PublishedTable, events: bool = True) -> dict[str, list[Any]]:
        """What a time axis is marked with."""
        sources = [catalogue.source(id) for id in shown.source_ids]
        breaks = [each for source in sources for each in source.series_breaks]
        return {"events": self.events if events else [], "breaks": breaks}

    def _panels(self, shown: PublishedTable, title: str, *, focus: str | None = None) -> Block:
        """A small chart a ward, by year and kind of offence, to one scale."""
        name = self.name_of(shown, focus, "")
        draw = partial(charts.small_multiples, focus=name or None)
        look: dict[str, Any] = {"nothing": self._no_focus(shown, focus), "spread": "offence"}
        return self._figure("panels", shown, title, draw, alt.alt_multiples, **look)

    def _series(
        self,
        shown: PublishedTable,
        title: str,
        *,
        axis: str,
        group: str = "area_name",
        events: bool = False,
        **columns: Any,
    ) -> Block:
        """A share over the years with its intervals, one line an area (or another group).

        The sources' breaks stand as dates, and the area's events where ``events`` says so.
        """
        by: dict[str, Any] = {"group": group, "unit": axis, **self._dates(shown, events), **columns}
        drawn = (charts.series_with_intervals, alt.alt_series, by)
        return self._figure("series", shown, title, *drawn, measured=axis)

    def _dots(
        self,
        shown: PublishedTable,
        title: str,
        *,
        axis: str,
        category: str = "substance_group",
        group: str | None = "area_name",
        **columns: Any,
    ) -> Block:
        """A share by substance group and area (or other columns), with its intervals."""
        by: dict[str, Any] = {"category": category, "group": group, "unit": axis, **columns}
        drawn = (charts.dots_with_intervals, alt.alt_dots, by)
        return self._figure("dots", shown, title, *drawn, measured=axis)

    def _ratios(self, shown: PublishedTable, title: str) -> Block:
        """Change in the area divided by the change elsewhere, by kind of offence."""
        draw = partial(charts.dots_with_intervals, ratios=True, line=1, line_words="as elsewhere")
        drawn = (draw, alt.alt_dots, RELATIVE)
        return self._figure("ratios", shown, title, *drawn, measured=REST_OF_LONDON)

    def _need(self, shown: PublishedTable, title: str, *, axis: str) -> Block:
        """Need not met and met, one bar an area."""
        say = partial(alt.alt_dots, category="area_name", group=None, unit=axis)
        return self._figure("need", shown, title, charts.need_bar, say, measured=axis)

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
        self._refuse_strange(shown)
        if for_its_record():
            return Block("table", "", title)
        if not len(shown):
            return self._nothing(shown)
        return table_block(self._anatomy("table", shown, title, measured, columns=columns, **shape))


KINDS: dict[str, Callable[..., Block]] = {
    "ranked": DrawnFinding._ranked,
    "map": DrawnFinding._map,
    "funnel": DrawnFinding._funnel,
    "scatter": DrawnFinding._scatter,
    "months": DrawnFinding._months,
    "panels": DrawnFinding._panels,
    "series": DrawnFinding._series,
    "dots": DrawnFinding._dots,
    "ratios": DrawnFinding._ratios,
    "need": DrawnFinding._need,
}


def _refuse_option(kind: str, make: Callable[..., Block], given: Mapping[str, Any]) -> None:
    """What a kind can't do without, and what it has no use for."""
    parameters = signature(make).parameters
    of = {name: each for name, each in parameters.items() if each.kind is each.KEYWORD_ONLY}
    needed = [name for name, each in of.items() if each.default is each.empty]
    lacking = [name for name in needed if name not in given]
    if lacking:
        raise InputError(
            f"A figure of kind {kind!r} needs {lacking[0]!r}.", f"It has: {', '.join(of)}."
        )
    if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        return  # Which columns it draws is looked at where they are drawn.
    strange = [name for name in given if name not in of]
    if strange:
        near = get_close_matches(strange[0], of, n=1)
        told = f"Did you mean {near[0]}?" if near else f"It has: {', '.join(of) or 'none'}."
        raise InputError(f"A figure of kind {kind!r} has no option {strange[0]!r}.", told)
