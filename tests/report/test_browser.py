"""What only a browser can tell: widths, print, colours, and what a page asks the network for."""

from pathlib import Path

import pytest

from tests.support.browser import print_pages, violations, width_at
from tests.support.pages import notebook, page

pytestmark = pytest.mark.slow

YEAR = "2025-26"


@pytest.fixture
def pages(assessments):
    """The front page and the findings of Barnet's real assessment."""
    found = sorted((assessments / YEAR / "E09000003" / "public").glob("*.html"))
    assert len(found) > 1
    return found


def test_axe_finds_nothing_on_any_page_however_it_is_looked_at(pages):
    """WCAG 2.2 AA is law: wide, at 320 pixels, dark and printed; and no page calls out."""
    found = violations(pages)

    assert {where: problems for where, problems in found.items() if problems} == {}


def wider(pages: list[Path], width: int, folder: Path) -> dict[str, int]:
    """The pages that need more room than there is, and how much."""
    found = {each.name: width_at(each.read_text(encoding="utf-8"), width, folder) for each in pages}
    return {name: needed for name, needed in found.items() if needed > width}


def test_nothing_scrolls_sideways_at_320_pixels(pages, tmp_path):
    """A phone, or a page enlarged fourfold: the front page, the wards and every fifth beside."""
    sample = [each for each in pages if each.stem in ("index", "ward-drug-offences")]
    assert wider([*sample, *pages[::5]], 320, tmp_path) == {}


@pytest.mark.proof
def test_no_page_scrolls_sideways_at_320_pixels(pages, tmp_path):
    assert wider(pages, 320, tmp_path) == {}


@pytest.mark.parametrize("width", [660, 800, 1024])
def test_nothing_scrolls_sideways_on_a_tablet(assessments, tmp_path, width):
    """Where a wide table is not yet made of cards."""
    findings = assessments / YEAR / "E09000003" / "public" / "ward-drug-offences.html"

    assert width_at(findings.read_text(encoding="utf-8"), width, tmp_path) <= width


def test_folded_tables_are_printed(tmp_path):
    """A board member turns pages; she can't unfold them."""
    path = tmp_path / "page.html"
    path.write_text(page(), encoding="utf-8", newline="\n")

    printed = "".join(print_pages(path, tmp_path))

    assert printed.count("North & South") >= page().count(">North &amp; South</th>") == 2
    assert "Each part of the statement, tested" in printed


def test_each_printed_page_carries_its_marking(tmp_path):
    """A page that is passed on alone still says who may read it."""
    path = tmp_path / "page.html"
    marked = page(notebook(edition="partnership", demonstration=True))
    path.write_text(marked, encoding="utf-8", newline="\n")

    printed = print_pages(path, tmp_path)

    assert len(printed) > 1
    marks = ("OFFICIAL-SENSITIVE", "DEMONSTRATION", "Draft")
    assert all(mark in each for each in printed for mark in marks)
