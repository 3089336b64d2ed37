"""Where each number of a page comes from, as a table that stands folded at its end."""

from collections.abc import Mapping
from typing import Any

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import list_text
from cdpb.report.tables import ShownTable, plain_table

ITS_ROWS = "computed from its rows"
HEADINGS = ["Numbers", "Rows", "Source, and when received", "Made by"]
ALL_ROWS = "all that are held"


def origins_table(
    trace: Mapping[str, Any], published: Mapping[str, PublishedTable]
) -> ShownTable | None:
    """A row a published table, a key figure and a number judged by; None without a table.

    Parameters
    ----------
    trace : mapping
        Of the finding's record.
    published : mapping of str to PublishedTable
        The same tables, for their titles and column labels.
    """
    tables = [_table_row(each, published) for each in trace["tables"]]
    figures = [
        _figure_row(each, published[each["table"]])
        for each in (*trace["key_figures"], *trace.get("parts", ()))
    ]
    if not tables:
        return None
    caption = "From the page back to source, receipt, rows and function"
    return plain_table(caption, HEADINGS, [*tables, *figures], id="origins-table")


def _table_row(told: Mapping[str, Any], published: Mapping[str, PublishedTable]) -> list[str]:
    title = published[told["table"]].title
    made_of = [f"Table: {published[each].title}" for each in told.get("made_of", ())]
    chosen = [f"{_plain(name)} {_values(value)}" for name, value in told["filter"].items()]
    sources = [f"{each['id']}{_received(each['receipts'])}" for each in told["sources"]]
    period = told["period"] or ALL_ROWS
    rows = "; ".join([*made_of, *chosen]) or period
    return [title, rows, "; ".join(sources), ", ".join(told["functions"])]


def _figure_row(told: Mapping[str, Any], table: PublishedTable) -> list[str]:
    where = [f"{_plain(name)} {value}" for name, value in told["where"].items()]
    column = table.columns.get(told["column"])
    label = column.label if column else told["column"] or ITS_ROWS
    used = "Key figure" if "key_figure" in told else "Tested"
    return [f"{used}: {told['label']}", "; ".join(where), f"Table: {table.title}", label]


def _received(receipts: list[Mapping[str, Any]]) -> str:
    dates = list(dict.fromkeys(each["received"] for each in receipts))
    return f", received {list_text(dates)}" if dates else ""


def _values(value: Any) -> str:
    return list_text(map(str, value)) if isinstance(value, list) else str(value)


def _plain(name: str) -> str:
    return name.replace("_", " ")
