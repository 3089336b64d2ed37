"""Rows and labels of a base table that would be counted wrongly, refused by name."""

from collections.abc import Iterable

import pandas as pd

from cdpb.declarations import TableDeclaration
from cdpb.errors import InputError

A_FEW = 3


def check_labels(declared: TableDeclaration, base: pd.DataFrame) -> None:
    """Refuse rows that stand twice, labels that are missing, and labels that read alike.

    Raises
    ------
    InputError
        Names table, column and labels, never a count.
    """
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
    for name in declared.dimensions:
        if name in base:
            _check_column(declared, name, base[name])


def _check_column(declared: TableDeclaration, name: str, column: pd.Series) -> None:
    if column.isna().any():
        raise InputError(
            f"Table {declared.id}: rows of its base table have no {name}.",
            "Wanted: a label in each, such as 'not known'. Nothing was published.",
        )
    given = column.drop_duplicates()
    alike = given.astype(str).str.strip().str.casefold()
    several = sorted({repr(label) for label in given[alike.duplicated(keep=False)]})
    if several:
        raise InputError(
            f"Table {declared.id}: labels of {name} read alike: {_some(several)}.",
            "Two rows of a table would have one name, or one row two. Give them one spelling.",
        )


def _some(labels: Iterable[str]) -> str:
    told = list(labels)
    return ", ".join(told[:A_FEW]) + (" and others" if len(told) > A_FEW else "")
