"""The anatomy of a figure: message, measure, drawing, source, download, table behind it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.errors import InputError
from cdpb.report.markup import Block, data_address, render, size_text
from cdpb.report.tables import ShownTable, shown_table

if TYPE_CHECKING:
    # Only for its name: matplotlib comes with the first figure that is drawn.
    from cdpb.report.charts.canvas import DrawnTwice

# Inside a page a drawing needs no namespace, has the page's type, and is named by what it is in.
_SPOKEN = re.compile(r' (?:role|aria-[a-z]+|style|xmlns|font-family|stroke-linejoin)="[^"]*"')
_STYLE = re.compile(r' (?:style|xmlns|font-family|stroke-linejoin)="[^"]*"')


@dataclass(frozen=True)
class Download:
    """A table's CSV, held in the page itself: a ``data:`` address, a file's name, ``2 KB``."""

    address: str
    name: str
    size: str

    @classmethod
    def of(cls, table: PublishedTable, name: str) -> "Download":
        """The download of a published table; all its columns, full precision."""
        only_published(table)
        text = table.to_csv_text()
        return cls(data_address(text), f"{name}.csv", size_text(text))


@dataclass(frozen=True)
class Anatomy:
    """What stands around every drawing, so that a reader can check it.

    ``number`` and ``id`` are its place on the page and its id there. ``title`` is the message,
    ``subtitle`` measure, place and period, ``source_line`` who published the figures and when
    they were received, ``key`` the drawing's in words if it lacks one, ``note`` what to bear in
    mind. ``table`` is what was drawn, and all of it is the download. The table behind the figure
    has these ``columns``, the row with the key ``focus`` set off, and the values of the column
    ``spread`` side by side.
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
        html = render(
            f"blocks/{template}.html.j2",
            of=self,
            table=shown,
            download=Download.of(self.table, self.download_name or self.id),
            **more,
        )
        return Block(kind, html, text, style=shown.style)


def figure_block(of: Anatomy, drawing: "DrawnTwice", alt: str) -> Block:
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


def table_block(of: Anatomy) -> Block:
    """A table that stands by itself, with its source and download."""
    text = f"Table {of.number}: {of.title} ({len(of.table)} rows)"
    return of.block("table", "table_figure", text, of.behind())


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
