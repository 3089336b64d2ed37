"""What is declared of files in ``data/sources.yml``: of partners' returns under ``return``, of
publications under ``indicators``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, model_validator

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

LESS, QUARTER_OF_YEAR = " - ", " Q"
Dated = Literal[
    "month", "quarter", "financial_year", "school_year", "year_to_march", "calendar_year",
    "twelve_months", "several_years",
]  # fmt: skip


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Kind(_Declared):
    """Rows of one kind: their labels, and the column that counts them, less one that is part of it.

    Attributes
    ----------
    labels : dict of str to str
        Column to label.
    value : str
        ``receiving``, or ``need - receiving``.
    """

    labels: dict[str, str] = {}
    value: str

    @property
    def column(self) -> str:
        """The column of counts."""
        return self.value.partition(LESS)[0]

    @property
    def without(self) -> str:
        """The column that is left out of it; empty for none."""
        return self.value.partition(LESS)[2]


class RowsFromColumns(_Declared):
    """How several counts a row become one count a row, with people or schools in one kind each.

    The gate protects one column of counts per source, in rows that nobody stands in twice. So
    what is counted among something else (people with a need, among all who start) becomes what
    is left over as well (people without). Where the sender hides a count, what is left over is
    missing like the count: the one would give the other.
    """

    count: str
    kinds: list[Kind]

    @property
    def names(self) -> list[str]:
        """The columns of labels."""
        return list(self.kinds[0].labels)

    def stacked(self, table: pd.DataFrame, about: list[str]) -> pd.DataFrame:
        """A table with a row per kind, beside the columns that each kind has alike."""
        import pandas as pd

        if "quarter" in table:
            years = table["quarter"].str.split(QUARTER_OF_YEAR).str[0].astype("str")
            table = table.assign(year=years)
        parts = []
        for kind in self.kinds:
            own = table[kind.column]
            own = own - table[kind.without] if kind.without else own
            parts.append(table[about].assign(**kind.labels, **{self.count: own}))
        return pd.concat(parts, ignore_index=True)

    def as_returned(self, stacked: pd.DataFrame) -> dict[str, pd.Series]:
        """The other way round: the columns of counts of the return, as these rows make them."""
        length = len(stacked) // len(self.kinds)
        counted = {
            kind.column: stacked[self.count].iloc[at * length :].head(length).reset_index(drop=True)
            for at, kind in enumerate(self.kinds)
        }
        without = {kind.column: kind.without for kind in self.kinds}

        def whole(column: str) -> pd.Series:
            own = counted[column]
            return own + whole(without[column]) if without[column] else own

        return {column: whole(column) for column in counted}


class Return(_Declared):
    """What one partner's return is like.

    Attributes
    ----------
    source_id : str
        The source that it is of.
    period : str
        ``month``, ``quarter`` or ``year``: the column that says when.
    counts : tuple of str
        Its columns of counts.
    kinds : mapping
        Columns that part the counts, each with all of our words for it.
    texts : tuple of str
        Columns that say something of a row and name nothing.
    place : str
        ``area_code``, or ``ward_code`` for a return by ward.
    fills : bool
        Whether a kind without a row, in a period that the return covers, had no case: it lists
        what happened. Otherwise a row that is absent stays absent.
    parts : tuple of (str, str)
        Columns of which the first is part of the second, in the same row.
    later_part : tuple of (str, str, str), optional
        A column of kinds and two of them: of what the last counts the one before is a part, in
        the same month or in the next.
    percentages : tuple of (str, str, str)
        Columns that a file may carry beside its counts: a percentage, its part and its whole.
    began : mapping
        The first month of a kind that did not always exist.
    may_be_none : tuple of str
        Kinds of which a whole year may pass without a case.
    rows : RowsFromColumns, optional
        Where it has several counts a row: how its tables count them.
    """

    source_id: str
    period: Literal["month", "quarter", "year"]
    counts: tuple[str, ...]
    kinds: Mapping[str, tuple[str, ...]] = {}
    texts: tuple[str, ...] = ()
    place: Literal["area_code", "ward_code"] = "area_code"
    fills: bool = False
    parts: tuple[tuple[str, str], ...] = ()
    later_part: tuple[str, str, str] | None = None
    percentages: tuple[tuple[str, str, str], ...] = ()
    began: Mapping[str, str] = {}
    may_be_none: tuple[str, ...] = ()
    rows: RowsFromColumns | None = None

    @model_validator(mode="after")
    def _names_what_it_has(self) -> Return:
        named = {name for pair in self.parts for name in pair}
        named |= {name for _, part, whole in self.percentages for name in (part, whole)}
        for kind in self.rows.kinds if self.rows else []:
            named |= {kind.column, kind.without} - {""}
        if strange := sorted(named - set(self.counts)):
            raise ValueError(f"{strange[0]} is not among its counts")
        return self

    @property
    def keys(self) -> list[str]:
        """The columns that together name a row."""
        return [self.place, self.period, *self.kinds]

    @property
    def about(self) -> list[str]:
        """The columns that its ``rows`` have alike: `keys`, and the year of a quarter."""
        year = ["year"] if self.period == "quarter" else []
        return [self.place, *year, self.period, *self.kinds]

    @property
    def place_of_period(self) -> str:
        """The column of the places of which a receipt carries whole periods."""
        return "borough_code" if self.place == "ward_code" else self.place

    @cached_property
    def table_schema(self) -> pa.DataFrameSchema:
        """What its table promises."""
        # Imported here: pandera takes half a second, and who declares a return reads none.
        from cdpb import schemas

        return schemas.return_schema(self.place, self.period, self.kinds, self.counts, self.texts)

    def __hash__(self) -> int:
        return hash(self.source_id)


class Everywhere(_Declared):
    """An area that is the sum of all places in a file but those of some labels in one column.

    Attributes
    ----------
    area_code : str
        Its GSS code.
    column : str
        Our name for a column of labels, as of police forces.
    but : tuple of str
        Labels of the places that are no part of it.
    areas_of : tuple of str
        Labels of the places that are read as areas of their own.
    """

    area_code: str
    column: str
    but: tuple[str, ...]
    areas_of: tuple[str, ...]


class PublishersTable(_Declared):
    """How a publisher's own table differs from one row per area and period.

    Attributes
    ----------
    sheets : tuple of str
        The sheets of its workbook: tables below a title, over notes, perhaps with several headers.
    named_by : int
        Of several sheets about the same rows: how many first columns of each name a row.
    only : mapping
        Column to the labels of the rows that are of this publication, each of which is there;
        others are left out.
    words : mapping
        The publisher's words for our indicators, where it has one per row, and for areas.
    kinds : mapping
        Where each row counts one of the publisher's kinds: the kind, and our indicators that it
        is added to; none for a kind that is not used.
    began : mapping
        The first period of an indicator that can be compared with later ones.
    everywhere : Everywhere, optional
        The area that has no row and that the rows of all places add up to.
    files_of : str
        The source of which a file is taken to be where its header is that of both.
    unnamed_area : str
        The code of the area whose rows name none.
    sums : mapping
        The code of an area that the publisher gives no row of, and the codes, or their first
        letters, of those that it is the sum of.
    left_out : list of mapping
        Rows that are printed beside others of the same thing and are not read: column to cell.
    """

    sheets: tuple[str, ...] = ()
    named_by: int = 0
    only: Mapping[str, tuple[str, ...]] = {}
    words: Mapping[str, str] = {}
    kinds: Mapping[str, tuple[str, ...]] = {}
    began: Mapping[str, str] = {}
    everywhere: Everywhere | None = None
    files_of: str = ""
    unnamed_area: str = ""
    sums: Mapping[str, tuple[str, ...]] = {}
    left_out: tuple[Mapping[str, str], ...] = ()


class PublishedFigure(_Declared):
    """A figure of a publication that stands beside a finding's own.

    Attributes
    ----------
    called : str
        What a reader calls it.
    shown_on : str
        The finding that gives it.
    adds : tuple of str
        The indicators that are added up.
    of : tuple of str
        Those that add up to the whole that it is a percentage of.
    per : int
        For a rate: per so many residents, or children.
    among : str
        ``residents`` or ``children``.
    unit : str
        Of a figure that is neither.
    """

    called: str
    shown_on: str
    adds: tuple[str, ...]
    of: tuple[str, ...] = ()
    per: int = 0
    among: Literal["residents", "children"] = "residents"
    unit: str = ""


class Indicators(_Declared):
    """What one publication is like: figures of areas and periods, and what stands for none.

    Attributes
    ----------
    source_id : str
        The source that it is of.
    dated : str
        What its periods are: ``month``, ``quarter``, ``financial_year``, ``school_year``,
        ``year_to_march`` (written ``2018``), ``calendar_year``, ``twelve_months`` (written as the
        last one) or ``several_years``.
    counts : tuple of str
        Its columns of whole numbers; or its indicators, where it has one per row.
    values : tuple of str
        The same, of numbers that may be fractions.
    marks : mapping
        What stands in the place of a figure, and what it means.
    areas : mapping
        Code and name of areas that are read beside London, its boroughs, the City and England.
    published_as : PublishersTable
        How the publisher's own table differs from one row per area and period.
    figures : tuple of PublishedFigure
        Those that findings give beside their own.
    """

    source_id: str
    dated: Dated
    counts: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    marks: Mapping[str, str] = {}
    areas: Mapping[str, str] = {}
    published_as: PublishersTable = PublishersTable()
    figures: tuple[PublishedFigure, ...] = ()

    @property
    def period(self) -> str:
        """The column that says when."""
        return self.dated if self.dated in ("month", "quarter") else "year"

    @property
    def names(self) -> tuple[str, ...]:
        """All of its indicators."""
        return (*self.counts, *self.values)

    @property
    def keys(self) -> list[str]:
        """The columns that together name a row."""
        return ["area_code", self.period, "indicator"]

    @cached_property
    def table_schema(self) -> pa.DataFrameSchema:
        """What its table promises."""
        # Imported here: pandera takes half a second, and who declares a source reads none.
        from cdpb import schemas

        return schemas.indicator_schema(self.period, self.names, self.marks)

    def __hash__(self) -> int:
        return hash(self.source_id)
