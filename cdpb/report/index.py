"""The pages that an assessment has once: its front page, its methods, and how it is read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from cdpb import paths
from cdpb.areas import boroughs
from cdpb.build import PARTNERSHIP_ONLY
from cdpb.declarations import PRIORITIES, declarations
from cdpb.errors import InputError
from cdpb.numbers import article_within, capital, list_text, within_sentence
from cdpb.report.headline import verdict_badge
from cdpb.report.lean import lean
from cdpb.report.markup import has_page, page_of, render
from cdpb.report.method import LOGS, Logged, logged
from cdpb.report.needs import missing_in, need_of
from cdpb.report.page import Term, banners, markings, terms, title_marks
from cdpb.report.tables import plain_table
from cdpb.report.workbooks import WHOLE, workbook_names
from cdpb.say import sentence
from cdpb.statistics.part_tests import NO_FIGURE
from cdpb.yaml_files import read_yaml, typed

Record = Mapping[str, Any]
INDEX, METHODS, ACCESSIBILITY = COMMON = ("index.html", "methods.html", "accessibility.html")
NEEDS = "needs"
HEADINGS = {METHODS: "Methods and sources", ACCESSIBILITY: "Accessibility and glossary"}
ROUNDING = (
    "Counts are whole and rates have one decimal. Percentages have one decimal, and none where "
    "they are of fewer than 1,000 people; in a table or a figure none of a column has one as soon "
    "as one of them is of so few. The downloads hold numbers to eight significant digits."
)
OVERALL = (
    ("No part was checked", "Not checked"),
    ("All supported", "Supported"),
    ("All contradicted", "Contradicted"),
    ("Supported, with others contradicted or unclear", "Partly supported"),
    ("Contradicted, with others unclear", "Contradicted in part"),
    ("All unclear", "Unclear"),
)


Rows = Sequence[Mapping[str, str]]


class AccessibilityRecord(BaseModel):
    """``data/accessibility.yml``: changed by whoever tests the pages, when they do.

    What was tested against which standard, when and with what result; what is not right or could
    not be tested; and what a reader who can't use a page should do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    standard: str
    tested: date
    checks: list[str]
    result: str
    known_problems: list[str]
    report_problems: str

    @property
    def tested_text(self) -> str:
        """``22 November 2026``."""
        return f"{self.tested.day} {self.tested:%B %Y}"


def accessibility_record() -> AccessibilityRecord:
    """Read ``data/accessibility.yml``.

    Raises
    ------
    InputError
        If it is missing or incomplete: a page without its statement is not published.
    """
    path = paths.data_folder() / "accessibility.yml"
    return typed(AccessibilityRecord, read_yaml(path), path)


def common_pages(
    records: Sequence[Record], absent: Sequence[str] = (), tables: Mapping[str, Rows] | None = None
) -> dict[str, str]:
    """The pages that an assessment has once, by the names of their files.

    ``absent`` are the ids of declared findings that the assessment lacks, ``tables`` the rows of
    those that it has, by their files.

    Raises
    ------
    InputError
        If there is no record, or they are of different assessments.
    """
    index = render_index(records, absent, tables)
    methods = {
        "overall": plain_table("All parts together", ["Of the parts checked", "Verdict"], OVERALL),
        "rounding": ROUNDING,
        "sources": _sources(records),
        "logs": _logs(records),
    }
    reading = {"accessibility": accessibility_record(), "glossary": _terms_of(records[0])}
    return {
        INDEX: index,
        METHODS: _common(METHODS, ACCESSIBILITY, records[0], methods),
        ACCESSIBILITY: _common(ACCESSIBILITY, METHODS, records[0], reading),
    }


def _common(name: str, other: str, record: Record, content: Mapping[str, Any]) -> str:
    heading, beside = HEADINGS[name], (other, HEADINGS[other])
    page = {**_masthead(record, heading), "heading": heading, "other": beside, **content}
    return lean(render(f"{name}.j2", page=page)) + "\n"


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


def _terms_of(record: Record) -> list[Term]:
    """The glossary, without terms of services that belong to another borough."""
    others = set(boroughs()["area_name"]) - {record["area"]["name"]}
    return [
        each
        for each in terms()
        if not any(other in f"{each.name} {each.meaning}" for other in others)
    ]


def _sources(records: Sequence[Record]) -> list[Any]:
    return list({each["id"]: each for _, each in _titled(records, "sources")}.values())


def _logs(records: Sequence[Record]) -> list[Any]:
    """The assumptions and what is known of the data, of the sources that the assessment uses.

    What stands in the method of a finding's page is left out.
    """
    used = {each["id"]: each["title"] for each in _sources(records)}
    return [
        plain_table(kind, ["What", "Why", "Sources", "Quality", "Impact"], rows)
        for kind in LOGS
        if (rows := [_logged_row(each, used) for each in logged(kind) if _belongs_here(each, used)])
    ]


def _belongs_here(each: Logged, used: Mapping[str, str]) -> bool:
    return not each.findings and (not each.sources or any(name in used for name in each.sources))


def _logged_row(each: Logged, used: Mapping[str, str]) -> list[str]:
    titles = "; ".join(used[name] for name in each.sources if name in used)
    levels = [capital(each.quality), capital(each.impact)]
    return [each.what, each.why, titles or "All", *levels]


def render_index(
    records: Sequence[Record], absent: Sequence[str] = (), tables: Mapping[str, Rows] | None = None
) -> str:
    """``index.html`` of an assessment, its findings in the order of their records."""
    if len({_belongs_to(record) for record in records}) != 1:
        raise InputError("An index needs the findings of one area, year and edition.")
    page = {
        **_masthead(records[0], "Needs assessment"),
        "adds": _added(records),
        "groups": _by_priority([each for each in records if has_page(each)]),
        "waiting": _said_once([_waiting(each) for each in records if not has_page(each)]),
        "needs": [each for each in records if each["id"] == NEEDS],
        "places": _places(records, tables or {}),
        # Each download that has a row.
        "tables": [each for each in _titled(records, "tables") if each[1]["rows"]],
        "workbooks": _workbooks(records),
        "absent": [declarations().finding(id).title for id in absent],
    }
    # A plain text from here on: Markup would escape whatever is done to it next.
    return lean(render("assessment.html.j2", page=page)) + "\n"


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
    """A finding: its verdict, if it may have one, and what of it is found by searching."""
    badge = verdict_badge(record.get("verdict")) if record.get("tested", True) else ""
    measures = [each["label"] for each in record.get("key_figures") or []]
    titles = [each["title"] for each in record.get("figures") or []]
    said = [record.get("statement") or "", *(each["text"] for each in record.get("claims") or [])]
    words = " ".join([*measures, *titles, *said, *(record.get("notices") or [])])
    return {"record": record, "href": page_of(record), "badge": badge, "words": words}


def _waiting(record: Record) -> dict[str, Any]:
    """A finding without a figure: its statement, and each source that it waits for."""
    lacking = (need_of(name, [record]) for name in missing_in(record))
    needs = [
        (each.what, article_within(each.sender), within_sentence(each.would_know))
        for each in lacking
    ]
    parts = (record.get("verdict") or {}).get("parts") or []
    why = next((sentence(each["why"]) for each in parts if each.get("test") == NO_FIGURE), "")
    needs = needs or [(each, "", "") for each in record["notices"]]
    return {**_entry(record), "needs": needs, "why": why}


def _said_once(waiting: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a source would let the board know stands with the first finding that waits for it."""
    known: set[tuple[str, ...]] = set()
    for each in waiting:
        each["needs"] = [(*need, need in known) for need in each["needs"]]
        known.update(need[:-1] for need in each["needs"])
    return waiting


def _places(records: Sequence[Record], tables: Mapping[str, Rows]) -> list[tuple[str, str]]:
    """The areas of each map by name, and where its table has their rows.

    Of several maps each link says of what it is.
    """
    files = {
        (record["slug"], each["file"]): record["title"]
        for record in records
        for drawn in record.get("figures") or []
        for each in record["tables"]
        if drawn["id"].endswith("-map") and drawn["table"] == each["id"]
    }
    found = {
        (f"{row['ward_name']}{f': {title}' * (len(files) > 1)}",
         f"{slug}.html#row-{row['ward_code']}")
        for (slug, file), title in files.items()
        for row in tables.get(file, ())
    }  # fmt: skip
    return sorted(found)


def _added(records: Sequence[Record]) -> str:
    """What the partnership edition has and the public one may not; empty in the public one."""
    if records[0].get("edition") != "partnership":
        return ""
    own = [each["title"] for each in _sources(records) if each.get("access") in PARTNERSHIP_ONLY]
    figures = f"figures from {list_text(own)}" if own else "no further figures, for none are held"
    return (
        f"Beside what the public edition shows, this one has {figures}; it has the code of each "
        "finding, and says where no commentary has been written."
    )


def _workbooks(records: Sequence[Record]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The workbook of all tables, then of each finding: what it is of, and its files by format."""
    titles = {record["slug"]: record["title"] for record in records} | {WHOLE: "All tables"}
    found = workbook_names(records)
    order = sorted(found, key=lambda name: name != WHOLE)
    return [
        (titles[name], [(file, file.rpartition(".")[2].upper()) for file in found[name]])
        for name in order
    ]


def _titled(records: Sequence[Record], kind: str) -> list[tuple[str, Any]]:
    """Tables, notices or sources of all findings, each with the title of its finding."""
    return [(record["title"], each) for record in records for each in record.get(kind) or []]
