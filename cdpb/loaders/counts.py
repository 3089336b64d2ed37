"""Text turned into whole counts, months, quarters and years, or refused with its place."""

import datetime as dt
import re
from collections.abc import Callable, Sequence

import pandas as pd

from cdpb.errors import FileError
from cdpb.loaders.corrections import how_to_correct, legible
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import short, trimmed
from cdpb.periods import FIRST_MONTH, FinancialYear, ended_in

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
_NUMBERED = re.compile(r"(\d{4})-?(\d{2})(?:-(\d{2})(?: 00:00:00)?)?", flags=re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})", flags=re.ASCII)
_NAMED = re.compile(r"(?:(\d{1,2})[ -])?([a-z]{3,9})[ -](\d{4}|\d{2})", flags=re.ASCII)
_QUARTER = re.compile(r"(?:(.{4,12}?),? Q([1-4])|Q([1-4]),? (.{4,12}))", flags=re.ASCII | re.I)
_YEAR = re.compile(
    r"(fy ?)?(\d{4}|\d{2}) ?(?:/|-|\u2013| to ) ?(\d{4}|\d{2})", flags=re.ASCII | re.IGNORECASE
)
# Nothing that is read here was counted before.
_FIRST_YEAR = 1990


def months_of(text: pd.Series) -> pd.Series:
    """Months written ``2023-04``, ``202304``, ``2023-04-01``, ``1/4/2023``, ``30.04.23``,
    ``Apr-23`` or ``30 April 2023``.

    A day other than the first or the last is refused: ``04/01/2023`` could be April or January.

    Raises
    ------
    FileError
        If one is written otherwise.
    """
    months = _parsed(text, _month, "a month like 2023-04, 01/04/2023 or Apr-23")
    return months.astype(pd.PeriodDtype("M"))


def quarters_of(text: pd.Series) -> pd.Series:
    """Quarters of financial years, written ``2024/25 Q1``, ``Q1 2024/25``, or as the last month
    of one, ``2024-06``.
    """
    return _parsed(text, _quarter, "a quarter like 2024/25 Q1")


def years_of(text: pd.Series) -> pd.Series:
    """Financial years, written ``2023/24``, ``2023-24``, ``2023/2024``, ``2023 to 2024`` or
    ``FY23/24``.
    """
    return _parsed(text, _year, "a financial year like 2023/24")


def financial_or_calendar_years_of(text: pd.Series) -> pd.Series:
    """Years of estimates: financial ones as ``years_of`` reads them, or calendar ones."""
    return _parsed(text, _any_year, "a year like 2023/24, or 2014")


def years_to_march_of(text: pd.Series) -> pd.Series:
    """Financial years, written as the calendar year that they end in."""
    return _parsed(text, _year_to_march, "the year that ends in March, like 2024")


def calendar_years_of(text: pd.Series) -> pd.Series:
    """Calendar years, written ``2024``."""
    return _parsed(text, _calendar_year, "a year like 2024")


def twelve_months_of(text: pd.Series) -> pd.Series:
    """Years that end with a month, written like ``months_of`` reads it: ``2024-07 - 2025-06``."""
    months = _parsed(text, _month, "the last month of twelve, like 2025-06")
    return months.map(lambda month: f"{month - 11} - {month}")


def several_years_of(text: pd.Series) -> pd.Series:
    """Several years, written ``2022 to 2024`` or ``2021/22 to 2023/24``, or one of either."""
    return _parsed(text, _several_years, "years like 2022 to 2024, or 2021/22 to 2023/24")


def begins(period: "pd.Period | str") -> dt.date:
    """The first day of a month, a quarter or a year, as the loaders write them."""
    if isinstance(period, pd.Period):
        return period.start_time.date()
    period = period if period[:4].isdigit() else ended_in(period)
    financial, quarter = period[4:5] == "/", int(period[-1]) if " Q" in period else 1
    month = pd.Period(f"{period[:4]}-{FIRST_MONTH if financial else 1:02d}", freq="M")
    return (month + 3 * (quarter - 1)).start_time.date()


PARSERS: dict[str, Callable[[pd.Series], pd.Series]] = {
    "month": months_of,
    "quarter": quarters_of,
    "year": years_of,
}
# The same, of publications, by how they are dated.
DATED: dict[str, Callable[[pd.Series], pd.Series]] = {
    "month": months_of,
    "quarter": quarters_of,
    "financial_year": years_of,
    "school_year": years_of,
    "year_to_march": years_to_march_of,
    "calendar_year": calendar_years_of,
    "twelve_months": twelve_months_of,
    "several_years": several_years_of,
}


def _parsed(text: pd.Series, parse: Callable[[str], object | None], wanted: str) -> pd.Series:
    found = {written: parse(" ".join(written.split())) for written in text.unique()}
    wrong = [written for written, period in found.items() if period is None]
    if wrong:
        row = text.index[int((text == wrong[0]).to_numpy().argmax())]
        raise FileError(
            f"This file: {short(wrong[0])} is no {str(text.name)[:20]} that can be read.",
            f"Row {row} below the header. Wanted: {wanted}.",
            "Take the file again, or ask the sender.",
        )
    return text.map(found)


def _month(text: str) -> pd.Period | None:
    day: str | None
    if numbered := _NUMBERED.fullmatch(text):
        year, month, day = int(numbered[1]), int(numbered[2]), numbered[3]
    elif day_first := _DAY_FIRST.fullmatch(text):
        year, month, day = int(day_first[4]) % 100 + 2000, int(day_first[3]), day_first[1]
    elif (named := _NAMED.fullmatch(text.casefold())) and _number_of(named[2]):
        year, month, day = int(named[3]) % 100 + 2000, _number_of(named[2]), named[1]
    else:
        return None
    if not (2000 <= year < 2100 and 1 <= month <= 12):
        return None
    found = pd.Period(year=year, month=month, freq="M")
    return found if int(day or 1) in (1, found.days_in_month) else None


def _number_of(name: str) -> int:
    """1 to 12 for the name of a month or its first letters, 0 for another word."""
    whole = "september" if name == "sept" else name
    return next((at for at, month in enumerate(_MONTHS, 1) if month.startswith(whole)), 0)


def _quarter(text: str) -> str | None:
    if re.fullmatch(r"\d{4}-(?:03|06|09|12)", text, flags=re.ASCII):
        quarter = pd.Period(text, freq="Q-MAR")
        return f"{FinancialYear(quarter.qyear - 1)} Q{quarter.quarter}"
    found = _QUARTER.fullmatch(text)
    year = _year(found[1] or found[4]) if found else None
    return f"{year} Q{found[2] or found[3]}" if found and year else None


def _year(text: str) -> str | None:
    found = _YEAR.fullmatch(text.strip())
    if not found or (len(found[2]) == 2 and not found[1]):
        return None  # 18/19 could be a day; with FY before it, it is a year.
    start = int(found[2]) if len(found[2]) == 4 else 2000 + int(found[2])
    follows = int(found[3]) in (start + 1, (start + 1) % 100)
    return str(FinancialYear(start)) if follows and start >= _FIRST_YEAR else None


def _calendar_year(text: str) -> str | None:
    calendar = re.fullmatch(r"\d{4}", text, flags=re.ASCII)
    return text if calendar and _FIRST_YEAR <= int(text) < 2100 else None


def _any_year(text: str) -> str | None:
    return _calendar_year(text) or _year(text)


def _year_to_march(text: str) -> str | None:
    return str(FinancialYear(int(text) - 1)) if _calendar_year(text) else None


def _several_years(text: str) -> str | None:
    first, *last = (_any_year(part) for part in text.split(" to ", 1))
    if not first or (last and not last[0]):
        return None
    return " - ".join([first, *(str(year)[2:] for year in last)])


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
    """A column of a table as counts, with the corrections of cells that are none.

    Rows are text under our names, the columns ``keys``, which name a row, in our words already. In
    a table that was turned, the column ``written`` says under which header a count stood.

    Raises
    ------
    FileError
        As `whole_counts`, with the correction that would replace the cell.
    """
    text = legible(rows, column, table.origin.source)
    if ROW in rows:
        text = text.set_axis(rows[ROW])
    try:
        return whole_counts(text, column, missing).set_axis(rows.index)
    except NotACount as error:
        row = rows.iloc[error.at]
        header = f"Column {str(row[written] if written else column)[:40]!r}"
        raise FileError(
            error.lines[0],
            error.lines[1].replace(f"Column {column!r}", header),
            error.lines[2],
            *how_to_correct(row, column, keys),
            "A received file is never edited.",
        ) from None


class NotACount(FileError):
    """A cell that is no count, and where it stands."""

    at = 0


def whole_counts(text: pd.Series, what: str, missing: tuple[str, ...] = ()) -> pd.Series:
    """A column of text as counts: int64, or Int64 where some spellings mean a ``missing`` one.

    The index of the text numbers the rows below the header; the spellings are in lower case.

    Raises
    ------
    NotACount
        If a cell holds text, a fraction or a negative number, or is empty. Names the first such
        row, never a count.
    """
    written = trimmed(text)
    absent = written.str.casefold().isin(missing)
    spellings = written.drop_duplicates()
    fits = written.isin(spellings[spellings.str.fullmatch(_WHOLE)])
    if not (fits | absent).all():
        place = first_true(~(fits | absent))
        raise _not_a_count(what, text, place, _kind_of(written.iloc[place]))
    digits = written.str.replace(",", "", regex=False)
    counts = pd.to_numeric(digits.where(~absent)).astype("Int64")
    negative = (counts < 0).fillna(False)
    if negative.any():
        raise _not_a_count(what, text, first_true(negative), "a negative number")
    return counts if missing else counts.astype("int64")


def refuse_repeats(rows: pd.DataFrame, keys: Sequence[str]) -> None:
    """Stop if two rows are about the same thing, because either could be the true one."""
    repeated = rows.duplicated(list(keys))
    if repeated.any():
        raise FileError(
            "This file: two rows are about the same thing.",
            f"First: {first_named(rows, keys, repeated)}.",
            "Which one counts can't be told. Take the file again, or ask the publisher.",
        )


def first_named(rows: pd.DataFrame, keys: Sequence[str], mask: pd.Series) -> str:
    """What the first row is about for which something holds."""
    return ", ".join(short(value) for value in rows[list(keys)].iloc[first_true(mask)])


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


def _not_a_count(what: str, text: pd.Series, at: int, found: str) -> NotACount:
    error = NotACount(
        "This file: a count is not a whole number.",
        f"Column {what[:40]!r}, row {text.index[at]} below the header."
        " Wanted: a whole number from 0 up.",
        f"Found: {found}.",
        "Take the file again, or ask the publisher. A number is changed in data/corrections.yml,",
        "never in a received file.",
    )
    error.at = at
    return error
