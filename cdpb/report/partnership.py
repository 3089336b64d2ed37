"""What a partnership says of itself, each beside the figures of the assessment that speak to it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from cdpb.areas import Achievement, Entry, area_file, finding_of
from cdpb.declarations import PRIORITIES
from cdpb.findings.documents import Others, Quote
from cdpb.numbers import is_known, list_text, measure_text
from cdpb.report.blocks import entries_block, notice_block, texts_block
from cdpb.report.markup import Block, finding_link, render
from cdpb.report.tables import ShownRow
from cdpb.say import possessive
from cdpb.statistics.part_tests import NOT_CHECKED
from cdpb.steps import first_step

Record = Mapping[str, Any]
NOTHING, LACKING = "No figure held speaks to it.", "no figure{} is held"
COLUMNS = ["entry_no", "priority", "reported", "own_figures", "linked_to"]
# Whom a service may not reach, the findings that know of them, and what would have to be held.
GROUPS = {
    "Women": ("women_in_treatment", "estimates of need by sex"),
    "Young people": ("young_people_in_treatment", "people in treatment, and in need, by age"),
    "Parents": ("parents_in_treatment", "estimates of parents in need"),
    "Ethnic groups": ("", "people in treatment, and in need, by ethnic group"),
    "People in deprived places": ("", "people in treatment by deprivation of where they live"),
}


def achievements_table(finding: Any, others: Others) -> pd.DataFrame:
    """What the partnership reports as achieved, one row each, and what the figures say today."""
    rows = [
        [number, row.group, *(Markup(cell).striptags() for cell in row.cells)]
        for number, row in enumerate(_achieved(finding, others), 1)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.attrs = {"source": "quoted_figures", "sources": ["this_assessment"]}
    table.attrs |= first_step(COLUMNS)
    return table


def achievements_block(finding: Any, others: Others) -> list[Block]:
    """The same by priority, each finding a link: the partnership's word, which nothing computed."""
    rows = _achieved(finding, others)
    caption = f"As reported in: {_documents(finding.of_area('achievements'))}"
    headings = ["The partnership's word", "Figures that it gives", "What the figures held here say"]
    return [texts_block(caption, headings, rows, "achievements")] if rows else []


def _achieved(finding: Any, others: Others) -> list[ShownRow]:
    entries = finding.of_area("achievements")
    quoted = [id for each in entries for id in each.quoted]
    quotes = {each.quote_id: each for each in finding.quotes(*quoted)}
    return [
        ShownRow([escape(each.text), escape(_own(each, quotes)), beside(each, others)],
                 group=PRIORITIES.get(each.priority, ""))
        for each in entries
    ]  # fmt: skip


def outcomes_block(finding: Any, others: Others) -> list[Block]:
    """The outcomes that the partnership aims at, each with the figures that speak to it."""
    entries = finding.of_area("outcomes")
    rows = [[each.text, beside(each, others)] for each in entries]
    headings = ["Outcome", "What the figures held here say"]
    return [texts_block(_documents(entries), headings, rows, "outcomes")] if rows else []


def members_block(finding: Any) -> list[Block]:
    """Who sits on the board, and whom else its plan names: offices and organisations."""
    known = finding.of_area("organisations")
    named = {
        "On the board sit": [each.name for each in known if each.member],
        "The delivery plan also names": [each.name for each in known if not each.member],
    }
    sentences = [f"{begin}: {'; '.join(names)}." for begin, names in named.items() if names]
    html = render("blocks/changed.html.j2", sentences=sentences, tables=[])
    return [Block("entries", html, " ".join(sentences))] if sentences else []


def held_block(entries: Sequence[Entry]) -> list[Block]:
    """Next steps, governance or ways to take part, where any are on file."""
    return [entries_block(entries, "")] if entries else []


def log_block(finding: Any) -> list[Block]:
    """What the board asked for, of whom, by when, and whether it was answered."""
    if not finding.of_area("organisations"):
        return []
    asked = finding.of_area("decision_log")
    if not asked:
        return [notice_block("not_available", "No decision of the board is recorded.")]
    rows = [
        [each.text, each.meeting, each.office or "not named", each.due or "not said",
         each.answer or "not recorded"]
        for each in asked
    ]  # fmt: skip
    headings = ["What the board agreed or asked", "Meeting", "Of which office", "By when", "Answer"]
    last = f"{_documents(asked)}. The last meeting on record: {asked[-1].meeting}"
    return [texts_block(last, headings, rows, "decision-log")]


def reach_block(others: Others) -> Block:
    """Who may not be reached, as far as figures are held, and what is missing to know it."""
    rows = [
        [group, beside(Achievement(text="", document="", figures=[name] * bool(name)), others),
         f"Not held: {need}"]
        for group, (name, need) in GROUPS.items()
    ]  # fmt: skip
    headings = ["Who", "What the figures held here say", "What is missing"]
    return texts_block("As far as figures are held", headings, rows, "reach")


def without_file(finding: Any) -> list[Block]:
    """What a file of the area would add, and how it is made, where there is none."""
    place = finding.place
    if area_file(place.code):
        return []
    own = possessive(place.name)
    text = (
        f"No file of {own} partnership is held, so these pages describe {place} and judge nothing. "
        f"A file adds {own} own statements with a verdict on each, its delivery plan by objective "
        "and by office, what it reports as achieved beside the figures, its outcomes, members and "
        "decisions, and what each finding means to it. To make one, copy data/areas/example.yml to "
        f"data/areas/{place.code}.yml, put {own} words in the place of the example's, and run "
        "again; docs/areas.md says how."
    )
    return [notice_block("not_available", text)]


def beside(entry: Achievement, others: Others) -> Markup:
    """The findings that speak to an entry, each with its figure or its verdict on the claim.

    Of those alone that say anything of that time; where none does, that no figure is held.
    """
    named = [(name, record) for name in entry.figures
             if (record := others.find(finding_of(name)))]  # fmt: skip
    told = [line for name, record in named for line in _told(name, record, entry.since)]
    lacking = LACKING.format(f" of {entry.since} or later" if entry.since else "")
    none = [_line(record, record["title"], lacking) for _, record in named]
    return Markup("<br>").join(told or none) or Markup(NOTHING)


def _told(name: str, record: Record, since: str) -> Iterator[Markup]:
    """The verdict on a claim, where one is named and was checked; else a figure of that time."""
    if "/" in name:
        verdicts = {f"{record['id']}/{each['id']}": each["verdict"] for each in record["claims"]}
        verdict = verdicts.get(name) or {"outcome": NOT_CHECKED}
        if verdict["outcome"] != NOT_CHECKED:
            yield _line(record, record["title"], verdict["label"])
        return
    key = name.partition(":")[2]
    for figure in record.get("key_figures", []):
        period = (figure.get("period") or "").split(",")[0]
        if is_known(figure.get("value")) and period >= since and key in ("", figure["id"]):
            yield _line(record, figure["label"], f"{measure_text(figure)}, {period}")
            return


def _line(record: Record, label: str, text: str) -> Markup:
    link = finding_link({**record, "title": label})
    return Markup("<span>{}: {}</span>").format(link, text)


def _own(entry: Achievement, quotes: Mapping[str, Quote]) -> str:
    shown = [quotes[id] for id in entry.quoted if id in quotes]
    return "; ".join(f"{each.what}: {each.shown} ({each.period})" for each in shown) or "none"


def _documents(entries: Sequence[Any]) -> str:
    return list_text(dict.fromkeys(each.document for each in entries))
