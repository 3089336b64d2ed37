"""What a notebook shows and a page keeps: blocks of finished HTML.

Each function takes plain data (a finding's record, or parts of it) and escapes every text in it.
An output without ``BLOCK_MIME`` never reaches a page.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cdpb.areas import Entry
from cdpb.findings.assessment_records import Others
from cdpb.numbers import list_text
from cdpb.report.markup import Block, paragraphs, render
from cdpb.report.tables import ShownTable, plain_table

METHOD_HEADINGS = (
    "Definition",
    "Numerator",
    "Denominator",
    "Source",
    "Interval method",
    "Comparison method",
    "Disclosure control",
    "Rounding",
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


def actions_block(
    rows: Sequence[Mapping[str, Any]], source: str = "", entries: Sequence[Entry] = ()
) -> Block:
    """What the partnership does: each action with its owners, metrics and target date.

    Rows have ``action``; ``owners`` and ``metrics`` as text or lists; ``target_date`` where set.
    ``source`` is the document that lists them; ``entries`` are next steps, and ways in which the
    community takes part, that belong to the finding.
    """
    cells = [
        [row["action"], _listed(row.get("owners"), "not named"),
         _listed(row.get("metrics"), "none named"), row.get("target_date") or "not set"]
        for row in rows
    ]  # fmt: skip
    headings = ["Action", "Owners", "Measured by", "Target date"]
    table = plain_table("Actions linked to this finding", headings, cells, id="actions-table")
    html = render(
        "blocks/actions.html.j2", table=table if rows else None, source=source, entries=entries
    )
    return Block("actions", html, f"{len(cells)} linked actions", style=table.style)


def _listed(value: str | Iterable[str] | None, otherwise: str) -> str:
    items = [value] if isinstance(value, str) else list(value or [])
    return "; ".join(item for item in items if item) or otherwise


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
    text: str, author: str, written: str, *, stale: bool = False, stale_reason: str = ""
) -> Block:
    """An analyst's signed words, flagged when the verdict they were written for has changed."""
    html = render(
        "blocks/commentary.html.j2",
        paragraphs=paragraphs(text),
        author=author,
        written=written,
        stale=stale,
        stale_reason=stale_reason,
    )
    return Block("commentary", html, f"{text} ({author}, {written})")


def provenance_block(
    receipts: Sequence[Mapping[str, Any]],
    parameters: Mapping[str, Any],
    *,
    edition: str = "public",
    origins: ShownTable | None = None,
) -> Block:
    """Which files, received when, and which parameters made the page.

    Receipts have ``source`` (its title), ``received``, ``covers`` and ``files`` (names).
    ``origins`` says where each number comes from, shown on demand.
    """
    rows = [
        [receipt["source"], str(receipt["received"]), receipt.get("covers") or "",
         _listed(receipt.get("files"), "")]
        for receipt in receipts
    ]  # fmt: skip
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


def entries_block(entries: Iterable[Entry], nothing: str) -> Block:
    """Next steps, or the ways in which the community takes part; or that none is on file."""
    found = list(entries)
    if not found:
        return notice_block("not_available", nothing)
    html = render("blocks/entries.html.j2", entries=found)
    return Block("entries", html, " ".join(entry.text for entry in found))


def not_run(finding: Any, others: Others) -> list[Block]:
    """Which findings this page could not look at; none where all were run."""
    if not others.absent:
        return []
    titles = list_text(absent.title for absent in others.absent)
    return [finding.notice("not_available", f"Not run for this assessment: {titles}.")]
