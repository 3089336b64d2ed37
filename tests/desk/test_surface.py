"""What an analyst finds by Tab, Shift+Tab and a name alone on a line."""

import inspect

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from cdpb import catalogue, statistics
from cdpb.areas import find_area
from cdpb.disclosure.published import PublishedTable
from cdpb.report.at_desk import prepare
from cdpb.report.completion import offered
from cdpb.report.finding import Finding
from cdpb.statistics import share_within
from findings import women_in_treatment as words

BARNET = "E09000003"


@pytest.fixture(scope="module")
def shell():
    """A notebook of women in treatment that has published its shares."""
    finding = Finding("women_in_treatment", "2023/24", BARNET)
    adults = finding.load.adults_in_treatment(BARNET).query("measure == 'in_treatment'")
    shares = share_within(adults.drop(columns="measure"), part="women", whole="all")
    shares["area_name"] = "Barnet"
    shown = finding.publish(shares.query("substance_group == 'total'"), "shares")
    here = finding.measure("shares", "Barnet", year="2021/22")
    shell = InteractiveShell()
    prepare(shell)
    names = {
        "finding": finding,
        "load": finding.load,
        "shown": shown,
        "here": here,
        "adults": adults,
    }
    shell.user_ns |= {**names, "stats": statistics, "Finding": Finding, "words": words}
    return shell


def tab(shell, text: str) -> list[str]:
    """What Tab offers at the end of a cell, as it would be written."""
    with provisionalcompleter():
        found = list(shell.Completer.completions(text, len(text)))
    return [text[: each.start] + each.text for each in found]


# What is begun, and what Tab writes behind it.
COMPLETED = [
    ('finding.measure("sh', "ares"),
    ('finding.publish(shares, "stand', "ardised"),
    ('finding.measure("shares", "Barnet", year="2021', "/22"),
    ('finding.chart("ser', "ies"),
    ('finding.chart("series", shown, "A title", value="per', "cent"),
    ('finding.chart(\n    "series",\n    shown, "A title", focus="Hend', "on"),
    ('finding.table(shown, "A title", columns=["year", "wom', "en"),
    ('finding.as_of("ndtms_ad', "ults"),
    ('finding.load.returned("prob', "ation_orders"),
    ('load.published("recorded_crime_', "csp"),
    ('load.ward_drug_offences("Barn', "et"),
    ('load.with_neighbours("Barnet", "Hend', "on"),
    ('shown.where(year="2021', "/22"),
    ('shown.values_of("wom', "en"),
    ('shown["wom', "en"),
    ('finding.notice("not_rec', "eived"),
    ('finding.close(quoted=["Q3', "2"),
    ('load.ward_drug_offences(year="2023', "/24"),
    ('finding.table(shown, "A title", columns=("year", "wom', "en"),
    ('finding.parameter("compar', "ator"),
    ('finding.parameter("focus_ward", "Hend', "on"),
    ('Finding("women_in_tr', "eatment"),
    ('finding.chart("series", shown, "A title").export("sv', "g"),
    ("shown.where(wom", "en="),
    ('finding.measure("shares", "Barnet", ye', "ar="),
    ('finding.verdict("A headline.", women_', "below_england="),
    ('finding.chart("series", shown, "A title", ax', "is="),
    ("load.ward_dr", "ug_offences"),
    ("stats.tipping_point", "s"),
]


@pytest.mark.parametrize(("begun", "rest"), COMPLETED)
def test_tab_completes_what_a_call_takes(shell, begun, rest):
    """An id that has to be looked up in another file is an id that is mistyped."""
    assert begun + rest in tab(shell, begun)


def test_no_file_or_magic_stands_among_the_tables(shell):
    declared = {each.id for each in shell.user_ns["finding"]._brief.declaration.tables}
    offers = {each.partition('"')[2] for each in tab(shell, 'finding.measure("')}
    assert offers == declared


def types(shell, text: str) -> dict[str, str]:
    with provisionalcompleter():
        return {each.text: each.type for each in shell.Completer.completions(text, len(text))}


@pytest.mark.parametrize(
    ("begun", "members"),
    [
        ("load.ward_", {"ward_and_borough_offences": "function", "ward_drug_offences": "function",
                        "ward_outlines": "function", "ward_residents": "function"}),
        ("finding.p", {"parameter": "function", "period": "function", "place": "instance",
                       "preview": "function", "publish": "function"}),
        ("stats.crude", {"crude_rate": "function"}),
        ("shown.s", {"sorted_by": "function", "source_ids": "instance"}),
        ("finding.place.", {"code": "instance", "name": "instance"}),
    ],
)  # fmt: skip
def test_what_stands_behind_a_point_is_typed(shell, begun, members):
    """Else Lab shows a verb that wants brackets like a value."""
    assert types(shell, begun) == members


def test_of_a_findings_own_words_only_its_own_are_offered(shell):
    offers = types(shell, "words.")
    assert offers["headline"] == "function"
    assert {"Any", "PublishedTable", "list_text"}.isdisjoint(offers)


def test_beside_a_columns_name_the_notebooks_own_names_stay(shell):
    offers = types(shell, 'finding.measure("shares", "Barnet", sh')
    assert offers["shown"] == "instance"
    assert types(shell, 'finding.measure("shares", "Barnet", wom')["women="] == "param"


def test_within_a_verb_that_is_not_there_nothing_is_offered_and_nothing_raised(shell):
    names = shell.user_ns
    for slip in ('load.offences(ward="Col', 'finding.measures("shares", by="'):
        assert offered(slip, names) == ("", {})


def test_elsewhere_the_notebook_completes_as_ever(shell):
    assert "sorted" in tab(shell, "sort")


def html_of(shell, thing: object) -> str:
    return shell.display_formatter.format(thing)[0]["text/html"]


def test_a_published_table_is_shown_with_caption_markers_and_key(shell):
    html = html_of(shell, shell.user_ns["shown"])
    assert "<caption>" in html
    assert "(shares)" in html
    assert 'scope="col"' in html


def test_a_measure_shows_what_it_can_be_compared_by(shell):
    html = html_of(shell, shell.user_ns["here"])
    for said in ("Barnet", "2021/22", "ndtms_adults", "Women", "1,465"):
        assert said in html


def test_a_source_shows_its_columns_licence_coverage_and_what_is_missing(shell):
    source = catalogue.source("ndtms_adults")
    html = html_of(shell, source)
    for said in (source.publisher, source.licence, "substance_group (text)", "Held", "Received"):
        assert said in html
    missing = html_of(shell, catalogue.source("probation_orders"))
    assert catalogue.source("probation_orders").not_received.split(".")[0] in missing


def test_a_finding_an_area_and_the_loaders_are_shown_as_tables(shell):
    finding = shell.user_ns["finding"]
    assert "Not published yet" in html_of(shell, finding)
    assert BARNET in html_of(shell, find_area("Barnet"))
    assert "load.ward_drug_offences" in html_of(shell, finding.load)


def verbs() -> dict[str, object]:
    finding = Finding("women_in_treatment", "2023/24", BARNET)
    own = {f"finding.{name}": getattr(finding, name) for name in dir(finding) if name[0] != "_"}
    loads = {f"load.{name}": getattr(finding.load, name) for name in dir(finding.load)}
    of_tables = ("where", "rows", "values_of", "sorted_by", "total", "to_frame", "markers")
    every = own | loads | {f"shown.{name}": getattr(PublishedTable, name) for name in of_tables}
    return {name: each for name, each in every.items() if inspect.isroutine(each)}


def test_shift_tab_tells_the_parameters_of_every_verb_with_an_example():
    """Else whoever writes a notebook has to read the library, or another notebook."""
    found = verbs()
    assert len(found) > 40
    lacking = []
    for name, verb in found.items():
        told = inspect.getdoc(verb) or ""
        takes = [each for each in inspect.signature(verb).parameters if each != "self"]
        if ">>> " not in told or (takes and "Parameters\n---" not in told):
            lacking.append(name)
    assert lacking == []
