"""Fingertips: public health indicators as their publisher exports them."""

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from cdpb import schemas
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders import access
from cdpb.loaders.corrections import how_to_correct, legible
from cdpb.loaders.counts import first_true, refuse_repeats, whole_counts
from cdpb.loaders.files import TextTable, read_text_table, record
from cdpb.loaders.headers import in_our_words, plain, short
from cdpb.loaders.places import refuse_blank, refuse_names_that_differ
from cdpb.loaders.receiving import Received, fingerprint, receive

FINGERTIPS = "fingertips"
KEYS = ["indicator_id", "area_code", "sex", "age", "year"]
NUMBERS = ["value", "lower", "upper", "count", "denominator"]
# It is named after the area's parent; what it says depends on how the export was asked for.
_OF_PARENT = re.compile(r"compared to (?!england\b|goal\b).+")
_SAME_NAME = "Column not used"
_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_GSS = r"E\d{8}"
# One year or quarter, financial or not, or several of them.
_PERIOD = r"(?:19|20)\d{2}(?:/\d{2})?(?: Q[1-4])?(?: - (?:\d{2}|\d{4})(?:/\d{2})?(?: Q[1-4])?)?"


def fingertips(indicator_id: int | None = None) -> pd.DataFrame:
    """Indicators by area, sex, age and period.

    Parameters
    ----------
    indicator_id : int, optional
        The publisher's number of an indicator; every one that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``indicator_id, indicator_name, area_code, area_name, sex, age, year, value, lower, upper,
        count, denominator, trend, note``. Limits are of 95%; ``count`` may be a fraction, where it
        comes from a model; what was not published is missing. ``year`` is as published.

    Raises
    ------
    InputError
        If a received file can't be vouched for.
    """
    access.permitted(FINGERTIPS)
    table = received_fingertips().table
    chosen = table if indicator_id is None else table[table["indicator_id"] == indicator_id]
    return schemas.of_area(chosen, "area_code", None, schemas.FINGERTIPS, FINGERTIPS)


def received_fingertips() -> Received:
    """All receipts of Fingertips exports."""
    return _received(fingerprint(FINGERTIPS))


@lru_cache(maxsize=8)
def _received(_fingerprint: str) -> Received:
    period = ["indicator_id", "year"]
    return receive(FINGERTIPS, read_fingertips, period, schemas.FINGERTIPS)


def read_fingertips(path: Path, receipt: str = "") -> pd.DataFrame:
    """One export, of 26 or 27 columns; the rows of whole areas alone."""
    table = read_text_table(path, FINGERTIPS, receipt)
    rows, _ = in_our_words(_with_one_name(table), FINGERTIPS)
    rows = rows.apply(lambda column: column.str.split().str.join(" "))
    rows = _of_whole_areas(rows, table)
    rows["indicator_id"] = whole_counts(rows["indicator_id"], path, "indicator_id")
    _refuse_other_years(rows["year"], path)
    for name in NUMBERS:
        rows[name] = _numbers(legible(rows, name, FINGERTIPS), rows, path)
    rows = _listed_once(rows[list(schemas.FINGERTIPS.columns)], table)
    refuse_repeats(rows, KEYS, path)
    return schemas.check_read(rows, schemas.FINGERTIPS, path)


def _refuse_other_years(years: pd.Series, path: Path) -> None:
    wrong = years[~years.str.fullmatch(_PERIOD)]
    if len(wrong):
        raise InputError(
            f"{relative(path)}: {short(wrong.iloc[0])} is no time period that can be read.",
            f"Row {wrong.index[0]} below the header. Wanted: 2022/23, 2023, 2020 - 22 or the like.",
            "Take the export again. Nothing was loaded.",
        )


def _with_one_name(table: TextTable) -> TextTable:
    """The column that is named after an area's parent gets the name that it has without one."""
    header = [_SAME_NAME if _OF_PARENT.fullmatch(plain(n)) else n for n in table.header]
    return replace(table, header=header)


def _of_whole_areas(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """Rows by deprivation, sex or ethnic group stand under England's code: they are not England."""
    whole = (rows["category_type"] == "") & (rows["category"] == "")
    record(table.origin, "dropped", int((~whole).sum()), "rows of categories within an area")
    about = ["area_code", "area_name"]
    refuse_blank(rows[whole & (rows["area_code"] == "")], rows, "area", about, table)
    coded = rows["area_code"].str.fullmatch(_GSS)
    why = "areas without a GSS code of England"
    record(table.origin, "dropped", int((whole & ~coded).sum()), why)
    if not (whole & coded).any():
        raise InputError(
            f"{relative(table.path)} holds no row of a whole area.",
            "Wanted: rows with an empty Category Type and a GSS code of England.",
            "Export the indicator for local authorities. Nothing was loaded.",
        )
    refuse_names_that_differ(rows[whole & coded], table, "area_name")
    return rows[whole & coded].copy()


def _listed_once(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """An area that is of two types, like a county and an authority, stands twice with one value."""
    again = rows.duplicated()
    record(table.origin, "dropped", int(again.sum()), "the same row under another area type")
    return rows[~again]


def _numbers(text: pd.Series, rows: pd.DataFrame, path: Path) -> pd.Series:
    fits = text.str.fullmatch(_NUMBER) | (text == "")
    if not fits.all():
        place = first_true(~fits)
        raise InputError(
            f"{relative(path)}: {text.name} is not a number.",
            f"Row {text.index[place]} below the header. Found: {short(text.iloc[place])}.",
            *how_to_correct(rows.iloc[place], str(text.name), KEYS),
            "Or take the export again. Nothing was loaded.",
        )
    return pd.to_numeric(text.where(text != "")).astype(float)
