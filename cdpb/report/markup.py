"""Our templates and stylesheets, and the class of the blocks that a page is made of.

Every text put into a template is escaped. Every page is rendered as a draft; the line that says so
is put on and taken off as text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup

from cdpb.marks import DOUBTED, is_marking, marks_in, unmarked, was_written
from cdpb.numbers import is_known, plain_values

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE_FOLDER = Path(__file__).parent / "template"
_OURS = TEMPLATE_FOLDER / "cdpb"
SENSITIVE, DEMONSTRATION = "OFFICIAL-SENSITIVE", "DEMONSTRATION"
BLOCK_MIME = "application/vnd.cdpb.block+json"

DRAFT_TEXT = (
    "Draft: not for publication. "
    "This page has not yet passed every check that protects small numbers."
)
# Every page is rendered with it, below the other markings: whoever forgets it publishes too little.
DRAFT_LINE = Markup('<div class="draft"><p>{}</p></div>\n').format(DRAFT_TEXT)
BELOW = '<div class="top">'
_LINE, _BELOW = DRAFT_LINE.encode(), BELOW.encode()

# JupyterLab's own page lies around a block, in whatever colours its reader chose.
IN_LAB = (
    ".cdpb{background:var(--paper);color:var(--ink);padding:1rem;"
    "font:1rem/1.5 Arial,Helvetica,sans-serif}"
)
# It styles every table and link of an output, so its rules are undone before ours are laid down:
# under a class said three times, which outweighs them; but not in drawings, whose attributes are
# styles too.
UNDO_LAB = ":where(:not(svg,svg *)){all:revert}"
# The dark themes of JupyterLab, of notebooks that nbconvert renders, and of VS Code.
LAB_IN_DARK = (
    ':is([data-jp-theme-light="false"],.vscode-dark,'
    ".vscode-high-contrast:not(.vscode-high-contrast-light)) .cdpb"
)

_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_LINK = re.compile(r'<a\b(?: href="[^"]*")?|</a>')

# What may stand unencoded in a data: address and needs no escape in an attribute.
_SAFE_IN_ADDRESS = ",:;/()!*@$=+?-_.~[]"


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    # Only here: a run that finds nothing changed has no page to render.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_OURS, encoding="utf-8"), autoescape=True, undefined=StrictUndefined
    )
    return add_house_filters(environment)


def add_house_filters(environment: "Environment") -> "Environment":
    """What our templates need of an environment, ours or nbconvert's."""
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters["css_text"] = css_text
    environment.globals["page_style"] = page_style
    environment.globals["draft_line"] = DRAFT_LINE
    return environment


def css_text(text: str) -> Markup:
    """A text as a CSS string; what could end the string or the style sheet is written in hex."""
    safe = "".join(c if c.isalnum() or c in " ,:/" else f"\\{ord(c):x} " for c in text)
    return Markup(f'"{safe}"')


def render(template: str, **context: Any) -> Markup:
    """One of our templates, filled; what is not already ``Markup`` is escaped."""
    return Markup(_environment().get_template(template).render(**context).strip())


def paragraphs(text: str) -> list[str]:
    """A text's paragraphs: what blank lines separate, each on one line."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


@lru_cache(maxsize=8)
def _stylesheet(name: str) -> str:
    return (_OURS / name).read_text(encoding="utf-8")


def lab_style(own: str = "") -> Markup:
    """The house style for one block in JupyterLab, kept from touching anything around it."""
    rules = UNDO_LAB + _stylesheet("blocks.css") + _stylesheet("map.css")
    ours = f"{IN_LAB}.cdpb.cdpb.cdpb{{{rules}}}"
    return Markup(f"<style>{_colours('.cdpb', LAB_IN_DARK)}{ours}{own}</style>")


def _colours(light: str, dark: str) -> str:
    """The house's colours for what is light, and for what is dark."""
    return (
        f"{light}{{{_stylesheet('light.css')}color-scheme:light}}"
        f"{dark}{{{_stylesheet('dark.css')}color-scheme:dark}}"
    )


def lab_html(html: str) -> str:
    """A block's markup for JupyterLab, which takes each link in a drawing for one of its own.

    It rewrites the address of every ``<a>``; that of one inside an SVG can't be written, and
    where it can, Lab asks its server for a file of that name. The page keeps its links.
    """
    return _DRAWING.sub(lambda drawing: _LINK.sub(_part, drawing[0]), html)


def _part(link: re.Match[str]) -> str:
    """A part of a drawing, named as the link was."""
    return "</g>" if link[0] == "</a>" else '<g role="img"'


def doubted(text: str) -> str:
    """A text of an analyst's own, its numbers marked that nothing computed has written.

    In a run every number of a sentence is traced to its cell, or refused. At the desk a typed one
    is shown where it stands as soon as it is said.
    """
    # Imported here: no page needs it, and a notebook not before it says something.
    from cdpb.report.text_figures import NUMBER, figures_in

    if is_marking():
        return text
    plain = unmarked(text)
    typed = [at for figure, at in figures_in(plain) if not was_written(figure)]
    for at in reversed(typed):
        end = NUMBER.match(plain, at).end()  # type: ignore[union-attr]
        plain = f"{plain[:at]}{plain[at:end].rstrip(',').join(DOUBTED)}{plain[end:]}"
    return plain


def doubts_shown(html: str) -> str:
    """Markup in which the numbers that were doubted are seen to be; not within its tags."""
    parts, shown = re.split(r"(<[^>]*>)", html), re.compile("{}(.*?){}".format(*DOUBTED))
    reason = r"<mark>\1 (from no published table)</mark>"
    parts[::2] = [shown.sub(reason, each) for each in parts[::2]]
    return unmarked("".join(parts))


def page_style(*more: str) -> Markup:
    """The stylesheet of a page, without its comments."""
    light, dark = _stylesheet("light.css"), _stylesheet("dark.css")
    colours = (
        f":root{{\n{light}color-scheme:light dark;\n}}\n"
        f"@media screen and (prefers-color-scheme:dark){{\n:root{{\n{dark}}}\n}}\n"
    )
    rules = "".join(_stylesheet(name) for name in ("blocks.css", "page.css", *more))
    return Markup(_squeezed(colours + rules))


def _squeezed(css: str) -> str:
    while "/*" in css:
        start = css.index("/*")
        css = css[:start] + css[css.index("*/", start) + 2 :]
    return "\n".join(line.strip() for line in css.splitlines() if line.strip())


def data_address(text: str, mime: str = "text/csv") -> str:
    """A ``data:`` address that holds a text, so that a download needs no second file."""
    return f"data:{mime};charset=utf-8,{quote(text, safe=_SAFE_IN_ADDRESS)}"


def size_text(content: str | bytes) -> str:
    """``2 KB``: the size of a download, rounded up, in words a reader knows."""
    length = len(content.encode("utf-8") if isinstance(content, str) else content)
    return f"{-(-length // 1024):,} KB"


def finding_link(record: Mapping[str, Any]) -> Markup:
    """A finding's title, as a link to its page beside this one, or to what it waits for."""
    return Markup('<a href="{}">{}</a>').format(page_of(record), record["title"])


def page_of(record: Mapping[str, Any]) -> str:
    """The file of a finding's page; of one without a figure, its place on the front page."""
    return f"{record['slug']}.html" if has_page(record) else f"index.html#{record['slug']}"


def has_page(record: Mapping[str, Any]) -> bool:
    """Whether anything is held for a finding: a page of empty cards tells nobody anything."""
    rows = any(table["rows"] for table in record.get("tables") or [])
    figures = any(is_known(each.get("value")) for each in record.get("key_figures") or [])
    return rows or figures or not record.get("tested", True)


@dataclass(frozen=True)
class Block:
    """One piece of a page: finished markup without a stylesheet, as a notebook shows it.

    The page puts some kinds (headline, key_figures, changed, actions, method, ...) where they
    belong, whatever the order in the notebook; one of kind record is the finding, as saved.
    ``text`` is what a console shows in its place, ``style`` rules for this block alone, which the
    page moves to its head, ``marked`` the markup with the marks of its numbers, for the scan. A
    ``sensitive`` one is for members of the board.
    """

    kind: str
    html: str
    text: str
    record: Mapping[str, Any] | None = None
    style: str = ""
    sensitive: bool = False
    marked: str = field(default="", init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "marked", self.html)
        for name in ("html", "text", "style"):
            object.__setattr__(self, name, unmarked(getattr(self, name)))

    def export(self, kind: str = "png", to: str | Path = "", dpi: int = 300) -> Path:
        """Write a figure as a picture, with title, source and marks in it; the file.

        Parameters
        ----------
        kind : {"png", "svg"}
            Dots, for Word, slides and print, drawn by the browser of this machine; or lines.
        to : str or Path, optional
            The file; among the drafts in ``.cdpb/`` if not given.
        dpi : int, default 300
            How dense a PNG is, 72 to 600.

        Raises
        ------
        InputError
            If it is no figure, or can't be written so.

        Examples
        --------
        >>> f.chart("map", wards, title, focus=f.focus).export("png", dpi=300)
        """
        from cdpb import paths
        from cdpb.report.pictures import saved_picture

        named = re.search(r'<figure[^>]* id="([\w-]+)"', self.html)
        name = f"{named[1] if named else self.kind}.{kind}"
        place = Path(to) if to else paths.private_folder("draft", "pictures") / name
        return saved_picture(self, kind, place, dpi)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """For JupyterLab the styled HTML; for the page the bare block."""
        if self.kind == "record":
            return {BLOCK_MIME: {"kind": "record", "record": self.record}, "text/plain": self.text}
        html = lab_html(doubts_shown(self.marked))
        return {
            BLOCK_MIME: {
                "kind": self.kind,
                "html": str(self.html),
                "style": str(self.style),
                **self._for_the_scan(),
            },
            "text/html": f'{lab_style(self.style)}<div class="cdpb">{html}</div>',
            "text/plain": self.text,
        }

    def _for_the_scan(self) -> dict[str, Any]:
        """Its markup with marks, and what they say; nothing where nobody asked for marks."""
        if not is_marking():
            return {}
        return {"marked": str(self.marked), "marks": marks_in(self.marked)}


def record_block(record: Mapping[str, Any], draft: str = "") -> Block:
    """The finding's record: shows nothing, and names the page, and of a draft its folder."""
    where = f" in {draft}.\nIts page: finding.preview()" if draft else "."
    return Block("record", "", f"{record['title']}: saved{where}", plain_values(record))


def with_line(page: bytes) -> bytes:
    """A page that says it is a draft.

    Raises
    ------
    ValueError
        If it has no place for the line, so is no page of ours.
    """
    if _BELOW not in page:
        raise ValueError("a page without a place for its markings")
    return without_line(page).replace(_BELOW, _LINE + _BELOW, 1)


def without_line(page: bytes) -> bytes:
    """The same page, byte for byte, without the line."""
    return page.replace(_LINE + _BELOW, _BELOW, 1)


# Right before the end of a page's own part; digits in it are of dates alone.
_SIGNATURES = re.compile(
    rb'<p class="signatures">Sign-off: (?:[^\d<>]|\b\d{1,2} [A-Z][a-z]+ \d{4}\b)*</p>\n(?=</main>)'
)


def with_signatures(page: bytes, text: str) -> bytes:
    """A page that says who has signed it; without a text it says nothing of that."""
    line = Markup('<p class="signatures">Sign-off: {}</p>\n').format(text) if text else ""
    return without_signatures(page).replace(b"</main>", line.encode() + b"</main>", 1)


def without_signatures(page: bytes) -> bytes:
    """The same page, byte for byte, as it was before anybody signed it."""
    return _SIGNATURES.sub(b"", page, count=1)
