"""What the rows of a return must not say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders.counts import first_true
from cdpb.loaders.files import TextTable, record
from cdpb.loaders.headers import OPTIONAL, map_path, short, vintages

if TYPE_CHECKING:
    from cdpb.partner_returns import Return


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


def with_lacking_columns(
    rows: pd.DataFrame,
    counts: Sequence[str],
    kinds: Mapping[str, Sequence[str]],
    layout: str,
    table: TextTable,
) -> pd.DataFrame:
    """Rows with a missing value for each column of counts that the file's layout lacks.

    Raises
    ------
    InputError
        If no layout of the source is known to have the column, or one that is needed is lacking.
    """
    turned = [name for name in kinds if name not in rows]
    lacking = [name for name in counts if name not in rows and not (turned and name == counts[0])]
    known = {ours for vintage in vintages(table.origin.source) for ours in vintage.columns}
    unknown = [name for name in lacking if name not in known]
    if unknown:
        raise InputError(
            f"{relative(map_path(table.origin.source))} has no column {short(unknown[0])}.",
            f"The return counts it, and {relative(table.path)} is of the layout {layout}.",
            "Add a line with the publisher's name for it; files that lack the column are read",
            "as before if our name ends with a question mark:",
            f"{unknown[0]}{OPTIONAL},THE PUBLISHER'S NAME",
            "Nothing was loaded.",
        )
    why = f"no column {', '.join(lacking)} in the layout {layout}: not 0"
    record(table.origin, "missing", len(rows) if lacking else 0, why)
    nothing = pd.Series(pd.NA, index=rows.index, dtype="Int64")
    return rows.assign(**dict.fromkeys(lacking, nothing))


def refuse_nothing(rows: pd.DataFrame, path: Path) -> None:
    """Stop at a file without a single count: a form that nobody has filled in.

    Raises
    ------
    InputError
        Which says so.
    """
    if rows.empty:
        raise InputError(
            f"{relative(path)} holds no count: every cell that should hold one is blank.",
            "It is perhaps the form, before it was filled in.",
            "Ask the sender for the figures. Nothing was loaded.",
        )


def refuse_other_percentage(
    rows: pd.DataFrame, columns: tuple[str, str, str], keys: list[str], path: Path
) -> None:
    """Stop if a file's own percentage is not that of its counts.

    Raises
    ------
    InputError
        With the first such row named, never its counts.
    """
    percentage, part, whole = columns
    written = rows[percentage].str.replace("%", "", regex=False).str.strip()
    given = pd.to_numeric(written, errors="coerce")
    places = written.str.partition(".")[2].str.len()
    # A figure may be cut off where it should be rounded, or be given as a fraction of 1.
    near = 10.0**-places
    true = (100 * rows[part] / rows[whole].where(rows[whole] > 0)).astype(float)
    fits = ((true - given).abs() <= near) | ((true / 100 - given).abs() <= near.clip(upper=0.1))
    other = (given.notna() & true.notna() & ~fits).astype(bool)
    if other.any():
        named = ", ".join(short(value) for value in rows[keys].iloc[first_true(other)])
        raise InputError(
            f"{relative(path)}: a percentage is not that of its counts.",
            f"First: {named}. Wanted: {percentage} = {part} out of {whole}.",
            "One of the three is wrong, and which can't be told. Ask the sender.",
            "Nothing was loaded.",
        )


def refuse_later_part_above(rows: pd.DataFrame, what: Return, path: Path) -> None:
    """Stop if more have come to a second stage than came to the first, then and the month before.

    Raises
    ------
    InputError
        With the first such month named, never its counts.
    """
    assert what.later_part is not None
    kind, part, whole = what.later_part
    keys = [what.place, what.period]
    wide = rows.pivot(index=keys, columns=kind, values=what.counts[0]).reindex(
        columns=[part, whole]
    )
    before = wide[whole].groupby(level=0).shift()
    # Before the first month of a file, there was perhaps one like its largest.
    most = wide[whole].groupby(level=0).transform("max")
    above = (wide[part] > wide[whole] + before.fillna(most)).fillna(False)
    if above.any():
        named = ", ".join(short(value) for value in wide.index[first_true(above)])
        raise InputError(
            f"{relative(path)}: more {part} than {whole}.",
            f"First: {named}, counted together with the month before.",
            f"Those {part} were {whole} in the same month or in the one before.",
            "The columns may be in each other's place, or a digit too much. Ask the sender.",
            "Nothing was loaded.",
        )
