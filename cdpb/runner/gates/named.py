"""Whether a number stands beside the name of a hidden cell, and is no number of a shown one."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cdpb.disclosure.masked import MARKER
from cdpb.disclosure.published import TOTAL
from cdpb.runner.gates.figures_told import figures_in
from cdpb.runner.gates.published_figures import numbers_in, roundings
from cdpb.runner.gates.written import Rows, declared_table

MONTH = re.compile(r"\d{4}-\d{2}")
SENTENCE = re.compile(r"(?<=[.;!?])\s+")
SHORT_LABEL = 3


@dataclass(frozen=True)
class NamedRow:
    """A row of a published table by the words that tell it from the others.

    Attributes
    ----------
    labels : tuple of tuple of str
        Of each dimension that differs between rows, the ways a page may write it.
    hidden : bool
        Whether any of its cells is hidden.
    figures : frozenset of str
        The numbers it shows, as they may be rounded.
    """

    labels: tuple[tuple[str, ...], ...]
    hidden: bool
    figures: frozenset[str]

    @property
    def is_telling(self) -> bool:
        """Whether a label of it is more than a yes or a no."""
        return any(len(form) > SHORT_LABEL for forms in self.labels for form in forms)

    def is_named_in(self, text: str) -> bool:
        """Whether a text has all of its labels."""
        return all(any(_stands_in(form, text) for form in forms) for forms in self.labels)


class NamedRows:
    """The rows of some findings' tables, those that hide something first of all."""

    def __init__(self, rows: Iterable[NamedRow]) -> None:
        self.all = list(rows)

    @cached_property
    def hidden(self) -> list[NamedRow]:
        """Rows that hide a figure and that words can name: yes and no alone name nothing."""
        return [row for row in self.all if row.hidden and row.is_telling]

    def strangers(self, text: str, context: str = "") -> Iterator[tuple[str, int]]:
        """Figures of a text that names a hidden row, and of no row that it names.

        Read sentence by sentence, for what one sentence counts another may not name.
        """
        if not self.hidden:
            return
        at = 0
        for sentence in SENTENCE.split(text):
            start = text.index(sentence, at)
            at = start + len(sentence)
            figures = list(figures_in(sentence))
            where = f"{sentence} | {context}".casefold()
            if not figures or not any(row.is_named_in(where) for row in self.hidden):
                continue
            shown = set().union(*(row.figures for row in self.all if row.is_named_in(where)))
            yield from ((each, start + place) for each, place in figures if each not in shown)


def rows_of_record(record: Mapping[str, Any], tables: Mapping[str, Rows]) -> Iterator[NamedRow]:
    """The rows of a finding's tables."""
    for table in record.get("tables", []):
        declared = declared_table(record, table["id"])
        rows = tables[table["file"]]
        if declared is None or not rows:
            continue
        names = {name for name in rows[0] if name.endswith("_name")}
        differing = [
            name for name in declared.dimensions if len({row.get(name, "") for row in rows}) > 1
        ]
        for row in rows:
            yield _named(row, differing, names)


def _named(row: Mapping[str, str], differing: Sequence[str], names: set[str]) -> NamedRow:
    values = [(name, row.get(name, "")) for name in differing]
    labels = tuple(
        tuple(_forms(value, row.get(name.replace("_code", "_name"), "")))
        for name, value in values
        if value != TOTAL
    )
    figures = {
        text
        for name, cell in row.items()
        if name not in names
        for number in numbers_in([cell])
        for text in roundings(number)
    }
    return NamedRow(labels, MARKER in row.values(), frozenset(figures))


def _forms(value: str, called: str) -> Iterator[str]:
    """The ways a page writes a label: a month in words, a code by its name."""
    yield value.casefold()
    if called:
        yield called.casefold()
    if MONTH.fullmatch(value):
        month = pd.Period(value, "M")
        yield month.strftime("%B %Y").casefold()
        yield month.strftime("%b %Y").casefold()


def _stands_in(label: str, text: str) -> bool:
    if len(label) > SHORT_LABEL:
        return label in text
    return bool(re.search(rf"(?<!\w){re.escape(label)}(?!\w)", text))
