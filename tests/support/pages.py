"""A small finding as a notebook would leave it, for tests of pages."""

from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cdpb.disclosure.declared import Column
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable
from cdpb.report import blocks
from cdpb.report.exporter import CdpbExporter
from cdpb.report.headline import headline_block, key_figures_block
from cdpb.report.markup import Block, record_block

COLUMNS = {
    "ward_code": Column(label="Ward code", kind="key"),
    "ward_name": Column(label="Ward", kind="name"),
    "offences": Column(label="Offences", kind="count"),
    "rate_per_1000": Column(label="Rate per 1,000 residents", kind="rate", decimals=1),
    "lower": Column(label="Lower limit", kind="interval", decimals=1),
    "upper": Column(label="Upper limit", kind="interval", decimals=1),
    "comparison": Column(label="Compared with London", kind="text"),
    "unstable": Column(label="Fewer than 10 events", kind="flag"),
}
WARDS = (
    ("E05000001", "North & South", 1234, 7.917, 6.45, 9.62, "higher", False),
    ("E05000002", "<East>", 7, 0.5, 0.2, 1.0, "lower", True),
    ("E05000003", "West", MASKED, MASKED, MASKED, MASKED, MASKED, None),
)
ALT = "Two wards by rate: North & South is highest at 7.9 per 1,000, West is not shown."
MAP = (
    '<svg role="group" viewBox="0 0 9 9">'
    '<a href="#row-E05000001" aria-label="North &amp; South, 7.9"><path d="M0 0h9v9z"/></a></svg>'
    '<ul class="map-key"><li><svg viewBox="0 0 2 2" aria-hidden="true"><path fill="#111" '
    'd="M0 0h2"/></svg>Above London</li></ul>'
)


@dataclass(frozen=True)
class Drawn:
    """A drawing as charts hand it over."""

    wide: str = '<svg role="img" viewBox="0 0 680 90"><path d="M0 0h9"/></svg>'
    narrow: str = '<svg role="img" viewBox="0 0 288 90"><path d="M0 0h9"/></svg>'


def published(rows: Any = WARDS, columns: Any = COLUMNS, **about: Any) -> PublishedTable:
    """A published table without the gate, for tests that only look at it."""
    facts = {"id": "wards", "title": "Offences by ward", "period": "2023/24", **about}
    return PublishedTable(
        source_ids=("mps_ward_crime",),
        dimensions=(next(iter(columns)),),
        totals=(),
        described=tuple(columns.items()),
        values=tuple(rows),
        **facts,
    )


def record(**changes: Any) -> dict[str, Any]:
    """A finding's record, with what a page and an index read of it."""
    return {
        "id": "ward_drug_offences",
        "slug": "ward-drug-offences",
        "title": "Ward drug offences",
        "area": {"code": "E09000003", "name": "Barnet"},
        "year": "2023/24",
        "edition": "public",
        "demonstration": False,
        "headline": "North & South stands out.",
        "verdict": verdict(),
        "key_figures": [key_figure()],
        "tables": [
            {
                "id": "wards",
                "title": "Offences by ward",
                "file": "tables/ward_drug_offences/wards.csv",
                "rows": 3,
                "period": "2023/24",
            }
        ],
        "sources": [
            {
                "id": "mps_ward_crime",
                "title": "Recorded crime by ward",
                "publisher": "Metropolitan Police Service",
                "landing_page": "https://data.london.gov.uk/",
                "attribution": "Metropolitan Police Service, London Datastore.",
                "period": "2023/24",
            }
        ],
        "notices": ["No table for England is held."],
        **changes,
    }


def verdict(**changes: Any) -> dict[str, Any]:
    """A verdict of two parts."""
    measure = {"value": 7.917, "lower": 6.45, "upper": 9.62, "unit": "per 1,000 residents"}
    return {
        "outcome": "supported",
        "label": "supported as far as checked (1 of 2 parts)",
        "reason": "One of two parts is supported; the other isn't checked.",
        "as_of": "2023/24",
        "parts": [
            {
                "claim": "Higher than London",
                "comparator": "London wards",
                "outcome": "supported",
                "reason": "London lies below the interval",
                "threshold": "London lies below the whole interval",
                "why": "Both come from one file",
                "against": "the whole interval lower than 4.1 per 1,000 residents for London wards",
                "tests": 1,
                "measure": measure,
                "comparator_measure": {"value": 4.146, "unit": "per 1,000 residents"},
            },
            {
                "claim": "Higher than England",
                "comparator": "England",
                "outcome": "not checked",
                "reason": "no table for England is held",
                "measure": None,
                "comparator_measure": None,
            },
        ],
        **changes,
    }


def key_figure(**changes: Any) -> dict[str, Any]:
    """A rate with its interval and one comparator."""
    return {
        "label": "Offences in North & South",
        "value": 7.917,
        "lower": 6.45,
        "upper": 9.62,
        "numerator": 1234,
        "denominator": 155867,
        "unit": "per 1,000 residents",
        "period": "2023/24",
        "comparators": [
            {
                "label": "London wards",
                "value": 4.146,
                "lower": None,
                "upper": None,
                "unit": "per 1,000 residents",
                "comparison": "higher",
            }
        ],
        **changes,
    }


def chart(**changes: Any) -> Block:
    """Figure 1."""
    table = published(demonstration=changes.pop("demonstration", False))
    words = {"title": "North & South stands out", "subtitle": "Rate, Barnet, 2023/24", **changes}
    of = blocks.Anatomy(1, "ranked", **words, source_line="MPS, received 2025", table=table)
    return blocks.figure_block(of, Drawn(), ALT)


def ward_map(demonstration: bool = False) -> Block:
    """Figure 2."""
    table = published(demonstration=demonstration)
    words = ("Where they lie", "Rate, Barnet, 2023/24", "MPS, received 2025")
    of = blocks.Anatomy(2, "map", *words, table, focus="E05000001")
    return blocks.map_block(of, MAP, ALT)


def code(source: str, *shown: Block, count: int | None = 1) -> NotebookNode:
    """An executed code cell that showed these blocks."""
    outputs = [new_output("display_data", data=each._repr_mimebundle_()) for each in shown]
    return new_code_cell(source, execution_count=count, outputs=outputs)


def notebook(**about: Any) -> NotebookNode:
    """An executed notebook whose blocks stand in the order in which they were computed."""
    saved = record(**about)
    demonstration = saved["demonstration"]
    return new_notebook(
        metadata={"kernelspec": {"name": "secret-kernel", "display_name": "secret"}},
        cells=[
            new_markdown_cell("# Where are offences recorded?\n\nThe NDTMS and others ask."),
            code('secret_parameter = "2023/24"'),
            new_markdown_cell("## Ward by ward\n\nWards by rate."),
            code("finding.chart(kind, shown)", chart(demonstration=demonstration)),
            code("finding.chart(kind, shown)", ward_map(demonstration)),
            new_markdown_cell("## The verdict"),
            code(
                "finding.verdict()",
                headline_block(saved["headline"], saved["verdict"], statement="It is so."),
                key_figures_block(saved["key_figures"]),
            ),
            code("finding.method()", blocks.method_block({"Definition": "Recorded offences."})),
            code("finding.save()", record_block(saved)),
        ],
    )


def page(cells: NotebookNode | None = None, **about: Any) -> str:
    """The page of a notebook."""
    written, _ = CdpbExporter().from_notebook_node(cells or notebook(**about))
    return written
