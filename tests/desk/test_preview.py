"""A preview is the page that a run makes, and says where it lies."""

import html
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from cdpb import paths
from cdpb.errors import FindingFailed
from cdpb.findings.record import SAVE_TO
from cdpb.report.finding import Finding
from cdpb.report.markup import DRAFT_TEXT, without_line
from cdpb.report.preview import Preview, preview_page
from tests.support.project import CHECKOUT
from tests.support.toys import PARAMETERS

PAGE = "2025-26/E09000003/public/women-in-treatment.html"


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """What a kernel has and a test has not: a place where outputs are shown."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Writes a notebook of a project of its own, and makes its page."""
    for name in ("data", "notebooks"):
        (tmp_path / name).mkdir()
    for name in ("sources.yml", "glossary.yml"):
        shutil.copy(CHECKOUT / "data" / name, tmp_path / "data")
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))

    def page_of(*cells: str, **parameters: str) -> Preview | None:
        given = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
        steps = [nbformat.v4.new_code_cell(each) for each in cells]
        whole = nbformat.v4.new_notebook(cells=[given, *steps])
        nbformat.write(whole, tmp_path / "notebooks" / "own.ipynb")
        return preview_page("own.ipynb", parameters, tmp_path / "own.html")

    return page_of


def found(year: str = "2025/26") -> Finding:
    finding = Finding("women_in_treatment", year, "Barnet")
    finding.parameter("comparator", "E92000001", "E92000001")
    return finding


@pytest.mark.slow
def test_it_is_the_page_that_a_run_makes_and_lies_among_the_drafts(assessments, kernel):
    """But for what stands on a draft, and for the pages beside it, which a draft has not."""
    preview = found().preview()

    made = (assessments / PAGE).read_bytes()
    assert without_line(preview.page.encode()) == without_line(made)
    assert preview.file.read_text(encoding="utf-8") == preview.page
    assert paths.from_root(preview.file) == f".cdpb/draft/{PAGE}"
    shown = preview._repr_html_()
    assert (DRAFT_TEXT in shown, f".cdpb/draft/{PAGE}" in shown) == (True, True)
    assert f".cdpb/draft/{PAGE}" in repr(preview)
    framed = html.unescape(shown.split('srcdoc="')[1].split('"')[0])
    links = re.findall(r'<a[^>]* href="([^"]*)"', framed)
    assert links
    assert [each for each in links if not re.match("#|data:|https:", each)] == []


def test_in_a_run_nothing_is_made_twice(tmp_path, monkeypatch):
    monkeypatch.setenv(SAVE_TO, str(tmp_path))
    assert found().preview() is None


SHOW = (
    "from cdpb.report.blocks import notice_block\n"
    "notice_block('caution', 'Not on the page.')\n"
    "notice_block('caution', f'Made for {year}.')"
)


def test_it_shows_what_a_kernel_would_for_the_parameters_given(notebook, kernel):
    """Of a cell's values the last alone, of the parameters those that the finding was asked."""
    page = notebook(SHOW, year="2021/22").page
    assert "Made for 2021/22." in page
    assert "Not on the page" not in page


def test_a_notebook_that_previews_itself_is_made_once(notebook, kernel):
    own = (
        "from cdpb.report.preview import preview_page\n"
        "from pathlib import Path\n"
        "assert preview_page('own.ipynb', {}, Path('never.html')) is None"
    )
    assert notebook(own, SHOW) is not None
    assert not Path("never.html").exists()


def test_a_cell_that_fails_is_named_and_its_text_is_not_told(notebook, kernel):
    """The text of an error may quote data."""
    with pytest.raises(FindingFailed, match=r"own.ipynb, cell 2: ValueError") as error:
        notebook("raise ValueError('3 people')")
    assert "3 people" not in str(error.value)
