"""No page tells a board what to do: actions are the plan's words, the rest are questions.

A rule once made “Look again at the statement before the linked actions go on” of counts too small
to judge, beside naloxone and the death panel.
"""

import re
from pathlib import Path

import pytest

from cdpb.areas import area_file
from cdpb.cli import main
from cdpb.report.html_tree import read_document
from tests.support.built import BARNET

VERBS = (
    "look again", "carry", "set", "obtain", "correct", "continue", "stop", "hold", "ask", "review",
    "expand", "ensure", "prioriti[sz]e", "focus", "target", "increase", "reduce", "improve", "act",
    "consider", "develop", "agree", "commission", "fund", "send", "decide", "monitor", "scale",
    "go on", "pause", "withdraw", "drop", "start", "keep", "proceed", "recommend",
)  # fmt: skip
ORDER = re.compile(rf"(?:{'|'.join(VERBS)})\b(?! of\b)", re.IGNORECASE)
WHO = r"(?:board|partnership|partners|council|police|offices?|services?|commissioners?)"
DUTY = re.compile(
    rf"\b{WHO}\b[^.?]{{0,60}}\b(?:should|must|ought to|ha(?:s|ve) to|needs? to)\b(?! know)"
    r"|\b(?:is|are) recommended\b|\bactions? (?:should|must|can) (?:go on|stop|continue)\b",
    re.IGNORECASE,
)
# What the board has to answer is put to it as questions.
ASKED = re.compile(r"what the board has to answer")


def instructions(text: str) -> list[str]:
    """The sentences of a text that tell somebody to do something."""
    sentences = re.split(r"(?<=[.?!:;])\s+", " ".join(text.split()))
    return [each for each in sentences
            if (ORDER.match(each) or DUTY.search(each)) and not each.endswith("?")]  # fmt: skip


def own_words(page: Path) -> list[str]:
    """A page's texts, without those that are the partnership's: its plan and its statements."""
    own = area_file(BARNET)
    made = [*own.statements.values(), *(each for many in own.claims.values() for each in many)]
    theirs = {each["action"] for each in own.actions} | {each.text for each in made}
    theirs |= {part.claim for each in made for part in each.parts}
    root = read_document(page.read_text(encoding="utf-8")).root
    texts = {each.text for each in root.all("p", "li", "td", "th", "h1", "h2", "h3", "dd")}
    return [ASKED.sub("", _without(text, theirs)) for text in texts]


def _without(text: str, theirs: set[str]) -> str:
    for each in sorted(theirs, key=len, reverse=True):
        text = text.replace(" ".join(each.split()), "")
    return text


@pytest.mark.parametrize(
    "told",
    [
        "Look again at the statement before the linked actions go on.",
        "The statement stands. Carry the linked actions out.",
        "The data say the opposite. Set the linked actions anew.",
        "Obtain the figures that are missing; until then nobody can tell how far it has come.",
        "Correct the statement. Actions continue.",
        "The board should look at this again.",
        "It is recommended that naloxone is reviewed. Partners must meet.",
    ],
)
def test_an_instruction_is_recognised(told):
    """Those that stood on pages, and others of their kind."""
    assert instructions(told)


def test_a_question_or_a_figure_is_none():
    for told in (
        "Who asks for each return that is missing below, and by when?",
        "Use of DrinkCoach rose.", "Women were 31% of adults in treatment.",
    ):  # fmt: skip
        assert instructions(told) == []


def test_no_page_of_the_public_edition_gives_one(assessments):
    assert told_in(assessments / "2025-26" / BARNET / "public") == {}


@pytest.mark.proof
@pytest.mark.parametrize("edition", ["public", "partnership"])
@pytest.mark.parametrize("demonstration", [False, True])
def test_no_page_of_any_edition_gives_one(tmp_path, edition, demonstration):
    asked = ["--year", "2025/26", "--area", "Barnet", "--edition", edition]
    more = ["--demonstration"] * demonstration
    assert main(["run", *asked, *more, "--output", str(tmp_path)]) == 0
    (folder,) = (path.parent for path in tmp_path.rglob("index.html"))
    assert told_in(folder) == {}


def told_in(folder: Path) -> dict[str, list[str]]:
    """The instructions on each page of an assessment that gives any."""
    pages = sorted(folder.glob("*.html"))
    assert len(pages) > 15
    found = {page.name: [told for text in own_words(page) for told in instructions(text)]
             for page in pages}  # fmt: skip
    return {name: told for name, told in found.items() if told}
