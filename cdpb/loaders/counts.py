"""Text turned into whole counts and months, or refused with its place named."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cdpb.errors import InputError
from cdpb.loaders.corrections import how_to_correct, legible
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import is_month, short
from cdpb.yaml_files import relative

# Thousands may be parted by commas: a count has no decimals that a comma could begin.
_WHOLE = r"-?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.0+)?"
# Where a row stood in its file, in tables that were turned since they were read.
ROW = "row_below_header"


def counts_in(
    rows: pd.DataFrame,
    column: str,
    table: TextTable,
    keys: Sequence[str],
    missing: tuple[str, ...] = (),
    written: str = "",
) -> pd.Series:
    """A column of a table as counts, cells that are none mended by their corrections.

    Parameters
    ----------
    rows : pandas.DataFrame
        Text under our names, the columns that name a row already in our words.
    column : str
        The column of counts.
    table : TextTable
        The file.
    keys : sequence of str
        The columns that name a row.
    missing : tuple of str, default ()
        As in ``whole_counts``.
    written : str, optional
        The column of ``rows`` that says under which header a count stood, in a table that was
        turned.

    Raises
    ------
    InputError
        As ``whole_counts``, with the correction that would mend the cell.
    """
    text = legible(rows, column, table.origin.source)
    if ROW in rows:
        text = text.set_axis(rows[ROW])
    try:
        return whole_counts(text, table.path, column, missing).set_axis(rows.index)
    except NotACount as error:
        row = rows.iloc[error.at]
        header = f"Column {str(row[written] if written else column)[:40]!r}"
        raise InputError(
            error.lines[0],
            error.lines[1].replace(f"Column {column!r}", header),
            error.lines[2],
            *how_to_correct(row, column, keys),
            "A received file is never edited. Nothing was loaded.",
        ) from None


class NotACount(InputError):
    """A cell that is no count, and where it stands."""

    at = 0


def whole_counts(
    text: pd.Series, path: Path, what: str, missing: tuple[str, ...] = ()
) -> pd.Series:
    """A column of text as counts.

    Parameters
    ----------
    text : pandas.Series of str
        Its index numbers the rows below the header, for the message.
    path : Path
        The file, for the message.
    what : str
        The column, for the message.
    missing : tuple of str, default ()
        Spellings, in lower case, of a count that was not published.

    Returns
    -------
    pandas.Series
        int64, or Int64 where ``missing`` names spellings.

    Raises
    ------
    InputError
        If a cell holds text, a fraction or a negative number, or is empty. Names the first such
        row, never a count.
    """
    trimmed = text.str.strip()
    absent = trimmed.str.casefold().isin(missing)
    fits = trimmed.str.fullmatch(_WHOLE)
    if not (fits | absent).all():
        place = first_true(~(fits | absent))
        raise _not_a_count(path, what, text, place, _kind_of(trimmed.iloc[place]))
    digits = trimmed.str.replace(",", "", regex=False)
    counts = pd.to_numeric(digits.where(~absent)).astype("Int64")
    negative = (counts < 0).fillna(False)
    if negative.any():
        raise _not_a_count(path, what, text, first_true(negative), "a negative number")
    return counts if missing else counts.astype("int64")


def months(text: pd.Series, path: Path) -> pd.Series:
    """Months written ``2023-04`` or ``202304``, as a pandas period.

    Raises
    ------
    InputError
        If one is written otherwise.
    """
    written = text.str.strip()
    each = {value: value.replace("-", "") for value in written.unique()}
    wrong = [value for value in each if not is_month(each[value])]
    if wrong:
        raise InputError(
            f"{relative(path)}: {wrong[0][:20]!r} is not a month.",
            "Wanted: a month written like 2023-04.",
            "Nothing was loaded.",
        )
    periods = {value: pd.Period(f"{m[:4]}-{m[4:]}", freq="M") for value, m in each.items()}
    return written.map(periods).astype(pd.PeriodDtype("M"))


def refuse_repeats(frame: pd.DataFrame, keys: list[str], path: Path) -> None:
    """Stop if two rows are about the same thing, because either could be the true one.

    Raises
    ------
    InputError
        With the first such row named.
    """
    repeated = frame.duplicated(keys)
    if repeated.any():
        first = frame[keys].iloc[first_true(repeated)]
        named = ", ".join(short(value) for value in first)
        raise InputError(
            f"{relative(path)}: two rows are about the same thing.",
            f"First: {named}.",
            "Which one counts can't be told. Take the file again, or ask the publisher.",
            "Nothing was loaded.",
        )


def first_true(mask: pd.Series) -> int:
    """The place of the first row for which something holds."""
    return int(mask.to_numpy(dtype=bool).argmax())


def _kind_of(cell: str) -> str:
    """What stands in a cell, without a digit of it: it may be a small count with a mark."""
    if not cell:
        return "nothing"
    if any(character.isdigit() for character in cell):
        fraction = cell.replace(".", "", 1).lstrip("-").isdigit()
        return "a fraction" if fraction else "text with digits in it"
    return f"the text {cell[:30]!r}"


def _not_a_count(path: Path, what: str, text: pd.Series, at: int, found: str) -> NotACount:
    error = NotACount(
        f"{relative(path)}: a count is not a whole number.",
        f"Column {what[:40]!r}, row {text.index[at]} below the header."
        " Wanted: a whole number from 0 up.",
        f"Found: {found}.",
        "Take the file again, or ask the publisher. A number is changed in data/corrections.yml,",
        "never in a received file.",
        "Nothing was loaded.",
    )
    error.at = at
    return error
