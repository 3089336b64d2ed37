"""Why a count is hidden and what would show more, on a table whose answers were counted by hand."""

import pytest

from cdpb import desk
from cdpb.cli import main
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.explain import alternatives, cost_of, reasons
from cdpb.disclosure.protect import solve
from cdpb.errors import GateRefused
from cdpb.findings.explaining import WARNING, Asked, explained, lines
from cdpb.policies import policy
from tests.support.tables import table

RULE = policy("under_five_band")
# Ash's three women are small; the cheapest rectangle about them goes through Beech: 20, 10 and 30.
BASE = table("""
    year    ward  sex   people
    2023/24 Ash   women      3
    2023/24 Ash   men       20
    2023/24 Beech women     10
    2023/24 Beech men       30
    2023/24 Cedar women     40
    2023/24 Cedar men       50
""")
WARDS = TableDeclaration(
    id="wards", title="People by ward", source="returns", dimensions=["ward", "sex"],
    count="people", totals=["ward", "sex"],
)  # fmt: skip
TABLES = {"toys/wards": WARDS}
YEARS = table("""
    year    people
    2021/22      9
    2022/23      2
    2023/24      4
""")
BY_YEAR = {"toys/years": WARDS.model_copy(update={"dimensions": ["year"], "totals": []})}


def why(base=BASE, **options):
    pattern, system, chosen = solve(TABLES, base, RULE, **options)
    return {each.key: each for each in reasons("toys/wards", pattern, system, chosen, RULE)}


def costs(tables=TABLES, base=BASE, neighbours=None):
    name = next(iter(tables))
    found = alternatives(name, tables, base, neighbours or {})
    return {each.label: cost_of(name, each.tables, each.base, RULE) for each in found}


def asked(tables=TABLES, base=BASE):
    source = next(iter(tables.values())).source
    return Asked(next(iter(tables)), tables, {source: base}, RULE, {})


def test_each_hidden_count_has_its_reason():
    found = why()
    assert {key: each.why for key, each in found.items()} == {
        ("Ash", "women"): "small",
        ("Ash", "men"): "protects",
        ("Beech", "women"): "protects",
        ("Beech", "men"): "protects",
    }


def test_a_count_that_protects_another_says_which_and_in_which_sum():
    """Shown, 20 men of 23 people in Ash would leave three women."""
    beside = why()["Ash", "men"]
    assert beside.protects == (("toys/wards", ("Ash", "women")),)
    assert beside.sums == (("toys/wards", ("Ash", "total")),)
    across = why()["Beech", "men"]
    assert across.protects == (("toys/wards", ("Ash", "women")),)
    assert across.sums == ()


def test_what_could_not_be_certified_in_time_is_told_as_such():
    found = why(time_limit=0.0)
    assert {each.why for each in found.values()} == {"small", "whole"}


def test_what_its_sender_hid_is_told_as_such():
    lost = BASE.assign(people=BASE["people"].astype("Float64"))
    lost.loc[5, "people"] = None
    assert why(lost)["Cedar", "men"].why == "sender"


def test_a_small_count_that_no_table_shows_is_told_of():
    """Two tables of one total, one of them without a ward: the difference is that ward."""
    part = WARDS.model_copy(
        update={
            "dimensions": [],
            "totals": [],
            "filter": {"ward": ["Beech", "Cedar"], "sex": "women"},
        }
    )
    whole = part.model_copy(update={"filter": {"sex": "women"}})
    tables = {"toys/whole": whole, "toys/part": part}
    pattern, system, chosen = solve(tables, BASE, RULE)
    found = [*reasons("toys/whole", pattern, system, chosen, RULE),
             *reasons("toys/part", pattern, system, chosen, RULE)]  # fmt: skip
    assert [(each.why, each.unshown) for each in found] == [("protects", True)]


def test_other_ways_cost_what_solving_them_says():
    """Counted by hand: hidden cells, cells in all, weight."""
    told = {label: (each.hidden, each.cells, each.weight) for label, each in costs().items()}
    assert told == {
        "merge Ash + Beech": (0, 9, 0),
        "without ward": (0, 3, 0),
        "without sex": (0, 4, 0),
        "no totals over ward": (2, 9, 20),
        "no totals over sex": (2, 8, 10),
    }


def test_longer_periods_are_counted_back_from_the_latest():
    """Nine stand alone; two and four are six together, and all three years fifteen."""
    told = {label: (each.hidden, each.cells) for label, each in costs(BY_YEAR, YEARS).items()}
    assert told == {"two years together": (0, 2), "three years together": (0, 1)}


def test_months_become_quarters_and_years():
    base = table("""
        month   people
        2023-04      2
        2023-05      3
        2023-06      4
        2023-07     20
    """)
    tables = {"toys/months": WARDS.model_copy(update={"dimensions": ["month"], "totals": []})}
    told = {label: (each.hidden, each.cells) for label, each in costs(tables, base).items()}
    assert told == {"quarters in place of months": (0, 2), "financial years": (0, 1)}


def test_wards_are_merged_with_their_neighbours_alone():
    """Ash and Beech are the smallest, but Ash borders on Cedar alone."""
    tables = {"toys/wards": WARDS.model_copy(update={"dimensions": ["ward_code", "sex"],
                                                     "totals": ["ward_code", "sex"]})}  # fmt: skip
    base = BASE.rename(columns={"ward": "ward_code"}).assign(ward_name="the " + BASE["ward"])
    borders = {"Ash": ["Cedar"], "Beech": ["Cedar"], "Cedar": ["Ash", "Beech"]}
    labels = set(costs(tables, base, borders))
    assert "merge the Ash + the Cedar" in labels
    assert "merge the Ash + the Beech" not in labels


def test_what_is_merged_is_merged_in_every_table_of_the_source():
    """A finer table beside it would give the merged counts back."""
    linked = {**TABLES, "toys/more": WARDS.model_copy(update={"totals": ["sex"]})}
    merged = next(iter(alternatives("toys/wards", linked, BASE, {})))
    assert all("ward" not in each.dimensions for each in merged.tables.values())


def test_an_analyst_reads_reasons_and_ways_without_a_count():
    told = list(lines(explained(asked())))
    assert told[3] == "  4 of 12 counts are hidden."
    assert "  Ash     women   small itself" in told
    assert "  Ash     men     to protect Ash, women (both are part of Ash, total)" in told
    ways = told[told.index("To show more, each solved for all tables of the source together") :]
    assert [each.split("  ")[1] for each in ways[2:6]] == [
        "as declared", "merge Ash + Beech", "without sex", "no totals over ward",
    ]  # fmt: skip


def test_a_table_that_hides_nothing_needs_no_other_way():
    shown = asked(base=BASE.assign(people=50))
    assert list(lines(explained(shown)))[-1] == "  0 of 12 counts are hidden."


@pytest.mark.slow
def test_the_command_explains_a_declared_table_and_says_whom_it_is_for(capsys):
    asked = ["explain", "criminal_justice_pathways/referrals", "--demonstration"]
    assert main([*asked, "--year", "2023/24"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == WARNING
    assert told[1] == "Barnet (E09000003), 2023/24, public edition, demonstration"
    assert "as declared" in "\n".join(told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["explain", "justice/referrals"], "criminal_justice_pathways/referrals"),
        (["explain", "criminal_justice_pathways/route"], "Nothing of"),
        (["explain", "criminal_justice_pathways/tests"], "--demonstration"),
    ],
)
def test_the_command_says_what_it_can_not_explain(words, told, capsys):
    assert main(words) == 2
    assert told in capsys.readouterr().err


def test_it_may_not_be_written_among_the_assessments(tmp_path, monkeypatch):
    """Whatever lies under outputs/ may be handed on."""
    monkeypatch.setattr(desk.paths, "outputs_folder", lambda: tmp_path / "outputs")
    inside, outside = tmp_path / "outputs" / "2023-24" / "why.txt", tmp_path / "why.txt"
    inside.parent.mkdir(parents=True)
    with inside.open("w") as stream, pytest.raises(GateRefused, match="outputs/"):
        desk.refuse_outputs(stream)
    with outside.open("w") as stream:
        desk.refuse_outputs(stream)
