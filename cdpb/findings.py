"""A finding: the tables, figures, key figures and verdict of one notebook, kept as they arise."""

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cdpb import areas, catalogue, loaders, paths
from cdpb.declarations import TableDeclaration, declarations
from cdpb.disclosure import gate
from cdpb.disclosure.pattern import Pattern
from cdpb.disclosure.policy import policy
from cdpb.disclosure.protect import protect
from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError
from cdpb.periods import FinancialYear
from cdpb.statistics.about import period_of
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.measure import Measure, as_measure
from cdpb.statistics.part_tests import PartResult, check_part
from cdpb.statistics.verdicts import Verdict, verdict

EDITIONS = ("public", "partnership")
SAVE_TO = "CDPB_SAVE_TO"
LATEST = "the latest published"


@dataclass(frozen=True)
class KeyFigure:
    """One of the few numbers a reader takes away, and what it stands beside."""

    id: str
    label: str
    measure: Measure
    comparators: tuple[Measure, ...] = ()
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, each comparator with how the figure compares with it."""
        beside = [
            {**asdict(each), "comparison": _comparison(self.measure, each)}
            for each in self.comparators
        ]
        note = self.note or self.measure.note
        return {
            **asdict(self.measure),
            "id": self.id,
            "label": self.label,
            "note": note,
            "comparators": beside,
        }


def _comparison(measure: Measure, with_: Measure) -> str:
    known = measure.known and with_.known and measure.lower is not None
    return compare_measures(measure, with_) if known else "not compared"


@dataclass(frozen=True)
class FigureRecord:
    """What a figure says, in words."""

    id: str
    number: int
    title: str
    subtitle: str
    alt: str
    table: str


@dataclass
class FindingRecord:
    """The data side of a finding; it knows no HTML.

    Parameters
    ----------
    id : str
        As ``notebooks/findings.yml`` declares it.
    year : str
        The financial year asked for.
    area : str
        Name or GSS code of a London borough.
    edition : {"public", "partnership"}
    demonstration : bool
        Whether illustrative sources may be shown.
    parameters : dict
        Whatever else the notebook was asked, such as the focus ward.

    Raises
    ------
    InputError
        If any of these is not known.
    """

    id: str
    year: str
    area: str
    edition: str = "public"
    demonstration: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.year = str(FinancialYear.parse(self.year))
        if self.edition not in EDITIONS:
            raise InputError(
                f"There is no edition {self.edition!r}.", f"Wanted: {' or '.join(EDITIONS)}."
            )
        loaders.access.allow(self.edition, self.demonstration)
        self.declaration = declarations().finding(self.id)
        self.place = areas.find_area(self.area)
        self.area = self.place.code
        self.area_file = areas.area_file(self.area)
        self.published: dict[str, PublishedTable] = {}
        self._about: dict[str, Any] = {}
        self._patterns: dict[str, Pattern] = {}
        self.key_figures: list[KeyFigure] = []
        self.figures: list[FigureRecord] = []
        self.notices: list[str] = []
        self.periods: dict[str, str | None] = {}
        self.headline = ""
        self.answer: Verdict | None = None

    @property
    def statement(self) -> Any:
        """The partnership's own statement, or None where it has made none."""
        return self.area_file.statements.get(self.id) if self.area_file else None

    def parameter(self, name: str, given: Any = None) -> Any:
        """A parameter as given, else as the area file sets it."""
        named = self.area_file.parameters.get(self.id, {}) if self.area_file else {}
        value = given if given is not None else named.get(name)
        self.parameters[name] = value
        return value

    def as_of(self, *source_ids: str) -> str:
        """The latest year, not after the one asked for, that all these sources hold.

        Where they hold none it is the year asked for, for which loaders give empty tables.
        """
        held = set.intersection(*(set(loaders.years_held(each)) for each in source_ids))
        latest = max((year for year in held if year <= self.year), default=None)
        for each in source_ids:
            self.periods[each] = latest
        return latest or self.year

    def period(self, source_id: str) -> str:
        """The period a source is shown for, as a reader should see it written."""
        latest = self.periods.get(source_id)
        if latest is None:
            return self.year
        return latest if latest == self.year else f"{latest}, {LATEST}"

    def publish(self, table: pd.DataFrame, id: str) -> PublishedTable:
        """Send a table through the gate; nothing else may be drawn, written or put into words.

        What a protected source hides was solved from the declarations of all its tables, so
        it is the same whichever notebook asks first. Where the declaration has a filter, the
        counts are counted again from the source's own table and must agree.
        """
        declared = self._filled(self.declaration.table(id))
        source = catalogue.source(declared.source)
        rule = policy(source.policy)
        checked = declared.count and (rule.protects or declared.filter)
        shown = gate.publish(
            table[[name for name in declared.columns if name in table]],
            declared,
            policy=rule,
            columns=declarations().columns,
            base=loaders.base_counts(source.id) if checked else None,
            pattern=self._pattern(source.id) if rule.protects else None,
            name=f"{self.id}/{id}",
            source_ids=sources_of(table, declared.source),
            period=period_of(table),
            demonstration=self.demonstration,
        )
        self.published[id] = shown
        self._about[id] = dict(table.attrs) | {"period": shown.period}
        return shown

    def _filled(self, declared: TableDeclaration) -> TableDeclaration:
        """The declaration with this assessment's area, and the year its source is shown for."""
        year = self.periods.get(declared.source, self.year)
        put = {"{area}": self.area, "{year}": year or "none held"}
        chosen = {
            name: put.get(value, value) if isinstance(value, str) else value
            for name, value in declared.filter.items()
        }
        return declared.model_copy(update={"filter": chosen})

    def _pattern(self, source_id: str) -> Pattern:
        """What to hide, over every table that any finding declares of the source."""
        if source_id not in self._patterns:
            self._patterns[source_id] = self._protected(source_id)
        return self._patterns[source_id]

    def _protected(self, source_id: str) -> Pattern:
        tables = {
            f"{finding.id}/{table.id}": self._filled(table)
            for finding in declarations().findings
            for table in finding.tables
            if table.source == source_id and table.count
        }
        rule = policy(catalogue.source(source_id).policy)
        return protect(tables, loaders.base_counts(source_id), rule)

    def measure(
        self,
        id: str,
        label: str,
        value: str | None = None,
        lower: str = "lower",
        upper: str = "upper",
        unit: str | None = None,
        **where: Any,
    ) -> Measure:
        """One row of a published table as a measure; without a value where there is no such row.

        Only what was published can become a key figure or decide a verdict. With a ``unit``
        the value is a count or an estimate that stands alone, not over a denominator.
        """
        row = self.published[id].where(**where).to_frame()
        row.attrs = self._about[id]
        if len(row) != 1:
            return _missing(label, row.attrs)
        found = as_measure(row, label, value, lower=lower, upper=upper, unit=unit)
        return replace(found, numerator=None, denominator=None) if unit else found

    def key_figure(
        self, id: str, label: str, measure: Measure, *comparators: Measure, note: str = ""
    ) -> KeyFigure:
        """Keep a number that stands at the top of the page."""
        shown = [self._dated(each) for each in (measure, *comparators)]
        figure = KeyFigure(id, label, shown[0], tuple(shown[1:]), note)
        self.key_figures.append(figure)
        return figure

    def _dated(self, measure: Measure) -> Measure:
        """With the period named as what it is, where it is not the year asked for."""
        lags = measure.known and measure.period in self.periods.values()
        if not lags or measure.period == self.year:
            return measure
        return replace(measure, period=f"{measure.period}, {LATEST}")

    def judge(self, **evidence: tuple[Any, ...]) -> Verdict | None:
        """Test the partnership's statement part by part.

        Parameters
        ----------
        **evidence : tuple
            For a part of the statement, the measure (or the published table) and its
            comparator, if any. A part without evidence stays unchecked.

        Raises
        ------
        InputError
            If the statement has no such part.
        """
        if self.statement is None:
            return None
        strangers = sorted(set(evidence) - {part.id for part in self.statement.parts})
        if strangers:
            raise InputError(
                f"data/areas/{self.area}.yml: the statement {self.id} has no part {strangers[0]}.",
                f"It has: {', '.join(part.id for part in self.statement.parts)}.",
            )
        parts = [self._part(part, *evidence.get(part.id, ())) for part in self.statement.parts]
        self.answer = verdict(parts, self.year, self._limits())
        return self.answer

    def _part(self, part: Any, *evidence: Any) -> PartResult:
        tested, *others = [self._plain(each) for each in evidence] or [None]
        absent = [
            each for each in (tested, *others) if isinstance(each, Measure) and not each.known
        ]
        return check_part(part, None if absent or tested is None else tested, *others)

    def _plain(self, tested: Any) -> Any:
        if not isinstance(tested, PublishedTable):
            return tested
        table = tested.to_frame()
        table.attrs = self._about[tested.id]
        return table if len(table) else None

    def _limits(self) -> dict[str, int | None]:
        dating = self.declaration.dated_by or self.declaration.sources
        return {id: catalogue.source(id).oldest_usable_years for id in dating}

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
            "headline": self.headline,
            "as_of": self.periods,
            "key_figures": [figure.to_dict() for figure in self.key_figures],
            "tables": [self._table_record(id, shown) for id, shown in self.published.items()],
            "figures": [asdict(figure) for figure in self.figures],
            "sources": [self.source_record(each) for each in self.sources_used()],
            "caveats": self.caveats(),
            "parameters": self.parameters,
            "notices": self.notices,
        }

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

    def sources_used(self) -> list[str]:
        """The declared sources that this edition may name figures of."""
        return [each for each in self.declaration.sources if loaders.access.may_open(each)]

    def sources_missing(self) -> list[str]:
        """The declared sources that this edition has no figures of."""
        return [each for each in self.declaration.sources if not loaders.access.may_open(each)]

    def source_record(self, source_id: str) -> dict[str, Any]:
        """What a reader is told of a source: who made it, and what was received when."""
        source = catalogue.source(source_id)
        receipts = [
            {
                "received": receipt.received_text,
                "files": [{"name": file.name, "sha256": file.sha256} for file in receipt.files],
            }
            for receipt in catalogue.receipts(source_id)
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
        declared = [each for id in self.sources_used() for each in catalogue.source(id).caveats]
        return list(dict.fromkeys([*self._ages_of_data(), *declared]))

    def _ages_of_data(self) -> list[str]:
        lagging = [
            (id, held)
            for id, held in self.periods.items()
            if held is not None and held != self.year
        ]
        return [
            f"{catalogue.source(id).title}: nothing newer than {held} is held for this "
            f"assessment of {self.year}; the figures are {_age_text(held, self.year)} old."
            for id, held in lagging
        ]

    def save(self) -> Path:
        """Write the record and the published tables where the runner, or a draft, wants them."""
        folder = self._folder()
        tables = folder / "tables" / self.id
        (folder / "findings").mkdir(parents=True, exist_ok=True)
        tables.mkdir(parents=True, exist_ok=True)
        for id, shown in self.published.items():
            _write(tables / f"{id}.csv", shown.to_csv_text())
        text = json.dumps(self.record(), ensure_ascii=False, indent=1, allow_nan=False)
        _write(folder / "findings" / f"{self.id}.json", text + "\n")
        return folder

    def _folder(self) -> Path:
        if os.environ.get(SAVE_TO):
            return Path(os.environ[SAVE_TO])
        year = FinancialYear.parse(self.year).slug
        edition = f"demonstration-{self.edition}" if self.demonstration else self.edition
        return paths.private_folder("draft", year, self.area, edition)


def _missing(label: str, about: Any) -> Measure:
    unit, period, source, method = (
        str(about.get(name, "")) for name in ("unit", "period", "source", "method")
    )
    return Measure(None, None, None, None, None, unit, label, period, source, method)


def sources_of(table: pd.DataFrame, declared: str) -> list[str]:
    """The sources a table draws on, its counts' first."""
    others = [*table.attrs.get("sources", []), table.attrs.get("denominator_source")]
    return list(dict.fromkeys([declared, *filter(None, others)]))


def _age_text(held: str, asked: str) -> str:
    years = FinancialYear.parse(asked).start - FinancialYear.parse(held).start
    return f"{years} {'year' if years == 1 else 'years'}"


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
