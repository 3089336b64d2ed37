"""Plans what a command asks for, as jobs, and refuses all that can be refused beforehand."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cdpb import areas, catalogue, paths
from cdpb.declarations import FindingDeclaration, declarations
from cdpb.errors import InputError
from cdpb.findings.area_files import checked_area_file, refuse_absent_rows
from cdpb.periods import FIRST_MONTH, FinancialYear
from cdpb.runner import runs
from cdpb.runner.job import Assessment, Job, Kept, Planned
from cdpb.runner.keys import Inputs
from cdpb.runner.parameters import check_parameters
from cdpb.yaml_files import read_yaml, typed

UNKNOWN_COST = 5.0
CHANGED = "executed again: its inputs have changed"
NOT_ON_RECORD = "executed again: no run record says what it was made from"


@dataclass(frozen=True)
class Request:
    """A command, its defaults filled in.

    Each combination of year, area and edition (with whether it is a demonstration) is one
    assessment, written below ``under``. No findings named means all.
    """

    years: Sequence[str]
    areas: Sequence[str]
    editions: Sequence[tuple[str, bool]]
    under: Path
    findings: Sequence[str] = ()


def assessments(request: Request) -> list[Assessment]:
    """Every assessment that a request names, each once; malformed or future years are refused."""
    years = dict.fromkeys(checked_year(year) for year in request.years)
    places = dict.fromkeys(checked_area(area) for area in request.areas)
    editions = dict.fromkeys(request.editions)
    return [
        Assessment(place.code, place.name, year, edition, demonstration, request.under)
        for year, place, (edition, demonstration) in product(years, places, editions)
    ]


def plan(assessment: Assessment, findings: Sequence[str], run: str, inputs: Inputs) -> Planned:
    """What is executed for an assessment and what is kept, each job checked.

    All findings are executed unless some are named. Then the others are kept where they stand and
    were made from today's inputs, executed again where those have changed, and left out where
    they don't stand.
    """
    declared = declarations()
    local = checked_area_file(assessment.area_code)
    if local:
        refuse_absent_rows(local, assessment.year, assessment.build)
    named = [declared.finding(name) for name in dict.fromkeys(findings)]
    asked = named or declared.findings
    costs = runs.last_seconds()
    jobs: list[Job] = []
    kept: list[Kept] = []
    others: list[str] = []
    standing = runs.standing(assessment) if named else {}
    # What is made of the others comes last, when it is known what each of them is made from.
    for finding in sorted(declared.findings, key=lambda each: bool(each.after)):
        page = standing.get(finding.id)
        if page is None and finding not in asked:
            continue
        job = _job(assessment, finding, local, run, inputs, costs)
        if finding.after:  # Its page is made of the others' records: their keys are in its own.
            text = "\n".join([job.key, *sorted(others)])
            job = replace(job, key=hashlib.sha256(text.encode()).hexdigest())
        if finding in asked:
            jobs.append(job)
        elif page is not None and page.key == job.key:
            kept.append(page)
        elif page is not None:
            jobs.append(replace(job, why=CHANGED if page.key else NOT_ON_RECORD))
        if not finding.after:
            others.append(f"{finding.id} {job.key}")
    made = {job.finding for job in jobs} | {page.finding for page in kept}
    order = tuple(each.id for each in declared.findings if each.id in made)
    return Planned(assessment, tuple(jobs), tuple(kept), order)


def checked_year(text: str) -> str:
    """A financial year that has begun by the newest receipt of any source."""
    year = FinancialYear.parse(text)
    newest = catalogue.newest_received()
    if date(year.start, FIRST_MONTH, 1) > newest:
        raise InputError(
            f"{year} begins after the newest data, received in {newest:%B %Y}.",
            f"The newest year that can be asked for is {_year_of(newest)}.",
            "`cdpb list` shows what each source covers. Nothing was run.",
        )
    return str(year)


def checked_area(text: str) -> areas.Area:
    """A borough: London and England are comparators, not partnerships."""
    place = areas.find_area(text)
    if place.code not in set(areas.boroughs()["area_code"]):
        raise InputError(
            f"{place.name} has no assessment of its own: it is what a borough is compared with.",
            "Wanted: one of the 32 London boroughs, like Barnet or E09000003. Nothing was run.",
        )
    return place


def _year_of(day: date) -> FinancialYear:
    return FinancialYear(day.year if day.month >= FIRST_MONTH else day.year - 1)


def _job(
    assessment: Assessment,
    finding: FindingDeclaration,
    local: areas.AreaFile | None,
    run: str,
    inputs: Inputs,
    costs: dict[str, float],
) -> Job:
    notebook = paths.notebooks_folder() / finding.notebook
    given = assessment.parameters | (local.parameters.get(finding.id, {}) if local else {})
    check_parameters(notebook, given)
    return Job(
        assessment=assessment,
        finding=finding.id,
        slug=finding.slug,
        title=finding.title,
        notebook=notebook,
        parameters=given,
        key=inputs.key(finding, assessment, given),
        workspace=paths.private_folder("work", run) / assessment.folder / finding.id,
        cost=costs.get(finding.id, UNKNOWN_COST),
        after_all=finding.after == "all",
    )


Edition = Literal["public", "partnership"]
EDITIONS: tuple[Edition, ...] = ("public", "partnership")
MOST_WORKERS = 4


class Defaults(BaseModel):
    """What ``data/defaults.yml`` says. Timeouts are in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: list[str] = Field(min_length=1)
    area: list[str] = Field(min_length=1)
    edition: list[Edition] = Field(min_length=1)
    workers: int | Literal["auto"] = "auto"
    cell_timeout: int = Field(default=300, gt=0)
    notebook_timeout: int = Field(default=900, gt=0)

    def worker_count(self, asked: int | None = None) -> int:
        """Notebooks to execute at once."""
        if asked:
            return asked
        if isinstance(self.workers, int):
            return max(1, self.workers)
        return max(1, min(MOST_WORKERS, os.cpu_count() or 1))


def defaults() -> Defaults:
    """Read ``data/defaults.yml``."""
    path = paths.data_folder() / "defaults.yml"
    return typed(Defaults, read_yaml(path), path)
