"""What a finding means stands in the partnership's words, its numbers the page's own."""

import csv
import re
from dataclasses import replace
from html import unescape

import pytest
from pydantic import ValidationError

from cdpb import areas
from cdpb.areas import Signed, SoWhat, area_file
from cdpb.errors import InputError
from cdpb.findings.area_files import checked_area_file
from cdpb.findings.trace import KeyFigure
from cdpb.numbers import rounded_text
from cdpb.report.method import DRAFT, filled, so_what_block
from cdpb.statistics.measure import HIDDEN, Measure
from tests.support.built import BARNET, record
from tests.support.inprocess import run
from tests.support.project import lines_of

WOMEN = "women_in_treatment"
HERE = Measure(31.06, 28.7, 33.5, 455, 1465, "%", "Barnet", "2021/22", "", "")  # fmt: skip
SHARE = KeyFigure("share", "Women", HERE, (replace(HERE, label="England", value=32.5),))
NONE = KeyFigure("share", "Women", replace(HERE, value=None))


def shown(block) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", block.html)).split())


def written(*sentences: str, **more) -> SoWhat:
    return SoWhat(sentences=[*sentences, "It matters."], verdict="unclear", **more)


def test_a_number_is_the_key_figure_s_and_so_are_its_period_and_what_it_is_compared_with():
    said = filled("{share} in {share:period}, beside {share/England}.", {"share": SHARE})
    assert said == "31.1% in 2021/22, beside 32.5%."


def test_a_sentence_stands_only_while_its_figure_does():
    """Else a page would say that nothing is held beside the figures themselves, or “%” alone."""
    needs, lacks = "Women were {share}.", "{!share}Nothing is held."
    assert [filled(needs, {"share": each}) for each in (SHARE, NONE)] == ["Women were 31.1%.", ""]
    assert [filled(lacks, {"share": each}) for each in (SHARE, NONE)] == ["", "Nothing is held."]
    assert filled(needs, {}) == ""
    assert filled("{share/Wales}", {"share": SHARE}) == ""


def test_what_is_hidden_is_neither_shown_nor_said_to_be_missing():
    hidden = replace(NONE, measure=replace(NONE.measure, note=HIDDEN))
    for text in ("Women were {share}.", "{!share}Nothing is held."):
        assert filled(text, {"share": hidden}) == ""


def test_it_is_a_draft_until_an_office_has_confirmed_it():
    """What nobody confirmed must not pass for the partnership's word."""
    draft = shown(so_what_block(written("A."), []))
    assert draft == f"{DRAFT}. A. It matters."
    confirmed = written("A.", confirmed=Signed(by="the board", date="2026-03-12"))
    assert (
        shown(so_what_block(confirmed, []))
        == "A. It matters. Confirmed by the board, 12 March 2026"
    )


def test_two_or_three_sentences_are_wanted():
    with pytest.raises(ValidationError):
        SoWhat(sentences=["One."], verdict="unclear")
    with pytest.raises(ValidationError):
        SoWhat(sentences=["A."] * 4, verdict="unclear")


def test_on_the_page_the_numbers_are_those_of_its_tables(tmp_path):
    """Counted in the CSV beside the page."""
    blocks = []
    run(WOMEN, tmp_path, year="2025/26", area=BARNET, shown=blocks)
    with (tmp_path / "tables" / WOMEN / "shares.csv").open(encoding="utf-8") as file:
        rows = {(row["area_code"], row["year"]): row for row in csv.DictReader(file)}
    own = rows[BARNET, "2021/22"]
    share = rounded_text(100 * int(own["women"]) / int(own["adults"]), 1)
    (block,) = [each for each in blocks if each and each.kind == "so_what"]
    assert f"Women were {share}% of adults in treatment in 2021/22" in shown(block)


def test_every_finding_says_what_it_means_and_each_on_its_page_is_a_draft(assessments):
    """None is signed, and none was written for another verdict than today's.

    A finding for which nothing is held has a row of what is needed in the place of a page.
    """
    pages = {path.stem: path for path in (assessments / "2025-26" / BARNET / "public").glob("*")}
    waiting = []
    for finding, own in area_file(BARNET).so_what.items():
        told = record(assessments, "2025/26", finding)
        assert told["verdict"]["label"] == own.verdict, finding
        if told["slug"] not in pages:
            waiting.append(finding)
            continue
        page = pages[told["slug"]]
        section = page.read_text(encoding="utf-8").split(">What it means</h2>")[1].split("<h2")[0]
        assert DRAFT in section, finding
        assert "Written for another verdict" not in section, finding
        assert own.confirmed is None
    assert waiting == ["young_people_in_treatment"]
    assert area_file(BARNET).so_what.keys() == area_file(BARNET).statements.keys()


def test_one_that_was_written_for_another_verdict_says_so(tmp_path):
    """In 2022/23 possession was about twice trafficking; the text is of a later year."""
    blocks, finding = [], "possession_and_trafficking"
    run(finding, tmp_path, year="2022/23", area=BARNET, shown=blocks)
    (block,) = [each for each in blocks if each and each.kind == "so_what"]
    own = area_file(BARNET).so_what[finding].verdict
    assert shown(block).startswith(
        f"Written for another verdict. The verdict was then “{own}”; here it is “supported”."
    )


@pytest.mark.parametrize(
    ("finding", "sentence", "found"),
    [
        (WOMEN, "Women were 31% of adults.", "'31' is typed"),
        (WOMEN, "Women were {shares} of adults.", "no key figure is 'shares'; there are: share"),
        ("woman_in_treatment", "Few.", "did you mean"),
    ],
)
def test_a_slip_stops_a_run(monkeypatch, finding, sentence, found):
    """A number typed in a text would outlive the figure."""
    wrong = area_file(BARNET).model_copy(update={"so_what": {finding: written(sentence)}})
    monkeypatch.setattr(areas, "area_file", lambda code: wrong)
    with pytest.raises(InputError, match="1 entry can't be used") as error:
        checked_area_file(BARNET)
    assert found in lines_of(error)[1]


def test_years_and_what_a_rate_is_per_may_be_typed(monkeypatch):
    plain = written("In 2024/25 it was {share} per 1,000 residents.")
    right = area_file(BARNET).model_copy(update={"so_what": {WOMEN: plain}})
    monkeypatch.setattr(areas, "area_file", lambda code: right)
    assert checked_area_file(BARNET) == right
