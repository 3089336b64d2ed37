"""A finding whole: what it gathered, what the data say of the statement, and where it is kept."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from cdpb import catalogue, paths
from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError
from cdpb.findings.absent import source_in, why_nothing
from cdpb.findings.area_files import FOCUS
from cdpb.findings.assessment_records import Others, others
from cdpb.findings.compare_years import refused_across
from cdpb.findings.context import FindingContext
from cdpb.findings.loading import as_built
from cdpb.findings.rules import digest, rules_of
from cdpb.findings.trace import (
    LATEST,
    KeyFigure,
    Taken,
    computed_from,
    figure_origins,
    part_origins,
)
from cdpb.numbers import list_text
from cdpb.periods import FinancialYear
from cdpb.statistics.measure import HIDDEN, Measure
from cdpb.statistics.part_tests import PartResult, cannot_check, check_part
from cdpb.statistics.verdicts import Verdict, verdict

SAVE_TO = "CDPB_SAVE_TO"
OTHER_WARD = "the statement is of another ward than the one asked for"


class FindingRecord(FindingContext):
    """The data side of a finding; it knows no HTML."""

    def key_figure(
        self, id: str, label: str, measure: Measure, *comparators: Measure, note: str = ""
    ) -> KeyFigure:
        """Keep a number that stands at the top of the page."""
        self._refuse_strange(measure, *comparators)
        shown = [self._dated(each) for each in (measure, *comparators)]
        origins = tuple(self._taken_from(each) for each in (measure, *comparators))
        why = note or self._why_missing(measure)
        figure = KeyFigure(id, label, shown[0], tuple(shown[1:]), why, origins, measure)
        self.key_figures.append(figure)
        return figure

    def _why_missing(self, measure: Measure) -> str:
        """Why a figure is missing, where that is for want of its source or of a year of it."""
        if measure.known or measure.source not in self.declaration.sources:
            return ""
        source = source_in(measure.source, self.area)
        if not self.build.permits(source.access):
            return source.withheld
        if measure.source in self._sources_missing():
            return source.not_received
        whole = source.periods == "none" or self.load.years_held(measure.source, self.area)
        return "" if whole else why_nothing(measure.source, self.place, self.build)

    def _dated(self, measure: Measure) -> Measure:
        """With the period named as what it is, where it is not the year asked for."""
        lags = measure.known and measure.period in self.periods.values()
        if not lags or measure.period == self.year:
            return measure
        return replace(measure, period=f"{measure.period}, {self._lag_text(measure.source)}")

    def _lag_text(self, source_id: str) -> str:
        """``the latest held``, with the newest year that is published and not held."""
        if source_id not in self.periods:
            return LATEST
        newer = self.not_held(source_id)
        plain = self._later_years(source_id) or not newer
        return self._lag(source_id) + ("" if plain else f" ({newer[-1]} is published)")

    def judge(self, **evidence: tuple[Any, ...]) -> Verdict | None:
        """Test the partnership's statement part by part.

        Parameters
        ----------
        **evidence : tuple
            For a part of the statement, the measure (or the published table) and its
            comparator, if any. A part without evidence stays unchecked; evidence that the
            statement has no part for, as another area's may, is passed over.

        Raises
        ------
        InputError
            If a test isn't among those that the finding's file lists.
        """
        self._refuse_unlisted(evidence)
        if self.statement is None:
            return None
        self.answer = self._judged(self.statement, evidence)
        return self.answer

    def judge_claims(self, **evidence: tuple[Any, ...]) -> list[Verdict]:
        """Test the later claims that stand beside the statement, each by itself.

        Parameters
        ----------
        **evidence : tuple
            As for `judge`; each claim takes the evidence of its own parts.

        Raises
        ------
        InputError
            As `judge`.
        """
        self._refuse_unlisted(evidence)
        self.claim_answers = [
            self._too_soon(claim) or self._judged(claim, evidence) for claim in self._claims_made
        ]
        return self.claim_answers

    def _judged(self, made: Any, evidence: dict[str, tuple[Any, ...]]) -> Verdict:
        self._refuse_strange(*(each for given in evidence.values() for each in given))
        evidence = {part.id: evidence[part.id] for part in made.parts if part.id in evidence}
        self._evidence |= evidence
        parts = [self._part(part, *evidence.get(part.id, ())) for part in made.parts]
        return verdict(parts, self.year, self._limits())

    def _refuse_unlisted(self, evidence: Mapping[str, Any]) -> None:
        strangers = sorted(set(evidence) - set(self.declaration.tests))
        if strangers:
            raise InputError(
                f"{self.declaration.notebook}: there is no test {strangers[0]!r}.",
                f"{self.declaration.file} lists: {', '.join(self.declaration.tests) or 'none'}.",
                "Add it there under tests, with what it sets against what.",
            )

    def _of_another_ward(self, part: Any) -> bool:
        """Whether a part is of the statement's ward, and the page was asked for another."""
        asked = self.parameters.get(FOCUS, self._of_area_file(FOCUS))
        return part.id.startswith(FOCUS) and asked != self._of_area_file(FOCUS)

    def _too_soon(self, claim: Any) -> Verdict | None:
        """A claim is of its own time: figures of a year that ended before it test nothing."""
        if FinancialYear.parse(self.year).start + 1 >= int(claim.made):
            return None
        reason = f"the claim was made in {claim.made}, of a time after {self.year}"
        parts = [
            cannot_check(reason, id=part.id, claim=part.claim, comparator=part.comparator)
            for part in claim.parts
        ]
        return verdict(parts, self.year)

    def _part(self, part: Any, *evidence: Any) -> PartResult:
        if self._of_another_ward(part):
            return cannot_check(
                OTHER_WARD, id=part.id, claim=part.claim, comparator=part.comparator
            )
        tested, *others = [self._plain(each) for each in evidence] or [None]
        absent = [
            each for each in (tested, *others) if isinstance(each, Measure) and not each.known
        ]
        result = check_part(part, None if absent or tested is None else tested, *others)
        taken = self._taken_from(result.measure) if result.measure else None
        if taken:
            result = refused_across(result, self.published[taken.table], taken)
        # What was received and is hidden is not what was never received.
        return replace(result, reason=HIDDEN) if HIDDEN in {m.note for m in absent} else result

    def _plain(self, tested: Any) -> Any:
        if not isinstance(tested, PublishedTable):
            return tested
        table = tested.to_frame()
        table.attrs = self._about[tested.id]
        return table if len(table) else None

    def _limits(self) -> dict[str, int | None]:
        dating = self.declaration.dated_by or self.declaration.sources
        return {id: catalogue.source(id).oldest_usable_years for id in dating}

    @as_built
    def record(self) -> dict[str, Any]:
        """Everything the page says, as plain values."""
        return {
            "id": self.id,
            "slug": self.declaration.slug,
            "title": self.declaration.title,
            "area": {"code": self.place.code, "name": self.place.name},
            "year": self.year,
            "edition": self.edition,
            "demonstration": self.demonstration,
            "statement": self.statement.text if self.statement else None,
            "statement_made": self.statement.made if self.statement else None,
            "statement_document": self.statement.document if self.statement else None,
            "verdict": self.answer.to_dict() if self.answer else None,
            "claims": self._claim_records(),
            "headline": self.headline,
            "tested": not self.declaration.after,
            "as_of": self.periods,
            "key_figures": [figure.to_dict() for figure in self.key_figures],
            "tables": [self._table_record(id, shown) for id, shown in self.published.items()],
            "figures": [asdict(figure) for figure in self.figures],
            "sources": [self._source_record(each) for each in self._sources_used()],
            "caveats": self.caveats(),
            "exceptions": [each.model_dump() for each in self._exceptions],
            "parameters": self.parameters,
            "notices": self.notices,
            "changed": self.changes,
            "method": {"digest": digest(self.rules()), "rules": self.rules()},
            "trace": self._trace(),
            "quoted": [each.to_dict() for each in self.quotes],
        }

    def others(self) -> Others:
        """The records of this assessment's other findings, as far as they have been run."""
        return others(self._folder(), self.build)

    def rules(self) -> dict[str, str]:
        """How it measures and judges, as texts; two years with the same can be compared."""
        return rules_of(self.declaration, self.statement, self._sources_used())

    def _trace(self) -> dict[str, Any]:
        def origin(measure: Measure) -> Taken | None:
            return self._taken_from(measure) or computed_from(measure, self.published)

        tested = self._evidence.items()
        parts = [row for id, shown in tested for row in part_origins(id, shown, origin)]
        figures = figure_origins(self.key_figures, self.published)
        return {"key_figures": figures, "parts": parts, "tables": self._traces()}

    def _claim_records(self) -> list[dict[str, Any]]:
        return [
            {
                "id": claim.id,
                "text": claim.text,
                "made": claim.made,
                "document": claim.document,
                "verdict": answer.to_dict(),
            }
            for claim, answer in zip(self._claims_made, self.claim_answers, strict=False)
        ]

    def _table_record(self, id: str, shown: PublishedTable) -> dict[str, Any]:
        return {
            "id": id,
            "title": shown.title,
            "file": f"tables/{self.id}/{id}.csv",
            "rows": len(shown),
            "columns": list(shown.columns),
            "source": list(shown.source_ids),
            "period": shown.period,
        }

    def _sources_used(self) -> list[str]:
        """The declared sources that this edition may name figures of, and has any of."""
        return [each for each in self.declaration.sources if self._has_figures(each)]

    def _sources_missing(self) -> list[str]:
        """The declared sources that this edition has no figures of."""
        return [each for each in self.declaration.sources if not self._has_figures(each)]

    def _has_figures(self, source_id: str) -> bool:
        """Whether a source may be opened, and something of it was received or is kept here."""
        if not self.may_open(source_id):
            return False
        return bool(catalogue.receipts(source_id) or catalogue.source(source_id).file)

    def _source_record(self, source_id: str) -> dict[str, Any]:
        """What a reader is told of a source: who made it, and what was received when."""
        source = source_in(source_id, self.area)
        receipts = [
            {"received": each["received"], "files": each["files"]}
            for each in catalogue.shown_receipts(source_id, self.area)
        ]
        named = ("title", "publisher", "landing_page", "licence", "attribution", "access", "status")
        return {
            "id": source_id,
            **{name: getattr(source, name) for name in named},
            "receipts": receipts,
            "period": self.periods.get(source_id),
        }

    def caveats(self) -> list[str]:
        """The caveats of every source used, and the age of those that lag behind the year."""
        declared = [each for id in self._sources_used() for each in catalogue.source(id).caveats]
        return list(dict.fromkeys([*self._ages_of_data(), *declared]))

    def _ages_of_data(self) -> list[str]:
        lagging = [
            (id, held)
            for id, held in self.periods.items()
            if held is not None and held != self.year
        ]
        return [self._age_of(id, held) for id, held in lagging]

    def _age_of(self, source_id: str, shown: str) -> str:
        """How old a source's figures are, and whether newer ones are held or published."""
        title, age = catalogue.source(source_id).title, _age_text(shown, self.year)
        if later := self._later_years(source_id):
            return (
                f"{title}: figures to {later[-1]} are held; where they stand beside another "
                f"source they are of {shown}, the latest year that both hold."
            )
        newer = self.not_held(source_id)
        told = f" Published since and not yet downloaded here: {list_text(newer)}." if newer else ""
        return (
            f"{title}: nothing newer than {shown} is held for this assessment of {self.year}; "
            f"the figures are {age} old.{told}"
        )

    def save(self, record: Mapping[str, Any] | None = None) -> Path:
        """Write the record and the published tables where the runner, or a draft, wants them.

        Parameters
        ----------
        record : mapping, optional
            As `record` gives it, for whoever has asked already: it says where each figure is from.
        """
        folder = self._folder()
        tables = folder / "tables" / self.id
        (folder / "findings").mkdir(parents=True, exist_ok=True)
        tables.mkdir(parents=True, exist_ok=True)
        for id, shown in self.published.items():
            _write(tables / f"{id}.csv", shown.to_csv_text())
        text = json.dumps(record or self.record(), ensure_ascii=False, indent=1, allow_nan=False)
        _write(folder / "findings" / f"{self.id}.json", text + "\n")
        return folder

    def _folder(self) -> Path:
        if os.environ.get(SAVE_TO):
            return Path(os.environ[SAVE_TO])
        year = FinancialYear.parse(self.year).slug
        edition = f"demonstration-{self.edition}" if self.demonstration else self.edition
        return paths.private_folder("draft", year, self.area, edition)


def _age_text(held: str, asked: str) -> str:
    years = FinancialYear.parse(asked).start - FinancialYear.parse(held).start
    return f"{years} {'year' if years == 1 else 'years'}"


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
