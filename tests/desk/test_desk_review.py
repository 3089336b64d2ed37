"""A new user's slips in JupyterLab, each made again in a kernel of its own as an analyst makes it.

What lies in the page or the browser (script errors, themes, saving) is tried in `test_lab`,
`test_strip` and `test_preview`; every other call that was slipped in is in `test_slips`, and how a
figure of boroughs is described in `tests.report.test_alt`.
"""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from cdpb.errors import LONGEST_MESSAGE
from tests.support.project import CHECKOUT

BEGIN = """
import pandas as pd
from IPython.display import display
from cdpb import statistics as stats
from cdpb.disclosure.masked import MASKED
from cdpb.report.finding import Finding
from cdpb.statistics.places import inside
from cdpb.statistics.wards import ranked, rates_by_ward, rates_of
from findings import ward_drug_offences as words
f = Finding("ward_drug_offences", "2023/24", "Barnet")
load = f.load
offences, residents = load.ward_drug_offences(year="2023/24"), load.ward_residents()
places = f.publish(rates_of({"London wards": offences}, residents), "places")
london = f.measure("places", "London wards", place="London wards")
compared = ranked(inside(rates_by_ward(offences, residents), f.area), london)
shown = f.publish(compared, "wards")
south = f.measure("wards", "Colindale South", ward_code="Colindale South")
"""
# The row of the review, what an analyst types, and what must stand in the answer.
ERRORS = """
    4 | f.verdict("Nothing.", focus_ward_above_london=(south, london)) | focus_ward_above_london
    5 | f.parameter("focus_ward", "Hendn") | Did you mean Hendon (E05013643)
    6 | f.measure("wards", "Hendon", ward_code="E05013633x") | Did you mean E05013633
    6 | f.verdict("Nothing.") | there is no evidence for
    6 | load.ward_drug_offences("2023/24") | is a year and stands in the place of an area
    6 | load.ward_drug_offences(year="2031/32") | does not hold all of 2031/32
    6 | shown.where(ward_name="Hendn") | Did you mean 'Hendon'?
    6 | shown.where(ward_name="hendon") | Did you mean 'Hendon'?
    6 | shown.where(ward_code="E05013633x") | Did you mean 'E05013633'?
    7 | f.chart("ranked", compared, "A title", reference=london) | Pass it through finding.publish
    7 | f.chart("map", compared, "A title") | Pass it through finding.publish
    7 | f.table(compared, "A title") | Pass it through finding.publish
    7 | words.ranked_title(compared, london, "Barnet") | Pass it through finding.publish
    7 | words.ranked_title(shown, None, 4) | ranked_title takes, in this order: wards, focus, area
    7 | words.map_title(shown, "London") | map_title takes, in this order: wards, london
    8 | load.ward_drug_offences(year="2023-24") | Did you mean 2023/24?
    9 | pd.Series([5, MASKED]).sum() | A masked cell [c] can't be calculated with
    12 | shown["offences"] | shown.to_frame()['offences']
    12 | list(shown) | shown.rows()
    13 | f.ranked(shown) | finding.chart("ranked", shown, title) draws that
    13 | f.export("wards-map", "png") | finding.chart(...).export("png") writes a figure
"""
ANSWERS = """
    5 | f.parameter("focus_ward", "Hendon") | E05013643
    6 | len(shown.where(ward_name="Camden Town")) | 0
    10 | f.caveats(f"{compared.offences.sum()} offences") | (from no published table)
    12 | shown | <caption>
    14 | f.chart("ranked", shown, "A title", reference=london) | 24 wards ranked
"""


def listed(rows: str) -> list[list[str]]:
    return [[part.strip() for part in line.split(" | ")] for line in rows.strip().splitlines()]


@pytest.fixture(scope="module")
def typed() -> dict[str, list]:
    """Every cell with what it answered, all of one kernel."""
    cells = [BEGIN, *(code for _, code, _ in listed(ERRORS) + listed(ANSWERS))]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    folder = {"metadata": {"path": str(CHECKOUT / "notebooks")}}
    NotebookClient(notebook, kernel_name="python3", resources=folder, allow_errors=True).execute()
    assert notebook.cells[0].outputs == []
    return {cell.source: cell.outputs for cell in notebook.cells}


@pytest.mark.slow
@pytest.mark.parametrize(("row", "code", "said"), listed(ERRORS))
def test_a_slip_shows_its_own_line_and_the_way_out_and_little_else(typed, row, code, said):
    (error,) = (each for each in typed[code] if each.output_type == "error")
    lines = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error.traceback)).splitlines()
    assert lines[0] == f"Line 1: {code}"
    assert said in "\n".join(lines)
    assert len(lines) <= LONGEST_MESSAGE + 1


@pytest.mark.slow
@pytest.mark.parametrize(("row", "code", "said"), listed(ANSWERS))
def test_what_was_not_shown_or_not_known_now_is(typed, row, code, said):
    told = [str(each.get("data", each.get("text", each))) for each in typed[code]]
    assert any(said in each for each in told), told
