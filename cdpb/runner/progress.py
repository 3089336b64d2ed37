"""What a run says while it goes on, what it did, and how its end is told."""

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
from cdpb.runner.cache import OtherYears
from cdpb.runner.job import Assessment, Failure, Job, Planned, Result, Timeouts
from cdpb.runner.place import display_path
from cdpb.runner.runs import keep_attempt

if TYPE_CHECKING:
    from cdpb.runner.gates import GateReport

WORST_FIRST = (3, 1, 2)
# Of a page whose notebook need not be executed.
RENDERING = 0.5


class Progress:
    """Prints assessments in their order and findings in theirs, each line as soon as it can.

    Jobs end in any order; a line waits until those above it are known.
    """

    def __init__(self, planned: Sequence[Planned], say: Callable[[str], None]) -> None:
        self._say = say
        self._results: dict[str, dict[str, Result]] = {
            str(each.assessment): {
                kept.finding: Result(kept.finding, "unchanged", record=kept.record)
                for kept in each.kept
            }
            for each in planned
        }
        self._waiting = [
            (str(each.assessment), name) for each in planned for name in ["", *each.in_turn]
        ]
        self._left = {(job.assessment, job.finding): _cost(job) for p in planned for job in p.jobs}
        self._cost = sum(self._left.values())
        self._started = time.monotonic()
        self._width = max((len(name) for _, name in self._waiting), default=0) + 3
        self._advance()

    def done(self, job: Job, result: Result) -> None:
        """Take the result of a job."""
        self._results[str(job.assessment)][job.finding] = result
        self._left.pop((job.assessment, job.finding), None)
        self._hint("")
        self._advance()
        if self._left:
            self._hint(f"  {len(self._left)} to go, about {self.seconds_left():.0f} s")

    def close(self) -> None:
        """Leave the line clear for what is said next, whatever ended the run."""
        self._hint("")

    def results(self, planned: Planned) -> dict[str, Result]:
        """The results of one assessment, by finding."""
        return self._results[str(planned.assessment)]

    def line(self, name: str, status: str, seconds: float | None, outcome: str) -> str:
        """One line: name, status, seconds, what came of it."""
        took = "" if seconds is None else f"{seconds:.1f} s"
        return f"  {name:<{self._width}}{status:<9}{took:>6}   {outcome}".rstrip()

    def seconds_left(self) -> float:
        """What the rest will take, if it goes as what is done has gone."""
        left = sum(self._left.values())
        return (time.monotonic() - self._started) * left / max(self._cost - left, 1e-9)

    def _hint(self, text: str) -> None:
        # Only for eyes at a terminal: in a log it would be noise. tqdm would need as many lines of
        # ours, to weigh each job by its seconds, and takes a sixth of a second to load.
        if sys.stderr.isatty():
            print(f"\r{text:<40}\r{text}", end="", file=sys.stderr, flush=True)

    def _advance(self) -> None:
        while self._waiting:
            assessment, name = self._waiting[0]
            if not name:
                self._say(assessment)
            elif name in self._results[assessment]:
                result = self._results[assessment][name]
                outcome = "; ".join([result.verdict, *result.notes])
                self._say(self.line(name, result.status, result.seconds, outcome))
            else:
                return
            self._waiting.pop(0)


def _cost(job: Job) -> float:
    return RENDERING if job.at_hand else job.cost


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
