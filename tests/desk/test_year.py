"""``cdpb year``: the round of a year as far as it has come, told from what lies there."""

import json
import shutil

import pandas as pd
import pytest

from cdpb.adding import Wanted, add, withdraw
from cdpb.catalogue import receipts
from cdpb.desk.year import Step, gates_of, of_area_file, receiving, released, unread
from cdpb.ledger import write_entry
from cdpb.periods import FinancialYear
from cdpb.runner.assemble import say_in_place
from cdpb.runner.job import Assessment
from cdpb.runner.manifest import GATES
from tests.support.adding import Arrivals, wards
from tests.support.commands import cdpb, wrong_input
from tests.support.project import CHECKOUT, draw_project
from tests.support.toys import seen, toy_project, write_notebook

AREA = """\
code: E09000003
name: Barnet
partnership: A board
{reviewed}
statements:
  first:
    text: Toys rose in 2022/23.
    made: "{made}"
    document: An example
    parts:
      - {{id: rose, claim: Toys rose, test: not_checked, reason: an example}}
"""
BARNET = "E09000003"


def told(capsys, *more: str) -> dict[str, dict]:
    """Each step of 2023/24, by its name."""
    code, out, err = cdpb(capsys, "year", "2023/24", "--json", *more)
    assert (code, err) == (0, "")
    return {each["what"]: each for each in json.loads(out)}


def assessment(folder, edition: str) -> Assessment:
    return Assessment(BARNET, "Barnet", "2023/24", edition, False, folder / "outputs")


def left(capsys) -> list[str]:
    """What is left of the toys' year, but for its source."""
    steps = told(capsys).items()
    return [name for name, each in steps if not each["done"] and name != "toy_counts"]


def test_a_year_begins_with_its_sources_and_ends_with_the_release(toy, capsys):
    code, out, err = cdpb(capsys, "year", "2024/25")

    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "Barnet (E09000003), 2024/25: 1 of 9 done"
    assert (
        " ".join(lines[1].split())
        == "left toy_counts lacks 2024/25; next up to March 2025, may be out"
    )
    assert lines[2].strip() == "cdpb add FILE (https://example.org/toys)"
    assert lines[-1].strip() == (
        "cdpb release outputs/2024-25/E09000003/public outputs/2024-25/E09000003/partnership"
    )
    left_over = [at for at, line in enumerate(lines) if line.startswith("  left")]
    assert all(lines[at + 1].startswith("           ") for at in left_over)
    assert seen(toy / "outputs") == {}


def test_a_source_that_has_the_year_is_done(toy):
    """And nobody is told to ask for it again."""
    assert list(receiving(FinancialYear(2020))) == [
        Step("sources", True, "1 of 1 have the whole year")
    ]


@pytest.mark.parametrize(
    ("made", "reviewed", "statements", "area_file"),
    [
        ("2022", "", (False, "1 of 1 made before 2023"), (False, "gone through for no year")),
        ("2022", "2022/23", (False, "1 of 1 made"), (False, "gone through for 2022/23")),
        ("2022", "2023/24", (True, "1 of 1 made"), (True, "gone through for 2023/24")),
        ("2023", "", (True, "0 of 1 made before 2023"), (False, "gone through for no year")),
    ],
)
def test_old_statements_are_left_until_the_file_was_gone_through(
    toy,
    made,
    reviewed,
    statements,
    area_file,
):
    """A statement stays as it was made; that somebody looked is what the year asks for."""
    said = f'reviewed: "{reviewed}"' if reviewed else ""
    path = toy / "data" / "areas" / f"{BARNET}.yml"
    path.write_text(AREA.format(made=made, reviewed=said), encoding="utf-8")

    steps = list(of_area_file(FinancialYear(2023), BARNET))

    assert [each.what for each in steps] == ["statements", "area file"]
    for step, (done, state) in zip(steps, (statements, area_file), strict=True):
        assert step.done is done
        assert step.state.startswith(state)
    assert "statements: first" in steps[0].state


@pytest.mark.parametrize("passed", [GATES[:2], GATES])
def test_the_gates_are_done_when_all_four_have_passed(toy, passed):
    target = toy / "outputs" / "2023-24" / BARNET / "public"
    target.mkdir(parents=True)
    still = [name for name in GATES if name not in passed]
    told_of = {"gates": {"passed": list(passed), "draft_until": still}, "files": [], "findings": []}
    (target / "manifest.json").write_text(json.dumps(told_of), encoding="utf-8")

    step = gates_of(assessment(toy, "public"))

    assert step.done is (not still)
    assert step.state == (f"still to pass: {', '.join(still)}" if still else "all passed")


def test_both_editions_are_to_be_released(toy):
    both = [assessment(toy, each) for each in ("public", "partnership")]
    step = released(both, {f"{BARNET}/2023-24_public", f"{BARNET}/2022-23_partnership"})

    assert (step.done, step.state) == (False, "not entered: partnership")
    assert step.way == f"cdpb release outputs/2023-24/{BARNET}/partnership"
    names = {f"{BARNET}/2023-24_{each}" for each in ("public", "partnership")}
    assert released(both, names).done


def test_a_year_for_which_nothing_can_be_made_yet_is_told_why(toy, capsys):
    code, out, _ = cdpb(capsys, "year", "2031/32")

    assert (code, "2031/32 begins after the newest data" in out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["2023/25"], "Did you mean 2023/24?"), (["2023/24", "--area", "Camdem"], "Closest: Camden")],
)
def test_a_slip_is_answered_in_a_few_lines(toy, capsys, arguments, said):
    code, out, err = cdpb(capsys, "year", *arguments)

    assert (code, out) == (2, "")
    assert said in err
    assert wrong_input(err)


def test_a_column_map_that_was_spoilt_is_told_with_the_file(tmp_path, monkeypatch):
    """What is held can't be read any more; nothing else is asked for before that."""
    drawn = draw_project(tmp_path, monkeypatch)
    text = "Month,Borough,Requirement,Commencements\n2024-04,Barnet,ATR,3\n"
    drawn.receive("probation_orders", "2024-09-30", text)
    assert list(unread()) == []

    drawn.write("column_maps/probation_orders.csv", "ours,assumed\nmonth,Month\n")

    (step,) = unread()
    assert (step.done, "file.csv" in step.state) == (False, True)


def test_a_provisional_file_is_added_seen_and_withdrawn_and_all_is_as_before(tmp_path, monkeypatch):
    """The rehearsal of a year, in small: proven on the whole project below."""
    arrivals = Arrivals(tmp_path / "downloads", draw_project(tmp_path, monkeypatch))
    arrivals.add(arrivals.wards(wards("2024-04", 24)), received="2026-04-30")
    year, holds = FinancialYear(2026), arrivals.holds()
    before = list(receiving(year))
    assert "lacks 2026/27; next up to April 2026" in of("mps_ward_crime", before).state

    later = pd.Timestamp("2027-04-30").date()
    file = arrivals.wards(wards("2025-04", 24), name="later.csv")
    wanted = Wanted([file], received="2027-04-30", provisional=True, accept="made up")
    add(wanted, today=later)
    assert of("mps_ward_crime", receiving(year)).state == "the newest file is provisional"

    withdraw(receipts("mps_ward_crime")[-1].folder, "a rehearsal")
    assert list(receiving(year)) == before
    after = {name: it for name, it in arrivals.holds().items() if "withdrawn" not in name}
    assert after == holds


def of(source: str, steps) -> Step:
    return next(each for each in steps if each.what == source)


@pytest.mark.proof
def test_each_step_is_done_when_its_command_was_run(tmp_path, monkeypatch, capsys):
    """And left again when what it rests on has changed.

    Of gates and release stands here what each leaves when it has passed, for both take minutes.
    """
    folder = toy_project(tmp_path / "toy", monkeypatch, first=["toys = 12"])
    monkeypatch.chdir(folder)
    path = folder / "data" / "areas" / f"{BARNET}.yml"
    path.write_text(AREA.format(made="2023", reviewed='reviewed: "2023/24"'), encoding="utf-8")
    editions = ("--edition", "public", "--edition", "partnership")

    assert cdpb(capsys, "run", "--year", "2022/23", "--year", "2023/24", *editions)[0] == 0
    assert left(capsys) == ["gates, public", "gates, partnership", "compared", "released"]

    assert cdpb(capsys, *told(capsys)["compared"]["way"].split()[1:])[0] == 0
    assert left(capsys) == ["gates, public", "gates, partnership", "released"]

    for edition in ("public", "partnership"):
        say_in_place(folder / "outputs" / "2023-24" / BARNET / edition, GATES)
    assert left(capsys) == ["released"]

    write_notebook(folder, "first", ["toys = 13"])
    assert left(capsys) == ["run, public", "run, partnership", "released"]
    assert told(capsys)["run, public"]["state"] == "1 of 1 findings to be made, first"

    for edition in ("public", "partnership"):
        content = {"released": "2024-05-01", "edition": edition, "tables": [], "findings": {}}
        write_entry(BARNET, "2023/24", edition, content)
    assert left(capsys) == []
    assert told(capsys)["run, public"]["state"] == "released; since then 1 of 1 would be made anew"


@pytest.mark.proof
def test_a_year_is_rehearsed_with_provisional_files_that_are_withdrawn_again(
    tmp_path, monkeypatch, capsys
):
    """The police's newest receipts, as if a year later: added, run on one finding, taken back."""
    root, later = tmp_path / "project", pd.Timestamp("2027-07-31").date()
    for name in ("data", "shapes", "notebooks"):
        shutil.copytree(CHECKOUT / name, root / name)
    monkeypatch.setenv("CDPB_HOME", str(root))
    monkeypatch.chdir(root)
    before, year = seen(root / "data"), FinancialYear(2026)
    steps = list(receiving(year))

    files = [a_year_later(name, tmp_path) for name in ("mps_ward_crime", "mps_borough_crime")]
    wanted = Wanted(files, received="2027-07-31", provisional=True, accept="made up for a test")
    added = add(wanted, today=later)
    assert of("mps_ward_crime", receiving(year)).state == "the newest file is provisional"

    asked = ("--year", "2026/27", "--finding", "ward_drug_offences", "--edition", "public")
    code, out, err = cdpb(capsys, "run", *asked)
    assert code == 0, err
    page = root / "outputs" / "2026-27" / BARNET / "public" / "ward-drug-offences.html"
    assert "2026/27" in page.read_text(encoding="utf-8")
    code, out, _ = cdpb(capsys, "year", "2026/27")
    assert "findings to be made" in next(line for line in out.splitlines() if "run, public" in line)

    for folder in dict.fromkeys(added.folders):
        withdraw(folder, "a rehearsal")
    assert list(receiving(year)) == steps
    after = {name: it for name, it in seen(root / "data").items() if "withdrawn/" not in name}
    assert after == before


def a_year_later(source: str, folder):
    """The newest twelve months of what is held, twelve months on, as the project compiles them."""
    newest = receipts(source)[-1].paths[0]
    table = pd.read_csv(newest, dtype=str)
    months = pd.PeriodIndex(table["month"], freq="M")
    table = table.assign(month=(months + 12).astype(str))[months >= months.max() - 11]
    path = folder / f"{source}.csv"
    table.to_csv(path, index=False)
    return path
