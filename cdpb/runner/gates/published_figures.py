"""The figures that a finding has published, as they may be rounded, added up or counted."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

import pandas as pd

from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.published import TOTAL
from cdpb.numbers import rounded_text
from cdpb.periods import financial_year_of
from cdpb.runner.gates.written import Rows, declared_table

MOST_GROUPS = 60
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?")
# What a record says of its own numbers: key figures, verdicts, and what documents quote.
TOLD = ("key_figures", "verdict", "quoted", "claims", "before")
PLACES = (0, 1, 2, 3, 4)


def figures_of(record: Mapping[str, Any], tables: Mapping[str, Rows]) -> set[str]:
    """Every number that the finding's tables and key figures hold, as it may be rounded.

    With what a reader gets from a table by counting or adding: how many rows say the same, how
    many say something and how many different things in a column, of one table or of all, the
    sums of its counts by one or two of its columns, two such sums of one year together, the
    share of one sum in all, and sums of months that follow each other.
    """
    values: set[float] = set()
    said: Counter[Any] = Counter()
    together = [row for table in record.get("tables", []) for row in tables[table["file"]]]
    values |= set(_filled(together))
    for table in record.get("tables", []):
        rows = tables[table["file"]]
        values |= set(_filled(rows))
        said.update(cell for row in rows for cell in row.items())
        said.update([("rows", table["id"])] * len(rows) + [("rows", "all")] * len(rows))
        values |= set(numbers_in(cell for row in rows for cell in row.values()))
        values |= set(_added_up(pd.DataFrame(rows), declared_table(record, table["id"])))
        values.add(float(len(rows)))
    values |= set(map(float, said.values()))
    for name in TOLD:
        values |= set(_inside(record.get(name) or []))
    return {text for value in values for text in roundings(value)}


def roundings(value: float) -> Iterator[str]:
    """A value as it may be written: whole, or with up to four decimals, or in full."""
    if not math.isfinite(value):
        return
    for places in PLACES:
        yield rounded_text(abs(value), places).replace(",", "")
    yield repr(abs(value))


def numbers_in(cells: Iterable[object]) -> Iterator[float]:
    """Every number that stands in some texts."""
    for cell in cells:
        for found in NUMBER.findall(str(cell)):
            yield float(found.replace(",", ""))


def _filled(rows: Rows) -> Iterator[float]:
    """Of each column, in how many rows it says something, and how many different things."""
    for name in {name: None for row in rows for name in row}:
        cells = [row[name] for row in rows if row.get(name)]
        yield from (float(len(cells)), float(len(set(cells))))


def _added_up(table: pd.DataFrame, declared: TableDeclaration | None) -> Iterator[float]:
    """Sums of a column of counts; of what is hidden in part there is no sum."""
    if declared is None or not declared.count or declared.count not in table:
        return
    parts = table[~(table[list(declared.totals)] == TOTAL).any(axis=1)]
    counts = pd.to_numeric(parts[declared.count], errors="coerce")
    texts = [name for name in declared.dimensions if name in parts]
    years = _years_of(parts)
    names = {name: parts[name] for name in texts} | ({} if years is None else {"year": years})
    whole = _sum(counts)
    yield whole
    for by in (*combinations(names, 1), *combinations(names, 2)):
        sums = counts.groupby([names[name] for name in by]).agg(_sum)
        yield from map(float, sums)
        yield from (100 * part / whole for part in sums if whole)
        if "year" in by and len(sums) <= MOST_GROUPS:
            alike = sums.groupby("year") if len(by) > 1 else [("", sums)]
            for _, each in alike:
                yield from (float(a + b) for a, b in combinations(each, 2))
        if "month" in by:
            yield from _windows(sums.unstack("month") if len(by) > 1 else sums.to_frame().T)


def _years_of(table: pd.DataFrame) -> pd.Series | None:
    """The financial year of each month, where a table has months and no years."""
    if "month" not in table or "year" in table:
        return None
    months = pd.PeriodIndex(table["month"], freq="M")
    years = [financial_year_of(month) for month in months]
    return pd.Series(years, index=table.index, name="year")


def _sum(counts: pd.Series) -> float:
    return float(counts.sum(skipna=False))


def _windows(by_month: pd.DataFrame) -> Iterator[float]:
    for length in (4, 12):
        sums = by_month.T.rolling(length).sum().to_numpy(dtype=float)
        yield from map(float, sums.ravel())


def _inside(told: Any) -> Iterator[float]:
    if isinstance(told, bool) or told is None:
        return
    if isinstance(told, int | float):
        yield float(told)
    elif isinstance(told, str):
        yield from numbers_in([told])
    elif isinstance(told, Mapping):
        for each in told.values():
            yield from _inside(each)
    else:
        for each in told:
            yield from _inside(each)
