"""Assessments built once for all tests that read them."""

import json
from pathlib import Path

from cdpb.cli import main

BARNET = "E09000003"


def built(folder: Path) -> Path:
    """Barnet, public, 2022/23 to 2024/25, built as an analyst would build it."""
    years = [word for year in ("2022/23", "2023/24", "2024/25") for word in ("--year", year)]
    arguments = ["run", *years, "--area", "Barnet", "--edition", "public"]
    code = main([*arguments, "--output", str(folder)])
    assert code == 0, "the assessment was not built: see what the run said"
    return folder


def record(folder: Path, year: str, finding: str) -> dict:
    """The record of one finding of a built assessment."""
    path = folder / year.replace("/", "-") / BARNET / "public" / "findings" / f"{finding}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def csv_of(folder: Path, year: str, finding: str, table: str) -> Path:
    """A table's CSV of a built assessment."""
    assessment = folder / year.replace("/", "-") / BARNET / "public"
    return assessment / "tables" / finding / f"{table}.csv"
