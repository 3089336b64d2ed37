"""A finding's tables: the period each source is shown for, and the one way out."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pandas as pd

from cdpb import catalogue, loaders
from cdpb.build import PARTNERSHIP_ONLY, as_received
from cdpb.declarations import declarations
from cdpb.disclosure import gate
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.masked import MASKED, Pattern
from cdpb.disclosure.published import PublishedTable
from cdpb.errors import GateRefused, InputError, closest, verb
from cdpb.findings.brief import Brief, as_built
from cdpb.findings.declared_tables import (
    as_shown,
    check_as_shown,
    filled_declaration,
    years_readable,
)
from cdpb.findings.trace import LATEST, OF_BOTH, Again, Taken, table_trace
from cdpb.loaders import access
from cdpb.marks import number_from
from cdpb.periods import FinancialYear
from cdpb.policies import policy
from cdpb.statistics.about import period_of
from cdpb.statistics.measure import HIDDEN, Measure, as_measure

ENDS = ("lower", "upper")


class Tables:
    """What a finding may show and what it has published.

    ``published`` has the tables by id and ``about`` what was noted of each on its way; ``periods``
    the year that each source is shown for, None where none is held; ``again``, for each measure
    taken from a table with one row per year, its year and how to take it from the row of another.
    """

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.published: dict[str, PublishedTable] = {}
        self.about: dict[str, Any] = {}
        self.periods: dict[str, str | None] = {}
        self.again: dict[Measure, tuple[str, Again]] = {}
        self._patterns: dict[str, Pattern] = {}
        self._taken: dict[Measure, Taken] = {}

    @verb("finding.")
    @as_built
    def as_of(self, source_id: str, *others: str) -> str:
        """The latest year, not after the one asked for, that all these sources hold.

        Where they hold none, or one may not be opened for this edition, it is the year asked
        for, for which loaders give empty tables.

        Parameters
        ----------
        source_id, *others : str
            Ids of sources in ``data/sources.yml``.

        Examples
        --------
        >>> latest = finding.as_of("ndtms_adults")
        """
        source_ids = (source_id, *others)
        years = set.intersection(*(set(years_readable(each)) for each in source_ids))
        latest = max((year for year in years if year <= self.brief.year), default=None)
        for each in source_ids:
            self.periods[each] = latest
        return latest or self.brief.year

    @verb("finding.")
    def period(self, source_id: str, *others: str) -> str:
        """The period that a source, or several together, are shown for, as a reader reads it.

        Parameters
        ----------
        source_id, *others : str
            Ids of sources that `as_of` was asked for.

        Examples
        --------
        >>> finding.period("ndtms_adults")
        """
        latest = self.periods.get(catalogue.source(source_id).id)
        if latest is None:
            return self.brief.year
        return latest if latest == self.brief.year else f"{latest}, {self.lag(source_id, *others)}"

    def lag(self, *source_ids: str) -> str:
        """Why sources are shown for an earlier year than the one asked for."""
        return OF_BOTH if any(map(self.later_years, source_ids)) else LATEST

    def later_years(self, source_id: str) -> list[str]:
        """The years, up to the one asked for, that a source holds after the one it is shown for."""
        shown = self.periods.get(source_id) or self.brief.year
        return [each for each in years_readable(source_id) if shown < each <= self.brief.year]

    def not_held(self, source_id: str) -> list[str]:
        """The years that are known to be published after the latest that is held of a source."""
        latest = max(years_readable(source_id), default="")
        return [each for each in catalogue.source(source_id).published_since if each > latest]

    @verb("finding.")
    @as_built
    def publish(self, table: pd.DataFrame, id: str) -> PublishedTable:
        """Send a table through the gate; nothing else may be drawn, written or put into words.

        What a protected source hides was solved from the declarations of all its tables, so it is
        the same whichever notebook asks first. Where the declaration has a filter, the counts are
        counted again from the source's own table and must agree.

        Parameters
        ----------
        table : pandas.DataFrame
            From a loader or a verb of statistics, with the columns that are declared.
        id : str
            As the finding's file declares the table.

        Raises
        ------
        InputError
            If a source that it draws on may not be used in this edition, whoever loaded it.

        Examples
        --------
        >>> shown = finding.publish(shares, "shares")
        """
        self._refuse_closed(table, self.brief.declaration.table(id))
        declared = self._filled(self.brief.declaration.table(id))
        source = catalogue.source(declared.source)
        rule = policy(source.policy_of(declared.count))
        if rule.protects and declared.count:
            own = self.brief.declaration.table(id)
            check_as_shown(declared, as_shown(own, self.brief.area, self.brief.year))
        checked = declared.count and (rule.protects or declared.filter)
        shown = gate.publish(
            table[[name for name in declared.columns if name in table]],
            declared,
            policy=rule,
            columns=declarations().columns,
            base=loaders.base_counts(source.id) if checked else None,
            pattern=self._pattern(source.id) if rule.protects else None,
            name=f"{self.brief.id}/{id}",
            source_ids=sources_of(table, declared.source),
            period=period_of(table),
            demonstration=self.brief.demonstration,
            made_for=self.brief.made_for,
        )
        self.published[id] = shown
        self.about[id] = dict(table.attrs) | {"period": shown.period}
        return shown

    def refuse_strange(self, *given: Any) -> None:
        """Refuse tables and measures that another finding published, or none.

        Another edition shows what this one may not, and another area's or year's figures would
        stand here under this one's name. The error names the finding that published them.
        """
        for each in given:
            if isinstance(each, PublishedTable | Measure) and each.made_for != self.brief.made_for:
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
        closed = [
            each for each in of if each in catalogue.sources() and not self.brief.may_open(each)
        ]
        return (
            f"It is made of {closed[0]}, which may not be shown here." if there and closed else ""
        )

    def _strange(self, given: PublishedTable | Measure, why: str) -> GateRefused:
        named = f"Table {given.id}" if isinstance(given, PublishedTable) else given.label
        return GateRefused(
            f"{named} may not be used by {self.brief.made_for}.",
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
                access.permitted(each, self.brief.build)

    def _filled(self, declared: TableDeclaration) -> TableDeclaration:
        """The declaration with this assessment's area, and what its source is shown for."""
        latest = self.periods.get(declared.source, self.brief.year)
        return filled_declaration(declared, self.brief.area, self.brief.year, latest)

    def _pattern(self, source_id: str) -> Pattern:
        """What to hide, over every table that any finding declares of the source."""
        if source_id not in self._patterns:
            # Imported here: a page of public sources needs no search, nor its solver.
            from cdpb.findings import suppression_cache as cache

            # Made from other counts, for a gate to compare, a page hides what it hid before.
            with as_received():
                self._patterns[source_id] = cache.pattern_of(
                    source_id,
                    area=self.brief.area,
                    year=self.brief.year,
                    edition=self.brief.edition,
                    register=self.brief.register,
                )
        return self._patterns[source_id]

    @verb("finding.")
    def measure(
        self,
        id: str,
        label: str,
        value: str | None = None,
        *,
        limits: str | None = "",
        unit: str | None = None,
        **where: Any,
    ) -> Measure:
        """One row of a published table as a measure; without a value where there is no such row.

        Only what was published can become a key figure or decide a verdict.

        Parameters
        ----------
        id, label : str
            The table, and what a reader calls the measure.
        value : str, optional
            Its column; known already for what a verb made.
        limits : str or None, default ""
            What the columns of its limits begin with: ``ratio`` for ``ratio_lower`` and
            ``ratio_upper``, nothing for ``lower`` and ``upper``. None where it has no limits.
        unit : str, optional
            Of a count or an estimate that stands alone, not over a denominator.
        **where
            Which row: ``year=latest``.

        Examples
        --------
        >>> finding.measure("months", name, "people", limits=None, unit="people", month=month)
        """
        whole = self._published(id)
        where = self._looked_up(whole, where)
        shown = whole.where(**where)
        row = shown.to_frame(gaps=True)
        row.attrs = self.about[id]
        if len(row) > 1:
            written = ", ".join(f"{column}={wanted!r}" for column, wanted in where.items())
            differ = [n for n in shown.dimensions if len({*map(str, shown.values_of(n))}) > 1]
            raise InputError(
                f"{label}: {len(row)} rows of table {id} are like that, and a measure is one.",
                f"Asked for: {written or 'any row'}.",
                f"What tells them apart: {', '.join(differ)}.",
            )
        if len(row) != 1:
            note = HIDDEN if self._hides_what_it_needs(id, where) else ""
            nothing = Measure.missing(label, row.attrs, str(row.attrs.get("period", "")), note)
            return replace(nothing, made_for=self.brief.made_for)
        column = value or str(row.attrs.get("value", ""))
        lower, upper = ("" if limits is None else f"{limits}_{end}".strip("_") for end in ENDS)
        if limits:
            shown.values_of(lower)
        found = as_measure(row, label, value, lower=lower, upper=upper, unit=unit)
        found = replace(found, numerator=None, denominator=None) if unit else found
        columns = {"value": column, "lower": lower, "upper": upper}
        columns |= {name: str(row.attrs.get(name, "")) for name in ("numerator", "denominator")}
        cells = self._cells_of(found, shown, columns)
        note = _as_plain(shown, column, found)
        found = replace(found, made_for=self.brief.made_for, note=note, **cells)
        (cell,) = shown.values_of(column)
        if cell is MASKED or (cell is None and self._hides_what_it_needs(id, where)):
            found = replace(found, note=HIDDEN)
        self._taken[found] = Taken(id, column, tuple((n, str(v)) for n, v in where.items()))
        if "year" in where:

            def again(year: str) -> Measure:
                of_year = where | {"year": year}
                return self.measure(id, label, value, limits=limits, unit=unit, **of_year)

            self.again[found] = (str(where["year"]), again)
        return found

    def _published(self, id: str) -> PublishedTable:
        """A table that this notebook has published already."""
        if id not in self.published:
            self.brief.declaration.table(id)
            raise InputError(
                f"Table {id} has not been published yet.",
                f'finding.publish(table, "{id}") comes first.',
                f"Published so far: {', '.join(self.published) or 'none'}.",
            )
        return self.published[id]

    def _looked_up(self, shown: PublishedTable, where: dict[str, Any]) -> dict[str, Any]:
        """Which row, by its keys: a name is looked up, and what no row has is refused.

        An empty table has nothing of anything. The area, other parameters of the assessment, an
        event of the area file and a year that has begun may lack a row anywhere.
        """
        own = {self.brief.year, self.brief.area, self.brief.place.name, *self.periods.values()}
        own |= {each for each in self.brief.parameters.values() if isinstance(each, str)}
        own |= {event.label for event in self.brief.events}
        found = {}
        for column, wanted in where.items():
            texts = dict.fromkeys(map(str, shown.values_of(column)))
            named = _key_of_name(shown, column, str(wanted))
            found[column] = wanted if str(wanted) in texts or named is None else named
            absent = len(shown) and str(found[column]) not in texts and wanted not in own
            if absent and not (column == "year" and _has_begun(str(wanted), self.brief.year)):
                raise InputError(
                    f"Table {shown.id} has no row with {column}={wanted!r}.",
                    closest(wanted, texts, f"In {column} it has"),
                    "A row that is there and hidden has a measure without a value.",
                )
        return found

    def _cells_of(
        self, found: Measure, shown: PublishedTable, columns: Mapping[str, str]
    ) -> dict[str, Any]:
        """The numbers of a measure as numbers that know their cells in its one row."""
        (row,) = shown.values
        values = dict(zip(shown.columns, row, strict=True))
        known = {name: getattr(found, name) for name, of in columns.items() if of in values}
        return {
            name: number_from(shown.cell(row, columns[name]), number)
            for name, number in known.items()
            if number is not None and number == values[columns[name]]
        }

    def _hides_what_it_needs(self, id: str, where: dict[str, Any]) -> bool:
        """Whether a table lacks a figure because one that it is made of hides a count of it."""
        made_of = self.brief.declaration.table(id).made_of
        behind = [self.published[each] for each in made_of if each in self.published]
        rows = [
            each.where(**{name: wanted for name, wanted in where.items() if name in each.columns})
            for each in behind
        ]
        hidden = any(value is MASKED for shown in rows for row in shown.values for value in row)
        return all(map(len, rows)) and hidden

    def taken_from(self, measure: Measure) -> Taken | None:
        """The published cell that a measure was taken from; None where it was computed."""
        return self._taken.get(measure)

    @as_built
    def traces(self) -> list[dict[str, Any]]:
        """For each published table, where its numbers come from."""
        return [
            table_trace(
                shown,
                self._filled(self.brief.declaration.table(id)),
                self.about[id],
                self.brief.area,
            )
            for id, shown in self.published.items()
        ]


def _as_plain(shown: PublishedTable, column: str, found: Measure) -> str:
    """The limits of a value as they are without what they were widened by, where they were."""
    changes = f"{column}_plain_lower" in shown.columns
    names = [f"{column}_plain_{end}" if changes else f"plain_{end}" for end in ENDS]
    row = next(shown.rows())
    if not set(names) <= set(shown.columns) or None in [row[name] for name in names]:
        return ""
    limits: dict[str, Any] = {end: row[name] for end, name in zip(ENDS, names, strict=True)}
    plain = replace(found, **limits).limits_text
    told = "the same" if plain == found.limits_text else plain
    return f"{told} if months differed by chance alone"


def _key_of_name(shown: PublishedTable, column: str, name: str) -> Any:
    """What stands in a column beside a name in any case; None where the name stands nowhere."""
    names = [each for each, of in shown.columns.items() if of.kind == "name" and each != column]
    text = name.casefold()
    fits = (row for row in shown.rows() if text in [str(row[each]).casefold() for each in names])
    return (
        next((row[column] for row in fits), None) if shown.columns[column].kind == "key" else None
    )


def sources_of(table: pd.DataFrame, declared: str) -> list[str]:
    """The sources a table draws on, its counts' first."""
    others = [*table.attrs.get("sources", []), table.attrs.get("denominator_source")]
    return list(dict.fromkeys([declared, *filter(None, others)]))


def _has_begun(year: str, assessed: str) -> bool:
    """Whether it is a financial year, and none after the assessment's own."""
    with suppress(InputError):
        return FinancialYear.parse(year) <= FinancialYear.parse(assessed)
    return False
