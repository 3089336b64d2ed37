"""What a page says of hidden counts, and what it must not say of them."""

import json

import pytest

from cdpb.declarations import declarations
from cdpb.disclosure.policy import Policy
from cdpb.exemptions import Exemption
from cdpb.policies import policy
from cdpb.report.finding import Finding
from cdpb.report.method import agreed_notes, hidden_note, method_of, rule_note
from tests.support.declared import declared

HIDE, BAND = policy("under_five_hide"), policy("under_five_band")
TABLE = """
    year    result    tests percent_of_tests
    2023/24 positive    [c]              [c]
    2023/24 negative    [c]              [c]
    2023/24 total        40                -
"""
ENTRY = Exemption(
    id="E1", what="Positive tests by year.", why="the board plans custody work by them",
    agreed_by={"name": "Barnet CDP Board", "office": "Chair of the board"}, date="2025-01-20",
    until="2024/25",
    edition="partnership", table="criminal_justice_pathways/tests",
)  # fmt: skip


def test_a_table_with_hidden_counts_says_how_many_and_why():
    told = hidden_note(declared(TABLE), HIDE)
    assert told.startswith(
        "2 counts are hidden, marked [c], so that nobody can tell which counts are below 5."
    )
    assert "so that nobody can work out a count below 5." in hidden_note(declared(TABLE), BAND)


def test_a_count_is_told_once_however_many_columns_hide_with_it():
    """A rate that is hidden with its count is no second count."""
    one = TABLE.replace("negative    [c]              [c]", "negative     39             97.5")
    assert hidden_note(declared(one), HIDE).startswith("1 count is hidden")


def test_a_table_without_hidden_counts_says_nothing():
    shown = TABLE.replace("[c]", "20")
    assert hidden_note(declared(shown), HIDE) == ""


def test_the_words_are_the_same_whichever_of_the_hidden_counts_is_small():
    """That some are small, or that one is larger, would tell something of each of two."""
    told = hidden_note(declared(TABLE), HIDE) + rule_note(HIDE)
    for claim in ("some of them are", "at least one", "one of them", "primary", "secondary"):
        assert claim not in told
    assert "need not be small itself" in told


def test_the_method_says_what_is_hidden_what_is_shown_and_that_totals_are_whole():
    assert "small counts, and others from which one could be worked out" in rule_note(HIDE)
    assert "0 is shown" in rule_note(HIDE)
    assert "Totals include what is hidden" in rule_note(HIDE)
    with_zeros = Policy(name="n", title="t", why="w", threshold=8, level="band", zeros="hidden")
    assert "a count of 0 to 7" in rule_note(with_zeros)
    assert rule_note(policy("open")) == ""


def test_what_is_shown_by_agreement_says_whose_when_and_why():
    assert agreed_notes([ENTRY]) == [
        "Positive tests by year: shown however small, as Barnet CDP Board (Chair of the board) "
        "agreed on 20 January 2025. The board plans custody work by them."
    ]
    finding = declarations().finding("criminal_justice_pathways")
    told = method_of(finding, ["custody_tests"], [], [ENTRY])["Disclosure control"]
    assert told[-1] == agreed_notes([ENTRY])[0]


@pytest.fixture
def signed_for_partners(monkeypatch):
    from cdpb import areas

    real = areas.area_file("E09000003")
    with_entry = real.model_copy(update={"exceptions": [ENTRY]})
    monkeypatch.setattr(areas, "area_file", lambda code: with_entry)


@pytest.mark.parametrize(("edition", "told"), [("partnership", True), ("public", False)])
def test_an_exception_is_recorded_in_the_edition_that_it_is_for(signed_for_partners, edition, told):
    """That partners see a small count of a row would tell the public that it is small."""
    finding = Finding("criminal_justice_pathways", "2023/24", "Barnet", edition)
    shown = declared(TABLE.replace("[c]", "20"), source="custody_tests")
    beneath = finding._drawings.suppression_note(
        shown.__class__(**{**_fields(shown), "id": "tests"})
    )
    assert ("agreed on 20 January 2025" in beneath) == told
    assert [each["id"] for each in finding._record.to_dict()["exceptions"]] == (
        ["E1"] if told else []
    )
    assert ("E1" in json.dumps(finding._record.to_dict())) == told


def _fields(shown):
    return {name: getattr(shown, name) for name in shown.__dataclass_fields__}
