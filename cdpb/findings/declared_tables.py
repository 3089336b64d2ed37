"""The tables that findings declare, as an assessment shows them: its area, and the years held.

Small counts of them are shown by the signed exceptions of an area's file. An exception makes the
cells it names shown, to everybody or to the members of the board alone, and nothing else: whatever
would then give another small count away is hidden in its place.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TypedDict

import pandas as pd

from cdpb import loaders
from cdpb.areas import ENGLAND, LONDON, AreaFile
from cdpb.declarations import Declarations, declarations
from cdpb.disclosure.counted import counted
from cdpb.disclosure.declared import TOTAL, TableDeclaration
from cdpb.disclosure.masked import Cell, Key
from cdpb.errors import GateRefused, InputError
from cdpb.exemptions import Exemption
from cdpb.file_contents import asked_once
from cdpb.periods import FinancialYear

NONE_HELD = "none held"
PERIODS = ("year", "month")


@asked_once
def tables_of(source_id: str, area: str, year: str) -> dict[str, TableDeclaration]:
    """Every table that a finding declares of a source, by ``finding/table``, as it is shown."""
    return {
        f"{finding.id}/{table.id}": as_shown(table, area, year)
        for finding in declarations().findings
        for table in finding.tables
        if table.source == source_id and table.count
    }


def as_shown(declared: TableDeclaration, area: str, year: str) -> TableDeclaration:
    """A declaration for the latest year that its source (and others it names) hold."""
    years = [set(years_readable(each)) for each in (declared.source, *declared.as_of)]
    latest = max((each for each in set.intersection(*years) if each <= year), default=None)
    return filled_declaration(declared, area, year, latest)


def filled_declaration(
    declared: TableDeclaration, area: str, year: str, latest: str | None
) -> TableDeclaration:
    """A declaration with the area, the years held up to the one asked for, and the one shown.

    ``{year}`` is the one year, ``{years}`` every year held that is not after the one asked for.
    """
    years = [each for each in years_readable(declared.source) if each <= year]
    put = {"{area}": area, "{year}": latest or NONE_HELD, "{years}": years}
    chosen = {
        name: put.get(value, value) if isinstance(value, str) else value
        for name, value in declared.filter.items()
    }
    return declared.model_copy(update={"filter": chosen})


def check_as_shown(used: TableDeclaration, wanted: TableDeclaration) -> None:
    """Refuse a table for another year than the one it is protected for.

    Else what is hidden would depend on which notebook asks.
    """
    if used.filter != wanted.filter:
        raise GateRefused(
            f"Table {used.id} is shown for another year than it is protected for.",
            f"Wanted: the latest year that {used.source} holds.",
            "If the notebook asks as_of() for several sources, name the others in `as_of` of the",
            "table in the finding's file. Nothing was published.",
        )


@asked_once
def years_readable(source_id: str) -> list[str]:
    """The years that a source holds; none where this edition may not open it."""
    return loaders.years_held(source_id) if loaders.access.may_open(source_id) else []


class Exempt(TypedDict):
    """Cells that an edition shows by exception, and those that only partners are shown."""

    exceptions: frozenset[Cell]
    for_partners: frozenset[Cell]


def wrong_entries(area: AreaFile, declared: Declarations) -> Iterator[str]:
    """What is wrong with entries of an area's register, held against what is declared.

    An entry may name a table that no finding declares or that has no count to protect, choose rows
    by a column that is none of its dimensions, or bear the id of another.
    """
    tables = {f"{each.id}/{table.id}": table for each in declared.findings for table in each.tables}
    ids = [each.id for each in area.exceptions]
    twice = sorted({id for id in ids if ids.count(id) > 1})
    yield from (f"exceptions: the id {id} stands twice" for id in twice)
    for entry in area.exceptions:
        if entry.table:
            wrong = _wrong_table(entry, tables) or next(_wrong_rows(entry, tables, area.code), "")
            if wrong:
                yield f"exceptions, {entry.id}: {wrong}"


def exempt(
    register: Iterable[Exemption],
    tables: Mapping[str, TableDeclaration],
    bases: Mapping[str, pd.DataFrame],
    *,
    edition: str,
    year: str,
) -> Exempt:
    """The cells of tables that an edition shows by exception, and those that partners alone see.

    They are looked up among the keys that each source's base table gives its tables.

    Raises InputError if an entry names a row that its table doesn't have, unless it is of a period
    that this assessment doesn't show.
    """
    own = [each for each in register if each.table in tables]
    declared = {each.table: tables[each.table] for each in own}
    keys = {name: list(counted(table, bases[table.source])) for name, table in declared.items()}
    seen = [each for each in own if each.holds(edition, year)]
    partners = [each for each in own if each.holds("partnership", year) and each not in seen]
    return {
        "exceptions": _cells_of(seen, declared, keys),
        "for_partners": _cells_of(partners, declared, keys),
    }


def _cells_of(
    register: Iterable[Exemption],
    tables: Mapping[str, TableDeclaration],
    keys: Mapping[str, Sequence[Key]],
) -> frozenset[Cell]:
    return frozenset(
        (entry.table, key)
        for entry in register
        for row in entry.rows or [{}]
        for key in _matching(entry, tables[entry.table].dimensions, row, keys[entry.table])
    )


def _matching(
    entry: Exemption, dimensions: Sequence[str], row: Mapping[str, str], keys: Sequence[Key]
) -> list[Key]:
    """The keys that have a row's values; none where it is of a period that isn't shown."""
    wanted = [(dimensions.index(name), name, value) for name, value in row.items()]
    labels = {name: sorted({key[at] for key in keys}) for at, name, _ in wanted}
    found = [key for key in keys if all(key[at] == value for at, _, value in wanted)]
    absent = [(name, value) for _, name, value in wanted if value not in labels[name]]
    if found or not keys or any(name in PERIODS for name, _ in absent):
        return found
    name, value = absent[0] if absent else wanted[0][1:]
    near = get_close_matches(value, labels[name], n=3)
    raise InputError(
        f"Exception {entry.id}: table {entry.table} has no such row: {name} {value!r}.",
        f"Did you mean: {', '.join(near)}?" if near else f"Totals are called {TOTAL!r}.",
        "Correct its entry in the area file. Nothing was published.",
    )


def _wrong_table(entry: Exemption, tables: Mapping[str, TableDeclaration]) -> str:
    if entry.table not in tables:
        near = ", ".join(get_close_matches(entry.table, tables, n=2)) or "finding/table"
        return f"no finding declares the table {entry.table[:60]!r}; wanted: {near}"
    return "" if tables[entry.table].count else f"{entry.table} counts nothing"


def _wrong_rows(
    entry: Exemption, tables: Mapping[str, TableDeclaration], area: str
) -> Iterator[str]:
    dimensions = tables[entry.table].dimensions
    for name, value in (item for row in entry.rows for item in row.items()):
        if name not in dimensions:
            yield f"{entry.table} has no {name[:30]!r}; wanted: {', '.join(dimensions)}"
        elif wanted := _unknown(name, value, area):
            yield f"no {name} is {value[:30]!r}; wanted: {wanted}"


def _unknown(name: str, value: str, area: str) -> str:
    """What is wanted in place of a label that can't be; empty for one that can.

    Other labels are known once the table is counted, and held against it then.
    """
    if name == "year":
        try:
            FinancialYear.parse(value)
        except InputError:
            return "a financial year like 2023/24"
    if name == "month" and not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", value):
        return "a month like 2023-04"
    if name == "area_code" and value not in {area, LONDON.code, ENGLAND.code, TOTAL}:
        return "the code of this area, of London or of England"
    if name == "ward_code" and value != TOTAL:
        wards = loaders.boundary_set()
        if value not in wards.index or wards.loc[value, "borough_code"] != area:
            return "the code of a ward of this area, of May 2022"
    return ""
