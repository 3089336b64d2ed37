"""Plans what a command asks for, as jobs, and refuses all that can be refused beforehand."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cdpb import areas, catalogue, paths
from cdpb.console import few
from cdpb.declarations import FindingDeclaration, declarations
from cdpb.errors import InputError
from cdpb.file_contents import one_look
from cdpb.periods import FIRST_MONTH, FinancialYear, financial_year_of
from cdpb.runner import cache, runs
from cdpb.runner.job import RECORD_OF, Assessment, Job, Kept, Planned, Timeouts
from cdpb.runner.keys import SCAN, Inputs, Parts, key_of
from cdpb.runner.parameters import check_parameters
from cdpb.yaml_files import read_yaml, typed

UNKNOWN_COST = 5.0
ASKED, NOT_BEFORE = "asked for afresh", "not made before"
RENDERED = "rendered again: its text or the template changed"
SAME_RECORDS = "rendered again: the other findings say the same"


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


@one_look()
def plan(
    assessment: Assessment,
    findings: Sequence[str],
    run: str,
    inputs: Inputs,
    *,
    fresh: bool = False,
) -> Planned:
    """What is made for an assessment and what is at hand, each job checked.

    All findings are asked for unless some are named; then those that stand beside them are made
    too, as the rest of the assessment, and what doesn't stand is left out. What was made from
    today's inputs before isn't made again; if ``fresh``, what is asked for is.
    """
    declared = declarations()
    local = _area_file(assessment, inputs)
    asked = [declared.finding(name) for name in dict.fromkeys(findings)] or declared.findings
    stand = runs.standing(assessment) if findings else {}
    costs, then = runs.last_seconds(), runs.last_executions(assessment)
    jobs: list[Job] = []
    kept: list[Kept] = []
    others: Parts = {}
    # What is made of the others comes last, when it is known what each of them is made from.
    for finding in sorted(declared.findings, key=lambda each: bool(each.after)):
        if finding not in asked and finding.id not in stand:
            continue
        job = _job(assessment, finding, local, run, inputs, others, costs)
        entry = None if fresh and finding in asked else cache.at_hand(job.execution)
        if entry and entry.page == job.key:
            cache.used(entry)
            kept.append(Kept(finding.id, job.key, entry.record(finding.id), entry.folder))
        elif entry:
            jobs.append(replace(job, at_hand=entry.folder, why=RENDERED))
        else:
            before = cache.made_from(then.get(finding.id, ""))
            why = ASKED if fresh and finding in asked else why_executed(job.made_from, before)
            jobs.append(replace(job, why=why))
        if not finding.after:
            others[f"{RECORD_OF}{finding.id}"] = job.execution
    made = {job.finding for job in jobs} | {page.finding for page in kept}
    order = tuple(each.id for each in declared.findings if each.id in made)
    judged_by = inputs.of_checking(assessment)
    planned = Planned(assessment, tuple(jobs), tuple(kept), order, "", judged_by, fresh)
    return replace(planned, checked=key_of({SCAN: judged_by[SCAN], **planned.keys}))


def why_executed(now: Mapping[str, str], before: Mapping[str, str]) -> str:
    """Why a notebook is executed, in a few words: what differs from when it last was."""
    if not before:
        return NOT_BEFORE
    changed = few(parts_that_differ(now, before))
    return f"changed: {changed}" if changed else "what was made before is not whole"


def parts_that_differ(now: Mapping[str, str], before: Mapping[str, str]) -> list[str]:
    """The names of the parts that are others, in their order."""
    return sorted(name for name in now.keys() | before if now.get(name) != before.get(name))


def checked_year(text: str) -> str:
    """A financial year that has begun by the newest receipt of any source."""
    year = FinancialYear.parse(text)
    newest = catalogue.newest_received()
    if date(year.start, FIRST_MONTH, 1) > newest:
        raise InputError(
            f"{year} begins after the newest data, received in {newest:%B %Y}.",
            f"The newest year that can be asked for is {financial_year_of(newest)}.",
            "`cdpb list` shows what each source covers. Nothing was run.",
        )
    return str(year)


def checked_area(text: str) -> areas.Area:
    """A borough: London and England are comparators, not partnerships."""
    place = areas.find_area(text)
    if not areas.is_borough(place.code):
        raise InputError(
            f"{place.name} has no assessment of its own: it is what a borough is compared with.",
            "Wanted: one of the 32 London boroughs, like Barnet or E09000003. Nothing was run.",
        )
    return place


def _area_file(assessment: Assessment, inputs: Inputs) -> areas.AreaFile | None:
    """What belongs to the area, checked whole; once, for to read its wards takes a second."""
    area = assessment.area_code
    checked, local = paths.private_folder("checked") / inputs.of_area(area), areas.area_file(area)
    if local and (local.exceptions or not checked.is_file()):
        from cdpb.findings.area_files import checked_area_file, refuse_absent_rows

        checked_area_file(area)
        checked.touch()
        refuse_absent_rows(local, assessment.year, assessment.build)
    return local


def _job(
    assessment: Assessment,
    finding: FindingDeclaration,
    local: areas.AreaFile | None,
    run: str,
    inputs: Inputs,
    others: Parts,
    costs: dict[str, float],
) -> Job:
    notebook = paths.notebooks_folder() / finding.notebook
    given = assessment.parameters | (local.parameters.get(finding.id, {}) if local else {})
    check_parameters(notebook, given)
    made_from = inputs.of_execution(finding, assessment, given) | (others if finding.after else {})
    execution, rendered_by = key_of(made_from), inputs.of_rendering(finding)
    years = {} if finding.after else inputs.of_years(finding, made_from, assessment, given)
    return Job(
        assessment=assessment,
        finding=finding.id,
        slug=finding.slug,
        title=finding.title,
        notebook=notebook,
        parameters=given,
        key=key_of({"execution": execution, **rendered_by}),
        execution=execution,
        made_from=made_from,
        rendered_by=rendered_by,
        years=years,
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

    @property
    def timeouts(self) -> Timeouts:
        """The seconds that cells and notebooks may take."""
        return Timeouts(self.cell_timeout, self.notebook_timeout)

    def worker_count(self, asked: int | None = None) -> int:
        """Notebooks to execute at once."""
        if asked:
            return asked
        if isinstance(self.workers, int):
            return max(1, self.workers)
        # One more than there are processors: a worker waits for its kernel to start, and to answer.
        return min(MOST_WORKERS, (os.cpu_count() or 1) + 1)


def defaults() -> Defaults:
    """Read ``data/defaults.yml``."""
    path = paths.data_folder() / "defaults.yml"
    return typed(Defaults, read_yaml(path), path)
