"""What the documents say is shown as their word, and no small count with it."""

import csv

import pytest

from cdpb.build import Build
from cdpb.errors import InputError
from cdpb.findings.documents import Quote, quotes_of
from cdpb.report.method import quoted_block
from tests.support.shared import shared

BARNET, CAMDEN = "E09000003", "E09000007"


def quoted(*ids: str, edition: str = "public", area: str = BARNET) -> list[Quote]:
    return quotes_of(area, *ids, build=Build(edition))


def quote(value="19", counts="deaths", access="public") -> Quote:
    return Quote("Q0", BARNET, "Report", "Deaths", "2022/23", value, counts, "", access, "no", "")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("19", "19 deaths"),
        ("5", "5 deaths"),
        ("4", "fewer than 5 deaths"),
        ("1", "fewer than 5 deaths"),
        ("0", "0 deaths"),
        ("fewer than 5", "fewer than 5 deaths"),
    ],
)
def test_a_quoted_count_of_one_to_four_is_never_shown(value, shown):
    """The partnership's rule holds for what it printed itself, until an exception is signed."""
    assert quote(value).shown == shown
    assert quote(value).to_dict()["value"] == shown


def test_a_figure_that_counts_nobody_is_shown_as_it_stands():
    assert quote("77%", "").shown == "77%"
    assert quote("2", "").shown == "2"


def test_figures_come_in_the_order_they_are_asked_for():
    assert [each.quote_id for each in quoted("Q18", "Q17")] == ["Q18", "Q17"]


def test_another_boroughs_page_quotes_nothing_of_barnets():
    assert quoted("Q17", "Q18", area=CAMDEN) == []


def test_a_figure_that_nobody_quoted_is_refused():
    with pytest.raises(InputError, match="Q99"):
        quoted("Q99")


def test_a_restricted_figure_is_for_partners_alone():
    """A direction is told as well: no indication of the substance may reach the public."""
    assert quoted("Q13") == []
    assert [each.quote_id for each in quoted("Q13", edition="partnership")] == ["Q13"]


def test_the_table_names_its_documents_and_says_that_nothing_was_computed():
    block = quoted_block(quoted("Q17", "Q19"))
    assert "Annual update, September 2024" in block.html
    assert "nothing on this page computed them" in block.html
    assert "fewer than 5 deaths" in block.text


def test_no_count_of_one_to_four_is_held_at_all(project):
    """What is not in the file can't leak from it."""
    with (project / "data" / "quoted_figures.csv").open(encoding="utf-8", newline="") as file:
        held = list(csv.DictReader(file))
    assert not [row for row in held if row["counts"] and row["value"] in set("1234")]


def test_every_quoted_figure_was_carried_over_with_its_access():
    wanted = shared("domain", "quoted_figures.csv")
    with wanted.open(encoding="utf-8", newline="") as file:
        theirs = {row["quote_id"]: row["access"] for row in csv.DictReader(file)}
    ours = {each.quote_id: each.access for each in quoted(*theirs, edition="partnership")}
    assert set(ours) == set(theirs)
    assert {id for id, each in theirs.items() if each == "restricted"} == {
        id for id, each in ours.items() if each == "restricted"
    }
