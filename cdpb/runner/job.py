"""Data classes of a run: each assessment has one job per finding."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cdpb.build import Build
from cdpb.periods import FinancialYear

# The executed notebook, in the folder of a job.
EXECUTED = "executed.ipynb"
# Of what a page is made from: another finding's record.
RECORD_OF = "the record of "
# Of a process that ended without a word.
MOSTLY_MEMORY = "That is mostly for want of memory. Close other programs, or run with --workers 1."


@dataclass(frozen=True)
class Assessment:
    """All findings for one area, year and edition, below the folder that assessments go to."""

    area_code: str
    area_name: str
    year: str
    edition: str
    demonstration: bool
    under: Path

    def __str__(self) -> str:
        mark = ", demonstration" if self.demonstration else ""
        return f"{self.area_name} ({self.area_code}), {self.year}, {self.edition} edition{mark}"

    @property
    def folder(self) -> Path:
        """Its place under ``under``."""
        place = Path(FinancialYear.parse(self.year).slug) / self.area_code / self.edition
        return Path("demonstration") / place if self.demonstration else place

    @property
    def target(self) -> Path:
        """The folder it will stand in."""
        return self.under / self.folder

    def standing_in(self, folder: Path) -> "Assessment":
        """The same, below the folder that assessments stand in of which this is one's place."""
        return replace(self, under=Path(*folder.parts[: -len(self.folder.parts)]))

    @property
    def parameters(self) -> dict[str, Any]:
        """What every notebook is given."""
        return {
            "year": self.year,
            "area": self.area_code,
            "edition": self.edition,
            "demonstration": self.demonstration,
        }

    @property
    def build(self) -> Build:
        """What it may open and show."""
        return Build(self.edition, self.demonstration)


@dataclass(frozen=True)
class Job:
    """One notebook, executed for one assessment.

    ``key`` is the hash of all that its page depends on, ``execution`` of what its notebook does,
    and ``made_from`` the parts of that; ``rendered_by`` has the parts of the rest. ``years`` has
    such a key for each year whose record it may need, and for its own. Where the notebook was
    executed from the same before, ``at_hand`` is the folder with what it gave, and its page is
    only rendered again. ``cost`` is the seconds it is expected to take; ``why`` says why it is
    made. What is made of the other findings' records comes ``after_all``.
    """

    assessment: Assessment
    finding: str
    slug: str
    title: str
    notebook: Path
    parameters: dict[str, Any]
    key: str
    workspace: Path
    execution: str = ""
    made_from: Mapping[str, str] = field(default_factory=dict)
    rendered_by: Mapping[str, str] = field(default_factory=dict)
    years: Mapping[str, str] = field(default_factory=dict)
    at_hand: Path | None = None
    cost: float = 0.0
    why: str = ""
    after_all: bool = False

    @property
    def page(self) -> str:
        """The name of its page."""
        return f"{self.slug}.html"

    @property
    def parts(self) -> dict[str, str]:
        """All that its page is made from, by name."""
        return {**self.made_from, **self.rendered_by}


@dataclass(frozen=True)
class Failure:
    """Why a job did not end with a page; 1 a finding failed, 2 wrong input, 3 the gate refused.

    Cells are counted from 1, as the file has them. ``lines`` are told to a person: only text that
    the library wrote for one, for an error's own text may quote data.
    """

    exit_code: int
    kind: str
    lines: list[str]
    cell: int | None = None
    source: str = ""


class JobFailed(Exception):
    """A notebook did not come to its end; carries the failure for the report."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.kind)


@dataclass(frozen=True)
class Timeouts:
    """Seconds that a cell, and all cells of a notebook together, may take."""

    cell: int
    notebook: int


@dataclass(frozen=True)
class Result:
    """What became of a job: ``written``, ``unchanged``, ``failed`` or ``not made``."""

    finding: str
    status: str
    seconds: float | None = None
    record: dict[str, Any] = field(default_factory=dict)
    failure: Failure | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """The label a reader sees, or that there is none."""
        if self.failure:
            return self.failure.kind
        verdict = self.record.get("verdict") or {}
        return verdict.get("label") or verdict.get("outcome") or "no verdict"


@dataclass(frozen=True)
class Kept:
    """A finding that was made before, and the folder with all of it.

    Of one that stands in an assessment the ``key`` is empty where no run record tells what it was
    made from, or it was changed since.
    """

    finding: str
    key: str
    record: dict[str, Any]
    folder: Path


@dataclass(frozen=True)
class Planned:
    """One assessment: the jobs executed for it, and the pages made from exactly today's inputs.

    ``checked`` is the hash of all that it is put together from and checked by; ``judged_by`` has,
    by gate, that of all but what is written. If ``fresh``, all of it is judged anew.
    """

    assessment: Assessment
    jobs: tuple[Job, ...]
    kept: tuple[Kept, ...]
    order: tuple[str, ...]
    checked: str
    judged_by: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = False

    @property
    def keys(self) -> dict[str, str]:
        """What each finding is made from, by id."""
        made = {job.finding: job.key for job in self.jobs}
        return made | {page.finding: page.key for page in self.kept}

    @property
    def in_turn(self) -> list[str]:
        """The same ids, those that are made of the others' records at the end."""
        last = {job.finding for job in self.jobs if job.after_all}
        return sorted(self.order, key=lambda each: each in last)
