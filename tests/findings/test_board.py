"""What is put to the board: its own decisions, or questions; never an instruction by rule."""

from types import SimpleNamespace

import pytest

from cdpb import catalogue
from cdpb.areas import Decision, area_file
from cdpb.declarations import declarations
from cdpb.findings.brief import incomplete
from cdpb.report.needs import missing, needs, needs_block
from findings.needs import needs_headline, needs_table
from findings.summary import DOUBTED, for_the_board, questions
from tests.findings.test_summary import finding, gathered
from tests.support.built import BARNET
from tests.support.drawn import published

ACTIONS = area_file(BARNET).actions
OUTCOMES = (*DOUBTED, "supported", "not checked")


def asked(*records, **of_area):
    """The page's blocks for these findings and what the area file holds."""
    held = {"actions": ACTIONS} | of_area
    page = SimpleNamespace(of_area=lambda name: held.get(name, []))
    return "".join(each.html for each in for_the_board(page, gathered(*records)))


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_no_verdict_makes_an_instruction(outcome):
    """The same rule once told a board to hold naloxone because counts were too small to judge."""
    told = questions(gathered(finding(outcome=outcome)), ACTIONS)
    assert told
    assert all(each.endswith("?") for each in told)
    assert any("About women" in each for each in told) == (outcome in DOUBTED)


def test_no_action_is_named_beside_a_verdict():
    """Whether an action goes on doesn't follow from whether a sentence held."""
    html = asked(*(finding(outcome=each) for each in OUTCOMES))
    assert not any(each["action"] in html for each in ACTIONS)


def test_the_boards_own_decisions_stand_in_place_of_questions():
    decided = Decision(
        text="Set a date for each action", owner="Public Health", signed="The board",
        date="2026-03-12", due="June 2026",
    )  # fmt: skip
    html = asked(finding(), decisions=[decided])
    assert "Decisions of the board" in html
    assert "The board, 2026-03-12" in html
    assert "?" not in html


def test_that_actions_have_no_date_is_asked_only_while_it_is_so():
    dated = [{**each, "target_completion_date": "2026-03"} for each in ACTIONS]
    some = [*dated[:-1], ACTIONS[-1]]
    assert "No action of the delivery plan has a target date" in asked(actions=ACTIONS)
    assert "Not every action" in asked(actions=some)
    assert "target date" not in asked(actions=dated)


def test_each_missing_return_stands_with_its_sender_and_what_it_would_tell():
    """In the catalogue's words, once, with every finding that lacks it."""
    orders = catalogue.source("probation_orders")
    lacking = [finding(id=each, notices=[orders.not_received]) for each in ("one", "two")]
    html = needs_block(gathered(*lacking)).html
    assert (
        html.count("Whether courts order more alcohol and drug treatment than the year before.")
        == 1
    )
    assert orders.definition[:60] not in html
    assert 'href="one.html"' in html
    assert 'href="two.html"' in html


def test_every_source_that_can_be_missing_says_what_the_board_would_know():
    """A definition of what is counted tells nobody why to ask for it."""
    for name, source in catalogue.sources().items():
        if source.not_received or source.serves or source.published_since:
            words = source.would_know
            assert words.startswith(("Whether ", "How ", "Which ")), name
            assert words.endswith("."), name
            assert not any(letter.isdigit() for letter in words), name


def test_a_source_that_says_no_such_thing_stands_with_its_definition(monkeypatch):
    orders = catalogue.source("probation_orders")
    unsaid = orders.model_copy(update={"would_know": ""})
    monkeypatch.setattr("cdpb.report.needs.source_in", lambda *of: unsaid)
    html = needs_block(gathered(finding(notices=[orders.not_received]))).html
    assert "What these figures say: Alcohol treatment requirements (ATR)" in html


def test_of_a_return_received_in_part_stands_what_is_lacking():
    """It stood on the page of its finding alone, and nobody was asked for the rest."""
    lacking = {"2023/24": ["2023-04", "2023-05", "2024-03"]}
    told = incomplete("probation_orders", lacking)
    html = needs_block(gathered(finding(notices=[told]))).html
    assert "received, but incomplete" in html
    assert "no figures for April 2023 to May 2023 and March 2024" in html
    assert catalogue.source("probation_orders").publisher in html


def test_a_publication_that_nobody_fetched_is_not_blamed_on_its_publisher():
    source = catalogue.source("opiate_crack_local")
    html = needs_block(gathered(finding(notices=[source.not_received]))).html
    assert "(published, not yet downloaded here)" in html


def used(source_id: str) -> list[dict]:
    return [{"id": source_id, "status": "official"}]


def test_years_that_are_known_to_be_published_are_asked_for_by_name():
    """A page that rests on 2021/22 while 2023/24 is a free download must say so."""
    (need,) = needs(gathered(finding(sources=used("ndtms_adults"))))
    assert need.what == "Adults in structured drug and alcohol treatment, 2022/23 and 2023/24"
    assert need.since == "published for 2022/23 and 2023/24"
    assert need.sender.endswith("(published, not yet downloaded here)")


def test_where_no_year_of_an_area_is_held_all_of_them_are_asked_for():
    """Camden was asked for two years of a series of which it has none."""
    title = catalogue.source("ndtms_adults").title
    camden = {"code": "E09000007", "name": "Camden"}
    told = [{"note": f"{title}: received, without a figure for Camden."}]
    lacking = finding(sources=used("ndtms_adults"), key_figures=told, area=camden)
    (need,) = needs(gathered(lacking))
    assert need.what == f"{title}, every year for Camden"
    assert need.since == "never held for Camden"
    assert list(missing(gathered(finding(key_figures=told, area=camden)))) == ["ndtms_adults"]


def test_a_publication_that_would_serve_a_finding_is_asked_for_before_any_page_uses_it():
    (need,) = needs(gathered(finding(id="schools_and_prevention")))
    source = catalogue.source("suspensions")
    assert (need.source_id, need.since) == ("suspensions", "never downloaded here")
    assert need.how.startswith("From its publisher's page")
    assert need.page == source.landing_page
    html = needs_block(gathered(finding(id="schools_and_prevention"))).html
    assert f'<a href="{source.landing_page}">its publisher&#39;s page</a>' in html


def test_whom_a_publication_would_serve_is_a_finding_and_nothing_of_it_is_held():
    known = {each.id for each in declarations().findings}
    serving = {name: each for name, each in catalogue.sources().items() if each.serves}
    assert {
        "recorded_crime_csp", "fingertips", "suspensions", "drug_poisoning_deaths"
    } == set(serving)  # fmt: skip
    for name, each in serving.items():
        assert set(each.serves) <= known
        assert each.access == "public"
        assert each.landing_page.startswith("https://")
        assert not catalogue.receipts(name)


def test_how_to_ask_names_how_often_and_for_where():
    """Whom to ask stands in the column beside it."""
    orders = catalogue.source("probation_orders")
    lacking = finding(notices=[orders.not_received], area={"code": BARNET, "name": "Barnet"})
    (need,) = needs(gathered(lacking))
    assert need.since == "never received"
    assert need.sender == "Probation Service, London"
    assert need.how == "On request: monthly, for Barnet"


def test_an_office_with_an_article_stands_in_a_sentence_as_words_do():
    told = catalogue.source("naloxone").not_received
    (need,) = needs(gathered(finding(notices=[told], area={"code": "E09000007", "name": "Camden"})))
    assert need.sender == "The adult treatment provider"
    assert need.how == "On request: quarterly, for Camden"


def test_what_is_withheld_is_not_called_missing():
    """Else its absence from the list would tell that it has been received."""
    source = catalogue.source("continuity_of_care")
    assert missing(gathered(finding(notices=[source.withheld]))) == {}


def test_in_a_demonstration_what_is_made_up_is_missing():
    """The list must not be empty because figures were invented."""
    made_up = [{"id": "drinkcoach", "status": "illustrative"}]
    assert list(missing(gathered(finding(sources=made_up)))) == ["drinkcoach"]


def test_what_most_findings_wait_for_comes_first_and_the_summary_shows_so_many():
    one, two = (catalogue.source(name).not_received for name in ("drinkcoach", "probation_orders"))
    others = gathered(finding(id="a", notices=[one, two]), finding(id="b", notices=[two]))
    assert list(missing(others)) == ["probation_orders", "drinkcoach"]
    assert catalogue.source("drinkcoach").title not in needs_block(others, most=1).html


def test_where_there_is_little_room_a_need_is_told_in_brief():
    lacking = gathered(finding(notices=[catalogue.source("probation_orders").not_received]))
    assert needs_block(lacking).html.count('scope="col"') == 6
    assert needs_block(lacking, most=5, brief=True).html.count('scope="col"') == 2


def test_in_brief_what_anybody_may_download_is_said_to_be_free():
    later = gathered(finding(sources=[{"id": "ndtms_adults", "status": "official"}]))
    assert "(published, not yet downloaded here)</td>" in needs_block(later).html
    assert "(free to download)</td>" in needs_block(later, brief=True).html


def test_the_page_of_needs_counts_what_its_table_lists():
    lacking = catalogue.source("probation_orders").not_received
    (row,) = needs_table(gathered(finding(notices=[lacking]))).to_dict("records")
    assert row["source_id"] == "probation_orders"
    assert row["waiting"] == "About women_in_treatment"
    assert needs_headline(published("finding_id\nprobation_orders"), "Barnet").startswith(
        "1 source is"
    )
    assert "is missing" in needs_headline(published("finding_id"), "Barnet")
