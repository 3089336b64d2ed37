"""Markdown cells as sections of a page. Raw HTML in them is shown as text, never obeyed."""

import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_HEADING = re.compile(r"^<h([12])[^>]*>(.*?)</h\1>\s*", flags=re.MULTILINE | re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Passage:
    """A heading of the first or second level, or none, and what follows it."""

    level: int
    heading: str
    html: Markup


class _PageRenderer(IPythonRenderer):
    """No raw HTML, no scripts in links, no pictures from files or the network."""

    def __init__(self) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return str(escape(text))


def passages(source: str) -> list[Passage]:
    """A markdown cell, cut at its headings; headings are plain text."""
    renderer: Any = _PageRenderer()
    html = MarkdownWithMath(renderer=renderer).render(source)
    before, *rest = _HEADING.split(html)
    found = [Passage(0, "", Markup(before.strip()))] if before.strip() else []
    for level, heading, body in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        text = Markup(_ANY_TAG.sub("", heading)).unescape().strip()
        found.append(Passage(int(level), text, Markup(body.strip())))
    return found
