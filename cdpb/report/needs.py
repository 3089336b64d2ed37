"""What is missing: each source, who sends it, and what it would let the board know."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cdpb import catalogue
from cdpb.findings.brief import lacking_of, source_in
from cdpb.findings.documents import Others
from cdpb.report.blocks import notice_block, texts_block
from cdpb.report.markup import Block, finding_link
from cdpb.sources import ILLUSTRATIVE

Record = Mapping[str, Any]
NOT_RUN = "No finding was run, so which returns are missing is not known."
HEADINGS = ["What is missing", "Who sends or publishes it", "What the board would know", "For"]


def missing(others: Others) -> dict[str, list[Record]]:
    """The sources that pages say were not received, or in part, and the findings that lack each.

    Those first that most findings lack. In a demonstration it is those for which made-up figures
    stand. What is withheld from the public edition is not among them, whether it was received or
    not.
    """
    lacking: dict[str, list[Record]] = {}
    for record in others.records:
        for source_id in _missing_in(record):
            lacking.setdefault(source_id, []).append(record)
    return dict(sorted(lacking.items(), key=lambda each: -len(each[1])))


def need_of(source_id: str, records: Sequence[Record]) -> tuple[str, str, str]:
    """What of a source is missing, who sends or publishes it, and what the board would know."""
    source = source_in(source_id, _area_of(records[0]))
    is_open = source.access == "public" and source.landing_page
    published = f"{source.publisher} (published, not yet downloaded here)"
    in_part = (lacking_of(source.id, record.get("notices") or []) for record in records)
    what = next(filter(None, in_part), source.title)
    return what, published if is_open else source.publisher, source.definition


def needs_block(others: Others, most: int | None = None) -> Block:
    """The sources that are missing, and the findings that wait for each; so many, or all."""
    first = dict(list(missing(others).items())[:most])
    if not first:
        none = "No return that these pages ask for is missing." if others.records else NOT_RUN
        return notice_block("not_available", none)
    caption = "What is missing, and what it would let the board know"
    rows = [[*need_of(name, records), _pages(records)] for name, records in first.items()]
    return texts_block(caption, HEADINGS, rows, "missing-returns")


def _pages(records: Sequence[Record]) -> Markup:
    return Markup("<br>").join(finding_link(each) for each in records)


def _missing_in(record: Record) -> Iterator[str]:
    notices = set(record.get("notices") or [])
    used = record.get("sources") or []
    made_up = {each["id"] for each in used if each.get("status") == ILLUSTRATIVE}
    for name in catalogue.sources():
        text = source_in(name, _area_of(record)).not_received
        if name in made_up or (text and text in notices) or lacking_of(name, notices):
            yield name


def _area_of(record: Record) -> str:
    return str((record.get("area") or {}).get("code", ""))
