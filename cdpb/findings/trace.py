"""Where each number comes from: its table and row, the source and receipt, the functions."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cdpb import catalogue, loaders
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import CHANGE
from cdpb.periods import FinancialYear
from cdpb.sources import Receipt
from cdpb.statistics.comparison import NOT_COMPARED, compare_changes, compare_measures
from cdpb.statistics.measure import Measure
from cdpb.steps import MADE_BY, STEPS

IN_THE_NOTEBOOK = "the notebook"
_YEAR = re.compile(r"\b\d{4}/\d{2}\b")


@dataclass(frozen=True)
class Taken:
    """The cell of a published table that a measure was taken from."""

    table: str
    column: str
    where: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values; ``where`` finds the row."""
        return {"table": self.table, "column": self.column, "where": dict(self.where)}


def table_trace(
    shown: PublishedTable, declared: TableDeclaration, about: Mapping[str, Any], area: str = ""
) -> dict[str, Any]:
    """Where a published table comes from.

    The filter of its declaration, the tables it was computed from (``made_of``), its period, each
    source with the receipts that gave the periods shown, the functions in the order they were used,
    and for each column the source of its figures and the function that made it. ``about`` is what
    was noted of the table on its way (``cdpb.steps``).
    """
    made_by, functions = about.get(MADE_BY, {}), list(about.get(STEPS, []))
    # Where one function alone made the table, the notebook can only have named its columns.
    maker = functions[0] if len(functions) == 1 else IN_THE_NOTEBOOK
    source = shown.source_ids[0]
    denominators = {about.get("denominator"): about.get("denominator_source")}
    return {
        "table": shown.id,
        "filter": dict(declared.filter),
        "made_of": list(declared.made_of),
        "period": shown.period,
        "sources": [
            {"id": each, "receipts": receipts_behind(each, _periods(shown), area)}
            for each in shown.source_ids
        ],
        "functions": functions,
        "columns": {
            name: {
                "source": denominators.get(name) or source,
                "function": made_by.get(name, maker),
            }
            for name in shown.columns
        },
    }


def receipts_behind(source_id: str, periods: set[str], area: str = "") -> list[dict[str, Any]]:
    """The receipts of a source that gave some months (``2024-02``) or financial years.

    A source that has none of them is named with all its receipts, as a census is. Of one that isn't
    public only the months are named in which something was received, without files. Files of other
    areas than ``area`` alone are left out.
    """
    receipts = catalogue.receipts(source_id)
    if not receipts or not loaders.access.may_open(source_id):
        return []
    if catalogue.source(source_id).periods == "months":
        given = loaders.receipt_of_month(source_id)
        months = _months(periods)
        given = given[given["month"].isin(months)] if len(months) else given
        files = set(zip(given["received"].astype("str").str[:10], given["file"], strict=True))
        chosen = [
            (receipt, [f.name for f in receipt.files if (str(receipt.received), f.name) in files])
            for receipt in receipts
        ]
    else:
        covering = [receipt for receipt in receipts if _covers(receipt, periods)]
        chosen = [(each, each.names_for(area)) for each in covering or receipts]
    if catalogue.source(source_id).access != "public":
        received = dict.fromkeys(receipt.month_text for receipt, names in chosen if names)
        return [{"received": month, "files": []} for month in received]
    return [{"received": r.received_text, "files": names} for r, names in chosen if names]


def _covers(receipt: Receipt, periods: set[str]) -> bool:
    if receipt.periods is None:
        return True
    return any(receipt.periods.first <= each <= receipt.periods.last for each in periods)


def _months(periods: set[str]) -> pd.PeriodIndex:
    """Each month that is named, and the twelve of each year that is."""
    named = [pd.Period(each, "M") for each in periods if "-" in each]
    years = [month for each in periods if "/" in each for month in FinancialYear.parse(each).months]
    return pd.PeriodIndex([*named, *years], freq="M")


def _periods(shown: PublishedTable) -> set[str]:
    """The months and years that a table's rows are of, or, where no row says, the table."""
    rows = list(shown.rows())
    if "month" in shown.columns:
        return {str(row["month"]) for row in rows}
    names = [name for name in ("year", "previous_year") if name in shown.columns]
    text = " ".join([shown.period, *(str(row[name]) for row in rows for name in names)])
    return set(_YEAR.findall(text))


Again = Callable[[str], Measure]


def measure_of_year(
    measure: Any, year: str, again: Mapping[Measure, tuple[str, Again]]
) -> Measure | None:
    """The measure of another year, from the table that it was taken from.

    None where the table has no such row, or hides it, or the measure comes from elsewhere.
    ``again`` has its year, and how to take it from the row of another.
    """
    if not isinstance(measure, Measure) or measure not in again:
        return None
    own, take = again[measure]
    found = measure if own == year else take(year)
    return found if found.known else None


# Of what is held here: a publisher may well have newer figures (`published_since`).
LATEST = "the latest held"
OF_BOTH = "the latest year that both sources hold"


@dataclass(frozen=True)
class KeyFigure:
    """One of the few numbers a reader takes away, and what it stands beside."""

    id: str
    label: str
    measure: Measure
    comparators: tuple[Measure, ...] = ()
    note: str = ""
    origins: tuple[Taken | None, ...] = ()
    taken: Measure | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, each comparator with how the figure compares with it."""
        beside = [
            {**each.to_dict(), "comparison": _comparison(self.measure, each),
             "note": "" if each.known else each.note}
            for each in self.comparators
        ]  # fmt: skip
        note = self.note or self.measure.note
        return {
            **self.measure.to_dict(),
            "id": self.id,
            "label": self.label,
            "note": note,
            "comparators": beside,
        }


def _comparison(measure: Measure, with_: Measure) -> str:
    if not (measure.known and with_.known and measure.has_interval):
        return NOT_COMPARED
    both = measure.unit == with_.unit == CHANGE and with_.has_interval
    return compare_changes(measure, with_) if both else compare_measures(measure, with_)


@dataclass(frozen=True)
class FigureRecord:
    """What a figure says, in words."""

    id: str
    number: int
    title: str
    subtitle: str
    alt: str
    table: str


def figure_origins(
    figures: Iterable[KeyFigure], shown: Mapping[str, PublishedTable]
) -> list[dict[str, Any]]:
    """One row per key figure, and one for each measure that it stands beside."""
    rows = [
        (figure.id, measure, taken or computed_from(measure, shown))
        for figure in figures
        for measure, taken in zip(
            (figure.measure, *figure.comparators), figure.origins, strict=False
        )
    ]
    return [
        {"key_figure": id, "label": measure.label, **origin.to_dict()}
        for id, measure, origin in rows
        if origin is not None
    ]


def computed_from(measure: Measure, shown: Mapping[str, PublishedTable]) -> Taken | None:
    """The published table whose rows a measure was computed from that is no cell of one."""
    tables = [id for id, each in shown.items() if each.source_ids[0] == measure.source]
    return Taken(tables[0], "", ()) if tables and measure.known else None


def part_origins(
    part_id: str, evidence: Iterable[Any], taken_from: Callable[[Measure], Taken | None]
) -> list[dict[str, Any]]:
    """A row for each measure or table that a part of a statement was tested with.

    A table stands whole, without column or row. What is not known has no row, nor has a number of
    the statement itself.
    """
    rows: list[tuple[str, Taken | None]] = []
    for each in evidence:
        if isinstance(each, PublishedTable):
            rows.append((each.title, Taken(each.id, "", ())))
        elif isinstance(each, Measure) and each.known:
            rows.append((str(each.label), taken_from(each)))
    return [
        {"part": part_id, "label": label, **origin.to_dict()}
        for label, origin in rows
        if origin is not None
    ]
