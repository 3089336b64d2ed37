"""Whether a number stands beside the name of a row that hides it, or that it was not taken from."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from cdpb.declarations import declarations
from cdpb.disclosure.declared import TOTAL, Column
from cdpb.disclosure.masked import MARKER
from cdpb.marks import PublishedCell
from cdpb.runner.gates.known_numbers import is_number, numbers_in, roundings
from cdpb.runner.gates.written import Rows, declared_table

MONTH = re.compile(r"\d{4}-\d{2}")
PERIOD = re.compile(r"\d{4}(?:/\d{2}(?: Q\d)?|-\d{2})?")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d/\d\d(?!\d)")
SPAN = re.compile(f"({YEAR.pattern}) to ({YEAR.pattern})")
SENTENCE = re.compile(r"(?<=[.;!?])\s+")
CLAUSE = re.compile(SENTENCE.pattern + r"|(?<=:)\s+")
SHORT_LABEL = 3
# Words that answer a question, and name nothing without it.
ANSWERS = ("yes", "no")
Forms = tuple[str, ...]


def names_of(forms: Iterable[str]) -> re.Pattern[str]:
    """Finds labels in a text in small letters, the longest first: West Hendon is not Hendon."""
    longest = sorted(set(forms), key=len, reverse=True)
    ends = ("" if len(form) > SHORT_LABEL else r"(?!\w)" for form in longest)
    any_of = "|".join(re.escape(form) + end for form, end in zip(longest, ends, strict=True))
    return re.compile(rf"(?<!\w)(?:{any_of})" if longest else "(?!)")


def forms_in(row: Mapping[str, str], name: str) -> Iterator[str]:
    """The ways in which a page writes a row's label of one column; of a total none.

    A month in words, a code by its name, a yes or no with what it answers.
    """
    value, called = row.get(name, ""), row.get(name.replace("_code", "_name"), "")
    if value in ANSWERS:
        yield from (f"{each}: {value}".casefold() for each in called_column(name))
    elif value != TOTAL:
        yield from (each.casefold() for each in (value, called) if each)
        if MONTH.fullmatch(value):
            month = pd.Period(value, "M")
            yield from (month.strftime(form).casefold() for form in ("%B %Y", "%b %Y"))


def called_column(name: str, columns: Mapping[str, Column] | None = None) -> list[str]:
    """A column by its name and by its label, which ``columns`` has where they are at hand."""
    described = (columns or declarations().columns).get(name)
    return [name.casefold(), *([described.label.casefold()] if described else [])]


# Beside the name of a hidden row ------------------------------------------------------


@dataclass(frozen=True)
class NamedRow:
    """A row of a published table by the words that tell it from the others.

    ``labels`` has, of each column that tells it, the ways in which a page may write that. Where
    nothing but its period does, it is not meant unless what is ``counted`` is named as well.
    ``figures`` are the numbers it shows, as they may be rounded.
    """

    labels: tuple[Forms, ...]
    counted: Forms
    hidden: bool
    figures: frozenset[str]

    def is_named_by(self, names: Set[str]) -> bool:
        """Whether these names, found in a text, have all of its labels."""
        return all(not names.isdisjoint(forms) for forms in self.labels)

    def is_meant_by(self, names: Set[str]) -> bool:
        """Whether they can only speak of it."""
        return self.is_named_by(names) and not (self.counted and names.isdisjoint(self.counted))


class NamedRows:
    """The rows of some findings' tables, those that hide something first of all."""

    def __init__(self, rows: Iterable[NamedRow]) -> None:
        self.all = list(rows)
        # Words can't name a total of everything.
        self._hidden = [row for row in self.all if row.hidden and row.labels]
        called = (forms for row in self.all for forms in (*row.labels, row.counted))
        self._names = names_of(form for forms in called for form in forms)

    def shown_beside(self, text: str, context: str = "") -> Set[str] | None:
        """Where a text or what names it names a hidden row, the figures of all rows named there."""
        told = f"{text} | {context}".casefold()
        names = set(self._names.findall(told)) if self._hidden else set()
        if not names or not any(row.is_meant_by(names) for row in self._hidden):
            return None
        return set().union(*(row.figures for row in self.all if row.is_named_by(names)))


def parts_of(text: str, ends: re.Pattern[str] = SENTENCE) -> Iterator[tuple[int, str]]:
    """The sentences of a text, and where each begins: what one counts another may not name."""
    start = 0
    for end in ends.finditer(text):
        yield start, text[start : end.start()]
        start = end.end()
    yield start, text[start:]


def rows_of_record(record: Mapping[str, Any], tables: Mapping[str, Rows]) -> Iterator[NamedRow]:
    """The rows of a finding's tables."""
    for id, rows in tables.items():
        declared = declared_table(record, id)
        dimensions = declared.dimensions if declared else ()
        differing = [name for name in dimensions if len({row.get(name, "") for row in rows}) > 1]
        called = called_column(declared.count) if declared and declared.count else []
        counted = tuple(each.removesuffix("s") for each in called)
        for row in rows:
            cells = (cell for name, cell in row.items() if not name.endswith("_name"))
            figures = frozenset(text for each in numbers_in(cells) for text in roundings(each))
            naming = [name for name in differing if row.get(name, "") != TOTAL]
            labels = tuple(tuple(forms_in(row, name)) for name in naming)
            by_period = all(PERIOD.fullmatch(row.get(name, "")) for name in naming)
            yield NamedRow(labels, counted if by_period else (), MARKER in row.values(), figures)


# Beside the name of another row than its own ------------------------------------------


class Label(NamedTuple):
    """What the row of a number is called, what any may be, and how near a name is meant.

    ``at`` is where the number begins in its text.
    """

    own: set[str]
    names: re.Pattern[str]
    at: int
    within: re.Pattern[str] = CLAUSE


class LabelledRows:
    """The rows of a published table as they were written, and what they are called."""

    def __init__(self, rows: Rows, table: Mapping[str, Any]) -> None:
        self._rows, self._period = rows, str(table.get("period") or "")
        self.rows_of, self._names_of = cache(self._rows_of), cache(self._names_in)
        columns = declarations().columns
        self._called = {name: called_column(name, columns) for name in set().union(*rows)}

    @property
    def words(self) -> set[str]:
        """What stands in its cells in small letters: names of rows, and what is no number."""
        keys = {name for name, column in declarations().columns.items() if column.kind == "key"}
        cells = (cell for row in self._rows for cell in row.items())
        return {cell.casefold() for name, cell in cells if name in keys or not is_number(cell)}

    def _rows_of(self, cell: PublishedCell) -> Rows:
        """The row of a cell; several where what names it names others too."""
        return [
            row for row in self._rows if all(row.get(name, "") == value for name, value in cell.row)
        ]

    def labels_of(self, cell: PublishedCell, at: int) -> list[Label]:
        """What the row of a cell is called: by its year, and in each column that names rows."""
        rows = self.rows_of(cell)
        told = " ".join(value for row in rows for value in row.values())
        by_year = any(YEAR.fullmatch(value) for _, value in cell.row)
        years = set(YEAR.findall(told if by_year else f"{told} {self._period}"))
        labels = [Label(years, YEAR, at, SENTENCE)] * bool(years)
        for name, value in cell.row:
            if value != TOTAL and not YEAR.fullmatch(value):
                own = {form for row in rows for form in forms_in(row, name)}
                labels.append(Label(own, self._names_of(name), at))
        return labels

    def is_of_another(self, heading: str, cell: PublishedCell) -> bool:
        """Whether this is the heading of another column than a cell's."""
        called = [name for name, forms in self._called.items() if heading.casefold() in forms]
        return bool(called) and cell.column not in called

    def _names_in(self, name: str) -> re.Pattern[str]:
        return names_of(form for row in self._rows for form in forms_in(row, name))


def beside_another(text: str, around: Iterable[str], labels: Sequence[Label]) -> bool:
    """Whether a number stands beside the name of another row than its own.

    In its text, or by the words that stand ``around`` that.
    """
    text, words = text.casefold(), {each.casefold() for each in around}
    return any(
        _is_another_around(label, text, words) or _is_another_in(label, text, labels)
        for label in labels
    )


def _is_another_around(label: Label, text: str, words: Set[str]) -> bool:
    """Whether one of the words is another row's name, and none its own, nor the text has that."""
    if not any(map(label.names.fullmatch, words)):
        return False
    return label.own.isdisjoint(words | set(label.names.findall(text)))


def _is_another_in(label: Label, text: str, labels: Sequence[Label]) -> bool:
    """Whether its own row's name, where it stands, is not the nearest before or after a number.

    Where it doesn't stand there, its neighbours' may, for a sentence may call its row by other
    words. Years stand where the sentence wants them.
    """
    parts, at = parts_of(text, label.within), label.at
    start, part = next((start, part) for start, part in parts if at < start + len(part))
    found = [(start + each.start(), each[0]) for each in label.names.finditer(part)]
    names = {name for _, name in found} | (_spanned(part) if label.names is YEAR else set())
    if names.isdisjoint(label.own):
        here = (each.own for each in labels if start <= each.at < start + len(part))
        return not names <= set().union(*here)
    before = [name for place, name in found if place < at][-1:]
    after = [name for place, name in found if place > at][:1]
    return label.names is not YEAR and label.own.isdisjoint(before + after)


def _spanned(text: str) -> set[str]:
    """Every year of the spans that a text names: of 2021/22 to 2024/25 four."""
    spans = ((int(first[:4]), int(last[:4])) for first, last in SPAN.findall(text))
    starts = {year for first, last in spans for year in range(first, last + 1)}
    return {f"{year}/{(year + 1) % 100:02}" for year in starts}
