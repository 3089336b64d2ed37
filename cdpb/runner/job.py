"""What is to be made: assessments, and in each a job a finding."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cdpb.build import Build
from cdpb.periods import FinancialYear


@dataclass(frozen=True)
class Assessment:
    """All findings for one area, year and edition.

    Attributes
    ----------
    under : Path
        The folder that assessments are written under: ``outputs``, or what ``--output`` names.
    """

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

    Attributes
    ----------
    notebook : Path
        The notebook file.
    key : str
        Hash of all that a page depends on (see ``cdpb.runner.keys``).
    cost : float
        Seconds it is expected to take.
    after_all : bool
        Whether it is made of the other findings' records, and so comes last.
    why : str
        Why a finding that wasn't asked for is executed; empty otherwise.
    workspace : Path
        A private folder that its record, tables and page are written to.
    """

    assessment: Assessment
    finding: str
    slug: str
    title: str
    notebook: Path
    parameters: dict[str, Any]
    key: str
    workspace: Path
    cost: float = 0.0
    why: str = ""
    after_all: bool = False

    @property
    def page(self) -> str:
        """The name of its page."""
        return f"{self.slug}.html"


@dataclass(frozen=True)
class Failure:
    """Why a job did not end with a page.

    Attributes
    ----------
    exit_code : int
        1 a finding failed, 2 wrong input, 3 the gate refused.
    kind : str
        The class of the error, or what happened in its place.
    cell : int | None
        Which code cell of the notebook, from 1, as the file has them.
    source : str
        The first line of that cell.
    lines : list of str
        What to tell a person. Only text that the library wrote for a person: an error's own text
        may quote data, and is left out.
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
    """What became of a job.

    Attributes
    ----------
    status : str
        ``written``, ``unchanged``, ``failed`` or, where another of its assessment failed,
        ``not made``.
    seconds : float | None
        None when nothing was executed.
    record : dict
        The finding's record; empty when it failed.
    """

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
