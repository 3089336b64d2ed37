"""Everything that the partnership's documents say is reached by a page of the assessment.

``data/reach.csv`` names the page of each finding, figure and quoted figure, and how it stands
there. What it promises is looked up in the notebooks and in the area file.
"""

import csv
import json
import re
from pathlib import Path

import pytest

from cdpb import paths
from cdpb.areas import area_file
from cdpb.declarations import declarations
from tests.support.shared import shared

BARNET = "E09000003"
LISTS = {"findings": "finding_id", "figures": "figure", "quoted_figures": "quote_id"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def reached() -> list[dict[str, str]]:
    return rows(Path(__file__).resolve().parents[2] / "data" / "reach.csv")


def code_of(finding: str) -> str:
    notebook = paths.notebooks_folder() / declarations().finding(finding).notebook
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@pytest.mark.parametrize("name", LISTS)
def test_every_row_of_the_inventory_has_a_page_and_one_alone(name):
    """A statement that no page tests is one that nobody notices missing."""
    wanted = [row[LISTS[name]] for row in rows(shared("domain", f"{name}.csv"))]
    found = [row["row"] for row in reached() if row["list"] == name]
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize("row", reached(), ids=lambda row: f"{row['list']}-{row['row']}")
def test_it_stands_there_as_promised(row):
    finding, where = row["finding"], row["where"]
    declared, held = declarations().finding(finding), area_file(BARNET)
    if row["how"] == "statement":
        assert held.statements[finding].parts
    elif row["how"] == "claim":
        assert where in {claim.id for claim in held.claims[finding]}
        assert "finding.claims(" in code_of(finding)
    elif row["how"] == "table":
        assert where in {table.id for table in declared.tables}
        assert f'"{where}")' in code_of(finding)
    else:
        assert row["how"] == "quoted"
        assert re.search(r"finding\.(quoted\(|close\(quoted=)", code_of(finding))
        assert f'"{where}"' in code_of(finding)


def test_every_figure_that_is_kept_is_quoted_on_a_page():
    """A figure that was carried over and stands nowhere would be forgotten."""
    kept = {row["quote_id"] for row in rows(paths.data_folder() / "quoted_figures.csv")}
    notebooks = "".join(code_of(each.id) for each in declarations().findings)
    assert {each for each in kept if f'"{each}"' not in notebooks} == set()
