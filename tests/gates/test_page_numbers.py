"""Each number that was written stands in its tables, is what they add up to, or is quoted."""

from pathlib import Path

import pytest
import yaml

from cdpb.errors import InputError
from cdpb.marks import AXIS, NumberMark, marked, marks_in
from cdpb.report.text_figures import figures_in
from cdpb.runner.gates import gate_report
from cdpb.runner.gates.known_numbers import QuotedTexts, allowed_numbers
from cdpb.runner.gates.scan import Scan
from cdpb.runner.gates.text_nodes import TextNode, nodes_of
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Assessment
from tests.support.built import BARNET
from tests.support.project import WARDS, declare_findings, draw_project

TABLE = "ward_code,year,offences,rate\nE1,2022/23,40,3.25\nE2,2022/23,1060,7.917\n"
FINDINGS = """
columns: {ward_code: {label: W, kind: key}, year: {label: Y, kind: key},
          offences: {label: O, kind: count}, rate: {label: R, kind: rate}}
findings:
  - id: wards
    slug: wards
    title: Wards
    notebook: wards.ipynb
    order: 1
    sources: []
    method: {Interval method: "Exact below 10 offences, Byar's method from there."}
    tables:
      - {id: wards, title: Wards, source: mps_ward_crime, dimensions: [ward_code, year],
         count: offences, derived: [rate]}
"""


@pytest.fixture
def look(tmp_path, monkeypatch):
    """Looks through a block of a drawn finding that has one table: what is wrong, by element."""
    project = draw_project(tmp_path, monkeypatch)
    declare_findings(project.root, **yaml.safe_load(FINDINGS))
    folder = tmp_path / "written"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "wards.csv").write_text(TABLE, encoding="utf-8")
    record = {
        "id": "wards", "slug": "wards", "year": "2022/23", "edition": "public",
        "area": {"code": BARNET},
        "tables": [{"id": "wards", "file": "tables/wards.csv", "rows": 2}], "key_figures": [],
    }  # fmt: skip
    assessment = Assessment(BARNET, "Barnet", "2022/23", "public", False, folder)

    def looked(body: str, marks: dict[int, NumberMark] | None = None) -> list[str]:
        check = Scan(Written(folder, assessment, [record])).check(record)
        nodes = nodes_of(f"<main id='main'>{body}</main>".encode(), "wards.html")
        return list(check.wrong_in("wards.html", nodes, marks or {}))

    looked.data, looked.receive = project.data, project.receive
    return looked


@pytest.mark.parametrize(
    "said",
    [
        "A ward had 1,060 offences, 7.9 per 1,000 residents, in 2022/23.",
        "In 2 wards together there were 1,100; one had 3.6% of them.",
        "95% confidence intervals, Figure 3, since April 2021, for people aged 18 and over",
        "Exact below 10 offences, Byar's method from there.",
    ],
)
def test_what_a_table_holds_or_adds_up_to_may_be_said(look, said):
    """And what the declarations say, word for word."""
    assert look(f"<p>{said}</p>") == []


def test_what_the_library_writes_whatever_the_data_are_may_stand(look):
    """A legend is no figure; the same number among other words is one."""
    assert look("<svg><text>Plain 99.8%</text></svg>") == []
    assert look("<ul><li>Fewer than 10 events; 1 the highest</li></ul>") == []
    assert look("<p>Of them 99.8% came.</p>")


@pytest.mark.parametrize("typed", ["1,061", "7.8", "3.7%", "41"])
def test_a_number_that_was_typed_is_found(look, typed):
    """By one off, it is another number."""
    (found,) = look(f"<p>There were {typed}.</p>")

    assert found.startswith("<p> in main main: a number")
    assert typed.rstrip("%") not in found


def test_the_numbers_that_an_axis_marks_are_no_counts(look, monkeypatch):
    """Those of a chart's own axis say so; any other label is judged, however round it is."""
    monkeypatch.setenv("CDPB_MARKS", "1")
    tick = marked("20", None, AXIS)
    marks = {int(at): NumberMark.from_dict(each) for at, each in marks_in(tick).items()}

    assert look(f"<svg><text>{tick}</text></svg>", marks) == []
    assert look("<svg><text>20</text></svg>")


def test_an_allowed_number_is_allowed_among_its_words_alone(look):
    """An entry names file, element, words and reason; elsewhere the same number is found."""
    entry = (
        "- {file: wards.html, element: <p>, says: 'drawn with # dots', reason: Counted by eye.}\n"
    )
    (look.data / "allowed_numbers.yml").write_text(entry, encoding="utf-8")

    assert look("<p>It is drawn with 17 dots.</p>") == []
    assert look("<p>There were 17 in all.</p>")
    assert look("<h3>It is drawn with 17 dots.</h3>")


def test_a_bare_number_can_not_be_allowed(look):
    entry = "- {file: '*.html', element: <p>, says: '#', reason: It is only a number.}\n"
    (look.data / "allowed_numbers.yml").write_text(entry, encoding="utf-8")

    with pytest.raises(InputError, match=r"allowed_numbers\.yml, entry 1"):
        allowed_numbers()


@pytest.mark.parametrize(
    "said",
    [
        "In 2023/24, from July 2023 to 5 May 2024, E05013632, per km2",
        "2019/20 to 2023/24, 2023-24, 2023/24 Q1, 2021\N{EN DASH}23, Mar-24, 01/05/2025",
        "E09000007-2023-24-alcohol-need-rates.csv",
        "crime_E09000007_2024-07_2026-06.csv and crime_2024-07-31.csv",
        "Figure 3 and Table 12: of TS037A, C83 and F10.2; deadbeef01234567",
        'read_text(encoding="utf-8")',
        "It is partly supported as far as checked (4 of 5 parts)",
        "off a straight line, 2020/21 (COVID-19) furthest",
    ],
)
def test_periods_codes_and_names_are_no_figures(said):
    """Each is taken whole: the 24 that is left of a name eaten in part would be a figure."""
    assert list(figures_in(said)) == []


@pytest.mark.parametrize(
    "said",
    [
        "In May 24 people",
        "It ranked 7th",
        "2023-137",
        "2,010 people",
        "2010.5",
        "Table 12%",
        "E0900-13-2023",
        "checked 4",
        "SARS-CoV-19",
    ],
)
def test_a_number_that_only_resembles_a_name_is_a_figure(said):
    """What is let pass as a name can't be judged."""
    assert len(list(figures_in(said))) == 1


def test_a_download_goes_by_names_that_exist(look):
    """By the code, the year, the page and the table; a count in its name is found."""
    name = "E09000003-2022-23-wards-wards"
    assert look(f"<a href='index.html' download='{name}.csv'>CSV</a>") == []
    (found,) = look(f"<a href='index.html' download='{name}-137.csv'>CSV</a>")
    assert "download of <a>" in found
    assert look("<a href='wards-137.html'>Wards</a>")


def test_the_name_of_a_received_file_is_no_figure(look):
    """It is repeated as it came, dates and all."""
    name = "wards 3 of 12, 2024-07_2026-06.csv"
    look.receive("census_2021_wards", "2023-11-30", WARDS, name)
    assert look(f"<li>{name}</li>") == []
    assert look("<li>wards 137 of 12.csv</li>")


@pytest.mark.slow
def test_every_number_of_an_assessment_is_accounted_for(assessments):
    """On every page, in every record and download."""
    folder: Path = assessments / "2025-26" / BARNET / "public"

    assert gate_report(folder, every=False).findings == []


@pytest.mark.proof
@pytest.mark.parametrize("year", ["2022-23", "2023-24", "2024-25"])
def test_every_number_of_the_years_before_is_accounted_for(four_years, year):
    folder: Path = four_years / year / BARNET / "public"

    assert gate_report(folder, every=False).findings == []


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Drug tests in police custody in Barnet: 415 tests (2023/24)", True),
        ("Tests in custody: 415 tests, of drug tests in police custody in Barnet", False),
        ("Drug tests in police custody in Barnet: none; Westbourne: 415 tests", False),
    ],
)
def test_a_documents_own_figure_stands_right_behind_what_it_is_of(text, quoted):
    """Anywhere else it could be the hidden count of the row that is named beside it."""
    made = Assessment(BARNET, "Barnet", "2022/23", "partnership", False, Path())
    node = TextNode("<td> in table achievements", text)
    assert QuotedTexts(made).has("partnership.html", node, "415", text.index("415")) is quoted
