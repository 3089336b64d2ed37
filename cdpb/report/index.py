"""The front page of an assessment: every finding, its verdict, its figures, its downloads."""

from collections.abc import Mapping, Sequence
from typing import Any

from cdpb.declarations import PRIORITIES, declarations
from cdpb.errors import InputError
from cdpb.report.back_matter import Linker, Term, accessibility_record, terms
from cdpb.report.headline import verdict_badge
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
        "groups": _by_priority(records),
        # Each download that has a row.
        "tables": [each for each in _titled(records, "tables") if each[1]["rows"]],
        "notices": _notices(records),
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


def _by_priority(records: Sequence[Record]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Findings under the strategy's priorities, after what is made of all; no empty group."""
    groups = {"": "The assessment as a whole", **PRIORITIES}
    found = {key: [_entry(each) for each in records if _priority(each) == key] for key in groups}
    return [(groups[key], entries) for key, entries in found.items() if entries]


def _priority(record: Record) -> str:
    known = {each.id: each.priority for each in declarations().findings}
    return known.get(record["id"], "")


def _entry(record: Record) -> dict[str, Any]:
    """A finding: its page beside the index, and its verdict, if it may have one."""
    badge = verdict_badge(record.get("verdict")) if record.get("tested", True) else ""
    return {"record": record, "href": f"{record['slug']}.html", "badge": badge}


def _notices(records: Sequence[Record]) -> list[tuple[str, str]]:
    """What is not there, each once, with the findings that say so."""
    titles: dict[str, list[str]] = {}
    for title, notice in _titled(records, "notices"):
        titles.setdefault(notice, []).append(title)
    return [("; ".join(named), notice) for notice, named in titles.items()]


def _titled(records: Sequence[Record], kind: str) -> list[tuple[str, Any]]:
    """Tables, notices or sources of all findings, each with the title of its finding."""
    return [(record["title"], each) for record in records for each in record.get(kind) or []]


def _terms_in(records: Sequence[Record]) -> list[Term]:
    linker = Linker(terms())
    for record in records:
        linker.link(" ".join([record["title"], record["headline"], *record.get("notices", [])]))
    return linker.used
