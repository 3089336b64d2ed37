"""Publishers' own tables: a sheet as one header and its rows; one row per area and period."""

import io
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import reduce
from pathlib import Path

import pandas as pd

from cdpb.catalogue import publications
from cdpb.errors import FileError, InputError
from cdpb.loaders.counts import ROW
from cdpb.loaders.files import TextTable, read_text_table
from cdpb.loaders.headers import is_month, plain, quoted, rename_columns
from cdpb.loaders.places import refuse_blank
from cdpb.partner_returns import Indicators, PublishersTable

# What the title above a table says of all of its rows stands in a column of this name.
IN_TITLE = "(in title)"
# Where each year has a column: its header, and what stands below it.
IN_HEADER, BELOW = "(in header)", "(below)"
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_CODE = re.compile(r"[EWSNK]\d{8}", flags=re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d{2}", flags=re.ASCII)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_LAST_MONTH = re.compile(rf"(?:year ending|{_MONTH} to) ({_MONTH} \d{{4}})")
# How publishers write the years 2016/17, and 2013/14 to 2015/16; and how they are read here.
_WRITTEN = {
    r"^(\d{4})(\d{2})$": r"\1/\2",
    r"^(\d{4}/\d{2}) ?- ?(\d{2}/\d{2})$": r"\1 to 20\2",
}
_FEWEST_YEARS = 3
# Columns that name a row's area at one level, the smallest first: a row is of the first it fills.
LEVELS = ("authority", "partnership", "region", "force", "country")


def table_of_workbook(content: bytes, about: PublishersTable) -> list[list[str]]:
    """The sheets of a workbook that are declared, as the one table that they would be in a CSV.

    Raises FileError if it is no workbook, or lacks a sheet.
    """
    sheets = _cells_of(content, about.sheets)
    return _side_by_side(sheets, about.named_by) if about.named_by else one_header(*sheets.values())


def _cells_of(content: bytes, sheets: tuple[str, ...]) -> dict[str, list[list[str]]]:
    """The cells of each sheet of an Excel or OpenDocument workbook."""
    # Imported here: a run on tables of text alone opens no workbook.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if lacking := [name for name in sheets if name not in book.sheet_names]:
            raise FileError(
                f"This file: the workbook has no sheet {lacking[0]!r}.",
                f"Found: {', '.join(book.sheet_names[:6])}.",
                "Wanted: the publisher's workbook as it was downloaded.",
            )
        read = {name: book.get_sheet_by_name(name).to_python() for name in sheets}
    except CalamineError as error:
        raise FileError(
            "This file: the workbook can't be opened.",
            f"{str(error)[:60]}.",
            "Download it again; if it has a password, save it without one.",
        ) from None
    return {name: [[_text(cell) for cell in row] for row in rows] for name, rows in read.items()}


def _text(cell: object) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell)  # type: ignore[call-overload]


def one_header(rows: list[list[str]]) -> list[list[str]]:
    """A titled sheet as one header and the rows of areas; any other table as it is.

    A header of several rows becomes the lowest name of each column. What the title says of the
    period is in a column ``(in title)``, as the last month. Rows without a code of an area are
    notes, blank, or changes on the year before; a row that stands twice is read once.
    """
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    first = next((at for at, row in enumerate(rows) if any(map(_CODE.fullmatch, row))), 0)
    if not first or sum(map(bool, rows[0])) != 1:
        return rows
    titles = [row for row in rows[:first] if sum(map(bool, row)) == 1]
    above = [row for row in rows[:first] if sum(map(bool, row)) > 1]
    header = [next(filter(None, reversed(names)), "") for names in zip(*above, strict=True)]
    body = [row for row in rows[first:] if any(map(_CODE.fullmatch, row))]
    # London stands among the regions, and once more above its boroughs.
    body = [list(row) for row in dict.fromkeys(map(tuple, body))]
    period = _period(" ".join(cell for row in titles for cell in row))
    if period:
        header, body = [*header, IN_TITLE], [[*row, period] for row in body]
    return _years_down(_named(header, body), body)


def _side_by_side(sheets: Mapping[str, list[list[str]]], named_by: int) -> list[list[str]]:
    """Sheets about the same rows as one: what names a row, then ``sheet: column`` of each.

    A row that one of them lacks is empty there; one without a figure is a note below a table.
    Where each year has a column, the year is the last of what names a row.
    """
    tables = [_below_titles(rows, sheet, named_by) for sheet, rows in sheets.items()]
    names = list(tables[0].columns[:named_by])
    by = list(range(named_by))
    parts = [table.set_axis([*by, *table.columns[named_by:]], axis=1) for table in tables]
    whole = reduce(lambda one, other: one.merge(other, "outer", by), parts).fillna("")
    return [[*names, *map(str, whole.columns[named_by:])], *whole.to_numpy().tolist()]


def _below_titles(rows: list[list[str]], sheet: str, named_by: int) -> pd.DataFrame:
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    first = next((at for at, row in enumerate(rows) if sum(map(bool, row)) > 1), 0)
    body = [row for row in rows[first + 1 :] if any(row[named_by:])]
    header, *body = _years_down(_named(rows[first], body), body)
    columns = [*header[:named_by], *(f"{sheet}: {name}" for name in header[named_by:])]
    return pd.DataFrame(body, columns=columns, dtype=str)


def _named(header: list[str], body: list[list[str]]) -> list[str]:
    """A header whose empty cells over filled ones are numbered, as one would count columns."""
    filled = [any(row[at] for row in body) for at in range(len(header))]
    return [name or (f"(column {at + 1})" if filled[at] else "") for at, name in enumerate(header)]


def _period(title: str) -> str:
    """The last month that a title names, like ``2025-06``; empty for none."""
    found = _LAST_MONTH.search(title)
    return f"{pd.to_datetime(found[1], format='%B %Y'):%Y-%m}" if found else ""


def _years_down(header: list[str], body: list[list[str]]) -> list[list[str]]:
    """One row per area and year, where each year has a column of its own."""
    years = [at for at, name in enumerate(header) if _YEAR.fullmatch(name)]
    if len(years) < _FEWEST_YEARS:
        return [header, *body]
    about = [at for at in range(len(header)) if at not in years]
    return [
        [*(header[at] for at in about), IN_HEADER, BELOW],
        *([*(row[at] for at in about), header[year], row[year]] for row in body for year in years),
    ]


def source_of_sheet(path: Path) -> str:
    """The source whose publisher gives such a sheet; empty for none."""
    for source_id in [name for name, what in publications().items() if what.published_as.sheets]:
        with suppress(InputError):
            rename_columns(read_text_table(path, source_id), source_id)
            return source_id
    return ""


def as_declared(rows: pd.DataFrame, what: Indicators, table: TextTable) -> pd.DataFrame:
    """Rows as the publication is declared: what is not of it left out, each about one area."""
    about = what.published_as
    rows = _months_down(rows)
    for column, labels in about.only.items():
        if column in rows:
            rows = _of_labels(rows, column, labels, table)
    rows = _without_second(_in_our_words(rows, what), what, table)
    if about.kinds and "indicator" in rows:
        # Imported here: a run on tables of one figure per indicator adds up no kinds.
        from cdpb.loaders.completeness import in_our_indicators

        rows = in_our_indicators(rows, what)
    if f"{LEVELS[0]}_name" not in rows:
        return rows
    return _with_sums(_of_one_area(rows, table), what)


def _months_down(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per month, where each month has a column of its own."""
    months = [str(name) for name in rows if is_month(name)]
    if not months:
        return rows
    about = [name for name in rows if name not in months]
    rows = rows.assign(**{ROW: rows.index})
    return rows.melt([*about, ROW], months, var_name="month", value_name="value")


def _of_labels(
    rows: pd.DataFrame, column: str, labels: tuple[str, ...], table: TextTable
) -> pd.DataFrame:
    """The rows of some labels of a column; one that has none may be spelt otherwise now."""
    written = {label: plain(label) for label in rows[column].unique()}
    if lacking := [label for label in labels if plain(label) not in written.values()]:
        raise FileError(
            f"This file: no row of the {column} {lacking[0]!r}.",
            f"Found: {quoted(list(written))}.",
            f"If it is called otherwise now, mend `only` of {table.origin.source}",
            "in data/sources.yml. If not, take the whole file.",
        )
    others = ~rows[column].map(written).isin([plain(label) for label in labels])
    refuse_blank(rows, others & (rows[column] == ""), column, [column])
    table.record("dropped", others, f"rows of another {column}")
    return rows[~others].drop(columns=column)


def _in_our_words(rows: pd.DataFrame, what: Indicators) -> pd.DataFrame:
    about = what.published_as
    if about.unnamed_area and {"area_code", "area_name"} <= set(rows):
        unnamed = (rows[["area_code", "area_name"]] == "").all(axis=1)
        rows = rows.assign(area_code=rows["area_code"].mask(unnamed, about.unnamed_area))
    for column in [name for name in ("indicator", "area_name") if name in rows]:
        rows = rows.assign(**{column: rows[column].replace(dict(about.words))})
    if what.period == "year":
        rows = rows.assign(year=rows["year"].replace(_WRITTEN, regex=True))
    if what.period == "quarter" and "year" in rows:
        quarter = rows["quarter"].str.removeprefix("Q")
        rows = rows.assign(quarter=rows["year"] + " Q" + quarter).drop(columns="year")
    return rows


def _without_second(rows: pd.DataFrame, what: Indicators, table: TextTable) -> pd.DataFrame:
    for cells in [each for each in what.published_as.left_out if set(each) <= set(rows)]:
        same = (rows[list(cells)] == pd.Series(cells)).all(axis=1)
        table.record("dropped", same, "a second figure about the same thing, as declared")
        rows = rows[~same]
    return rows


def _of_one_area(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """The code and the name of the smallest area that a row names.

    What a publisher could not place has a name and no code there, and is dropped; an area that
    is whole in a smaller one, as the force of the City of London is, has a row for both.
    """
    levels = [level for level in LEVELS if f"{level}_name" in rows]
    names = rows[[f"{level}_name" for level in levels]].set_axis(levels, axis=1)
    codes = rows[[f"{level}_code" for level in levels]].set_axis(levels, axis=1)
    # Words in the place of a code say that there is none.
    codes = codes.where(codes.apply(lambda column: column.str.contains(r"\d")), "")
    level = ((names != "") | (codes != "")).idxmax(axis=1)
    parted = [column for each in levels for column in (f"{each}_code", f"{each}_name")]
    found = rows.drop(columns=parted).assign(
        area_code=_picked(codes, level), area_name=_picked(names, level)
    )
    nowhere = found["area_code"] == ""
    table.record("dropped", nowhere, "rows that no area could be found for")
    alone = _whole_of_larger(codes, level, found)
    return pd.concat([found[~nowhere], alone[alone["area_code"] != ""]])


def _picked(of_levels: pd.DataFrame, level: pd.Series) -> pd.Series:
    return pd.Series(
        [of_levels.at[row, name] for row, name in level.items()], of_levels.index, dtype=str
    )


def _whole_of_larger(codes: pd.DataFrame, level: pd.Series, found: pd.DataFrame) -> pd.DataFrame:
    """Rows of forces that have no row of their own, only one of the area that they are."""
    if "force" not in codes:
        return found.iloc[:0]
    own = set(codes.loc[level == "force", "force"])
    only = ~codes["force"].isin(own) & (codes.groupby("force")["force"].transform("size") == 1)
    return found[only].assign(area_code=codes.loc[only, "force"])


def _with_sums(rows: pd.DataFrame, what: Indicators) -> pd.DataFrame:
    """With a row per period of each area that is declared to be the sum of others."""
    figures = [name for name in what.names if name in rows]
    sums = []
    for code, parts in what.published_as.sums.items():
        if code not in set(rows["area_code"]):
            of = rows[rows["area_code"].str.startswith(tuple(parts))]
            sums += [_sum(each, figures, code) for _, each in of.groupby(what.period)]
    return pd.concat([rows, *sums]) if sums else rows


def _sum(parts: pd.DataFrame, figures: Iterable[str], code: str) -> pd.DataFrame:
    """The first of the parts, with the sum's code and figures; none where a part has none."""
    first = parts.iloc[[0]].assign(area_code=code, area_name="")
    for name in figures:
        numbers = pd.to_numeric(parts[name].str.replace(",", ""), errors="coerce")
        first[name] = "" if numbers.isna().any() else f"{numbers.sum():.15g}"
    return first
