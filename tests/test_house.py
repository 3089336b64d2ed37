"""What users feel of the house: how much there is to know before one can live in it."""

from tests.house import PROJECT, names_on_a_finding, rooms

FELT = ("names on a finding", "engine, lines", "engine, modules")


def test_a_finding_offers_no_more_than_can_be_learnt():
    """``finding.`` and Tab once showed eighty names."""
    names = names_on_a_finding()
    assert 12 < len(names) <= 24
    notebooks = [each.read_text("utf-8") for each in (PROJECT / "notebooks").glob("*.ipynb")]
    written = "".join(notebooks)
    assert [name for name in names if f"finding.{name}" not in written] == []


def test_what_is_in_budget_stays_in_budget():
    sizes = {room.what: room for room in rooms()}
    assert [name for name in FELT if sizes[name].size > sizes[name].ceiling] == []
