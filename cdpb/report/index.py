"""The front page of an assessment: every finding, its verdict, its figures, its downloads."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cdpb.declarations import declarations
from cdpb.errors import InputError
from cdpb.report.back_matter import Linker, Term, accessibility_record, terms
from cdpb.report.headline import key_figures_block, verdict_badge
from cdpb.report.markup import render
from cdpb.report.page import banners, markings, title_marks

Record = Mapping[str, Any]


def render_index(records: Sequence[Record], absent: Sequence[str] = ()) -> str:
    """``index.html`` of an assessment, its findings in the order of their records.

    ``absent`` are the ids of declared findings that the assessment lacks.

    Raises
    ------
    InputError
        If there is no record, or they are of different assessments.
    """
    if len({_belongs_to(record) for record in records}) != 1:
        raise InputError("An index needs the findings of one area, year and edition.")
    first, marks = records[0], markings(records[0])
    area, year = first["area"]["name"], first["year"]
    page = {
        "area": area,
        "year": year,
        "title": title_marks(first) + f"Needs assessment, {area}, {year}",
        "markings": marks,
        "banners": banners(marks),
        "findings": [_entry(record) for record in records],
        # Each download that has a row.
        "tables": [each for each in _titled(records, "tables") if each[1]["rows"]],
        "notices": _titled(records, "notices"),
        "absent": [declarations().finding(id).title for id in absent],
        "sources": list({each["id"]: each for _, each in _titled(records, "sources")}.values()),
        "glossary": _terms_in(records),
        "accessibility": accessibility_record(),
    }
    # A plain text from here on: Markup would escape whatever is done to it next.
    return str(render("assessment.html.j2", page=page)) + "\n"


def _belongs_to(record: Record) -> tuple[str, str, str, bool]:
    demonstration = bool(record.get("demonstration"))
    return record["area"]["code"], record["year"], record["edition"], demonstration


def _entry(record: Record) -> dict[str, Any]:
    """A finding: its page beside the index, its verdict, if it may have one, and its cards."""
    tested = record.get("tested", True)
    return {
        "record": record,
        "href": f"{record['slug']}.html",
        "badge": verdict_badge(record.get("verdict")) if tested else "",
        "figures": Markup(key_figures_block(record.get("key_figures") or []).html),
    }


def _titled(records: Sequence[Record], kind: str) -> list[tuple[str, Any]]:
    """Tables, notices or sources of all findings, each with the title of its finding."""
    return [(record["title"], each) for record in records for each in record.get(kind) or []]


def _terms_in(records: Sequence[Record]) -> list[Term]:
    linker = Linker(terms())
    for record in records:
        linker.link(" ".join([record["title"], record["headline"], *record.get("notices", [])]))
    return linker.used
