"""Published tables: what charts, maps, words and downloads are made of."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NoReturn, cast

import numpy as np
import pandas as pd

from cdpb.disclosure.declared import TOTAL, Column
from cdpb.disclosure.masked import MASKED, Masked
from cdpb.errors import (
    GateRefused,
    InputError,
    NoSuchKey,
    NoSuchName,
    closest,
    meant,
    unpublished,
    verb,
)
from cdpb.marks import PublishedCell, is_marking, number_from
from cdpb.numbers import rounded_text
from cdpb.periods import months_named

NOT_AVAILABLE, NOT_APPLICABLE, UNSTABLE = "[x]", "[z]", "[u]"
DEMONSTRATION = "DEMONSTRATION"
WHOLE_NUMBERS, FRACTIONS = {"count", "rank"}, {"rate", "percent", "interval", "number"}
# Spreadsheets run a cell that begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Value = int | float | str | bool | date | pd.Period | Masked | None


class Row(Mapping[str, Value]):
    """One row of a published table; a hidden cell is `MASKED`, a missing one None.

    Where marks are asked for, a number of it knows which cell it is.
    """

    __slots__ = ("_names", "_table", "_values")

    def __init__(self, table: "PublishedTable", values: tuple[Value, ...]) -> None:
        self._names, self._table, self._values = table._names, table, values

    def __getitem__(self, name: str) -> Value:
        if name not in self._names:
            raise NoSuchKey(f"A row has no column {name!r}.", closest(name, self._names))
        value = self._values[self._names.index(name)]
        if isinstance(value, int | float) and is_marking():
            return cast(Value, number_from(self._table.cell(self._values, name), value))
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}: {value}" for name, value in self.items())
        return f"<Row {inside}>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PublishedTable:
    """A table that has passed the gate. It holds no true value of a masked cell.

    Made by `cdpb.disclosure.gate.publish`, and never changed afterwards.

    Attributes
    ----------
    id, title, period : str
        As declared; the period its data are of.
    source_ids : tuple of str
        The sources it draws on.
    dimensions, totals : tuple of str
        The columns that name a row; those of them that also have a row ``total``.
    demonstration, draft : bool
        Marked as such wherever it is shown.
    made_for : str
        The finding of the assessment that published it; empty where none did.
    """

    id: str
    title: str
    source_ids: tuple[str, ...]
    dimensions: tuple[str, ...]
    totals: tuple[str, ...]
    described: tuple[tuple[str, Column], ...]
    values: tuple[tuple[Value, ...], ...]
    period: str = ""
    demonstration: bool = False
    draft: bool = False
    made_for: str = ""

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        hidden = sum(value is MASKED for row in self.values for value in row)
        marks = [f"{hidden} cells [c]"] * bool(hidden) + ["draft"] * self.draft
        marks += [DEMONSTRATION] * self.demonstration
        told = [f"{len(self)} rows", ", ".join(self._names), *marks]
        return f"<PublishedTable {self.id}: {'; '.join(told)}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in PublishedTable.__slots__:
            raise AttributeError(name)
        raise NoSuchName(*self._is_no_frame(f".{name}", name))

    def __getitem__(self, column: object) -> NoReturn:
        raise NoSuchKey(*self._is_no_frame(f"[{column!r}]", column))

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._names)

    def __iter__(self) -> NoReturn:
        raise InputError(*self._is_no_frame(""))

    def _is_no_frame(self, asked: str, name: object = "") -> list[str]:
        """What is said to whoever takes it for a frame."""
        strange = [name] if isinstance(name, str) and name not in ("", *self._names) else []
        return [
            f"Table {self.id} is published and no frame of pandas: it has no {asked or 'items'}.",
            *[f"Of columns: {closest(each, self._names)}" for each in strange],
            f"Write shown.to_frame(){asked} for a chart of your own, or take the rows of",
            "shown.rows(), or a column by shown.values_of(name). Each knows its hidden cells.",
        ]

    @property
    def columns(self) -> dict[str, Column]:
        """What a reader needs to know of each column, in the order shown."""
        return dict(self.described)

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.described)

    def rows(self) -> Iterator[Row]:
        """Each row as a mapping from column name to value.

        Examples
        --------
        >>> [row["offences"] for row in shown.rows()]
        """
        return (Row(self, values) for values in self.values)

    def cell(self, row: tuple[Value, ...], column: str) -> PublishedCell:
        """Where a column of one of its rows stands."""
        named = tuple(
            (name, str(value))
            for name, value in zip(self._names, row, strict=True)
            if name in self.dimensions
        )
        return PublishedCell(self.made_for, self.id, column, named)

    def values_of(self, column: str) -> tuple[Value, ...]:
        """One column, top to bottom.

        Parameters
        ----------
        column : str

        Examples
        --------
        >>> shown.values_of("offences")
        """
        position = self._position(column)
        return tuple(row[position] for row in self.values)

    def _position(self, column: str) -> int:
        if column not in self._names:
            raise InputError(
                f"Table {self.id} has no column {column!r}.", closest(column, self._names)
            )
        return self._names.index(column)

    # Choosing and ordering rows -------------------------------------------------------

    @verb("shown.")
    def where(self, **equals: Value) -> "PublishedTable":
        """Only the rows that show these values; a masked cell equals nothing.

        Parameters
        ----------
        **equals
            A value for each column, by its name.

        Raises
        ------
        InputError
            If no row has a value, and one has another that is spelt nearly alike.

        Examples
        --------
        >>> shown.where(ward_name="Hendon")
        """
        wanted = [(self._position(name), value) for name, value in equals.items()]
        kept = [row for row in self.values if all(_shows(row[at], value) for at, value in wanted)]
        if not kept:
            self._refuse_misspelt(equals)
        return replace(self, values=tuple(kept))

    def _refuse_misspelt(self, equals: Mapping[str, Value]) -> None:
        for name, value in equals.items():
            has = [each for each in self.values_of(name) if not _absent(each)]
            if value not in has and (near := meant(value, has)):
                raise InputError(
                    f"Table {self.id} has no row with {name}={value!r}.", f"Did you mean {near!r}?"
                )

    def sorted_by(self, column: str, descending: bool = False) -> "PublishedTable":
        """Rows by a shown value; ties, then missing, then masked rows stand in key order.

        What is hidden never decides a place: the last rows tell nothing of their values.

        Parameters
        ----------
        column : str
        descending : bool

        Examples
        --------
        >>> shown.sorted_by("rate_per_1000", descending=True)
        """
        at = self._position(column)
        by_key = sorted(self.values, key=self._key_of)
        shown = [row for row in by_key if not _absent(row[at])]
        missing = [row for row in by_key if row[at] is None]
        masked = [row for row in by_key if row[at] is MASKED]
        ordered = sorted(shown, key=lambda row: cast(Any, row[at]), reverse=descending)
        return replace(self, values=(*ordered, *missing, *masked))

    def _key_of(self, row: tuple[Value, ...]) -> tuple[str, ...]:
        return tuple(str(row[self._position(name)]) for name in self.dimensions)

    def total(self, column: str) -> Value:
        """The published total of a column, or `MASKED`; never the sum of what is left.

        Parameters
        ----------
        column : str

        Raises
        ------
        InputError
            If the column is not one that adds up and the table has no row of totals.

        Examples
        --------
        >>> shown.total("offences")
        """
        at, kind = self._position(column), dict(self.described)[column].kind
        rows: list[tuple[Any, ...]] = list(self.values)
        for name in self.totals:
            place = self._position(name)
            rows = [row for row in rows if row[place] == TOTAL] or rows
        if any(row[at] is MASKED for row in rows):
            return MASKED
        if len(rows) == 1:
            return rows[0][at]
        if kind != "count":
            raise InputError(
                f"Table {self.id}: column {column} doesn't add up, and no one row is its total.",
                "Give the table a row of totals, or compute the rate of the total.",
            )
        counts = [row[at] for row in rows]
        return None if any(count is None for count in counts) else sum(counts)

    # Handing out ----------------------------------------------------------------------

    @property
    def masked(self) -> pd.DataFrame:
        """Which cells are masked: bool, same rows and columns."""
        marks = [[value is MASKED for value in row] for row in self.values]
        return pd.DataFrame(marks, columns=list(self._names), dtype=bool)

    @verb("shown.")
    def to_frame(self, *, gaps: bool = False) -> pd.DataFrame:
        """A table for an analyst's own chart, which can't count what is hidden as nothing.

        pandas skips what is missing: in a sum a hidden count would be 0, and its bar would not be
        there. So a hidden cell stands as `MASKED`, and whatever adds it up, sorts or draws it is
        refused.

        Parameters
        ----------
        gaps : bool, default False
            Hidden cells are missing, like those that there is no figure for.

        Examples
        --------
        >>> shown.to_frame(gaps=True).plot(x="year", y="orders")
        """
        columns = {
            name: _column([row[at] for row in self.values], column.kind, gaps)
            for at, (name, column) in enumerate(self.described)
        }
        frame = pd.DataFrame(columns)
        frame.attrs["source"] = self.source_ids[0] if self.source_ids else ""
        return frame

    def markers(self) -> pd.DataFrame:
        """Every cell as a reader sees it: ``1,052``, ``[c]``, ``[x]``, ``[z]``, ``[u]``.

        Examples
        --------
        >>> shown.markers()
        """
        texts = [
            [
                displayed(row[name], column, self._absence(values, column))
                for name, column in self.described
            ]
            for row, values in zip(self.rows(), self.values, strict=True)
        ]
        return pd.DataFrame(texts, columns=list(self._names), dtype="str")

    def to_csv_text(self) -> str:
        r"""CSV: numbers to eight digits, ``\n`` at line ends, ``[c]`` for masked cells."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        mark = [DEMONSTRATION] if self.demonstration else []
        writer.writerow([*self._names, *(each.lower() for each in mark)])
        for row in self.values:
            cells = [
                _as_csv(value, self._absence(row, column))
                for value, (_, column) in zip(row, self.described, strict=True)
            ]
            writer.writerow([*cells, *mark])
        return text.getvalue()

    def to_dict(self) -> dict[str, Any]:
        """For JSON: masked cells are ``[c]``, missing ones null."""
        return {
            "id": self.id,
            "title": self.title,
            "source": list(self.source_ids),
            "period": self.period,
            "demonstration": self.demonstration,
            "draft": self.draft,
            "columns": [{"name": name, **column.model_dump()} for name, column in self.described],
            "rows": [[_as_json(value) for value in row] for row in self.values],
        }

    def _absence(self, row: tuple[Value, ...], column: Column) -> str:
        """A row of totals has no rank and no comparison; elsewhere missing is missing."""
        of_totals = any(row[self._position(name)] == TOTAL for name in self.totals)
        inapplicable = of_totals and column.kind in {"rank", "text", "flag", "name", "interval"}
        return NOT_APPLICABLE if inapplicable else NOT_AVAILABLE


def displayed(value: Value, column: Column, absent: str = NOT_AVAILABLE) -> str:
    """One value as a reader sees it, without its unit.

    Counts have thousands separators; rates, percentages and limits one decimal unless the
    column says otherwise. Rounded half up, as in a sentence; a month is in words, as there.
    """
    if value is None:
        return absent
    if isinstance(value, bool):
        return UNSTABLE if value else ""
    if not isinstance(value, int | float):
        return months_named(str(value))
    if column.kind in {"key", "name"}:
        return str(value)
    default = 1 if column.kind in FRACTIONS and isinstance(value, float) else 0
    return rounded_text(value, default if column.decimals is None else column.decimals)


def _absent(value: Value) -> bool:
    return value is None or value is MASKED


def _shows(value: Value, wanted: Value) -> bool:
    if wanted is MASKED:
        raise GateRefused("where() can't look for masked cells; `masked` says which they are.")
    return value is not MASKED and value == wanted


def _column(values: list[Value], kind: str, gaps: bool) -> Any:
    """A column for a frame, of the dtype that its kind has."""
    plain: list[Any] = [None if value is MASKED else value for value in values]
    if not gaps and any(value is MASKED for value in values):
        return pd.Series([pd.NA if value is None else value for value in values], dtype=object)
    if kind in WHOLE_NUMBERS and not any(isinstance(value, float) for value in plain):
        return pd.array(plain, dtype="Int64")
    if kind in WHOLE_NUMBERS | FRACTIONS:
        return np.array(plain, dtype="float64")
    if kind == "flag":
        return pd.array(plain, dtype="boolean")
    return plain if any(value is not None for value in plain) else pd.Series(plain, dtype="str")


def _as_csv(value: Value, absent: str) -> str:
    if value is None:
        return absent
    if isinstance(value, bool):
        return UNSTABLE if value else ""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return str(value)


def _as_json(value: Value) -> Any:
    return value if value is None or isinstance(value, int | float | str | bool) else str(value)


def only_published(*shown: object) -> None:
    """Refuse whatever hasn't passed the gate.

    Raises
    ------
    GateRefused
        Names the type of what was given, and nothing that it holds.
    """
    for each in shown:
        if not isinstance(each, PublishedTable):
            raise unpublished(each)
