"""What a declared table counts, counted again from its base table, over windows too."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from types import MappingProxyType

import numpy as np
import pandas as pd

from cdpb.disclosure.declared import TOTAL, TableDeclaration
from cdpb.disclosure.masked import Key
from cdpb.errors import InputError
from cdpb.periods import FIRST_MONTH, FinancialYear, financial_year_of, financial_years_of

A_FEW = 3


def _refuse_repeats(declared: TableDeclaration, base: pd.DataFrame) -> None:
    numbers = base.select_dtypes("number").columns
    labels = base.drop(columns=[name for name in numbers if name not in declared.dimensions])
    twice = labels[labels.duplicated()]
    if len(twice):
        raise InputError(
            f"Table {declared.id}: its base table has {len(twice)} rows that stand twice.",
            f"Wanted: one row for each {', '.join(map(str, labels.columns))}.",
            f"Found twice: {_some(' / '.join(map(str, row)) for row in twice.to_numpy())}.",
            "They would be counted twice. Add them up, or drop the copies, before publishing.",
        )


def _labels(declared: TableDeclaration, name: str, column: pd.Series) -> set[str]:
    """A column's labels as they read; refused where a row has none, or where two read alike."""
    given = column.unique()
    if pd.isna(given).any():
        raise InputError(
            f"Table {declared.id}: rows of its base table have no {name}.",
            "Wanted: a label in each, such as 'not known'. Nothing was published.",
        )
    read: dict[str, list[str]] = {}
    for label in given.tolist():
        read.setdefault(str(label).strip().casefold(), []).append(repr(label))
    several = sorted(label for alike in read.values() if len(alike) > 1 for label in alike)
    if several:
        raise InputError(
            f"Table {declared.id}: labels of {name} read alike: {_some(several)}.",
            "Two rows of a table would have one name, or one row two. Give them one spelling.",
        )
    return set(read)


def _some(labels: Iterable[str]) -> str:
    told = list(labels)
    return ", ".join(told[:A_FEW]) + (" and others" if len(told) > A_FEW else "")


# The dimension that names a window by its last period.
DIMENSION: Mapping[str, str] = MappingProxyType(
    {"rolling_12": "month", "year_to_date": "month", "years_3": "year"}
)
A_YEAR = 12


def single_periods(declared: TableDeclaration) -> TableDeclaration:
    """The table that a windowed one adds up: the same counts, one period each.

    Nobody publishes it, but a reader of windows that follow each other learns of it, so its
    small counts are protected as if it were.
    """
    return declared.model_copy(update={"window": None})


def windows_of(declared: TableDeclaration, held: Collection[str]) -> dict[str, list[str]]:
    """The last period of each window that a table shows, and all the periods it adds up.

    Windows that reach before the first period held, or over a gap, are not whole and are left
    out. A filter by ``year`` or ``month`` chooses windows by their last period.

    Raises
    ------
    InputError
        If the table lacks the dimension that its windows end in, or totals it: a sum of
        windows counts most periods several times.
    """
    kind = str(declared.window)
    dimension = DIMENSION[kind]
    if dimension not in declared.dimensions or dimension in declared.totals:
        raise InputError(
            f"Table {declared.id} declares windows ({kind}), which end in a {dimension}.",
            f"Wanted: {dimension} among its dimensions, and not among its totals.",
        )
    present = set(held)
    windows = {last: _periods_to(kind, last) for last in sorted(present)}
    return {
        last: periods
        for last, periods in windows.items()
        if present.issuperset(periods) and _is_chosen(declared, dimension, last)
    }


def windows_by_period(declared: TableDeclaration, held: Collection[str]) -> dict[str, list[str]]:
    """The other way round: for each period, the last periods of the windows it counts in."""
    found: dict[str, list[str]] = {}
    for last, periods in windows_of(declared, held).items():
        for period in periods:
            found.setdefault(period, []).append(last)
    return found


def _periods_to(kind: str, last: str) -> list[str]:
    if kind == "years_3":
        return [str(FinancialYear.parse(last).previous(by)) for by in (2, 1, 0)]
    month = pd.Period(last, freq="M")
    back = A_YEAR - 1 if kind == "rolling_12" else (month.month - FIRST_MONTH) % A_YEAR
    return [str(month - by) for by in range(back, -1, -1)]


def _is_chosen(declared: TableDeclaration, dimension: str, last: str) -> bool:
    own = {dimension: last}
    if dimension == "month":
        own["year"] = financial_year_of(pd.Period(last, freq="M"))
    return all(
        own[name] in ([wanted] if isinstance(wanted, str) else wanted)
        for name, wanted in declared.filter.items()
        if name in own
    )


def counted(declared: TableDeclaration, base: pd.DataFrame) -> dict[Key, int | None]:
    """Each row's key and count, rows of totals included; None where a part of it is missing.

    Parameters
    ----------
    declared : TableDeclaration
        Its dimensions, filter, totals and count.
    base : pandas.DataFrame
        The source's table as loaded: one row a combination, zeros filled in, no totals.

    Raises
    ------
    InputError
        If the base table lacks a column, holds totals of its own, or a count that is negative
        or not whole.
    """
    rows = base_rows(declared, base)
    missing = unknown_rows(rows.reset_index(drop=True), declared.count)
    numbers = rows[declared.count].fillna(0).astype(int).tolist()
    counts: dict[Key, int | None] = {}
    for row, key in keys_of(declared, rows):
        so_far = counts.get(key, 0)
        counts[key] = None if so_far is None or row in missing else so_far + numbers[row]
    return counts


def unknown_keys(declared: TableDeclaration, base: pd.DataFrame) -> frozenset[Key]:
    """The keys whose count isn't known, because the sender hides or lacks a part of it.

    They are hidden, whatever they count.
    """
    if declared.count in base and base[declared.count].notna().all():
        return frozenset()  # To count them all takes a hundred times as long.
    return frozenset(key for key, count in counted(declared, base).items() if count is None)


def unknown_rows(base: pd.DataFrame, count: str) -> frozenset[int]:
    """The positions of the rows without a count."""
    return frozenset(base.index[base[count].isna()].tolist())


def base_rows(declared: TableDeclaration, base: pd.DataFrame) -> pd.DataFrame:
    """The base rows that a table counts, its dimensions as text; index as in the base.

    Of a table of windows, every row that counts in at least one of them.
    """
    _check_base(declared, base)
    for name, wanted in declared.filter.items():
        if declared.window and name in ("month", "year"):
            continue  # It chooses windows, which add up rows of other months and years too.
        values = [wanted] if isinstance(wanted, str) else list(wanted)
        base = base[column_of(declared, base, name).isin(values)]
    rows = pd.DataFrame({name: column_of(declared, base, name) for name in declared.dimensions})
    rows[declared.count] = base[declared.count]
    _refuse_repeats(declared, base)
    if declared.window:
        period = rows[DIMENSION[declared.window]]
        rows = rows[period.isin(windows_by_period(declared, set(period)).keys())]
    return rows


def keys_of(declared: TableDeclaration, rows: pd.DataFrame) -> Iterator[tuple[int, Key]]:
    """Every (row position, key) where a base row counts towards a published cell."""
    if declared.window:
        yield from _windowed_keys(declared, rows)
        return
    names = list(declared.dimensions)
    for size in range(len(declared.totals) + 1):
        for summed in combinations(declared.totals, size):
            columns = [
                [TOTAL] * len(rows) if name in summed else rows[name].tolist() for name in names
            ]
            keys = zip(*columns, strict=True) if columns else iter([()] * len(rows))
            yield from enumerate(keys)


def _windowed_keys(declared: TableDeclaration, rows: pd.DataFrame) -> Iterator[tuple[int, Key]]:
    """As of single periods, once for each window that holds the row's period."""
    dimension = DIMENSION[str(declared.window)]
    at = declared.dimensions.index(dimension)
    windows = windows_by_period(declared, set(rows[dimension]))
    for row, key in keys_of(single_periods(declared), rows):
        for last in windows[key[at]]:
            yield row, (*key[:at], last, *key[at + 1 :])


def column_of(declared: TableDeclaration, base: pd.DataFrame, name: str) -> pd.Series:
    """A column of the base table as text; the financial year of its months where it has none."""
    if name == "year" and name not in base and "month" in base:
        return financial_years_of(base["month"]).astype(str)
    if name not in base:
        raise InputError(
            f"Table {declared.id} is declared by a column that its base table doesn't have.",
            f"Wanted: {name}. Found: {', '.join(map(str, base.columns))}.",
            "Correct its dimensions or filter in the finding's file.",
        )
    return base[name].astype(str)


def _check_base(declared: TableDeclaration, base: pd.DataFrame) -> None:
    if not declared.count or declared.count not in base:
        raise InputError(
            f"Table {declared.id}: its base table has no column of counts {declared.count!r}.",
            f"Found: {', '.join(map(str, base.columns))}.",
        )
    stray = [name for name in declared.totals if name not in declared.dimensions]
    if stray:
        raise InputError(
            f"Table {declared.id} declares totals of {', '.join(stray)}.",
            f"Totals are of its dimensions: {', '.join(declared.dimensions)}.",
        )
    if declared.window:
        windows_of(declared, ())
    _check_counts(declared, base[declared.count])
    for name in declared.dimensions:
        if name not in base:
            column_of(declared, base[:0], name)  # the year of its months, or refused
        elif TOTAL in _labels(declared, name, base[name]):
            raise InputError(
                f"Table {declared.id}: its base table already holds totals of {name}.",
                "Counts would be added up twice. Leave those rows out before publishing.",
            )


def _check_counts(declared: TableDeclaration, counts: pd.Series) -> None:
    numbers = pd.to_numeric(counts.dropna(), errors="coerce").to_numpy(dtype="float64")
    if not (np.isfinite(numbers) & (numbers >= 0) & (numbers == np.floor(numbers))).all():
        raise InputError(
            f"Table {declared.id}: column {declared.count} of its base table is not all counts.",
            "Wanted: whole numbers from 0; missing where the sender hides one.",
        )
