"""What the partnership reports stands as its word, beside the figures that speak to it."""

import csv
import re
from html import unescape
from types import SimpleNamespace

import pytest
from markupsafe import escape

from cdpb import areas
from cdpb.areas import Achievement, Area, LogEntry, area_file
from cdpb.errors import InputError
from cdpb.findings.area_files import checked_area_file
from cdpb.findings.documents import Quote
from cdpb.paths import data_folder
from cdpb.report import partnership as board
from tests.findings.test_summary import FIGURE, finding, gathered
from tests.support.built import BARNET
from tests.support.project import lines_of

CLAIM = {"id": "F15", "text": "It fell.", "made": "2024",
         "verdict": {"outcome": "contradicted", "label": "contradicted"}}  # fmt: skip
HELD = {**FIGURE, "label": "Women", "value": 31.1, "lower": None, "upper": None, "unit": "%",
        "period": "2021/22, the latest held"}  # fmt: skip


def entry(**more) -> Achievement:
    return Achievement(text="A women's worker", document="Update, 2024", **more)


def said(markup) -> str:
    return unescape(re.sub(r"<[^>]+>", "", str(markup)))


def page(code=BARNET, quotes=(), **of_area):
    return SimpleNamespace(
        place=Area(code, "Camden"),
        of_area=lambda name: of_area.get(name, []),
        load=SimpleNamespace(quotes=lambda *ids: [each for each in quotes if each.quote_id in ids]),
    )


def test_a_figure_stands_beside_what_was_achieved_before_it():
    women = finding("women_in_treatment", title="Women", key_figures=[HELD])
    named = entry(figures=["women_in_treatment"], since="2021/22")
    assert said(board.beside(named, gathered(women))) == "Women: 31.1%, 2021/22"


def test_of_several_figures_the_one_that_is_named_stands_there():
    """Treatment orders say nothing of who is picked up after prison."""
    other = {**HELD, "id": "other", "label": "Orders"}
    record = finding("women_in_treatment", key_figures=[HELD, other])
    for key, label in ((":other", "Orders: "), ("", "Women: "), (":none", "About ")):
        told = said(board.beside(entry(figures=[f"women_in_treatment{key}"]), gathered(record)))
        assert told.startswith(label)


def test_an_older_figure_says_nothing_of_it():
    """A share of 2021/22 can't show what a worker did who came in 2024."""
    women = finding("women_in_treatment", title="Women", key_figures=[HELD])
    named = entry(figures=["women_in_treatment"], since="2024/25")
    told = said(board.beside(named, gathered(women)))
    assert told == "Women: we hold no figure of 2024/25 or later"


def test_what_no_finding_is_of_has_no_figure():
    assert board.beside(entry(), gathered(finding())) == board.NOTHING


@pytest.mark.parametrize(
    ("outcome", "told"), [("contradicted", "contradicted"), ("not checked", "we hold no figure")]
)
def test_a_claim_stands_with_its_own_verdict_if_it_was_checked(outcome, told):
    """Not with that of the statement on the same page."""
    verdict = {"outcome": outcome, "label": outcome}
    record = finding(
        "possession_and_trafficking", title="P", claims=[{**CLAIM, "verdict": verdict}]
    )
    named = entry(figures=["possession_and_trafficking/F15"])
    assert said(board.beside(named, gathered(record))) == f"P: {told}"


def test_the_documents_own_figures_are_those_that_may_be_shown():
    """Of what is withheld from an edition nothing is said."""
    quote = Quote("Q1", BARNET, "Update", "Referrals", "2024", "38", "referrals", "", "internal",
                  "no", "")  # fmt: skip
    known = page(quotes=[quote], achievements=[entry(quoted=["Q1", "Q2"])])
    (block,) = board.reported_block(known, gathered(), "achievements")
    assert "<td>Referrals: 38 referrals (2024)</td>" in block.html


def test_the_headline_names_the_document_or_that_nothing_is_on_file():
    assert "(Update, 2024)" in board.headline(page(achievements=[entry()]))
    assert "is not on file" in board.headline(page())


def test_every_achievement_of_the_file_is_on_the_page_in_its_priority():
    """Counted in the file itself."""
    with (data_folder() / "areas" / f"{BARNET}_achievements.csv").open(encoding="utf-8") as file:
        held = list(csv.DictReader(file))
    own = page(achievements=area_file(BARNET).achievements)
    (block,) = board.reported_block(own, gathered(), "achievements")
    assert re.findall(r'scope="row">([^<]+)<', block.html) == [escape(row["text"]) for row in held]
    assert block.html.count('scope="rowgroup"') == len({row["priority"] for row in held}) == 3


def test_the_log_says_what_is_not_recorded():
    asked = LogEntry(text="A new structure", meeting="July 2024", document="Update, 2024")
    (log,) = board.log_block(page(decision_log=[asked]))
    assert "The last meeting on record: July 2024" in log.html
    assert "not named</td><td>not said</td><td>not recorded" in log.html
    (none,) = board.log_block(page())
    assert "No decision of the board is recorded." in none.html


def test_groups_of_whom_nothing_is_held_are_named_as_a_need():
    html = board.reach_block(gathered()).html
    for group in ("Women", "Young people", "Ethnic groups", "People in deprived places"):
        assert group in html
        assert board.GROUPS[group][1] in html


def test_an_area_without_a_file_is_told_what_one_would_add():
    (told,) = board.without_file(page("E09000007"))
    assert "data/areas/E09000007.yml" in told.html
    assert board.without_file(page(BARNET)) == []
    empty = page("E09000007")
    for block in (board.members_block, board.log_block):
        assert block(empty) == []
    for kind in ("achievements", "outcomes"):
        assert board.reported_block(empty, gathered(), kind) == []


@pytest.mark.parametrize(
    ("slip", "found"),
    [
        ({"figures": ["womens_treatment"]}, 'figures, "A women\'s worker": there is no'),
        ({"figures": ["possession_and_trafficking/F99"]}, "there is no"),
        ({"quoted": ["Q999"]}, "quoted, \"A women's worker\": there is no 'Q999'"),
    ],
)
def test_a_figure_that_nothing_has_stops_a_run(monkeypatch, slip, found):
    """The row would say that no figure speaks to it, which nobody found out."""
    wrong = area_file(BARNET).model_copy(update={"achievements": [entry(**slip)]})
    monkeypatch.setattr(areas, "area_file", lambda code: wrong)
    with pytest.raises(InputError, match="1 entry can't be used") as error:
        checked_area_file(BARNET)
    assert found in lines_of(error)[1]
