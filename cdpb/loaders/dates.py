"""Months, quarters and years as partners write them."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from cdpb.errors import InputError
from cdpb.loaders.headers import short
from cdpb.periods import FinancialYear
from cdpb.yaml_files import relative

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERED = re.compile(r"(\d{4})-?(\d{2})(?:-01(?: 00:00:00)?)?", flags=re.ASCII)
_DAY_FIRST = re.compile(r"01([./])(\d{2})\1(\d{4}|\d{2})", flags=re.ASCII)
_NAMED = re.compile(r"([a-z]{3,9})[ -](\d{2}|\d{4})", flags=re.ASCII)
_QUARTER = re.compile(r"(?:(\d{4}/\d{2}) Q([1-4])|Q([1-4]) (\d{4}/\d{2}))", flags=re.ASCII)


def months_of(text: pd.Series, path: Path) -> pd.Series:
    """Months written ``2023-04``, ``202304``, ``2023-04-01``, ``01/04/2023``, ``01.04.23`` or
    ``Apr-23``.

    A day other than the first is refused: ``04/01/2023`` could be April or January.

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
    """Financial years, written ``2023/24`` or ``2023-24``."""
    return _each(text, _year, "a financial year like 2023/24", path)


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
        raise InputError(
            f"{relative(path)}: {short(wrong[0])} is no {str(text.name)[:20]} that can be read.",
            f"Wanted: {wanted}.",
            "Take the file again, or ask the sender. Nothing was loaded.",
        )
    return text.map(found)


def _month(text: str) -> pd.Period | None:
    if numbered := _NUMBERED.fullmatch(text):
        year, month = int(numbered[1]), int(numbered[2])
    elif day_first := _DAY_FIRST.fullmatch(text):
        year, month = int(day_first[3]) % 100 + 2000, int(day_first[2])
    elif (named := _NAMED.fullmatch(text.casefold())) and named[1][:3] in _NAMES:
        year, month = int(named[2]) % 100 + 2000, _NAMES.index(named[1][:3]) + 1
    else:
        return None
    sensible = 2000 <= year < 2100 and 1 <= month <= 12
    return pd.Period(year=year, month=month, freq="M") if sensible else None


def _quarter(text: str) -> str | None:
    found = _QUARTER.fullmatch(text)
    year = _year(found[1] or found[4]) if found else None
    return f"{year} Q{found[2] or found[3]}" if found and year else None


def _year(text: str) -> str | None:
    written = text.replace("-", "/")
    if re.fullmatch(r"\d{4}/\d{4}", written, flags=re.ASCII):
        written = f"{written[:5]}{written[-2:]}"
    try:
        return str(FinancialYear.parse(written))
    except InputError:
        return None
