"""A figure of a built assessment, and the rows, receipts, corrections and release behind it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from cdpb import catalogue, loaders
from cdpb.declarations import declarations
from cdpb.disclosure.declared import TOTAL
from cdpb.disclosure.masked import MARKER
from cdpb.errors import InputError
from cdpb.ledger import entries
from cdpb.loaders.corrections import Correction, corrections
from cdpb.loaders.receiving import received
from cdpb.numbers import rounded_text
from cdpb.periods import financial_years_of
from cdpb.report.diff import read_records
from cdpb.runner.gates.written import read_csv_rows

YEAR = re.compile(r"\d{4}/\d{2}")
WHAT = re.compile(r"(?P<finding>[\w-]+?)(?:\.html)?(?:/(?P<table>\w+)|:(?P<figure>\w+))?")
NUMBER = re.compile(r"-?[\d,]+(?:\.(\d+))?%?")
ALSO_BOUNDS, OF_A_FILE = ("lowest", "highest"), ("file", "received", "publisher_rounded")
NOT_TRACED = "Nothing was traced."


@dataclass(frozen=True)
class Figure:
    """A cell of a published table, as it stands in an assessment.

    ``key_figure`` is the id of the one that it is, ``label`` what it is there.
    """

    record: Mapping[str, Any]
    table: str
    column: str
    where: Mapping[str, str]
    value: str
    label: str = ""
    key_figure: str = ""

    @property
    def traced(self) -> Mapping[str, Any]:
        """What the record notes of the table on its way."""
        return next(each for each in self.record["trace"]["tables"] if each["table"] == self.table)

    @property
    def name(self) -> str:
        """``finding/table``."""
        return f"{self.record['id']}/{self.table}"


@dataclass(frozen=True)
class Behind:
    """What a source holds for a figure: the rows in use, and those of each receipt."""

    source: str
    chosen: Mapping[str, Sequence[str]]
    rows: pd.DataFrame
    by_receipt: Sequence[tuple[str, pd.DataFrame]]
    corrections: Sequence[Correction]

    def revisions(self) -> Iterator[tuple[str, int, list[str]]]:
        """Each receipt that carries these rows: its day, how many, and what it says differently.

        That is the rows, with the figure of the receipt before and its own.
        """
        last: dict[tuple[str, ...], float] = {}
        for day, rows in self.by_receipt:
            own = _figures_by_row(rows)
            moved = [key for key in own if last.get(key, own[key]) != own[key]]
            told = [f"{' | '.join(key)}: {last[key]:g} then, {own[key]:g} now" for key in moved]
            yield day, len(rows), told
            last |= own


def _figures_by_row(rows: pd.DataFrame) -> dict[tuple[str, ...], float]:
    """Each number of some rows, by all that names it."""
    numbers = [name for name in rows.select_dtypes("number") if name not in ALSO_BOUNDS]
    labels = [name for name in rows if name not in (*numbers, *OF_A_FILE, *ALSO_BOUNDS)]
    named = rows[labels].astype(str)
    return {
        (*key, str(name)): value
        for name in numbers
        for key, value in zip(named.itertuples(index=False, name=None), rows[name], strict=True)
        if not pd.isna(value)
    }


def cells_meant(
    folder: Path, what: str, rows: Sequence[str] = (), column: str = "", number: str = ""
) -> list[Figure]:
    """The cells of an assessment that are meant.

    Parameters
    ----------
    what : str
        ``finding/table``, ``finding:key_figure``, or a page with a number that stands on it.
    rows, column : str
        Of a table: what names the row, as ``name=value``, and the column.

    Raises
    ------
    InputError
        If there is no such finding, table, row, column or number. Names the closest.
    """
    records, parts = read_records(folder), WHAT.fullmatch(what.strip())
    given = parts["finding"] if parts else what
    record = _chosen(given, {r["slug"]: r for r in records.values()} | records, "finding", folder)
    assert parts is not None
    cells = list(_cells(folder, record))
    if parts["table"]:
        tables = {each["table"]: each for each in record["trace"]["tables"]}
        table = _chosen(parts["table"], tables, f"table of {record['id']}", folder)["table"]
        own = [each for each in cells if each.table == table]
        return _in_table(f"{record['id']}/{table}", own, rows, column)
    if parts["figure"]:
        known = {each["key_figure"]: each for each in record["trace"]["key_figures"]}
        _chosen(parts["figure"], known, f"key figure of {record['id']}", folder)
        return [
            each for each in _key_figures(record, cells) if each.label.startswith(parts["figure"])
        ]
    return _with_number([*_key_figures(record, cells), *cells], number, record["id"])


def _cells(folder: Path, record: Mapping[str, Any]) -> Iterator[Figure]:
    declared = {each.id: each for each in declarations().finding(record["id"]).tables}
    for table in record["tables"]:
        dimensions = declared[table["id"]].dimensions
        for row in read_csv_rows(folder / table["file"]):
            where = {name: row.get(name, "") for name in dimensions}
            for column in table["columns"]:
                if column in row and column not in dimensions:
                    yield Figure(record, table["id"], column, where, row[column])


def _key_figures(record: Mapping[str, Any], cells: Sequence[Figure]) -> Iterator[Figure]:
    """The cells of each key figure, and after it of what it stands beside."""
    seen = set()
    for traced in record["trace"]["key_figures"]:
        id = traced["key_figure"]
        own = [
            each
            for each in cells
            if (each.table, each.column) == (traced["table"], traced["column"])
            and traced["where"].items() <= each.where.items()
        ]
        cell = own[0] if own else Figure(record, traced["table"], "", {}, "")
        label = f"{id}: {traced['label']}"
        yield replace(cell, label=label, key_figure=id if id not in seen else "")
        seen.add(id)


def _in_table(table: str, cells: list[Figure], rows: Sequence[str], column: str) -> list[Figure]:
    names = list(dict.fromkeys(name for each in cells for name in each.where))
    wanted = dict(each.partition("=")[::2] for each in rows)
    if not cells:
        raise InputError(
            f"{table} has no rows in this assessment.",
            "Nothing was received of it for the year, or it is empty in this edition.",
            NOT_TRACED,
        )
    stands = {(each.column, each.value, *each.where.items()) for each in cells}
    found = [
        each
        for each in cells
        # A ward's name stands beside the code that names its row.
        if all(
            each.where.get(name) == value or (name, value, *each.where.items()) in stands
            for name, value in wanted.items()
        )
        and column in ("", each.column)
    ]
    if found:
        return found
    columns = ", ".join(dict.fromkeys(each.column for each in cells))
    first = " ".join(f"--row {name}={cells[0].where[name]!r}" for name in names)
    raise InputError(
        f"{table} has no such row or column.",
        f"Its rows are named by {', '.join(names)}, the first by: {first}.",
        f"Its columns: {columns}.",
        NOT_TRACED,
    )


def _with_number(cells: Sequence[Figure], number: str, finding: str) -> list[Figure]:
    found = NUMBER.fullmatch(number.strip())
    if not found:
        raise InputError(
            f"Which figure of {finding}?",
            f"Wanted: {finding}/TABLE, {finding}:KEY_FIGURE, or --number 1,052 as the page has it.",
            NOT_TRACED,
        )
    shown, decimals = number.strip().rstrip("%"), len(found[1] or "")
    alike = [each for each in cells if _printed(each.value, decimals) == shown]
    unique = list(
        {(each.table, each.column, str(each.where)): each for each in reversed(alike)}.values()
    )
    if not unique:
        raise InputError(
            f"No table of {finding} shows {number}.",
            "It may be counted in a sentence, or stand in a table of another page.",
            f"{finding}/TABLE leads from a table; the page names the table below each figure.",
            NOT_TRACED,
        )
    return unique[::-1]


def _printed(value: str, decimals: int) -> str:
    try:
        return rounded_text(float(value), decimals)
    except ValueError:
        return value


def _chosen(name: str, known: Mapping[str, Any], what: str, folder: Path) -> Any:
    if name in known:
        return known[name]
    close = get_close_matches(name, known, n=3, cutoff=0.4)
    raise InputError(
        f"There is no {what} {name!r} in {'/'.join(folder.parts[-3:])}.",
        f"Did you mean: {', '.join(close)}?" if close else f"It has: {', '.join(list(known)[:8])}.",
        NOT_TRACED,
    )


# Behind a figure ------------------------------------------------------------------------


def behind(figure: Figure, source_id: str) -> Behind | None:
    """The rows of a source that a figure is made of; None where its loader gives no table.

    The notebook may take more of them, such as earlier years or what the figure is compared with.
    """
    if not loaders.access.may_open(source_id) or not catalogue.receipts(source_id):
        return None
    try:
        whole = received(source_id)
    except InputError:
        return None
    chosen = _chosen_by(figure, whole.table)
    rows = _fitting(whole.table, chosen)
    by_receipt = [
        (str(receipt.received), own)
        for receipt, table in whole.by_receipt
        if len(own := _fitting(table, chosen))
    ]
    entered = [
        each for each in corrections() if each.source == source_id and each.meets(rows).any()
    ]
    return Behind(source_id, chosen, rows, by_receipt, entered)


def _chosen_by(figure: Figure, table: pd.DataFrame) -> dict[str, list[str]]:
    """What names the rows: the table's filter, period and row, in the source's own columns."""
    period = figure.traced["period"]
    named = {"year": period} if YEAR.fullmatch(period) else {}
    named |= {**figure.traced["filter"], **figure.where}
    chosen: dict[str, list[str]] = {}
    for name, value in named.items():
        values = [value] if isinstance(value, str) else [*map(str, value)]
        column = _column_of(table, name, values)
        if column and values and values != [TOTAL]:
            chosen[column] = values
    return chosen


def _column_of(table: pd.DataFrame, name: str, values: Sequence[str]) -> str:
    """The column of that name; else one of names that has the value, as a place is called."""
    if name in table or (name == "year" and "month" in table):
        return name
    names = [str(each) for each in table if str(each).endswith("_name")]
    return next((each for each in names if table[each].isin(values).any()), "")


def _fitting(table: pd.DataFrame, chosen: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    fits = pd.Series(True, index=table.index)
    for name, values in chosen.items():
        own = table[name] if name in table else financial_years_of(table["month"])
        fits &= own.astype(str).isin(values)
    return table[fits]


def released_before(figure: Figure) -> list[tuple[str, str, str]]:
    """What the ledger holds of a figure, oldest first: cells of protected sources, key figures.

    Of each the day, the ledger's entry, and what the release showed.
    """
    record, key = figure.record, tuple(figure.where.values())
    found = []
    for entry in entries(record["area"]["code"]):
        if entry.content["edition"] != record["edition"]:
            continue
        for table in entry.tables:
            own = table.name == figure.name and table.declared.count == figure.column
            if own and key in table.cells:
                shown = MARKER if table.cells[key] is None else str(table.cells[key])
                found.append((entry.released, entry.name, shown))
        of_finding = (entry.content.get("findings") or {}).get(record["id"], {})
        for each in of_finding.get("key_figures", []):
            if figure.key_figure == each["id"]:
                found.append((entry.released, entry.name, str(each["value"])))
    return sorted(found, key=itemgetter(0))
