"""What a run did, and how its end is told: to people, and in the record of it."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cdpb.console import few
from cdpb.errors import LONGEST_MESSAGE, CdpbError, ended
from cdpb.runner import runs
from cdpb.runner.job import Assessment, Failure, Job, Planned, Result, Timeouts
from cdpb.runner.other_years import OtherYears
from cdpb.runner.place import display_path
from cdpb.runner.runs import keep_attempt

if TYPE_CHECKING:
    from cdpb.runner.gates import GateReport

WORST_FIRST = (3, 1, 2)


class RunFailed(CdpbError):
    """A run of which an assessment was not published; its exit code says why."""

    def __init__(self, exit_code: int, headline: str, *lines: str) -> None:
        self.exit_code = exit_code
        super().__init__(headline, *lines)


@dataclass
class Run:
    """What one command does and did: jobs as they ended, what the gate found, what is published."""

    name: str
    say: Callable[[str], None]
    workers: int
    timeouts: Timeouts
    done: list[tuple[Job, Result]] = field(default_factory=list)
    refused: dict[Assessment, list[str]] = field(default_factory=dict)
    published: list[Assessment] = field(default_factory=list)
    standing: list[Assessment] = field(default_factory=list)
    changed: dict[Assessment, list[str]] = field(default_factory=dict)
    gates: dict[Assessment, "GateReport"] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    way_out: str = ""
    years: OtherYears = field(default_factory=OtherYears)

    @property
    def failed(self) -> set[Assessment]:
        """The assessments of which a finding failed."""
        return {job.assessment for job, result in self.done if result.failure}

    @contextmanager
    def spending(self, step: str) -> Iterator[None]:
        """Count the seconds within to a step of the run."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.spent[step] = round(time.perf_counter() - started, 3)


def not_published(this: Run, planned: Sequence[Planned]) -> RunFailed:
    """Why an assessment was not published; where the others are, was said."""
    stand = [*this.standing, *this.published]
    for assessment in stand:
        this.say(display_path(assessment.target / "index.html"))
    own = [(job, result) for job, result in this.done if job.assessment not in stand]
    left = [str(each.assessment) for each in planned if each.assessment not in stand]
    state = f"Not published: {'; '.join(left)}. The others stand in their places."
    if not stand:
        state = "Nothing was published."
    where = f"{state} What happened: {_page_of(this, planned, own)}"
    failures = [(job, result.failure) for job, result in own if result.failure]
    # What may not leave is the graver news.
    if this.refused:
        return _refused(this, where)
    return _failed(failures, where) if failures else _changed(this, where)


def _page_of(this: Run, planned: Sequence[Planned], own: Sequence[tuple[Job, Result]]) -> str:
    """Where it is told what happened; why nowhere, if the disk has no room for that either."""
    try:
        left = [each for each in _entries(this, planned) if not each["stands"]]
        return display_path(keep_attempt(this.name, own, left))
    except OSError as error:
        # Of a folder that could be copied in part there is no one number.
        why = os.strerror(error.errno) if error.errno else "not all of it could be copied"
        return f"in no file, for none could be written ({why})"


def _failed(failures: list[tuple[Job, Failure]], where: str) -> RunFailed:
    codes = {failure.exit_code for _, failure in failures}
    code = next(each for each in WORST_FIRST if each in codes)
    distinct = {"\n".join(failure.lines): (job, failure) for job, failure in failures}
    if len(distinct) == 1:
        ((job, failure),) = distinct.values()
        headline, *lines = failure.lines or [failure.kind]
        if failure.exit_code == 1:
            headline = f"{job.finding} failed ({job.notebook.name}). {headline}"
        room = len(lines) + 2 <= LONGEST_MESSAGE
        return RunFailed(code, headline, *lines, *([where] if room else []))
    lines = [f"{job.finding}: {(failure.lines or [''])[0]}" for job, failure in distinct.values()]
    return RunFailed(code, f"{len(failures)} findings failed.", where, *lines)


def _refused(this: Run, where: str) -> RunFailed:
    found = [
        f"{assessment.folder.as_posix()}/{problem}"
        for assessment, problems in this.refused.items()
        for problem in problems
    ]
    return RunFailed(3, "The gate refused what was written.", where, *found[:4], this.way_out)


def _changed(this: Run, where: str) -> RunFailed:
    names = [name for names in this.changed.values() for name in names]
    return RunFailed(
        2,
        "Something that the pages are made from was changed while they were made.",
        f"Changed: {few(names)}.",
        "Run it again, and leave it alone until it is done.",
        where,
    )


def recorded(this: Run, planned: Sequence[Planned], seconds: float) -> dict[str, Any]:
    """What is recorded of a run, on the way out of it."""
    return {
        "run": this.name,
        **ended(sys.exception()),
        "seconds": round(seconds, 2),
        "workers": this.workers,
        "spent": this.spent,
        "assessments": _entries(this, planned),
    }


def _entries(this: Run, planned: Sequence[Planned]) -> list[dict[str, Any]]:
    results = {(job.assessment, job.finding): result for job, result in this.done}
    stand = {*this.published, *this.standing}
    return [
        {
            **runs.of_assessment(each, results, each.assessment in stand),
            "why": [] if each.assessment in stand else _why(this, each.assessment),
            "gates": this.gates[each.assessment].to_dict()["gates"]
            if each.assessment in this.gates
            else [],
        }
        for each in planned
    ]


def _why(this: Run, assessment: Assessment) -> list[str]:
    """Why an assessment was not published, in a few words each."""
    failed = [
        f"{job.finding} failed: {result.failure.kind}"
        for job, result in this.done
        if job.assessment == assessment and result.failure
    ]
    changed = [f"{name} was changed meanwhile" for name in this.changed.get(assessment, [])]
    found = [*this.refused.get(assessment, []), *failed, *changed]
    return found or ["The run ended before it was moved into place."]
