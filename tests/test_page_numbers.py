"""Each number in a page's sentences stands in its tables, or is what they add up to."""

import json
from pathlib import Path

import pytest

from tests.built import BARNET
from tests.page_numbers import held_by, numbers_of, strangers

PAGE = """<section><h2 id="shares">Shares</h2><p>{}</p>
<table><tr><td>99</td></tr></table></section>"""


def drawn(folder: Path) -> dict:
    """A finding with one table of offences by ward and year."""
    (folder / "tables").mkdir()
    text = "ward_code,year,offences,rate\nE1,2022/23,40,3.25\nE2,2022/23,1060,7.917\n"
    (folder / "tables" / "wards.csv").write_text(text, encoding="utf-8")
    return {"tables": [{"id": "wards", "file": "tables/wards.csv"}], "key_figures": []}


@pytest.mark.parametrize(
    "said",
    [
        "A ward had 1,060 offences, 7.9 per 1,000 residents, in 2022/23.",
        "In 2 wards together there were 1,100; one had 3.6% of them.",
        "95% confidence intervals, Figure 3, since April 2021, for people aged 18 and over",
    ],
)
def test_what_a_table_holds_or_adds_up_to_may_be_said(tmp_path, said):
    assert strangers(PAGE.format(said), held_by(drawn(tmp_path), tmp_path)) == []


@pytest.mark.parametrize("typed", ["1,061", "7.8", "3.7%", "41"])
def test_a_number_that_was_typed_is_found(tmp_path, typed):
    """By one off, it is another number."""
    found = strangers(PAGE.format(f"There were {typed}."), held_by(drawn(tmp_path), tmp_path))
    assert [(section, number) for section, number, _ in found] == [
        ("shares", typed.replace(",", "").rstrip("%"))
    ]


def test_periods_and_names_are_no_figures():
    assert numbers_of("In 2023/24, from July 2023 to 5 May 2024, E05013632 ranked 1st") == []


@pytest.mark.slow
@pytest.mark.parametrize("year", ["2022-23", "2023-24", "2024-25"])
def test_every_number_in_the_prose_of_a_page_stands_in_its_tables(assessments, year):
    """On a page of the whole: in the tables of any finding."""
    folder = assessments / year / BARNET / "public"
    paths = sorted((folder / "findings").glob("*.json"))
    records = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    known = {record["id"]: held_by(record, folder) for record in records}
    everything = set().union(*known.values())
    found = {}
    for record in records:
        page = (folder / f"{record['slug']}.html").read_text(encoding="utf-8")
        left = strangers(page, known[record["id"]] if record["tested"] else everything)
        if left:
            found[record["id"]] = left
    assert found == {}
