"""An executed notebook, read as a page: its record, its markings, its sections, its terms."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict

from cdpb import paths
from cdpb.errors import FindingFailed
from cdpb.report.markup import DEMONSTRATION, SENSITIVE
from cdpb.report.sections import Section, arranged, block_payloads, without_repeats
from cdpb.yaml_files import read_yaml, typed

MEANINGS = {
    SENSITIVE: ": for members of the partnership board. Do not publish or pass on.",
    DEMONSTRATION: ": illustrative figures stand beside real ones. Do not rely on them.",
}
_TAG = re.compile(r"(<[^>]+>)")
_TAG_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
# A link inside these would nest links, break a drawing, or make a heading hard to read aloud.
_NOT_INSIDE = {"a", "h1", "h2", "h3", "h4", "figure", "table", "summary", "pre", "code", "dt"}


class Term(BaseModel):
    """One entry of ``data/glossary.yml``: a term as pages write it, and its meaning.

    ``name`` is what an abbreviation stands for; empty for words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    term: str
    name: str = ""
    meaning: str

    @property
    def id(self) -> str:
        """Its id in a page: ``term-ndtms``."""
        return "term-" + re.sub(r"[^a-z0-9]+", "-", self.term.lower()).strip("-")


def terms() -> list[Term]:
    """Read ``data/glossary.yml``, in the alphabet's order.

    Raises
    ------
    InputError
        If the file is missing, or an entry lacks its meaning or has a key that nobody reads.
    """
    path = paths.data_folder() / "glossary.yml"
    entries = read_yaml(path) or []
    found = [typed(Term, entry, path, f"entry {at}") for at, entry in enumerate(entries, start=1)]
    return sorted(found, key=lambda each: each.term.lower())


class Linker:
    """Links each term where it first stands in a page, and remembers which a page uses."""

    def __init__(self, glossary: list[Term]) -> None:
        self._terms = {each.term: each for each in glossary}
        # The longest first: "NDTMS restricted statistics" before "NDTMS".
        longest = sorted(map(re.escape, self._terms), key=len, reverse=True)
        self._pattern = re.compile(rf"\b(?:{'|'.join(longest)})\b") if longest else None
        self._linked: set[str] = set()
        self._used: set[str] = set()

    @property
    def used(self) -> list[Term]:
        """The terms met so far, in the alphabet's order."""
        return [each for name, each in self._terms.items() if name in self._used]

    def link(self, html: str) -> Markup:
        """The markup with links where terms first stand in running text."""
        if not self._pattern:
            return Markup(html)
        inside: list[str] = []
        return Markup("".join(self._token(token, inside) for token in _TAG.split(html)))

    def _token(self, token: str, inside: list[str]) -> str:
        assert self._pattern
        if not token.startswith("<"):
            self._used.update(self._pattern.findall(token))
            return token if inside else self._pattern.sub(self._first, token)
        name = _TAG_NAME.match(token)
        if name and name[1].lower() in _NOT_INSIDE and not token.endswith("/>"):
            if token.startswith("</"):
                del inside[-1:]
            else:
                inside.append(name[1])
        return token

    def _first(self, found: re.Match[str]) -> str:
        name = found[0]
        if name in self._linked:
            return name
        self._linked.add(name)
        return str(Markup('<a href="#{}">{}</a>').format(self._terms[name].id, escape(name)))


@dataclass(frozen=True)
class Page:
    """Everything the template needs; nothing else of the notebook reaches a page.

    ``record`` is empty for a draft that was never saved, ``question`` the page's first heading.
    ``code``, the notebook's steps, is for the partnership edition alone. ``draft`` says why this
    is not a finished page; ``style`` is what single blocks add to the style sheet.
    """

    record: Mapping[str, Any]
    question: str
    sections: Sequence[Section]
    code: Sequence[str]
    draft: str
    terms: Sequence[Term]
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
            ("glossary", "Terms on this page", self.terms),
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


def read_page(notebook: NotebookNode, name: str = "notebook") -> Page:
    """What of an executed notebook stands on its page.

    Of the outputs only blocks are kept: no printed text, no plain table, no picture.

    Raises
    ------
    FindingFailed
        If a cell ended in an error. The message names the cell, not what it held.
    """
    for number, cell in enumerate(notebook.cells, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            raise FindingFailed(
                f"{name}: cell {number} ended in an error.",
                "Wanted: a notebook that ran to its end. Fix the cell and run it again.",
                "No page was made.",
            )
    record = saved_record(notebook)
    question, sections, style = arranged(notebook, record)
    linker = Linker(terms())
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    whole = all(cell.get("execution_count") is not None for cell in code)
    draft = "" if whole else "not fully executed"
    parts = iter(without_repeats([part for section in sections for part in section.parts]))
    for section in sections:
        section.parts = [linker.link(next(parts)) for _ in section.parts]
    return Page(
        record=record,
        question=question or record.get("title") or name,
        sections=sections,
        code=_steps(code) if record.get("edition") == "partnership" else [],
        draft=draft if record else draft or "the finding was not saved",
        terms=linker.used,
        style=style,
    )


def _steps(cells: Sequence[NotebookNode]) -> list[str]:
    """The source of each cell that does something; one that only imports is no step."""
    imports = (ast.Import, ast.ImportFrom)
    return [
        cell.source
        for cell in cells
        if not all(isinstance(each, imports) for each in ast.parse(cell.source).body)
    ]


def saved_record(notebook: NotebookNode) -> Mapping[str, Any]:
    """The finding's record that an executed notebook ended with; empty where it has none."""
    records = [
        payload["record"]
        for cell in notebook.cells
        for payload in block_payloads(cell)
        if payload["kind"] == "record"
    ]
    return records[-1] if records else {}
