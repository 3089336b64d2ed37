"""Fingertips: public health indicators as their publisher exports them."""

import re
from dataclasses import replace

import pandas as pd

from cdpb import schemas
from cdpb.errors import FileError
from cdpb.loaders import access
from cdpb.loaders.corrections import how_to_correct, legible
from cdpb.loaders.counts import first_true, refuse_repeats, whole_counts
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import plain, rename_columns, short
from cdpb.loaders.places import refuse_blank, refuse_names_that_differ
from cdpb.loaders.receiving import received

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
        The publisher's number of an indicator; all of them when not given.

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
    table = received(FINGERTIPS).table
    chosen = table if indicator_id is None else table[table["indicator_id"] == indicator_id]
    return schemas.of_area(chosen, None, schemas.FINGERTIPS, FINGERTIPS)


def read_fingertips(table: TextTable) -> pd.DataFrame:
    """One export, of 26 or 27 columns; the rows of whole areas alone."""
    # The column that is named after an area's parent gets the name that it has without one.
    header = [_SAME_NAME if _OF_PARENT.fullmatch(plain(name)) else name for name in table.header]
    rows, _ = rename_columns(replace(table, header=header), FINGERTIPS)
    rows = rows.apply(lambda column: column.str.split().str.join(" "))
    rows = _of_whole_areas(rows, table)
    rows["indicator_id"] = whole_counts(rows["indicator_id"], "indicator_id")
    _refuse_other_years(rows["year"])
    for name in NUMBERS:
        rows[name] = _numbers(legible(rows, name, FINGERTIPS), rows)
    rows = rows[list(schemas.FINGERTIPS.columns)]
    # An area that is of two types, like a county and an authority, stands twice with one value.
    again = rows.duplicated()
    table.record("dropped", again, "the same row under another area type")
    rows = rows[~again]
    refuse_repeats(rows, KEYS)
    return schemas.check_read(rows, schemas.FINGERTIPS)


def _refuse_other_years(years: pd.Series) -> None:
    wrong = years[~years.str.fullmatch(_PERIOD)]
    if len(wrong):
        raise FileError(
            f"This file: {short(wrong.iloc[0])} is no time period that can be read.",
            f"Row {wrong.index[0]} below the header. Wanted: 2022/23, 2023, 2020 - 22 or the like.",
            "Take the export again.",
        )


def _of_whole_areas(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """Rows by deprivation, sex or ethnic group stand under England's code: they are not England."""
    whole = (rows["category_type"] == "") & (rows["category"] == "")
    table.record("dropped", ~whole, "rows of categories within an area")
    refuse_blank(rows, whole & (rows["area_code"] == ""), "area", ["area_code", "area_name"])
    coded = rows["area_code"].str.fullmatch(_GSS)
    table.record("dropped", whole & ~coded, "areas without a GSS code of England")
    if not (whole & coded).any():
        raise FileError(
            "This file holds no row of a whole area.",
            "Wanted: rows with an empty Category Type and a GSS code of England.",
            "Export the indicator for local authorities.",
        )
    refuse_names_that_differ(rows[whole & coded], "area_name")
    return rows[whole & coded].copy()


def _numbers(text: pd.Series, rows: pd.DataFrame) -> pd.Series:
    fits = text.str.fullmatch(_NUMBER) | (text == "")
    if not fits.all():
        place = first_true(~fits)
        raise FileError(
            f"This file: {text.name} is not a number.",
            f"Row {text.index[place]} below the header. Found: {short(text.iloc[place])}.",
            *how_to_correct(rows.iloc[place], str(text.name), KEYS),
            "Or take the export again.",
        )
    return pd.to_numeric(text.where(text != "")).astype(float)
