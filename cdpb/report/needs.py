"""What is missing: each source, who sends or publishes it, and what it would let the board know."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from cdpb import catalogue
from cdpb.file_contents import one_look
from cdpb.findings.brief import absent_from, lacking_of, source_in
from cdpb.findings.documents import Others
from cdpb.numbers import list_text, within_sentence
from cdpb.report.blocks import notice_block
from cdpb.report.markup import Block, finding_link
from cdpb.report.tables import plain_table
from cdpb.sources import ILLUSTRATIVE, Source

Record = Mapping[str, Any]
NOT_RUN = "No finding was run, so which returns are missing is not known."
HEADINGS = [
    "What is missing", "Who sends or publishes it", "Since when", "What the board would know",
    "How to ask for it", "For",
]  # fmt: skip
# The second of the first few, on a page that has no room for all.
NOT_YET, TO_FETCH = "published, not yet downloaded here", "free to download"
NEVER, NOT_FETCHED, IN_PART = "never received", "never downloaded here", "received in part"


class MissingSource(NamedTuple):
    """A source that is missing, or in part, with the records of the findings that wait for it.

    ``page`` is where it is published, if it is.
    """

    source_id: str
    what: str
    sender: str
    since: str
    would_know: str
    how: str
    page: str
    records: Sequence[Record]


@one_look()
def needs(others: Others) -> list[MissingSource]:
    """Every source that is missing, those first that most findings wait for."""
    return [need_of(name, records) for name, records in missing(others).items()]


@one_look()
def missing(others: Others) -> dict[str, list[Record]]:
    """The sources that are missing or held in part, and the findings that lack each.

    Those that pages say were not received; publications of which later years are known, and those
    that would serve a finding, while nobody has downloaded them. Those first that most findings
    lack. In a demonstration it is those for which made-up figures stand. What is withheld from the
    public edition is not among them, whether it was received or not.
    """
    lacking: dict[str, list[Record]] = {}
    for record in others.records:
        for source_id in missing_in(record):
            lacking.setdefault(source_id, []).append(record)
    return dict(sorted(lacking.items(), key=lambda each: -len(each[1])))


def need_of(source_id: str, records: Sequence[Record]) -> MissingSource:
    """What of a source is missing, who has it, since when, what it would tell, and how to ask."""
    source = source_in(source_id, _area_of(records[0]))
    is_open = bool(source.access == "public" and source.landing_page)
    sender = f"{source.publisher} ({NOT_YET})"
    in_part = (lacking_of(source.id, record.get("notices") or []) for record in records)
    partly, later = next(filter(None, in_part), ""), catalogue.not_downloaded(source_id)
    since = NOT_FETCHED if is_open else NEVER
    if later:
        since = f"published for {list_text(later)}"
    what = f"{source.title}, {list_text(later)}" if later else partly or source.title
    if any(absent_from(source_id, _notes(record)) for record in records):
        place = _place_of(records[0], source)
        what, since = f"{source.title}, every year for {place}", f"never held for {place}"
    return MissingSource(
        source_id, what, sender if is_open else source.publisher, IN_PART if partly else since,
        source.would_know or f"What these figures say: {source.definition}",
        _how(source, is_open, records[0]), source.landing_page * is_open, records,
    )  # fmt: skip


def _how(source: Source, is_open: bool, record: Record) -> str:
    if is_open:
        return "From its publisher's page; the file is added with cdpb add"
    return f"On request: {within_sentence(source.frequency)}, for {_place_of(record, source)}"


def _notes(record: Record) -> list[str]:
    """Why its key figures have no value."""
    return [str(each.get("note") or "") for each in record.get("key_figures") or []]


def _place_of(record: Record, source: Source) -> str:
    return (record.get("area") or {}).get("name") or source.geography


def not_run(finding: Any, others: Others) -> list[Block]:
    """Which findings this page could not look at; none where all were run."""
    if not others.absent:
        return []
    titles = list_text(absent.title for absent in others.absent)
    return [finding.notice("not_available", f"Not run for this assessment: {titles}.")]


def needs_block(others: Others, most: int | None = None, brief: bool = False) -> Block:
    """The sources that are missing, and the findings that wait for each; so many, or all.

    In ``brief`` it is what is missing, and who sends it.
    """
    first = needs(others)[:most]
    if not first:
        none = "No return that these pages ask for is missing." if others.records else NOT_RUN
        return notice_block("not_available", none)
    caption = "What is missing, and what it would let the board know"
    if brief:
        headings = HEADINGS[:2]
        rows = [[each.what, each.sender.replace(NOT_YET, TO_FETCH)] for each in first]
    else:
        headings = HEADINGS
        rows = [
            [*each[1:-3], _linked(each), Markup("; ").join(map(finding_link, each.records))]
            for each in first
        ]
    names = list_text(catalogue.source(each.source_id).title for each in first)
    id = "first-needs" if brief else "missing-returns"
    table = plain_table(caption, headings, rows, id=id, caption_hidden=brief)
    return Block("table", table.html, f"{caption}: {names}", style=table.style)


def needs_lines(others: Others, of: str) -> Iterator[str]:
    """The same for a terminal, one need after another under the assessment's name."""
    every = needs(others)
    some = "1 source is" if len(every) == 1 else f"{len(every) or 'no'} sources are"
    yield f"{of}: {some} missing"
    for each in every:
        titles = "; ".join(record["title"] for record in each.records)
        yield f"  {each.what}"
        rows = ("from", each.sender), ("since", each.since), ("tells", each.would_know)
        how = f"{each.how} ({each.page})" if each.page else each.how
        for name, text in (*rows, ("ask", how), ("for", titles)):
            yield f"    {name:<6} {text}"


def _linked(need: MissingSource) -> str:
    words = "its publisher's page"
    before, found, after = need.how.partition(words)
    if not (found and need.page):
        return need.how
    # In print a link that is alone in its cell is a block; this one stands in a sentence.
    link = '<span>{}<a href="{}">{}</a>{}</span>'
    return Markup(link).format(before, need.page, words, after)


def missing_in(record: Record) -> Iterator[str]:
    """The sources that a finding's page says were not received, or that it would use."""
    notices = set(record.get("notices") or [])
    used = record.get("sources") or []
    made_up = {each["id"] for each in used if each.get("status") == ILLUSTRATIVE}
    in_use = {each["id"] for each in used}
    for name, declared in catalogue.sources().items():
        text = source_in(name, _area_of(record)).not_received
        told = (
            (text and text in notices)
            or lacking_of(name, notices)
            or absent_from(name, _notes(record))
        )
        later = name in in_use and catalogue.not_downloaded(name)
        unused = record["id"] in declared.serves and not catalogue.receipts(name)
        if name in made_up or told or later or unused:
            yield name


def _area_of(record: Record) -> str:
    return str((record.get("area") or {}).get("code", ""))
