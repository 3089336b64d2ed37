"""The area or the ward that each row of a file is about, by its code and its name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from types import MappingProxyType
from typing import Any

import pandas as pd

from cdpb import areas
from cdpb.catalogue import source
from cdpb.errors import FileError
from cdpb.file_contents import relative
from cdpb.loaders.counts import PERIODS, first_true
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import csv_line, quoted, short
from cdpb.loaders.receiving import received
from cdpb.loaders.value_maps import words, words_path

ELSEWHERE = "elsewhere"
_WARD_FILE = "mps_ward_crime"
_SPELT_ALIKE = 0.75
# Any area with a GSS code but boroughs of London, wards and census areas, which must be listed.
_CODE_ELSEWHERE = re.compile(r"E(?!0[0-59])\d{8}|[WSN]\d{8}|K0\d{7}", flags=re.ASCII)


def in_areas(
    rows: pd.DataFrame,
    table: TextTable,
    name: str = "area",
    also: Mapping[str, str] = MappingProxyType({}),
) -> pd.DataFrame:
    """Rows about the boroughs and England, with their codes as they are written by us.

    They have ``area_code``, names in the column ``name``, or both, which must agree. ``also`` are
    other areas that are wanted, code to name.
    """
    about = [column for column in ("area_code", name) if column in rows]
    refuse_blank(rows, (rows[about] == "").all(axis=1), "area", about)
    pairs = list(zip(*(rows[column] for column in about), strict=True))
    known_areas = _Known.now(also)
    codes = {
        pair: known_areas.area_of(dict(zip(about, pair, strict=True)), name)
        for pair in dict.fromkeys(pairs)
    }
    found = pd.Series([codes[pair] for pair in pairs], index=rows.index, dtype=str)
    known = found.isin(known_areas.assessed)
    table.record("dropped", ~known, "areas that are not assessed")
    if not known.any():
        raise FileError(
            "This file holds no London borough and not England.",
            "Wanted: at least one of them, by its GSS code or by the name that",
            "data/areas/boroughs.csv gives it, in area_name or also_called.",
        )
    return rows[known].assign(area_code=found[known])


def refuse_names_that_differ(rows: pd.DataFrame, name: str) -> None:
    """Stop where a code of ours stands beside another area's name."""
    known_areas = _Known.now()
    for pair in rows[["area_code", name]].drop_duplicates().to_dict("records"):
        known_areas.area_of(pair, name)


def refuse_blank(rows: pd.DataFrame, blank: pd.Series, what: str, columns: Sequence[str]) -> None:
    """Stop at a row that does not say what it is about: what it counts can be of anything.

    The message names the row above too, where labels may be written once.
    """
    if not blank.any():
        return
    at = first_true(blank)
    above = " ".join(short(label) for label in rows[list(columns)].iloc[at - 1] if label)
    once = f" It stands below {above}: are labels written once a group?" if at and above else ""
    raise FileError(
        f"This file: row {rows.index[at]} below the header names no {what}.",
        f"There are {int(blank.sum())} such rows.{once}",
        f"Wanted: the {what} in every row. In a pivot table, choose Repeat All Item Labels;",
        "in a sheet, unmerge the cells and fill them down; and save it as CSV again.",
    )


def refuse_blanks(rows: pd.DataFrame, names: Iterable[str], labels: Sequence[str]) -> None:
    """Stop at a row that leaves one of these columns blank, of those that there are."""
    for name in names:
        if name in rows:
            refuse_blank(rows, rows[name] == "", name, labels)


@dataclass(frozen=True)
class _Known:
    """The areas that are assessed, by code, and the names of places that are known to be others."""

    assessed: frozenset[str]
    elsewhere: frozenset[str]
    also: Mapping[str, str]

    @classmethod
    def now(cls, also: Mapping[str, str] = MappingProxyType({})) -> "_Known":
        """As the lists say, and with other areas, code to name."""
        names = [line["name"] for line in words("mps_not_boroughs")]
        for line in words(ELSEWHERE):
            names += [line["area_name"], *line["also_called"].split(";")]
        return cls(
            frozenset([*areas.boroughs()["area_code"], areas.ENGLAND.code, *also]),
            frozenset(areas.spelling(name) for name in names if name.strip()),
            also,
        )

    def area_of(self, row: Mapping[Any, str], name: str) -> str:
        """The code of one area, or ``elsewhere`` for a place that is known to be another."""
        code, called = row.get("area_code", ""), row.get(name, "")
        wanted = self.also.get(code.upper())
        if wanted and areas.spelling(wanted) == areas.spelling(called):
            return code.upper()
        by_code = self._by_code(code.upper()) if code else ""
        by_name = self._by_name(called) if called else ""
        if by_code is None and by_name != ELSEWHERE:
            raise _unknown_code(code)
        if by_name is None and by_code != ELSEWHERE:
            raise _unknown_name(called)
        if by_code and by_name and by_code != by_name:
            raise _contradiction(code, called)
        return by_code or by_name or ELSEWHERE

    def _by_code(self, code: str) -> str | None:
        """The code as we write it, ``elsewhere`` for another area's, None for what is no code."""
        if code in self.assessed:
            return code
        listed = _CODE_ELSEWHERE.fullmatch(code) or areas.borough_code(code) == code
        return ELSEWHERE if listed else None

    def _by_name(self, name: str) -> str | None:
        """The code of a name, ``elsewhere`` for another place, None for what is not known."""
        wanted = {areas.spelling(called): code for code, called in self.also.items()}
        code = areas.borough_code(name) or wanted.get(areas.spelling(name))
        if code is not None:
            return self._by_code(code)
        return ELSEWHERE if areas.spelling(name) in self.elsewhere else None


def _unknown_code(code: str) -> FileError:
    return FileError(
        f"This file holds an area code that is not known: {short(code)}.",
        "Wanted: the GSS code of a London borough, like E09000003, or of another area.",
        "Boroughs are listed in data/areas/boroughs.csv.",
        "Take the file again, or ask the sender.",
    )


def _unknown_name(name: str) -> FileError:
    boroughs = {areas.spelling(borough): borough for borough in areas.boroughs()["area_name"]}
    close = get_close_matches(areas.spelling(name), boroughs, n=1)
    borough = f"{boroughs[close[0]]}, that is," if close else "a London borough"
    return FileError(
        f"This file names an area that is not known: {short(name)}.",
        f"If it is {borough} spelt otherwise, add the spelling to also_called",
        "in the borough's line of data/areas/boroughs.csv (several are parted by semicolons).",
        f"If it is another place, add to {relative(words_path(ELSEWHERE))} the line",
        csv_line(name, "another place", ""),
    )


def _contradiction(code: str, name: str) -> FileError:
    return FileError(
        "This file: a code and a name are of different areas.",
        f"Found: {short(code)} beside {short(name)}.",
        "One of the two columns was perhaps sorted without the other, or looked up by name.",
        "Which one is right can't be told. Ask the sender.",
    )


def boundary_set() -> pd.DataFrame:
    """Wards of May 2022 without the City of London: ``ward_name, borough_code`` by ward code."""
    residents = received("census_2021_wards").table
    return residents.set_index("ward_code")[["ward_name", "borough_code"]]


def in_wards(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by ward; names and boroughs come from the boundary set, as names repeat and vary.

    Raises FileError if a ward code is blank or not one of May 2022, stands beside another ward's
    name, or a borough lacks one of its wards.
    """
    wards = boundary_set()
    rows = rows.assign(ward_code=rows["ward_code"].str.upper())
    refuse_blank(rows, rows["ward_code"] == "", "ward", ["ward_code"])
    refuse_other_codes(rows["ward_code"].drop_duplicates(), wards)
    refuse_other_names(rows, wards)
    unnamed = rows.drop(columns=["ward_name", "borough_code"], errors="ignore")
    named = unnamed.join(wards, on="ward_code")
    _refuse_part_of_a_borough(named, wards)
    return named


def refuse_other_codes(codes: pd.Series, wards: pd.DataFrame) -> None:
    """Refuse wards of another vintage: their names may be the same, their areas are not.

    The message says what they are: former codes with their dates of use, or unknown.
    """
    other = codes[~codes.isin(wards.index)]
    if other.empty:
        return
    for former in source(_WARD_FILE).former_codes:
        old = other[(other >= former.first) & (other <= former.last)]
        if len(old):
            raise FileError(
                f"This file holds codes of {former.what}.",
                f"Codes {former.first} to {former.last}; {len(old)} of them here.",
                f"Found: {quoted(sorted(old))}.",
                f"Wanted: the {len(wards)} wards of May 2022. Where a name is the same, the area"
                " is not.",
                "Take a file that begins with, or after, December 2021.",
            )
    raise FileError(
        f"This file holds {len(other)} ward codes that are not wards of May 2022.",
        f"Found: {quoted(list(other))}.",
        "They may be of a later boundary set, of another area, or misspelt.",
        "Wanted: the wards of data/census_2021_wards.",
    )


def refuse_other_names(rows: pd.DataFrame, wards: pd.DataFrame) -> None:
    """Stop where a row's ward code stands beside the name, or the borough, of another ward.

    A name may be spelt otherwise (``&``, a stop, a letter), as long as it is not another ward's.
    Rows have ``ward_code``, and some of ``ward_name``, ``borough_code`` and ``place``, a
    borough's name.
    """
    columns = [c for c in ("ward_name", "borough_code", "place") if c in rows]
    listed = rows[["ward_code", *columns]].drop_duplicates()
    names = set(wards["ward_name"].map(_letters))
    boroughs = [column for column in columns if column != "ward_name"]
    codes = {place: areas.borough_code(place) for of in boroughs for place in listed[of].unique()}
    true = wards[["ward_name", "borough_code"]].to_dict("index")
    for row in listed.to_dict("records"):
        own = true[row["ward_code"]]
        for column in filter(row.get, columns):
            found = row[column]
            if column == "ward_name":
                fits = _is_name_of(found, own["ward_name"], names)
            else:
                # An airport stands in the place of a borough beside one ward; what is no borough
                # says nothing.
                fits = codes[found] == own["borough_code"]
                fits = fits or (column == "place" and codes[found] is None)
            if not fits:
                raise _other_ward(row["ward_code"], found)


def _is_name_of(found: str, name: str, names: set[str]) -> bool:
    written, own = _letters(found), _letters(name)
    alike = SequenceMatcher(None, written, own).ratio() >= _SPELT_ALIKE
    return written == own or (alike and written not in names)


def _letters(name: str) -> str:
    """A name without what is not a letter or a digit; ``St`` and ``Saint`` stay apart."""
    return "".join(letter for letter in areas.spelling(name) if letter.isalnum())


def _other_ward(code: str, found: str) -> FileError:
    return FileError(
        "This file: a code and a name are of different wards.",
        f"Found: {short(code)} beside {short(found)}.",
        "One of the columns was perhaps sorted without the others, or looked up by a name that",
        "two wards share. Which one is right can't be told. Ask the sender.",
    )


def _refuse_part_of_a_borough(named: pd.DataFrame, wards: pd.DataFrame) -> None:
    """A ward that a return leaves out has not 0, and its count follows from the borough's."""
    when = next(name for name in PERIODS if name in named)
    of_borough = wards.groupby("borough_code").size()
    found = named.groupby(["borough_code", when])["ward_code"].nunique()
    lacking = found[found < of_borough.reindex(found.index.get_level_values(0)).to_numpy()]
    if len(lacking) or named.empty:
        first = ", ".join(map(str, lacking.index[0])) if len(lacking) else "no rows"
        raise FileError(
            "This file lacks wards of a borough.",
            f"First: {first}.",
            "Wanted: a row for every ward of each borough in it, in every period, zeros too.",
            "Ask the sender for the whole table.",
        )
