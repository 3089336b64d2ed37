"""A table of counts in anybody's CSV file: what names its rows, what counts, which rows are totals.

It stands long, a count to a row, or spread over columns. Whatever can't be read with certainty is
refused: a total taken for a count like others would give its parts away.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from cdpb.csv_files import csv_cells
from cdpb.disclosure.counted import counted
from cdpb.disclosure.declared import TOTAL, Column, TableDeclaration
from cdpb.disclosure.masked import Key
from cdpb.errors import InputError

COUNTS = re.compile(
    r"(?:the )?(?:counts?|n|no|numbers?|num|people|persons|adults|clients|patients|offences|"
    r"events|cases|deaths|admissions|referrals|freq(?:uency)?|value)",
    re.IGNORECASE,
)
PERIODS = re.compile(r"year|month|quarter|week|date|period|age", re.IGNORECASE)
SUMS = re.compile(
    r"(?:(?:grand |overall )?totals?|sum|overall|all|both|both sexes|both genders"
    r"|all (?:ages|persons|people|sexes|genders|adults|groups|categories|years))",
    re.IGNORECASE,
)
PERSONS = re.compile(
    r"(?:^|_)(?:nhs|nino|dob|birth|postcode|email|e_mail|surname|forename|phone|mobile|address"
    r"|(?:client|patient|person|case|service_user|user|nhs)_(?:id|ref|reference|number|no|name)"
    r"|(?:first|last|full)_name)(?:_|$)",
    re.IGNORECASE,
)
OF_A_PERSON = re.compile(r"\S+@\S+\.\w+|\d{3} ?\d{3} ?\d{4}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}")
NUMBER = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
COUNT, OVER_COLUMNS = "count", "column"
FEWEST_WITH_TOTAL, CERTAIN = 3, 5
NOTHING = "Nothing was written."


@dataclass(frozen=True)
class CountsTable:
    """What a file counts.

    Attributes
    ----------
    name : str
        Of the file.
    dimensions : tuple of str
        The columns that together name a row.
    count : str
        The column of counts.
    rows : mapping of tuple to int
        Each count by its row, where ``total`` stands for a sum.
    over_columns : str
        The dimension that the file spreads over its columns, if it does.
    left_out : tuple of str
        Columns that are not read, and so not written.
    """

    name: str
    dimensions: tuple[str, ...]
    count: str
    rows: Mapping[Key, int]
    over_columns: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def base(self) -> pd.DataFrame:
        """The counts that are no totals, as the engine wants them."""
        own = [(*key, count) for key, count in self.rows.items() if TOTAL not in key]
        return pd.DataFrame(own, columns=[*self.dimensions, self.count])

    @property
    def summed(self) -> list[tuple[str, ...]]:
        """The dimensions that some rows are totals over, each set once, that of none first."""
        found = {self.summed_in(key): None for key in self.rows}
        return sorted(found, key=lambda names: (len(names), names))

    def summed_in(self, key: Key) -> tuple[str, ...]:
        """The dimensions that one row is a total over."""
        return tuple(
            name for name, label in zip(self.dimensions, key, strict=True) if label == TOTAL
        )

    def declarations(self) -> dict[tuple[str, ...], TableDeclaration]:
        """The rows over the same dimensions as one table, for the engine to protect together."""
        return {names: self._declared(at, names) for at, names in enumerate(self.summed)}

    def _declared(self, at: int, names: tuple[str, ...]) -> TableDeclaration:
        return TableDeclaration(
            id=f"totals_{at}" if names else "counts",
            title=f"Totals over {' and '.join(names)}" if names else "Counts",
            source="file",
            dimensions=[each for each in self.dimensions if each not in names],
            count=self.count,
        )

    def columns(self) -> dict[str, Column]:
        """What the gate needs to know of them."""
        described = {name: Column(label=name, kind="key") for name in self.dimensions}
        return described | {self.count: Column(label=self.count, kind="count")}


def read_counts(path: Path, dimensions: Sequence[str] = (), count: str = "") -> CountsTable:
    """The counts of a CSV file.

    Parameters
    ----------
    dimensions : sequence of str
        The columns that name a row; found where none is given.
    count : str
        The column of counts; found where it isn't given.

    Raises
    ------
    InputError
        If a count is no whole number from 0, a row stands twice, a total is not the sum of its
        parts, or the file lists persons. Names the line or the row, never a count.
    """
    header, *rows = csv_cells(path)
    named = [*dimensions, *([count] if count else [])]
    unknown = [name for name in named if name not in header]
    if unknown or not rows:
        raise InputError(
            f"{path.name} has no {f'column {unknown[0]!r}' if unknown else 'rows'}.",
            f"It has the columns: {', '.join(header)}.",
            NOTHING,
        )
    cells = pd.DataFrame(rows, columns=header).map(str.strip)
    _refuse_persons(path.name, cells[list(dict.fromkeys(named))] if dimensions else cells)
    counts = [count] if count else _columns_of_counts(path.name, cells, dimensions)
    labels = list(dimensions) or _labels(cells, counts)
    table = _long(path.name, cells, labels, counts)
    _check_totals(table)
    _refuse_subtotals(table)
    return table


def _columns_of_counts(name: str, cells: pd.DataFrame, dimensions: Sequence[str]) -> list[str]:
    """The one that is called like counts; else all that hold numbers, each a group of its own."""
    numbers = [
        column
        for column in map(str, cells)
        if column not in dimensions
        and not PERIODS.search(column)
        and cells[column].str.fullmatch(NUMBER).mean() > 1 / 2
    ]
    called = [column for column in numbers if COUNTS.fullmatch(column)]
    if not numbers or len(called) > 1:
        raise InputError(
            f"{name}: {'several columns look' if numbers else 'no column looks'} like counts"
            + (f": {', '.join(called)}." if numbers else "."),
            f"It has: {', '.join(map(str, cells))}.",
            "Name the column with --count.",
            NOTHING,
        )
    return called or numbers


def _labels(cells: pd.DataFrame, counts: Sequence[str]) -> list[str]:
    """The columns of words and periods; other numbers could be made of the counts."""
    return [
        column
        for column in map(str, cells)
        if column not in counts
        and (PERIODS.search(column) or cells[column].str.fullmatch(NUMBER).mean() <= 1 / 2)
    ]


def _long(
    name: str, cells: pd.DataFrame, labels: Sequence[str], counts: Sequence[str]
) -> CountsTable:
    spread = len(counts) > 1
    dimensions = (*labels, OVER_COLUMNS) if spread else tuple(labels)
    if not labels or COUNT in labels or OVER_COLUMNS in labels:
        raise InputError(
            f"{name}: the columns that name its rows were not told from the others.",
            f"Found: {', '.join(labels) or 'none'}; counts in {', '.join(counts)}.",
            "Name them: --dimension NAME for each, and --count NAME.",
            NOTHING,
        )
    rows: dict[Key, int] = {}
    for line, row in enumerate(cells.to_dict("records"), 2):
        for column in counts:
            own = [*(row[each] for each in labels), *([column] if spread else [])]
            key = tuple(map(_label, own, dimensions))
            where = f"{name}, row {line}, column {column}"
            if key in rows:
                raise _twice(where, own, len(labels) < cells.shape[1] - len(counts))
            rows[key] = _whole(row[column], where)
    left = tuple(each for each in map(str, cells) if each not in (*labels, *counts))
    one = COUNT if spread else counts[0]
    table = CountsTable(name, dimensions, one, rows, OVER_COLUMNS if spread else "", left)
    return _with_unnamed_totals(table)


def _label(text: str, dimension: str) -> str:
    word = dimension.replace("_", " ").casefold().removesuffix(" code").removesuffix(" name")
    own = {f"all {word}", f"all {word}s", f"{word} total", f"total {word}s"}
    return TOTAL if SUMS.fullmatch(text) or text.casefold() in own else text


def _whole(text: str, where: str) -> int:
    """A count; what a sender hid, a share or a negative number is none."""
    number = float(text.replace(",", "")) if NUMBER.fullmatch(text) else None
    if number is not None and number >= 0 and number == int(number):
        return int(number)
    wrong = "a negative number" if number is not None and number < 0 else "not a whole number"
    kind = "it is empty" if not text else "there is text in it" if number is None else wrong
    raise InputError(
        f"{where}: wanted a count, and {kind if number is None else 'found ' + wrong}.",
        "Counts are whole numbers from 0. Of shares and rates give the counts they are made of;",
        "what a sender has hidden (*, c, <5) can't be protected again.",
        "If another column holds the counts, name it with --count.",
        NOTHING,
    )


def _twice(where: str, labels: Sequence[str], others: bool) -> InputError:
    ways = ["Add the rows up, or take one of them out."]
    if others:
        ways += ["If another column tells them apart, name it too with --dimension."]
    return InputError(f"{where}: this row stands twice: {', '.join(labels)}.", *ways, NOTHING)


def _refuse_persons(name: str, cells: pd.DataFrame) -> None:
    for column in map(str, cells):
        written = re.sub(r"\W+|(?<=[a-z])(?=[A-Z])", "_", column)
        given = cells[column][cells[column] != ""]
        if PERSONS.search(written) or given.str.fullmatch(OF_A_PERSON).mean() > 1 / 2:
            raise InputError(
                f"{name}: column {column!r} looks like one of persons.",
                "Wanted: a table of counts, one row for each group of people.",
                "Count the people first, and keep the list of them where it belongs.",
                NOTHING,
            )


# Totals ---------------------------------------------------------------------------------


def _with_unnamed_totals(table: CountsTable) -> CountsTable:
    """A label that is the sum of all others wherever it stands is their total, however called.

    Where that is chance a reader is taken to know more than is known, which hides more.
    """
    rows = dict(table.rows)
    for at, _ in enumerate(table.dimensions):
        by_rest = _by_rest(rows, at)
        labels = dict.fromkeys(key[at] for key in rows)
        if TOTAL in labels or len(labels) < FEWEST_WITH_TOTAL:
            continue
        for label in labels:
            own = [counts for counts in by_rest.values() if label in counts]
            if any(counts[label] for counts in own) and all(
                2 * counts[label] == sum(counts.values()) for counts in own
            ):
                rows = {_put(key, at, label): count for key, count in rows.items()}
                break
    return replace(table, rows=rows)


def _put(key: Key, at: int, label: str) -> Key:
    return (*key[:at], TOTAL, *key[at + 1 :]) if key[at] == label else key


def _by_rest(rows: Mapping[Key, int], at: int) -> dict[Key, dict[str, int]]:
    """For each combination of the other dimensions, the counts by the labels of this one."""
    found: dict[Key, dict[str, int]] = {}
    for key, count in rows.items():
        found.setdefault((*key[:at], *key[at + 1 :]), {})[key[at]] = count
    return found


def _check_totals(table: CountsTable) -> None:
    if table.base.empty:
        raise InputError(
            f"{table.name} holds totals alone.", "Wanted: the counts that they add up.", NOTHING
        )
    for names, declared in table.declarations().items():
        sums = counted(declared, table.base)
        for key, count in table.rows.items():
            own = tuple(each for each in key if each != TOTAL)
            if table.summed_in(key) == names and sums.get(own) != count:
                row = ", ".join(f"{n}: {v}" for n, v in zip(table.dimensions, key, strict=True))
                raise InputError(
                    f"{table.name}: a total is not the sum of its parts.",
                    f"Row: {row}.",
                    "Give the table all its parts (a row of 'other' or 'not known'), or mend the",
                    f"total. {NOTHING}",
                )


def _refuse_subtotals(table: CountsTable) -> None:
    for dimension, label, parts, certain in sums_of_neighbours(table):
        if certain:
            raise InputError(
                f"{table.name}: {label!r} of {dimension} adds up {', '.join(parts[:3])}"
                + (" and others." if len(parts) > 3 else "."),
                "A total of some rows alone can't be told from a count like others.",
                "Give these groups a column of their own, and call the row Total in this one;",
                f"or leave the row out. {NOTHING}",
            )


def sums_of_neighbours(table: CountsTable) -> Iterator[tuple[str, str, list[str], bool]]:
    """Rows that add up rows beside them, which nothing in the table says.

    Of each its dimension, its label, those of its parts, and whether it is hardly chance.
    """
    for at, dimension in enumerate(table.dimensions):
        columns = list(_by_rest(table.rows, at).values())
        labels = [each for each in dict.fromkeys(key[at] for key in table.rows) if each != TOTAL]
        lines = [[counts.get(label, 0) for counts in columns] for label in labels]
        for line, run in _runs(lines):
            proofs = sum(map(bool, lines[line]))
            certain = proofs > 1 and proofs + len(run) >= CERTAIN
            yield dimension, labels[line], [labels[each] for each in sorted(run)], certain


def _runs(lines: Sequence[Sequence[int]]) -> Iterator[tuple[int, list[int]]]:
    """Each line that is the sum of two or more neighbours right after or right before it."""
    for at, line in enumerate(lines):
        if not any(line):
            continue
        for step in (1, -1):
            total, run = [0] * len(line), []
            each = at + step
            while 0 <= each < len(lines):
                total = [a + b for a, b in zip(total, lines[each], strict=True)]
                run.append(each)
                if any(a > b for a, b in zip(total, line, strict=True)):
                    break
                if total == list(line) and sum(any(lines[i]) for i in run) > 1:
                    yield at, run
                each += step
