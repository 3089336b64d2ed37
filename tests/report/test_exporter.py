"""From an executed notebook to a page: what is let through, in which order, and what never."""

import re
import subprocess
import sys

import nbformat
import pytest
from markupsafe import escape
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cdpb import catalogue
from cdpb.declarations import declarations
from cdpb.errors import FindingFailed
from cdpb.report.blocks import method_block, notice_block
from cdpb.report.checks import check_page
from cdpb.report.html_tree import read_document
from cdpb.report.markup import Block
from cdpb.report.method import method_of
from tests.support.pages import chart, code, notebook, page, record


def root(html):
    return read_document(html).root


def headings(html, *tags):
    return [each.text for each in root(html).all(*(tags or ("h2",)))]


def test_nbconvert_and_the_export_menu_know_the_exporter():
    """``jupyter nbconvert --to cdpb`` works without a word about templates."""
    exporter = get_exporter("cdpb")

    assert exporter.export_from_notebook == "Needs assessment page"


def test_the_answer_stands_first_wherever_the_notebook_computes_it():
    """A verdict needs the whole analysis; a board member needs the verdict."""
    assert headings(page())[1:] == [
        "The finding",
        "Key figures",
        "Why this is asked",
        "Ward by ward",
        "Method and caveats",
        "Terms on this page",
    ]


def test_a_heading_with_nothing_under_it_is_left_out():
    """What stood under "The verdict" has moved to the top."""
    assert "The verdict" not in headings(page())


def test_the_title_has_finding_area_and_year():
    """In a row of tabs or a list of search results it is all that is seen."""
    assert root(page()).all("title")[0].text == "Ward drug offences, Barnet, 2023/24"
    assert headings(page(), "h1") == ["Where are offences recorded?"]


def test_the_page_passes_its_own_checks():
    """Every edition, or the runner would refuse it."""
    assert check_page(page()) == []
    assert check_page(page(edition="partnership")) == []
    assert check_page(page(demonstration=True)) == []


def test_only_blocks_reach_a_page():
    """A print, a plain table, a picture: none has passed the gate."""
    left_out = [
        new_output("stream", name="stdout", text="printed-4711"),
        new_output("display_data", data={"text/html": "<p>plain-4711</p>", "text/plain": "x-4711"}),
        new_output("display_data", data={"image/png": "iVBORw0KGgo4711"}),
        new_output("execute_result", data={"text/plain": "result-4711"}, execution_count=1),
    ]
    cells = notebook()
    cells.cells.insert(2, new_code_cell("x", execution_count=1, outputs=left_out))

    assert "4711" not in page(cells)


def test_the_public_page_has_no_code_and_no_metadata():
    """Nor parameters, nor the kernel's name, nor anything else of how it was made."""
    html = page()

    for hidden in ("secret", "finding.ranked", "nbconvert", "ipynb", "kernel", "python"):
        assert hidden not in html.lower()


def test_the_partnership_page_folds_the_code_away():
    """A board's analyst can follow each step; nobody has to."""
    html = page(edition="partnership")

    assert "finding.chart(kind, shown)" in html
    assert "The notebook’s code, step by step" in html
    assert "secret-kernel" not in html


def test_what_is_imported_is_no_step():
    cells = notebook(edition="partnership")
    cells.cells.insert(1, code("from cdpb import loaders\nimport json"))

    assert "import" not in page(cells)


def test_an_error_in_a_notebook_makes_no_page():
    """The page would end where the notebook did, and look finished."""
    cells = notebook()
    error = new_output("error", ename="ValueError", evalue="count 3", traceback=["count 3"])
    cells.cells.insert(2, new_code_cell("x", execution_count=1, outputs=[error]))

    with pytest.raises(FindingFailed, match="cell 3 ended in an error") as refused:
        page(cells)

    assert "count" not in str(refused.value)


def test_a_notebook_not_run_to_its_end_is_a_draft():
    """Old outputs under new code are nobody's finding."""
    cells = notebook()
    cells.cells.append(code("one_more()", count=None))

    assert "Draft: not fully executed" in page(cells)
    assert page(cells).count("<title>Draft: ") == 1
    assert "the page is a draft" in check_page(page(cells))


def test_a_notebook_that_saved_nothing_is_a_draft_under_its_own_heading():
    """An analyst exports what she has; nobody takes it for the assessment."""
    cells = new_notebook(cells=[new_markdown_cell("# My own question"), code("x")])

    assert "<title>Draft: My own question</title>" in page(cells)


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "![chart](https://example.org/a.png)",
        "<!-- hidden -->",
    ],
)
def test_markdown_can_run_and_fetch_nothing(source):
    """Prose is prose, whoever wrote it."""
    cells = notebook()
    cells.cells.insert(1, new_markdown_cell(source))

    assert check_page(page(cells)) == []


def test_a_link_that_would_run_a_script_is_disarmed():
    """And the checks then find that it leads nowhere."""
    cells = notebook()
    cells.cells.insert(1, new_markdown_cell("[click](javascript:alert(1))"))

    assert "javascript:" not in page(cells)
    assert any("leads nowhere" in each for each in check_page(page(cells)))


def test_prose_for_whoever_edits_the_notebook_stays_there():
    """``notebook-only`` is the tag for it."""
    cells = notebook()
    aside = new_markdown_cell("Change the ward here.", metadata={"tags": ["notebook-only"]})
    cells.cells.insert(1, aside)

    assert "Change the ward here." not in page(cells)


def test_a_notice_can_take_the_place_of_a_section():
    """Where no actions are held, the section on actions is where a reader looks for them."""
    cells = notebook()
    notice = notice_block("not_available", "No actions are on file.", section="actions")
    cells.cells.insert(1, code("finding.actions()", notice))

    assert "What the partnership has planned" in headings(page(cells))


def test_every_page_of_the_partnership_edition_is_marked():
    """On the screen, and at the head of every printed page."""
    html = page(edition="partnership")

    assert "OFFICIAL-SENSITIVE" in root(html).classed("edition")[0].text
    assert re.search(r'@top-center\{content:"OFFICIAL\\2d SENSITIVE"', html)
    assert "SENSITIVE" not in page()


def test_a_demonstration_says_so_in_title_banner_figures_and_print():
    """Illustrative figures get about; each piece of the page must carry its mark."""
    html = page(demonstration=True)

    assert root(html).all("title")[0].text.startswith("DEMONSTRATION: ")
    assert "illustrative" in root(html).classed("edition")[0].text
    assert len(root(html).classed("mark")) == len(root(html).all("figure"))
    assert '@top-center{content:"DEMONSTRATION"' in html


def test_an_area_can_t_break_out_of_the_style_sheet():
    """The printed footer holds the title, which holds names from files."""
    html = page(title='"}</style><script>')

    assert "<script" not in html
    assert html.count("</style>") == 1


def test_a_chart_of_what_the_map_shows_links_to_the_map_s_table():
    """The same table twice is a page more to print and nothing more to read."""
    cells = notebook()
    cells.cells[3] = code("finding.chart(kind, shown)", chart(focus="E05000001"))

    first, second = root(page(cells)).all("figure")

    assert not first.all("table")
    assert first.classed("behind")[0].text == (
        "The data and the table behind figure 1 are those of figure 2."
    )
    assert not first.classed("download")
    assert second.classed("download")
    assert second.all("table")
    assert check_page(page(cells)) == []


def test_abbreviations_are_linked_once_and_explained():
    """At their first place in running text."""
    html = page()

    assert html.count('href="#term-ndtms"') == 1
    assert "National Drug Treatment Monitoring System" in html


def test_the_same_notebook_gives_the_same_page():
    """Nothing but content changes a page: no time, no random id."""
    assert page() == page()


def test_attributions_of_every_source_are_printed():
    """The licences ask for it, of a page that was sent alone too."""
    wards = declarations().finding("ward_drug_offences")
    html = method_block(method_of(wards, ["mps_ward_crime"], [])).html
    source = catalogue.source("mps_ward_crime")

    assert escape(source.attribution) in html
    assert f'<a href="{source.landing_page}">{escape(source.title)}</a>' in html


def test_a_drawing_keeps_its_capitals():
    """Nbconvert's own HTML pass writes viewBox in small letters."""
    assert 'viewBox="0 0 680 90"' in page()


def test_nothing_but_line_feeds_ends_a_line():
    """On Windows too, or the same page would have two checksums."""
    assert "\r" not in page()


def test_a_block_of_an_unknown_kind_stays_where_it_was_made():
    """An analyst's own block needs no change here."""
    cells = notebook()
    cells.cells.insert(3, code("x", Block("own", "<p>My own block.</p>", "own")))

    assert "My own block." in page(cells)


@pytest.mark.slow
def test_the_command_line_makes_the_page(tmp_path):
    """As the README says."""
    nbformat.write(notebook(), tmp_path / "x.ipynb")

    command = [sys.executable, "-m", "nbconvert", "--to", "cdpb", str(tmp_path / "x.ipynb")]
    subprocess.run(command, check=True, capture_output=True)

    written = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert check_page(written) == []
    assert record()["title"] in written


def test_a_worker_loads_nothing_that_counts_or_draws(tmp_path):
    """Each run starts two, and they would spend a second and a half on it; kernels do the work."""
    made = tmp_path / "executed.ipynb"
    nbformat.write(notebook(), made)
    asked = (
        "import sys, nbformat; from cdpb.runner import execute, render, pool;"
        "from cdpb.periods import FinancialYear; FinancialYear.parse('2023/24').last_day;"
        f"page = render.render_page(nbformat.read({str(made)!r}, 4), 'wards');"
        "print(page.count('</html>'), *{name.split('.')[0] for name in sys.modules})"
    )
    command = [sys.executable, "-c", asked]
    pages, *loaded = subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.split()

    assert pages == "1"
    assert {"nbconvert", "papermill"} <= set(loaded)
    assert not {"pandas", "scipy", "matplotlib", "geopandas", "pandera"} & set(loaded)
