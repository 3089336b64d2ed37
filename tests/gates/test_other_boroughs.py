"""Another borough can be made whole, through the gate, from what is received today."""

import re

import pandas as pd
import pytest

from cdpb.cli import main
from cdpb.statistics.wards import not_allocated
from tests.support.tables import table

BOROUGHS = ("Camden", "Westminster", "Harrow", "Hillingdon", "Croydon", "Sutton")
# One by ward and one by borough; the proof makes all.
TWO = ("ward_drug_offences", "unmet_treatment_need")
BOTH = ("--edition", "public", "--edition", "partnership")


def test_wards_that_hold_more_than_their_borough_leave_nothing_over():
    """The wards of Heathrow carry offences that the borough's file counts elsewhere."""
    offences = table("""
        area_code area_name  month   in_wards in_borough
        E09000003 Barnet     2023-04       10         12
        E09000003 Barnet     2023-05       15         14
        E09000017 Hillingdon 2023-04       30         20
    """)
    months = pd.PeriodIndex(offences["month"], freq="M")

    offences = offences.assign(month=months)
    offences.attrs["source"] = "mps_ward_crime"
    found = not_allocated(offences, "2023/24")

    assert found[["place", "unallocated", "months"]].to_numpy().tolist() == [["Barnet", 1, 2]]


@pytest.mark.slow
def test_another_borough_passes_the_gate(tmp_path):
    """The README's own example: a code and a year in a download's name are no figures."""
    named = [word for finding in TWO for word in ("--finding", finding)]
    asked = ["--year", "2023/24", "--area", "Camden", *named]
    assert main(["run", *asked, "--output", str(tmp_path)]) == 0


# Where all boroughs stand side by side each is named, and in the description of such a drawing.
SIDE_BY_SIDE = re.compile(
    r"<(table|svg)\b.*?</\1>|\"data:[^\"]*\"|<div role=\"img\" "
    r"aria-label=\"[^\"]*lowest in[^\"]*\"",
    re.DOTALL,
)


SOME = (
    *("ward_drug_offences", "criminal_justice_pathways", "deaths_and_harm_reduction"),
    *("summary", "outcomes_framework", "delivery_plan", "needs", "partnership"),
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "findings", [SOME, pytest.param((), marks=pytest.mark.proof)], ids=["some", "all"]
)
def test_another_boroughs_pages_have_no_word_of_barnet(tmp_path, findings):
    """Its plan, wards and events belong to one partnership; nor is an organisation of it named."""
    asked = ["--year", "2025/26", "--area", "Camden", "--edition", "public"]
    asked += [word for each in findings for word in ("--finding", each)]
    assert main(["run", *asked, "--output", str(tmp_path)]) == 0
    pages = sorted((tmp_path / "2025-26" / "E09000007" / "public").glob("*.html"))
    assert len(pages) >= (9 if findings else 13)
    for page in pages:
        text = SIDE_BY_SIDE.sub("", page.read_text(encoding="utf-8"))
        for word in ("Barnet", "Colindale", "E09000003", "Change Grow Live", "Woodson"):
            assert word not in text, page.name
    needs = next(page for page in pages if page.name == "needs.html").read_text(encoding="utf-8")
    assert "data/areas/E09000007.yml" in needs


@pytest.mark.proof
@pytest.mark.parametrize("year", ["2020/21", "2023/24"])
@pytest.mark.parametrize("borough", BOROUGHS)
def test_whole_editions_of_boroughs_pass_the_gate(tmp_path, borough, year):
    """Every finding, for the website and for partners."""
    asked = ["--year", year, "--area", borough, *BOTH]
    assert main(["run", *asked, "--output", str(tmp_path)]) == 0
