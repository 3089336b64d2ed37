"""Finds what to hide of a source, for all its tables together, before any notebook asks."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from time import monotonic

import numpy as np

from cdpb.disclosure.cells import CellSystem, cells_of
from cdpb.disclosure.counted import unknown_keys
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.earlier import PARTNERSHIP, PUBLIC, EarlierTable
from cdpb.disclosure.masked import Cell, Key, Pattern
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.readers import View, views
from cdpb.disclosure.suppress import Suppression, suppress
from cdpb.disclosure.units import NO_TIES, Base, Ties, by_source
from cdpb.errors import InputError

# Seconds. Far more than declared tables need: a limit that strikes would strike differently on
# a slower machine.
TIME_LIMIT = 120.0
Tables = Mapping[str, TableDeclaration] | Iterable[TableDeclaration]


def protect(
    tables: Tables,
    base: Base,
    policy: Policy,
    *,
    time_limit: float = TIME_LIMIT,
    earlier: Sequence[EarlierTable] = (),
    ties: Ties = NO_TIES,
    exceptions: Collection[Cell] = (),
    for_partners: Collection[Cell] = (),
    edition: str = PUBLIC,
    key: bytes | None = None,
) -> Pattern:
    """The cells to hide, for all tables of one source together, or of several that are tied.

    Tables protected one by one give each other's cells away; so all of them are one system, and
    what was published before is part of it.

    Parameters
    ----------
    tables : mapping of str to TableDeclaration, or declarations
        Every table of the source that is published, by its name in the pattern; without
        names, by id.
    base : pandas.DataFrame, or mapping of str to such
        The source's table as loaded: one row a combination, zeros filled in, no totals; of
        several sources, each by its id.
    policy : Policy
        The source's.
    time_limit : float
        Seconds to search for the least; what isn't safe by then is hidden whole.
    earlier : sequence of EarlierTable
        The source's tables in the ledger, of both editions, and those that may stand beside it.
    ties : Ties
        What ties the counts beside the tables' own sums.
    exceptions : collection of (table name, key)
        Cells that are shown though they are small, as signed in the register.
    for_partners : collection of (table name, key)
        Those that the partnership edition alone shows: of its readers the public edition, which
        they read too, then hides all that must be hidden from them.
    edition : {"public", "partnership"}
        Who reads it, and so knows which of the earlier tables.
    key : bytes, optional
        What the choice is drawn with; without one whoever has the software can replay it.

    Raises
    ------
    InputError
        If two tables have one name, or a declaration doesn't fit its base table; or if they are
        of several sources and only one base table is given.
    """
    pattern, _, _ = solve(
        tables, base, policy,
        time_limit=time_limit, earlier=earlier, ties=ties, exceptions=exceptions,
        for_partners=for_partners, edition=edition, key=key,
    )  # fmt: skip
    return pattern


def solve(
    tables: Tables,
    base: Base,
    policy: Policy,
    *,
    time_limit: float = TIME_LIMIT,
    earlier: Sequence[EarlierTable] = (),
    ties: Ties = NO_TIES,
    exceptions: Collection[Cell] = (),
    for_partners: Collection[Cell] = (),
    edition: str = PUBLIC,
    key: bytes | None = None,
) -> tuple[Pattern, CellSystem, Suppression]:
    """As `protect`, with the system and the choice behind it: for the inside only.

    The system is the one that the edition's own reader has, with today's figures.
    """
    named = _named(tables, base)
    system = cells_of(named, base, earlier, ties)
    seen = [_with_exempt(each, exceptions) for each in views(system, earlier, policy, edition)]
    start = None
    if edition == PUBLIC and (for_partners or _told_the_board(earlier)):
        also = {*exceptions, *for_partners}
        partners = views(system, earlier, policy, PARTNERSHIP)
        shown = [_with_exempt(each, also) for each in partners]
        start = _chosen(shown, policy, time_limit, key=key).hidden
    chosen = _chosen(seen, policy, time_limit, start, key=key)
    first = seen[0].system
    hidden, whole = system.keys_of(chosen.hidden), system.keys_of(chosen.hidden_whole)
    bases = by_source(named, base)
    hidden = {
        name: keys | unknown_keys(named[name], bases[named[name].source])
        for name, keys in hidden.items()
    }
    source = ", ".join(bases)
    whole_tables = tuple(table for table, keys in whole.items() if keys)
    known = {table: keys for table, keys in system.keys_of(first.known).items() if keys}
    return Pattern(source, policy.name, hidden, whole_tables, known), first, chosen


def _chosen(
    seen: Sequence[View],
    policy: Policy,
    time_limit: float,
    start: np.ndarray | None = None,
    key: bytes | None = None,
) -> Suppression:
    """What is hidden from one reader after the other; hiding more leaves the first as safe."""
    end = monotonic() + time_limit
    start = seen[0].hidden if start is None else start | seen[0].hidden
    first = suppress(seen[0].system, policy, hidden=start, time_limit=time_limit, key=key)
    hidden, whole = first.hidden.copy(), first.hidden_whole.copy()
    own = seen[0].system.published & ~seen[0].system.known
    for view in seen[1:]:
        also = suppress(
            view.system, policy,
            hidden=hidden, guarded=view.guarded, time_limit=max(0.0, end - monotonic()), key=key,
        )  # fmt: skip
        hidden |= also.hidden & own
        whole |= also.hidden_whole & own
    secondary = hidden & ~first.primary
    weight = int(seen[0].system.counts[secondary].sum())
    seconds = time_limit - (end - monotonic())
    return replace(first, hidden=hidden, hidden_whole=whole, weight=weight, seconds=seconds)


def _told_the_board(earlier: Sequence[EarlierTable]) -> bool:
    return any(each.edition == PARTNERSHIP for each in earlier)


def _with_exempt(view: View, cells: Collection[Cell]) -> View:
    return replace(view, system=as_agreed(view.system, cells))


def _named(tables: Tables, base: Base) -> dict[str, TableDeclaration]:
    given = (
        list(tables.items())
        if isinstance(tables, Mapping)
        else [(declared.id, declared) for declared in tables]
    )
    names = [name for name, _ in given]
    twice = sorted({name for name in names if names.count(name) > 1})
    sources = sorted({declared.source for _, declared in given})
    if twice or not sources or (len(sources) > 1 and not isinstance(base, Mapping)):
        raise InputError(
            "These tables can't be protected together.",
            f"Wanted: tables of one source. Found: {', '.join(sources) or 'no table'}.",
            *([f"More than one is called {', '.join(twice)}."] if twice else []),
        )
    return dict(given)


def as_agreed(system: CellSystem, cells: Iterable[Cell]) -> CellSystem:
    """The system in which these cells are shown whatever is chosen."""
    by_table: dict[str, set[Key]] = {}
    for table, key in cells:
        if key in system.cells.get(table, {}):
            by_table.setdefault(table, set()).add(tuple(key))
    marks = system.marked({table: frozenset(keys) for table, keys in by_table.items()})
    return replace(system, known=system.known | marks)
