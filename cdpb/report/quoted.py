"""The figures that a partnership's documents quote, shown as their word."""

from collections.abc import Sequence

from cdpb.findings.quoted import Quote
from cdpb.numbers import list_text
from cdpb.report.block import Block
from cdpb.report.markup import render
from cdpb.report.tables import plain_table

HEADINGS = ["What it is", "Period", "Quoted", "Said to be from", "Can be checked here", "Note"]


def quoted_block(quotes: Sequence[Quote]) -> Block:
    """A table of quoted figures, with whether today's data can show the same.

    Parameters
    ----------
    quotes : sequence of Quote
        At least one; a page has one such table.
    """
    rows = [
        [each.what, each.period, each.shown, each.named_source, each.can_check, each.note]
        for each in quotes
    ]
    caption = "What the partnership's documents say"
    table = plain_table(caption, HEADINGS, rows, id="quoted-table")
    documents = list_text(dict.fromkeys(each.document for each in quotes))
    html = render("blocks/quoted.html.j2", table=table, documents=documents)
    said = "; ".join(f"{each.what}, {each.period}: {each.shown}" for each in quotes)
    return Block("quoted", html, f"{caption}: {said}", style=table.style)
