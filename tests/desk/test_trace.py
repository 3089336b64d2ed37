"""From a figure on a page to its rows, receipts, revisions, corrections, method and releases."""

import csv
import datetime as dt
import re
from types import SimpleNamespace

import pandas as pd
import pytest

from cdpb.build import Build
from cdpb.desk import figures_traced
from cdpb.desk.figures_traced import Behind, cells_meant, released_before
from cdpb.desk.trace import _rows_behind, trace
from cdpb.errors import InputError
from cdpb.loaders.corrections import Correction
from tests.support.built import BARNET
from tests.support.commands import cdpb, wrong_input
from tests.support.project import CHECKOUT

HERE = f"2025-26/{BARNET}/public"
YEAR = [f"2025-{month:02}" for month in range(4, 13)] + [f"2026-{month:02}" for month in (1, 2, 3)]


@pytest.fixture
def made(assessments):
    """The folder with assessments that was made once for all tests."""
    return assessments


def traced(capsys, made, *what):
    return cdpb(
        capsys, "trace", *what, "--year", "2025/26", "--area", "Barnet", "--output", str(made)
    )


def in_files(day: str) -> dict[tuple[str, str], int]:
    """Barnet's offences by month and kind, as one received file has them."""
    path = CHECKOUT / "data" / "mps_borough_crime" / day / "borough_drug_offences.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["area_code"] == BARNET]
    kinds = ("possession", "trafficking")
    return {(row["month"], kind): int(row[kind]) for row in rows for kind in kinds}


def test_a_number_of_the_page_leads_to_the_rows_that_add_up_to_it(made, capsys):
    """The year's offences in Barnet, as the page has them, are those of 24 rows."""
    shown = next(
        each for each in cells_meant(made / HERE, "ward_drug_offences/borough", ["place=Barnet"])
        if each.column == "offences"
    )  # fmt: skip
    number = f"{int(shown.value):,}"
    code, said, _ = traced(capsys, made, "ward-drug-offences.html", "--number", number)
    assert code == 0
    assert said.startswith("For the analyst")
    assert "ward_drug_offences/borough, offences, place Barnet" in said
    found = figures_traced.behind(shown, "mps_borough_crime")
    assert len(found.rows) == 24
    assert found.rows["offences"].sum() == int(shown.value)
    assert set(found.rows["month"].astype(str)) == set(YEAR)


def test_what_a_receipt_says_otherwise_than_the_one_before_is_named(made):
    """The same as the two files themselves, read here without the library."""
    before, now = (in_files(day) for day in ("2025-12-31", "2026-07-31"))
    both = [key for key in before if key in now and key[0] in YEAR]
    moved = sorted(f"{before[key]} then, {now[key]} now" for key in both if before[key] != now[key])
    shown = cells_meant(made / HERE, "ward_drug_offences/borough", ["place=Barnet"], "offences")
    found = figures_traced.behind(shown[0], "mps_borough_crime")
    *_, (_, _, told) = found.revisions()
    assert moved
    assert sorted(text.rpartition(": ")[2] for text in told) == moved


def test_a_key_figure_leads_to_its_cell_and_to_what_it_is_compared_with(made, capsys):
    code, said, _ = traced(capsys, made, "ward_drug_offences:borough_rate")
    assert code == 0
    assert "key figure borough_rate: " in said
    assert "key figure borough_rate: London" in said
    assert "no release of this year and edition holds the finding" in said


def rows_of(people, day):
    own = pd.DataFrame({"sex": ["women", "men"], "people": people})
    return own.assign(file="own.csv", received=day)


def of_partners(corrected=()) -> Behind:
    days = ("2025-06-30", "2025-12-31")
    before, now = rows_of([3, 20], days[0]), rows_of([4, 20], days[1])
    return Behind("returns", {}, now, list(zip(days, (before, now), strict=True)), corrected)


def test_of_a_source_that_is_not_public_no_count_is_told():
    said = [re.sub(r"\d{4}-\d{2}-\d{2}", "", line) for line in _rows_behind(of_partners(), False)]
    assert any("revised" in line for line in said)
    assert not re.search(r"\d", " ".join(said))


def test_of_a_public_one_the_rows_and_the_revision_are():
    said = "\n".join(_rows_behind(of_partners(), True))
    assert "women | 4" in said
    assert "women | people: 3 then, 4 now" in said


def test_a_correction_of_its_rows_is_told_with_who_agreed():
    entry = Correction(
        source="returns", rows={"sex": "women"}, column="people", expect=3, becomes=4,
        why="counted twice", agreed_by="the sender", agreed=dt.date(2026, 1, 2),
    )  # fmt: skip
    said = "\n".join(_rows_behind(of_partners([entry]), True))
    assert "people, agreed 2026-01-02 by the sender: counted twice" in said


def test_what_each_release_showed_of_a_cell_stands_beside_it(made, monkeypatch):
    cell = cells_meant(made / HERE, "ward_drug_offences/wards", ["ward_code=E05013628"], "offences")
    key = ("E05013628",)
    declared = SimpleNamespace(count="offences")

    def entry(day, cells, edition="public"):
        table = SimpleNamespace(name="ward_drug_offences/wards", declared=declared, cells=cells)
        content = {"edition": edition}
        return SimpleNamespace(released=day, name=day, content=content, tables=[table])

    told = [entry("2026-09-01", {key: 44}), entry("2026-08-01", {key: None}),
            entry("2026-07-01", {key: 1}, "partnership")]  # fmt: skip
    monkeypatch.setattr(figures_traced, "entries", lambda area: told)
    assert [shown for *_, shown in released_before(cell[0])] == ["[c]", "44"]


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (["ward_drug_offence/wards"], "Did you mean: ward_drug_offences"),
        (["ward_drug_offences/ward"], "Did you mean: wards"),
        (["ward_drug_offences:rate"], "borough_rate"),
        (["ward_drug_offences/wards", "--row", "ward=Barnet Vale"], "named by ward_code"),
        (["ward_drug_offences"], "--number"),
        (["ward_drug_offences", "--number", "987654321"], "No table of ward_drug_offences shows"),
    ],
)
def test_what_is_not_there_is_told_with_the_closest(made, capsys, what, says):
    code, _, error = traced(capsys, made, *what)
    assert code == 2
    assert wrong_input(error)
    assert says in error


def test_a_ward_may_be_called_by_its_name(made, capsys):
    by_code, by_name = (
        traced(capsys, made, "ward_drug_offences/wards", "--column", "offences", "--row", row)
        for row in ("ward_code=E05013643", "ward_name=Hendon")
    )
    assert by_name == by_code
    assert "ward_code E05013643" in by_name[1]


def test_a_rule_that_several_figures_share_is_said_once(made, capsys):
    code, said, _ = traced(capsys, made, "ward_drug_offences/wards", "--row", "ward_name=Hendon")
    rules = [line for line in said.splitlines() if line.startswith("  rule ")]
    assert code == 0
    assert said.count("\nward_drug_offences/wards, ") == 6
    assert len(rules) == len(set(rules)) > 5


def drafted(made, in_a_run=False):
    """A finding of which the draft lies among the assessments."""
    figures = [SimpleNamespace(id="borough_rate")]
    record = SimpleNamespace(folder=lambda: made / HERE, in_a_run=in_a_run, key_figures=figures)
    brief = SimpleNamespace(id="ward_drug_offences", build=Build("public", False))
    return SimpleNamespace(_record=record, _brief=brief)


def test_a_notebook_s_own_figure_is_traced_at_the_desk(made, capsys):
    trace(drafted(made), "wards", ward_code="E05013628", column="offences")
    said = capsys.readouterr().out
    assert said.startswith("For the analyst")
    assert "ward_drug_offences/wards, offences, ward_code E05013628" in said
    trace(drafted(made), "borough_rate")
    assert "key figure borough_rate: " in capsys.readouterr().out


def test_nothing_is_traced_onto_a_page(made):
    with pytest.raises(InputError, match="for the desk"):
        trace(drafted(made, in_a_run=True), "wards")
