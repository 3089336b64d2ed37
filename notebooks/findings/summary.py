"""The one-page assessment: what all findings say."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from cdpb import catalogue
from cdpb.areas import Decision
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.findings.assessment_records import NO_VERDICT, Others
from cdpb.findings.loading import lacking_of, source_in
from cdpb.numbers import count_text, is_known, list_text, measure_text
from cdpb.report.blocks import notice_block
from cdpb.report.headline import key_figures_block
from cdpb.report.markup import Block, finding_link, render
from cdpb.report.tables import plain_table
from cdpb.sources import ILLUSTRATIVE, Source
from cdpb.statistics.verdicts import AS_FAR_AS_CHECKED
from cdpb.steps import first_step

CARDS = 6
FIGURES = [
    "finding_id", "figure_id", "finding", "figure", "latest", "beside",
    "figure_value", "figure_lower", "figure_upper", "figure_unit", "figure_period",
]  # fmt: skip
OUTCOMES = ("supported", "partly supported", "not supported", "reversed", "cannot be checked")


def summary_headline(verdicts: PublishedTable, name: str, year: str) -> str:
    """How many statements the data support as far as they were checked, and how many they don't."""
    only_published(verdicts)
    rows = [row for row in verdicts.rows() if row["verdict"] != NO_VERDICT]
    if not rows:
        return f"No statement on {name} was tested for {year}"
    counts = Counter(str(row["verdict"]) for row in rows)
    told = [
        f"{count_text(counts[label])} {_verb(label, counts[label])}"
        for label in sorted(counts, key=_place)
    ]
    asked = f"assessed for {year}{_on_data(rows)}"
    return f"Of {count_text(len(rows))} statements on {name}, {asked}, {list_text(told)}"


def verdicts_title(verdicts: PublishedTable) -> str:
    """How many statements there are, and how many of them were made after the first."""
    only_published(verdicts)
    rows = [row for row in verdicts.rows() if row["verdict"] != NO_VERDICT]
    years = sorted(str(row["made"]) for row in rows)
    later = sum(year > years[0] for year in years)
    first, after = count_text(len(years) - later), count_text(later)
    told = f", {first} made in {years[0]} and {after} later" if later else ""
    return f"{count_text(len(rows))} statement{'s' * (len(rows) != 1)}{told}"


def figures_title(figures: PublishedTable) -> str:
    """How many key figures the findings have."""
    only_published(figures)
    return f"{count_text(len(figures))} key figures"


def _on_data(rows: Sequence[Any]) -> str:
    """Of which years the data are that verdicts rest on; the year asked for says nothing of it."""
    years = sorted(str(row["on_data"]) for row in rows if row["on_data"])
    return f" on data for {' to '.join(dict.fromkeys([years[0], years[-1]]))}" if years else ""


def _place(label: str) -> tuple[int, str]:
    """In the order of outcomes, each before the same as far as checked."""
    return OUTCOMES.index(label.removesuffix(AS_FAR_AS_CHECKED)), label


def _verb(label: str, count: int) -> str:
    return label if label.startswith("cannot") else f"{'is' if count == 1 else 'are'} {label}"


def figures_table(others: Others) -> pd.DataFrame:
    """Every key figure of every finding, one row each."""
    rows = [_figure(record, each) for record in others.records for each in record["key_figures"]]
    table = pd.DataFrame(rows, columns=FIGURES)
    table.attrs = {"source": "this_assessment", **first_step(table.columns)}
    return table


def _figure(record: Mapping[str, Any], figure: Mapping[str, Any]) -> list[Any]:
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


def leading_figures(others: Others, most: int = CARDS) -> Block:
    """The first key figure of each finding that has one, as cards."""
    firsts = [
        next((each for each in record["key_figures"] if is_known(each.get("value"))), None)
        for record in others.records
    ]
    return key_figures_block([each for each in firsts if each][:most])


Record = Mapping[str, Any]
DOUBTED = ("partly supported", "not supported", "reversed")
NOT_RUN = "No finding was run, so which returns are missing is not known."
NO_RULE = "A verdict is on a sentence. Whether an action goes on is for the board to decide."


def for_the_board(finding: Any, others: Others) -> list[Block]:
    """The board's own decisions and the analyst's signed recommendations, or open questions.

    Parameters
    ----------
    finding : Finding
        Whose area's file may hold ``decisions`` and ``recommendations``.
    """
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
    table = plain_table(caption, headings, rows, id=caption.split()[0].lower())
    return Block("table", table.html, caption, style=table.style)


def questions_block(others: Others, actions: Sequence[Mapping[str, str]]) -> Block:
    """What only the board can answer: a question each, and no answer made by a rule."""
    told = [*questions(others, actions), NO_RULE]
    html = render("blocks/changed.html.j2", sentences=told, tables=[])
    return Block("entries", html, " ".join(told))


def questions(others: Others, actions: Sequence[Mapping[str, str]]) -> list[str]:
    """The questions that verdicts, missing returns and undated actions leave with the board."""
    doubted = [each["title"] for each in others.records if _outcome(each) in DOUBTED]
    stand = f"Do the statements on these still stand as they were written: {'; '.join(doubted)}?"
    asked = [
        stand if doubted else "",
        "Who asks for each return that is missing below, and by when?" if missing(others) else "",
        _dates(actions),
    ]
    return [each for each in asked if each]


def _outcome(record: Record) -> str:
    return str((record.get("verdict") or {}).get("outcome", ""))


def _dates(actions: Sequence[Mapping[str, str]]) -> str:
    undated = sum(not each["target_completion_date"] for each in actions)
    if not undated:
        return ""
    some = "No action" if undated == len(actions) else "Not every action"
    return f"{some} of the delivery plan has a target date: which office sets each, and by when?"


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
    made_up = {
        each["id"] for each in record.get("sources") or [] if each.get("status") == ILLUSTRATIVE
    }
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
    table = plain_table(caption, headings, rows, id="missing-returns")
    names = list_text(catalogue.source(name).title for name in lacking)
    return Block("table", table.html, f"{caption}: {names}", style=table.style)


def _row(source: Source, records: Sequence[Record]) -> list[str | Markup]:
    is_open = source.access == "public" and source.landing_page
    sender = f"{source.publisher} (published, not yet downloaded here)"
    pages = Markup("<br>").join(finding_link(each) for each in records)
    in_part = (lacking_of(source.id, record.get("notices") or []) for record in records)
    what = next(filter(None, in_part), source.title)
    return [what, sender if is_open else source.publisher, source.definition, pages]
