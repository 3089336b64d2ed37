"""Assessments built once for all tests that read them."""

import json
from collections.abc import Sequence
from pathlib import Path

from cdpb.cli import main

BARNET = "E09000003"


YEARS = ("2022/23", "2023/24", "2024/25", "2025/26")
# Of the years before the last, what is recounted by hand; all of them are made for the proofs.
RECOUNTED = ("ward_drug_offences",)
# One that leaks are planted in, one that stands beside it, one for which nothing is held and that
# has no page, and one that is made of the others.
FEW = ("ward_drug_offences", "mental_health_need", "young_people_in_treatment", "partnership")


def built(folder: Path) -> Path:
    """Barnet, public, 2025/26, as an analyst would build it; of three years before, one finding."""
    make(folder, YEARS[-1:])
    make(folder, YEARS[:-1], RECOUNTED)
    return folder


def make(folder: Path, years: Sequence[str], findings: Sequence[str] = ()) -> None:
    """Barnet, public, for some years: all findings, or those named."""
    words = [word for year in years for word in ("--year", year)]
    words += [word for finding in findings for word in ("--finding", finding)]
    told = ["run", *words, "--area", "Barnet", "--edition", "public", "--output", str(folder)]
    assert main(told) == 0, "the assessment was not built: see what the run said"


def record(folder: Path, year: str, finding: str) -> dict:
    """The record of one finding of a built assessment."""
    path = folder / year.replace("/", "-") / BARNET / "public" / "findings" / f"{finding}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def csv_of(folder: Path, year: str, finding: str, table: str) -> Path:
    """A table's CSV of a built assessment."""
    assessment = folder / year.replace("/", "-") / BARNET / "public"
    return assessment / "tables" / finding / f"{table}.csv"
