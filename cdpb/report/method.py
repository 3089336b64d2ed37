"""Sections of a page beside its figures: method, quotations, claims, origins, and what is hidden.

What the catalogue, the policies, the declarations and the area file say together. Of hidden counts
a page says that they are hidden and why, never which was small.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from cdpb import paths
from cdpb.areas import REFERENCE, SoWhat
from cdpb.declarations import FindingDeclaration
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.exemptions import Exemption
from cdpb.findings.brief import source_in
from cdpb.findings.documents import Quote
from cdpb.findings.trace import KeyFigure
from cdpb.numbers import capital, count_text, list_text
from cdpb.policies import policy
from cdpb.report.blocks import commentary_block
from cdpb.report.changed import history_text
from cdpb.report.headline import how_many_tests, parts_table, verdict_badge
from cdpb.report.markup import Block, render
from cdpb.report.tables import ShownTable, plain_table
from cdpb.say import sentence, value_text
from cdpb.sources import Source
from cdpb.statistics.measure import HIDDEN, Measure
from cdpb.yaml_files import read_yaml, typed

Level = Literal["high", "medium", "low"]
LOGS = {"Assumptions": "assumptions.yml", "Data quality": "data_log.yml"}


class Logged(BaseModel):
    """An entry of ``data/assumptions.yml`` or ``data/data_log.yml``.

    ``quality`` is of the ground for it, ``impact`` how much a result hangs on it. What names
    ``findings`` stands on their pages, the rest on the page of methods.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    what: str
    why: str
    quality: Level
    impact: Level
    sources: list[str]
    findings: list[str] = []

    @property
    def told(self) -> str:
        """In a sentence or two."""
        return f"{self.what} {self.why} Quality: {self.quality}; impact: {self.impact}."


def logged(kind: str) -> list[Logged]:
    """All entries of one of the two logs, by its heading; none where there is no such file."""
    path = paths.data_folder() / LOGS[kind]
    entries = (read_yaml(path) or []) if path.is_file() else []
    return [typed(Logged, each, path, f"entry {at}") for at, each in enumerate(entries, 1)]


def method_of(
    declared: FindingDeclaration,
    used: Iterable[str],
    caveats: list[str],
    register: Iterable[Exemption] = (),
    area: str = "",
) -> Mapping[str, str | list[str]]:
    """What stands under each heading of the method section.

    Numerator, denominator, intervals and comparison are the declaration's. ``used`` are the
    sources whose figures this edition shows, ``caveats`` those of these sources and the age of
    their data, ``register`` the signed exceptions that concern the finding.
    """
    sources = [source_in(id, area) for id in used]
    policies = {source.policy: policy(source.policy) for source in sources}
    texts: dict[str, str | list[str]] = {
        "Definition": [_definition(source) for source in sources],
        **declared.method,
        "Source": [source.attribution for source in sources],
        "Disclosure control": [
            *(f"{rule.title}: {rule.why} {rule_note(rule)}".strip() for rule in policies.values()),
            *agreed_notes(register),
        ],
        "Caveats": caveats,
        **{
            kind: [each.told for each in logged(kind) if declared.id in each.findings]
            for kind in LOGS
        },
    }
    return {heading: text for heading, text in texts.items() if text}


def _definition(source: Source) -> str:
    """What a source counts, with the way to its publisher where it is published."""
    title: str = source.title
    if source.landing_page:
        title = Markup('<a href="{}">{}</a>').format(source.landing_page, title)
    return Markup("{}: {}").format(title, source.definition)


QUOTED = ["What it is", "Period", "Quoted", "Said to be from", "Can be checked here", "Note"]


def quoted_block(quotes: Sequence[Quote]) -> Block:
    """A table of quoted figures, with whether today's data can show the same; one per page."""
    rows = [
        [each.what, each.period, each.shown, each.named_source, each.can_check, each.note]
        for each in quotes
    ]
    caption = "What the documents say"
    table = plain_table(caption, QUOTED, rows, id="quoted-table", caption_hidden=True)
    documents = list_text(dict.fromkeys(each.document for each in quotes))
    html = render("blocks/quoted.html.j2", table=table, documents=documents)
    text = "; ".join(f"{quote.what}, {quote.period}: {quote.shown}" for quote in quotes)
    return Block("quoted", html, f"{caption}: {text}", style=table.style)


def claims_block(claims: Sequence[Mapping[str, Any]]) -> Block:
    """Claims that stand beside a finding's statement, as in its record, each tested by itself."""
    shown = [_shown(claim) for claim in claims]
    text = "; ".join(f"{each['text']} [{each['verdict']['label']}]" for each in claims)
    style = Markup("").join(each["table"].style for each in shown)
    return Block("claims", render("blocks/claims.html.j2", claims=shown), text, style=style)


def _shown(claim: Mapping[str, Any]) -> dict[str, Any]:
    tested = claim["verdict"]["parts"]
    parts = [{**part, "outcome": capital(part.get("label") or part["outcome"])} for part in tested]
    history = claim.get("history") or []
    by_year = history_text(history) if len(history) > 1 else ""
    badge = verdict_badge(claim["verdict"])
    table, tests = parts_table(tested, f"parts-{claim['id']}"), how_many_tests(tested)
    shown = {"badge": badge, "parts": parts, "table": table, "tests": tests, "by_year": by_year}
    return {**claim, **shown}


KEY_FIGURE, TESTED = "key figure", "tested"
ITS_ROWS = "computed from its rows"
ORIGINS = ["Numbers", "Rows", "Source", "Made by"]
ALL_ROWS = "all that are held"


def origins_table(
    trace: Mapping[str, Any], published: Mapping[str, PublishedTable]
) -> ShownTable | None:
    """One row per published table, key figure and number judged by; None without a table.

    ``trace`` is the record's; the tables have their titles and column labels. When each source was
    received stands in the table of receipts above it.
    """
    tables = [_table_row(each, published) for each in trace["tables"]]
    # A key figure that is tested too is one row.
    figures: dict[tuple[str, ...], dict[str, None]] = {}
    for each in (*trace["key_figures"], *trace.get("parts", ())):
        used = KEY_FIGURE if "key_figure" in each else TESTED
        figures.setdefault(_figure_row(each, published[each["table"]]), {})[used] = None
    if not tables:
        return None
    rows = [
        [f"{capital(', '.join(used))}: {label}", *rest] for (label, *rest), used in figures.items()
    ]
    caption = "From the page back to source, receipt, rows and function"
    return plain_table(caption, ORIGINS, [*tables, *rows], id="origins-table")


DRAFT = "Draft for the partnership to confirm"


def so_what_block(written: SoWhat, figures: Iterable[KeyFigure], stale_reason: str = "") -> Block:
    """What a finding means to the partnership, its numbers the page's own; a draft until confirmed.

    A sentence stands only where each figure that it names is shown, or missing where it needs that.
    """
    known = {each.id: each for each in figures}
    text = " ".join(filter(None, (filled(each, known) for each in written.sentences)))
    by = written.confirmed
    signed = (f"Confirmed by {by.by}", _day(by.date)) if by else (DRAFT, "")
    return commentary_block(text, *signed, stale_reason=stale_reason, section="so_what")


def filled(text: str, figures: Mapping[str, KeyFigure]) -> str:
    """A sentence with figures in the place of their names; empty where it doesn't hold with them.

    ``Women were {share} in {share:period}, beside {share/England}.``
    """
    found = [(each, _measure(each, figures)) for each in REFERENCE.finditer(text)]
    if not all(_holds(measure, wanted=not each[1]) for each, measure in found):
        return ""
    for each, measure in found:
        value = "" if each[1] else measure.period if each[4] else value_text(measure)
        text = text.replace(each[0], value)
    return text.strip()


def _measure(named: re.Match[str], figures: Mapping[str, KeyFigure]) -> Any:
    """The figure as it was published, or one that it is compared with."""
    figure, beside = figures.get(named[2]), named[3]
    measures = [figure.taken or figure.measure, *figure.comparators] if figure else []
    return next((each for each in measures if beside in (None, each.label)), None)


def _holds(measure: Measure | None, *, wanted: bool) -> bool:
    """Whether a figure is there, or is not held; one that is hidden is neither."""
    known = measure is not None and measure.known
    return known if wanted else not known and getattr(measure, "note", "") != HIDDEN


def _table_row(traced: Mapping[str, Any], published: Mapping[str, PublishedTable]) -> list[str]:
    title = published[traced["table"]].title
    made_of = [f"Table: {published[each].title}" for each in traced.get("made_of", ())]
    chosen = [
        f"{_plain(name)} {list_text(map(str, value)) if isinstance(value, list) else value}"
        for name, value in traced["filter"].items()
    ]
    sources = [each["id"] for each in traced["sources"]]
    period = traced["period"] or ALL_ROWS
    rows = "; ".join([*made_of, *chosen]) or period
    return [title, rows, "; ".join(sources), ", ".join(traced["functions"])]


def _figure_row(traced: Mapping[str, Any], table: PublishedTable) -> tuple[str, ...]:
    where = [f"{_plain(name)} {value}" for name, value in traced["where"].items()]
    column = table.columns.get(traced["column"])
    label = column.label if column else traced["column"] or ITS_ROWS
    return traced["label"], "; ".join(where), f"Table: {table.title}", label


def _plain(name: str) -> str:
    return name.replace("_", " ")


def hidden_note(shown: PublishedTable, rule: Policy) -> str:
    """How many counts of a table are hidden, and why; empty where none is.

    It speaks of what may be, and is the same whatever stands behind the markers: how many of them
    are small, or whether any is larger, would tell something of each.
    """
    only_published(shown)
    hidden = _hidden_counts(shown)
    if not hidden:
        return ""
    counts = "1 count is" if hidden == 1 else f"{count_text(hidden)} counts are"
    return (
        f"{counts} hidden, marked {rule.marker}, so that {_aim(rule)}. A hidden count need not be "
        "small itself: it may protect another."
    )


def rule_note(rule: Policy) -> str:
    """What a policy hides and what it shows, for the method section; empty where it hides nothing.

    A reader of the totals is told that they are whole.
    """
    if not rule.protects:
        return ""
    zero = "0 is shown" if rule.zeros == "shown" else "0 is hidden like a small count"
    return (
        f"Hidden so that {_aim(rule)}: small counts, and others from which one could be worked "
        f"out, both marked {rule.marker}. {zero}. Totals include what is hidden."
    )


def agreed_notes(register: Iterable[Exemption]) -> list[str]:
    """Which small counts are shown by agreement, of whom, since when and why."""
    return [
        f"{each.what.rstrip('.')}: shown however small, as {each.agreed_by} agreed on "
        f"{_day(each.date)}. {sentence(each.why)}"
        for each in register
    ]


def _hidden_counts(shown: PublishedTable) -> int:
    counted = [name for name, column in shown.columns.items() if column.kind == "count"]
    names: Sequence[str] = counted or list(shown.columns)
    rows = (tuple(row[name] for name in names) for row in shown.rows())
    return sum(any(value is MASKED for value in row) for row in rows)


def _aim(rule: Policy) -> str:
    small = (
        f"below {rule.threshold}"
        if rule.zeros == "shown"
        else f"of 0 to {(rule.threshold or 1) - 1}"
    )
    if rule.level == "band":
        return f"nobody can work out a count {small}"
    return f"nobody can tell which counts are {small.removeprefix('of ')}"


def _day(written: str) -> str:
    """``20 January 2025``."""
    day = date.fromisoformat(written)
    return f"{day.day} {day:%B %Y}"
