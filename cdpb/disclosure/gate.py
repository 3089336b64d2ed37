"""The one way a number leaves: a table goes in, a published table comes out."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from cdpb.disclosure.counted import counted
from cdpb.disclosure.declared import Column, TableDeclaration
from cdpb.disclosure.masked import Key, Pattern
from cdpb.disclosure.masking import check_derived, check_no_figures, masked_rows, rounded_rows
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.published import PublishedTable, Value
from cdpb.errors import CdpbError, GateRefused, InputError
from cdpb.marks import unmarked
from cdpb.numbers import significant

Given = ParamSpec("Given")
Out = TypeVar("Out")


def leaving_no_locals(function: Callable[Given, Out]) -> Callable[Given, Out]:
    """Errors come out without the frames they passed: those hold true counts in their locals.

    A notebook, a debugger or an error reporter prints such locals.
    """

    @wraps(function)
    def guarded(*args: Given.args, **named: Given.kwargs) -> Out:
        try:
            return function(*args, **named)
        except CdpbError as refused:
            raise refused.with_traceback(None) from None

    return guarded


@leaving_no_locals
def publish(
    frame: pd.DataFrame,
    declared: TableDeclaration,
    *,
    policy: Policy,
    columns: Mapping[str, Column],
    pattern: Pattern | None = None,
    base: pd.DataFrame | None = None,
    name: str = "",
    source_ids: Sequence[str] = (),
    period: str = "",
    demonstration: bool = False,
    draft: bool = False,
    made_for: str = "",
) -> PublishedTable:
    """Let a table out, with what its source's policy hides taken away.

    Parameters
    ----------
    frame : pandas.DataFrame
        Exactly the declared columns, in any order; one row a combination of dimensions.
    declared : TableDeclaration
        The table's entry in the finding's file.
    policy : Policy
        Of the declared source.
    columns : mapping of str to Column
        The dictionary of published columns.
    pattern : Pattern, optional
        What to hide, from `cdpb.disclosure.protect.protect`. A protected table needs it,
        unless it is a draft.
    base : pandas.DataFrame, optional
        The source's table as loaded. Where given, the counts are counted again from it and
        must agree. A protected table needs it.
    name : str, optional
        Of the table in the pattern, where that is not its id.
    source_ids : sequence of str, optional
        All sources the table draws on; the declared one alone by default.
    period : str, optional
        The period its data are of.
    demonstration, draft : bool
        Marks. A draft of a protected source is protected by itself alone, and may not be
        released.
    made_for : str, optional
        The finding that publishes it, and of which assessment.

    Raises
    ------
    GateRefused
        If a column is not declared, a count disagrees with its base, or protection is
        missing. Names the table and columns, never a count.
    InputError
        If a declared column is missing or two rows have the same key.
    """
    _check_columns(frame, declared, columns)
    rows = _read_rows(frame, declared, policy, columns)
    if base is not None and declared.count:
        _check_counts(rows, declared, base)
    if policy.protects and declared.count:
        hidden = _hidden(declared, policy, pattern, base, name or declared.id, draft)
        known = pattern.known.get(name or declared.id, frozenset()) if pattern else frozenset()
        _check_protection(rows, declared, policy, hidden | known, hidden)
        check_derived(rows, declared, columns)
        rows = masked_rows(rows, declared, columns, hidden)
    elif policy.protects:
        check_no_figures(declared, columns)
    if policy.rounds and declared.count:
        rows = rounded_rows(rows, declared, columns, policy)
    return PublishedTable(
        id=declared.id,
        title=declared.title,
        source_ids=tuple(source_ids) or (declared.source,),
        dimensions=tuple(declared.dimensions),
        totals=tuple(declared.totals),
        described=declared.described(columns, list(rows.values())),
        values=tuple(tuple(row[each] for each in declared.columns) for row in rows.values()),
        period=period,
        demonstration=demonstration,
        draft=draft,
        made_for=made_for,
    )


def _check_counts(
    rows: Mapping[Key, Mapping[str, Value]], declared: TableDeclaration, base: pd.DataFrame
) -> None:
    wanted = counted(declared, base)
    if rows.keys() != wanted.keys():
        # A row left out for its count would say what the count is.
        raise GateRefused(
            f"Table {declared.id} has not the rows that its declaration gives.",
            f"Missing: {len(wanted.keys() - rows.keys())} rows. "
            f"Not declared: {len(rows.keys() - wanted.keys())} rows.",
            "Publish every combination, zeros and declared totals included.",
        )
    if any(row[declared.count] != wanted[key] for key, row in rows.items()):
        raise GateRefused(
            f"Table {declared.id}: column {declared.count} is not what its declaration counts.",
            "Wanted: the sums of its base table by its dimensions and filter.",
            "Correct the table or its entry in the finding's file. Nothing was published.",
        )


def _hidden(
    declared: TableDeclaration,
    policy: Policy,
    pattern: Pattern | None,
    base: pd.DataFrame | None,
    name: str,
    draft: bool,
) -> frozenset[Key]:
    if base is None:
        raise GateRefused(
            f"Table {declared.id}: source {declared.source} is protected, and its counts can't be",
            "checked without the base table. Publish through finding.publish.",
        )
    if draft:
        # The search and its solver take a second to import, and only drafts need them here.
        from cdpb.disclosure.protect import protect

        return protect({name: declared}, base, policy).of(name)
    if pattern is None:
        raise GateRefused(
            f"Table {declared.id}: source {declared.source} is protected, and nothing says what",
            "to hide. Declare the table in the finding's file, or publish it as a draft.",
        )
    return pattern.of(name)


def _check_protection(
    rows: Mapping[Key, Mapping[str, Value]],
    declared: TableDeclaration,
    policy: Policy,
    settled: frozenset[Key],
    hidden: frozenset[Key],
) -> None:
    """What is small is hidden, unless it was published before or by a signed exception."""
    counts = {key: row[declared.count] for key, row in rows.items()}
    # A count that is missing was hidden by its sender, or holds one that was.
    small = {key for key, n in counts.items() if n is None or policy.is_primary(n)}  # type: ignore[arg-type]
    if small - settled or hidden - rows.keys():
        raise GateRefused(
            f"Table {declared.id}: the pattern of hidden cells is not of these figures.",
            "It was made from other data, or under another policy. Protect the source again.",
        )


def _check_columns(
    frame: pd.DataFrame, declared: TableDeclaration, columns: Mapping[str, Column]
) -> None:
    """Refuse a table that has other columns than it declares."""
    stray = [str(name) for name in frame.columns if name not in declared.columns]
    if stray:
        raise GateRefused(
            f"Table {declared.id} has columns that it doesn't declare: {', '.join(stray)}.",
            "Drop them, or add them to `derived` of the table in the finding's file.",
            "Nothing was published.",
        )
    missing = [name for name in declared.columns if name not in frame.columns]
    twice = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    unknown = [name for name in declared.columns if name not in columns]
    for wrong, what in [
        (missing, "lacks columns that it declares"),
        (twice, "has two columns of one name"),
        (unknown, "has columns that the dictionary of columns doesn't describe"),
    ]:
        if wrong:
            raise InputError(
                f"Table {declared.id} {what}: {', '.join(wrong)}.",
                f"It declares: {', '.join(declared.columns)}.",
                "Nothing was published.",
            )


def _read_rows(
    frame: pd.DataFrame,
    declared: TableDeclaration,
    policy: Policy,
    columns: Mapping[str, Column],
) -> dict[Key, dict[str, Value]]:
    """Each row by its key, in the table's order, every value plain Python."""
    rows: dict[Key, dict[str, Value]] = {}
    names = list(declared.columns)
    for record in zip(*(frame[name].tolist() for name in names), strict=True):
        row = {
            name: _plain(value, name, columns[name], declared, policy)
            for name, value in zip(names, record, strict=True)
        }
        key = tuple(str(row[name]) for name in declared.dimensions)
        if any(row[name] is None for name in declared.dimensions) or key in rows:
            raise InputError(
                f"Table {declared.id} has two rows, or none, for one key.",
                f"Wanted: one row for each {', '.join(declared.dimensions)}.",
                f"Found: {', '.join(key)}.",
            )
        rows[key] = row
    return rows


def _plain(
    value: Any, name: str, column: Column, declared: TableDeclaration, policy: Policy
) -> Value:
    """A value that remembers nothing: no array, no categories, no frame behind it."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None  # A limit that doesn't exist: shown as missing.
    if column.kind == "count":
        return _count(value, name, declared, policy)
    if isinstance(value, bool | date | pd.Period):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return significant(value)
    if isinstance(value, str):
        # Never a subclass, which could carry more than its text; nor a mark within it.
        return unmarked(str.__str__(value))
    raise InputError(
        f"Table {declared.id}: column {name} holds values of type {type(value).__name__}.",
        "Wanted: numbers, text, dates or periods.",
    )


def _count(value: Any, name: str, declared: TableDeclaration, policy: Policy) -> int | float:
    number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if number and value == int(value):
        return int(value)
    if number and not policy.protects:
        return significant(value)
    raise InputError(
        f"Table {declared.id}: column {name} is not all counts.", "Wanted: whole numbers from 0."
    )
