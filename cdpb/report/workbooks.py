"""Workbooks of what is published, as XLSX and ODS: one per finding and one of them all.

Both are written from the same sheets and hold the same bytes on every machine.
"""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup, escape

from cdpb.periods import FinancialYear
from cdpb.report.archives import packed, unpacked, workbook_files
from cdpb.report.markup import render
from cdpb.report.sheets import Record, WorkbookSheet, reads_as_number, sheets_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

WHOLE = "all-tables"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODS_PARTS = ("content.xml", "meta.xml", "settings.xml", "styles.xml", "META-INF/manifest.xml")
SPACES = re.compile(r"^ | $| {2,}")


class Workbook(NamedTuple):
    """One file: its name, what it is to hold, and its bytes, as a draft."""

    name: str
    sheets: list[WorkbookSheet]
    content: bytes


def workbook_names(records: Sequence[Record]) -> dict[str, list[str]]:
    """The files of each workbook by the slug of its finding; of the whole by `WHOLE`."""
    named = {each["slug"]: workbook_files(each) for each in records}
    found = {slug: files for slug, files in named.items() if files}
    return {**found, **({WHOLE: workbook_files(records[0], WHOLE)} if found else {})}


def workbooks_of(record: Record, folder: Path) -> Iterator[Workbook]:
    """The workbooks of one finding, made of the tables in a folder."""
    return _written(workbook_files(record), [record], folder)


def workbooks_of_all(records: Sequence[Record], folder: Path) -> Iterator[Workbook]:
    """The workbooks of all tables of an assessment."""
    some = [each for each in records if workbook_files(each)]
    return _written(workbook_files(records[0], WHOLE) if some else [], some, folder)


def _written(names: Sequence[str], records: Sequence[Record], folder: Path) -> Iterator[Workbook]:
    sheets = sheets_of(records, folder) if names else []
    for name, write in zip(names, WRITERS if names else (), strict=True):
        yield Workbook(name, sheets, write(sheets, records[0]))


def write_workbooks(found: Iterable[Workbook], folder: Path) -> None:
    """Write each into a folder, under its name."""
    for each in found:
        (folder / each.name).parent.mkdir(exist_ok=True)
        (folder / each.name).write_bytes(each.content)


def _xlsx(sheets: Sequence[WorkbookSheet], record: Record) -> bytes:
    import xlsxwriter  # Only here: a command that makes nothing needs none of it.

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    day = FinancialYear.parse(record["year"]).last_day
    book.set_properties(
        {"title": sheets[0].title, "created": dt.datetime(day.year, day.month, day.day)}
    )
    styles = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "heading": book.add_format({"bold": True, "text_wrap": True, "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "number": book.add_format({"valign": "top"}),
        "link": book.add_format({"font_color": "#12436D", "underline": 1, "valign": "top"}),
    }
    for number, sheet in enumerate(sheets):
        _write(book.add_worksheet(sheet.name), sheet, number, styles)
    book.close()
    return packed(unpacked(buffer.getvalue()))


def _write(
    page: "Worksheet", sheet: WorkbookSheet, number: int, styles: Mapping[str, "Format"]
) -> None:
    page.hide_gridlines(2)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    if not sheet.cells:
        page.set_column(0, 0, 100)
    for at, line in enumerate(sheet.text_above):
        style = "title" if at == 0 else "number" if sheet.cells else "text"
        page.write_string(at, 0, line, styles[style])
    if sheet.cells:
        _write_table(page, sheet, number, styles)


def _write_table(
    page: "Worksheet", sheet: WorkbookSheet, number: int, styles: Mapping[str, "Format"]
) -> None:
    (heads, *rows), top = sheet.rows, len(sheet.text_above)
    named = [{"header": each, "header_format": styles["heading"]} for each in heads]
    page.add_table(
        top, 0, top + len(rows), len(heads) - 1,
        {"name": f"Table_{number}", "columns": named, "autofilter": False, "style": None},
    )  # fmt: skip
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    for at, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if column == 0 and at in sheet.links:
                page.write_url(
                    top + at, 0, f"internal:'{sheet.links[at]}'!A1", styles["link"], cell
                )
            elif reads_as_number(cell):
                page.write_number(top + at, column, float(cell), styles["number"])
            elif cell:
                page.write_string(top + at, column, cell, styles["text"])
    page.freeze_panes(top + 1, 0)
    page.repeat_rows(top)


def _ods(sheets: Sequence[WorkbookSheet], record: Record) -> bytes:
    day = FinancialYear.parse(record["year"]).last_day.isoformat()
    given: dict[str, Any] = {
        "sheets": sheets, "cell": _ods_text, "cells": _ods_cells, "day": day,
        "column_name": column_name,
        "widths": sorted({100, *(width for sheet in sheets for width in sheet.widths)}),
    }  # fmt: skip
    parts = {name: str(render(f"workbook/{Path(name).name}.j2", **given)) for name in ODS_PARTS}
    return packed({"mimetype": ODS.encode(), **{n: text.encode() for n, text in parts.items()}})


def _ods_cells(sheet: WorkbookSheet, at: int) -> Markup:
    """The cells of a row: a template takes three times as long over them."""
    row = sheet.rows[at]
    if at == 0:
        return Markup("".join(_ods_text(cell, "heading") for cell in row))
    first = [_ods_link(row[0])] if at in sheet.links else []
    return Markup("".join([*first, *map(_ods_cell, row[len(first) :])]))


def _ods_cell(cell: str) -> str:
    if reads_as_number(cell):
        return (
            '<table:table-cell table:style-name="number" office:value-type="float" '
            f'office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
        )
    return _ods_text(cell, "text") if cell else "<table:table-cell/>"


def _ods_link(name: str) -> str:
    return Markup(
        '<table:table-cell table:style-name="text" office:value-type="string"><text:p>'
        """<text:a xlink:type="simple" xlink:href="#'{0}'.A1">{0}</text:a>"""
        "</text:p></table:table-cell>"
    ).format(name)


def _ods_text(text: str, style: str) -> Markup:
    """A cell of lines, each blank that XML would drop written out."""
    lines = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in text.split("\n"))
    named = f'table:style-name="{style}" office:value-type="string"'
    return Markup(f"<table:table-cell {named}>{lines}</table:table-cell>")


def _spaced(line: str) -> str:
    spaced = SPACES.sub(lambda run: f'<text:s text:c="{len(run[0])}"/>', str(escape(line)))
    return spaced.replace("\t", "<text:tab/>")


def column_name(number: int) -> str:
    """``A`` of the first column, ``AA`` of the twenty-seventh."""
    above, letter = divmod(number - 1, 26)
    return (column_name(above) if above else "") + chr(ord("A") + letter)


# The two formats, in the order of their suffixes.
WRITERS: tuple[Callable[[Sequence[WorkbookSheet], Record], bytes], ...] = (_xlsx, _ods)
