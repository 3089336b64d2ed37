"""What is declared of a published table and of its columns."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cdpb.numbers import DECIMALS_FROM

Kind = Literal[
    "key", "name", "count", "rate", "percent", "interval", "rank", "flag", "text", "number", "line"
]
Window = Literal["rolling_12", "year_to_date", "years_3"]
# What stands in a column for the sum over it.
TOTAL = "total"
# They name files and folders of an assessment, so nothing in them may lead out of it.
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Declared):
    """What a reader needs to know of a published column.

    Two fields matter in a table of a protected source alone. ``public``: known to anybody
    without our figures, such as residents, so never masked. ``of``: what it is a share of,
    as the dimensions whose total is the denominator; the share is masked with either.
    ``denominator`` names the columns that may hold that total; the first that a table has does.
    """

    label: str
    kind: Kind
    unit: str = ""
    decimals: int | None = None
    short: str = ""
    public: bool = False
    of: list[str] = []
    denominator: list[str] = []


class TableDeclaration(_Declared):
    """One published table.

    Attributes
    ----------
    dimensions : list of str
        The columns that together name a row.
    filter : dict
        Column to value; ``{year}`` and ``{area}`` stand for the parameters.
    count : str
        The column of counts that the source's policy protects; empty for none.
    derived : list of str
        Every other column, in the order shown; each is masked with its count.
    totals : list of str
        Dimensions that also have a row called ``total``.
    window : {"rolling_12", "year_to_date", "years_3"}, optional
        Each row sums the periods up to the ``month`` (or ``year``) that names it: twelve
        months, the months since April, three years. Windows that are not held whole have no
        row; a filter by year chooses windows by their last period.
    as_of : list of str
        Other sources that must hold ``{year}`` too, where the table is shown beside theirs.
    made_of : list of str
        For a table without a count: the published tables of the finding that its figures are
        computed from, and nothing else. What they hide then can't be in it.
    """

    id: Id
    title: str
    source: str
    dimensions: list[str]
    filter: dict[str, str | list[str]] = {}
    count: str = ""
    derived: list[str] = []
    totals: list[str] = []
    window: Window | None = None
    as_of: list[str] = []
    made_of: list[str] = []
    order: list[str] = []

    @model_validator(mode="after")
    def _order_names_every_column(self) -> "TableDeclaration":
        if self.order and sorted(self.order) != sorted(self._unordered):
            raise ValueError(f"table {self.id}: order does not name exactly its columns")
        return self

    @property
    def _unordered(self) -> list[str]:
        return [*self.dimensions, *([self.count] if self.count else []), *self.derived]

    @property
    def columns(self) -> list[str]:
        """Its columns, in the order shown."""
        return list(self.order or self._unordered)

    def described(
        self, columns: Mapping[str, Column], rows: Sequence[Mapping[str, Any]] = ()
    ) -> tuple[tuple[str, Column], ...]:
        """Its columns as the dictionary describes them, for the rows that are published.

        A percentage has no decimals where one of them is of fewer than 1,000 people, so that a
        column has one form. Limits that say nothing of their decimals have those of what stands
        before them: a count's are whole.
        """
        found, decimals = [], None
        for name in self.columns:
            column = columns[name]
            if column.kind == "percent" and self._fewest(name, column, rows) < DECIMALS_FROM:
                column = column.model_copy(update={"decimals": 0})
            if column.kind == "count":
                decimals = 0
            elif column.kind in {"rate", "percent", "number"}:
                decimals = column.decimals
            elif column.kind == "interval" and column.decimals is None:
                column = column.model_copy(update={"decimals": decimals})
            found.append((name, column))
        return tuple(found)

    def _fewest(self, name: str, column: Column, rows: Sequence[Mapping[str, Any]]) -> float:
        """The fewest that a shown percentage of a column is of; infinite where nothing says it."""
        shown = [row for row in rows if _is_number(row[name])]
        whole = next((each for each in column.denominator if each in self.columns), "")
        if whole:
            return min((row[whole] for row in shown if _is_number(row[whole])), default=inf)
        if not (column.of and self.count):
            return inf
        sums: dict[tuple[Any, ...], float] = {}
        for row in shown:
            if all(row[each] != TOTAL for each in column.of):
                of = tuple(row[each] for each in self.dimensions if each not in column.of)
                sums[of] = sums.get(of, 0) + row[self.count]
        return min(sums.values(), default=inf)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)
