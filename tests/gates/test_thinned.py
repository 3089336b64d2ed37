"""What a smaller borough would send passes the gate: its honest pages are not refused."""

import pytest

from cdpb.cli import main
from cdpb.runner.gates import run_gates
from tests.support.thinned import protected_findings, thinned_project

YEARS = ("2022/23", "2023/24", "2024/25")
EDITIONS = ("public", "partnership")
# Seed, share of the people that is kept, year and edition.
SETS = [
    (seed, 0.1 + 0.4 * (7 * seed % 20) / 20, YEARS[seed % 3], EDITIONS[seed % 2])
    for seed in range(1, 21)
]


def made(folder, monkeypatch, seed, kept, year, edition, *findings: str):
    """The folder of a demonstration with thinned returns; it has passed attack and scan."""
    project = thinned_project(folder / "project", seed, kept)
    monkeypatch.setenv("CDPB_HOME", str(project))
    named = [word for each in findings or protected_findings() for word in ("--finding", each)]
    asked = ["--demonstration", "--year", year, "--edition", edition, *named]
    assert main(["run", *asked]) == 0
    slug = year.replace("/", "-")
    return project / "outputs" / "demonstration" / slug / "E09000003" / edition


@pytest.mark.slow
def test_pages_of_a_smaller_borough_pass_the_gate(tmp_path, monkeypatch):
    """Where most is hidden, a number stands beside the name of a hidden row in every sentence."""
    asked = (2, 0.2, "2024/25", "partnership", "schools_and_prevention")
    assert made(tmp_path, monkeypatch, *asked).is_dir()


@pytest.mark.proof
@pytest.mark.parametrize(("seed", "kept", "year", "edition"), SETS)
def test_twenty_smaller_boroughs_pass_all_four_gates(
    tmp_path, monkeypatch, seed, kept, year, edition
):
    """Every finding of a protected return, whatever is hidden in it."""
    folder = made(tmp_path, monkeypatch, seed, kept, year, edition)
    report = run_gates(folder)
    assert (report.findings, report.complete) == ([], True)
