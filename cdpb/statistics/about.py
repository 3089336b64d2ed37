"""What a table says of itself, so that only like is ever compared with like.

The source travels in ``table.attrs``; every verb passes it on. The period and the kind of
thing counted are read from the columns while they are there, and noted in ``attrs`` by the
verb that sums them away.
"""

from collections.abc import Hashable

import pandas as pd

from cdpb.errors import InputError, closest, refuse_another_kind
from cdpb.periods import FinancialYear, financial_year_of, month_name
from cdpb.steps import Named, next_step

# Columns that say which people or events a row counts, in the words of the loaders.
KINDS = ("offence", "sex", "substance_group", "measure", "ages", "series", "definition")

# Columns of counts whose name a reader wouldn't say beside the number.
UNSAID = ("adults_so", "counted", "in_all", "out_of", "yes", "total")
SAID_AS = {"persons": "people"} | dict.fromkeys(UNSAID, "")


def counted_as(column: str) -> str:
    """What a reader calls the things that a column counts; nothing where the number says it."""
    return SAID_AS.get(column, column.replace("_", " "))


def source_of(table: pd.DataFrame) -> str:
    """The source of a table's counts.

    Raises
    ------
    InputError
        If the table carries none: what it holds can't be vouched for.
    """
    if not table.attrs.get("source"):
        raise InputError(
            "A table has no source.",
            'Tables from a loader carry one. For a table of your own, set table.attrs["source"].',
        )
    return table.attrs["source"]


def passed_on(result: pd.DataFrame, table: pd.DataFrame, **noted: object) -> pd.DataFrame:
    """The result with all that was known of the table it came from, and what is new."""
    source_of(table)
    known: dict[Hashable | None, object] = {
        name: Named(value) if isinstance(value, dict) else value
        for name, value in noted.items()
        if value
    }
    result.attrs = {**table.attrs, **next_step(result.columns, table.attrs), **known}
    return result


def period_of(table: pd.DataFrame) -> str:
    """``2023/24``, ``April 2023 to July 2023``; empty where nothing tells."""
    if "year" in table and len(table):
        return _from_to([str(year) for year in sorted(table["year"].unique())])
    if "month" in table and len(table):
        return _months_text(pd.PeriodIndex(table["month"].unique()).sort_values())
    return table.attrs.get("period", "")


def kinds_of(table: pd.DataFrame, apart_from: tuple[str, ...] = ()) -> dict[str, str]:
    """Which offences, substance groups and so on the rows count, column by column."""
    present = [column for column in KINDS if column in table and column not in apart_from]
    present = present if len(table) else []
    seen = {column: ", ".join(sorted(map(str, table[column].unique()))) for column in present}
    return {**table.attrs.get("kinds", {}), **seen}


def definition_of(table: pd.DataFrame, counted: str = "", apart_from: tuple[str, ...] = ()) -> str:
    """``offences (offence: possession)``, to tell whether two numbers count the same."""
    kinds = kinds_of(table, apart_from)
    which = "; ".join(f"{column}: {kinds[column]}" for column in sorted(kinds))
    counted = counted or table.attrs.get("numerator", "")
    return f"{counted} ({which})" if which else counted


def single(table: pd.DataFrame, column: str) -> str:
    """The one value a column holds, or an empty text."""
    if column not in table or table[column].nunique() != 1:
        return ""
    return str(table[column].iloc[0])


def need_columns(table: pd.DataFrame, *columns: str) -> None:
    """Refuse a table that lacks a column, saying what it has."""
    refuse_another_kind("What is computed from", "table", "DataFrame", table)
    missing = [column for column in columns if column not in table]
    if missing:
        raise InputError(
            f"A table has no column {missing[0]!r}.",
            closest(missing[0], table.columns),
            "Nothing was computed.",
        )


def _months_text(months: pd.PeriodIndex) -> str:
    year = FinancialYear.parse(financial_year_of(months[0]))
    if months.equals(year.months):
        return str(year)
    return _from_to([month_name(month) for month in months])


def _from_to(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
