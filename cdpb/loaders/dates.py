"""Months, quarters and years as partners write them."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from cdpb.errors import InputError
from cdpb.loaders.headers import short
from cdpb.periods import FIRST_MONTH, FinancialYear, ended_in
from cdpb.yaml_files import relative

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


def months_of(text: pd.Series, path: Path) -> pd.Series:
    """Months written ``2023-04``, ``202304``, ``2023-04-01``, ``1/4/2023``, ``30.04.23``,
    ``Apr-23`` or ``30 April 2023``.

    A day other than the first or the last is refused: ``04/01/2023`` could be April or January.

    Raises
    ------
    InputError
        If one is written otherwise.
    """
    return _each(text, _month, "a month like 2023-04, 01/04/2023 or Apr-23", path).astype(
        pd.PeriodDtype("M")
    )


def quarters_of(text: pd.Series, path: Path) -> pd.Series:
    """Quarters of financial years, written ``2024/25 Q1`` or ``Q1 2024/25``."""
    return _each(text, _quarter, "a quarter like 2024/25 Q1", path)


def years_of(text: pd.Series, path: Path) -> pd.Series:
    """Financial years, written ``2023/24``, ``2023-24``, ``2023/2024``, ``2023 to 2024`` or
    ``FY23/24``.
    """
    return _each(text, _year, "a financial year like 2023/24", path)


def financial_or_calendar_years_of(text: pd.Series, path: Path) -> pd.Series:
    """Years of estimates: financial ones as ``years_of`` reads them, or calendar ones."""
    return _each(text, _any_year, "a year like 2023/24, or 2014", path)


def begins(period: "pd.Period | str") -> dt.date:
    """The first day of a month, a quarter or a year, as the loaders write them."""
    if isinstance(period, pd.Period):
        return period.start_time.date()
    period = period if period[:4].isdigit() else ended_in(period)
    financial, quarter = period[4:5] == "/", int(period[-1]) if " Q" in period else 1
    month = pd.Period(f"{period[:4]}-{FIRST_MONTH if financial else 1:02d}", freq="M")
    return (month + 3 * (quarter - 1)).start_time.date()


PARSERS: dict[str, Callable[[pd.Series, Path], pd.Series]] = {
    "month": months_of,
    "quarter": quarters_of,
    "year": years_of,
}


def _each(
    text: pd.Series, parse: Callable[[str], object | None], wanted: str, path: Path
) -> pd.Series:
    found = {each: parse(" ".join(each.split())) for each in text.unique()}
    wrong = [each for each, period in found.items() if period is None]
    if wrong:
        row = text.index[int((text == wrong[0]).to_numpy().argmax())]
        raise InputError(
            f"{relative(path)}: {short(wrong[0])} is no {str(text.name)[:20]} that can be read.",
            f"Row {row} below the header. Wanted: {wanted}.",
            "Take the file again, or ask the sender. Nothing was loaded.",
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


def _any_year(text: str) -> str | None:
    calendar = re.fullmatch(r"\d{4}", text, flags=re.ASCII)
    return text if calendar and _FIRST_YEAR <= int(text) < 2100 else _year(text)
