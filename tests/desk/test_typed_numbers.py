"""A number that was typed into a sentence or a title is seen where it stands, before any run."""

import re

import pytest

from cdpb.numbers import count_text, rate_text
from cdpb.report.finding import Finding
from cdpb.report.markup import BLOCK_MIME, Block, doubted
from cdpb.statistics import share_within

TYPED = "(from no published table)"


@pytest.fixture(scope="module")
def finding():
    return Finding("women_in_treatment", "2023/24", "Barnet")


@pytest.fixture(scope="module")
def shown(finding):
    """Women among adults in treatment in Barnet, over the years."""
    adults = finding.load.adults_in_treatment("Barnet").query("measure == 'in_treatment'")
    shares = share_within(adults.drop(columns="measure"), part="women", whole="all")
    shares["area_name"] = "Barnet"
    return finding.publish(shares.query("substance_group == 'total'"), "shares")


def in_lab(block: Block) -> str:
    return block._repr_mimebundle_()["text/html"]


def of_page(block: Block) -> str:
    return block._repr_mimebundle_()[BLOCK_MIME]["html"]


def test_a_typed_number_is_marked_with_the_reason_wherever_it_is_said(finding, shown):
    """`cdpb run` refuses it minutes later, and names no cell."""
    sentence = "In all 987,654 offences were recorded."
    marked = f"<mark>987,654 {TYPED}</mark>"
    said = [
        finding.caveats(sentence),
        finding.table(shown, "987,654 offences were recorded"),
        finding.chart("series", shown, "987,654 offences were recorded", axis="%"),
    ]
    for block in said:
        assert marked in in_lab(block)
        assert "mark>" not in of_page(block)
        assert "987,654" in of_page(block)


def test_a_typed_number_in_a_headline_is_marked():
    elsewhere = Finding("women_in_treatment", "2023/24", "Camden")
    said = elsewhere.verdict("Women are 31.789% of adults in treatment.")
    assert f"<mark>31.789 {TYPED}</mark>%" in in_lab(said)
    assert elsewhere._record.headline == "Women are 31.789% of adults in treatment."


def test_what_a_formatter_has_written_is_not_marked(finding):
    sentence = f"{count_text(123_457)} offences, {rate_text(45.678)} per 1,000 residents."
    assert TYPED not in in_lab(finding.caveats(sentence))


def test_years_names_and_units_are_no_figures(finding):
    sentence = "In 2023/24, from April 2023 on, per 1,000 residents aged 15 to 64; see Table 3."
    assert TYPED not in in_lab(finding.caveats(sentence))


def test_a_mark_stays_out_of_tags_and_records(finding, shown):
    """An attribute that holds one would end its tag."""
    html = in_lab(finding.table(shown, 'A "title" with 987,654'))
    assert not re.search(r"<[^>]*<mark", html)
    assert 'A "title" with 987,654' in finding._record.figures[0].title


def test_in_a_run_nothing_is_doubted(monkeypatch):
    """There each number has its own mark, and what has none is refused."""
    monkeypatch.setenv("CDPB_MARKS", "yes")
    assert doubted("In all 987,654.") == "In all 987,654."
