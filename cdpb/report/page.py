"""An executed notebook, read as a page: what is shown, in which order, under which headings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cdpb.errors import FindingFailed
from cdpb.report.back_matter import (
    AccessibilityRecord,
    Linker,
    Term,
    accessibility_record,
    terms,
)
from cdpb.report.deduplicate import without_repeats
from cdpb.report.markdown import passages
from cdpb.report.markup import BLOCK_MIME

if TYPE_CHECKING:
    # Only for its name: nbformat takes longer to import than an index takes to write.
    from nbformat import NotebookNode

# A markdown cell with this tag speaks to whoever edits the notebook, not to the page's reader.
NOTEBOOK_ONLY = "notebook-only"

# Blocks with a place of their own, wherever the notebook makes them.
FIRST = {
    "headline": "The finding",
    "key_figures": "Key figures",
    "changed": "What changed",
}
LAST = {
    "quoted": "What the documents say",
    "actions": "What the partnership does about it",
    "method": "Method and caveats",
    "commentary": "The analyst’s commentary",
    "made": "How this page was made",
}
RESERVED = {"main", "contents", "computed", "sources", "glossary", "accessibility", "parts"}
SENSITIVE, DEMONSTRATION = "OFFICIAL-SENSITIVE", "DEMONSTRATION"
MEANINGS = {
    SENSITIVE: ": for members of the partnership board. Do not publish or pass on.",
    DEMONSTRATION: ": illustrative figures stand beside real ones. Do not rely on them.",
}
REASON = "Why this is asked"
DETAIL = "The figures in detail"


@dataclass
class Section:
    """A second-level heading and what stands under it."""

    title: str
    parts: list[Markup] = field(default_factory=list)
    id: str = ""

    @property
    def html(self) -> Markup:
        """Everything under the heading."""
        return Markup("\n").join(self.parts)


@dataclass(frozen=True)
class Page:
    """Everything the template needs; nothing else of the notebook reaches a page.

    Attributes
    ----------
    record : mapping
        The finding's record, empty for a draft that was never saved.
    question : str
        The page's first heading.
    sections : list of Section
        In the order of the page.
    code : list of str
        The notebook's code cells, for the partnership edition alone.
    draft : str
        Why this is not a finished page; empty when it is.
    style : Markup
        What single blocks add to the style sheet.
    """

    record: Mapping[str, Any]
    question: str
    sections: Sequence[Section]
    code: Sequence[str]
    draft: str
    terms: Sequence[Term]
    accessibility: AccessibilityRecord
    style: Markup

    @property
    def title(self) -> str:
        """Finding, area and year: what a browser's tab and a list of results show."""
        place = self.record.get("area", {}).get("name")
        named = [self.record.get("title") or self.question, place, self.record.get("year")]
        return title_marks(self.record, self.draft) + ", ".join(filter(None, named))

    @property
    def markings(self) -> list[str]:
        """What stands on every printed page."""
        return markings(self.record, self.draft)

    @property
    def banners(self) -> list[str]:
        """The markings, each with what it means, at the top of the page."""
        return banners(self.markings)

    @property
    def closing(self) -> list[tuple[str, str]]:
        """Id and title of the sections that the template adds."""
        added = [
            ("computed", "How this was computed", self.code),
            ("sources", "Sources", self.record.get("sources")),
            ("glossary", "Glossary", self.terms),
            ("accessibility", "Accessibility", True),
        ]
        return [(id, title) for id, title, wanted in added if wanted]


def markings(record: Mapping[str, Any], draft: str = "") -> list[str]:
    """OFFICIAL-SENSITIVE for the partnership edition, DEMONSTRATION, Draft: as they apply."""
    marks = [
        (SENSITIVE, record.get("edition") == "partnership"),
        (DEMONSTRATION, record.get("demonstration")),
        (f"Draft: {draft}", draft),
    ]
    return [mark for mark, wanted in marks if wanted]


def banners(marks: Sequence[str]) -> list[str]:
    """Each marking with what it means."""
    return [f"{mark}{MEANINGS.get(mark, '')}" for mark in marks]


def title_marks(record: Mapping[str, Any], draft: str = "") -> str:
    """What stands before a page's title."""
    marks = [(DEMONSTRATION, record.get("demonstration")), ("Draft", draft)]
    return "".join(f"{mark}: " for mark, wanted in marks if wanted)


def read_page(notebook: "NotebookNode", name: str = "notebook") -> Page:
    """What of an executed notebook stands on its page.

    Of the outputs only blocks are kept: no printed text, no plain table, no picture.

    Raises
    ------
    FindingFailed
        If a cell ended in an error. The message names the cell, not what it held.
    """
    _refuse_errors(notebook, name)
    record = saved_record(notebook)
    arrangement = _arranged(notebook)
    arrangement.name_last_year(record)
    sections = arrangement.sections()
    linker = Linker(terms())
    parts = iter(without_repeats([part for section in sections for part in section.parts]))
    for section in sections:
        section.parts = [linker.link(next(parts)) for _ in section.parts]
    return Page(
        record=record,
        question=arrangement.question or record.get("title") or name,
        sections=sections,
        code=_code(notebook) if record.get("edition") == "partnership" else [],
        draft=_draft(notebook, record),
        terms=linker.used,
        accessibility=accessibility_record(),
        style=arrangement.style,
    )


def _refuse_errors(notebook: "NotebookNode", name: str) -> None:
    for number, cell in enumerate(notebook.cells, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            raise FindingFailed(
                f"{name}: cell {number} ended in an error.",
                "Wanted: a notebook that ran to its end. Mend the cell and run it again.",
                "No page was made.",
            )


def _draft(notebook: "NotebookNode", record: Mapping[str, Any]) -> str:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if any(cell.get("execution_count") is None for cell in cells):
        return "not fully executed"
    return "" if record else "the finding was not saved"


def _code(notebook: "NotebookNode") -> list[str]:
    return [
        cell.source for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()
    ]


def _payloads(cell: "NotebookNode") -> Iterator[Mapping[str, Any]]:
    """The blocks among a cell's outputs; everything else is left out."""
    for output in cell.get("outputs", []):
        payload = output.get("data", {}).get(BLOCK_MIME)
        if payload:
            yield payload


def saved_record(notebook: "NotebookNode") -> Mapping[str, Any]:
    """The finding's record that an executed notebook ended with; empty where it has none."""
    records = [
        payload["record"]
        for cell in notebook.cells
        for payload in _payloads(cell)
        if payload["kind"] == "record"
    ]
    return records[-1] if records else {}


class _Arrangement:
    """Sections as they fill, cell by cell: blocks with a place of their own go there."""

    def __init__(self) -> None:
        self.question = ""
        self.placed = {kind: Section(title) for kind, title in {**FIRST, **LAST}.items()}
        self.reason = Section(REASON)
        self.body = [Section(DETAIL)]
        self.style = Markup("")

    def add_prose(self, source: str) -> None:
        for passage in passages(source):
            if passage.level == 1 and not self.question:
                self.question = passage.heading
                self.reason.parts.append(passage.html)
            elif passage.level:
                self.body.append(Section(passage.heading, [passage.html]))
            else:
                self._open_section().parts.append(passage.html)

    def _open_section(self) -> Section:
        """What stands before the first figure and the first heading is the reason for asking."""
        return self.reason if not self.body[0].parts and len(self.body) == 1 else self.body[-1]

    def add_block(self, payload: Mapping[str, Any]) -> None:
        section = self.placed.get(payload["kind"], self.body[-1])
        section.parts.append(Markup(payload["html"]))
        self.style += Markup(payload.get("style", ""))

    def name_last_year(self, record: Mapping[str, Any]) -> None:
        """Say in the heading since when something has changed."""
        if record.get("since"):
            self.placed["changed"].title += f" since {record['since']}"

    def sections(self) -> list[Section]:
        """In the order of the page; a heading with nothing under it is left out."""
        first = [self.placed[kind] for kind in FIRST]
        last = [self.placed[kind] for kind in LAST]
        arranged = [*first, self.reason, *self.body, *last]
        return _with_ids([section for section in arranged if section.html.strip()])


def _arranged(notebook: "NotebookNode") -> _Arrangement:
    arrangement = _Arrangement()
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and not _notebook_only(cell):
            arrangement.add_prose(cell.source)
        for payload in _payloads(cell):
            if payload["kind"] != "record":
                arrangement.add_block(payload)
    return arrangement


def _notebook_only(cell: "NotebookNode") -> bool:
    return NOTEBOOK_ONLY in cell.metadata.get("tags", [])


def _with_ids(sections: list[Section]) -> list[Section]:
    taken = set(RESERVED)
    for section in sections:
        base = re.sub(r"[^a-z0-9]+", "-", section.title.lower()).strip("-") or "section"
        candidates = (base, *(f"{base}-{number}" for number in range(2, 100)))
        section.id = next(each for each in candidates if each not in taken)
        taken.add(section.id)
    return sections
