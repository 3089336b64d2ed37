"""Checks of a file's rows against each other: totals, parts of a whole, percentages and gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import pandas as pd

from cdpb.errors import FileError
from cdpb.file_contents import relative
from cdpb.loaders.counts import first_named, first_true
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import OPTIONAL, map_path, plain, short, vintages

if TYPE_CHECKING:
    from cdpb.partner_returns import Return

_TOTALS = {"total", "totals", "grand total", "overall total", "sum", "total:", "london total"}
A_YEAR = 12


def without_totals(
    rows: pd.DataFrame, labels: Sequence[str], counts: Sequence[str], table: TextTable
) -> pd.DataFrame:
    """Rows without those that add others up, if what they say is true.

    A row of totals has the word in one of its labels; its other labels say what it is a total of,
    and blank ones nothing.

    Raises FileError if a total is not the sum of its rows: a row was lost, or a figure is wrong.
    """
    written = rows[list(labels)].map(plain)
    total = written.isin(_TOTALS).any(axis=1)
    if not total.any():
        return rows
    numbers = rows[list(counts)].apply(
        lambda text: pd.to_numeric(text.str.strip().str.replace(",", ""), errors="coerce")
    )
    for row in rows.index[total]:
        given = {
            name: cell for name, cell in written.loc[row].items() if cell not in ("", *_TOTALS)
        }
        of = ~total & (written[list(given)] == pd.Series(given, dtype=str)).all(axis=1)
        _refuse_other_total(numbers.loc[row], numbers[of], rows.loc[row, list(labels)])
    table.record("dropped", total, "totals, which agree with their rows")
    return rows[~total]


def _refuse_other_total(total: pd.Series, parts: pd.DataFrame, named: pd.Series) -> None:
    """A hidden part can be anything from 0 up."""
    sums, hidden = parts.sum(), parts.isna().any()
    wrong = ((total < sums) | ((total > sums) & ~hidden)) & total.notna()
    if wrong.any() or parts.empty:
        about = " ".join(short(label) for label in named if label)
        raise FileError(
            f"This file: row {named.name} below the header is a row of totals,",
            f"{about}, and is not the sum of its rows.",
            "A row was lost, a figure changed, or it counts something else.",
            "Ask the sender which is right, or for the table without totals.",
        )


def refuse_parts_above(
    rows: pd.DataFrame, parts: Iterable[tuple[str, str]], keys: list[str]
) -> None:
    """Stop if a part exceeds what it is part of: two columns are likely in each other's place."""
    for part, whole in parts:
        above = (rows[part] > rows[whole]).fillna(False)
        if above.any():
            raise FileError(
                f"This file: {part} exceeds {whole}.",
                f"First: {first_named(rows, keys, above)}. Wanted: {part} counted among {whole}.",
                "The two columns may be in each other's place. Ask the sender.",
            )


def refuse_contradictions(rows: pd.DataFrame, what: Return) -> None:
    """Stop where the counts of a row, or of two stages, contradict each other."""
    refuse_parts_above(rows, what.parts, what.keys)
    for percentage, part, whole in what.percentages:
        if percentage in rows:
            _refuse_other_percentage(rows, percentage, part, whole, what.keys)
    if what.later_part is not None:
        _refuse_later_part_above(rows, what, *what.later_part)


def _refuse_other_percentage(
    rows: pd.DataFrame, percentage: str, part: str, whole: str, keys: list[str]
) -> None:
    """Stop if a file's own percentage is not that of its counts."""
    written = rows[percentage].str.replace("%", "", regex=False).str.strip()
    given = pd.to_numeric(written, errors="coerce")
    places = written.str.partition(".")[2].str.len()
    # A figure may be cut off where it should be rounded, or be given as a fraction of 1.
    near = 10.0**-places
    true = (100 * rows[part] / rows[whole].where(rows[whole] > 0)).astype(float)
    fits = ((true - given).abs() <= near) | ((true / 100 - given).abs() <= near.clip(upper=0.1))
    other = (given.notna() & true.notna() & ~fits).astype(bool)
    if other.any():
        named = first_named(rows, keys, other)
        raise FileError(
            "This file: a percentage is not that of its counts.",
            f"First: {named}. Wanted: {percentage} = {part} out of {whole}.",
            "One of the three is wrong, and which can't be told. Ask the sender.",
        )


def _refuse_later_part_above(
    rows: pd.DataFrame, what: Return, kind: str, part: str, whole: str
) -> None:
    """Stop if more came to a second stage than to the first, in its month and the one before."""
    keys = [what.place, what.period]
    wide = rows.pivot(index=keys, columns=kind, values=what.counts[0])
    wide = wide.reindex(columns=[part, whole])
    before = wide[whole].groupby(level=0).shift()
    # Before the first month of a file, there was perhaps one like its largest.
    most = wide[whole].groupby(level=0).transform("max")
    above = (wide[part] > wide[whole] + before.fillna(most)).fillna(False)
    if above.any():
        raise FileError(
            f"This file: more {part} than {whole}.",
            f"First: {first_named(wide.reset_index(), keys, above)}, counted together with the"
            " month before.",
            f"Those {part} were {whole} in the same month or in the one before.",
            "The columns may be in each other's place, or a digit too much. Ask the sender.",
        )


def without_uncollected(
    rows: pd.DataFrame, counts: Iterable[str], uncollected: list[int], table: TextTable
) -> pd.DataFrame:
    """Leave out months that have no collection: what stands there is no figure.

    Raises FileError if such a month holds a count above 0: it is another table, or was filled by
    somebody.
    """
    if not uncollected:
        return rows
    there = rows["month"].dt.month.isin(uncollected)
    filled = there & (rows[list(counts)].fillna(0) > 0).any(axis=1)
    if filled.any():
        raise FileError(
            f"This file has a figure for {rows['month'].iloc[first_true(filled)]}.",
            "There is no collection in that month, so nobody can have counted it.",
            "Take the row out at the sender's, or take the table as published.",
        )
    table.record("dropped", there, "a month without a collection: a gap, not 0")
    return rows[~there]


def with_lacking_columns(
    rows: pd.DataFrame, what: Return, layout: str, table: TextTable
) -> pd.DataFrame:
    """Rows with a missing value for each column of counts that the file's layout lacks.

    Raises FileError if no layout of the source is known to have the column, or one that is needed
    is lacking.
    """
    turned = [name for name in what.kinds if name not in rows]
    first = what.counts[0]
    lacking = [name for name in what.counts if name not in rows and not (turned and name == first)]
    known = {ours for vintage in vintages(what.source_id) for ours in vintage.columns}
    unknown = [name for name in lacking if name not in known]
    if unknown:
        raise FileError(
            f"{relative(map_path(what.source_id))} has no column {short(unknown[0])}.",
            f"The return counts it, and {relative(table.path)} is of the layout {layout}.",
            "Add a line with the publisher's name for it; files that lack the column are read",
            "as before if our name ends with a question mark:",
            f"{unknown[0]}{OPTIONAL},THE PUBLISHER'S NAME",
        )
    why = f"no column {', '.join(lacking)} in the layout {layout}: not 0"
    table.record("missing", len(rows) if lacking else 0, why)
    nothing = pd.Series(pd.NA, index=rows.index, dtype="Int64")
    return rows.assign(**dict.fromkeys(lacking, nothing))


def refuse_a_year_without(rows: pd.DataFrame, what: Return) -> None:
    """Stop where filling with 0 would reach over a whole year of a kind: a file was cut short."""
    # Kinds are looked for together where there are months enough; else each by itself.
    together = [list(what.kinds)] if what.period == "month" else [[kind] for kind in what.kinds]
    for kinds in together:
        for words in product(*(what.kinds[kind] for kind in kinds)):
            if set(words) & set(what.may_be_none):
                continue
            rows_of = rows[(rows[kinds] == list(words)).all(axis=1)]
            began = max((what.began.get(word, "") for word in words), default="")
            for area in rows[what.place].unique():
                there = set(rows_of.loc[rows_of[what.place] == area, what.period])
                covered = sorted(rows.loc[rows[what.place] == area, what.period].unique())
                if stretch := _first_year_without(covered, there, began):
                    raise _cut_short([area, *words], stretch)


def _first_year_without(covered: list[Any], there: set[Any], began: str) -> list[Any]:
    """The first year of periods, one after the other, in which there is no row."""
    year = A_YEAR if isinstance(covered[0], pd.Period) else 1
    run: list[Any] = []
    for period in covered:
        run = [] if period in there or str(period) < began else [*run, period]
        if len(run) == year:
            return run
    return []


def _cut_short(named: list[str], stretch: list[Any]) -> FileError:
    return FileError(
        f"This file has no row of {', '.join(map(short, named))} in a whole year.",
        f"From {stretch[0]} to {stretch[-1]}, though the file covers them.",
        "A year without a row is no year without a case: the file was perhaps cut short.",
        "Take the whole file. If there was no case, ask the sender for rows that say 0.",
    )
