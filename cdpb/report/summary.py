"""The one-page assessment: what all findings say, and what follows from it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from cdpb.areas import Entry
from cdpb.disclosure.only import only_published
from cdpb.disclosure.published import PublishedTable
from cdpb.findings.others import NO_VERDICT, Others, answers_to, codes_of
from cdpb.numbers import list_text
from cdpb.report.block import Block
from cdpb.report.blocks import key_figures_block, notice_block
from cdpb.report.finding import Finding
from cdpb.report.markup import render
from cdpb.report.measures import is_known, measure_text
from cdpb.report.over_years import link_to
from cdpb.report.tables import plain_table
from cdpb.steps import first_step

CARDS = 6
FIGURES = [
    "finding_id", "figure_id", "finding", "figure", "latest", "beside",
    "figure_value", "figure_lower", "figure_upper", "figure_unit", "figure_period",
]  # fmt: skip
FOLLOWS = {
    "supported": "The statement stands. Carry the linked actions out.",
    "partly supported": (
        "Carry the linked actions out where the statement stands; look again at the parts that "
        "the data do not bear out."
    ),
    "not supported": "Look again at the statement before the linked actions go on.",
    "reversed": "The data say the opposite. Set the linked actions anew.",
    "cannot be checked": (
        "Obtain the figures that are missing; until then nobody can tell how far it has come."
    ),
}


def summary_headline(verdicts: PublishedTable, name: str, year: str) -> str:
    """How many statements the data support, and how many they don't."""
    only_published(verdicts)
    labels = [str(row["verdict"]).removesuffix(" as far as checked") for row in verdicts.rows()]
    told = Counter(label for label in labels if label != NO_VERDICT)
    if not told:
        return f"No statement on {name} was tested for {year}"
    counts = [
        f"{told[outcome]} {_verb(outcome, told[outcome])}" for outcome in FOLLOWS if told[outcome]
    ]
    total = sum(told.values())
    return f"Of {total} statements on {name}, tested for {year}, {list_text(counts)}"


def verdicts_title(verdicts: PublishedTable) -> str:
    """How many statements there are, later claims among them."""
    only_published(verdicts)
    tested = [row for row in verdicts.rows() if row["verdict"] != NO_VERDICT]
    later = sum("/" in str(row["finding_id"]) for row in tested)
    told = f", {later} of them made after the needs assessment" if later else ""
    return f"{len(tested)} statement{'s' * (len(tested) != 1)} tested{told}"


def _verb(outcome: str, count: int) -> str:
    return outcome if outcome.startswith("cannot") else f"{'is' if count == 1 else 'are'} {outcome}"


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


def recommendations(others: Others, actions: Sequence[Mapping[str, str]]) -> Block:
    """For each finding its verdict, what follows from it, and the actions that answer to it."""
    rows = [_recommended(record, actions) for record in others.records]
    headings = ["Finding", "Verdict", "What follows", "Linked actions, by their number", "Led by"]
    caption = "Recommendations: what follows from each verdict"
    table = plain_table(caption, headings, rows, id="recommendations")
    return Block("actions", table.html, caption, style=table.style)


def _recommended(
    record: Mapping[str, Any], actions: Sequence[Mapping[str, str]]
) -> list[str | Markup]:
    verdict = record.get("verdict") or {}
    linked = [each for each in actions if _answers(each, record["id"])]
    owners = [name for each in linked for name in owners_of(each)]
    return [
        link_to(record),
        verdict.get("label") or NO_VERDICT,
        FOLLOWS.get(verdict.get("outcome") or "", "No statement was made that could be tested."),
        _as_lines(linked) if linked else "none",
        list_text(name for name, _ in Counter(owners).most_common(3)) if owners else "not named",
    ]


def _as_lines(actions: Iterable[Mapping[str, str]]) -> Markup:
    """Each action on a line of its own, with its number in the plan."""
    told = [f"{each['action_no']}. {each['action']}" for each in actions]
    return Markup("<br>").join(told)


def _answers(action: Mapping[str, str], finding_id: str) -> bool:
    return bool(codes_of(action["linked_findings"]) & answers_to(finding_id))


def owners_of(action: Mapping[str, str]) -> list[str]:
    """Who is responsible for an action."""
    return [name.strip() for name in action["responsible_partners"].split(";") if name.strip()]


def entries_block(entries: Iterable[Entry], nothing: str) -> Block:
    """Next steps, or the ways in which the community takes part; or that none is on file."""
    told = list(entries)
    if not told:
        return notice_block("not_available", nothing)
    html = render("blocks/entries.html.j2", entries=told)
    return Block("entries", html, " ".join(each.text for each in told))


def not_run(finding: Finding, others: Others) -> list[Block]:
    """Which findings this page could not look at; none where all were run."""
    if not others.absent:
        return []
    titles = list_text(each.title for each in others.absent)
    return [finding.notice("not_available", f"Not run for this assessment: {titles}.")]
