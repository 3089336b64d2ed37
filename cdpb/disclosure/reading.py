"""A notebook's table, read into plain values that remember nothing."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cdpb.declarations import Column, TableDeclaration
from cdpb.disclosure.counted import Key
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.published import Value
from cdpb.errors import GateRefused, InputError


def check_columns(
    frame: pd.DataFrame, declared: TableDeclaration, columns: Mapping[str, Column]
) -> None:
    """Refuse a table that has other columns than it declares."""
    stray = [str(name) for name in frame.columns if name not in declared.columns]
    if stray:
        raise GateRefused(
            f"Table {declared.id} has columns that it doesn't declare: {', '.join(stray)}.",
            "Drop them, or add them to `derived` of the table in notebooks/findings.yml.",
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


def read_rows(
    frame: pd.DataFrame,
    declared: TableDeclaration,
    policy: Policy,
    columns: Mapping[str, Column],
) -> dict[Key, dict[str, Value]]:
    """Each row by its key, in the table's order, every value plain Python."""
    rows: dict[Key, dict[str, Value]] = {}
    names = list(declared.columns)
    for record in frame[names].itertuples(index=False, name=None):
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
    for plain in (int, float):
        if isinstance(value, plain):
            return plain(value)
    if isinstance(value, str):
        return str.__str__(value)  # Never a subclass, which could carry more than its text.
    raise InputError(
        f"Table {declared.id}: column {name} holds values of type {type(value).__name__}.",
        "Wanted: numbers, text, dates or periods.",
    )


def _count(value: Any, name: str, declared: TableDeclaration, policy: Policy) -> int | float:
    number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if number and value == int(value):
        return int(value)
    if number and not policy.protects:
        return float(value)
    raise InputError(
        f"Table {declared.id}: column {name} is not all counts.", "Wanted: whole numbers from 0."
    )
