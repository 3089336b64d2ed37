"""What a notebook shows and a page keeps: blocks of finished HTML.

Each function takes plain data (a finding's record, or parts of it) and escapes every text in it.
An output without ``BLOCK_MIME`` never reaches a page.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from cdpb.areas import Entry
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.errors import InputError
from cdpb.report.markup import Block, data_address, paragraphs, render, size_text
from cdpb.report.tables import ShownTable, plain_table, shown_table

METHOD_HEADINGS = (
    "Definition",
    "Numerator",
    "Denominator",
    "Source",
    "Interval method",
    "Comparison method",
    "Disclosure control",
    "Caveats",
)

NOTICES = {
    "not_received": "Not received",
    "incomplete": "Received, but incomplete",
    "withheld": "Withheld",
    "not_available": "Not available",
    "as_of": "Latest figures held",
    "caution": "Read with care",
}

# The public page says what it was asked for, and nothing of how an analyst set it up.
PUBLIC_PARAMETERS = ("year", "area")


def notice_block(kind: str, text: str, *, section: str = "notice") -> Block:
    """A sentence about what is not shown and why: computed, or the catalogue's fixed one.

    ``kind`` is one of `NOTICES`. It stands in its place in the notebook, or, where ``section`` is
    ``actions``, ``changed`` or another kind of block with a section of its own, in that block's.
    """
    html = render("blocks/notice.html.j2", kind=kind, label=NOTICES[kind], text=text)
    return Block(section, html, f"{NOTICES[kind]}: {text}")


def texts_block(
    caption: str, headings: Sequence[str], rows: Sequence[Any], id: str, kind: str = "table"
) -> Block:
    """A table of texts as a block of its own."""
    table = plain_table(caption, headings, rows, id=id)
    return Block(kind, table.html, caption, style=table.style)


def actions_block(
    rows: Sequence[Mapping[str, str]], source: str = "", entries: Sequence[Entry] = ()
) -> Block:
    """What the partnership has planned: each action with its owners, metrics and target date.

    Rows are the area file's. ``source`` is the document that lists them; ``entries`` are next
    steps, and ways in which the community takes part, that belong to the finding.
    """
    dated = any(row["target_completion_date"] for row in rows)
    cells = [
        [f"Action {row['action_no']}", row["action"],
         _parted(row["responsible_partners"]) or "not named",
         _parted(row["national_measures"]) or "none named",
         *[row["target_completion_date"] or "not set"] * dated]
        for row in rows
    ]  # fmt: skip
    headings = ["In the plan", "Action", "Owners", "Measured by", *["Target date"] * dated]
    table = plain_table("Actions linked to this finding", headings, cells, id="actions-table")
    html = render(
        "blocks/actions.html.j2",
        table=table if rows else None,
        source=source,
        entries=entries,
        dated=dated,
    )
    return Block("actions", html, f"{len(cells)} linked actions", style=table.style)


def _parted(text: str) -> str:
    """What semicolons part, written alike."""
    return "; ".join(part.strip() for part in text.split(";") if part.strip())


def method_block(definition: Mapping[str, str | Sequence[str]]) -> Block:
    """Method and caveats under the headings that Fingertips uses, in their order; others follow."""
    known = [heading for heading in METHOD_HEADINGS if heading in definition]
    headings = dict.fromkeys([*known, *definition])
    rows = [(heading, _as_list(definition[heading])) for heading in headings]
    text = "\n".join(f"{heading}: {' '.join(texts)}" for heading, texts in rows)
    return Block("method", render("blocks/method.html.j2", rows=rows), text)


def _as_list(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else [text for text in dict.fromkeys(value) if text]


def commentary_block(
    text: str,
    author: str,
    written: str,
    *,
    stale_reason: str = "",
    section: str = "commentary",
) -> Block:
    """Somebody's words, flagged with the reason where they were written for another verdict.

    Where no date is given they are not signed, and ``author`` says so above them.
    """
    html = render(
        "blocks/commentary.html.j2",
        paragraphs=paragraphs(text),
        author=author,
        written=written,
        stale_reason=stale_reason,
    )
    return Block(section, html, f"{text} ({author}, {written})")


def provenance_block(
    receipts: Sequence[tuple[str, Mapping[str, Any]]],
    parameters: Mapping[str, Any],
    *,
    edition: str = "public",
    origins: ShownTable | None = None,
) -> Block:
    """Which files, received when, and which parameters made the page.

    Receipts stand behind the title of their source, as ``catalogue.shown_receipts`` gives them.
    ``origins`` says where each number comes from, shown on demand.
    """
    rows = [
        [title, each["received"], each["covers"], "; ".join(file["name"] for file in each["files"])]
        for title, each in receipts
    ]
    headings = ["Source", "Received", "Covers", "Files"]
    table = plain_table("Files received", headings, rows, id="receipts-table")
    shown = [
        (name.replace("_", " "), str(value))
        for name, value in parameters.items()
        if edition != "public" or name in PUBLIC_PARAMETERS
    ]
    html = render(
        "blocks/provenance.html.j2",
        table=table if rows else None,
        parameters=shown,
        origins=origins,
    )
    style = Markup("").join([table.style, *([origins.style] if origins else [])])
    return Block("provenance", html, f"{len(rows)} receipts", style=style)


# Figures -----------------------------------------------------------------------------

# Inside a page a drawing needs no namespace, has the page's type, and is named by what it is in.
_SPOKEN = re.compile(r' (?:role|aria-[a-z]+|style|xmlns|font-family|stroke-linejoin)="[^"]*"')
_STYLE = re.compile(r' (?:style|xmlns|font-family|stroke-linejoin)="[^"]*"')


@dataclass(frozen=True)
class DrawnTwice:
    """One chart drawn twice, as SVG without a name: for a wide screen or paper, and for a phone."""

    wide: str
    narrow: str


def csv_download(table: PublishedTable, name: str) -> dict[str, str]:
    """A table's CSV, held in the page itself: a ``data:`` address, a file's name, ``2 KB``.

    It has all columns of the table, not rounded as shown.
    """
    only_published(table)
    text = table.to_csv_text()
    return {"address": data_address(text), "name": f"{name}.csv", "size": size_text(text)}


@dataclass(frozen=True)
class Anatomy:
    """What stands around every drawing, so that a reader can check it.

    ``number`` and ``id`` are its place on the page and its id there. ``title`` is the message,
    ``subtitle`` measure, place and period, ``source_line`` who published the figures and when
    they were received, ``key`` the drawing's in words if it lacks one, ``note`` what to bear in
    mind. ``table`` is what was drawn, and all of it is the download. The table behind the figure
    has these ``columns``, the row with the key ``focus`` set off, and the values of the column
    ``spread`` side by side. A ``sensitive`` one is for members of the board.
    """

    number: int
    id: str
    title: str
    subtitle: str
    source_line: str
    table: PublishedTable
    columns: Sequence[str] | None = None
    focus: str | None = None
    key: str = ""
    note: str = ""
    download_name: str = ""
    spread: str | None = None
    sensitive: bool = False

    def behind(self, row_ids: bool = False) -> ShownTable:
        """The table behind the drawing."""
        return shown_table(
            self.table,
            self.title,
            id=f"{self.id}-table",
            columns=self.columns,
            focus=self.focus,
            row_ids=row_ids,
            caption_hidden=True,
            spread=self.spread,
        )

    def text_of_figure(self, alt: str) -> str:
        """What a console shows of a figure."""
        return f"Figure {self.number}: {self.title}\n{alt}"

    def block(self, kind: str, template: str, text: str, shown: ShownTable, **more: Any) -> Block:
        """The finished block, by one of the templates of figures."""
        more["download"] = csv_download(self.table, self.download_name or self.id)
        html = render(f"blocks/{template}.html.j2", of=self, table=shown, **more)
        return Block(kind, html, text, style=shown.style, sensitive=self.sensitive)


def figure_block(of: Anatomy, drawing: DrawnTwice, alt: str) -> Block:
    """A chart with everything a reader needs to check it.

    ``alt`` says what the drawing shows, with numbers; it stands in for it wherever the drawing
    can't be seen.
    """
    wide, narrow = _unspoken(drawing.wide), _unspoken(drawing.narrow)
    more = {"wide": wide, "narrow": narrow, "alt": _described(alt)}
    return of.block("figure", "figure", of.text_of_figure(alt), of.behind(), **more)


def map_block(of: Anatomy, svg: str, alt: str) -> Block:
    """A map whose areas link to the rows of its table, with a way past it.

    Each row of the table has the id ``row-<code>`` that the map's links point at, so a page holds
    one map.
    """
    start, end, rest = svg.partition(">")
    # Its size is the page's business.
    drawing = Markup(_STYLE.sub("", start) + end + rest)
    more = {"drawing": drawing, "alt": _described(alt)}
    return of.block("map", "map", of.text_of_figure(alt), of.behind(row_ids=True), **more)


def table_block(of: Anatomy, section: str = "table") -> Block:
    """A table that stands by itself, or in a ``section``, with its source and download."""
    text = f"Table {of.number}: {of.title} ({len(of.table)} rows)"
    return of.block(section, "table_figure", text, of.behind())


def _unspoken(svg: str) -> Markup:
    """A drawing whose description stands on what it is placed in, so that it is said once."""
    start, end, rest = svg.partition(">")
    start = _SPOKEN.sub("", start).replace("<svg", '<svg aria-hidden="true"', 1)
    return Markup(start + end + rest)


def _described(alt: str) -> str:
    """The description of a picture.

    Raises
    ------
    InputError
        If there is none: to a reader who can't see it, the figure would be empty.
    """
    if not alt.strip():
        raise InputError(
            "A figure has no description.", "Wanted: alt text that says what it shows."
        )
    return alt
