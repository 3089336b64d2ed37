"""Signed exceptions: small counts that are shown by agreement, and who agreed to it until when."""

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, field_validator, model_validator

from cdpb.errors import InputError
from cdpb.periods import FIRST_MONTH, FinancialYear

# Before the partnerships whose figures these are; and longer than any agreement is meant for.
FIRST_DAY = dt.date(2020, 1, 1)
LONGEST_YEARS = 5
_PLACEHOLDERS = {
    "tbc", "tba", "tbd", "todo", "none", "nobody", "nil", "null", "unknown", "unsigned", "pending",
    "test", "xxx", "yyy", "name", "office", "role", "someone", "somebody", "anybody", "blank",
    "signature", "signed", "not applicable", "not known", "to be confirmed", "to be agreed",
    "to be decided", "to follow", "name and office", "name of who signed", "office of who signed",
    "name and office of who signed",
}  # fmt: skip


def _stated(text: str) -> str:
    """Words that say something: neither blank nor put there to fill the place."""
    plain = " ".join(re.sub(r"[^\w\s]", " ", text).split()).casefold()
    if len(re.findall(r"[^\W\d_]", plain)) < 3 or plain in _PLACEHOLDERS:
        raise ValueError(f"{text[:30]!r} is blank or stands in for words to come")
    return " ".join(text.split())


Stated = Annotated[str, AfterValidator(_stated)]


class Signature(BaseModel, extra="forbid", frozen=True):
    """Who agreed: the body or person that signed, and the office in which they did."""

    name: Stated
    office: Stated

    @model_validator(mode="after")
    def _are_two_things(self) -> "Signature":
        if self.name.casefold() == self.office.casefold():
            raise ValueError("name and office are the same")
        return self

    def __str__(self) -> str:
        return f"{self.name} ({self.office})"


class Exemption(BaseModel, extra="forbid", frozen=True):
    """A signed exception: counts that are shown although they are small.

    Attributes
    ----------
    what, why : str
        What is shown, and for which reason: a reader of the page is told.
    agreed_by : Signature
        The ``name`` and the ``office`` of who agreed to it; a reader is told.
    date : str
        The day on which it was signed, not a day to come.
    edition : {"public", "partnership"}
        Who sees them: everybody, or the members of the board alone.
    table : str
        ``finding/table``, as ``notebooks/findings/`` names them.
    rows : list of dict
        Which rows of the table: dimensions with their values. A dimension that isn't named may
        have any value; without rows it is the whole table.
    quoted : str
        In place of a table: the id of a figure in ``data/quoted_figures.csv``.
    until : str
        The last year whose assessment may show them: the year it was signed in, or one of the
        five after that.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z][\w-]*$")]
    what: Stated
    why: Stated
    agreed_by: Signature
    date: str
    edition: Literal["public", "partnership"]
    table: str = ""
    rows: list[dict[str, str]] = []
    quoted: str = ""
    until: str

    @field_validator("date", mode="before")
    @classmethod
    def _a_day_that_has_been(cls, given: Any) -> Any:
        text = given.isoformat() if type(given) is dt.date else str(given)
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text[:20]!r} is not a day, written like 2025-01-20") from None
        if not FIRST_DAY <= day <= dt.date.today():
            raise ValueError(f"{text} lies before {FIRST_DAY.isoformat()} or is still to come")
        return day.isoformat()

    @field_validator("until")
    @classmethod
    def _a_financial_year(cls, given: str) -> str:
        try:
            return str(FinancialYear.parse(given))
        except InputError:
            raise ValueError("wanted a financial year like 2024/25") from None

    @model_validator(mode="after")
    def _ends(self) -> "Exemption":
        day, last = dt.date.fromisoformat(self.date), FinancialYear.parse(self.until).start
        signed_in = day.year - (day.month < FIRST_MONTH)
        if not signed_in <= last <= signed_in + LONGEST_YEARS:
            first, end = FinancialYear(signed_in), FinancialYear(signed_in + LONGEST_YEARS)
            raise ValueError(f"exception {self.id}: until is none of {first} to {end}")
        return self

    @model_validator(mode="after")
    def _of_one_thing(self) -> "Exemption":
        if bool(self.table) == bool(self.quoted):
            raise ValueError(f"exception {self.id}: name a table or a quoted figure, and not both")
        if self.quoted and self.rows:
            raise ValueError(f"exception {self.id}: a quoted figure has no rows")
        if any(not row for row in self.rows):
            raise ValueError(f"exception {self.id}: a row names no dimension")
        return self

    def holds(self, edition: str, year: str) -> bool:
        """Whether an edition of a year may show it; members of the board see what all see."""
        seen = self.edition == "public" or edition == self.edition
        return seen and year <= self.until
