"""What an assessment says of itself, and what is held back from it."""

import json
from pathlib import Path

import pandas as pd
import pytest

from cdpb.report.index import COMMON
from cdpb.runner.gates import folder as folders
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Assessment
from cdpb.runner.manifest import files_below, manifest, months_by_receipt, write_manifest
from tests.support.toys import toy_project

PUBLIC = Assessment("E09000003", "Barnet", "2023/24", "public", False, Path("outputs"))
BOARD = Assessment("E09000003", "Barnet", "2023/24", "partnership", False, Path("outputs"))
SHA = "a" * 64
WORKBOOKS = [
    f"workbooks/E09000003-2023-24-public-{name}"
    for name in ("all-tables.ods", "all-tables.xlsx", "first.ods", "first.xlsx")
]


def source(id: str, access: str = "public", status: str = "official") -> dict:
    return {
        "id": id,
        "title": id,
        "publisher": "The maker",
        "landing_page": "https://example.org",
        "licence": "OGL",
        "attribution": "The maker.",
        "access": access,
        "status": status,
        "period": "2023/24",
        "receipts": [{"received": "2025-05-01", "files": [{"name": "a.csv", "sha256": SHA}]}],
    }


def record(*sources: dict) -> dict:
    return {
        "id": "first",
        "slug": "first",
        "title": "First",
        "area": {"code": "E09000003", "name": "Barnet"},
        "year": "2023/24",
        "edition": "public",
        "verdict": {"outcome": "supported", "label": "supported as far as checked"},
        "as_of": {},
        "tables": [{"id": "rows", "file": "tables/first/rows.csv", "rows": 1}],
        "sources": list(sources),
    }


def scan(folder: Path, assessment: Assessment, records: list[dict]) -> list[str]:
    """What is wrong with a folder of which every finding is looked at."""
    return folders.problems(Written(folder, assessment, records), records, files_below(folder))


@pytest.fixture
def written(tmp_path, monkeypatch) -> Path:
    """A folder as it is assembled, with pages that hold nothing."""
    toy_project(tmp_path / "toy", monkeypatch)
    folder = tmp_path / "public"
    own = ("first.html", "findings/first.json", "tables/first/rows.csv")
    for name in (*COMMON, *own, *WORKBOOKS):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("a,b\n1,2\n", encoding="utf-8")
    monkeypatch.setattr("cdpb.report.checks.check_page", lambda page: [])
    write_manifest(manifest(PUBLIC, [record(source("toy_counts"))], [], folder), folder)
    return folder


def test_signed_exceptions_are_listed_by_id_each_once(tmp_path):
    """Whoever receives the folder can tell by whose word small counts stand in it."""
    signed = [{"id": "E2", "agreed_by": "B"}, {"id": "E1", "agreed_by": "A"}]
    records = [{**record(), "exceptions": signed}, {**record(), "exceptions": signed[:1]}]
    told = manifest(BOARD, records, [], tmp_path)
    assert [each["id"] for each in told["exceptions"]] == ["E1", "E2"]
    assert manifest(PUBLIC, [record()], [], tmp_path)["exceptions"] == []


def test_every_file_is_listed_with_its_hash(written):
    """Whoever receives the folder can tell whether it is all there, unchanged."""
    told = json.loads((written / "manifest.json").read_text(encoding="utf-8"))

    assert [file["path"] for file in told["files"]] == [
        "accessibility.html",
        "findings/first.json",
        "first.html",
        "index.html",
        "methods.html",
        "tables/first/rows.csv",
        *WORKBOOKS,
    ]
    assert told["findings"][0]["label"] == "supported as far as checked"


def test_nothing_but_content_changes_a_manifest(written):
    """No time, no version, no commit, no name of a machine."""
    told = (written / "manifest.json").read_text(encoding="utf-8")

    assert not {"commit", "python", "run", "time", "host"} & set(json.loads(told))
    assert str(written) not in told


def test_a_public_manifest_has_hashes_of_public_sources_alone(written):
    """A partner's file could be told from its hash by whoever holds one like it."""
    records = [record(source("toy_counts"), source("partner", access="internal"))]

    told = {each["id"]: each for each in manifest(PUBLIC, records, [], written)["sources"]}
    board = {each["id"]: each for each in manifest(BOARD, records, [], written)["sources"]}

    assert told["toy_counts"]["receipts"][0]["files"] == [{"name": "a.csv", "sha256": SHA}]
    assert told["partner"]["receipts"][0]["files"] == []
    assert board["partner"]["receipts"][0]["files"] == []


@pytest.mark.parametrize("access", ["restricted", "internal_only"])
def test_a_public_manifest_is_silent_on_what_may_not_be_shown(written, access):
    """Not even whether it was received."""
    records = [record(source("toy_counts"), source("domes", access=access))]

    assert "domes" not in json.dumps(manifest(PUBLIC, records, [], written))
    assert "domes" in json.dumps(manifest(BOARD, records, [], written))


def test_months_are_told_in_runs_by_the_file_that_gave_them():
    """Two receipts overlap and revise each other; the newest wins."""
    months = pd.DataFrame(
        {
            "month": pd.period_range("2023-01", periods=5, freq="M"),
            "received": ["2023-12-31"] * 3 + ["2025-04-30"] * 2,
            "file": ["old.csv"] * 3 + ["new.csv"] * 2,
        }
    )

    assert months_by_receipt(months.sample(frac=1, random_state=1)) == [
        {"first": "2023-01", "last": "2023-03", "received": "2023-12-31", "file": "old.csv"},
        {"first": "2023-04", "last": "2023-05", "received": "2025-04-30", "file": "new.csv"},
    ]


def test_a_month_that_is_missing_parts_a_run():
    """A gap must not be papered over."""
    months = pd.DataFrame(
        {"month": pd.PeriodIndex(["2023-01", "2023-03"], freq="M"), "received": "r", "file": "f"}
    )

    assert [run["first"] for run in months_by_receipt(months)] == ["2023-01", "2023-03"]


# The scan -------------------------------------------------------------------------


def test_a_folder_as_it_should_be_passes(written):
    """Otherwise every run would stop."""
    assert scan(written, PUBLIC, [record(source("toy_counts"))]) == []


@pytest.mark.parametrize("name", ["first.ipynb", "~$rows.xlsx", "tables/first/other.csv"])
def test_a_file_that_does_not_belong_is_found(written, name):
    """A notebook holds its code and its outputs; a temporary file holds anything."""
    (written / name).write_text("", encoding="utf-8")

    assert scan(written, PUBLIC, [record()]) == [f"{name}: no such file belongs here"]


def test_a_path_of_this_machine_is_found(written, tmp_path):
    """It names a user, and changes the page from machine to machine."""
    (written / "first.html").write_text(f"<p>{tmp_path / 'toy'}</p>", encoding="utf-8")

    assert scan(written, PUBLIC, [record()]) == ["first.html: names a folder of this machine"]


def test_a_table_with_ragged_rows_is_found(written):
    """A spreadsheet program would shift its columns without a word."""
    (written / "tables" / "first" / "rows.csv").write_text("a,b\n1,2,3\n", encoding="utf-8")

    (found,) = scan(written, PUBLIC, [record()])

    assert "different numbers of columns" in found


@pytest.mark.parametrize(
    ("access", "status"), [("restricted", "official"), ("public", "illustrative")]
)
def test_a_record_that_draws_on_what_it_may_not_is_found(written, access, status):
    """The loader should have refused; two doors are better than one."""
    (found,) = scan(written, PUBLIC, [record(source("domes", access, status))])

    assert "draws on domes" in found


def test_a_page_that_fails_its_own_checks_is_found(written, monkeypatch):
    """Nobody opens every page of every borough."""
    checked = {"a,b\n1,2\n": ["figure 1 has no table"]}
    monkeypatch.setattr("cdpb.report.checks.check_page", lambda page: checked[page])

    assert "first.html: figure 1 has no table" in scan(written, PUBLIC, [record()])
