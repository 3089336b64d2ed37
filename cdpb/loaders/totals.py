"""Rows of totals: held against what they add up, and left out."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders.files import TextTable, record
from cdpb.loaders.headers import plain, short

_TOTALS = {"total", "totals", "grand total", "overall total", "sum", "total:", "london total"}


def without_totals(
    rows: pd.DataFrame, labels: Sequence[str], counts: Sequence[str], table: TextTable
) -> pd.DataFrame:
    """Rows without those that add others up, if what they say is true.

    A row of totals has the word in one of its labels; its other labels say what it is a total of,
    and blank ones nothing.

    Raises
    ------
    InputError
        If a total is not the sum of its rows: a row was lost, or a figure is wrong.
    """
    written = rows[list(labels)].map(plain)
    total = written.isin(_TOTALS).any(axis=1)
    if not total.any():
        return rows
    numbers = rows[list(counts)].apply(_numbers)
    for row, of in totals_in(rows, labels):
        _refuse_other_total(numbers.loc[row], numbers[of], rows.loc[row, list(labels)], table)
    record(table.origin, "dropped", int(total.sum()), "totals, which agree with their rows")
    return rows[~total]


def totals_in(rows: pd.DataFrame, labels: Sequence[str]) -> Iterator[tuple[Any, pd.Series]]:
    """The place of each row of totals, and which rows it adds up."""
    written = rows[list(labels)].map(plain)
    total = written.isin(_TOTALS).any(axis=1)
    for row in rows.index[total]:
        given = {
            name: cell for name, cell in written.loc[row].items() if cell not in ("", *_TOTALS)
        }
        yield row, ~total & (written[list(given)] == pd.Series(given, dtype=str)).all(axis=1)


def _refuse_other_total(
    total: pd.Series, parts: pd.DataFrame, named: pd.Series, table: TextTable
) -> None:
    """A hidden part can be anything from 0 up."""
    sums, hidden = parts.sum(), parts.isna().any()
    wrong = ((total < sums) | ((total > sums) & ~hidden)) & total.notna()
    if wrong.any() or parts.empty:
        about = " ".join(short(each) for each in named if each)
        raise InputError(
            f"{relative(table.path)}: row {named.name} below the header is a row of totals,",
            f"{about}, and is not the sum of its rows.",
            "A row was lost, a figure changed, or it counts something else.",
            "Ask the sender which is right, or for the table without totals.",
            "Nothing was loaded.",
        )


def _numbers(text: pd.Series) -> pd.Series:
    digits = text.str.strip().str.replace(",", "", regex=False)
    return pd.to_numeric(digits, errors="coerce")
