"""What only a browser can tell: widths, print, colours, and what a page asks the network for."""

import re
import shutil
from pathlib import Path

import pytest

from cdpb.cli import main
from cdpb.report.markup import page_style
from tests.support.browser import (
    height_of,
    heights_of_words,
    places_when_followed,
    print_pages,
    violations,
    width_at,
    widths_at,
)
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
    found = widths_at({each.name: each.read_text("utf-8") for each in pages}, width, folder)
    return {name: needed for name, needed in found.items() if needed > width}


def test_nothing_scrolls_sideways_at_320_pixels(pages, tmp_path):
    """A phone, or a page enlarged fourfold: the front page, the wards and every fifth beside."""
    sample = [each for each in pages if each.stem in ("index", "ward-drug-offences")]
    assert wider([*sample, *pages[::5]], 320, tmp_path) == {}


@pytest.mark.proof
def test_no_page_scrolls_sideways_at_320_pixels(pages, tmp_path):
    assert wider(pages, 320, tmp_path) == {}


def test_the_summary_is_a_screen_and_a_half(pages, tmp_path):
    """It was called one page and took three screens; a screen has 900 pixels."""
    summary = tmp_path / "summary.html"
    shutil.copy(next(each for each in pages if each.stem == "summary"), summary)

    assert 900 < height_of(summary, ".columns") < 1500


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


# Of each page that may not have, or may have more than, a finding's six.
MOST_SHEETS = {"summary": 2, "index": 4, "ward-drug-offences": 8}
MOST_OF_A_FINDING = 6
SAMPLE = (*MOST_SHEETS, "possession-and-trafficking", "outcomes-framework", "delivery-plan")
# How high the browser's words of 11 and of 9 points are. What is wider than a sheet makes the whole
# page smaller: the framework was printed at two thirds, and nobody had seen it.
BODY, TABLES = 12.3, 10.1
# Of the whole edition; it had 180.
MOST_IN_ALL = 90


def sheets(pages: list[Path], folder: Path) -> dict[str, int]:
    """How many sheets of A4 each page takes, with its letters as large as its style says."""
    found = {}
    for each in pages:
        found[each.stem] = len(print_pages(each, folder))
        sizes = heights_of_words(folder / "page.pdf")
        assert {BODY, TABLES} <= set(sizes), f"{each.stem} is printed smaller than it is set"
    return found


def test_a_board_gets_no_more_paper_than_it_reads(pages, tmp_path):
    """The summary called one page had thirteen sheets, the wards seventeen."""
    found = sheets([each for each in pages if each.stem in SAMPLE], tmp_path)

    assert found.keys() == set(SAMPLE)
    assert too_long(found) == {}


def too_long(found: dict[str, int]) -> dict[str, int]:
    """The pages that take more sheets than they may."""
    return {
        name: many
        for name, many in found.items()
        if many > MOST_SHEETS.get(name, MOST_OF_A_FINDING)
    }


@pytest.mark.proof
def test_the_whole_edition_is_printed_on_few_sheets(pages, tmp_path, record_testsuite_property):
    found = sheets(pages, tmp_path)

    record_testsuite_property("printed sheets", sum(found.values()))
    assert too_long(found) == {}
    assert sum(found.values()) <= MOST_IN_ALL, found


@pytest.mark.proof
@pytest.mark.parametrize("edition", ["public", "partnership"])
def test_a_demonstration_is_printed_on_no_more(tmp_path, edition):
    """Each of its figures bears a mark, and every return has its own; it had nine of wards."""
    asked = ["--year", YEAR.replace("-", "/"), "--area", "Barnet", "--edition", edition]
    assert main(["run", *asked, "--demonstration", "--output", str(tmp_path)]) == 0
    folder = tmp_path / "demonstration" / YEAR / "E09000003" / edition

    assert too_long(sheets(sorted(folder.glob("*.html")), tmp_path)) == {}


def test_print_has_letters_that_can_be_read():
    """Body at least 11 points, tables and notes 9."""
    printed = page_style("map.css", "front.css").partition("@media print{\n@page")[2]
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:(?:700 )?([\d.]+)pt", printed)]

    assert re.search(r"body\{font-size:11pt", printed)
    assert len(sizes) > 5
    assert min(sizes) >= 9


def test_what_is_not_printed_is_said_on_the_sheet(pages, tmp_path):
    """A table of 96 rows behind a chart is on the page, and whoever holds the paper is told so."""
    wards = next(each for each in pages if each.stem == "ward-drug-offences")
    printed = " ".join(" ".join(print_pages(wards, tmp_path)).split())

    assert "is long and not printed: it is on the page" in printed
    assert "On the page (ward-drug-offences.html) and not printed:" in printed
    assert "Where each number comes from" not in printed


# What a reader may set for herself, by WCAG 1.4.12.
SPACED = (
    "<style>*{line-height:1.5!important;letter-spacing:.12em!important;"
    "word-spacing:.16em!important}p{margin-bottom:2em!important}</style></head>"
)


def test_nothing_scrolls_sideways_with_the_text_spaced_out(pages, tmp_path):
    """On a phone, with the spacing that a reader with dyslexia may set."""
    names = ("summary", "index", "ward-drug-offences", "needs", "methods", "accessibility")
    sample = [each for each in pages if each.stem in names]
    assert len(sample) == len(names)
    spaced = {each.stem: each.read_text("utf-8").replace("</head>", SPACED) for each in sample}
    found = widths_at(spaced, 320, tmp_path)
    assert {name: width for name, width in found.items() if width > 320} == {}


def test_the_head_of_a_table_is_in_view_when_a_ward_is_followed(pages, tmp_path):
    """The map's link led to a row of numbers whose headings had scrolled away."""
    html = next(each for each in pages if each.stem == "ward-drug-offences").read_text("utf-8")
    rows = re.findall(r'<tr id="(row-[^"]+)"', html)
    # The last row: its table is higher than the window.
    at = places_when_followed(html, rows[-1], tmp_path)

    assert at["row"] < at["window"]
    assert 0 <= at["head"] < at["row"]
