"""A number in a sentence carries its cell, unseen, until the sentence is written."""

import json

import pytest

from cdpb.errors import InputError
from cdpb.marks import (
    ASKED_FOR,
    AXIS,
    NumberMark,
    cell_of,
    marks_in,
    places_in,
    unmarked,
)
from cdpb.numbers import (
    capital,
    count_text,
    interval_text,
    list_text,
    ordinal,
    percent_text,
    plain_values,
    rate_text,
    within_sentence,
)
from cdpb.report.charts.ranked import Ranked
from cdpb.report.markup import BLOCK_MIME, Block, record_block
from cdpb.report.tables import shown_table
from cdpb.say import rows_of, sentence
from findings import ward_drug_offences as words
from tests.support.drawn import london, published

BURSTS = published(
    "ward_code ward_name offence offences in_burst first_month last_month rank rank_without"
)
WARDS = """
    ward_code ward_name        offences residents rate_per_1000 lower upper rank comparison
    E1        Colindale_South       120     17900           6.7   5.6   7.9    1 higher
    E2        Colindale_North        40     10800           3.7   2.7   4.9    2 similar
"""


@pytest.fixture
def marking(monkeypatch):
    monkeypatch.setenv(ASKED_FOR, "yes")


def first_row():
    return next(published(WARDS).rows())


def cells_of(text: str) -> list[tuple[str, str] | None]:
    """Of each marked number its text, and the column and row of its cell."""
    said, stretches = places_in(text)
    marks = marks_in(text)
    told = [marks[str(each.number)] for each in stretches]
    assert [said[each.start : each.end] for each in stretches] == [each["text"] for each in told]
    return [each["cell"] and (each["cell"][2], dict(each["cell"][3])["ward_code"]) for each in told]


def test_nothing_is_marked_unless_a_run_asks_for_it():
    """An analyst who prints a sentence in JupyterLab sees the sentence."""
    text = rate_text(first_row()["rate_per_1000"])
    assert text == unmarked(text) == "6.7"
    assert cell_of(first_row()["rate_per_1000"]) is None


@pytest.mark.parametrize(
    ("format_of", "text"),
    [
        (lambda row: count_text(row["offences"]), "120"),
        (lambda row: rate_text(row["rate_per_1000"]), "6.7"),
        (lambda row: percent_text(row["rate_per_1000"], 10), "7%"),
        (lambda row: ordinal(row["rank"]), "1st"),
        (lambda row: interval_text(row["lower"], row["upper"]), "5.6 to 7.9"),
    ],
)
def test_a_formatter_marks_the_cell_and_writes_what_it_wrote(marking, format_of, text):
    said = format_of(first_row())
    assert said != unmarked(said) == text
    assert {row for _, row in cells_of(said)} == {"E1"}


def test_what_is_computed_has_no_cell(marking):
    """A sum, a difference or a count of rows stands in no table."""
    offences = first_row()["offences"]
    assert cell_of(offences).column == "offences"
    assert cell_of(max(offences, 0)).column == "offences"
    for computed in (offences + 1, -offences, abs(offences), offences / 2, float(offences)):
        assert cells_of(count_text(computed)) == [None]


def test_marks_pass_through_what_sentences_are_made_with(marking):
    """Joined, put into other text, cut between numbers, given a capital and a full stop."""
    south, north = (count_text(row["offences"]) for row in rows_of(published(WARDS)))
    said = sentence(f"there  were {list_text([south, north])} of {capital(south)}")
    assert unmarked(said) == "There were 120 and 40 of 120."
    assert [row for _, row in cells_of(said)] == ["E1", "E2", "E1"]
    assert cells_of(said[: said.index("and")]) == [("offences", "E1")]
    for change in (capital, within_sentence, sentence):
        assert unmarked(change(south)) == change("120")
        assert unmarked(change(f"A {south}")) == change("A 120")


def test_a_mark_that_was_cut_through_says_nothing(marking):
    """Then its number is as good as typed."""
    said = count_text(first_row()["offences"])
    assert cells_of(said[:-1]) == cells_of(said[1:]) == []
    assert unmarked(said[:-1]) == "120"


def test_a_whole_sentence_is_the_same_without_its_marks(monkeypatch):
    asked = (
        london(3.5),
        london(5.0),
        published(WARDS),
        london(5.0),
        BURSTS,
        "E2",
        "2023/24",
        "2023/24",
    )
    told = [words.headline(*asked)]
    told += [Ranked(reference=london()).describe(published(WARDS))]
    monkeypatch.setenv(ASKED_FOR, "yes")
    again = [words.headline(*asked)]
    again += [Ranked(reference=london()).describe(published(WARDS))]
    assert [unmarked(each) for each in again] == told != again
    assert ("rate_per_1000", "E1") in cells_of(again[0])
    assert ("rate_per_1000", "E1") in cells_of(again[1])


def test_a_block_shows_no_mark_and_keeps_what_the_marks_say(marking):
    said = rate_text(first_row()["rate_per_1000"])
    shown = Block("notice", f"<p>It was {said}</p>", f"It was {said}")._repr_mimebundle_()
    kept = shown.pop(BLOCK_MIME)
    assert (shown["text/plain"], kept["html"]) == ("It was 6.7", "<p>It was 6.7</p>")
    assert unmarked(json.dumps(shown, ensure_ascii=False)) == json.dumps(shown, ensure_ascii=False)
    assert cells_of(kept["marked"]) == [("rate_per_1000", "E1")]
    assert [each["text"] for each in kept["marks"].values()] == ["6.7"]


def test_a_record_and_an_error_have_no_marks(marking):
    said = rate_text(first_row()["rate_per_1000"])
    record = {"title": said, "figures": [{"alt": said}], "rows": 3}
    assert plain_values(record) == {"title": "6.7", "figures": [{"alt": "6.7"}], "rows": 3}
    assert record_block(record).record == plain_values(record)
    assert str(InputError(f"There are {said}.", said)) == "There are 6.7.\n  6.7"


def test_each_number_of_a_shown_table_knows_its_cell(marking):
    """Two limits that read alike are one number; a name bears no mark."""
    rows = shown_table(published(WARDS.replace("2.7   4.9", "3.7   3.7")), "Wards").rows
    (south, north) = ([cells_of(cell) for cell in row.cells if cells_of(cell)] for row in rows)
    assert [column for found in south for column, _ in found] == [
        "offences", "residents", "rate_per_1000", "lower", "upper", "rank",
    ]  # fmt: skip
    assert {row for found in north for _, row in found} == {"E2"}
    assert "3.7" in [unmarked(cell) for cell in rows[1].cells]


def test_a_drawing_looks_the_same_without_its_marks(monkeypatch):
    """Labels are measured without them; those of rows know their cell, those of axes say so."""
    drawn = Ranked(reference=london()).draw(published(WARDS)).wide
    monkeypatch.setenv(ASKED_FOR, "yes")
    again = Ranked(reference=london()).draw(published(WARDS)).wide
    assert unmarked(again) == drawn != again
    cells = {str(each["cell"]) for each in marks_in(again).values()}
    axis = str(NumberMark("", None, AXIS).to_dict()["cell"])
    assert axis in cells
    assert len([each for each in cells if "rate_per_1000" in each]) == 2
