"""Another year's record comes from the same notebook, run in this process and kept to itself."""

from types import SimpleNamespace

import nbformat
import pytest

from cdpb.errors import FindingFailed, InputError
from cdpb.findings.compare_records import NOT_SHOWN
from cdpb.findings.years import for_its_record, record_of
from tests.support.inprocess import record_of as saved
from tests.support.inprocess import run
from tests.support.project import lines_of

HAND_OVER = """from cdpb.findings.years import for_its_record, give_record
give_record({"year": year, "area": area, "alone": for_its_record()})"""
ASKED = {"year": "2022/23", "area": "E09000003"}


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Write a notebook of these cells after its parameters, and name it as a declaration does."""
    monkeypatch.setattr("cdpb.paths.notebooks_folder", lambda: tmp_path)

    def write(*cells: str) -> SimpleNamespace:
        parameters = nbformat.v4.new_code_cell('year = "2023/24"\narea = "E09000007"')
        parameters.metadata["tags"] = ["parameters"]
        written = [nbformat.v4.new_code_cell(each) for each in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=[parameters, *written]), tmp_path / "a.ipynb")
        return SimpleNamespace(notebook="a.ipynb")

    return write


def test_the_year_takes_the_place_of_the_notebooks_own(notebook):
    assert record_of(notebook(HAND_OVER), ASKED) == {**ASKED, "alone": True}


def test_an_error_of_ours_names_the_year_and_that_it_is_run_again(notebook):
    """Whoever asked for 2023/24 would look for the fault in that year's files."""
    cell = 'from cdpb.errors import InputError\nraise InputError("x.csv has no column.", "Add it.")'
    with pytest.raises(InputError) as error:
        record_of(notebook(cell, HAND_OVER), ASKED)
    headline, *lines = lines_of(error)
    assert headline == (
        "a.ipynb, cell 2, 2022/23, run again for an earlier year: x.csv has no column."
    )
    assert [line.strip() for line in lines] == ["Add it."]


def test_what_it_shows_is_not_shown(notebook, capsys):
    """A reader of this year's page would take last year's figure for this year's."""
    cells = ("print('last year')", "from IPython.display import display\ndisplay('last year')")
    record_of(notebook(*cells, HAND_OVER), ASKED)
    assert capsys.readouterr().out == ""


def test_an_analysts_cell_is_read_as_a_kernel_reads_it(notebook):
    """A cell that begins with % is no Python."""
    magic = "class _Shell:\n    def run_line_magic(self, *asked): pass\nget_ipython = _Shell"
    assert record_of(notebook(magic, "%precision 3", HAND_OVER), ASKED)["alone"]


def test_an_error_names_cell_and_year_and_nothing_that_it_held(notebook):
    with pytest.raises(FindingFailed) as error:
        record_of(notebook('raise ValueError("the count was 3")', HAND_OVER), ASKED)
    lines = lines_of(error)
    assert "a.ipynb, cell 2, 2022/23: ValueError." in lines[0]
    assert "3" not in "".join(lines).replace("2022/23", "")
    assert not for_its_record()


def test_a_refusal_of_ours_says_what_it_says(notebook):
    cell = 'from cdpb.errors import InputError\nraise InputError("No such area.")'
    with pytest.raises(InputError, match="No such area"):
        record_of(notebook(cell), ASKED)


def test_a_notebook_that_keeps_nothing_is_told(notebook):
    with pytest.raises(FindingFailed, match="keeps no record"):
        record_of(notebook("1 + 1"), ASKED)


@pytest.mark.slow
def test_it_saves_nothing_but_the_year_that_was_asked_for(tmp_path):
    run("schools_and_prevention", tmp_path, over_years=True, year="2024/25")
    assert saved("schools_and_prevention", tmp_path)["year"] == "2024/25"
    assert len(list((tmp_path / "findings").iterdir())) == 1


@pytest.mark.slow
def test_what_an_analyst_sets_is_set_for_last_year_too(tmp_path):
    """Else another definition would look like a change."""
    told = {"definition": "alcohol only"}
    run("unmet_treatment_need", tmp_path, over_years=True, year="2016/17", **told)
    record = saved("unmet_treatment_need", tmp_path)
    assert record["parameters"] == told
    first = record["before"]["key_figures"][0]
    assert first["before"] is not None
    assert not first["why"].startswith("another")


def test_every_parameter_of_a_notebook_is_kept_by_its_finding(project):
    """Only what the finding keeps can be handed to another year."""
    for path in sorted((project / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, 4).cells
        (parameters,) = [each for each in cells if "parameters" in each.metadata.get("tags", [])]
        names = {line.split(" = ")[0] for line in parameters.source.splitlines()}
        code = "\n".join(each.source for each in cells if each.cell_type == "code")
        for name in names - {"year", "area", "edition", "demonstration"}:
            assert f'finding.parameter("{name}"' in code, f"{path.name}: {name}"


@pytest.mark.slow
def test_a_protected_value_of_last_year_stays_on_last_years_page(tmp_path):
    """Its tables are protected for that year alone, and no table of this year shows it."""
    asked = {"year": "2024/25", "demonstration": True}
    run("young_people_in_treatment", tmp_path, over_years=True, **asked)
    record = saved("young_people_in_treatment", tmp_path)
    told = {each["id"]: each for each in record["before"]["key_figures"]}
    assert record["key_figures"][0]["value"] is not None
    assert told["people"]["before"] is None
    assert told["people"]["why"] == NOT_SHOWN
