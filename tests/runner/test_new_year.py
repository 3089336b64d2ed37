"""A year that nobody has seen: made up, added, and compared with the year before."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from cdpb import loaders as load
from cdpb.adding import Wanted, add
from cdpb.adding.summary import summary_lines
from cdpb.findings.released_record import entered
from cdpb.ledger import write_entry
from cdpb.report.changed import figures_moved, verdicts_moved
from cdpb.report.diff import differences
from tests.support.inprocess import record_of, run
from tests.support.vintages import borough_file, ward_file

CHECKOUT = Path(__file__).resolve().parents[2]
FINDING, BARNET = "possession_and_trafficking", "E09000003"
OLD, NEW = "2024/25", "2025/26"
TODAY = pd.Timestamp("2026-07-01").date()

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Iterator[SimpleNamespace]:
    """Records of a project with police figures to March 2025 in V3, and made-up 2025/26 in V4.

    In the new year there are two possession offences for one of trafficking. ``alone`` is the
    new year, made first of all; ``old`` the one before; ``again`` the new year after it;
    ``released`` the new year when the old one has been released; ``stricter`` the same when the
    area file says three times in the place of twice.
    """
    root = tmp_path_factory.mktemp("new_year")
    for name in ("data", "shapes", "notebooks"):
        shutil.copytree(CHECKOUT / name, root / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDPB_HOME", str(root))
        _receive_both_years(root)
        told = SimpleNamespace(alone=_made(root, NEW), old=_made(root, OLD))
        told.again = _made(root, NEW)
        content = {"released": "2025-11-22", "edition": "public", "tables": []}
        write_entry(BARNET, OLD, "public", {**content, "findings": {FINDING: entered(told.old)}})
        told.released = _made(root, NEW)
        _three_times(root / "data" / "areas" / f"{BARNET}.yml")
        told.stricter = _made(root, NEW)
        yield told


def _receive_both_years(root: Path) -> None:
    held = load.borough_drug_offences()
    shutil.rmtree(root / "data" / "mps_borough_crime")
    shutil.rmtree(root / "data" / "ledger", ignore_errors=True)
    old = held[held["month"].between(pd.Period("2021-04"), pd.Period("2025-03"))]
    new = old[old["month"] >= pd.Period("2024-04")]
    times = new["offence"].map({"trafficking": 100, "possession": 200})
    _receive(root, old, "V3", "2025-05-31")
    _receive(root, new.assign(month=new["month"] + 12, offences=times), "V4", "2026-06-20")


def _receive(root: Path, table: pd.DataFrame, layout: str, received: str) -> None:
    path = root / f"{layout}.csv"
    path.write_bytes(borough_file(table, layout).encode())
    add(Wanted([path], received=received, accept="made up for a test"), today=TODAY)


def _made(root: Path, year: str) -> dict:
    return record_of(FINDING, run(FINDING, root / "made", year=year, over_years=True))


def _three_times(path: Path) -> None:
    """Say in the area file that only three times as many will do, and no longer twice."""
    text = path.read_text(encoding="utf-8")
    start = text.index(f"  {FINDING}:\n    text:")
    old, new = "threshold_value: 2\n", "threshold_value: 3\n"
    assert old in text[start:]
    path.write_text(text[:start] + text[start:].replace(old, new, 1), encoding="utf-8")


def test_a_made_up_year_is_compared_with_the_one_before(made):
    """No break of the series lies between the two, so what moved is said to have moved."""
    assert made.alone["before"]["year"] == OLD
    ratio = figures_moved(made.alone)[0]
    assert ratio[2].startswith("2.00 (")
    assert ratio[3] == "up, intervals apart"
    assert "for 2025/26 it is supported" in made.alone["changed"][0]
    assert verdicts_moved(made.alone)[0][3] == "changed"


def test_a_publishers_new_layout_is_named(made):
    told = {each["what"]: each for each in made.alone["before"]["method"]}
    layout = told["Recorded drug offences by borough: layout of the files"]
    assert "V3" in layout["before"]
    assert layout["now"] == "V4"


def test_the_history_goes_back_to_the_statement(made):
    """It says what each year's own page says."""
    history = {each["year"]: each["label"] for each in made.alone["history"]}
    assert list(history) == ["2022/23", "2023/24", OLD, NEW]
    assert history[OLD] == made.old["verdict"]["label"]
    assert {each["year"]: each["label"] for each in made.old["history"]}.items() <= history.items()


def test_the_page_is_the_same_whatever_ran_before(made):
    """It reads no output, so an earlier run can leave no trace in it."""
    assert made.again == made.alone


def test_a_new_threshold_is_named_and_moves_both_years(made):
    """Last year was released by the old one; both years are judged by the new one."""
    (rule,) = made.stricter["before"]["published"]["rules"]
    assert (rule["before"], rule["now"]) == ("threshold value 2", "threshold value 3")
    assert "the method has changed since 2024/25 was" in " ".join(made.stricter["changed"]).lower()
    assert made.released["before"]["published"]["rules"] == []
    # Two for one is what the statement said, and what the new year has.
    assert made.released["verdict"]["label"] == "supported" != made.stricter["verdict"]["label"]
    assert made.stricter["history"][-2]["label"] == made.stricter["before"]["verdict"]["label"]


def test_cdpb_diff_calls_a_new_threshold_no_change_in_the_world(made):
    """The same year before and after: whatever differs, differs by the rule."""
    found = differences({FINDING: made.released}, {FINDING: made.stricter})
    assert {each.what.split(",")[0] for each in found} == {"verdict", "part", "method"}
    assert {each.why for each in found} == {"value and method", "method"}


def test_cdpb_diff_calls_a_new_year_one(made):
    """Of the same rules, with data of another period."""
    found = differences({FINDING: made.old}, {FINDING: made.alone})
    figures = [each for each in found if each.what.startswith("key figure")]
    assert {each.why for each in figures} == {"value"}


def test_new_files_in_a_new_layout_are_enough_for_a_year_of_wards(tmp_path, monkeypatch):
    """Both files of the spring, one `cdpb add`, and the page of the wards is of the new year."""
    for name in ("data", "shapes", "notebooks"):
        shutil.copytree(CHECKOUT / name, tmp_path / name)
    for receipt in ("mps_ward_crime/2026-04-30", "mps_borough_crime/2026-07-31"):
        shutil.rmtree(tmp_path / "data" / receipt)
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))
    files = [_spring(tmp_path, "b.csv", borough_file(_boroughs_to_march(), "V4"))]
    files.append(_spring(tmp_path, "w.csv", ward_file(_wards_to_march(), "V4")))
    added = add(Wanted(files, received="2026-06-20"), today=TODAY)
    assert "\n".join(summary_lines(added)).count("layout V4") == 2

    folder = run("ward_drug_offences", tmp_path / "made", year=NEW)
    record = record_of("ward_drug_offences", folder)
    assert record["as_of"]["mps_ward_crime"] == NEW
    assert record["key_figures"][0]["period"] == NEW
    framework = record_of("outcomes_framework", run("outcomes_framework", folder, year=NEW))
    assert framework["headline"].startswith("Of the 42 metrics")


def _spring(root: Path, name: str, text: str) -> Path:
    (root / name).write_bytes(text.encode())
    return root / name


def _boroughs_to_march() -> pd.DataFrame:
    """The months that are held from April 2024, and those of a year ago to March 2026."""
    held = load.borough_drug_offences()
    two = held[held["month"] >= pd.Period("2024-04")]
    last = two["month"].max()
    later = two.assign(month=two["month"] + 12)
    later = later[(later["month"] > last) & (later["month"] <= pd.Period("2026-03"))]
    return pd.concat([two, later])


def _wards_to_march() -> pd.DataFrame:
    """Every ward of 2024/25, and the same again a year later."""
    held = load.borough_drug_offences()
    names = dict(zip(held["area_code"], held["area_name"], strict=True))
    wards = pd.concat([load.ward_drug_offences(code, year=OLD) for code in names])
    wards = wards.assign(place=wards["borough_code"].map(names))
    return pd.concat([wards, wards.assign(month=wards["month"] + 12)])
