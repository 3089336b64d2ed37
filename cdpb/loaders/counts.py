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
# Columns that say when.
PERIODS = ("month", "quarter", "year")
# Nothing that is read here was counted before.
_FIRST_YEAR = 1990


def periods_of(text: pd.Series, dated: str) -> pd.Series:
    """A column of periods, as loaders write them.

    A month may be written ``2023-04``, ``202304``, ``2023-04-01``, ``1/4/2023``, ``30.04.23``,
    ``Apr-23`` or ``30 April 2023``; a day other than the first or the last is refused, because
    ``04/01/2023`` could be April or January. A quarter is of a financial year: ``2024/25 Q1``,
    ``Q1 2024/25``, or its last month, ``2024-06``. A financial year is ``2023/24``, ``2023-24``,
    ``2023/2024``, ``2023 to 2024`` or ``FY23/24``; twelve months are written as the last of them.

    Parameters
    ----------
    dated : str
        What they are: ``month``, ``quarter``, ``year``, or a kind that `Indicators` may have.

    Raises
    ------
    FileError
        If one is written otherwise.
    """
    parse, wanted = _DATED[dated]
    found = {written: parse(" ".join(written.split())) for written in text.unique()}
    wrong = [written for written, period in found.items() if period is None]
    if wrong:
        row = text.index[int((text == wrong[0]).to_numpy().argmax())]
        raise FileError(
            f"This file: {short(wrong[0])} is no {str(text.name)[:20]} that can be read.",
            f"Row {row} below the header. Wanted: {wanted}.",
            "Take the file again, or ask the sender.",
        )
    periods = text.map(found)
    return periods.astype(pd.PeriodDtype("M")) if dated == "month" else periods


def begins(period: "pd.Period | str") -> dt.date:
    """The first day of a month, a quarter or a year, as the loaders write them."""
    if isinstance(period, pd.Period):
        return period.start_time.date()
    period = period if period[:4].isdigit() else ended_in(period)
    financial, quarter = period[4:5] == "/", int(period[-1]) if " Q" in period else 1
    month = pd.Period(f"{period[:4]}-{FIRST_MONTH if financial else 1:02d}", freq="M")
    return (month + 3 * (quarter - 1)).start_time.date()


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


def _last_of_twelve(text: str) -> str | None:
    month = _month(text)
    return f"{month - 11} - {month}" if month else None


def _several_years(text: str) -> str | None:
    first, *last = (_any_year(part) for part in text.split(" to ", 1))
    if not first or (last and not last[0]):
        return None
    return " - ".join([first, *(str(year)[2:] for year in last)])


# What reads each kind of period, and what is wanted.
_DATED: dict[str, tuple[Callable[[str], object | None], str]] = {
    "month": (_month, "a month like 2023-04, 01/04/2023 or Apr-23"),
    "quarter": (_quarter, "a quarter like 2024/25 Q1"),
    **dict.fromkeys(
        ("year", "financial_year", "school_year"), (_year, "a financial year like 2023/24")
    ),
    "year_to_march": (_year_to_march, "the year that ends in March, like 2024"),
    "calendar_year": (_calendar_year, "a year like 2024"),
    "any_year": (_any_year, "a year like 2023/24, or 2014"),
    "twelve_months": (_last_of_twelve, "the last month of twelve, like 2025-06"),
    "several_years": (_several_years, "years like 2022 to 2024, or 2021/22 to 2023/24"),
}

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
    """A column of a table as counts: int64, or Int64 where some spellings mean a ``missing`` one.

    Cells that are none may have a correction. Rows are text under our names, the columns ``keys``,
    which name a row, in our words already; the spellings are in lower case. In a table that was
    turned, the column ``written`` says under which header a count stood.

    Raises FileError if a cell holds text, a fraction or a negative number, or is empty. Names the
    first such row, never a count, with the correction that would replace the cell.
    """
    text = trimmed(legible(rows, column, table.origin.source))
    absent = text.str.casefold().isin(missing)
    spellings = text.drop_duplicates()
    fits = text.isin(spellings[spellings.str.fullmatch(_WHOLE)])
    counts = pd.to_numeric(text.where(fits & ~absent).str.replace(",", "")).astype("Int64")
    wrong = ~(fits | absent) | (counts < 0).fillna(False)
    if wrong.any():
        at = first_true(wrong)
        row, header = rows.iloc[at], str(rows[written].iloc[at] if written else column)
        raise FileError(
            "This file: a count is not a whole number.",
            f"Column {header[:40]!r}, row {row.get(ROW, rows.index[at])} below the header."
            " Wanted: a whole number from 0 up.",
            f"Found: {'a negative number' if fits.iloc[at] else _kind_of(text.iloc[at])}.",
            *how_to_correct(row, column, keys),
            "A received file is never edited.",
        )
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
