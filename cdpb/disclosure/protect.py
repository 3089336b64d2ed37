"""What to hide of a source, solved from its declared tables before any notebook asks."""

from collections.abc import Iterable, Mapping

import pandas as pd

from cdpb.declarations import TableDeclaration
from cdpb.disclosure.cells import CellSystem, cells_of
from cdpb.disclosure.pattern import Pattern
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.suppress import Suppression, suppress
from cdpb.errors import InputError

# Seconds. Far more than declared tables need: a limit that strikes would strike differently on
# a slower machine.
TIME_LIMIT = 120.0
Tables = Mapping[str, TableDeclaration] | Iterable[TableDeclaration]


def protect(
    tables: Tables, base: pd.DataFrame, policy: Policy, *, time_limit: float = TIME_LIMIT
) -> Pattern:
    """The cells to hide, for all tables of one source together.

    Tables protected one by one give each other's cells away; so all of them are one system.

    Parameters
    ----------
    tables : mapping of str to TableDeclaration, or declarations
        Every table of the source that is published, by its name in the pattern; without
        names, by id.
    base : pandas.DataFrame
        The source's table as loaded: one row a combination, zeros filled in, no totals.
    policy : Policy
        The source's.
    time_limit : float
        Seconds to search for the least; what isn't safe by then is hidden whole.

    Raises
    ------
    InputError
        If the tables are of several sources, two have one name, or a declaration doesn't fit
        the base table.
    """
    pattern, _, _ = solve(tables, base, policy, time_limit=time_limit)
    return pattern


def solve(
    tables: Tables, base: pd.DataFrame, policy: Policy, *, time_limit: float = TIME_LIMIT
) -> tuple[Pattern, CellSystem, Suppression]:
    """As `protect`, with the system and the choice behind it: for the inside only."""
    named = _named(tables)
    system = cells_of(named, base)
    chosen = suppress(system, policy, time_limit=time_limit)
    hidden, whole = system.keys_of(chosen.hidden), system.keys_of(chosen.hidden_whole)
    source = next(iter(named.values())).source
    whole_tables = tuple(table for table, keys in whole.items() if keys)
    return Pattern(source, policy.name, hidden, whole_tables), system, chosen


def _named(tables: Tables) -> dict[str, TableDeclaration]:
    given = (
        list(tables.items())
        if isinstance(tables, Mapping)
        else [(declared.id, declared) for declared in tables]
    )
    names = [name for name, _ in given]
    twice = sorted({name for name in names if names.count(name) > 1})
    sources = sorted({declared.source for _, declared in given})
    if twice or len(sources) != 1:
        raise InputError(
            "These tables can't be protected together.",
            f"Wanted: tables of one source. Found: {', '.join(sources) or 'no table'}.",
            *([f"More than one is called {', '.join(twice)}."] if twice else []),
        )
    return dict(given)
