"""How the gates see another world, and what they say of what differs in it."""

import nbformat
import pytest

from cdpb import build
from cdpb.report.text_figures import figures_in
from cdpb.runner.execute import environment
from cdpb.runner.gates.known_numbers import figures_of
from cdpb.runner.gates.rebuilding import differences_in_file
from cdpb.runner.gates.scan import blocks_of
from cdpb.runner.gates.text_nodes import nodes_of


def test_a_run_tells_its_kernels_of_no_other_world(monkeypatch):
    """Whatever the shell has set, what a run makes is made of what was received."""
    monkeypatch.setenv(build.WORLD, "somewhere")

    assert environment()[build.WORLD] == ""


@pytest.mark.parametrize(
    ("name", "before", "after", "places"),
    [
        ("a.html", "<p id='x'>31</p>", "<p id='x'>32</p>", ["<p> x"]),
        ("a.html", "<i title='31'></i>", "<i title='32'></i>", ["title of <i>"]),
        ("a.html", "<svg><path d='M31'/></svg>", "<svg><path d='M32'/></svg>", ["d of <path>"]),
        ("a.html", "<p>a</p><p>b</p>", "<p>a</p><h3>31</h3><p>b</p>", ["<h3>"]),
        ("a.html", "<p>31</p>", "<p >31</p>", ["its markup"]),
        ("a.csv", "a,b\n1,31\n", "a,b\n1,32\n", ["column b"]),
        ("a.csv", "a,b\n1,31\n", "a,b\n", ["column a", "column b"]),
        ("a.json", '{"a": [{"b": 31}]}', '{"a": [{"b": 32}]}', ["a[0].b"]),
        ("a.png", "31", "32", ["its text"]),
    ],
)
def test_what_differs_is_named_and_not_told(tmp_path, name, before, after, places):
    for folder, text in (("before", before), ("after", after)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text, encoding="utf-8")

    assert differences_in_file(name, tmp_path / "before" / name, tmp_path / "after" / name) == [
        f"{name}: {place} differs" for place in places
    ]
    assert differences_in_file(name, tmp_path / "before" / name, tmp_path / "before" / name) == []


def test_what_can_not_be_opened_is_judged_as_it_is():
    """A file that pretends to be packed hides nothing by it."""
    for broken in (b"\x1f\x8bnot packed: 41", b"PK\x03\x04not packed: 41"):
        assert any("41" in node.text for node in nodes_of(broken, "a.bin"))


def test_how_much_a_column_says_is_a_figure_of_its_tables():
    """Two series, or 3 metrics of which 1 has a figure: without either a borough was refused."""
    tables = {
        "strategic": [
            {"metric_id": "N01", "latest": "", "series": "to 2016/17"},
            {"metric_id": "N02", "latest": "64", "series": "2016/17 to 2019/20"},
        ],
        "gap": [{"metric_kind": "headline"}] * 7 + [{"metric_id": "N03"}],
    }
    figures = figures_of({"id": "outcomes_framework"}, tables)
    assert {"1", "2", "3"} <= figures
    assert "4" not in figures


def test_an_index_in_the_code_of_a_page_is_no_figure():
    """Camden was refused for ``three[:2]``; a number typed there is still looked at."""
    code = "pairs = shares_of(three[:2], per=100_000)\nknown = [14]"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])

    (block,) = blocks_of(notebook, with_code=True)

    assert [each for node in block.nodes for each, _ in figures_in(node.text)] == ["14"]
    assert "2" in [figure for figure, _ in figures_in(code)]
