"""What a finding was asked for, the period each source is shown for, and the way out."""

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from cdpb import areas, catalogue, loaders, worlds
from cdpb.build import PARTNERSHIP_ONLY, Build
from cdpb.declarations import declarations
from cdpb.disclosure import gate
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.protect import Pattern
from cdpb.disclosure.published import PublishedTable
from cdpb.errors import GateRefused
from cdpb.exemptions import Exemption
from cdpb.findings import suppression_cache as cache
from cdpb.findings.area_files import FOCUS, checked_area_file, own_ward
from cdpb.findings.loading import Loaders, as_built
from cdpb.findings.quoted import Quote, quotes_of
from cdpb.findings.trace import LATEST, OF_BOTH, Again, FigureRecord, KeyFigure, Taken, table_trace
from cdpb.loaders import access
from cdpb.periods import FinancialYear
from cdpb.policies import policy
from cdpb.sources import SeriesBreak
from cdpb.statistics.about import period_of
from cdpb.statistics.measure import HIDDEN, Measure, as_measure
from cdpb.statistics.verdicts import Verdict


@dataclass
class FindingContext:
    """The first half of a finding: what it was asked, what it may show, what it published.

    Parameters
    ----------
    id : str
        As its file in ``notebooks/findings/`` declares it.
    year : str
        The financial year asked for.
    area : str
        Name or GSS code of a London borough.
    edition : {"public", "partnership"}
    demonstration : bool
        Whether illustrative sources may be shown.
    parameters : dict
        Whatever else the notebook was asked, such as the focus ward.

    Attributes
    ----------
    build : Build
        What it may open and show, whatever other findings are alive beside it.
    load : Loaders
        The loaders, each for this build.

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
        self.build = Build(self.edition, self.demonstration)
        self.load = Loaders(self.build)
        self.declaration = declarations().finding(self.id)
        self.place = areas.find_area(self.area)
        self.area = self.place.code
        self.area_file = checked_area_file(self.area)
        self.register = tuple(self.area_file.exceptions) if self.area_file else ()
        self.published: dict[str, PublishedTable] = {}
        self._about: dict[str, Any] = {}
        self._patterns: dict[str, Pattern] = {}
        self.key_figures: list[KeyFigure] = []
        self.figures: list[FigureRecord] = []
        self.notices: list[str] = []
        self.changes: list[str] = []
        self._taken: dict[Measure, Taken] = {}
        self._evidence: dict[str, tuple[Any, ...]] = {}
        self._again: dict[Measure, tuple[str, Again]] = {}
        self.quotes: list[Quote] = []
        self.periods: dict[str, str | None] = {}
        self.headline = ""
        self.answer: Verdict | None = None
        self.claim_answers: list[Verdict] = []

    @property
    def made_for(self) -> str:
        """Which finding of which assessment what it publishes belongs to."""
        edition = f"{self.edition} demonstration" if self.demonstration else self.edition
        return f"{self.id} of {self.area}, {self.year}, {edition}"

    @property
    def statement(self) -> Any:
        """The partnership's own statement, or None where it has made none."""
        return self.area_file.statements.get(self.id) if self.area_file else None

    @property
    def _claims_made(self) -> list[areas.Claim]:
        """What the partnership said later, beside its statement; empty where nothing."""
        return self.area_file.claims.get(self.id, []) if self.area_file else []

    @property
    def events(self) -> list[areas.Event]:
        """The area's events that concern this finding: its own where it has any, else the rest."""
        declared = self.area_file.events if self.area_file else []
        own = [each for each in declared if self.id in each.findings]
        return own or [each for each in declared if not each.findings]

    @property
    def _exceptions(self) -> list[Exemption]:
        """The signed exceptions that concern this finding, edition and year."""
        tables = {f"{self.id}/{table.id}" for table in self.declaration.tables}
        quoted = {each.quote_id for each in self.quotes}
        return [
            each
            for each in self.register
            if each.holds(self.edition, self.year)
            and (each.table in tables or each.quoted in quoted)
        ]

    def told(self, *ids: str) -> list[Quote]:
        """The named figures that the area's documents quote; none for an area without such."""
        agreed = {each.quoted for each in self.register if each.holds(self.edition, self.year)}
        told = quotes_of(self.area, *ids, agreed=agreed, build=self.build)
        self.quotes += [each for each in told if each not in self.quotes]
        return told

    def breaks(self, source_id: str) -> list[SeriesBreak]:
        """From when a source's figures are no longer like those before."""
        return catalogue.source(source_id).series_breaks

    def of_area(self, name: str) -> list[Any]:
        """A list of the area file (``actions``, ``next_steps``, ``involvement``), or empty."""
        return list(getattr(self.area_file, name)) if self.area_file else []

    def parameter(self, name: str, given: Any = None) -> Any:
        """A parameter as given, else as the area file sets it; a ward by its code or its name.

        Raises
        ------
        InputError
            If a focus ward is none of the area's.
        """
        value = given if given is not None else self._of_area_file(name)
        if name == FOCUS and value is not None:
            value = own_ward(self.area, value)
        self.parameters[name] = value
        return value

    def _of_area_file(self, name: str) -> Any:
        named = self.area_file.parameters.get(self.id, {}) if self.area_file else {}
        return named.get(name)

    def may_open(self, source_id: str) -> bool:
        """Whether this edition may open a source; it says nothing of what was received."""
        return access.may_open(source_id, self.build)

    @as_built
    def as_of(self, *source_ids: str) -> str:
        """The latest year, not after the one asked for, that all these sources hold.

        Where they hold none, or one may not be opened for this edition, it is the year asked
        for, for which loaders give empty tables.
        """
        held = set.intersection(*(set(cache.years_readable(each)) for each in source_ids))
        latest = max((year for year in held if year <= self.year), default=None)
        for each in source_ids:
            self.periods[each] = latest
        return latest or self.year

    def period(self, source_id: str, *others: str) -> str:
        """The period that a source, or several together, are shown for, as a reader reads it."""
        latest = self.periods.get(source_id)
        if latest is None:
            return self.year
        return latest if latest == self.year else f"{latest}, {self._lag(source_id, *others)}"

    def _lag(self, *source_ids: str) -> str:
        """Why sources are shown for an earlier year than the one asked for."""
        return OF_BOTH if any(map(self._later_years, source_ids)) else LATEST

    def _later_years(self, source_id: str) -> list[str]:
        """The years, up to the one asked for, that a source holds after the one it is shown for."""
        shown = self.periods.get(source_id) or self.year
        return [each for each in cache.years_readable(source_id) if shown < each <= self.year]

    def not_held(self, source_id: str) -> list[str]:
        """The years that are known to be published after the latest that is held of a source."""
        latest = max(cache.years_readable(source_id), default="")
        return [each for each in catalogue.source(source_id).published_since if each > latest]

    @as_built
    def publish(self, table: pd.DataFrame, id: str) -> PublishedTable:
        """Send a table through the gate; nothing else may be drawn, written or put into words.

        What a protected source hides was solved from the declarations of all its tables, so
        it is the same whichever notebook asks first. Where the declaration has a filter, the
        counts are counted again from the source's own table and must agree.

        Raises
        ------
        InputError
            If a source that it draws on may not be used in this edition, whoever loaded it.
        """
        self._refuse_closed(table, self.declaration.table(id))
        declared = self._filled(self.declaration.table(id))
        source = catalogue.source(declared.source)
        rule = policy(source.policy_of(declared.count))
        if rule.protects and declared.count:
            own = self.declaration.table(id)
            cache.check_as_shown(declared, cache.as_shown(own, self.area, self.year))
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
            made_for=self.made_for,
        )
        self.published[id] = shown
        self._about[id] = dict(table.attrs) | {"period": shown.period}
        return shown

    def _refuse_strange(self, *given: Any) -> None:
        """Refuse tables and measures that another finding published, or none.

        Another edition shows what this one may not, and another area's or year's figures would
        stand here under this one's name.

        Raises
        ------
        GateRefused
            With the finding that published it.
        """
        for each in given:
            if isinstance(each, PublishedTable | Measure) and each.made_for != self.made_for:
                why = f"It was published by {each.made_for}." if each.made_for else ""
                why = why or self._closed_to(each)
                if why:
                    raise self._strange(each, why)

    def _closed_to(self, given: PublishedTable | Measure) -> str:
        """Why a figure that was computed, and is of no finding, may not be shown; or nothing."""
        if isinstance(given, PublishedTable):
            of, there = list(given.source_ids), len(given) > 0
        else:
            of, there = [source for source, _ in given.made_of], given.known
        closed = [each for each in of if each in catalogue.sources() and not self.may_open(each)]
        return (
            f"It is made of {closed[0]}, which may not be shown here." if there and closed else ""
        )

    def _strange(self, given: PublishedTable | Measure, why: str) -> GateRefused:
        named = f"Table {given.id}" if isinstance(given, PublishedTable) else given.label
        return GateRefused(
            f"{named} may not be used by {self.made_for}.",
            why,
            "Wanted: tables and measures that this finding published itself.",
            "Load and publish with the same finding that draws and judges. Nothing was shown.",
        )

    def _refuse_closed(self, table: pd.DataFrame, declared: TableDeclaration) -> None:
        """Refuse figures that another finding loaded for a build of its own."""
        own = table.attrs.get("source")
        for each in dict.fromkeys([*sources_of(table, declared.source), *([own] if own else [])]):
            # A table without rows stands for figures that were not received or may not be shown.
            if len(table) or catalogue.source(each).access in PARTNERSHIP_ONLY:
                access.permitted(each, self.build)

    def _filled(self, declared: TableDeclaration) -> TableDeclaration:
        """The declaration with this assessment's area, and what its source is shown for."""
        latest = self.periods.get(declared.source, self.year)
        return cache.filled_declaration(declared, self.area, self.year, latest)

    def _pattern(self, source_id: str) -> Pattern:
        """What to hide, over every table that any finding declares of the source."""
        if source_id not in self._patterns:
            # Made from other counts, for a gate to compare, a page hides what it hid before.
            with worlds.as_received():
                self._patterns[source_id] = cache.pattern_of(
                    source_id,
                    area=self.area,
                    year=self.year,
                    edition=self.edition,
                    register=self.register,
                )
        return self._patterns[source_id]

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
            note = HIDDEN if self._hides_what_it_needs(id, where) else ""
            return replace(_missing(label, row.attrs), note=note, made_for=self.made_for)
        found = as_measure(row, label, value, lower=lower, upper=upper, unit=unit)
        found = replace(found, numerator=None, denominator=None) if unit else found
        found = replace(found, made_for=self.made_for)
        column = value or str(row.attrs.get("value", ""))
        shown = self.published[id].where(**where).values_of(column)[0]
        if shown is MASKED or (shown is None and self._hides_what_it_needs(id, where)):
            found = replace(found, note=HIDDEN)
        self._taken[found] = Taken(id, column, tuple((n, str(v)) for n, v in where.items()))
        if "year" in where:

            def again(year: str) -> Measure:
                return self.measure(id, label, value, lower, upper, unit, **{**where, "year": year})

            self._again[found] = (str(where["year"]), again)
        return found

    def _hides_what_it_needs(self, id: str, where: dict[str, Any]) -> bool:
        """Whether a table lacks a figure because one that it is made of hides a count of it."""
        made_of = self.declaration.table(id).made_of
        behind = [self.published[each] for each in made_of if each in self.published]
        rows = [
            each.where(**{name: wanted for name, wanted in where.items() if name in each.columns})
            for each in behind
        ]
        hidden = any(value is MASKED for shown in rows for row in shown.values for value in row)
        return all(map(len, rows)) and hidden

    def _taken_from(self, measure: Measure) -> Taken | None:
        """The published cell that a measure was taken from; None where it was computed."""
        return self._taken.get(measure)

    @as_built
    def _traces(self) -> list[dict[str, Any]]:
        """For each published table, where its numbers come from."""
        return [
            table_trace(shown, self._filled(self.declaration.table(id)), self._about[id], self.area)
            for id, shown in self.published.items()
        ]


def _missing(label: str, about: Any) -> Measure:
    unit, period, source, method = (
        str(about.get(name, "")) for name in ("unit", "period", "source", "method")
    )
    return Measure(None, None, None, None, None, unit, label, period, source, method)


def sources_of(table: pd.DataFrame, declared: str) -> list[str]:
    """The sources a table draws on, its counts' first."""
    others = [*table.attrs.get("sources", []), table.attrs.get("denominator_source")]
    return list(dict.fromkeys([declared, *filter(None, others)]))
