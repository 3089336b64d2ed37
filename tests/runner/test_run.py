"""A run ends with a whole assessment or with the earlier one untouched."""

import json
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from cdpb.runner import keys
from tests.support.commands import HERE, begun, cdpb, gone, sleeping, wrong_input
from tests.support.toys import seen, write_notebook

WORKBOOKS = [
    f"{name}.{suffix}" for name in ("all-tables", "first", "second") for suffix in ("ods", "xlsx")
]
CALLED = "E09000003-2023-24-public"

# A run ----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_prints_a_line_a_finding_and_where_the_assessment_stands(toy, capsys):
    """The same again gives the same bytes, and nothing is left beside the assessment."""
    code, out, err = cdpb(capsys, "run")
    first = seen(toy / "outputs")

    assert (code, err) == (0, "")
    shape = [" ".join(line.split()[:2]) for line in out.splitlines()]
    assert shape == [
        "Barnet (E09000003),",
        "first written",
        "second written",
        "gate passed",
        f"outputs/{HERE}/index.html",
    ]
    assert sorted(first) == [
        f"{HERE}/accessibility.html",
        f"{HERE}/findings/first.json",
        f"{HERE}/findings/second.json",
        f"{HERE}/first.html",
        f"{HERE}/index.html",
        f"{HERE}/manifest.json",
        f"{HERE}/methods.html",
        f"{HERE}/second.html",
        f"{HERE}/tables/first/rows.csv",
        f"{HERE}/tables/second/rows.csv",
        *(f"{HERE}/workbooks/{CALLED}-{each}" for each in WORKBOOKS),
    ]

    code, _, _ = cdpb(capsys, "run", "--workers", "1")

    assert code == 0
    assert seen(toy / "outputs") == first


@pytest.mark.slow
def test_output_area_edition_and_demonstration_name_the_folder(toy, capsys):
    """One command, two boroughs, elsewhere."""
    arguments = ["--area", "Barnet", "--area", "Camden", "--edition", "partnership"]

    code, out, err = cdpb(
        capsys, "run", *arguments, "--demonstration", "--output", "there", "--finding", "first"
    )

    assert (code, err) == (0, "")
    assert out.splitlines()[-2:] == [
        "there/demonstration/2023-24/E09000003/partnership/index.html",
        "there/demonstration/2023-24/E09000007/partnership/index.html",
    ]
    assert "Camden (E09000007), 2023/24, partnership edition, demonstration" in out
    assert seen(toy / "outputs") == {}


@pytest.mark.slow
def test_one_finding_is_made_anew_and_the_others_are_kept_while_they_are_true(toy, capsys):
    """Kept, made again because their inputs changed, or not in it: each is said."""
    code, _, _ = cdpb(capsys, "run", "--finding", "first")
    alone = json.loads((toy / "outputs" / HERE / "manifest.json").read_text(encoding="utf-8"))
    index = (toy / "outputs" / HERE / "index.html").read_text(encoding="utf-8")

    assert code == 0
    assert [entry["id"] for entry in alone["findings"]] == ["first"]
    assert alone["not_included"] == ["second"]
    assert "Second" in index

    _, out, _ = cdpb(capsys, "run", "--finding", "second")

    assert "first    unchanged" in out
    assert "second   written" in out

    write_notebook(toy, "first", ["toys = 99"])
    _, out, _ = cdpb(capsys, "run", "--finding", "second")

    assert "changed: the code of notebooks/first.ipynb" in out
    assert "second   unchanged" in out


# Failures -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "exit_code", "said"),
    [
        (["raise KeyError(4711)"], 1, "Cell 2 raised KeyError"),
        (
            ["from cdpb.errors import InputError", "raise InputError('No n.', 'It has: a.')"],
            2,
            "No n.",
        ),
        (
            ["from cdpb.errors import GateRefused", "raise GateRefused('Too small.')"],
            3,
            "Too small",
        ),
    ],
)
def test_if_a_finding_fails_nothing_moves_and_the_others_are_finished(
    toy, standing, capsys, cells, exit_code, said
):
    """The last good assessment stays; an honest page tells which cell, and what to do."""
    write_notebook(toy, "first", cells)

    code, out, err = cdpb(capsys, "run")

    assert code == exit_code
    assert said in err
    assert wrong_input(err)
    assert "second   written" in out
    assert seen(toy / "outputs") == standing
    (attempt,) = (toy / ".cdpb" / "attempts").iterdir()
    page = (attempt / "index.html").read_text(encoding="utf-8")
    assert "cell 2" in page or "cell 3" in page
    assert (attempt / HERE / "second.html").is_file()
    assert attempt.name in err or exit_code == 2
    assert not list(attempt.rglob("*.ipynb"))


def received_anew(folder: Path, change: Callable[[str], str]) -> None:
    """Write the newest ward file as if it had been received like this."""
    receipt = folder / "data" / "mps_ward_crime" / "2025-04-30" / "receipt.yml"
    path = receipt.with_name("ward_drug_offences.csv")
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    told = yaml.safe_load(receipt.read_text(encoding="utf-8"))
    told["files"][0]["size"] = path.stat().st_size
    told["files"][0]["sha256"] = keys.file_hash(path)
    receipt.write_text(yaml.safe_dump(told), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            lambda text: text.replace(",trafficking", ",Drug Traficking", 1),
            "trafficking",
            marks=pytest.mark.proof,
        ),
        pytest.param(
            lambda text: text.replace(",8,5\n", ",8,many\n", 1),
            "Found: the text 'many'",
            marks=pytest.mark.proof,
        ),
        (lambda text: text.replace("E05013632", "E05000046"), "in use until May 2022"),
    ],
    ids=["a renamed column", "a text in a count", "old wards"],
)
def test_a_real_notebook_passes_on_what_is_wrong_with_a_file(
    project, tmp_path, monkeypatch, capsys, change, said
):
    """The loader's message reaches the analyst whole, from inside a kernel."""
    for name in ("data", "notebooks", "shapes"):
        shutil.copytree(project / name, tmp_path / name)
    received_anew(tmp_path, change)
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))

    code, _, err = cdpb(capsys, "run", "--finding", "ward_drug_offences")

    assert code == 2
    assert said in err
    assert "data/mps_ward_crime/2025-04-30/ward_drug_offences.csv" in err
    assert wrong_input(err)
    assert seen(tmp_path / "outputs") == {}


@pytest.mark.slow
def test_the_gate_outranks_a_failure(toy, standing, capsys):
    """A number that may not leave is the graver news."""
    refuses = ["from cdpb.errors import GateRefused", "raise GateRefused('Too small.')"]
    write_notebook(toy, "first", ["raise KeyError(4711)"])
    write_notebook(toy, "second", refuses)

    code, _, err = cdpb(capsys, "run")

    assert code == 3
    assert wrong_input(err)
    assert "first:" in err
    assert "second:" in err
    assert seen(toy / "outputs") == standing


@pytest.mark.slow
def test_what_the_scan_finds_is_refused(toy, standing, capsys, monkeypatch):
    """Nothing that was refused is ever seen under outputs."""
    monkeypatch.setattr(
        "cdpb.runner.gates.folder.problems", lambda *_: ["first.html: names a small number"]
    )

    code, out, err = cdpb(capsys, "run")

    assert code == 3
    assert "gate     refused" in out
    assert "first.html: names a small number" in err
    assert seen(toy / "outputs") == standing


YEARS = ("--year", "2022/23", "--year", "2023/24")


@pytest.mark.slow
def test_one_refused_assessment_takes_no_other_with_it(toy, standing, capsys):
    """Nine boroughs are not made again for the tenth; the refused one stays as it stood."""
    notebook = toy / "notebooks" / "first.ipynb"
    told = notebook.read_text(encoding="utf-8")
    # In that year its record tells of a row more than its table has.
    row, more = r"\"rows\": 1", r"""\"rows\": 1 + (year == '2023/24')"""
    assert row in told
    notebook.write_text(told.replace(row, more), encoding="utf-8")

    code, out, err = cdpb(capsys, "run", *YEARS)

    assert code == 3
    assert "2023-24/E09000003/public/findings/first.json: tables[0].rows: a number" in err
    assert "Not published: Barnet (E09000003), 2023/24, public edition. The others stand" in err
    assert wrong_input(err)
    assert out.splitlines()[-1] == f"outputs/{HERE.replace('2023-24', '2022-23')}/index.html"
    assert (toy / "outputs" / HERE.replace("2023-24", "2022-23") / "first.html").is_file()
    assert {name: seen(toy / "outputs")[name] for name in standing} == standing


@pytest.mark.slow
def test_one_failed_assessment_takes_no_other_with_it(toy, standing, capsys):
    """An error in one year's data is no reason to withhold another year."""
    write_notebook(toy, "first", ["assert year != '2023/24'"])

    code, out, err = cdpb(capsys, "run", *YEARS)

    assert code == 1
    assert "Not published: Barnet (E09000003), 2023/24, public edition" in err
    assert wrong_input(err)
    assert "2022-23" in out.splitlines()[-1]
    assert (toy / "outputs" / HERE.replace("2023-24", "2022-23") / "first.html").is_file()
    assert {name: seen(toy / "outputs")[name] for name in standing} == standing
    page = next((toy / ".cdpb" / "attempts").iterdir()) / "index.html"
    assert "2022/23" not in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_full_disk_leaves_the_old_assessment_whole(toy, standing, capsys, monkeypatch):
    """A truncated page over a good one is worse than no page."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cdpb.runner.manifest.write_manifest", full)

    code, _, err = cdpb(capsys, "run")

    assert code == 2
    assert "the disk is full" in err
    assert seen(toy / "outputs") == standing


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_ctrl_c_stops_at_once_and_leaves_nothing(toy, standing):
    """No kernel goes on computing, no half of a folder lies about."""
    marker = toy / "begun"
    write_notebook(toy, "second", sleeping(marker))
    running = begun(toy, marker, "run", "--workers", "2")

    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)

    assert running.returncode == 130
    assert err.strip() == "Interrupted. Earlier assessments stand as they were."
    assert seen(toy / "outputs") == standing
    assert list((toy / ".cdpb" / "work").iterdir()) == []
    assert gone(int(marker.read_text()))
