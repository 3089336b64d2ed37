"""A cell that is changed and run again shows its effect; no other cell has to be run with it."""

import json

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from cdpb.findings.record import SAVE_TO
from tests.support.project import CHECKOUT

NOTEBOOK = CHECKOUT / "notebooks" / "03_women_in_treatment.ipynb"
TITLE = "words.shares_title(by_year, name)"


@pytest.fixture
def ran(tmp_path, monkeypatch):
    """Runs a cell as a kernel does, in which all of the women notebook was run; its HTML."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv(SAVE_TO, str(tmp_path / "saved"))
    shell = InteractiveShell.instance()

    def run(source: str) -> str:
        with capture_output() as told:
            assert shell.run_cell(source).success, told.stdout
        return "".join(each.data.get("text/html", "") for each in told.outputs)

    yield {source: run(source) for source in sources()}, run
    InteractiveShell.clear_instance()


def sources() -> list[str]:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


@pytest.mark.slow
def test_a_cell_run_again_shows_the_same_and_one_that_is_changed_the_change(ran, tmp_path):
    """Cards were shown twice, and figure 1 became figure 3."""
    first, run = ran
    showing = [source for source in sources() if first[source]]
    assert len(showing) >= 4

    assert [source for source in showing if run(source) != first[source]] == []

    (drawn,) = [source for source in showing if TITLE in source]
    changed = run(drawn.replace(TITLE, "'Another title'"))
    run(showing[-1])
    saved = json.loads((tmp_path / "saved/findings/women_in_treatment.json").read_text("utf-8"))
    assert "Figure 1: Another title" in changed
    assert saved["figures"][0]["title"].startswith("Another title")
    for kept in (saved["figures"], saved["key_figures"]):
        assert len({each["id"] for each in kept}) == len(kept) > 1
