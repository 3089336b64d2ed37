"""Sources that count the same people: which of them are protected as one, and by what relations.

Tables of one source that are protected for themselves alone give each other away to whoever has
those of another source of the same people. So what `data/sources.yml` declares of populations is
turned into relations between their counts: equal sums, sums of which one is part of the other, and
the bounds that a public, rounded figure leaves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from cdpb import catalogue, loaders
from cdpb.declarations import declarations
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.units import Bounds, PartOf, Rows, Tie, Ties
from cdpb.file_contents import asked_once
from cdpb.loaders.files import Origin, record
from cdpb.periods import financial_years_of
from cdpb.policies import policy
from cdpb.sources import Population, Source

LEFT_OUT = "left out"
AREAS = ("area_code", "borough_code")
Period = tuple[str, str]  # Whom, and the year.


@dataclass(frozen=True)
class Counted:
    """People of one population and year, as one source counts them in rows of its base table.

    ``least`` and ``greatest`` are equal unless the publisher rounded; None where the sender hides a
    part.
    """

    rows: Rows
    least: int | None
    greatest: int | None


def protected_with(source_id: str) -> tuple[str, ...]:
    """The sources that are protected as one with a source, itself among them; in order of name.

    Those whose files this edition may not open are not among them: nothing may depend on them.
    """
    near = [catalogue.source(each) for each in catalogue.counting_the_same(source_id)]
    return tuple(sorted({source_id, *(each.id for each in near if _joins(each))}))


def _joins(source: Source) -> bool:
    return (
        source.access != "public"
        and loaders.access.may_open(source.id)
        and any(
            table.source == source.id and table.count
            for finding in declarations().findings
            for table in finding.tables
        )
    )


@dataclass(frozen=True, eq=False)
class Together:
    """The sources that are protected as one, by one rule, with all that is received of them.

    ``bases`` are their base tables, ``public`` the same of public sources that count the same
    people.
    """

    bases: Mapping[str, pd.DataFrame]
    public: Mapping[str, pd.DataFrame]
    rule: Policy

    def ties(self, area: str, year: str) -> Ties:
        """What ties their counts, for one area, up to a year.

        Only what is true of what was received: where two contradict each other, neither tells of
        the other, and a line in the log says so.
        """
        own, public = (
            {
                name: {
                    period: counted
                    for period, counted in self._counted(name, area).items()
                    if period[1] <= year
                }
                for name in some
            }
            for some in (self.bases, self.public)
        )
        parts = {
            name: tuple(PartOf(each.column, each.part, each.whole) for each in source.parts)
            for name, source in ((name, catalogue.source(name)) for name in self.bases)
        }
        return Ties(parts, (*_same(own), *_some_of(own)), tuple(_bounds(own, public)))

    @asked_once
    def _counted(self, name: str, area: str) -> dict[Period, Counted]:
        return _counted(catalogue.source(name), {**self.bases, **self.public}[name], area)


@asked_once
def together(source_id: str) -> Together:
    """A source with those that are protected with it, loaded."""
    near = [catalogue.source(each) for each in catalogue.counting_the_same(source_id)]
    public = [each.id for each in near if each.access == "public" and each.id != source_id]
    return Together(
        {each: loaders.base_counts(each) for each in protected_with(source_id)},
        {each: loaders.base_counts(each) for each in public},
        policy(catalogue.source(source_id).policy),
    )


def _same(counts: Mapping[str, Mapping[Period, Counted]]) -> Iterator[Tie]:
    for one, other in combinations(counts, 2):
        for period in sorted(counts[one].keys() & counts[other].keys()):
            first, second = counts[one][period], counts[other][period]
            if first.least == second.least:
                yield Tie(first.rows, second.rows)
            elif None not in (first.least, second.least):
                _note(period, one, other)


def _some_of(counts: Mapping[str, Mapping[Period, Counted]]) -> Iterator[Tie]:
    among = {
        (own.whom, own.among)
        for each in counts
        for own in catalogue.source(each).population
        if own.among
    }
    for part, whole in sorted(among):
        for year in sorted({year for each in counts.values() for _, year in each}):
            some, every = _first(counts, (part, year)), _first(counts, (whole, year))
            if some is None or every is None:
                continue
            if (some[1].least or 0) <= (every[1].least or 0):
                yield Tie(every[1].rows, some[1].rows, rest=True)
            else:
                _note((part, year), some[0], every[0])


def _first(
    counts: Mapping[str, Mapping[Period, Counted]], period: Period
) -> tuple[str, Counted] | None:
    found = [(name, each[period]) for name, each in counts.items() if period in each]
    return next((each for each in found if each[1].least is not None), None)


def _bounds(
    counts: Mapping[str, Mapping[Period, Counted]], public: Mapping[str, Mapping[Period, Counted]]
) -> Iterator[Bounds]:
    """What the figures of sources that are public say of the same people."""
    for other, figures in public.items():
        for name, own in counts.items():
            for period in sorted(own.keys() & figures.keys()):
                count, public_count = own[period].least, figures[period]
                if count is None or public_count.least is None or public_count.greatest is None:
                    continue
                if public_count.least <= count <= public_count.greatest:
                    yield Bounds(own[period].rows, public_count.least, public_count.greatest)
                else:
                    _note(period, name, other)


def _counted(source: Source, base: pd.DataFrame, area: str) -> dict[Period, Counted]:
    """Every population and year that a source counts, for an area."""
    rows = base.reset_index(drop=True)
    column = next((name for name in AREAS if name in rows), None)
    if column is None or not source.population or rows.empty:
        return {}
    rows = rows[rows[column] == area]
    return {
        (each.whom, str(year)): _of(source.id, of_year)
        for each in source.population
        for year, of_year in _chosen(rows, each).groupby("_year")
    }


def _chosen(rows: pd.DataFrame, population: Population) -> pd.DataFrame:
    """The rows of a population, with the year that each is of."""
    for name, wanted in population.where.items():
        values = [wanted] if isinstance(wanted, str) else wanted
        rows = rows[rows[name].astype(str).isin(values)]
    if population.month is None:
        return rows.assign(_year=rows["year"].astype(str))
    rows = rows[rows["month"].dt.month == population.month]
    return rows.assign(_year=financial_years_of(rows["month"]).astype(str))


def _of(source_id: str, rows: pd.DataFrame) -> Counted:
    """Their sum; of rounded rows, the least and greatest that it may be."""
    numbers = list(rows.select_dtypes("number").columns)
    ends = ("lowest", "highest") if "lowest" in rows else (numbers[0], numbers[0])
    sums = [rows[name].sum(skipna=False) for name in ends]
    least, greatest = (None if pd.isna(each) else int(each) for each in sums)
    return Counted(Rows(source_id, frozenset(map(int, rows.index))), least, greatest)


def _note(period: Period, one: str, other: str) -> None:
    """Say in the private log that two sources contradict each other: so neither tells the other."""
    why = f"{period[0]}, {period[1]}: its count is not that of {other}, so nothing ties the two"
    record(Origin(one, "", ""), LEFT_OUT, 1, why)
