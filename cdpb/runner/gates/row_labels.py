"""Whether a number stands beside the name of a row that hides it, or that it was not taken from."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from cdpb.declarations import declarations
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.masked import MARKER
from cdpb.disclosure.published import TOTAL
from cdpb.marks import PublishedCell
from cdpb.runner.gates.published_figures import figures_in, numbers_in, roundings
from cdpb.runner.gates.written import Rows, declared_table

MONTH = re.compile(r"\d{4}-\d{2}")
PERIOD = re.compile(r"\d{4}(?:/\d{2}(?: Q\d)?|-\d{2})?")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d/\d\d(?!\d)")
SENTENCE = re.compile(r"(?<=[.;!?])\s+")
CLAUSE = re.compile(SENTENCE.pattern + r"|(?<=:)\s+")
SHORT_LABEL = 3
# Words that answer a question, and name nothing without it.
ANSWERS = ("yes", "no")
Forms = tuple[str, ...]


@dataclass(frozen=True)
class NamedRow:
    """A row of a published table by the words that tell it from the others.

    ``labels`` has, of each dimension that differs between rows, the ways a page may write it, and
    ``beside`` those of all rows. Where nothing but its period tells a row, it is named by what is
    ``counted``. ``figures`` are the numbers it shows, as they may be rounded.
    """

    labels: tuple[Forms, ...]
    counted: Forms
    hidden: bool
    figures: frozenset[str]
    beside: tuple[frozenset[str], ...]

    @property
    def forms(self) -> Iterator[str]:
        """Every way in which one of its labels may be written."""
        yield from (form for forms in (*self.labels, self.counted) for form in forms)

    def is_named_by(self, names: Set[str]) -> bool:
        """Whether these names, found in a text, have all of its labels."""
        return all(not names.isdisjoint(forms) for forms in self.labels)

    def may_be_meant_by(self, names: Set[str]) -> bool:
        """Whether these names have one of its labels, and nothing of the dimensions of the others.

        "Adults 66%, young people not shown" says in other words what 66% of the adults are.
        A year is not enough: it stands in every sentence.
        """
        named = [not names.isdisjoint(forms) for forms in self.labels]
        silent = [names.isdisjoint(forms) for forms in self.beside]
        telling = (not PERIOD.fullmatch(forms[0]) for forms in self.labels)
        return any(map(all, zip(named, telling, strict=True))) and all(
            map(any, zip(named, silent, strict=True))
        )

    def is_meant_by(self, names: Set[str]) -> bool:
        """Whether they can only speak of it: a year names no row by itself."""
        return (not self.counted or not names.isdisjoint(self.counted)) and self.is_named_by(names)


class Names:
    """Labels as a text may write them, found in it by the longest: West Hendon is not Hendon."""

    def __init__(self, forms: Iterable[str]) -> None:
        longest = sorted(set(forms), key=len, reverse=True)
        ends = ("" if len(form) > SHORT_LABEL else r"(?!\w)" for form in longest)
        any_of = "|".join(re.escape(form) + end for form, end in zip(longest, ends, strict=True))
        self._pattern = re.compile(rf"(?<!\w)(?:{any_of})") if longest else None

    def standing_in(self, text: str) -> set[str]:
        """Those that stand in a text, in small letters."""
        return set(self._pattern.findall(text)) if self._pattern else set()


class NamedRows:
    """The rows of some findings' tables, those that hide something first of all.

    Where they are of several findings, ``judged`` has the sentences that one of them says: they
    were judged there, by the rows of that one alone.
    """

    def __init__(self, rows: Iterable[NamedRow], judged: Collection[str] | None = None) -> None:
        self.all = list(rows)
        self._judged = judged or ()
        self._names = Names(form for row in self.all for form in row.forms)
        # Of several findings, a year and what is counted may be another's.
        self._of_one = judged is None

    @cached_property
    def hidden(self) -> list[NamedRow]:
        """Rows that hide a figure and that words can name: a total of everything has none."""
        named = (row for row in self.all if row.hidden and row.labels)
        return [row for row in named if self._of_one or not row.counted]

    def strangers(self, text: str, context: str = "") -> Iterator[tuple[str, int]]:
        """Figures of a text that names a hidden row, and which no row that it names shows.

        Read sentence by sentence, for what one sentence counts another may not name.
        """
        at = 0
        for sentence in sentences_of(text) if self.hidden else ():
            start = text.index(sentence, at)
            at = start + len(sentence)
            figures = list(figures_in(sentence))
            if sentence in self._judged or not figures:
                continue
            named = self._names.standing_in(f"{sentence} | {context}".casefold())
            if any(row.is_meant_by(named) for row in self.hidden):
                meant = (r for r in self.all if r.is_named_by(named) or r.may_be_meant_by(named))
                shown = set().union(*(row.figures for row in meant))
                yield from ((each, start + place) for each, place in figures if each not in shown)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text."""
    return SENTENCE.split(text)


def rows_of_record(record: Mapping[str, Any], tables: Mapping[str, Rows]) -> Iterator[NamedRow]:
    """The rows of a finding's tables."""
    for table in record.get("tables", []):
        declared = declared_table(record, table["id"])
        rows = tables[table["file"]]
        if declared is None or not rows:
            continue
        differing = [
            name for name in declared.dimensions if len({row.get(name, "") for row in rows}) > 1
        ]
        beside = {
            name: frozenset(form for row in rows for form in forms_in(row, name))
            for name in differing
        }
        for row in rows:
            cells = (cell for name, cell in row.items() if not name.endswith("_name"))
            figures = frozenset(text for each in numbers_in(cells) for text in roundings(each))
            naming = [name for name in differing if row.get(name, "") != TOTAL]
            labels = tuple(tuple(forms_in(row, name)) for name in naming)
            counted = _counted([row.get(name, "") for name in naming], declared)
            others = tuple(beside[name] for name in naming)
            yield NamedRow(labels, counted, MARKER in row.values(), figures, others)


def _counted(values: Sequence[str], declared: TableDeclaration) -> Forms:
    """What a row counts, where nothing but its period tells it from the others."""
    if not declared.count or not all(map(PERIOD.fullmatch, values)):
        return ()
    return tuple(each.removesuffix("s") for each in _called(declared.count))


def forms_in(row: Mapping[str, str], name: str) -> Iterator[str]:
    """The ways in which a page writes a row's label of one dimension; of a total none."""
    value = row.get(name, "")
    if value != TOTAL:
        yield from _forms(name, value, row.get(name.replace("_code", "_name"), ""))


def _forms(name: str, value: str, called: str) -> Iterator[str]:
    """The ways a page writes a label: a month in words, a code by its name, a no with what of."""
    if value in ANSWERS:
        yield from (f"{each}: {value}".casefold() for each in _called(name))
        return
    yield value.casefold()
    if called:
        yield called.casefold()
    if MONTH.fullmatch(value):
        month = pd.Period(value, "M")
        yield month.strftime("%B %Y").casefold()
        yield month.strftime("%b %Y").casefold()


def _called(column: str) -> Iterator[str]:
    """A column by its name and by its label."""
    yield column.casefold()
    described = declarations().columns.get(column)
    if described is not None:
        yield described.label.casefold()


class LabelledRows:
    """The rows of a published table as they were written, and what they are called."""

    def __init__(self, rows: Rows, table: Mapping[str, Any]) -> None:
        self._rows, self._period = rows, str(table.get("period") or "")
        self._names: dict[str, Names] = {}

    def rows_of(self, cell: PublishedCell) -> Rows:
        """The row of a cell; several where what names it names others too."""
        return [
            row for row in self._rows if all(row.get(name, "") == value for name, value in cell.row)
        ]

    def years_of(self, cell: PublishedCell) -> set[str]:
        """The years that stand in its row, and those of its table where none names the row."""
        cells = " ".join(value for row in self.rows_of(cell) for value in row.values())
        by_year = any(YEAR.fullmatch(value) for _, value in cell.row)
        return set(YEAR.findall(cells if by_year else f"{cells} {self._period}"))

    def labels_of(self, cell: PublishedCell) -> Iterator[tuple[set[str], Names]]:
        """Of each column that names rows, what its row is called, and what any may be."""
        for name, value in cell.row:
            if value != TOTAL and not YEAR.fullmatch(value):
                own = {form for row in self.rows_of(cell) for form in forms_in(row, name)}
                yield own, self._of(name)

    def _of(self, name: str) -> Names:
        if name not in self._names:
            self._names[name] = Names(form for row in self._rows for form in forms_in(row, name))
        return self._names[name]


class CitedCell(NamedTuple):
    """A number of a text: where it begins, and its cell among the rows of its table."""

    start: int
    cell: PublishedCell
    rows: LabelledRows


def beside_another(text: str, numbers: Sequence[CitedCell]) -> bool:
    """Whether a number stands beside the name of a row that none of the numbers there is from.

    One whose own row is named has what it needs; so has one whose neighbours' rows are all that
    is named, for a sentence may call its row by other words.
    """
    return any(
        _year_is_another(each, _within(SENTENCE, text, each, numbers))
        or _name_is_another(each, _within(CLAUSE, text, each, numbers))
        for each in numbers
    )


Around = tuple[str, Sequence[CitedCell]]


def _within(
    ends: re.Pattern[str], text: str, at: CitedCell, numbers: Sequence[CitedCell]
) -> Around:
    """The sentence or clause around a number, and the numbers in it."""
    places = [place for found in ends.finditer(text) for place in found.span()]
    start = max((place for place in places if place <= at.start), default=0)
    end = min((place for place in places if place > at.start), default=len(text))
    return text[start:end], [each for each in numbers if start <= each.start < end]


def _year_is_another(number: CitedCell, around: Around) -> bool:
    text, beside = around
    named, own = set(YEAR.findall(text)), number.rows.years_of(number.cell)
    accounted = set().union(*(each.rows.years_of(each.cell) for each in beside))
    return bool(own) and named.isdisjoint(own) and not named <= accounted


def _name_is_another(number: CitedCell, around: Around) -> bool:
    text, beside = around
    labels = [pair for each in beside for pair in each.rows.labels_of(each.cell)]
    accounted = set().union(*(own for own, _ in labels))
    for own, names in number.rows.labels_of(number.cell):
        named = names.standing_in(text.casefold())
        if named.isdisjoint(own) and not named <= accounted:
            return True
    return False
