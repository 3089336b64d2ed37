"""Any table of counts, protected in a minute: attacked as written, and refused where wrong."""

import csv
import io
import re
import zipfile
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cdpb.desk.counts_table import read_counts
from cdpb.disclosure.attack import attack
from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.declared import TableDeclaration
from tests.support.commands import cdpb, wrong_input
from tests.support.project import CHECKOUT
from tests.support.shared import shared

# Of the default policy: a hidden count may seem to be 1, and 5.
LEAST, MUST_REACH = 1, 5
BY_HAND = """\
ward,sex,people
Ash,Women,3
Ash,Men,20
Ash,Total,23
Beech,Women,10
Beech,Men,30
Beech,Total,40
Cedar,Women,40
Cedar,Men,50
Cedar,Total,90
Total,Women,53
Total,Men,100
Total,Total,153
"""


def with_totals(base: pd.DataFrame, count: str, *over: tuple[str, ...]) -> pd.DataFrame:
    """The table and its sums over some sets of columns."""
    frames = [base]
    for names in over:
        rest = [each for each in base if each not in (*names, count)]
        sums = (
            base.groupby(rest)[count].sum().reset_index()
            if rest
            else base[[count]].sum().to_frame().T
        )
        frames.append(sums.assign(**dict.fromkeys(names, "Total")))
    return pd.concat(frames)[list(base)]


def all_over(*names: str) -> list[tuple[str, ...]]:
    return [each for size in range(1, len(names) + 1) for each in combinations(names, size)]


def written(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def protected(capsys, path: Path, *options: str) -> list[dict[str, str]]:
    code, _, error = cdpb(capsys, "protect", str(path), *options)
    assert code == 0, error
    return written(path.with_name(f"{path.stem}_protected.csv"))


def too_narrow(base: pd.DataFrame, count: str, sets: list[tuple[str, ...]], rows: list) -> list:
    """Small counts that a reader of the rows narrows more than the policy allows.

    What the reader knows is put together here, from the sums that the test itself made.
    """
    base = base.map(lambda each: each if isinstance(each, int) else str(each))
    names = [each for each in base if each != count]
    tables = {
        str(summed): TableDeclaration(
            id=f"t{at}", title="", source="test", count=count,
            dimensions=[each for each in names if each not in summed],
        )
        for at, summed in enumerate([(), *sets])
    }  # fmt: skip
    system = cells_of(tables, base)
    hidden = np.zeros(len(system), dtype=bool)
    for row in rows:
        summed = tuple(each for each in names if row[each] == "total")
        cell = system.cells[str(summed)][tuple(row[n] for n in names if n not in summed)]
        hidden[cell] |= row[count] == "[c]"
        assert row[count] in ("[c]", str(system.counts[cell])), "another count than in the file"
    small = np.flatnonzero((system.counts > 0) & (system.counts < MUST_REACH))
    found = attack(system, hidden, hidden_at_least=LEAST, cells=small[hidden[small]].tolist())
    # A sum of three people of three wards can't seem less than three.
    parts = {cell: len(system.units[cell]) for cell in found}
    narrowed = [c for c, each in found.items() if not each.holds(parts[c], MUST_REACH)]
    return [*small[~hidden[small]].tolist(), *narrowed]


CASES = {
    "one year, with all totals": ("ward_shaped.csv", "year == 'Y0'", all_over("ward", "offence")),
    "the grand total alone": ("ward_shaped.csv", "year == 'Y0'", [("ward", "offence")]),
    "two dimensions of a public test table": ("ssb_z1.csv", "", all_over("region", "hovedint")),
    "two groupings of the same regions": (
        "ssb_z2.csv",
        "",
        [
            *[(*each, *more) for each in (("region", "fylke"), ("region", "kostragr"))
              for more in ((), ("hovedint",))],
            ("region", "fylke", "kostragr"), ("region", "fylke", "kostragr", "hovedint"),
            ("hovedint",),
        ],
    ),
}  # fmt: skip


LONG = ("one year, with all totals", "two groupings of the same regions")


@pytest.mark.parametrize(
    "case",
    [pytest.param(each, marks=[pytest.mark.proof] if each in LONG else []) for each in CASES],
)
def test_what_was_written_is_attacked_and_nothing_is_narrower_than_the_policy(
    tmp_path, capsys, case
):
    name, chosen, over = CASES[case]
    base = pd.read_csv(shared("disclosure", name))
    base = base.query(chosen).drop(columns="year") if chosen else base
    count = base.columns[-1]
    base[count] = base[count].astype(int)
    base = base.map(lambda each: int(each) if isinstance(each, float) else each)
    over = [tuple(each for each in base if each in names) for names in over]
    with_totals(base, count, *over).to_csv(tmp_path / "own.csv", index=False)
    dimensions = [word for each in base.columns[:-1] for word in ("--dimension", each)]
    rows = protected(capsys, tmp_path / "own.csv", *dimensions, "--count", count)
    assert any(row[count] == "[c]" for row in rows)
    assert too_narrow(base, count, over, rows) == []


def test_the_attack_of_these_tests_finds_what_hiding_the_small_counts_alone_gives_away():
    base = pd.read_csv(io.StringIO(BY_HAND))
    base = base[(base != "Total").all(axis=1)]
    rows = [
        {k: "total" if v == "Total" else v for k, v in row.items()} | {"people": row["people"]}
        for row in csv.DictReader(io.StringIO(BY_HAND.replace("Women,3", "Women,[c]")))
    ]
    assert len(too_narrow(base, "people", all_over("ward", "sex"), rows)) == 1


def test_a_small_count_takes_three_others_with_it_and_the_analyst_is_told_why(tmp_path, capsys):
    (tmp_path / "people.csv").write_text(BY_HAND, encoding="utf-8")
    code, said, _ = cdpb(capsys, "protect", str(tmp_path / "people.csv"))
    rows = written(tmp_path / "people_protected.csv")
    shown = {(row["ward"], row["sex"]): row["people"] for row in rows}
    assert code == 0
    assert shown["Ash", "Women"] == "[c]"
    assert shown["total", "total"] == "153"
    assert sum(value == "[c]" for value in shown.values()) >= 4
    assert said.startswith("OFFICIAL-SENSITIVE")
    assert "small itself" in said
    assert "12 counts by ward, sex" in said
    assert "totals over sex; ward; ward and sex" in said
    assert ": )" not in said
    assert "  Safe by itself: other tables of these people" in said


def test_the_workbook_and_the_chart_hold_no_hidden_count(tmp_path, capsys):
    """Another small count in place of the hidden one, and every byte that leaves is the same."""
    made = []
    for at, small in enumerate((3, 2)):
        folder = tmp_path / str(at)
        folder.mkdir()
        text = BY_HAND.replace("Women,3", f"Women,{small}").replace("23", f"{20 + small}")
        text = text.replace("Women,10", f"Women,{13 - small}").replace(
            "Beech,Total,40", f"Beech,Total,{43 - small}"
        )
        (folder / "people.csv").write_text(text, encoding="utf-8")
        protected(capsys, folder / "people.csv")
        made.append({path.suffix: path.read_bytes() for path in folder.glob("*_protected.*")})
    assert set(made[0]) == {".csv", ".xlsx", ".png"}
    assert made[0] == made[1]


def test_a_table_spread_over_columns_keeps_its_shape(tmp_path, capsys):
    path = tmp_path / "wide.csv"
    path.write_text("Ward,Women,Men,Total\nAsh,3,20,23\nBeech,10,30,40\nTotal,13,50,63\n")
    rows = protected(capsys, path)
    assert list(rows[0]) == ["Ward", "Men", "Women", "total"]
    assert [row["Ward"] for row in rows] == ["Ash", "Beech", "total"]
    assert rows[0]["Women"] == "[c]"
    assert rows[2]["total"] == "63"
    sheet = zipfile.ZipFile(tmp_path / "wide_protected.xlsx").read("xl/worksheets/sheet1.xml")
    assert b"<v>63</v>" in sheet
    assert b"<f>" not in sheet


def test_a_total_by_another_name_is_known_by_its_sums(tmp_path):
    path = tmp_path / "wards.csv"
    path.write_text("place,n\nAsh,3\nBeech,10\nCedar,40\nBarnet,53\n")
    assert read_counts(path).rows["total",] == 53


def test_text_that_a_spreadsheet_would_run_is_made_harmless(tmp_path, capsys):
    path = tmp_path / "own.csv"
    path.write_text("place,n\n=1+1,30\nBeech,10\nCedar,41\n")
    assert "'=1+1" in {row["place"] for row in protected(capsys, path)}


def test_nothing_is_written_over_a_file_that_is_there(tmp_path, capsys):
    (tmp_path / "people.csv").write_text(BY_HAND, encoding="utf-8")
    (tmp_path / "people_protected.png").write_text("somebody's", encoding="utf-8")
    code, _, error = cdpb(capsys, "protect", str(tmp_path / "people.csv"))
    assert code == 2
    assert wrong_input(error)
    assert "--into" in error
    assert not list(tmp_path.glob("*.xlsx"))
    assert (tmp_path / "people_protected.png").read_text() == "somebody's"


HEAD = "ward,n\nAsh,30\nBeech,12\nCedar,"
WRONG = {
    "a total that is not the sum": (BY_HAND.replace("23", "24"), "not the sum of its parts"),
    "a negative count": (HEAD + "-2\n", "negative"),
    "a share": (HEAD + "2.5\n", "not a whole number"),
    "what a sender hid": (HEAD + "*\n", "text in it"),
    "a blank": (HEAD + "\nDeer,4\n", "it is empty"),
    "a row twice": (HEAD + "3\nAsh,30\n", "stands twice: Ash"),
    "a column of persons": ("ward,NHS number,n\nAsh,9434765919,30\n", "like one of persons"),
    "a list of addresses": ("who,n\na@b.uk,30\nc@d.uk,12\n", "'who' looks like one of persons"),
    "no counts": ("ward,sex\nAsh,Women\n", "Name the column with --count"),
    "totals alone": ("ward,n\nTotal,30\n", "totals alone"),
    "no rows": ("ward,n\n", "no rows"),
    "a subtotal beside its parts": (
        "ward,sex,n\n" + "".join(
            f"{ward},{sex},{n}\n"
            for ward, women, men in (("Ash", 31, 20), ("Beech", 17, 9), ("Cedar", 12, 44),
                                     ("East", 60, 73), ("Fir", 70, 90))
            for sex, n in (("Women", women), ("Men", men))
        ),
        "'East' of ward adds up Ash, Beech, Cedar",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_table_that_is_wrong_is_told_in_one_message(tmp_path, capsys, wrong):
    content, says = WRONG[wrong]
    (tmp_path / "own.csv").write_text(content, encoding="utf-8")
    code, _, error = cdpb(capsys, "protect", str(tmp_path / "own.csv"))
    assert code == 2
    assert wrong_input(error)
    assert says in error
    assert "own.csv" in error
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own.csv"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--policy", "open"], "hides nothing"),
        (["--policy", "under_five_hid"], "Did you mean under_five_hide"),
        (["--dimension", "wards"], "no column 'wards'"),
    ],
)
def test_an_option_that_is_wrong_names_what_there_is(tmp_path, capsys, options, says):
    (tmp_path / "own.csv").write_text(BY_HAND, encoding="utf-8")
    code, _, error = cdpb(capsys, "protect", str(tmp_path / "own.csv"), *options)
    assert code == 2
    assert wrong_input(error)
    assert says in error


def test_nothing_is_written_among_the_assessments(tmp_path, capsys, project):
    (tmp_path / "own.csv").write_text(BY_HAND, encoding="utf-8")
    into = str(project / "outputs" / "own")
    code, _, error = cdpb(capsys, "protect", str(tmp_path / "own.csv"), "--into", into)
    assert code == 2
    assert "outputs/" in error
    assert not Path(into).exists()


def test_the_page_about_it_shows_a_command_that_runs_and_names_what_it_writes(
    tmp_path, capsys, monkeypatch
):
    page = (CHECKOUT / "docs" / "protect.md").read_text(encoding="utf-8")
    (tmp_path / "people.csv").write_text(re.search(r"```csv\n(.*?)```", page, re.S)[1])
    monkeypatch.chdir(tmp_path)
    command = re.search(r"```\ncdpb (.*?)\n```", page)[1].split()
    options = re.search(r"`(--dimension ward .*?)`", page)[1].split()
    assert cdpb(capsys, *command, *options)[0] == 0
    named = set(re.findall(r"`(\w+_protected\.\w+)`", page))
    assert named == {path.name for path in tmp_path.glob("*_protected.*")}
