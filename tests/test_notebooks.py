"""A notebook is the short, readable road from the data to the page."""

from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def cells(request):
    """Its code cells."""
    read = nbformat.read(request.param, as_version=4)
    return [cell for cell in read.cells if cell.cell_type == "code"]


def test_it_can_be_read_in_two_minutes(cells):
    assert 8 <= len(cells) <= 14
    assert [cell.source for cell in cells if len(cell.source.splitlines()) > 12] == []


def test_it_fits_the_screen_and_defines_nothing(cells):
    """A step that needs a function of its own wants one in the library, with a good name."""
    lines = [line for cell in cells for line in cell.source.splitlines()]
    assert [line for line in lines if len(line) > 100 or line.lstrip().startswith("def ")] == []


def test_it_is_kept_without_outputs(cells):
    held = [cell.source for cell in cells if cell.outputs or cell.execution_count]
    assert held == [], "outputs don't belong in a commit: `cdpb strip` takes them out"


def test_each_cell_has_a_name_of_its_own(cells):
    """Review tools follow a cell by it."""
    names = [cell.id for cell in cells]
    assert len(set(names)) == len(names)
