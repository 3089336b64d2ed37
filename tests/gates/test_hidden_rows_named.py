"""A number beside the name of a hidden row is found; a row is not named by what names any."""

import json
from dataclasses import replace

import nbformat
import pytest
import yaml

from cdpb.report.markup import BLOCK_MIME
from cdpb.report.text_figures import figures_in
from cdpb.runner.gates.number_check import BESIDE
from cdpb.runner.gates.row_labels import NamedRows, parts_of, rows_of_record
from cdpb.runner.gates.scan import Scan
from cdpb.runner.gates.text_nodes import nodes_of
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Assessment
from tests.support.built import BARNET
from tests.support.project import declare_findings, draw_project

FINDINGS = """
columns:
  year: {label: Year, kind: key}
  route: {label: Route, kind: name}
  housing: {label: Housing problem, kind: name}
  group: {label: Group, kind: name}
  need: {label: Need, kind: name}
  referrals: {label: Referrals, kind: count}
findings:
  - id: sent
    slug: sent
    title: Sent
    notebook: sent.ipynb
    order: 1
    sources: []
    tables:
      - {id: routes, title: Routes, source: police_referrals, dimensions: [year, route],
         count: referrals, totals: [route]}
      - {id: housing, title: Housing, source: police_referrals, dimensions: [year, housing],
         count: referrals}
      - {id: groups, title: Groups, source: police_referrals, dimensions: [group, need],
         count: referrals, totals: [need]}
  - {id: together, slug: together, title: Together, notebook: together.ipynb, order: 2,
     sources: [], after: all}
"""
ROUTES = [
    ("2022/23", "custody", "[c]"), ("2022/23", "court", "17"), ("2022/23", "total", "[c]"),
    ("2022/23", "night custody", "19"),
    ("2023/24", "custody", "21"), ("2023/24", "court", "31"), ("2023/24", "total", "52"),
]  # fmt: skip
HOUSING = [("2022/23", "yes", "[c]"), ("2022/23", "no", "44"), ("2023/24", "no", "61")]
GROUPS = [
    ("adults", "housing", "63"), ("adults", "debt", "33"), ("adults", "total", "96"),
    ("young people", "housing", "[c]"), ("young people", "debt", "[c]"),
    ("young people", "total", "[c]"),
]  # fmt: skip
MADE_FOR = {
    "title": "Routes",
    "sources": [],
    "demonstration": False,
    "year": "2022/23",
    "edition": "public",
    "area": {"code": "E09000003", "name": "Barnet"},
}
RECORD = {
    "id": "sent", "slug": "sent", **MADE_FOR,
    "headline": "In 2022/23 the custody suite had 3 desks.",
    "tables": [
        {"id": name, "file": f"tables/{name}.csv", "rows": 1, "source": [], "period": "",
         "title": ""}
        for name in ("routes", "housing", "groups")
    ],
}  # fmt: skip
# A page that is made of the others' records.
SUMMARY = {"id": "together", "slug": "together", "tested": False, **MADE_FOR}


@pytest.fixture
def written(tmp_path, monkeypatch):
    """An assessment of one finding, whose two tables hide some rows."""
    project = draw_project(tmp_path, monkeypatch)
    declare_findings(project.root, **yaml.safe_load(FINDINGS))
    tables = tmp_path / "tables"
    tables.mkdir()
    for name, head, rows in (
        ("routes", ("year", "route"), ROUTES),
        ("housing", ("year", "housing"), HOUSING),
        ("groups", ("group", "need"), GROUPS),
    ):
        text = "".join(",".join(row) + "\n" for row in [(*head, "referrals"), *rows])
        (tables / f"{name}.csv").write_text(text, encoding="utf-8")
    assessment = Assessment(BARNET, "Barnet", "2023/24", "public", False, tmp_path)
    return Written(tmp_path, assessment, [RECORD])


@pytest.fixture
def strangers(written):
    rows = NamedRows(rows_of_record(RECORD, written.tables_of(RECORD)))

    def found(text: str, context: str = "") -> list[str]:
        told = ((each, rows.shown_beside(each, context)) for _, each in parts_of(text))
        named = ((each, shown) for each, shown in told if shown is not None)
        return [
            figure for each, shown in named for figure, _ in figures_in(each) if figure not in shown
        ]

    return found


@pytest.mark.parametrize(
    ("said", "context"),
    [
        ("Custody in 2022/23: 3", ""),
        ("In 2022/23 there were 3 referrals in all.", ""),
        ("3", "Year: 2022/23 | Housing problem: yes | Referrals"),
        ("3", "year: 2022/23 | housing: yes | referrals"),
    ],
)
def test_a_number_beside_the_name_of_a_hidden_row_is_found(strangers, said, context):
    """By all of its labels: of a cell by its row, of a total by its year and what it counts."""
    assert strangers(said, context) == ["3"]


@pytest.mark.parametrize(
    ("said", "context"),
    [
        ("Nineteen of 38 tests in 2022/23 were positive.", ""),
        ("No figure was given for 2022/23, and yes, 7 were asked.", ""),
        ("7", "Can it be checked: no | Period: 2022/23"),
        ("From 2022/23 to 2023/24 referrals by the court rose from 17 to 31, of 52.", ""),
        ("In 2022/23 custody sent too few; by the court 17 came.", ""),
        ("Night custody in 2022/23 was 38% of half.", ""),
    ],
)
def test_a_row_is_not_named_by_what_names_any(strangers, said, context):
    """A year stands in every sentence, yes and no in many, and a name within a longer one."""
    assert strangers(said, context) == []


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("In debt: adults 33, young people not shown", []),
        ("Young people: 63", ["63"]),
        ("In debt: adults 63, young people not shown", ["63"]),
        ("In debt: adults 33, young people 34", ["34"]),
    ],
)
def test_a_shown_row_may_be_named_beside_a_hidden_one(strangers, said, found):
    """A title says what it counts, and of whom it shows nothing."""
    assert strangers(said) == found


def made(block: str) -> nbformat.NotebookNode:
    """An executed notebook that has shown this."""
    data = {BLOCK_MIME: {"kind": "quoted", "html": block}}
    output = nbformat.v4.new_output("display_data", data)
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("show()", outputs=[output])])


def judged(written: Written, said: str, record: dict = RECORD) -> list[str]:
    """What is wrong with a block of a finding that says this."""
    page = f"{record['slug']}.html"
    nodes = nodes_of(f"<main>{said}</main>".encode(), page)
    return list(Scan(written).check(record).wrong_in(page, nodes, {}))


def test_what_a_record_says_is_judged_there_and_not_again_in_the_summary(written):
    """A page of many findings has many names; a sentence of one of them is that one's."""
    both = replace(written, records=[RECORD, SUMMARY])

    assert not any(BESIDE in each for each in judged(both, RECORD["headline"], SUMMARY))
    assert any(BESIDE in each for each in judged(both, "In 2022/23 custody had 21 desks.", SUMMARY))
    path = written.folder / "findings" / "sent.json"
    path.parent.mkdir()
    path.write_text(json.dumps(RECORD), encoding="utf-8")
    assert [each for each in Scan(both).files() if each.startswith("findings/sent.json: headline")]


def test_what_a_findings_page_says_is_judged_there_and_not_again_in_the_summary(written):
    """A return of adults, all hidden, had "260 of 1,465 adults" of another finding refused."""
    told = "In 2022/23 the custody suite had 52 desks."
    both = replace(written, records=[RECORD, SUMMARY])
    assert any(BESIDE in each for each in judged(both, told, SUMMARY))

    path = written.folder / "sent.ipynb"
    nbformat.write(made(f"<p>{told}</p>"), path)
    both = replace(both, notebooks={"sent": path})

    assert judged(both, told, SUMMARY) == []
    assert any(BESIDE in each for each in Scan(both).blocks())


def test_a_title_that_the_summary_quotes_is_given_its_full_stop(written):
    """A figure's title has none; what stands before the full stop is what was judged."""
    told = "In 2022/23 the custody suite had 52 desks"
    path = written.folder / "sent.ipynb"
    nbformat.write(made(f"<h3>{told}</h3>"), path)
    both = replace(written, records=[RECORD, SUMMARY], notebooks={"sent": path})

    assert judged(both, f"{told}. It is said.", SUMMARY) == []
    assert judged(both, f"{told.replace('52', '53')}. It is said.", SUMMARY) != []


def test_the_number_of_a_figure_is_its_place_on_the_page(written):
    """The second figure is figure 2; a number that no figure can have is found."""
    path = written.folder / "findings" / "sent.json"
    path.parent.mkdir()

    def of_figures(*numbers: int) -> list[str]:
        told = {"figures": [{"number": number} for number in numbers]}
        path.write_text(json.dumps(told), encoding="utf-8")
        return [each for each in Scan(written).files() if each.startswith("findings/sent.json")]

    assert of_figures(1, 2, 1) == []
    assert len(of_figures(1, 99)) == 1


def test_each_place_of_a_map_is_read_by_itself(written):
    """Its links stand in one group; the name of one is not beside the figure of the next."""
    places = [("Custody", ""), ("Court", "17")]
    links = "".join(f"<a><title>{name} 2022/23 {n}</title><path d=''/></a>" for name, n in places)
    assert judged(written, f"<svg><g>{links}</g></svg>") == []
    moved = links.replace("22/23 <", "22/23 21<")
    assert len(judged(written, f"<svg><g>{moved}</g></svg>")) == 1
