"""The area that each row is about: understood, or named with the line to add."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pandas as pd

from cdpb import areas
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders.counts import first_true
from cdpb.loaders.files import TextTable, record
from cdpb.loaders.headers import csv_line, short
from cdpb.loaders.value_maps import words, words_path

ELSEWHERE = "elsewhere"
# Any area with a GSS code but boroughs of London, wards and census areas, which must be listed.
_CODE_ELSEWHERE = re.compile(r"E(?!0[0-59])\d{8}|[WSN]\d{8}|K0\d{7}", flags=re.ASCII)


def in_areas(rows: pd.DataFrame, table: TextTable, name: str = "area") -> pd.DataFrame:
    """Rows about the boroughs and England, with their codes as they are written by us.

    Parameters
    ----------
    rows : pandas.DataFrame
        With ``area_code``, with names in the column ``name``, or with both, which must agree.
    table : TextTable
        The file, for log and messages.
    name : str
        The column of names, if there is one.
    """
    about = [column for column in ("area_code", name) if column in rows]
    refuse_blank(rows[(rows[about] == "").all(axis=1)], rows, "area", about, table)
    pairs = list(zip(*(rows[column] for column in about), strict=True))
    known_areas = _Known.now()
    codes = {
        pair: known_areas.area_of(dict(zip(about, pair, strict=True)), name, table)
        for pair in dict.fromkeys(pairs)
    }
    found = pd.Series([codes[pair] for pair in pairs], index=rows.index, dtype=str)
    known = found.isin(known_areas.assessed)
    record(table.origin, "dropped", int((~known).sum()), "areas that are not assessed")
    if not known.any():
        raise InputError(
            f"{relative(table.path)} holds no London borough and not England.",
            "Wanted: at least one of them, by its GSS code or by the name that",
            "data/areas/boroughs.csv gives it, in area_name or also_called.",
            "Nothing was loaded.",
        )
    return rows[known].assign(area_code=found[known])


def refuse_names_that_differ(rows: pd.DataFrame, table: TextTable, name: str) -> None:
    """Stop where a code of ours stands beside another area's name.

    Raises
    ------
    InputError
        With the first such code and name.
    """
    known_areas = _Known.now()
    for pair in rows[["area_code", name]].drop_duplicates().to_dict("records"):
        known_areas.area_of(pair, name, table)


def refuse_blank(
    blank: pd.DataFrame, rows: pd.DataFrame, what: str, columns: Sequence[str], table: TextTable
) -> None:
    """Stop at a row that does not say what it is about: what it counts can be of anything.

    Raises
    ------
    InputError
        Which names the first such row, and the row above, where labels may be written once.
    """
    if blank.empty:
        return
    at = first_true(rows.index.to_series() == blank.index[0])
    above = " ".join(short(each) for each in rows[list(columns)].iloc[at - 1] if each)
    once = f" It stands below {above}: are labels written once a group?" if at and above else ""
    raise InputError(
        f"{relative(table.path)}: row {blank.index[0]} below the header names no {what}.",
        f"There are {len(blank)} such rows.{once}",
        f"Wanted: the {what} in every row. In a pivot table, choose Repeat All Item Labels;",
        "in a sheet, unmerge the cells and fill them down; and save it as CSV again.",
        "Nothing was loaded.",
    )


@dataclass(frozen=True)
class _Known:
    """The areas that are assessed, by code, and the names of places that are known to be others."""

    assessed: frozenset[str]
    elsewhere: frozenset[str]

    @classmethod
    def now(cls) -> "_Known":
        """As the lists say."""
        names = [each["name"] for each in words("mps_not_boroughs")]
        for each in words(ELSEWHERE):
            names += [each["area_name"], *each["also_called"].split(";")]
        return cls(
            frozenset([*areas.boroughs()["area_code"], areas.ENGLAND.code]),
            frozenset(areas.spelling(name) for name in names if name.strip()),
        )

    def area_of(self, row: Mapping[Any, str], name: str, table: TextTable) -> str:
        """The code of one area, or ``elsewhere`` for a place that is known to be another."""
        code, called = row.get("area_code", ""), row.get(name, "")
        by_code = self._by_code(code.upper()) if code else ""
        by_name = self._by_name(called) if called else ""
        if by_code is None and by_name != ELSEWHERE:
            raise _unknown_code(code, table)
        if by_name is None and by_code != ELSEWHERE:
            raise _unknown_name(called, table)
        if by_code and by_name and by_code != by_name:
            raise _contradiction(code, called, table)
        return by_code or by_name or ELSEWHERE

    def _by_code(self, code: str) -> str | None:
        """The code as we write it, ``elsewhere`` for another area's, None for what is no code."""
        if code in self.assessed:
            return code
        listed = _CODE_ELSEWHERE.fullmatch(code) or areas.borough_code(code) == code
        return ELSEWHERE if listed else None

    def _by_name(self, name: str) -> str | None:
        """The code of a name, ``elsewhere`` for another place, None for what is not known."""
        code = areas.borough_code(name)
        if code is not None:
            return self._by_code(code)
        return ELSEWHERE if areas.spelling(name) in self.elsewhere else None


def _unknown_code(code: str, table: TextTable) -> InputError:
    return InputError(
        f"{relative(table.path)} holds an area code that is not known: {short(code)}.",
        "Wanted: the GSS code of a London borough, like E09000003, or of another area.",
        "Boroughs are listed in data/areas/boroughs.csv.",
        "Take the file again, or ask the sender. Nothing was loaded.",
    )


def _unknown_name(name: str, table: TextTable) -> InputError:
    boroughs = {areas.spelling(each): each for each in areas.boroughs()["area_name"]}
    close = get_close_matches(areas.spelling(name), boroughs, n=1)
    borough = f"{boroughs[close[0]]}, that is," if close else "a London borough"
    return InputError(
        f"{relative(table.path)} names an area that is not known: {short(name)}.",
        f"If it is {borough} spelt otherwise, add the spelling to also_called",
        "in the borough's line of data/areas/boroughs.csv (several are parted by semicolons).",
        f"If it is another place, add to {relative(words_path(ELSEWHERE))} the line",
        csv_line(name, "another place", ""),
        "Nothing was loaded.",
    )


def _contradiction(code: str, name: str, table: TextTable) -> InputError:
    return InputError(
        f"{relative(table.path)}: a code and a name are of different areas.",
        f"Found: {short(code)} beside {short(name)}.",
        "One of the two columns was perhaps sorted without the other, or looked up by name.",
        "Which one is right can't be told. Ask the sender. Nothing was loaded.",
    )
