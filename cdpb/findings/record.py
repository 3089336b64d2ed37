"""A finding whole: what it gathered, what the data say of the statement, and where it is kept."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from cdpb import catalogue, paths
from cdpb.build import SAVE_TO
from cdpb.disclosure.published import PublishedTable
from cdpb.errors import verb
from cdpb.exemptions import Exemption
from cdpb.file_contents import one_look
from cdpb.findings.brief import Brief, Loaders, as_built, source_in, why_nothing
from cdpb.findings.documents import Others, Quote, others, quotes_of
from cdpb.findings.judge import Judge
from cdpb.findings.obstacles import digest, rules_of
from cdpb.findings.tables import Tables
from cdpb.findings.trace import (
    LATEST,
    FigureRecord,
    KeyFigure,
    Taken,
    computed_from,
    figure_origins,
    part_origins,
)
from cdpb.numbers import list_text, plain_values
from cdpb.periods import FinancialYear
from cdpb.statistics.measure import Measure


class FindingRecord:
    """The data side of a finding: its tables, verdicts and figures; it knows no HTML.

    ``load`` are the loaders, each for this build; ``notices`` and ``changes`` what the page says is
    not there, and what has changed since last year; ``alike`` what compares across a break.
    """

    def __init__(self, brief: Brief) -> None:
        self.brief, self.tables = brief, Tables(brief)
        self.judge, self.load = (
            Judge(brief, self.tables),
            Loaders(brief.build, brief.year, quotes=self.quotes),
        )
        self.headline = ""
        self.key_figures: list[KeyFigure] = []
        self.figures: list[FigureRecord] = []
        self.notices: list[str] = []
        self.changes: list[str] = []
        self.alike = ""
        self.quoted: list[Quote] = []

    @verb("load.")
    def quotes(self, *ids: str) -> list[Quote]:
        """The named figures that the area's documents quote; none for an area without such.

        Parameters
        ----------
        *ids : str
            Of figures in ``data/quoted_figures.csv``.

        Examples
        --------
        >>> load.quotes("Q32")
        """
        brief = self.brief
        agreed = {each.quoted for each in brief.register if each.holds(brief.edition, brief.year)}
        named = quotes_of(brief.area, *ids, agreed=agreed, build=brief.build)
        self.quoted += [each for each in named if each not in self.quoted]
        return named

    @property
    def exceptions(self) -> list[Exemption]:
        """The signed exceptions that concern this finding, edition and year."""
        brief = self.brief
        tables = {f"{brief.id}/{table.id}" for table in brief.declaration.tables}
        quoted = {each.quote_id for each in self.quoted}
        return [
            each
            for each in brief.register
            if each.holds(brief.edition, brief.year)
            and (each.table in tables or each.quoted in quoted)
        ]

    @verb("finding.")
    @one_look()
    def key_figure(
        self, id: str, label: str, measure: Measure, *comparators: Measure, note: str = ""
    ) -> KeyFigure:
        """Keep a number that stands at the top of the page; anew, where its cell is run again.

        Parameters
        ----------
        id, label : str
            Its id in the record, and what a reader calls it.
        measure, *comparators : Measure
            The number, and what it is compared with.
        note : str
            What a reader must know beside it.

        Examples
        --------
        >>> finding.key_figure("share", "Women among adults in treatment", here, england)
        """
        self.tables.refuse_strange(measure, *comparators)
        shown = [self._dated(each) for each in (measure, *comparators)]
        origins = tuple(self.tables.taken_from(each) for each in (measure, *comparators))
        why = note or self._why_missing(measure)
        figure = KeyFigure(id, label, shown[0], tuple(shown[1:]), why, origins, measure)
        put(self.key_figures, figure)
        return figure

    def _why_missing(self, measure: Measure) -> str:
        """Why a figure is missing, where that is for want of its source or of a year of it."""
        if measure.known or measure.source not in self.brief.declaration.sources:
            return ""
        source = source_in(measure.source, self.brief.area)
        if not self.brief.build.permits(source.access):
            return source.withheld
        if not self._has_figures(measure.source):
            return source.not_received
        whole = source.periods == "none" or self.load.years_held(measure.source, self.brief.area)
        return "" if whole else why_nothing(measure.source, self.brief.place, self.brief.build)

    def _dated(self, measure: Measure) -> Measure:
        """With the period named as what it is, where it is not the year asked for."""
        lags = measure.known and measure.period in self.tables.periods.values()
        if not lags or measure.period == self.brief.year:
            return measure
        return replace(measure, period=f"{measure.period}, {self._lag_text(measure.source)}")

    def _lag_text(self, source_id: str) -> str:
        """``the latest held``, with the newest year that is published and not held."""
        if source_id not in self.tables.periods:
            return LATEST
        newer = self.tables.not_held(source_id)
        plain = self.tables.later_years(source_id) or not newer
        return self.tables.lag(source_id) + ("" if plain else f" ({newer[-1]} is published)")

    @as_built
    def to_dict(self) -> dict[str, Any]:
        """Everything the page says, as plain values."""
        brief, answer = self.brief, self.judge.answer
        return {
            "id": brief.id,
            "slug": brief.declaration.slug,
            "title": brief.declaration.title,
            "area": {"code": brief.place.code, "name": brief.place.name},
            "year": brief.year,
            "edition": brief.edition,
            "demonstration": brief.demonstration,
            "statement": brief.statement.text if brief.statement else None,
            "statement_made": brief.statement.made if brief.statement else None,
            "statement_document": brief.statement.document if brief.statement else None,
            "verdict": answer.to_dict() if answer else None,
            "claims": self._claim_records(),
            "headline": self.headline,
            "tested": not brief.declaration.after,
            "as_of": self.tables.periods,
            "key_figures": [figure.to_dict() for figure in self.key_figures],
            "tables": [
                self._table_record(id, shown) for id, shown in self.tables.published.items()
            ],
            "figures": [asdict(figure) for figure in self.figures],
            "sources": [self._source_record(each) for each in self.sources_used()],
            "caveats": self.caveats(),
            "exceptions": [each.model_dump() for each in self.exceptions],
            "parameters": brief.parameters,
            "notices": self.notices,
            "changed": self.changes,
            "alike": self.alike,
            "method": {"digest": digest(self.rules()), "rules": self.rules()},
            "trace": self._trace(),
            "quoted": [each.to_dict() for each in self.quoted],
        }

    @verb("finding.")
    def others(self) -> Others:
        """The records of this assessment's other findings, as far as they have been run.

        Examples
        --------
        >>> others = finding.others()
        """
        return others(self.folder(), self.brief.build)

    def rules(self) -> dict[str, str]:
        """How it measures and judges, as texts; two years with the same can be compared."""
        return rules_of(self.brief.declaration, self.brief.statement, self.sources_used())

    def _trace(self) -> dict[str, Any]:
        def origin(measure: Measure) -> Taken | None:
            return self.tables.taken_from(measure) or computed_from(measure, self.tables.published)

        tested = self.judge.evidence.items()
        parts = [row for id, shown in tested for row in part_origins(id, shown, origin)]
        figures = figure_origins(self.key_figures, self.tables.published)
        return {"key_figures": figures, "parts": parts, "tables": self.tables.traces()}

    def _claim_records(self) -> list[dict[str, Any]]:
        return [
            {
                "id": claim.id,
                "text": claim.text,
                "made": claim.made,
                "document": claim.document,
                "verdict": answer.to_dict(),
            }
            for claim, answer in zip(self.brief.claims, self.judge.claim_answers, strict=False)
        ]

    def _table_record(self, id: str, shown: PublishedTable) -> dict[str, Any]:
        return {
            "id": id,
            "title": shown.title,
            "file": f"tables/{self.brief.id}/{id}.csv",
            "rows": len(shown),
            "columns": list(shown.columns),
            "source": list(shown.source_ids),
            "period": shown.period,
        }

    def sources_used(self) -> list[str]:
        """The declared sources that this edition may name figures of, and has any of."""
        return [each for each in self.brief.declaration.sources if self._has_figures(each)]

    def _has_figures(self, source_id: str) -> bool:
        """Whether a source may be opened, and something of it was received or is kept here."""
        if not self.brief.may_open(source_id):
            return False
        return bool(catalogue.receipts(source_id) or catalogue.source(source_id).file)

    def _source_record(self, source_id: str) -> dict[str, Any]:
        """What a reader is told of a source: who made it, and what was received when."""
        source = source_in(source_id, self.brief.area)
        receipts = [
            {"received": each["received"], "files": each["files"]}
            for each in catalogue.shown_receipts(source_id, self.brief.area)
        ]
        named = ("title", "publisher", "landing_page", "licence", "attribution", "access", "status")
        return {
            "id": source_id,
            **{name: getattr(source, name) for name in named},
            "receipts": receipts,
            "period": self.tables.periods.get(source_id),
        }

    def caveats(self) -> list[str]:
        """The caveats of every source used, and the age of those that lag behind the year."""
        used = [catalogue.source(id) for id in self.sources_used()]
        declared = [each for source in used for each in (source.made_up, *source.caveats) if each]
        return list(dict.fromkeys([*self._ages_of_data(), *declared]))

    def _ages_of_data(self) -> list[str]:
        """One sentence of all sources that are alike in this."""
        said: dict[str, list[str]] = {}
        for id, shown in self.tables.periods.items():
            if shown is not None and shown != self.brief.year:
                said.setdefault(self._age_of(id, shown), []).append(catalogue.source(id).title)
        return [f"{list_text(titles)}: {age}" for age, titles in said.items()]

    def _age_of(self, source_id: str, shown: str) -> str:
        """How old a source's figures are, and whether newer ones are held or published."""
        year = self.brief.year
        if later := self.tables.later_years(source_id):
            return (
                f"figures to {later[-1]} are held; where they stand beside another "
                f"source they are of {shown}, the latest year that both hold."
            )
        newer = self.tables.not_held(source_id)
        since = (
            f" Published since and not yet downloaded here: {list_text(newer)}." if newer else ""
        )
        years = FinancialYear.parse(year).start - FinancialYear.parse(shown).start
        age = f"{years} {'year' if years == 1 else 'years'}"
        return f"nothing newer than {shown} is held; the figures are {age} old.{since}"

    def save(self, record: Mapping[str, Any] | None = None) -> Path:
        """Write the record and the published tables where the runner, or a draft, wants them.

        The record is as `to_dict` gives it, or the one given, with what is said of other years.
        """
        folder = self.folder()
        tables = folder / "tables" / self.brief.id
        (folder / "findings").mkdir(parents=True, exist_ok=True)
        tables.mkdir(parents=True, exist_ok=True)
        for id, shown in self.tables.published.items():
            _write(tables / f"{id}.csv", shown.to_csv_text())
        plain = plain_values(record or self.to_dict())
        text = json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False)
        _write(folder / "findings" / f"{self.brief.id}.json", text + "\n")
        return folder

    @property
    def in_a_run(self) -> bool:
        """Whether the runner says where it is saved."""
        return bool(os.environ.get(SAVE_TO))

    def folder(self) -> Path:
        """Where it is saved: where the runner says, else among the drafts."""
        if self.in_a_run:
            return Path(os.environ[SAVE_TO])
        brief = self.brief
        edition = f"demonstration-{brief.edition}" if brief.demonstration else brief.edition
        year = FinancialYear.parse(brief.year).slug
        return paths.private_folder("draft", year, brief.area, edition)


def put(among: list[Any], one: Any) -> None:
    """Put one in the place of that of the same id, or else at the end."""
    at = next((n for n, each in enumerate(among) if each.id == one.id), len(among))
    among[at : at + 1] = [one]


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
