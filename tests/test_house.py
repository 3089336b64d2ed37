"""What users feel of the house: how much there is to know before one can live in it."""

import subprocess
import sys

from tests.support.house import PROJECT, names_on_a_finding, rooms

FELT = (
    "names on a finding",
    "our modules that a notebook loads",
    "engine, lines",
    "engine, modules",
)
# What a notebook may do without: each takes a good part of a second to import.
HEAVY = ("scipy.optimize", "scipy.stats", "matplotlib", "seaborn", "geopandas", "pandera")


def test_a_finding_offers_no_more_than_can_be_learnt():
    """``finding.`` and Tab once showed eighty names; each is in a notebook, or in their list."""
    names = names_on_a_finding()
    assert 12 < len(names) <= 24
    notebooks = [each.read_text("utf-8") for each in (PROJECT / "notebooks").glob("*.ipynb")]
    written = "".join([*notebooks, (PROJECT / "notebooks" / "README.md").read_text("utf-8")])
    assert [name for name in names if f"finding.{name}" not in written] == []


def test_what_is_in_budget_stays_in_budget():
    sizes = {room.what: room for room in rooms()}
    assert [name for name in FELT if sizes[name].size > sizes[name].ceiling] == []


def test_a_notebook_loads_what_it_uses_when_it_uses_it():
    """A page of public sources needs no search for what to hide; one without a map no geopandas."""
    code = f"import sys, cdpb.report.finding; print(*[n for n in {HEAVY} if n in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
