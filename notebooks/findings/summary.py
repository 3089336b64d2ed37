"""The one-page assessment: what all findings say."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from markupsafe import Markup

from cdpb import say
from cdpb.areas import Decision
from cdpb.declarations import declarations
from cdpb.disclosure.published import PublishedTable
from cdpb.findings.documents import NO_VERDICT, Others
from cdpb.numbers import count_text, is_known
from cdpb.report.blocks import notice_block, texts_block
from cdpb.report.changed import is_newer
from cdpb.report.markup import Block, finding_link, render
from cdpb.report.needs import missing
from cdpb.report.tables import ShownRow, plain_table

Record = Mapping[str, Any]
MESSAGES, NOT_MADE = 5, "not yet made"
IN_BRACKETS = "Verdicts by year; in brackets, how many parts of the statement could be checked"
# A finding's headline, sentence by sentence.
HEADLINE, SECOND = "headline", "headline_2"


def summary_headline(verdicts: PublishedTable, others: Others, name: str, year: str) -> str:
    """What weighs most, and how many statements could not be tested."""
    rows = _with_verdict(verdicts)
    lead = "".join(f"{said[0]} " for _, said in _told(others)[:1])
    if not rows:
        return f"{lead}No statement on {name} was tested for {year}"
    missed = sum(row["tested"] == "no" for row in rows)
    return f"{lead}Of {count_text(len(rows))} statements, {count_text(missed)} could not be tested"


def _with_verdict(verdicts: PublishedTable) -> list[Any]:
    return [row for row in say.rows_of(verdicts) if row["verdict"] != NO_VERDICT]


def _told(others: Others) -> list[tuple[Record, list[str]]]:
    """The findings that have a figure, with their messages: the new first, then by weight."""
    held = [
        each
        for each in others.records
        if any(is_known(figure.get("value")) for figure in each["key_figures"])
    ]
    known = {each["id"]: declarations().finding(each["id"]) for each in held}
    held.sort(key=lambda each: (not is_newer(each), known[each["id"]].weight))
    return [(each, _messages(each, known[each["id"]].message)) for each in held]


def _messages(record: Record, declared: Sequence[str]) -> list[str]:
    """What a finding declares as its messages: titles of figures, sentences of its headline."""
    titles = {each["id"]: each["title"] for each in record.get("figures") or []}
    sentences = dict(zip((HEADLINE, SECOND), record[HEADLINE].split(". "), strict=False))
    said = {**titles, **sentences}
    told = [said[each] for each in declared if each in said] or [sentences[HEADLINE]]
    return [say.sentence(each) for each in told]


def messages_block(others: Others, most: int = MESSAGES) -> Block:
    """What a board that has two minutes should know, beside what the headline says."""
    told = [(finding_link(record), each) for record, said in _told(others) for each in said]
    # The headline has the first of them.
    first = told[1:][:most]
    if not first:
        return notice_block("not_available", "No finding has a figure to tell of.")
    html = render("blocks/messages.html.j2", messages=first)
    return Block("messages", html, " ".join(each for _, each in first))


def matrix(history: PublishedTable, others: Others) -> Block:
    """Every statement under its priority of the strategy, its verdicts of the years abreast."""
    rows = say.rows_of(history)
    if not rows:
        return notice_block("not_available", "No statement of the partnership's is on file.")
    years = sorted({str(row["year"]) for row in rows})
    shown = [
        ShownRow(
            [_statement(id, own, others), *(_verdict(year, own) for year in years)],
            group=str(own[0]["priority"]),
        )
        for id in dict.fromkeys(row["finding_id"] for row in rows)
        if (own := [row for row in rows if row["finding_id"] == id])
    ]
    table = plain_table(IN_BRACKETS, ["Statement", *years], shown, id="matrix")
    return Block("table", table.html, table.caption, style=table.style)


def _statement(id: str, own: Sequence[Any], others: Others) -> Markup:
    """What was said, as a link, and of when the newest data are where nothing is as new."""
    record = others.find(id.partition("/")[0])
    link = finding_link({**(record or {}), "title": str(own[0]["statement"])})
    last = max(own, key=itemgetter("year"))
    dating = Markup(' <span class="small">Data of {}.</span>').format(last["on_data"])
    return link + dating * (str(last["on_data"] or last["year"]) != str(last["year"]))


def _verdict(year: str, own: Sequence[Any]) -> str:
    found = [row for row in own if str(row["year"]) == year]
    return str(found[0]["short_verdict"]) if found else NOT_MADE


DOUBTED = ("partly supported", "contradicted", "contradicted in part", "unclear")
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
    return texts_block(caption, headings, rows, caption.split()[0].lower())


def questions_block(others: Others, actions: Sequence[Mapping[str, str]]) -> Block:
    """What only the board can answer: one question each, and no answer made by a rule."""
    asked = questions(others, actions)
    html = render("blocks/questions.html.j2", questions=asked, note=NO_RULE)
    return Block("entries", html, " ".join([*asked, NO_RULE]))


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
