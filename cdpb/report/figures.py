"""Draws a finding's figures and tables, and puts around each what a reader needs to check it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from cdpb import catalogue
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable, displayed
from cdpb.errors import InputError, closest, verb
from cdpb.file_contents import one_look
from cdpb.findings.area_files import place_code
from cdpb.findings.brief import source_in, why_nothing
from cdpb.findings.record import FindingRecord, put
from cdpb.findings.trace import FigureRecord
from cdpb.findings.years import for_its_record
from cdpb.marks import unmarked
from cdpb.numbers import list_text
from cdpb.policies import policy
from cdpb.report.blocks import (
    NOTICES,
    Anatomy,
    figure_block,
    map_block,
    notice_block,
    table_block,
)
from cdpb.report.charts import KINDS, MODULES
from cdpb.report.markup import Block, doubted
from cdpb.report.method import agreed_notes, hidden_note

if TYPE_CHECKING:
    from cdpb.report.charts.figure_kind import FigureKind

# In place of the day on which a file came.
MADE_UP = "made-up figures"
SINCE = "No verdict on {} rests on them."
# More than these are not listed under a title.
MOST_PLACES = 8
VALUE_KINDS = ("rate", "percent", "count", "number")


class Drawings:
    """Draws published tables; numbers, titles and records a finding's figures."""

    def __init__(self, record: FindingRecord) -> None:
        self._record, self._brief, self._tables = record, record.brief, record.tables

    @verb("finding.")
    def notice(self, kind: str, text: str, section: str = "notice") -> Block:
        """Say in its place what is not there, and why.

        Parameters
        ----------
        kind : {"not_received", "incomplete", "withheld", "not_available", "as_of", "caution"}
        text : str
            The sentence.
        section : str
            The part of the page that it stands in; its own place where none is named.

        Examples
        --------
        >>> finding.notice("not_available", words.nothing_held(name))
        """
        if kind not in NOTICES:
            raise InputError(f"There is no notice {kind!r}.", closest(kind, NOTICES, "There are"))
        self._record.notices.append(text)
        return notice_block(kind, text, section=section)

    @verb("finding.")
    @one_look()
    def chart(self, kind: str, shown: PublishedTable, title: str, **options: Any) -> Block:
        """A figure: drawn, described, numbered, with the table behind it and its download.

        Parameters
        ----------
        kind : {"ranked", "map", "funnel", "scatter", "months", "panels", "series", "dots", \
"ratios", "need", "strips"}
            Areas in order, or where they lie; areas by size and value between limits; two
            measures against each other; counts by month; a small chart per ward; a share over the
            years, or by category; changes against elsewhere; need met and not met; all
            boroughs on a line.
        shown : PublishedTable
            What it draws. Where it has no rows, a notice stands in the figure's place.
        title : str
            The message, computed from the table.
        **options
            ``axis`` (what is measured, with its unit), ``focus`` (a ward's code), ``reference``
            (a `Measure` to compare with), ``events`` (whether a time axis shows the area's), and
            which columns to draw: ``value``, ``lower``, ``upper``, ``group``, ``category``,
            ``series``, ``panel``, ``x``, ``comparison``.

        Raises
        ------
        InputError
            If there is no such kind, or it has no such option; with the closest.

        Examples
        --------
        >>> finding.chart("series", shares, words.shares_title(shares, name), axis="Women, %")
        """
        of_kind = kind_of(kind)
        if "focus" in options:
            options["focus"] = self._row_in_focus(shown, options["focus"])
        figure = of_kind.of(**self._with_dates(of_kind, shown, options))
        self._tables.refuse_strange(shown, *options.values())
        id = figure_id(shown, kind)
        if for_its_record():
            return Block("figure", "", title)
        drawing = figure.draw(shown, id) if len(shown) else None
        if drawing is None:
            return self._not_drawn(figure, shown)
        alt, measured = figure.describe(shown), figure.measured(shown)
        anatomy = self._anatomy(kind, shown, title, measured, alt, **figure.behind(shown))
        if isinstance(drawing, str):
            return map_block(anatomy, drawing, alt)
        return figure_block(anatomy, drawing, alt)

    @verb("finding.")
    @one_look()
    def table(
        self,
        shown: PublishedTable,
        title: str,
        measured: str = "",
        columns: Sequence[str] | None = None,
        focus: str | None = None,
        spread: str | None = None,
    ) -> Block:
        """A table that stands by itself; its download has all columns, whichever it shows.

        A ``focus`` row is set off; the values of a ``spread`` column stand side by side.

        Parameters
        ----------
        shown : PublishedTable
        title : str
            The message, computed from the table.
        measured : str
            What is measured, for the line beneath the title.
        columns : sequence of str, optional
            Which, in their order.
        focus : str, optional
            The key of a row, or a ward by its name.
        spread : str, optional
            A column whose values become columns.

        Examples
        --------
        >>> finding.table(shown, words.offence_title(shown, name), spread="offence")
        """
        self._tables.refuse_strange(shown)
        for each in [*(columns or ()), *([spread] if spread else ())]:
            shown.values_of(each)
        shape: dict[str, Any] = {"focus": self._row_in_focus(shown, focus), "spread": spread}
        if for_its_record():
            return Block("table", "", title)
        if not len(shown):
            return self._nothing(shown)
        return table_block(self._anatomy("table", shown, title, measured, columns=columns, **shape))

    def since_then(self) -> list[Block]:
        """What is held after the year assessed, and that no verdict rests on it; often nothing."""
        declared, published = self._brief.declaration.since_then, self._tables.published
        later = [(published[id], value) for id, value in declared.items() if len(published[id])]
        if not later or for_its_record():
            return []
        notice = notice_block("as_of", SINCE.format(self._brief.year), section="since")
        titles = [value and _first_of_each_period(shown, value) for shown, value in later]
        shown = zip((table for table, _ in later), titles, strict=True)
        tables = [self._anatomy("table", *each, "Held since") for each in shown]
        return [notice, *(table_block(each, section="since") for each in tables)]

    # How a figure is put together -----------------------------------------------------

    def _row_in_focus(self, shown: PublishedTable, focus: str | None) -> str | None:
        """The key of the row to bring forward: a ward or a borough may be given by its name."""
        keys = [name for name, column in shown.columns.items() if column.kind == "key"]
        if not focus or any(focus == str(row[name]) for row in shown.rows() for name in keys):
            return focus
        return place_code(self._brief.place, focus)

    def _with_dates(
        self, kind: type[FigureKind], shown: PublishedTable, options: dict[str, Any]
    ) -> dict[str, Any]:
        """A figure's options, with what its time axis is marked with, if it has one."""
        if "breaks" not in kind.__dataclass_fields__:
            return options
        sources = [catalogue.source(id) for id in shown.source_ids]
        breaks = [parting for source in sources for parting in source.series_breaks]
        events = self._brief.events if options.get("events", kind.with_events) else []
        return {**options, "events": events, "breaks": breaks}

    def _not_drawn(self, figure: FigureKind, shown: PublishedTable) -> Block:
        """Why nothing could be drawn."""
        if not figure.lacks_focus:
            return self._nothing(shown)
        text = f"{shown.title}: no focus ward is named for {self._brief.place}."
        return self.notice("not_available", text)

    def _anatomy(
        self,
        kind: str,
        shown: PublishedTable,
        title: str,
        measured: str,
        alt: str = "",
        **shape: Any,
    ) -> Anatomy:
        """The next figure's (or table's) words and table; its record goes into the finding's."""
        title = doubted(title) if title else shown.title
        id, title = figure_id(shown, kind), self._dated(title, shown)
        subtitle = self._subtitle(shown, measured)
        alike = [
            figure for figure in self._record.figures
            if figure.id.endswith("-table") == (kind == "table")
        ]  # fmt: skip
        number = next((each.number for each in alike if each.id == id), len(alike) + 1)
        put(
            self._record.figures, FigureRecord(id, number, unmarked(title), subtitle, alt, shown.id)
        )
        return Anatomy(
            number,
            id,
            title,
            subtitle,
            self._source_line(shown),
            shown,
            download_name=self._download_name(shown),
            sensitive=self._brief.edition == "partnership",
            **{"note": self.suppression_note(shown), **shape},
        )

    def suppression_note(self, shown: PublishedTable) -> str:
        """What stands beneath a table with hidden counts, or with small ones shown by agreement."""
        name = f"{self._brief.id}/{shown.id}"
        agreed = agreed_notes(each for each in self._record.exceptions if each.table == name)
        hidden = any(MASKED is value for row in shown.values for value in row)
        rule = policy(catalogue.source(shown.source_ids[0]).policy) if hidden else None
        return " ".join([*([hidden_note(shown, rule)] if rule else []), *agreed])

    def _nothing(self, shown: PublishedTable) -> Block:
        """Why a figure is not there; said once where its return was not received."""
        brief = self._brief
        missing = why_nothing(shown.source_ids[0], brief.place, brief.build)
        if missing and missing in self._record.notices:
            return Block("notice", "", missing)
        if missing and not brief.may_open(shown.source_ids[0]):
            return self.notice("not_received", missing)
        text = f"{shown.title}: nothing is held for {brief.place}, {brief.year} or earlier."
        return self.notice("not_available", text)

    def _download_name(self, shown: PublishedTable) -> str:
        year, table = self._brief.year.replace("/", "-"), shown.id.replace("_", "-")
        marks, slug = self._brief.build.in_names, self._brief.declaration.slug
        return f"{self._brief.area}-{year}-{marks}{slug}-{table}"

    def _subtitle(self, shown: PublishedTable, measured: str = "") -> str:
        """What is measured, where and when; the rate of a table unless said otherwise."""
        columns = [each for each in shown.columns.values() if each.kind in VALUE_KINDS]
        labels: dict[str, str] = {column.kind: column.label for column in reversed(columns)}
        value = labels.get(measured, measured) or next(
            labels[kind] for kind in VALUE_KINDS if kind in labels
        )
        parts = [value, self._places_text(shown), self._period_text(shown)]
        return ", ".join(part for part in parts if part)

    def _places_text(self, shown: PublishedTable) -> str:
        names = {str(row["area_name"]): None for row in shown.rows() if "area_name" in row}
        if len(names) > MOST_PLACES:
            return "London's boroughs"
        return list_text(names) if names else str(self._brief.place)

    def _dated(self, title: str, shown: PublishedTable) -> str:
        """With the period of what is behind; without where the title names its last year."""
        if not self._is_out_of_date(shown):
            return title
        period = self._period_text(shown)
        _, last, lag = period.rpartition(str(self._tables.periods[shown.source_ids[0]]))
        return f"{title} ({lag.removeprefix(', ') if last in title else period})"

    def _period_text(self, shown: PublishedTable) -> str:
        behind = self._is_out_of_date(shown)
        lag = f", {self._tables.lag(shown.source_ids[0])}" if behind else ""
        return f"{_period(shown)}{lag}"

    def _is_out_of_date(self, shown: PublishedTable) -> bool:
        """Whether a table ends with the latest year held, and that is not the year asked for."""
        latest = self._tables.periods.get(shown.source_ids[0])
        return bool(latest) and latest != self._brief.year and _period(shown).endswith(str(latest))

    def _source_line(self, shown: PublishedTable) -> str:
        parts = []
        for id in shown.source_ids:
            source = source_in(id, self._brief.area)
            received = [receipt["received"] for receipt in catalogue.shown_receipts(id)]
            dated = [f"received {list_text(received)}"] if received else []
            dated = [MADE_UP] if source.made_up else dated
            parts.append(", ".join([source.publisher, source.title, *dated]))
        return "; ".join(parts)


def _first_of_each_period(shown: PublishedTable, value: str) -> str:
    """``Rate: Barnet 3.5 for 2024/25 and 5.3 for 2025/26``: the first row of each period."""
    when, column = next(name for name in ("period", "year") if name in shown.columns), shown.columns
    named = next(name for name, each in column.items() if each.kind == "name" and name != when)
    firsts = {row[when]: row for row in reversed(list(shown.rows()))}
    parts, last = [], ""
    for period in dict.fromkeys(row[when] for row in shown.rows()):
        name, text = str(firsts[period][named]), displayed(firsts[period][value], column[value])
        parts.append(f"{text} for {period}" if name == last else f"{name} {text} for {period}")
        last = name
    return f"{column[value].label}: {list_text(parts)}"


def kind_of(name: str) -> type[FigureKind]:
    """The kind of figure of a name.

    Raises
    ------
    InputError
        If there is none; with the closest.
    """
    if name not in KINDS:
        raise InputError(f"There is no kind of figure {name!r}.", closest(name, KINDS, "There are"))
    _, kind = KINDS[name].split(".")
    return cast("type[FigureKind]", getattr(import_module(MODULES[name]), kind))


def figure_id(shown: PublishedTable, kind: str) -> str:
    """The figure's id in its page."""
    return f"{shown.id.replace('_', '-')}-{kind}"


def _period(shown: PublishedTable) -> str:
    """The years its rows are of, where they say so; a choice of rows may have fewer."""
    years = sorted({str(row["year"]) for row in shown.rows() if "year" in row})
    return " to ".join(dict.fromkeys([years[0], years[-1]])) if years else shown.period
