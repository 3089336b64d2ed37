"""The one-page assessment: what all findings say."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cdpb import say
from cdpb.areas import Decision
from cdpb.declarations import declarations
from cdpb.disclosure.published import PublishedTable
from cdpb.findings.documents import NO_VERDICT, Others
from cdpb.numbers import count_text, is_known, list_text
from cdpb.report.blocks import notice_block, texts_block
from cdpb.report.markup import Block, finding_link, render
from cdpb.report.needs import missing
from cdpb.statistics.verdicts import PARTS_CHECKED

Record = Mapping[str, Any]
MESSAGES = 5
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


def messages_block(others: Others, most: int = MESSAGES) -> Block:
    """What a board that has two minutes should know: the findings that weigh most, each in full.

    Of those that have a figure.
    """
    held = [each for each in others.records if any(map(_is_held, each["key_figures"]))]
    first = sorted(held, key=lambda each: declarations().finding(each["id"]).weight)[:most]
    if not first:
        return notice_block("not_available", "No finding has a figure to tell of.")
    messages = [(finding_link(each), each["headline"]) for each in first]
    html = render("blocks/messages.html.j2", messages=messages)
    return Block("messages", html, " ".join(each["headline"] for each in first))


def _is_held(figure: Mapping[str, Any]) -> bool:
    return is_known(figure.get("value"))


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
