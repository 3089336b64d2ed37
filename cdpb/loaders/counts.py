"""Text turned into whole counts and months, or refused with its place named."""

from pathlib import Path

import pandas as pd

from cdpb.errors import InputError
from cdpb.loaders.headers import is_month, short
from cdpb.yaml_files import relative

_WHOLE = r"-?[0-9]{1,12}(?:\.0+)?"


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
        raise _not_a_count(path, what, text.index[place], _kind_of(trimmed.iloc[place]))
    counts = pd.to_numeric(trimmed.where(~absent)).astype("Int64")
    negative = (counts < 0).fillna(False)
    if negative.any():
        raise _not_a_count(path, what, text.index[first_true(negative)], "a negative number")
    return counts if missing else counts.astype("int64")


def whole_counts_of(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Every column of a frame as counts, as ``whole_counts`` reads one."""
    return frame.apply(lambda column: whole_counts(column, path, str(column.name)))


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


def _not_a_count(path: Path, what: str, row: object, found: str) -> InputError:
    return InputError(
        f"{relative(path)}: a count is not a whole number.",
        f"Column {what[:40]!r}, row {row} below the header. Wanted: a whole number from 0 up.",
        f"Found: {found}.",
        "Take the file again, or ask the publisher. A number is changed in data/corrections.yml,",
        "never in a received file.",
        "Nothing was loaded.",
    )
