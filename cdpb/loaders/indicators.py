"""Indicators by area and period: Fingertips as it exports them, and publications as declared."""

import re
from dataclasses import replace

import pandas as pd

from cdpb import areas, schemas
from cdpb.catalogue import publications, source
from cdpb.errors import FileError, InputError, closest
from cdpb.loaders import access
from cdpb.loaders.corrections import how_to_correct, legible
from cdpb.loaders.counts import ROW, counts_in, first_true, periods_of, refuse_repeats
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import plain, rename_columns, short
from cdpb.loaders.places import in_areas, refuse_blank, refuse_names_that_differ
from cdpb.loaders.publishers import as_declared
from cdpb.loaders.receiving import received
from cdpb.partner_returns import Indicators
from cdpb.steps import first_step

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

    Examples
    --------
    >>> load.fingertips(91743)
    """
    access.permitted(FINGERTIPS)
    table = received(FINGERTIPS).table
    chosen = table if indicator_id is None else table[table["indicator_id"] == indicator_id]
    if len(table) and chosen.empty:
        named = table.drop_duplicates("indicator_id")["indicator_id"]
        raise InputError(
            f"{FINGERTIPS} holds no indicator {indicator_id!r}.",
            closest(indicator_id, named, "It holds"),
        )
    return schemas.of_area(chosen, None, schemas.FINGERTIPS, FINGERTIPS)


def read_fingertips(table: TextTable) -> pd.DataFrame:
    """One export, of 26 or 27 columns; the rows of whole areas alone."""
    # The column that is named after an area's parent gets the name that it has without one.
    header = [_SAME_NAME if _OF_PARENT.fullmatch(plain(name)) else name for name in table.header]
    rows, _ = rename_columns(replace(table, header=header), FINGERTIPS)
    rows = rows.apply(lambda column: column.str.split().str.join(" "))
    rows = _of_whole_areas(rows, table)
    rows["indicator_id"] = counts_in(rows, "indicator_id", table, KEYS)
    _refuse_other_years(rows["year"])
    for name in NUMBERS:
        rows[name] = _numbers(legible(rows, name, FINGERTIPS), rows, KEYS)
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


def _numbers(text: pd.Series, rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    fits = text.str.fullmatch(_NUMBER) | (text == "")
    if not fits.all():
        place = first_true(~fits)
        raise FileError(
            f"This file: {text.name} is not a number.",
            f"Row {text.index[place]} below the header. Found: {short(text.iloc[place])}.",
            *how_to_correct(rows.iloc[place], str(text.name), keys),
            "Or take the export again.",
        )
    return pd.to_numeric(text.where(text != "")).astype(float)


def published(source_id: str, area: str | None = None, wide: bool = False) -> pd.DataFrame:
    """A publication's figures, one row per area, period and indicator.

    Parameters
    ----------
    source_id : str
        As ``data/sources.yml`` declares it.
    area : str, optional
        GSS code; all areas when not given.
    wide : bool, default False
        One row per area and period, with a column per indicator and no marks.

    Returns
    -------
    pandas.DataFrame
        ``area_code, area_name``, ``month``, ``quarter`` or ``year``, ``indicator, value, mark``.
        Where the publisher gives a mark in place of a figure ``value`` is missing, and never 0;
        what was not published at all has no row.

    Raises
    ------
    InputError
        If the source is no publication of indicators, or a received file can't be vouched for.

    Examples
    --------
    >>> load.published("recorded_crime", wide=True)
    """
    known = publications()
    if source_id not in known:
        raise InputError(
            f"{source_id} is no publication of indicators, but: {source(source_id).title}.",
            f"Publications: {', '.join(known)}.",
        )
    access.permitted(source_id)
    what = known[source_id]
    table = schemas.of_area(received(source_id).table, area, what.table_schema, source_id)
    return _columns_beside(table, what) if wide else table


def _columns_beside(table: pd.DataFrame, what: Indicators) -> pd.DataFrame:
    index = ["area_code", "area_name", what.period]
    beside = table.pivot(index=index, columns="indicator", values="value")
    beside = beside.reset_index().rename_axis(columns=None)
    beside.attrs = {"source": what.source_id, **first_step(beside.columns)}
    return beside


def read_indicators(table: TextTable, what: Indicators) -> pd.DataFrame:
    """One file of a publication, in any known layout: one figure per row, or one per column."""
    rows, _ = rename_columns(table, what.source_id)
    rows = as_declared(rows, what, table)
    refuse_blank(rows, rows[what.period] == "", what.period, ["area_code", what.period])
    also = {"E09000001": "City of London", areas.LONDON.code: areas.LONDON.name, **what.areas}
    rows = in_areas(rows, table, "area_name", also)
    names = also | areas.boroughs().set_index("area_code")["area_name"].to_dict()
    names |= {areas.ENGLAND.code: areas.ENGLAND.name}
    rows = rows.assign(
        area_name=rows["area_code"].map(names),
        **{what.period: periods_of(rows[what.period], what.dated)},
    )
    long = _figures_down(rows, what)
    of_kinds = bool(what.published_as.kinds) and "indicator" in rows
    if not of_kinds:
        refuse_repeats(long, what.keys)
    marked = long.assign(mark=_marks(long, what))
    none = (marked["mark"] == "") & (marked["value"] == "")
    table.record("dropped", none, "figures that were not published")
    table.record("missing", marked["mark"] != "", "figures with a mark in their place: not 0")
    figures = _figures(marked[~none], what, table)
    if of_kinds:
        from cdpb.loaders.completeness import added_up

        figures = added_up(figures, what, table)
    return schemas.check_read(figures, what.table_schema)


def _figures_down(rows: pd.DataFrame, what: Indicators) -> pd.DataFrame:
    """One figure per row, with the row of the file that it stands in."""
    rows = rows.assign(mark=rows.get("mark", ""), **{ROW: rows.get(ROW, rows.index)})
    if "indicator" in rows:
        return rows
    about = ["area_code", "area_name", what.period, "mark", ROW]
    return rows.melt(about, list(what.names), var_name="indicator", value_name="value")


def _marks(long: pd.DataFrame, what: Indicators) -> pd.Series:
    """What stands in the place of each figure: in its cell, or in a column for the whole row."""
    cells = zip(long["indicator"], long["value"], long["mark"], strict=True)
    beside = pd.Series([_mark_beside(*cell) for cell in cells], index=long.index, dtype=str)
    found = long["value"].where(long["value"].isin(list(what.marks)), beside)
    strange = found[~found.isin(["", *what.marks])]
    if len(strange):
        raise FileError(
            f"This file: {short(strange.iloc[0])} stands in the place of a figure.",
            f"Known marks: {', '.join(what.marks) or 'none'}.",
            "If its publisher says what it means, add it to the marks of "
            f"{what.source_id} in data/sources.yml.",
        )
    return found


def _mark_beside(name: str, value: str, mark: str) -> str:
    """One mark is of all empty cells of its row; otherwise it reads ``column:mark`` for each."""
    if value or ":" not in mark:
        return "" if value else mark
    return dict(part.partition(":")[::2] for part in mark.split()).get(name, "")


def _figures(marked: pd.DataFrame, what: Indicators, table: TextTable) -> pd.DataFrame:
    """Figures as numbers, in the order of areas and periods; those with a mark are missing."""
    empty = marked.assign(value=marked["value"].mask(marked["mark"] != "", ""))
    whole = empty["indicator"].isin(what.counts)
    counts = counts_in(empty[whole], "value", table, what.keys, ("",), "indicator")
    text = legible(empty[~whole], "value", what.source_id)
    values = _numbers(text.set_axis(empty.loc[~whole, ROW]), empty[~whole], what.keys)
    found = pd.concat([counts.astype(float), values.set_axis(text.index)])
    by = [what.period, "area_code"]
    return empty.assign(value=found).sort_values(by, kind="stable", ignore_index=True)
