"""What the sheets of a workbook say: cover, contents, notes, sources, columns, published tables."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cdpb.declarations import declarations
from cdpb.disclosure.published import FORMULA_STARTS
from cdpb.numbers import list_text
from cdpb.report.archives import DRAFT
from cdpb.report.markup import DEMONSTRATION
from cdpb.report.page import MEANINGS, banners, markings
from cdpb.report.tables import MARKERS

Record = Mapping[str, Any]
ASSESSMENT = "Drugs and alcohol needs assessment"
CONTENTS, NOTES, SOURCES, COLUMNS = "Contents", "Notes", "Sources", "Columns"
# The longest name that Excel takes, and what it takes in none.
LONGEST_NAME, NOT_IN_NAMES = 31, re.compile(r"[\[\]:*?/\\']")
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[-+]?\d+)?")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")


@dataclass(frozen=True)
class WorkbookSheet:
    """One sheet: its title, lines below it, then a table, whose first row is its heading.

    ``links`` lead from a row of the table to the sheet of that name.
    """

    name: str
    title: str
    lines: Sequence[str] = ()
    cells: Sequence[Sequence[str]] = ()
    links: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def text_above(self) -> list[str]:
        """The lines over the table, the title first and an empty one last."""
        return [*map(neutral, (self.title, *self.lines)), *[""] * bool(self.cells)]

    @cached_property
    def rows(self) -> list[list[str]]:
        """The table, heading first, without anything that a program would run or refuse."""
        return [[neutral(cell) for cell in row] for row in self.cells]

    @cached_property
    def widths(self) -> list[int]:
        """How wide each column is, in letters."""
        return [min(60, max(map(len, column)) + 2) for column in zip(*self.rows, strict=True)]


def neutral(text: str) -> str:
    """A text that no spreadsheet program takes for a formula, and every one can hold."""
    guard = "'" if text.startswith(FORMULA_STARTS) and not reads_as_number(text) else ""
    return guard + CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def reads_as_number(text: str) -> bool:
    """Whether a cell is a number: a code that begins with 0 is none."""
    return NUMBER.fullmatch(text) is not None


def sheets_of(records: Sequence[Record], folder: Path) -> list[WorkbookSheet]:
    """The sheets of one finding's workbook, or of several findings', from what is published.

    ``folder`` is the one that the assessment's tables lie in.
    """
    tables = [*_tables(records, folder)]
    return [
        _cover(records),
        _contents(records, tables),
        _notes(records),
        _sources(records),
        _columns([sheet for _, _, sheet in tables]),
        *(sheet for _, _, sheet in tables),
    ]


def _tables(
    records: Sequence[Record], folder: Path
) -> Iterator[tuple[Record, Mapping[str, Any], WorkbookSheet]]:
    """Each table that has a row, its finding, and its sheet."""
    titles = {each["id"]: each["title"] for record in records for each in record["sources"]}
    for at, record in enumerate(records, start=1):
        shown = [each for each in record.get("tables", []) if each["rows"]]
        for number, table in enumerate(shown, start=1):
            place = f"{at}.{number}" if len(records) > 1 else f"{number}"
            name = NOT_IN_NAMES.sub(" ", f"{place} {table['id']}")[:LONGEST_NAME]
            sources = [titles.get(each, each) for each in table["source"]]
            said = [
                *[f"{DEMONSTRATION}{MEANINGS[DEMONSTRATION]}"] * bool(record["demonstration"]),
                f"{record['area']['name']}" + f", {table['period']}" * bool(table["period"]),
                *[f"Source: {list_text(sources)}."] * bool(sources),
                "One table. Its columns and the symbols in it are explained in the sheets "
                f"{COLUMNS} and {NOTES}.",
            ]
            yield (
                record,
                table,
                WorkbookSheet(name, table["title"], said, published_cells(folder, table)),
            )


def published_cells(folder: Path, table: Mapping[str, Any]) -> list[list[str]]:
    """The cells of a published table, as its CSV has them."""
    with (folder / table["file"]).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _cover(records: Sequence[Record]) -> WorkbookSheet:
    first, several = records[0], len(records) > 1
    title = ASSESSMENT if several else f"{ASSESSMENT}: {first['title']}"
    what = "of the assessment" if several else "of this finding"
    lines = [
        f"{first['area']['name']} ({first['area']['code']}), {first['year']}, "
        f"{first['edition']} edition",
        *banners(markings(first)),
        DRAFT,
        *[first["headline"]] * (not several and bool(first.get("headline"))),
        f"This workbook holds every published table {what}, one per sheet. The same figures are "
        "in the CSV files that lie beside it.",
        "Numbers have up to eight significant digits and are not rounded for reading.",
    ]
    return WorkbookSheet("Cover", title, lines)


def _contents(
    records: Sequence[Record], tables: Sequence[tuple[Record, Mapping[str, Any], WorkbookSheet]]
) -> WorkbookSheet:
    front = {
        NOTES: "What the symbols mean, and what to bear in mind",
        SOURCES: "Who published the figures, under which licence, and when they were received",
        COLUMNS: "What each column holds",
    }
    rows = [[name, what, "", ""] for name, what in front.items()]
    rows += [[s.name, t["title"], r["title"], t["period"] or ""] for r, t, s in tables]
    links = {at: row[0] for at, row in enumerate(rows, start=1)}
    return WorkbookSheet(
        CONTENTS, "Contents", cells=[["Sheet", "What it holds", "Finding", "Period"], *rows],
        links=links,
    )  # fmt: skip


def _notes(records: Sequence[Record]) -> WorkbookSheet:
    caveats = dict.fromkeys(each for record in records for each in record.get("caveats", []))
    rows = [*MARKERS.items(), *(("Note", each) for each in caveats)]
    return WorkbookSheet(NOTES, "Notes", cells=[["Symbol or note", "Meaning"], *map(list, rows)])


def _sources(records: Sequence[Record]) -> WorkbookSheet:
    found = {each["id"]: each for record in records for each in record["sources"]}
    head = ["Source", "Publisher", "Licence", "Period", "Received", "Address", "Attribution"]
    rows = [
        [
            *(each[name] or "" for name in ("title", "publisher", "licence", "period")),
            list_text([receipt["received"] for receipt in each["receipts"]]),
            *(each[name] or "" for name in ("landing_page", "attribution")),
        ]
        for each in found.values()
    ]
    return WorkbookSheet(SOURCES, "Sources", cells=[head, *(rows or [["None", *[""] * 6]])])


def _columns(tables: Sequence[WorkbookSheet]) -> WorkbookSheet:
    known = declarations().columns
    rows = []
    for name in dict.fromkeys(cell for sheet in tables for cell in sheet.cells[0]):
        column = known.get(name)
        rows.append([name, column.label if column else "", column.unit if column else ""])
    return WorkbookSheet(COLUMNS, "Columns", cells=[["Column", "What it holds", "Unit"], *rows])
