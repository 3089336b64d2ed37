"""A small project in which several returns count the same people, and its assessment as written."""

from pathlib import Path

import pandas as pd
import pytest

from cdpb import loaders
from cdpb.declarations import declarations
from cdpb.disclosure.counted import counted
from cdpb.findings.brief import Brief
from cdpb.findings.record import FindingRecord
from cdpb.runner.gates.attacking import attack_written
from cdpb.runner.gates.written import Written, read_csv_rows
from cdpb.runner.job import Assessment
from tests.support.project import Project, declare_findings, declared_columns

AREA, YEAR = "E09000003", "2023/24"
# Three adults a year start without a mental health need; in 2023/24 the provider counts the same
# 60 and 57. Two of 60 assessments weren't attended. Three parents are in treatment for opiates.
NEED = (
    "Period,Area code,Area,Client group,New presentations,Mental health treatment need identified,"
    "Receiving mental health treatment"
    """
2022/23,E09000003,Barnet,Adults,50,47,30
2023/24,E09000003,Barnet,Adults,60,57,40
"""
)
OVERLAP = """\
Period,Local authority,Housing problem,Mental health need,Criminal justice contact,New presentations
2023/24,Barnet,N,N,N,3
2023/24,Barnet,N,N,Y,0
2023/24,Barnet,N,Y,N,37
2023/24,Barnet,Y,Y,N,20
"""
PARENTS = (
    "Period,Local authority,Dependence,Adults living with children estimated dependent,"
    "Lower 95% limit,Upper 95% limit,Adults living with children in treatment"
    """
2023/24,Barnet,Alcohol,608,447,856,101
2023/24,Barnet,Opiates,262,214,327,3
"""
)
BOOKED, ATTENDED = [5] * 12, [5] * 10 + [4, 4]
MONTHS = [f"2023-{month:02}" for month in range(4, 13)] + ["2024-01", "2024-02", "2024-03"]
ASSESSMENTS = "Month,Borough,Required assessments booked,Required assessments attended\n" + "".join(
    f"{month},Barnet,{booked},{attended}\n"
    for month, booked, attended in zip(MONTHS, BOOKED, ATTENDED, strict=True)
)
RECEIVED = {
    "mental_health_need": (NEED, "2022/23", "2023/24"),
    "disadvantage_overlap": (OVERLAP, "2023/24", "2023/24"),
    "parents_need": (PARENTS, "2023/24", "2023/24"),
    "required_assessments": (ASSESSMENTS, "2023-04", "2024-03"),
}
TABLES = [
    {"id": "need", "source": "mental_health_need", "dimensions": ["year", "need"],
     "filter": {"area_code": "{area}", "year": "{years}"}, "count": "persons", "totals": ["need"]},
    {"id": "overlap", "source": "disadvantage_overlap", "dimensions": ["year", "mental_health"],
     "filter": {"area_code": "{area}", "year": "{years}"}, "count": "persons",
     "totals": ["mental_health"]},
    {"id": "parents", "source": "parents_need", "dimensions": ["year", "substance"],
     "filter": {"area_code": "{area}", "year": "{years}"}, "count": "in_treatment"},
    {"id": "assessments", "source": "required_assessments", "dimensions": ["year", "stage"],
     "filter": {"area_code": "{area}", "year": "{years}"}, "count": "assessments"},
]  # fmt: skip


def people_project(root: Path, monkeypatch: pytest.MonkeyPatch, **received: str) -> Project:
    """The project, with other texts for the returns that are named."""
    root.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("CDPB_HOME", str(root))
    drawn = Project(root)
    for source, (text, first, last) in RECEIVED.items():
        own = {} if source in received else {"periods": {"first": first, "last": last}}
        drawn.receive(source, "2024-05-31", received.get(source, text), **own)
    finding = {
        "id": "people", "slug": "people", "title": "People", "notebook": "people.ipynb",
        "order": 1, "sources": list(RECEIVED),
        "tables": [{"title": table["id"], **table} for table in TABLES],
    }  # fmt: skip
    used = {name for table in TABLES for name in (*table["dimensions"], table["count"])}
    declare_findings(root, {name: declared_columns()[name] for name in used}, [finding])
    return drawn


def published(folder: Path, monkeypatch, year: str = YEAR, edition: str = "public") -> Written:
    """The assessment of a year as it was written, every table through the gate."""
    monkeypatch.setenv("CDPB_SAVE_TO", str(folder))
    finding = FindingRecord(Brief("people", year, AREA, edition))
    for source in RECEIVED:
        finding.tables.as_of(source)
    for table in declarations().finding("people").tables:
        finding.tables.publish(_counted(finding, table.id), table.id)
    finding.save()
    return as_written(folder, finding)


def as_written(folder: Path, finding: FindingRecord) -> Written:
    """What a gate reads of it."""
    place = Assessment(AREA, "Barnet", finding.brief.year, finding.brief.edition, False, folder)
    return Written(folder, place, [finding.to_dict()])


def _counted(finding: FindingRecord, table_id: str) -> pd.DataFrame:
    table = finding.brief.declaration.table(table_id)
    latest = finding.tables.periods[table.source] or finding.brief.year
    years = [year for year in loaders.years_held(table.source) if year <= finding.brief.year]
    chosen = {"area_code": AREA, "year": years} if latest else {}
    shown = table.model_copy(update={"filter": chosen})
    counts = counted(shown, loaders.base_counts(table.source))
    rows = [[*key, count] for key, count in counts.items()]
    frame = pd.DataFrame(rows, columns=[*table.dimensions, table.count])
    frame[table.count] = frame[table.count].astype("Int64")
    frame.attrs = {"source": table.source}
    return frame


def shown_in(written: Written, table: str) -> dict[tuple[str, ...], str]:
    """Each row's key and what stands in its last column."""
    rows = read_csv_rows(written.folder / "tables" / "people" / f"{table}.csv")
    return {tuple(list(row.values())[:-1]): list(row.values())[-1] for row in rows}


def findings_of(written: Written) -> list[str]:
    """What the attack finds in it, read anew."""
    return attack_written(Written(written.folder, written.assessment, written.records)).findings


def with_cells(written: Written, table: str, cells: dict[tuple[str, ...], str]) -> None:
    """Write other texts into rows of a table."""
    path = written.folder / "tables" / "people" / f"{table}.csv"
    rows = shown_in(written, table) | cells
    head = path.read_text(encoding="utf-8").splitlines()[0]
    lines = [head, *(",".join([*key, text]) for key, text in rows.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
