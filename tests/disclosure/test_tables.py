"""Tables on a page: as published, with headings, and with their markers explained."""

import pandas as pd
import pytest

from cdpb.disclosure.declared import Column
from cdpb.disclosure.masked import MASKED
from cdpb.errors import GateRefused
from cdpb.report.html_tree import read_document
from cdpb.report.tables import plain_table, shown_table
from tests.support.pages import COLUMNS, WARDS, published


def rows_of(shown):
    root = read_document(str(shown.html)).root
    return [[cell.text for cell in row.all("th", "td")] for row in root.all("tr")]


def test_a_table_reads_as_a_reader_needs_it():
    """Names without codes, one column for an interval, markers where a number may not stand."""
    shown = shown_table(published(), "Offences by ward")

    assert rows_of(shown) == [
        ["Ward", "Offences", "Rate per 1,000 residents", "95% confidence interval",
         "Compared with London"],
        ["North & South", "1,234", "7.9", "6.5 to 9.6", "higher"],
        ["<East>", "7", "0.5 [u]", "0.2 to 1.0", "lower"],
        ["West", "[c]", "[c]", "[c]", "[c]"],
    ]  # fmt: skip


def test_a_name_that_looks_like_markup_stays_a_name():
    """``<East>`` is a ward here, not a tag."""
    assert "&lt;East&gt;" in shown_table(published(), "x").html


def test_a_plain_frame_is_refused():
    """Counts that haven't passed the gate can't be shown by mistake."""
    with pytest.raises(GateRefused, match=r"finding\.publish"):
        shown_table(pd.DataFrame({"offences": [3]}), "x")


def test_only_the_markers_used_are_explained():
    """A key to what isn't there makes a reader look for it."""
    with_all = shown_table(published(), "x").html
    without = shown_table(published(WARDS[:1]), "x").html

    assert "[c] not shown, to protect people" in with_all
    assert "[u] unstable" in with_all
    assert 'class="key"' not in without


def test_a_month_heads_its_row_though_the_row_has_a_name_too():
    """Only a code with its name beside it is left out; a month has none."""
    columns = {"month": COLUMNS["ward_code"], "offences": COLUMNS["offences"]}

    rows = rows_of(shown_table(published([("2023-04", 3)], columns), "x"))
    assert rows[1] == ["April 2023", "3"]


def test_what_the_subtitle_says_is_not_said_in_every_row():
    """One place and one year in all rows; a row keeps a heading of its own."""
    said = {"area_code": "ward_code", "year": "ward_code", "offences": "offences"}
    columns = {name: COLUMNS[like] for name, like in said.items()}
    years = [("E1", "2022/23", 4), ("E1", "2023/24", 5)]

    assert rows_of(shown_table(published(years, columns), "x"))[1:] == [
        ["2022/23", "4"],
        ["2023/24", "5"],
    ]
    assert rows_of(shown_table(published(years[:1], columns), "x"))[1] == ["2022/23", "4"]
    of_two = [("E1", "2023/24", 4), ("E2", "2023/24", 5)]
    assert rows_of(shown_table(published(of_two, columns), "x"))[1] == ["E1", "4"]


def test_rows_are_named_for_a_map_only_where_asked():
    """Two tables of the same wards on one page would repeat every id."""
    assert 'id="row-E05000001"' in shown_table(published(), "x", row_ids=True).html
    assert 'id="row-' not in shown_table(published(), "x").html


def test_the_focus_is_set_off():
    """In bold and on a tint, so that it shows in grey."""
    assert shown_table(published(), "x", focus="E05000002").html.count('class="focus"') == 1


def test_a_wide_table_becomes_cards_on_a_phone_and_a_narrow_one_stays():
    """At 320 pixels nothing may scroll sideways."""
    assert 'class="stack"' in plain_table("x", ["a", "b", "c", "d"], [["1", "2", "3", "4"]]).html
    # Three columns of words are as wide as four of numbers.
    assert 'class="stack"' in plain_table("x", ["a", "b", "c"], [["1", "2", "3"]]).html
    assert 'class="stack"' not in plain_table("x", ["a", "b"], [["1", "2"]]).html


def test_ranked_rows_stand_in_the_order_of_their_ranks():
    """Whoever looks for the highest finds it first, and what is hidden stands last."""
    columns = {
        "ward_name": COLUMNS["ward_name"],
        "rank": Column(label="Rank", kind="rank"),
    }
    shown = shown_table(published([("A", 2), ("B", MASKED), ("C", 1)], columns), "x")

    assert [row[0] for row in rows_of(shown)[1:]] == ["C", "A", "B"]


def test_headings_say_what_they_head():
    """A screen reader says the ward and the column before the number."""
    root = read_document(str(shown_table(published(), "Offences by ward").html)).root

    assert root.all("caption")[0].text == "Offences by ward"
    assert {each.get("scope") for each in root.all("thead")[0].all("th")} == {"col"}
    assert {each.get("scope") for each in root.all("tbody")[0].all("th")} == {"row"}
