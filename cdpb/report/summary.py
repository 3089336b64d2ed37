"""The one-page assessment: what all findings say."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from cdpb.areas import Entry
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.findings.others import NO_VERDICT, Others
from cdpb.numbers import list_text
from cdpb.report.block import Block
from cdpb.report.blocks import key_figures_block, notice_block
from cdpb.report.finding import Finding
from cdpb.report.markup import render
from cdpb.report.measures import is_known, measure_text
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
        f"{counts[label]} {_verb(label, counts[label])}" for label in sorted(counts, key=_place)
    ]
    asked = f"assessed for {year}{_on_data(rows)}"
    return f"Of {len(rows)} statements on {name}, {asked}, {list_text(told)}"


def verdicts_title(verdicts: PublishedTable) -> str:
    """How many statements there are, and how many of them were made after the first."""
    only_published(verdicts)
    rows = [row for row in verdicts.rows() if row["verdict"] != NO_VERDICT]
    years = sorted(str(row["made"]) for row in rows)
    later = sum(year > years[0] for year in years)
    told = f", {len(years) - later} made in {years[0]} and {later} later" if later else ""
    return f"{len(rows)} statement{'s' * (len(rows) != 1)}{told}"


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
