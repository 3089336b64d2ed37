"""Another borough can be made whole, through the gate, from what is received today."""

import pytest

from cdpb.cli import main

BOROUGHS = ("Camden", "Westminster", "Harrow", "Hillingdon", "Croydon", "Sutton")
FOUR = (
    "ward_drug_offences",
    "unmet_treatment_need",
    "women_in_treatment",
    "alcohol_identification",
)
BOTH = ("--edition", "public", "--edition", "partnership")


@pytest.mark.slow
def test_another_borough_passes_the_gate(tmp_path):
    """The README's own example: a code and a year in a download's name are no figures."""
    named = [word for finding in FOUR for word in ("--finding", finding)]
    asked = ["--year", "2023/24", "--area", "Camden", *named]
    assert main(["run", *asked, "--output", str(tmp_path)]) == 0


@pytest.mark.proof
@pytest.mark.parametrize("year", ["2020/21", "2023/24"])
@pytest.mark.parametrize("borough", BOROUGHS)
def test_whole_editions_of_boroughs_pass_the_gate(tmp_path, borough, year):
    """Every finding, for the website and for partners."""
    asked = ["--year", year, "--area", borough, *BOTH]
    assert main(["run", *asked, "--output", str(tmp_path)]) == 0
