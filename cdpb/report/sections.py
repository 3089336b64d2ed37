"""Sorts what an executed notebook shows into the sections of its page: blocks and prose.

Raw HTML in markdown cells is shown as text, never obeyed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from cdpb.report.markup import BLOCK_MIME

# A markdown cell with this tag speaks to whoever edits the notebook, not to the page's reader.
NOTEBOOK_ONLY = "notebook-only"

# Blocks with a place of their own, wherever the notebook makes them.
FIRST = {
    "headline": "The finding",
    "messages": "What matters most",
    "all_changes": "What changed",
    "key_figures": "Key figures",
}
LAST = {
    "so_what": "What it means",
    "actions": "What the partnership has planned",
    "quoted": "What the documents say",
    "since": "Since then",
    "changed": "What changed",
    "commentary": "The analyst’s commentary",
    "method": "Method and caveats",
    "provenance": "How this page was made",
}
# Whoever reads on paper asks what is so; whoever checks has the page.
NOT_PRINTED, CHANGES = {"provenance"}, {"changed", "all_changes"}
RESERVED = {"main", "contents", "computed", "glossary", "parts"}
REASON = "Why this is asked"
DETAIL = "The figures in detail"


@dataclass
class Section:
    """A second-level heading and what stands under it; some of it ``on_screen`` alone."""

    title: str
    parts: list[Markup] = field(default_factory=list)
    id: str = ""
    on_screen: bool = False

    @property
    def html(self) -> Markup:
        """Everything under the heading."""
        return Markup("\n").join(self.parts)


def arranged(
    notebook: NotebookNode, record: Mapping[str, Any]
) -> tuple[str, list[Section], Markup]:
    """All that a notebook's cells put on its page: the question, the sections, their own style.

    Blocks with a place of their own go there. A heading with nothing under it is left out.
    """
    # Of what has changed the heading says since when.
    since = {kind: f" since {record['since']}" for kind in CHANGES if record.get("since")}
    placed = {
        kind: Section(title + since.get(kind, ""), on_screen=kind in NOT_PRINTED)
        for kind, title in {**FIRST, **LAST}.items()
    }
    question, style, reason, body = "", Markup(""), Section(REASON), [Section(DETAIL)]
    for cell in notebook.cells:
        prose = cell.cell_type == "markdown" and NOTEBOOK_ONLY not in cell.metadata.get("tags", [])
        for passage in passages(cell.source) if prose else ():
            if passage.level == 1 and not question:
                question = passage.heading
                reason.parts.append(passage.html)
            elif passage.level:
                body.append(Section(passage.heading, [passage.html]))
            else:
                # What stands before the first figure and the first heading is the reason.
                begun = body[0].parts or len(body) > 1
                (body[-1] if begun else reason).parts.append(passage.html)
        for payload in block_payloads(cell):
            if payload["kind"] != "record":
                placed.get(payload["kind"], body[-1]).parts.append(Markup(payload["html"]))
                style += Markup(payload.get("style", ""))
    first, last = ([placed[kind] for kind in kinds] for kinds in (FIRST, LAST))
    ordered = [*first, reason, *body, *last]
    return question, _with_ids([each for each in ordered if each.html.strip()]), style


def block_payloads(cell: NotebookNode) -> Iterator[Mapping[str, Any]]:
    """The blocks among a cell's outputs; everything else is left out."""
    for output in cell.get("outputs", []):
        payload = output.get("data", {}).get(BLOCK_MIME)
        if payload:
            yield payload


def _with_ids(sections: list[Section]) -> list[Section]:
    taken = set(RESERVED)
    for section in sections:
        base = re.sub(r"[^a-z0-9]+", "-", section.title.lower()).strip("-") or "section"
        candidates = (base, *(f"{base}-{number}" for number in range(2, 100)))
        section.id = next(each for each in candidates if each not in taken)
        taken.add(section.id)
    return sections


# Prose ------------------------------------------------------------------------------

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


# Repeats ----------------------------------------------------------------------------

# Blocks come finished from the notebook, where no figure knows which others there are. So a table
# that stands twice is recognised here, in the markup of `figure.html.j2` and `map.html.j2`.
_FOLDED = re.compile(
    r'(?P<download><p class="download"><a href="(?P<address>[^"]*)"[^\n]*\s*)'
    r'<details class="fold(?: screen)?"(?P<open> open)?>'
    r"<summary>The table behind figure (?P<number>\d+)</summary>\n"
    r'(?P<table><table id="(?P<id>[^"]+)".*?)</details>'
    r'(?:\s*<p class="print">[^\n]*</p>)?',
    flags=re.DOTALL,
)
_OWN = re.compile(r' id="[^"]*"|<caption.*?</caption>')
_TABLE = Markup(
    '{}<p class="behind">The table behind figure {} is '
    '<a href="#{}">the table of figure {}</a>.</p>'
)
_BOTH = Markup(
    '<p class="behind">The data and the table behind figure {} are '
    '<a href="#{}">those of figure {}</a>.</p>'
)
_ON_SCREEN = Markup(
    '<div class="screen">{}</div><p class="print">The table behind figure {} is on the page; '
    "figure {} draws the same figures.</p>"
)


def without_repeats(parts: Sequence[Markup]) -> list[Markup]:
    """The parts of a page, a folded table replaced by a link where an open one says the same.

    Its download goes with it where the other's has the same data. On paper a chart that names each
    of its rows takes the place of the table that it shares with a map.
    """
    opened = {
        _OWN.sub("", found["table"]): found
        for part in parts
        for found in _FOLDED.finditer(part)
        if found["open"]
    }

    drawn: dict[str, str] = {}

    def linked(found: re.Match[str]) -> str:
        same = opened.get(_OWN.sub("", found["table"]))
        if found["open"] or same is None:
            return found[0]
        drawn[same["number"]] = found["number"]
        if found["address"] == same["address"]:
            return _BOTH.format(found["number"], same["id"], same["number"])
        download = Markup(found["download"])
        return _TABLE.format(download, found["number"], same["id"], same["number"])

    def printed(found: re.Match[str]) -> str:
        chart = drawn.get(found["number"]) if found["open"] else None
        if chart is None:
            return found[0]
        return _ON_SCREEN.format(Markup(found[0]), found["number"], chart)

    once = [_FOLDED.sub(linked, part) for part in parts]
    return [Markup(_FOLDED.sub(printed, part)) for part in once]
