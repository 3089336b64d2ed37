"""The pages that an assessment has once: its front page, its methods, and how it is read."""

from collections.abc import Mapping, Sequence
from typing import Any

from cdpb.declarations import PRIORITIES, declarations
from cdpb.errors import InputError
from cdpb.report.back_matter import accessibility_record, terms
from cdpb.report.headline import verdict_badge
from cdpb.report.markup import render
from cdpb.report.page import banners, markings, title_marks
from cdpb.report.tables import plain_table

Record = Mapping[str, Any]
INDEX, METHODS, ACCESSIBILITY = COMMON = ("index.html", "methods.html", "accessibility.html")
HEADINGS = {METHODS: "Methods and sources", ACCESSIBILITY: "Accessibility and glossary"}
ROUNDING = (
    "Counts are whole and rates have one decimal. Percentages have one decimal in figures and "
    "tables; in sentences and key figures they have none where they are of fewer than 1,000 "
    "people. The downloads hold numbers to eight significant digits."
)
OVERALL = (
    ("No part was checked", "Not checked"),
    ("All supported", "Supported"),
    ("All contradicted", "Contradicted"),
    ("Supported, with others contradicted or unclear", "Partly supported"),
    ("Contradicted, with others unclear", "Contradicted in part"),
    ("All unclear", "Unclear"),
)


def common_pages(records: Sequence[Record], absent: Sequence[str] = ()) -> dict[str, str]:
    """The pages that an assessment has once, by the names of their files.

    ``absent`` are the ids of declared findings that the assessment lacks.

    Raises
    ------
    InputError
        If there is no record, or they are of different assessments.
    """
    index = render_index(records, absent)
    methods = {
        "overall": plain_table("All parts together", ["Of the parts checked", "Verdict"], OVERALL),
        "rounding": ROUNDING,
        "sources": _sources(records),
    }
    reading = {"accessibility": accessibility_record(), "glossary": terms()}
    return {
        INDEX: index,
        METHODS: _common(METHODS, ACCESSIBILITY, records[0], methods),
        ACCESSIBILITY: _common(ACCESSIBILITY, METHODS, records[0], reading),
    }


def _common(name: str, other: str, record: Record, content: Mapping[str, Any]) -> str:
    heading, beside = HEADINGS[name], (other, HEADINGS[other])
    page = {**_masthead(record, heading), "heading": heading, "other": beside, **content}
    return str(render(f"{name}.j2", page=page)) + "\n"


def _masthead(record: Record, heading: str) -> dict[str, Any]:
    """What stands at the head of each of these pages, on the screen and in print."""
    marks, area, year = markings(record), record["area"]["name"], record["year"]
    return {
        "area": area,
        "year": year,
        "title": title_marks(record) + f"{heading}, {area}, {year}",
        "markings": marks,
        "banners": banners(marks),
    }


def _sources(records: Sequence[Record]) -> list[Any]:
    return list({each["id"]: each for _, each in _titled(records, "sources")}.values())


def render_index(records: Sequence[Record], absent: Sequence[str] = ()) -> str:
    """``index.html`` of an assessment, its findings in the order of their records."""
    if len({_belongs_to(record) for record in records}) != 1:
        raise InputError("An index needs the findings of one area, year and edition.")
    page = {
        **_masthead(records[0], "Needs assessment"),
        "groups": _by_priority(records),
        # Each download that has a row.
        "tables": [each for each in _titled(records, "tables") if each[1]["rows"]],
        "notices": _notices(records),
        "absent": [declarations().finding(id).title for id in absent],
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
