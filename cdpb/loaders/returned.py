"""What the rows of a return must not say."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from cdpb.errors import InputError
from cdpb.loaders.counts import first_true
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import short
from cdpb.loaders.log import record
from cdpb.yaml_files import relative


def refuse_parts_above(
    rows: pd.DataFrame, parts: Iterable[tuple[str, str]], keys: list[str], path: Path
) -> None:
    """Stop if a part exceeds what it is part of: two columns are likely in each other's place.

    Raises
    ------
    InputError
        With the first such row named, never its counts.
    """
    for part, whole in parts:
        above = (rows[part] > rows[whole]).fillna(False)
        if above.any():
            named = ", ".join(short(value) for value in rows[keys].iloc[first_true(above)])
            raise InputError(
                f"{relative(path)}: {part} exceeds {whole}.",
                f"First: {named}. Wanted: {part} counted among {whole}.",
                "The two columns may be in each other's place. Ask the sender.",
                "Nothing was loaded.",
            )


def without_uncollected(
    rows: pd.DataFrame, counts: Iterable[str], uncollected: list[int], table: TextTable
) -> pd.DataFrame:
    """Leave out months that have no collection: what stands there is no figure.

    Raises
    ------
    InputError
        If such a month holds a count above 0: it is another table, or was filled by somebody.
    """
    if not uncollected:
        return rows
    there = rows["month"].dt.month.isin(uncollected)
    filled = there & (rows[list(counts)].fillna(0) > 0).any(axis=1)
    if filled.any():
        month = rows["month"].iloc[first_true(filled)]
        raise InputError(
            f"{relative(table.path)} has a figure for {month}.",
            "There is no collection in that month, so nobody can have counted it.",
            "Take the row out at the sender's, or take the table as published.",
            "Nothing was loaded.",
        )
    why = "a month without a collection: a gap, not 0"
    record(table.origin, "dropped", int(there.sum()), why)
    return rows[~there]
