"""Areas by GSS code and name, and the file that belongs to one partnership."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cdpb import paths
from cdpb.csv_files import list_rows
from cdpb.errors import InputError
from cdpb.exemptions import Exemption
from cdpb.file_contents import asked_once, bytes_of, relative
from cdpb.yaml_files import read_yaml, typed

if TYPE_CHECKING:
    # Loaded where a table is wanted: many a command needs none, and finds it takes half its time.
    import pandas as pd

# How boroughs and their councils style themselves, before the name and after it.
_BEFORE = re.compile(
    r"^(?:council of (?:the )?)?"
    r"(?:(?:(?:london|royal) )?borough (?:council )?of (?:the )?|city of |[lr]b (?:of )?)"
)
_AFTER = re.compile(
    r"(?: (?:(?:london|royal) boro(?:ugh)?(?: of)?|borough|city|lb|rb|council|corporation))+$"
)

Test = Literal["below", "above", "similar", "any_above", "not_checked", "no_figure"]
UNTESTED = ("not_checked", "no_figure")


@dataclass(frozen=True)
class Area:
    """A place with a GSS code."""

    code: str
    name: str

    def __str__(self) -> str:
        return self.name


LONDON = Area("E12000007", "London")
ENGLAND = Area("E92000001", "England")


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StatementPart(_Declared):
    """One checkable part of a statement.

    Attributes
    ----------
    test : str
        ``below``, ``above``, ``similar``, ``any_above``, ``not_checked``, or ``no_figure`` of a
        recommendation and of what no measure measures: its figure is context.
    threshold : str
        What must hold, in words; ``threshold_value`` the same as a number where it is one.
    margin : float or None
        For ``similar``: how far from the comparator still counts as similar.
    reason : str
        Why this comparator and this threshold, or why the part isn't checked.
    when_missing : str
        Why the part isn't checked in an assessment that has no figure for it.
    """

    id: str
    claim: str
    test: Test
    comparator: str = ""
    threshold: str = ""
    threshold_value: float | None = None
    margin: float | None = None
    reason: str
    when_missing: str = ""


class Statement(_Declared):
    """What a partnership once wrote, and how it is tested."""

    text: str
    made: str
    document: str
    parts: list[StatementPart]


class Claim(Statement):
    """A later claim that belongs to a finding beside its statement, tested in the same way."""

    id: str


class Event(_Declared):
    """Something that happened, drawn on time axes as a date and never as a cause.

    It is drawn on the pages of its ``findings``, or on all of them where none is named.
    """

    date: str = Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")
    label: str
    findings: list[str] = []

    @property
    def month(self) -> pd.Period:
        """The month it falls in."""
        import pandas as pd

        return pd.Period(self.date[:7], freq="M")


class Commentary(_Declared):
    """An analyst's signed text on one finding, and the verdict that it was written for."""

    text: str
    signed: str
    date: str
    verdict: str


# A figure in a text, by the id of its finding's key figure: its value, ``/London`` of what it is
# compared with, ``:period`` its period; ``!`` where the sentence holds only while there is none.
REFERENCE = re.compile(r"\{(!?)([a-z_]+)(?:/([^{}:]+))?(:period)?\}")


class Signed(_Declared):
    """The board or office that confirmed a text, and when."""

    by: str
    date: str


class SoWhat(_Declared):
    """What a finding means to the partnership, and the verdict that it was written for.

    Its numbers are references to key figures. It is a draft until it is ``confirmed``.
    """

    sentences: list[str] = Field(min_length=2, max_length=3)
    verdict: str
    confirmed: Signed | None = None


class Entry(_Declared):
    """A next step, or a way in which the community takes part, in our own words.

    ``findings`` are linked to it by their ids, none where it is of all; ``actions`` are the
    numbers of those that it carries on.
    """

    text: str
    document: str
    findings: list[str] = []
    actions: list[int] = []


class Achievement(_Declared):
    """What the partnership reports to have done, or aims at, in our own words.

    ``figures`` are what speaks to it, from the financial year ``since`` on: ``finding``,
    ``finding:key_figure`` or ``finding/claim``; ``quoted`` are the document's own figures.
    """

    text: str
    document: str
    priority: Literal["", "supply", "treatment", "demand"] = ""
    figures: list[str] = []
    since: str = ""
    quoted: list[str] = []


def finding_of(named: str) -> str:
    """The finding of a ``finding:key_figure`` or a ``finding/claim``."""
    return re.split("[:/]", named)[0]


class LogEntry(_Declared):
    """What the board agreed or asked for at a ``meeting``, of which office, by when; the answer."""

    text: str
    meeting: str
    document: str
    office: str = ""
    due: str = ""
    answer: str = ""


class Decision(_Declared):
    """What the board decided, or what an analyst recommends to it.

    ``owner`` carries it out, ``signed`` is the board or office that signed it, and ``measure``
    says how it will be known.
    """

    text: str
    owner: str
    signed: str
    date: str
    due: str = ""
    measure: str = ""


class Organisation(_Declared):
    """An office or organisation, and what else the plan calls it; whether it sits on the board."""

    name: str
    also: list[str] = []
    member: bool = False


class AreaFile(_Declared):
    """All of ``data/areas/<code>.yml``, and its actions.

    ``reviewed`` is the financial year for which it was last gone through. ``plan`` is the name and
    date of its delivery plan; ``names`` are what offices and documents of ``data/sources.yml`` are
    called here, by their general words.
    """

    code: str
    name: str
    partnership: str
    reviewed: str = Field(default="", pattern=r"^(\d{4}/\d{2})?$")
    plan: str = "Delivery plan"
    names: dict[str, str] = {}
    statements: dict[str, Statement] = {}
    claims: dict[str, list[Claim]] = {}
    parameters: dict[str, dict[str, Any]] = {}
    events: list[Event] = []
    commentary: dict[str, Commentary] = {}
    so_what: dict[str, SoWhat] = {}
    exceptions: list[Exemption] = []
    next_steps: list[Entry] = []
    involvement: list[Entry] = []
    decisions: list[Decision] = []
    recommendations: list[Decision] = []
    organisations: list[Organisation] = []
    governance: list[Entry] = []
    outcomes: list[Achievement] = []
    achievements: list[Achievement] = []
    decision_log: list[LogEntry] = []
    actions: list[dict[str, str]] = []


def boroughs() -> pd.DataFrame:
    """The 32 boroughs that the Metropolitan Police covers: ``area_code``, ``area_name``."""
    import pandas as pd

    rows = [(row["area_code"], row["area_name"]) for row in _borough_rows() if _assessed(row)]
    return pd.DataFrame(rows, columns=["area_code", "area_name"])


def neighbours(code: str) -> tuple[str, ...]:
    """The boroughs of the same part of London, as ``data/areas/boroughs.csv`` parts it."""
    parts = {row["area_code"]: row.get("sub_region", "") for row in _borough_rows()}
    own = parts.get(code)
    known = (row["area_code"] for row in _borough_rows() if _assessed(row))
    return tuple(each for each in known if own and parts[each] == own and each != code)


def is_borough(code: str) -> bool:
    """Whether a code is of one of those 32."""
    return any(row["area_code"] == code and _assessed(row) for row in _borough_rows())


def find_area(text: str) -> Area:
    """A London borough, London or England, by GSS code or by name in any case.

    Raises InputError if it is none of them (with the closest names), or is the City of London,
    whose offences the Metropolitan Police's files don't hold.
    """
    known = _names()
    row = _found(text)
    if row is None:
        names = {spelling(each["area_name"]): each["area_name"] for each in known.values()}
        close = get_close_matches(_without_style(text), names, n=3)
        closest = ", ".join(names[each] for each in close) or "no name is close"
        raise InputError(
            f"{str(text)[:60]!r} is not a London borough.",
            "Wanted: a borough's name or its GSS code, like Barnet or E09000003.",
            f"Closest: {closest}.",
        )
    if not _assessed(row):
        raise InputError(
            f"{row['area_name']} can't be assessed.",
            f"It is policed by {row['police_force']}, whose offences no source here holds.",
            "Choose one of the 32 London boroughs.",
        )
    return Area(row["area_code"], row["area_name"])


def code_in(text: str) -> str:
    """The code of an area by its code or its name; a code of an area elsewhere as it is.

    Raises InputError if it is neither, or is the code of a ward, or of a borough that there isn't.
    """
    elsewhere = re.fullmatch(r"[EW]\d{8}", text) and not text.startswith(("E05", "E09"))
    return text if elsewhere or borough_code(text) == text else find_area(text).code


def borough_code(name: str) -> str | None:
    """The GSS code of a London borough, the City of London included, or None."""
    row = _found(name)
    return row["area_code"] if row else None


def _found(name: object) -> dict[str, str] | None:
    """The area of a code or a name, with or without its style: "London Borough of", "LB"."""
    known = _names()
    plain = spelling(name).removeprefix("the ")
    for written in (spelling(name), plain, _AFTER.sub("", plain), _without_style(name)):
        row = known.get(written)
        # Boroughs alone have a style: what is left of "London Borough of" is no name.
        if row and (written in (spelling(name), plain) or row not in _comparators()):
            return row
    return None


def _without_style(name: object) -> str:
    plain = " ".join(re.sub(r"[,()]", " ", spelling(name)).split()).removeprefix("the ")
    return _AFTER.sub("", _BEFORE.sub("", plain))


def spelling(name: object) -> str:
    """A name without the differences that mean nothing: case, spaces, ``&`` for ``and``."""
    return " ".join(str(name).replace("&", " and ").split()).casefold()


@asked_once
def area_file(code: str) -> AreaFile | None:
    """What belongs to one partnership, or None where no such file was written; never another's."""
    path = paths.data_folder() / "areas" / f"{code}.yml"
    if not path.is_file():
        return None
    found = _read_area(path, bytes_of(path))
    if found.code != code:
        raise InputError(
            f"{relative(path)} is the file of another area.",
            f"Wanted: code {code}. Found: code {found.code}.",
        )
    beside = {"actions": _beside(code, "actions"), "achievements": _achievements(code)}
    return found.model_copy(update=beside)


@lru_cache(maxsize=8)
def _read_area(path: Path, _content: bytes) -> AreaFile:
    return typed(AreaFile, read_yaml(path), path)


def area_codes_with_files() -> list[str]:
    """Codes of the areas that have a file, in order."""
    return sorted(path.stem for path in (paths.data_folder() / "areas").glob("E0*.yml"))


def _beside(code: str, kind: str) -> list[dict[str, str]]:
    path = paths.data_folder() / "areas" / f"{code}_{kind}.csv"
    return list_rows(path) if path.is_file() else []


def _achievements(code: str) -> list[Achievement]:
    path = paths.data_folder() / "areas" / f"{code}_achievements.csv"
    split = [
        row | {name: row.get(name, "").replace(";", " ").split() for name in ("figures", "quoted")}
        for row in _beside(code, "achievements")
    ]
    return [typed(Achievement, row, path, f"row {number}") for number, row in enumerate(split, 2)]


def _assessed(row: dict[str, str]) -> bool:
    return row["police_force"] in ("", "Metropolitan Police")


@asked_once
def _names() -> dict[str, dict[str, str]]:
    """Every code, name and other name of an area, as it is spelt for looking up."""
    known = {}
    for row in [*_borough_rows(), *_comparators()]:
        others = [name for name in row["also_called"].split(";") if name.strip()]
        for name in (row["area_code"], row["area_name"], *others):
            known[spelling(name)] = row
    return known


def _comparators() -> list[dict[str, str]]:
    """London and England as rows beside those of the boroughs."""
    return [
        {"area_code": area.code, "area_name": area.name, "police_force": "", "also_called": ""}
        for area in (LONDON, ENGLAND)
    ]


def _borough_rows() -> list[dict[str, str]]:
    path = paths.data_folder() / "areas" / "boroughs.csv"
    return _read_boroughs(path, bytes_of(path))


@lru_cache(maxsize=8)
def _read_boroughs(path: Path, _content: bytes) -> list[dict[str, str]]:
    return list_rows(path, "area_code", "area_name", "police_force", "also_called")
