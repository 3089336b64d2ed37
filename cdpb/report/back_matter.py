"""What closes every page: terms, linked from where they first stand, and accessibility."""

import re
from datetime import date

from markupsafe import Markup, escape
from pydantic import BaseModel, ConfigDict

from cdpb import paths
from cdpb.yaml_files import read_yaml, typed

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
