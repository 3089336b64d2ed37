"""The one-page assessment: what all findings say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from cdpb import catalogue, say
from cdpb.areas import Decision
from cdpb.disclosure.published import PublishedTable
from cdpb.findings.brief import lacking_of, source_in
from cdpb.findings.documents import NO_VERDICT, Others
from cdpb.numbers import count_text, is_known, list_text, measure_text
from cdpb.report.blocks import notice_block
from cdpb.report.headline import key_figures_block
from cdpb.report.markup import Block, finding_link, render
from cdpb.report.tables import plain_table
from cdpb.sources import ILLUSTRATIVE, Source
from cdpb.statistics.verdicts import PARTS_CHECKED
from cdpb.steps import first_step

Record = Mapping[str, Any]
FIGURES = [
    "finding_id", "figure_id", "finding", "figure", "latest", "beside",
    "figure_value", "figure_lower", "figure_upper", "figure_unit", "figure_period",
]  # fmt: skip
OUTCOMES = (
    "supported", "partly supported", "contradicted", "contradicted in part", "unclear",
    "not checked",
)  # fmt: skip


def summary_headline(verdicts: PublishedTable, name: str, year: str) -> str:
    """How many statements the data support as far as they were checked, and how many they don't."""
    rows = _with_verdict(verdicts)
    if not rows:
        return f"No statement on {name} was tested for {year}"
    each = _counted(str(row["verdict"]) for row in rows)
    asked = f"assessed for {year}{_on_data(rows)}"
    return f"Of {count_text(len(rows))} statements on {name}, {asked}, {list_text(each)}"


def verdicts_title(verdicts: PublishedTable) -> str:
    """How many statements there are, and how many of them were made after the first."""
    rows = _with_verdict(verdicts)
    years = sorted(str(row["made"]) for row in rows)
    later = sum(year > years[0] for year in years)
    first, after = count_text(len(years) - later), count_text(later)
    made = f", {first} made in {years[0]} and {after} later" if later else ""
    return f"{count_text(len(rows))} statement{'s' * (len(rows) != 1)}{made}"


def figures_title(figures: PublishedTable) -> str:
    """How many key figures the findings have."""
    return f"{count_text(len(say.rows_of(figures)))} key figures"


def _with_verdict(verdicts: PublishedTable) -> list[Any]:
    return [row for row in say.rows_of(verdicts) if row["verdict"] != NO_VERDICT]


def _on_data(rows: Sequence[Any]) -> str:
    """Of which years the data are that verdicts rest on; the year asked for says nothing of it."""
    years = sorted(str(row["on_data"]) for row in rows if row["on_data"])
    return f" on data for {' to '.join(dict.fromkeys([years[0], years[-1]]))}" if years else ""


def _counted(labels: Iterable[str]) -> list[str]:
    """``2 are supported as far as checked (3 of 8 parts)``: their parts are added up."""
    groups: dict[str, list[Any]] = {}
    for label in labels:
        groups.setdefault(PARTS_CHECKED.sub("", label), []).append(PARTS_CHECKED.search(label))
    return [
        f"{count_text(len(found))} {'is' if len(found) == 1 else 'are'} {label}{_parts(found)}"
        for label, found in sorted(groups.items(), key=lambda group: _place(group[0]))
    ]


def _place(label: str) -> tuple[int, str]:
    """In the order of outcomes, each before the same as far as checked."""
    return max(at for at, each in enumerate(OUTCOMES) if label.startswith(each)), label


def _parts(found: Sequence[Any]) -> str:
    if not all(found):
        return ""
    checked, of = (sum(int(each[side]) for each in found) for side in (1, 2))
    return f" ({count_text(checked)} of {count_text(of)} parts)"


def figures_table(others: Others) -> pd.DataFrame:
    """Every key figure of every finding, one row each."""
    rows = [_figure(record, each) for record in others.records for each in record["key_figures"]]
    table = pd.DataFrame(rows, columns=FIGURES)
    table.attrs = {"source": "this_assessment", **first_step(table.columns)}
    return table


def _figure(record: Record, figure: Mapping[str, Any]) -> list[Any]:
    beside = [
        f"{each['label']} {measure_text(each)}: {each['comparison']}"
        for each in figure["comparators"]
        if is_known(each.get("value"))
    ]
    numbers = [figure.get(name) for name in ("value", "lower", "upper")]
    return [
        record["id"], figure["id"], record["title"], figure["label"], measure_text(figure),
        "; ".join(beside), *numbers, figure["unit"], figure["period"],
    ]  # fmt: skip


def leading_figures(others: Others, most: int = 6) -> Block:
    """The first key figure of each finding that has one, as cards."""
    known = [
        [each for each in record["key_figures"] if is_known(each.get("value"))]
        for record in others.records
    ]
    return key_figures_block([figures[0] for figures in known if figures][:most])


DOUBTED = ("partly supported", "contradicted", "contradicted in part", "unclear")
NOT_RUN = "No finding was run, so which returns are missing is not known."
NO_RULE = "A verdict is on a sentence. Whether an action goes on is for the board to decide."


def for_the_board(finding: Any, others: Others) -> list[Block]:
    """The decisions and the signed recommendations of the area's file, or open questions."""
    held = {
        "Decisions of the board": finding.of_area("decisions"),
        "Recommendations, each signed": finding.of_area("recommendations"),
    }
    signed = [_signed(caption, rows) for caption, rows in held.items() if rows]
    return signed or [questions_block(others, finding.of_area("actions"))]


def _signed(caption: str, decisions: Sequence[Decision]) -> Block:
    headings = ["What", "Owner", "By when", "Measured by", "Signed"]
    rows = [
        [each.text, each.owner, each.due or "no date set", each.measure or "not said",
         f"{each.signed}, {each.date}"]
        for each in decisions
    ]  # fmt: skip
    return _table_block(caption, caption, headings, rows, id=caption.split()[0].lower())


def _table_block(alt: str, caption: str, headings: list[str], rows: list[Any], id: str) -> Block:
    table = plain_table(caption, headings, rows, id=id)
    return Block("table", table.html, alt, style=table.style)


def questions_block(others: Others, actions: Sequence[Mapping[str, str]]) -> Block:
    """What only the board can answer: one question each, and no answer made by a rule."""
    sentences = [*questions(others, actions), NO_RULE]
    html = render("blocks/changed.html.j2", sentences=sentences, tables=[])
    return Block("entries", html, " ".join(sentences))


def questions(others: Others, actions: Sequence[Mapping[str, str]]) -> list[str]:
    """The questions that verdicts, missing returns and undated actions leave with the board."""
    doubted = [
        each["title"]
        for each in others.records
        if (each.get("verdict") or {}).get("outcome") in DOUBTED
    ]
    asked = []
    if doubted:
        titles = "; ".join(doubted)
        asked.append(f"Do the statements on these still stand as they were written: {titles}?")
    if missing(others):
        asked.append("Who asks for each return that is missing below, and by when?")
    if undated := sum(not each["target_completion_date"] for each in actions):
        some = "No action" if undated == len(actions) else "Not every action"
        plan = "of the delivery plan has a target date"
        asked.append(f"{some} {plan}: which office sets each, and by when?")
    return asked


def missing(others: Others) -> dict[str, list[Record]]:
    """The sources that pages say were not received, or in part, and the findings that lack each.

    In a demonstration it is those for which made-up figures stand. What is withheld from the
    public edition is not among them, whether it was received or not.
    """
    lacking: dict[str, list[Record]] = {}
    for record in others.records:
        for source_id in _missing_in(record):
            lacking.setdefault(source_id, []).append(record)
    return lacking


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


def missing_block(others: Others) -> Block:
    """Which returns are missing, who sends them, and what each would let the board know."""
    lacking = missing(others)
    if not lacking:
        none = "No return that these pages ask for is missing." if others.records else NOT_RUN
        return notice_block("not_available", none)
    caption = "What is missing, and what it would let the board know"
    headings = ["What is missing", "Who sends or publishes it", "What the board would know", "For"]
    rows = [
        _row(source_in(name, _area_of(records[0])), records) for name, records in lacking.items()
    ]
    names = list_text(catalogue.source(name).title for name in lacking)
    return _table_block(f"{caption}: {names}", caption, headings, rows, id="missing-returns")


def _row(source: Source, records: Sequence[Record]) -> list[str | Markup]:
    is_open = source.access == "public" and source.landing_page
    sender = f"{source.publisher} (published, not yet downloaded here)"
    pages = Markup("<br>").join(finding_link(each) for each in records)
    in_part = (lacking_of(source.id, record.get("notices") or []) for record in records)
    what = next(filter(None, in_part), source.title)
    return [what, sender if is_open else source.publisher, source.definition, pages]
