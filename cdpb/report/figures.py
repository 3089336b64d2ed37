"""What every figure of a finding shares: its number, its words, its record."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from inspect import signature
from types import MappingProxyType
from typing import Any

from cdpb import catalogue
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError
from cdpb.findings import FigureRecord, YearlyRecord
from cdpb.findings.absent import source_in, why_nothing
from cdpb.findings.another_year import for_its_record
from cdpb.numbers import list_text
from cdpb.policies import policy
from cdpb.report.block import Block
from cdpb.report.blocks import notice_block
from cdpb.report.figure import Anatomy, figure_block
from cdpb.report.suppression_notes import agreed_notes, hidden_note

VALUE_KINDS = ("rate", "percent", "count", "number")


class FigureFinding(YearlyRecord):
    """A finding that numbers, titles, describes and keeps its figures."""

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
        draw: Callable[..., Any],
        say: Callable[..., str],
        to: Mapping[str, Any] = MappingProxyType({}),
        *,
        focus: str | None = None,
        build: Callable[..., Block] = figure_block,
        nothing: str = "",
        measured: str = "",
        **shape: Any,
    ) -> Block:
        """A drawing and its description, both made of the same columns (``to``)."""
        self._refuse_strange(shown, *to.values())
        id = figure_id(shown, kind)
        if for_its_record():
            return Block("figure", "", title)
        _refuse_unknown(kind, to, draw, say)
        drawing = draw(shown, **_taken_by(draw, to), prefix=id) if len(shown) else None
        if drawing is None:
            return self.notice("not_available", nothing) if nothing else self._nothing(shown)
        said = say(shown, **_taken_by(say, to))
        of = self._anatomy(kind, shown, title, measured, said, focus=focus, **shape)
        return build(of, drawing, said)

    def _anatomy(
        self,
        kind: str,
        shown: PublishedTable,
        title: str,
        measured: str,
        said: str = "",
        **shape: Any,
    ) -> Anatomy:
        """The next figure's (or table's) words and table, its record kept."""
        title, subtitle = self._title(shown, title), self._subtitle(shown, measured)
        return Anatomy(
            self._keep(kind, shown, title, subtitle, said),
            figure_id(shown, kind),
            title,
            subtitle,
            self._source_line(shown),
            shown,
            download_name=self._download_name(shown),
            **{"note": self.hiding(shown), **shape},
        )

    def hiding(self, shown: PublishedTable) -> str:
        """What stands beneath a table with hidden counts, or with small ones shown by agreement."""
        name = f"{self.id}/{shown.id}"
        agreed = agreed_notes(each for each in self._exceptions if each.table == name)
        hidden = any(MASKED is value for row in shown.values for value in row)
        rule = policy(catalogue.source(shown.source_ids[0]).policy) if hidden else None
        return " ".join([*([hidden_note(shown, rule)] if rule else []), *agreed])

    def _keep(self, kind: str, shown: PublishedTable, title: str, subtitle: str, said: str) -> int:
        alike = [each for each in self.figures if each.id.endswith("-table") == (kind == "table")]
        number = len(alike) + 1
        self.figures.append(
            FigureRecord(figure_id(shown, kind), number, title, subtitle, said, shown.id)
        )
        return number

    def _nothing(self, shown: PublishedTable) -> Block:
        """Why a figure is not there; said once where its return was not received."""
        missing = why_nothing(shown.source_ids[0], self.place, self.build)
        if missing and missing in self.notices:
            return Block("notice", "", missing)
        if missing and not self.may_open(shown.source_ids[0]):
            return self.notice("not_received", missing)
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
            if self._lags(shown)
            else (title or shown.title)
        )

    def _period_text(self, shown: PublishedTable) -> str:
        lag = f", {self._lag(shown.source_ids[0])}" if self._lags(shown) else ""
        return f"{_period(shown)}{lag}"

    def _lags(self, shown: PublishedTable) -> bool:
        """Whether a table ends with the latest year held, and that is not the year asked for."""
        held = self.periods.get(shown.source_ids[0])
        return bool(held) and held != self.year and _period(shown).endswith(str(held))

    def _source_line(self, shown: PublishedTable) -> str:
        parts = []
        for each in shown.source_ids:
            source = source_in(each, self.area)
            received = [receipt["received"] for receipt in catalogue.shown_receipts(each)]
            dated = [f"received {list_text(received)}"] if received else []
            parts.append(", ".join([source.publisher, source.title, *dated]))
        return "; ".join(parts)


def _taken_by(function: Callable[..., Any], to: Mapping[str, Any]) -> dict[str, Any]:
    """Of a figure's options those that its drawing, or its description, has a use for."""
    known = signature(function).parameters
    return {name: value for name, value in to.items() if name in known}


def _refuse_unknown(kind: str, to: Mapping[str, Any], *both: Callable[..., Any]) -> None:
    """Drawing and description are given the same options; one that neither knows is a slip."""
    known = [name for each in both for name in signature(each).parameters]
    options = sorted({*known} - {"shown", "prefix", "outlines"})
    for name in to:
        if name not in options:
            near = get_close_matches(name, options, n=1)
            raise InputError(
                f"A figure of kind {kind!r} has no option {name!r}.",
                f"Did you mean {near[0]}?" if near else f"It has: {', '.join(options)}.",
            )


def figure_id(shown: PublishedTable, kind: str) -> str:
    """The figure's id in its page."""
    return f"{shown.id.replace('_', '-')}-{kind}"


def _period(shown: PublishedTable) -> str:
    """The years its rows are of, where they say so; a choice of rows may have fewer."""
    years = sorted({str(row["year"]) for row in shown.rows() if "year" in row})
    return " to ".join(dict.fromkeys([years[0], years[-1]])) if years else shown.period
