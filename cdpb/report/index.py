"""The front page of an assessment: every finding, its verdict, its figures, its downloads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from cdpb.declarations import declarations
from cdpb.errors import InputError
from cdpb.report.back_matter import (
    AccessibilityRecord,
    Linker,
    Term,
    accessibility_record,
    terms,
)
from cdpb.report.headline import key_figures_block, verdict_badge
from cdpb.report.markup import render
from cdpb.report.page import banners, markings, title_marks


@dataclass(frozen=True)
class FindingEntry:
    """One finding as the front page shows it."""

    record: Mapping[str, Any]

    @property
    def href(self) -> str:
        """The finding's page, beside the index."""
        return f"{self.record['slug']}.html"

    @property
    def badge(self) -> Markup:
        """Its verdict, or that there is no statement to test; nothing for a page of the whole."""
        if not self.record.get("tested", True):
            return Markup("")
        return verdict_badge(self.record.get("verdict"))

    @property
    def figures(self) -> Markup:
        """Its key figures as cards."""
        return Markup(key_figures_block(self.record.get("key_figures") or []).html)


@dataclass(frozen=True)
class FrontPage:
    """What the template of the front page asks for."""

    records: Sequence[Mapping[str, Any]]
    absent: Sequence[str]
    accessibility: AccessibilityRecord
    glossary: Sequence[Term]

    @property
    def _first(self) -> Mapping[str, Any]:
        return self.records[0]

    @property
    def area(self) -> str:
        """The borough's name."""
        return self._first["area"]["name"]

    @property
    def year(self) -> str:
        """The financial year asked for."""
        return self._first["year"]

    @property
    def title(self) -> str:
        """What a browser's tab shows."""
        return title_marks(self._first) + f"Needs assessment, {self.area}, {self.year}"

    @property
    def markings(self) -> list[str]:
        """What stands on every printed page."""
        return markings(self._first)

    @property
    def banners(self) -> list[str]:
        """The markings with what they mean."""
        return banners(self.markings)

    @property
    def findings(self) -> list[FindingEntry]:
        """In the order of their pages."""
        return [FindingEntry(record) for record in self.records]

    @property
    def tables(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Each download that has a row, with the title of its finding."""
        return [
            (record["title"], table)
            for record in self.records
            for table in record.get("tables") or []
            if table["rows"]
        ]

    @property
    def notices(self) -> list[tuple[str, str]]:
        """What was not received or is withheld, with the finding that lacks it."""
        return [
            (record["title"], notice)
            for record in self.records
            for notice in record.get("notices") or []
        ]

    @property
    def sources(self) -> list[Mapping[str, Any]]:
        """Every source used, once."""
        found = {
            source["id"]: source
            for record in self.records
            for source in record.get("sources") or []
        }
        return list(found.values())


def render_index(records: Sequence[Mapping[str, Any]], absent: Sequence[str] = ()) -> str:
    """``index.html`` of an assessment, its findings in the order of their records.

    ``absent`` are the ids of declared findings that the assessment lacks.

    Raises
    ------
    InputError
        If there is no record, or they are of different assessments.
    """
    if len({_belongs_to(record) for record in records}) != 1:
        raise InputError("An index needs the findings of one area, year and edition.")
    titles = [declarations().finding(id).title for id in absent]
    assessment = FrontPage(records, titles, accessibility_record(), _terms_in(records))
    # A plain text from here on: Markup would escape whatever is done to it next.
    return str(render("assessment.html.j2", page=assessment)) + "\n"


def _belongs_to(record: Mapping[str, Any]) -> tuple[str, str, str, bool]:
    demonstration = bool(record.get("demonstration"))
    return record["area"]["code"], record["year"], record["edition"], demonstration


def _terms_in(records: Sequence[Mapping[str, Any]]) -> list[Term]:
    linker = Linker(terms())
    for record in records:
        linker.link(" ".join([record["title"], record["headline"], *record.get("notices", [])]))
    return linker.used
