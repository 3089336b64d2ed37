"""The front page of an assessment, made of nothing but its findings' records."""

import pytest
from markupsafe import escape

from cdpb import catalogue
from cdpb.declarations import declarations
from cdpb.errors import InputError
from cdpb.report.checks import check_page
from cdpb.report.html_tree import read_document
from cdpb.report.index import (
    ACCESSIBILITY,
    METHODS,
    ROUNDING,
    accessibility_record,
    common_pages,
    render_index,
)
from cdpb.report.markup import finding_link, has_page
from cdpb.report.page import terms
from cdpb.runner.manifest import files_of_record
from tests.support.pages import key_figure, page, record, verdict


def root(html):
    return read_document(html).root


def entries(html):
    return [each.text for each in root(html).classed("findings")[0].all("li")]


def test_each_finding_is_listed_with_its_verdict_and_headline():
    """Whoever reads one page reads this one."""
    html = render_index([record()])

    assert entries(html) == [
        "Ward drug offences Verdict: Supported as far as checked (1 of 2 parts) on data for "
        "2023/24 North & South stands out."
    ]
    assert root(html).all("title")[0].text == "Needs assessment, Barnet, 2023/24"


def test_the_index_passes_the_checks():
    """Its one script is for the search, and is the only script of an assessment."""
    second = record(id="b", slug="b", verdict=None, notices=[], key_figures=[])

    assert check_page(render_index([record(), second])) == []


def test_links_lead_to_the_pages_and_tables_beside_it():
    """An assessment moves as one folder."""
    links = {each.get("href") for each in root(render_index([record()])).all("a")}

    assert {"ward-drug-offences.html", "tables/ward_drug_offences/wards.csv"} <= links


def test_a_table_without_a_row_is_not_offered_for_download():
    """Four in ten of a public edition's downloads were empty."""
    table = record()["tables"][0]
    html = render_index([record(tables=[{**table, "rows": 0}])])
    assert table["file"] not in html
    assert "No table was published." in html


def test_what_is_missing_is_said():
    """A finding that isn't there looks like one that found nothing."""
    declared = declarations().findings
    absent = [each.id for each in declared[:1]]

    text = root(render_index([record()], absent=absent)).text

    for each in declared[:1]:
        assert f"{each.title}: this finding was not made for this assessment." in text


def test_a_finding_without_a_statement_has_no_verdict():
    """Measures and comparisons stand by themselves."""
    assert "No statement to test" in entries(render_index([record(verdict=None)]))[0]


def test_a_verdict_reads_as_in_the_finding():
    """One function writes it for both."""
    shown = verdict(outcome="contradicted", label="contradicted")

    assert "Verdict: Contradicted" in entries(render_index([record(verdict=shown)]))[0]


def test_the_search_works_without_its_script():
    """Without it everything is listed, and no empty box waits for an answer."""
    search = next(each for each in root(render_index([record()])).elements
                  if each.get("role") == "search")  # fmt: skip

    assert "hidden" in search.attributes


def test_findings_of_two_assessments_are_refused():
    """One area's verdict under another's name would be the worst of errors."""
    with pytest.raises(InputError, match="one area, year and edition"):
        render_index([record(), record(year="2024/25")])


def test_names_stay_text():
    """Also on the front page."""
    html = render_index([record(headline="<script>x</script>")])

    assert len(root(html).all("script")) == 1


def test_markings_stand_on_the_index_too():
    """It is the page that gets forwarded."""
    marked = render_index([record(edition="partnership", demonstration=True)])

    assert root(marked).all("title")[0].text.startswith("DEMONSTRATION: ")
    assert [each.text.partition(":")[0] for each in root(marked).classed("edition")] == [
        "OFFICIAL-SENSITIVE",
        "DEMONSTRATION",
    ]


def test_what_is_the_same_on_every_page_stands_once():
    """A third of all words were method, glossary and accessibility, nineteen times over."""
    made = {**common_pages([record()]), "a finding": page()}

    assert list(made)[:3] == ["index.html", METHODS, ACCESSIBILITY]
    assert [problem for html in made.values() for problem in check_page(html)] == []
    for said, where in {
        "<em>similar</em> in a table and <em>unclear</em> in a verdict": METHODS,
        ROUNDING: METHODS,
        "Metropolitan Police Service, London Datastore.": METHODS,
        str(escape(accessibility_record().report_problems)): ACCESSIBILITY,
    }.items():
        assert [name for name, html in made.items() if said in html] == [where], said
    for name, html in made.items():
        led = {each.get("href") for each in root(html).all("a")}
        assert led >= {METHODS, ACCESSIBILITY} - {name}


def test_the_glossary_explains_each_term_once():
    html = root(common_pages([record()])[ACCESSIBILITY])
    assert [each.text for each in html.all("dt")] == [each.term for each in terms()]


def test_a_glossary_names_no_service_of_another_borough():
    """Camden's pages have no word of Barnet."""
    camden = record(area={"code": "E09000007", "name": "Camden"})
    html = common_pages([camden])[ACCESSIBILITY]
    assert "Barnet" not in html
    assert "confidence interval" in html


def test_a_common_page_carries_the_markings():
    """Whoever forwards the methods of the board's edition forwards its list of sources."""
    marked = record(edition="partnership", demonstration=True)
    for html in common_pages([marked]).values():
        assert "OFFICIAL-SENSITIVE" in html
        assert root(html).all("title")[0].text.startswith("DEMONSTRATION: ")


def waiting(**changes):
    """A finding of which nothing is held."""
    empty = {**record()["tables"][0], "rows": 0}
    told = catalogue.source("probation_orders").not_received
    figures = [key_figure(value=None)]
    return record(id="w", slug="waits", title="What waits", statement="It is so.", notices=[told],
                  tables=[empty], key_figures=figures, **changes)  # fmt: skip


def test_a_finding_without_a_figure_has_no_page_and_a_row_of_what_is_needed():
    """A page of empty cards tells nobody anything; who could change that does."""
    html = render_index([record(), waiting()])
    (row,) = [each for each in root(html).all("li") if each.get("id") == "waits"]
    source = catalogue.source("probation_orders")

    assert has_page(record())
    assert not has_page(waiting())
    assert has_page(waiting(tested=False))
    assert 'href="waits.html"' not in html
    assert "“It is so.”" in row.text
    told = f"{source.title}, from the {source.publisher}. The board would then know whether courts"
    assert told in row.text
    assert check_page(html) == []


def test_what_a_source_would_let_the_board_know_is_read_once():
    """Six findings wait for the numbers in treatment, and each said what these are."""
    html = render_index([record(), waiting(), {**waiting(), "id": "too", "slug": "too"}])
    source = catalogue.source("probation_orders")

    assert html.count("The board would then know whether courts order") == 1
    assert f"{source.title}, from the {source.publisher}, as above</p>" in html


def test_what_a_finding_says_or_lacks_is_found_by_searching():
    """Naloxone stands in a claim, and in a return that has not been received."""
    claims = [{"id": "F1", "text": "More hold naloxone."}]
    told = record(claims=claims, notices=["No strips were received."])
    (entry,) = [each for each in root(render_index([told])).elements
                if "naloxone" in each.attributes.get("data-search", "")]  # fmt: skip

    assert "strips" in entry.attributes["data-search"]


def test_why_no_figure_tests_a_statement_is_said_where_it_has_no_page():
    part = {"claim": "It fell", "test": "no_figure", "why": "the same people are counted twice"}
    verdict = {"outcome": "not checked", "label": "not checked", "parts": [part]}
    (row,) = [each for each in root(render_index([waiting(verdict=verdict)])).all("li")
              if each.get("id") == "waits"]  # fmt: skip

    assert "Why no figure tests this: The same people are counted twice." in row.text


def test_links_to_it_lead_to_its_row():
    assert finding_link(waiting()) == '<a href="index.html#waits">What waits</a>'
    assert finding_link(record()) == '<a href="ward-drug-offences.html">Ward drug offences</a>'
    assert files_of_record(waiting())[0] == "findings/w.json"


def test_wards_and_measures_are_found_by_searching():
    """A councillor looks for her ward, and no headline names it."""
    drawn = {"id": "wards-map", "table": "wards", "title": "Where they lie"}
    rows = [{"ward_code": "E05000001", "ward_name": "North & South"}]
    told = record(figures=[drawn])
    html = render_index([told], tables={told["tables"][0]["file"]: rows})
    entries = {each.text: each for each in root(html).elements if "data-search" in each.attributes}

    assert "North & South" in entries
    link = next(each for each in root(html).all("a") if each.text == "North & South")
    assert link.get("href") == "ward-drug-offences.html#row-E05000001"
    assert any("Offences in North & South Where they lie" in each.get("data-search")
               for each in entries.values())  # fmt: skip


def test_links_to_one_ward_on_two_maps_say_of_what_they_are():
    """The same name twice in a list: nobody could tell which led where."""
    drawn = {"id": "wards-map", "table": "wards", "title": "Where they lie"}
    told = record(figures=[drawn])
    file = told["tables"][0]["file"]
    other = {**told, "slug": "licences", "title": "Licences",
             "tables": [{**told["tables"][0], "file": "other.csv"}]}  # fmt: skip
    rows = [{"ward_code": "E05000001", "ward_name": "Hill"}]
    links = root(render_index([told, other], tables={file: rows, "other.csv": rows})).all("a")

    named = {each.text: each.get("href") for each in links if each.text.startswith("Hill")}
    assert named == {
        "Hill: Licences": "licences.html#row-E05000001",
        "Hill: Ward drug offences": "ward-drug-offences.html#row-E05000001",
    }


def test_the_partnership_edition_says_what_it_adds():
    """It looked like the public one under another name."""
    closed = {**record()["sources"][0], "id": "r", "title": "Continuity", "access": "restricted"}
    board = record(edition="partnership", sources=[*record()["sources"], closed])

    assert (
        "this one has figures from Continuity; it has the code" in root(render_index([board])).text
    )
    assert (
        "this one has no further figures, for none are held"
        in root(render_index([record(edition="partnership")])).text
    )
    assert "Beside what the public edition" not in render_index([record()])
