"""A small project that publishes a partner's return: two notebooks, one protected source."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import nbformat
import pytest
import yaml

from cdpb.cli import main
from tests.support.project import declare_findings
from tests.support.toys import PARAMETERS, REAL

SOURCE = "police_referrals"
# As the sender words them, and as we do.
ROUTES = {
    "Neighbourhood team - voluntary": "neighbourhood policing",
    "Custody - voluntary": "custody",
    "Operation Woodson": "Operation Woodson",
}
YEARS = {"2021/22": 2021, "2022/23": 2022, "2023/24": 2023, "2024/25": 2024}
COLUMNS = {
    "year": {"label": "Year", "kind": "key"},
    "route": {"label": "Route", "kind": "name"},
    "referrals": {"label": "Referrals", "kind": "count"},
}
TABLES = {
    "by_route": {
        "id": "routes",
        "title": "Referrals by route",
        "source": SOURCE,
        "dimensions": ["year", "route"],
        "filter": {"area_code": "{area}", "year": "{years}"},
        "count": "referrals",
        "totals": ["route"],
    },
    "by_year": {
        "id": "years",
        "title": "Referrals by year",
        "source": SOURCE,
        "dimensions": ["year"],
        "filter": {"area_code": "{area}", "year": "{years}"},
        "count": "referrals",
    },
}
STEPS = {
    "by_route": 'shown = finding.publish(by_year(events, "route", "referrals", held, year), "routes")',
    "by_year": 'shown = finding.publish(total_by(of_years(events, held, year), "year", "referrals"), "years")',
}
# ruff: noqa: E501 (a cell of a notebook, as it is)
BEGIN = """from cdpb.report.finding import Finding
from cdpb.statistics import total_by
from cdpb.statistics.windows import of_years
from cdpb.statistics.windows import by_year
finding = Finding("{id}", year, area, edition, demonstration)
load = finding.load
finding.as_of("police_referrals")
held = load.years_held("police_referrals")
events = load.returned("police_referrals", area)"""
END = [
    'finding.verdict("Referrals are counted by the provider.")',
    "finding.close()",
]


RUN = ("run", "--year", "2023/24", "--area", "Barnet", "--edition", "public")
HERE = "outputs/2023-24/E09000003/public"
# Custody in 2022/23 is small, and must be covered.
COUNTS = {
    "2022/23": {"neighbourhood policing": 30, "custody": 3, "Operation Woodson": 12},
    "2023/24": {"neighbourhood policing": 40, "custody": 22, "Operation Woodson": 17},
}


def assessed_project(folder: Path) -> Path:
    """Such a project, of which an assessment has been made."""
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        returned_project(folder, patch, COUNTS)
        patch.chdir(folder)
        assert main(RUN) == 0
    return folder


def returned_project(folder: Path, monkeypatch, counts: dict[str, dict[str, int]]) -> Path:
    """A project at a folder, named by ``CDPB_HOME``, that has received one return.

    Parameters
    ----------
    counts : dict
        Year to route to referrals; all of a year's stand in its April.
    """
    empty_project(folder, monkeypatch)
    receive_referrals(folder, "2025-05-01", counts)
    declare(folder, list(TABLES))
    return folder


def empty_project(folder: Path, monkeypatch) -> Path:
    """The same before anything was received or declared."""
    _copy(folder)
    (folder / "notebooks").mkdir()
    monkeypatch.setenv("CDPB_HOME", str(folder))
    return folder


def receive_referrals(folder: Path, day: str, counts: dict[str, dict[str, int]]) -> None:
    """A return that came on a day; it revises the months that an earlier one told."""
    months = [
        (year, f"01/{month:02d}/{YEARS[year] + (month < 4)}")
        for year, month in product(counts, [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3])
    ]
    rows = [
        f"{day_},Barnet,{route},{counts[year].get(ROUTES[route], 0) if '/04/' in day_ else 0}"
        for (year, day_), route in product(months, ROUTES)
    ]
    text = "\n".join(["Month of referral,Borough,Referral route,Referrals", *rows, ""]).encode()
    place = folder / "data" / SOURCE / day
    place.mkdir(parents=True)
    (place / "referrals.csv").write_bytes(text)
    file = {"name": "referrals.csv", "sha256": hashlib.sha256(text).hexdigest(), "size": len(text)}
    starts = sorted(YEARS[year] for year in counts)
    told = {
        "source": SOURCE, "received": day, "files": [file],
        "periods": {"first": f"{starts[0]}-04", "last": f"{starts[-1] + 1}-03"},
    }  # fmt: skip
    (place / "receipt.yml").write_text(yaml.safe_dump(told), encoding="utf-8")


def declare(folder: Path, names: list[str]) -> None:
    """The findings of the project, in this order, each with its notebook."""
    findings = [
        {
            "id": name, "slug": name.replace("_", "-"), "title": TABLES[name]["title"],
            "notebook": f"{name}.ipynb", "order": order, "sources": [SOURCE],
            "method": {"counted": "As the provider counts them."}, "tables": [TABLES[name]],
        }
        for order, name in enumerate(names, start=1)
    ]  # fmt: skip
    declare_findings(folder, COLUMNS, findings)
    for name in names:
        cells = [
            nbformat.v4.new_markdown_cell(f"# {TABLES[name]['title']}"),
            nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
            *map(nbformat.v4.new_code_cell, [BEGIN.format(id=name), STEPS[name], *END]),
        ]
        kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
        book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(book, folder / "notebooks" / f"{name}.ipynb")


def _copy(folder: Path) -> None:
    (folder / "data" / "areas").mkdir(parents=True)
    (folder / "outputs").mkdir()
    kept = [*REAL.glob("data/*.yml"), *REAL.glob("data/*.csv"), REAL / "data/areas/boroughs.csv"]
    for path in kept:
        shutil.copyfile(path, folder / path.relative_to(REAL))
    for name in ("column_maps", "value_maps"):
        shutil.copytree(REAL / "data" / name, folder / "data" / name)
    declared = yaml.safe_load((REAL / "data" / "sources.yml").read_text(encoding="utf-8"))
    own = {**declared["sources"][SOURCE], "status": "official"}
    text = yaml.safe_dump({"sources": {SOURCE: own}}, allow_unicode=True)
    (folder / "data" / "sources.yml").write_text(text, encoding="utf-8")


@contextmanager
def left_as_it_was(folder: Path) -> Iterator[None]:
    """Whatever a test does to a folder is undone, so that no test depends on another."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    try:
        yield
    finally:
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_file() and path not in before:
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        for path, content in before.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def shown(target: Path, finding: str, table: str) -> str:
    """A table of an assessment, as it was written."""
    return (target / "tables" / finding / f"{table}.csv").read_text(encoding="utf-8")


def ledger_entry(folder: Path, name: str = "2023-24_public") -> dict:
    """An entry of the ledger."""
    path = folder / "data" / "ledger" / "E09000003" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))
