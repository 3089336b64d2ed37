"""Financial years and months, written as the sources write them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering
from typing import TYPE_CHECKING

from cdpb.errors import InputError

if TYPE_CHECKING:
    # A worker that starts kernels needs years, and would load half a second of pandas with them.
    import pandas as pd

_WRITTEN = re.compile(r"(\d{4})/(\d{2})", flags=re.ASCII)
# Written as elsewhere: 2023-24, 2023/2024, 2023 to 2024.
_MEANT = re.compile(r"(\d{4})\D{1,4}(?:\d{2})?(\d{2})", flags=re.ASCII)
_YEAR_NAMED = re.compile(r"\d{4}|\b\d{2}\b", flags=re.ASCII)
FIRST_MONTH = 4
_MONTH = re.compile(r"( - )?\b(\d{4}-(?:0[1-9]|1[0-2]))\b(?!/)")


@total_ordering
@dataclass(frozen=True)
class FinancialYear:
    """April to March, written ``2023/24``.

    Attributes
    ----------
    start : int
        The calendar year it begins in.
    """

    start: int

    @classmethod
    def parse(cls, text: "str | FinancialYear") -> "FinancialYear":
        """Read ``2023/24``.

        Raises InputError if the text is written otherwise, or its two years don't follow each
        other.
        """
        if isinstance(text, FinancialYear):
            return text
        found = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
        if not found:
            meant = _MEANT.fullmatch(text) if isinstance(text, str) else None
            raise InputError(
                f"{text!r} is not a financial year.",
                *([f"Did you mean {meant[1]}/{meant[2]}?"] if meant else []),
                "Wanted: two years that follow each other, written like 2023/24.",
            )
        start, end = int(found[1]), int(found[2])
        if (start + 1) % 100 != end or start < 1900:
            raise InputError(
                f"{text!r} is not a financial year: its two years don't follow each other.",
                f"Did you mean {start}/{(start + 1) % 100:02d}?",
            )
        return cls(start)

    def __str__(self) -> str:
        return f"{self.start}/{(self.start + 1) % 100:02d}"

    def __lt__(self, other: "FinancialYear") -> bool:
        return self.start < other.start

    @property
    def slug(self) -> str:
        """``2023-24``, for folders and file names."""
        return str(self).replace("/", "-")

    @property
    def last_day(self) -> date:
        """The 31st of March."""
        return date(self.start + 1, FIRST_MONTH, 1) - timedelta(days=1)

    @property
    def months(self) -> "pd.PeriodIndex":
        """Its twelve months, April first."""
        import pandas as pd

        return pd.period_range(f"{self.start}-{FIRST_MONTH:02d}", periods=12, freq="M")

    def previous(self, by: int = 1) -> "FinancialYear":
        """The year ``by`` years before."""
        return FinancialYear(self.start - by)


def ended_in(period: str) -> str:
    """The financial year that a published period ends in.

    Parameters
    ----------
    period : str
        ``2022/23``, a calendar year (``2023``), or several of either (``2020 - 22``,
        ``2020/21 - 22/23``).

    Raises
    ------
    InputError
        If no year is named.

    Examples
    --------
    >>> ended_in("2020 - 22")
    '2022/23'
    """
    first, last = (_YEAR_NAMED.search(part) for part in (period, period.split(" - ")[-1]))
    if first is None or last is None:
        raise InputError(f"No year is named in {period!r}.", "Wanted: 2022/23, 2023 or 2020 - 22.")
    century = "" if len(last[0]) == len("2023") else first[0][:2]
    return str(FinancialYear(int(century + last[0])))


def financial_year_of(month: "pd.Period | date") -> str:
    """The financial year that a month, or a day, lies in, as text."""
    return str(FinancialYear(month.year if month.month >= FIRST_MONTH else month.year - 1))


def financial_years_of(months: "pd.Series[pd.Period]") -> "pd.Series[str]":
    """The financial year of each month of a column."""
    return months.map({month: financial_year_of(month) for month in months.unique()})


def month_name(month: "pd.Period | str") -> str:
    """``April 2023``."""
    import pandas as pd

    return pd.Period(month, freq="M").strftime("%B %Y")


def months_named(text: str) -> str:
    """``July 2024 to June 2025`` for ``2024-07 - 2025-06``; all else of the text as it is."""
    return _MONTH.sub(lambda found: " to " * bool(found[1]) + month_name(found[2]), text)
