"""The exceptions register: what is signed is shown, and the rest is protected around it."""

import datetime as dt

import pytest

from cdpb.areas import AreaFile
from cdpb.declarations import Declarations, FindingDeclaration
from cdpb.disclosure.attack import attack
from cdpb.disclosure.declared import Column, TableDeclaration
from cdpb.disclosure.gate import publish
from cdpb.disclosure.protect import solve
from cdpb.errors import InputError
from cdpb.exemptions import Exemption
from cdpb.findings.declared_tables import exempt, wrong_entries
from cdpb.periods import FinancialYear
from cdpb.policies import policy
from tests.support.tables import table

RULE = policy("under_five_band")
# Small: one of Ash, one of Beech. In columns and rows of three each, so two beside each are enough.
BASE = table("""
    year    ward  sex   people
    2023/24 Ash   women      3
    2023/24 Ash   men        7
    2023/24 Ash   other     30
    2023/24 Beech women     22
    2023/24 Beech men        3
    2023/24 Beech other     31
    2023/24 Cedar women     12
    2023/24 Cedar men       13
    2023/24 Cedar other     40
""")
WARDS = TableDeclaration(
    id="wards",
    title="People by ward",
    source="returns",
    dimensions=["year", "ward", "sex"],
    count="people",
    totals=["ward", "sex"],
)
PLACED = TableDeclaration(
    id="placed", title="People", source="returns", count="people",
    dimensions=["year", "month", "area_code", "ward_code"],
)  # fmt: skip
TABLES = {"toys/wards": WARDS}
SMALL = {("2023/24", "Ash", "women"), ("2023/24", "Beech", "men")}


def entry(**given):
    said = {
        "id": "E1", "what": "Women of Ash", "why": "The board needs them", "date": "2025-01-20",
        "agreed_by": {"name": "Toytown Council", "office": "Director of Public Health"},
        "edition": "partnership", "until": "2024/25",
        "table": "toys/wards", "rows": [{"ward": "Ash", "sex": "women"}],
    }  # fmt: skip
    return Exemption(**{**said, **given})


def solved(edition, *register, year="2023/24"):
    told = exempt(register, TABLES, {"returns": BASE}, edition=edition, year=year)
    return solve(TABLES, BASE, RULE, edition=edition, **told)


def hidden_in(edition, *register, **more):
    pattern, _, _ = solved(edition, *register, **more)
    return set(pattern.of("toys/wards"))


def declared():
    toys = FindingDeclaration(
        id="toys", slug="toys", title="Toys", notebook="1.ipynb", order=1, sources=[],
        tables=[WARDS, PLACED, WARDS.model_copy(update={"id": "words", "count": ""})],
    )  # fmt: skip
    names = ("year", "ward", "sex", "month", "area_code", "ward_code")
    columns = {name: Column(label=name, kind="key") for name in names}
    columns["people"] = Column(label="People", kind="count")
    return Declarations(columns=columns, findings=[toys])


def area(*register):
    return AreaFile(code="E09000003", name="Barnet", partnership="B", exceptions=list(register))


def test_a_signed_cell_is_shown_to_partners_and_to_nobody_else():
    ours = ("2023/24", "Ash", "women")
    assert ours in hidden_in("public") & hidden_in("partnership")
    assert ours not in hidden_in("partnership", entry())
    assert ours in hidden_in("public", entry())
    assert ours not in hidden_in("public", entry(edition="public"))
    assert ours not in hidden_in("partnership", entry(edition="public"))


def test_the_rest_is_protected_around_what_is_shown():
    """Beech's three men could be had by subtraction once Ash's three women are shown."""
    pattern, system, chosen = solved("partnership", entry())
    hidden = system.marked({"toys/wards": pattern.of("toys/wards")})
    other = system.cells["toys/wards"]["2023/24", "Beech", "men"]
    assert attack(system, hidden, hidden_at_least=1)[other].holds(1, 4)
    assert not hidden[system.cells["toys/wards"]["2023/24", "Ash", "women"]]
    assert not chosen.hidden_whole.any()


def test_whoever_reads_both_editions_learns_no_more_than_from_one():
    """A member of the board has the council's website too, and lays one on the other."""
    public, partnership = hidden_in("public", entry()), hidden_in("partnership", entry())
    assert partnership < public
    _, system, _ = solved("public")
    both = system.marked({"toys/wards": frozenset(public & partnership)})
    other = system.cells["toys/wards"]["2023/24", "Beech", "men"]
    assert attack(system, both, hidden_at_least=1)[other].holds(1, 4)


def test_the_two_editions_made_apart_would_give_a_count_away():
    """Why the public edition is made around the partnership's: each alone chooses otherwise."""
    apart = hidden_in("public") & hidden_in("partnership", entry())
    _, system, _ = solved("public")
    both = system.marked({"toys/wards": frozenset(apart)})
    other = system.cells["toys/wards"]["2023/24", "Beech", "men"]
    assert not attack(system, both, hidden_at_least=1)[other].holds(1, 4)


def test_the_public_edition_is_protected_by_itself():
    _, system, chosen = solved("public", entry())
    found = attack(system, chosen.hidden, hidden_at_least=1)
    small = [system.cells["toys/wards"][key] for key in SMALL]
    assert all(found[cell].holds(1, 4) for cell in small)


def test_an_exception_ends_with_the_year_it_was_signed_for():
    early = {"date": "2022-05-20", "rows": [{"ward": "Ash", "sex": "women"}]}
    ours = ("2023/24", "Ash", "women")
    assert ours in hidden_in("partnership", entry(until="2022/23", **early))
    assert ours not in hidden_in("partnership", entry(until="2023/24", **early))


SIGNED = {"name": "Toytown Council", "office": "Director of Public Health"}
BLANKS = ("", " ", "\t", "-", "n/a", "N/A.", "tbc", "(TBC)", "To be confirmed", "x", "12345", "??")
WRONG = [
    *({"agreed_by": SIGNED | {which: blank}} for which in SIGNED for blank in BLANKS),
    {"agreed_by": " "},
    {"agreed_by": "Director of Public Health"},
    {"agreed_by": {"name": "Toytown Council"}},
    {"agreed_by": {"name": "Chair", "office": "chair"}},
    {"why": " "},
    {"what": "tbc"},
    {"date": "2099-01-01", "until": "2099/00"},
    {"date": "0001-01-01", "until": "2023/24"},
    {"date": "1999-01-01", "until": "1999/00"},
    {"date": "2025-02-30"},
    {"date": "20/01/2025"},
    {"date": ""},
    {"until": ""},
    {"until": "2024"},
    {"until": "2024/26"},
    {"until": "2023/24"},
    {"until": "2098/99"},
    {"rows": [{}]},
    {"table": "", "rows": [{"ward": "Ash"}], "quoted": "Q12"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_nobody_can_have_signed_is_no_exception(wrong):
    """One signed by a blank and dated 2099 opened everything."""
    with pytest.raises(ValueError, match=r"agreed_by|date|until|why|what|row"):
        entry(**wrong)


def test_an_exception_of_today_is_one_and_of_tomorrow_is_none():
    today = dt.date.today()
    until = str(FinancialYear(today.year))
    assert entry(date=today.isoformat(), until=until).date == today.isoformat()
    with pytest.raises(ValueError, match="still to come"):
        entry(date=(today + dt.timedelta(days=1)).isoformat(), until=until)


def test_an_entry_without_rows_is_of_the_whole_table():
    assert hidden_in("partnership", entry(rows=[])) == set()


def test_the_gate_lets_a_signed_cell_pass_and_no_other():
    frame = table("""
        year    ward  sex   people
        2023/24 Ash   women      3
        2023/24 Ash   men        7
        2023/24 Ash   total     10
    """)
    ash = WARDS.model_copy(update={"filter": {"ward": "Ash"}, "totals": ["sex"]})
    base = BASE[BASE["sex"] != "other"]
    for register, people in (([], ("[c]", "[c]", "10")), ([entry()], ("3", "7", "10"))):
        told = exempt(
            register, {"toys/wards": ash}, {ash.source: base}, edition="partnership", year="2023/24"
        )
        pattern, _, _ = solve({"toys/wards": ash}, base, RULE, edition="partnership", **told)
        shown = publish(
            frame, ash, policy=RULE, columns=declared().columns, pattern=pattern, base=base,
            name="toys/wards",
        )  # fmt: skip
        by_sex = {row["sex"]: str(row["people"]) for row in shown.rows()}
        assert (by_sex["women"], by_sex["men"], by_sex["total"]) == people


@pytest.mark.parametrize("missing", ["agreed_by", "date", "why", "what", "edition", "id", "until"])
def test_an_entry_that_nobody_signed_is_refused(missing):
    said = entry().model_dump()
    with pytest.raises(ValueError, match=missing):
        Exemption(**{name: value for name, value in said.items() if name != missing})
    if missing != "edition":
        with pytest.raises(ValueError, match=missing):
            Exemption(**{**said, missing: ""})


def test_an_entry_is_of_a_table_or_of_a_quoted_figure():
    with pytest.raises(ValueError, match="not both"):
        entry(quoted="Q12")
    assert entry(table="", rows=[], quoted="Q12").quoted == "Q12"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"table": "toys/ward"}, "wanted: toys/wards"),
        ({"table": "toys/words"}, "counts nothing"),
        ({"rows": [{"borough": "Barnet"}]}, "wanted: year, ward, sex"),
        ({"rows": [{"year": "2023/25"}]}, "2023/24"),
        ({"rows": [{"year": "latest"}]}, "2023/24"),
        ({"rows": [{"month": "2023-13"}]}, "a month like"),
        ({"rows": [{"area_code": "E09000007"}]}, "this area"),
        ({"rows": [{"ward_code": "E05013653"}]}, "a ward of this area"),
        ({"rows": [{"ward_code": "Colindale North"}]}, "a ward of this area"),
    ],
)
def test_an_entry_about_what_is_not_there_is_wrong(wrong, told):
    placed = {"month", "area_code", "ward_code"} & {*wrong.get("rows", [{}])[0]}
    register = area(entry(**({"table": "toys/placed"} if placed else {}), **wrong), entry(id="E2"))
    (found,) = wrong_entries(register, declared())
    assert found.startswith("exceptions, E1: ")
    assert told in found


def test_two_entries_of_one_id_are_wrong():
    found = list(wrong_entries(area(entry(), entry()), declared()))
    assert found == ["exceptions: the id E1 stands twice"]
    assert list(wrong_entries(area(entry(), entry(id="E2")), declared())) == []


def test_a_row_that_the_table_does_not_have_is_named_with_what_was_meant():
    """A misspelt ward would silently stay hidden, and nobody would know why."""
    with pytest.raises(InputError, match="Did you mean: Ash"):
        hidden_in("partnership", entry(rows=[{"ward": "Ashe"}]))


def test_a_row_of_a_year_that_is_not_shown_is_left_out():
    """An assessment of an earlier year reads the same register."""
    later = entry(rows=[{"year": "2024/25", "ward": "Ash", "sex": "women"}])
    assert hidden_in("partnership", later) == hidden_in("partnership")
