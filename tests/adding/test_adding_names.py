"""A file is stored under a name that any system can check out, and no page can stumble over."""

import re

import pytest

from cdpb.catalogue import check_receipt, receipts
from cdpb.durable_files import safe_name
from tests.support.adding import Arrivals, wards
from tests.support.project import draw_project

UNSAFE = {
    "two\nlines.csv": "two_lines.csv",
    "<script>alert(1)</script>.csv": "_script_alert(1)__script_.csv",
    ".hidden.csv": "hidden.csv",
    "..": "file",
    "CON": "_CON",
    "nul.csv": "_nul.csv",
    "Com1.2024.csv": "_Com1.2024.csv",
    "LPT³.csv": "_LPT³.csv",
    "wards.csv. . ": "wards.csv",
    "invoice\u202evsc.exe": "invoice_vsc.exe",
    "zero\u200bwidth.csv": "zero_width.csv",
    "\x1b[31mred.csv": "_[31mred.csv",
    "a:b*c?d|e.csv": "a_b_c_d_e.csv",
    "back\\slash.csv": "back_slash.csv",
    "half\udc80.csv": "half_.csv",
    "line\u2028end.csv": "line_end.csv",
    "decomposed e\u0301.csv": "decomposed \u00e9.csv",
}


@pytest.mark.parametrize(("name", "safe"), UNSAFE.items())
def test_what_breaks_a_checkout_or_a_page_is_taken_out_of_a_name(name, safe):
    assert safe_name(name) == safe
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    "name", ["Ward 24 months.csv", "Größe – (2).csv", "contact.csv", "東京.geojson", "a.b.csv"]
)
def test_an_ordinary_name_is_kept(name):
    """The publisher's own name is how a file is found again on the publisher's page."""
    assert safe_name(name) == name


@pytest.mark.parametrize("name", ["x" * 300 + ".csv", "東" * 200 + ".geojson", "a." + "b" * 300])
def test_an_overlong_name_is_cut_before_its_ending(name):
    """255 bytes are the most on nearly every disk, and a path has more than a name in it."""
    cut = safe_name(name)

    assert len(cut.encode()) <= 120
    assert re.search(r"\.(csv|geojson|b+)$", cut)
    assert safe_name(cut) == cut


@pytest.mark.parametrize("name", ["two\nlines.csv", "<b>.csv", ".hidden.csv", "nul.csv"])
def test_the_receipt_has_the_name_that_the_file_is_stored_under(tmp_path, monkeypatch, name):
    """And whoever added it is told the other name once."""
    arrivals = Arrivals(tmp_path / "downloads", draw_project(tmp_path, monkeypatch))

    added = arrivals.add(arrivals.wards(wards("2024-04", 24), name=name))

    (receipt,) = receipts("mps_ward_crime")
    check_receipt(receipt)
    assert receipt.files[0].name == safe_name(name) != name
    assert f"  named     {safe_name(name)}: a name for any system" in added.report
    assert not re.search(r"[<>\n]", receipt.paths[0].name)
    assert all("\n" not in line for line in added.report)
