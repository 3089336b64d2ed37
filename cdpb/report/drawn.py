"""The figures of a finding: each drawn, described, numbered and kept."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd

from cdpb import catalogue
from cdpb.disclosure.published import PublishedTable
from cdpb.findings import LATEST, FigureRecord, FindingRecord
from cdpb.numbers import list_text
from cdpb.report import alt, charts, maps
from cdpb.report.block import Block
from cdpb.report.blocks import notice_block
from cdpb.report.figure import figure_block, map_block, table_block
from cdpb.statistics.measure import Measure

VALUE_KINDS = ("rate", "percent", "count", "number")


class DrawnFinding(FindingRecord):
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
    ) -> Block:
        """Areas in order, with their intervals and a comparator."""
        return self._figure(
            "ranked",
            shown,
            title,
            lambda id: charts.ranked(shown, focus=focus, reference=reference, prefix=id),
            lambda: alt.alt_ranked(shown, focus=focus, reference=reference),
            focus=focus,
        )

    def map(
        self,
        shown: PublishedTable,
        outlines: gpd.GeoDataFrame,
        title: str,
        focus: str | None = None,
        sites: pd.DataFrame | None = None,
    ) -> Block:
        """Wards where they lie, each a link to its row."""
        return self._figure(
            "map",
            shown,
            title,
            lambda id: maps.ward_map(shown, outlines, focus=focus, sites=sites, prefix=id),
            lambda: alt.alt_map(shown, focus=focus, sites=sites),
            focus=focus,
            build=map_block,
        )

    def pairs(self, shown: PublishedTable, title: str, focus: str | None = None) -> Block:
        """Two kinds of offence, a line an area."""
        return self._figure(
            "pairs",
            shown,
            title,
            lambda id: charts.pairs(shown, focus=focus, prefix=id),
            lambda: alt.alt_pairs(shown, focus=focus),
            focus=focus,
            measured="count",
            spread="offence",
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
        """Counts by month, with the area's events and the source's breaks as dates.

        ``panel`` and the ``columns`` (value, month, series) as `cdpb.report.charts.months`.
        """
        events = self.area_file.events if self.area_file else []
        breaks = catalogue.source(shown.source_ids[0]).series_breaks
        return self._figure(
            "months",
            shown,
            title,
            lambda id: charts.months(
                shown, panel=panel, events=events, breaks=breaks, prefix=id, **columns
            ),
            lambda: alt.alt_months(shown, panel=panel, events=events, **columns),
            nothing=self._no_focus(shown, focus) if panel == "ward_name" else "",
            measured=measured,
            spread=columns.get("series", "offence"),
        )

    def panels(self, shown: PublishedTable, title: str, focus: str | None = None) -> Block:
        """A small chart a ward, by year and kind of offence, to one scale."""
        name = self.name_of(shown, focus, "")
        return self._figure(
            "panels",
            shown,
            title,
            lambda id: charts.small_multiples(shown, focus=name or None, prefix=id),
            lambda: alt.alt_multiples(shown),
            nothing=self._no_focus(shown, focus),
            spread="offence",
        )

    def series(
        self,
        shown: PublishedTable,
        title: str,
        unit: str,
        group: str = "area_name",
        **columns: Any,
    ) -> Block:
        """A share over the years with its intervals, one line an area (or another group).

        Other ``columns`` (value, x, lower, upper) as `charts.series_with_intervals`.
        """
        by = {"group": group, "unit": unit, **columns}
        return self._figure(
            "series",
            shown,
            title,
            lambda id: charts.series_with_intervals(shown, **by, prefix=id),
            lambda: alt.alt_series(shown, **by),
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
            lambda id: charts.dots_with_intervals(shown, **by, prefix=id),
            lambda: alt.alt_dots(shown, **by),
            measured=unit,
        )

    def ratios(self, shown: PublishedTable, title: str) -> Block:
        """Change in the area divided by the change elsewhere, by kind of offence."""
        columns = ("relative_ratio", "offence", None, "relative_lower", "relative_upper")
        return self._figure(
            "ratios",
            shown,
            title,
            lambda id: charts.dots_with_intervals(
                shown, *columns, ratios=True, line=1, line_words="as elsewhere", prefix=id
            ),
            lambda: alt.alt_dots(shown, *columns),
            measured="Change on the year before, divided by the change in the rest of London",
        )

    def need(self, shown: PublishedTable, title: str, unit: str) -> Block:
        """Need not met and met, one bar an area."""
        return self._figure(
            "need",
            shown,
            title,
            lambda id: charts.need_bar(shown, prefix=id),
            lambda: alt.alt_dots(shown, category="area_name", group=None, unit=unit),
            measured=unit,
        )

    def table(self, shown: PublishedTable, title: str, measured: str = "") -> Block:
        """A table that stands by itself."""
        if not len(shown):
            return self._nothing(shown)
        title = self._title(shown, title)
        subtitle = self._subtitle(shown, measured)
        number = self._keep("table", shown, title, subtitle, "")
        words = (title, subtitle, self._source_line(shown))
        name = self._download_name(shown)
        return table_block(number, _id(shown, "table"), *words, shown, download_name=name)

    def name_of(self, shown: PublishedTable, code: str | None, otherwise: str) -> str:
        """What a ward is called in a published table."""
        row = next(shown.where(ward_code=code).rows(), None)
        return str(row["ward_name"]) if row else otherwise

    def notice(self, kind: str, text: str, section: str = "notice") -> Block:
        """Say in its place what is not there, and why."""
        self.notices.append(text)
        return notice_block(kind, text, section=section)

    # How a figure is put together -----------------------------------------------------

    def _figure(
        self,
        kind: str,
        shown: PublishedTable,
        title: str,
        draw: Callable[[str], Any],
        say: Callable[[], str],
        *,
        focus: str | None = None,
        build: Callable[..., Block] = figure_block,
        nothing: str = "",
        measured: str = "",
        **shape: Any,
    ) -> Block:
        id = _id(shown, kind)
        drawing = draw(id) if len(shown) else None
        if drawing is None:
            return self.notice("not_available", nothing) if nothing else self._nothing(shown)
        said, title = say(), self._title(shown, title)
        subtitle = self._subtitle(shown, measured)
        number = self._keep(kind, shown, title, subtitle, said)
        words = (title, subtitle, drawing, said, self._source_line(shown))
        name = self._download_name(shown)
        return build(number, id, *words, shown, focus=focus, download_name=name, **shape)

    def _keep(self, kind: str, shown: PublishedTable, title: str, subtitle: str, said: str) -> int:
        alike = [each for each in self.figures if each.id.endswith("-table") == (kind == "table")]
        number = len(alike) + 1
        self.figures.append(FigureRecord(_id(shown, kind), number, title, subtitle, said, shown.id))
        return number

    def _nothing(self, shown: PublishedTable) -> Block:
        text = f"{shown.title}: nothing is held for {self.place}, {self.year} or earlier."
        return self.notice("not_available", text)

    def _no_focus(self, shown: PublishedTable, focus: str | None) -> str:
        return "" if focus else f"{shown.title}: no focus ward is named for {self.place}."

    def _download_name(self, shown: PublishedTable) -> str:
        year, table = self.year.replace("/", "-"), shown.id.replace("_", "-")
        return f"{self.area}-{year}-{self.declaration.slug}-{table}"

    def _subtitle(self, shown: PublishedTable, measured: str = "") -> str:
        """What is measured, where and when; the rate of a table unless said otherwise."""
        labels: dict[str, str] = {
            each.kind: each.label
            for each in reversed(shown.columns.values())
            if each.kind in VALUE_KINDS
        }
        value = (
            labels.get(measured) or measured or next(labels[k] for k in VALUE_KINDS if k in labels)
        )
        parts = [value, self._places_text(shown), self._period_text(shown)]
        return ", ".join(part for part in parts if part)

    def _places_text(self, shown: PublishedTable) -> str:
        names = {str(row["area_name"]): None for row in shown.rows() if "area_name" in row}
        return list_text(names) if names else str(self.place)

    def _title(self, shown: PublishedTable, title: str) -> str:
        """The message; with the period where that is not the year asked for."""
        return (
            f"{title or shown.title} ({self._period_text(shown)})"
            if self.lags(shown)
            else (title or shown.title)
        )

    def _period_text(self, shown: PublishedTable) -> str:
        return f"{_period(shown)}, {LATEST}" if self.lags(shown) else _period(shown)

    def lags(self, shown: PublishedTable) -> bool:
        """Whether a table ends with the latest year held, and that is not the year asked for."""
        held = self.periods.get(shown.source_ids[0])
        return bool(held) and held != self.year and _period(shown).endswith(str(held))

    def _source_line(self, shown: PublishedTable) -> str:
        parts = []
        for each in shown.source_ids:
            source = catalogue.source(each)
            received = [receipt.received_text for receipt in catalogue.receipts(each)]
            parts.append(f"{source.publisher}, {source.title}, received {list_text(received)}")
        return "; ".join(parts)


def _id(shown: PublishedTable, kind: str) -> str:
    return f"{shown.id.replace('_', '-')}-{kind}"


def _period(shown: PublishedTable) -> str:
    """The years its rows are of, where they say so; a choice of rows may have fewer."""
    years = sorted({str(row["year"]) for row in shown.rows() if "year" in row})
    return " to ".join(dict.fromkeys([years[0], years[-1]])) if years else shown.period
