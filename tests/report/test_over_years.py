"""The whole assessment over the years: what changed, and each verdict by year."""

from cdpb.declarations import PRIORITIES
from cdpb.disclosure.declared import Column
from cdpb.findings.documents import Others
from cdpb.report.changed import changes, changes_block
from cdpb.report.tables import shown_table
from tests.findings.test_changed import compared, part, said, share
from tests.support.drawn import COLUMNS, published

LAST, NOW = "2020/21", "2021/22"


def finding(id: str, then: dict | None = None, now: dict | None = None, **more) -> dict:
    """A finding's record with last year's beside it."""
    told = compared(then or said(LAST), now or said(NOW))
    named = {"id": id, "slug": id, "title": f"About {id}", "claims": [], "statement": "It is."}
    return {**told, **named, "headline": "", **more}


def test_a_verdict_that_differs_is_told_with_its_finding():
    moved = finding("women", said(LAST, tested=part("contradicted", LAST)))
    told = changes([moved, finding("ward", changed=["It rose.", "And more."])])
    assert told == [
        "About women: for 2020/21 the statement was contradicted; for 2021/22 it is supported",
        "It rose.",
    ]


def test_what_two_findings_say_of_one_change_is_said_once_and_in_brief():
    """The pages of wards and of offences begin alike, and the one goes on."""
    longer = finding("offences", changed=["Offences rose by 9: possession by 4."])
    told = changes([finding("ward", changed=["Offences rose by 9."]), longer])
    assert told[0] == "Offences rose by 9."
    assert not [each for each in told if "possession" in each]


def test_a_change_before_last_year_is_none_since():
    """Three findings told a board what had moved from 2020/21 to 2021/22, of the year 2024/25."""
    before = "The last change in the data we hold: from 2018/19 to 2019/20 it rose."
    told = changes([finding("parents", changed=[before]), finding("ward", changed=["It fell."])])
    assert told[:-1] == ["It fell."]


def test_what_compares_across_a_break_is_told_once_and_in_brief():
    """The wards' verdict moved across a break, and the page of offences begins with the same."""
    alike = "Since 2020/21 offences rose by 9: possession by 4."
    moved = finding("ward", said(LAST, tested=part("contradicted", LAST)), alike=alike)
    told = changes([moved, finding("offences", changed=[alike])])
    assert len(told) == 1
    assert not [each for each in told if "possession" in each]


def test_a_change_of_definition_is_called_none_of_the_world():
    """On the one page that the whole board reads."""
    other = finding("women", said(LAST, tested=part("contradicted", LAST, definition="another")))
    assert "another definition; no real change is shown" in changes([other])[0]


def test_findings_without_newer_figures_are_counted():
    """Their names, thirteen of them, were half of what a board read of a year."""
    still = finding("alcohol", said(LAST, share(31.1)), said(NOW, share(31.1)))
    told = changes([still, finding("ward")])
    assert told[-1] == "for 1 of the findings we hold nothing newer than for 2020/21"
    assert changes_block(told).html.count("<p>") == 1


def test_without_a_year_before_nothing_is_said_to_have_changed():
    assert "nothing is said" in changes([])[0]
    assert changes_block(changes([])).kind == "all_changes"


def test_the_history_has_a_row_a_statement_and_claim_and_year():
    verdicts = [
        {"year": LAST, "label": "contradicted", "dating": "", "as_of": LAST},
        {
            "year": NOW,
            "label": "supported",
            "dating": "carried forward from 2020/21",
            "as_of": LAST,
        },
    ]
    claim = {"id": "F15", "text": "It fell.", "made": "2024"}
    claim |= {"verdict": None, "history": verdicts[:1]}
    drinkcoach = finding("drinkcoach", history=verdicts[:1])
    ward = finding("ward_drug_offences", history=verdicts, claims=[claim])
    told = Others((drinkcoach, ward), ()).history()
    assert told[["finding_id", "year", "verdict"]].to_numpy().tolist() == [
        ["ward_drug_offences", LAST, "contradicted"], ["ward_drug_offences", NOW, "supported"],
        ["ward_drug_offences/F15", LAST, "contradicted"], ["drinkcoach", LAST, "contradicted"],
    ]  # fmt: skip
    assert list(dict.fromkeys(told["priority"])) == [PRIORITIES["supply"], PRIORITIES["demand"]]
    assert told[["short_verdict", "on_data"]].to_numpy().tolist()[1] == ["supported", "2020/21"]


def test_the_years_of_a_statement_stand_side_by_side(monkeypatch):
    """One row a statement, though its key is not shown."""
    key = {"finding_id": Column(label="finding_id", kind="key")}
    monkeypatch.setattr("tests.support.drawn.COLUMNS", {**COLUMNS, **key})
    monkeypatch.setattr("tests.support.drawn.KEYS", {"finding_id", "year"})
    shown = published("""
        finding_id finding year    short_verdict
        ward       Wards   2020/21 contradicted
        ward       Wards   2021/22 supported
        women      Women   2021/22 supported
    """)
    table = shown_table(shown, "All", columns=["finding", "short_verdict"], spread="year")
    assert [each.text for each in table.headings] == ["finding", "2020/21", "2021/22"]
    assert [list(row.cells) for row in table.rows] == [
        ["Wards", "contradicted", "supported"],
        ["Women", "[x]", "supported"],
    ]
