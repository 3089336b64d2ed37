"""What ``notebooks/findings/`` declares: the findings, the tables they publish, and their columns.

Each finding has a file of its name, ``women_in_treatment.yml``; ``columns.yml`` describes columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, RootModel, model_validator

from cdpb import paths
from cdpb.disclosure.declared import Column, Id, TableDeclaration
from cdpb.errors import InputError, closest
from cdpb.file_contents import asked_once
from cdpb.yaml_files import read_yaml, typed

FOLDER, COLUMNS = "notebooks/findings/", "columns.yml"


# As the strategy "From harm to hope" of 2021 has them.
PRIORITIES = {
    "supply": "Break drug supply chains",
    "treatment": "Deliver a world-class treatment and recovery system",
    "demand": "Achieve a generational shift in demand for drugs",
}


class FindingDeclaration(BaseModel, extra="forbid", frozen=True):
    """One finding: its notebook, its sources, its tables.

    Attributes
    ----------
    actions : list of str
        The ids by which an area's actions are linked to it.
    tests : dict
        The ids of the tests that its notebook makes, each with what it sets against what. The
        parts of statements and claims name theirs.
    method : dict
        Headings of the method section and what stands there, beside what the sources say.
    dated_by : list of str
        The sources whose age limits its verdict; all of its sources where empty.
    priority : str
        Which of the national strategy's three priorities it belongs to, by its key in
        `PRIORITIES`; empty for a page that is made of the others.
    weight : int
        How much it matters to a board that has two minutes: the least is said first.
    message : list of str
        What the summary says of it: ids of figures, for their titles, and ``headline``.
    since_then : dict
        Tables of what is held after the year assessed, each with the column that its title gives,
        or none.
        They stand apart and are evidence of nothing.
    after : str
        ``all`` for a page that is made of the other findings' records, and so comes last.
    """

    id: Id
    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: str
    notebook: Annotated[str, Field(pattern=r"^[^/\\.][^/\\]*\.ipynb$")]
    order: int
    sources: list[str]
    actions: list[str] = []
    tests: dict[str, str] = {}
    method: dict[str, str] = {}
    dated_by: list[str] = []
    priority: Literal["", "supply", "treatment", "demand"] = ""
    weight: int = 99
    message: list[str] = ["headline"]
    since_then: dict[str, str] = {}
    after: Literal["", "all"] = ""
    tables: list[TableDeclaration] = []

    @model_validator(mode="after")
    def _tables_are_made_of_others(self) -> "FindingDeclaration":
        ids = {table.id for table in self.tables}
        for table in self.tables:
            if not set(table.made_of) <= ids - {table.id}:
                raise ValueError(f"{self.id}/{table.id}: made_of names tables it doesn't have")
        return self

    @property
    def file(self) -> str:
        """Its file, as a message shows it."""
        return f"{FOLDER}{self.id}.yml"

    def table(self, table_id: str) -> TableDeclaration:
        """The declaration of one of its tables.

        Raises InputError if the finding declares no such table.
        """
        for declared in self.tables:
            if declared.id == table_id:
                return declared
        raise InputError(
            f"{self.file} declares no table {table_id!r}.",
            closest(table_id, [each.id for each in self.tables], "It declares"),
            "Declare it there, with its source and dimensions, before publishing it.",
        )


@dataclass(frozen=True)
class Declarations:
    """All that ``notebooks/findings/`` declares, findings in their order.

    Attributes
    ----------
    columns : dict of str to Column
        The dictionary of published columns.
    findings : list of FindingDeclaration
    """

    columns: dict[str, Column]
    findings: list[FindingDeclaration]

    def finding(self, finding_id: str) -> FindingDeclaration:
        """The declaration of one finding.

        Raises InputError if there is none; the message names the closest.
        """
        for declared in self.findings:
            if declared.id == finding_id:
                return declared
        known = [each.id for each in self.findings]
        raise InputError(
            f"There is no finding {finding_id!r}.", closest(finding_id, known, f"{FOLDER} declares")
        )


class _Columns(RootModel[dict[str, Column]]):
    """The dictionary of columns, as the file has it."""


@asked_once
def declarations() -> Declarations:
    """Read ``notebooks/findings/`` of the project: a file a finding, and ``columns.yml``.

    Raises InputError if the columns are missing, or a file says something its readers could not
    use.
    """
    files = files_of_declarations()
    return _read(tuple((path, path.stat().st_mtime_ns) for path in files))


def files_of_declarations() -> list[Path]:
    """The files that declare columns and findings.

    Raises InputError if the columns are missing.
    """
    columns = paths.findings_folder() / COLUMNS
    if not columns.is_file():
        raise InputError(f"{FOLDER}{COLUMNS} is missing.", "It describes the published columns.")
    return sorted(paths.findings_folder().glob("*.yml"))


@lru_cache(maxsize=8)
def _read(files: tuple[tuple[Path, int], ...]) -> Declarations:
    by_name = {path.name: path for path, _ in files}
    dictionary = by_name.pop(COLUMNS)
    columns = typed(_Columns, read_yaml(dictionary) or {}, dictionary).root
    findings = [_finding(path, columns) for path in by_name.values()]
    for field in ("slug", "order", "notebook"):
        _refuse_alike(findings, field)
    return Declarations(columns, sorted(findings, key=lambda each: each.order))


def _finding(path: Path, columns: Mapping[str, Column]) -> FindingDeclaration:
    content = read_yaml(path)
    found = typed(FindingDeclaration, _named(content, path), path)
    for table in found.tables:
        unknown = [name for name in table.columns if name not in columns]
        if unknown:
            raise InputError(
                f"{found.file}: table {table.id} has a column without a description: {unknown[0]}.",
                f"Describe it in {FOLDER}{COLUMNS}, with its label and kind.",
            )
    return found


def _named(content: Any, path: Path) -> Any:
    """A finding is called what its file is called."""
    if not isinstance(content, dict):
        return content
    if "id" in content:
        raise InputError(
            f"{FOLDER}{path.name} has an id of its own.",
            f"Wanted: none, for the file's name is the id: {path.stem}.",
            "Delete the line, or rename the file.",
        )
    return {**content, "id": path.stem}


def _refuse_alike(findings: Sequence[FindingDeclaration], field: str) -> None:
    first: dict[Any, FindingDeclaration] = {}
    for each in findings:
        value = getattr(each, field)
        if value in first:
            raise InputError(
                f"{each.file}: {field} {value!r} is that of {first[value].id} too.",
                "Give it another: each finding has its own.",
            )
        first[value] = each
