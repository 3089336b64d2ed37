"""Blocks: what a notebook shows is what the page keeps, and nothing in it can break out."""

import json

import pytest

from cdpb.errors import InputError
from cdpb.report import blocks
from cdpb.report.headline import (
    headline_block,
    how_many_tests,
    key_figures_block,
    verdict_badge,
)
from cdpb.report.html_tree import Element, read_document
from cdpb.report.markup import BLOCK_MIME, Block, page_style, record_block
from cdpb.report.tables import Heading, plain_table
from tests.support import drawn
from tests.support.pages import ALT, Drawn, chart, key_figure, published, record, verdict, ward_map


def tree(block: Block) -> Element:
    return read_document(str(block.html)).root


def text(block: Block) -> str:
    return tree(block).text


def test_the_page_gets_the_bare_block_and_jupyterlab_the_styled_one():
    """A stylesheet in every output of a page would be most of the page."""
    bundle = blocks.notice_block("withheld", "Restricted.")._repr_mimebundle_()

    assert "<style" not in json.dumps(bundle[BLOCK_MIME])
    assert bundle["text/html"].startswith("<style>")
    assert bundle["text/plain"] == "Withheld: Restricted."


def test_jupyterlab_gets_no_link_within_a_drawing():
    """It writes the address of every link anew, which within an SVG is an error of its script."""
    link = '<a href="#t">Table</a>'
    drawn = f'<svg><a href="#row-1" aria-label="Ash"><path d="M0 0"/></a></svg>{link}'
    bundle = Block("map", drawn, "")._repr_mimebundle_()

    shown = bundle["text/html"].partition('<div class="cdpb">')[2]
    assert shown == f'<svg><g role="img" aria-label="Ash"><path d="M0 0"/></g></svg>{link}</div>'
    assert bundle[BLOCK_MIME]["html"] == drawn


def test_a_record_shows_nothing():
    """It is for the exporter; a reader sees the page that it names."""
    bundle = record_block(record())._repr_mimebundle_()

    assert "text/html" not in bundle
    assert bundle[BLOCK_MIME]["record"]["slug"] == "ward-drug-offences"


# A row of the delivery plan in an area file.
ACTION = dict.fromkeys(
    ["action_no", "action", "responsible_partners", "national_measures", "target_completion_date"],
    "",
)


@pytest.mark.parametrize(
    "block",
    [
        headline_block("<script>", verdict(label="<script>"), statement="<script>"),
        key_figures_block([key_figure(label="<script>", note="<script>")]),
        blocks.notice_block("withheld", "<script>"),
        blocks.actions_block([dict.fromkeys(ACTION, "<script>")], "<script>"),
        blocks.method_block({"Definition": "<script>", "<script>": ["<script>", "b"]}),
        blocks.commentary_block("<script>", "<script>", "<script>"),
        blocks.provenance_block(
            [("<script>", {"received": "2025", "covers": "", "files": [{"name": "<script>"}]})],
            {"year": "<script>"},
        ),
        chart(title='"><script>', note="<script>", key="<script>"),
    ],
    ids=lambda block: block.kind,
)
def test_text_from_a_file_stays_text(block):
    """A ward, an action or a statement is data: no name in a file may become markup."""
    assert not tree(block).all("script")
    assert "<script>" in text(block)


def test_a_verdict_is_a_word_before_it_is_a_colour():
    """Board members print in grey, and some see no colour."""
    shown = text(headline_block("Higher.", verdict()))

    assert "Verdict: Supported as far as checked (1 of 2 parts)" in shown
    assert "on data for 2023/24" in shown


def test_where_some_parts_hold_the_contradicted_ones_are_named_with_the_verdict():
    """On the index too, where no part is listed."""
    parts = [{"claim": "Barnet is lower", "outcome": "supported"},
             {"claim": "Colindale North is higher", "outcome": "contradicted"}]  # fmt: skip
    mixed = verdict(outcome="partly supported", label="partly supported", parts=parts)
    assert "Contradicted:</span> Colindale North is higher</p>" in verdict_badge(mixed)
    whole = verdict(outcome="contradicted", label="contradicted", parts=parts[1:])
    assert "Contradicted:" not in verdict_badge(whole)


def test_a_verdict_on_old_data_says_that_it_is_carried_forward():
    """Once, beside the verdict, on the finding's page and on the index alike."""
    old = verdict(as_of="2021/22", dating="carried forward from 2021/22")
    shown = text(headline_block("Lower.", old, why_no_verdict=old["dating"]))

    assert shown.count("carried forward from 2021/22") == 1
    assert "on data for" not in shown


def test_the_parts_of_a_statement_are_listed_with_their_outcomes():
    """Five lines to skim; how each was tested is folded beneath, and open in print."""
    root = tree(headline_block("Higher.", verdict()))

    assert [each.text for each in root.classed("outcomes")[0].all("li")] == [
        "Supported: Higher than London",
        "Not checked: Higher than England",
    ]


def test_each_part_of_a_verdict_shows_what_was_compared():
    """Otherwise a reader can only believe it."""
    (table,) = tree(headline_block("Higher.", verdict())).all("table")
    headings, higher, unchecked = [
        [cell.text for cell in (*row.all("th"), *row.all("td"))] for row in table.all("tr")
    ]

    assert headings == [
        "Part", "Measured", "Compared with", "Threshold, and why",
        "What would have counted against it", "Outcome, and why",
    ]  # fmt: skip
    assert higher == [
        "Higher than London",
        "7.9 per 1,000 residents (6.5 to 9.6)",
        "London wards: 4.1 per 1,000 residents",
        "London lies below the whole interval. Both come from one file",
        "The whole interval lower than 4.1 per 1,000 residents for London wards",
        "Supported. London lies below the interval",
    ]
    assert unchecked == [
        "Higher than England", "not available", "England", "none named", "No test",
        "Not checked. No table for England is held",
    ]  # fmt: skip


def test_the_number_of_tests_is_said_and_where_several_were_made_at_once():
    """Twenty-four tests at 95% find one by chance."""
    parts = [{**part, "tests": at} for part, at in zip(verdict()["parts"], (24, 0), strict=True)]

    assert (
        how_many_tests(parts) == "24 tests were made, 24 of them together on “Higher than London”."
    )
    assert "1 test was made." in text(headline_block("Higher.", verdict()))


def test_where_there_is_no_statement_there_is_no_badge():
    """An area without a statement gets measures and comparisons, and no verdict."""
    root = tree(headline_block("7.9 per 1,000.", None, why_no_verdict="No statement."))

    assert not root.classed("verdict")
    assert "No statement." in root.text


def test_a_key_figure_shows_its_interval_its_counts_and_its_comparators():
    """The number alone says too much."""
    shown = text(key_figures_block([key_figure()]))

    assert "7.9 per 1,000 residents" in shown
    assert "95% confidence interval 6.5 to 9.6" in shown
    assert "1,234 among 155,867" in shown
    assert "Higher than London wards 4.1" in shown


def test_a_figure_that_is_not_there_says_so_and_why():
    """A blank card looks like nought: what is lacking is listed, once a reason."""
    missing = key_figure(value=None, note="The return has not been received.", comparators=[])
    other = {**missing, "label": "Orders"}

    root = tree(key_figures_block([key_figure(), missing, other]))

    assert len(root.classed("card")) == 1
    assert f"Not available: {missing['label']}; Orders. The return" in root.text
    assert root.text.count("The return has not been received.") == 1
    assert root.text.count("1,234") == 1


def test_a_figure_that_only_its_comparator_has_keeps_its_card():
    (card,) = tree(key_figures_block([key_figure(value=None)])).classed("card")
    assert "Not available" in card.text
    assert "London wards 4.1" in card.text


def test_that_no_action_has_a_date_is_said_once_and_that_some_lack_one_at_each():
    """The delivery plan sets none, and a blank beside a date would read as done."""
    undated = ACTION | {"action_no": "9", "action": "Do it", "responsible_partners": "A ;B"}
    none = text(blocks.actions_block([undated, undated]))
    some = text(blocks.actions_block([undated, {**undated, "target_completion_date": "2026-03"}]))

    assert none.count("no target date is set") == 1
    assert "not set" not in none
    assert "A; B none named not set" in some
    assert "A; B none named 2026-03" in some


def test_method_headings_stand_in_the_order_of_fingertips():
    """Whoever knows one indicator's page finds her way on ours."""
    block = blocks.method_block({"Caveats": ["a", "b"], "Own": "c", "Definition": "d"})

    headings = [each.text for each in tree(block).all("dt")]

    assert headings == ["Definition", "Caveats", "Own"]


def test_the_public_page_names_year_and_area_only():
    """How an analyst set a notebook up is nobody else's business."""
    parameters = {"year": "2023/24", "area": "E09000003", "focus_ward": "E05000001"}

    assert "E05000001" not in text(blocks.provenance_block([], parameters))
    assert "E05000001" in text(blocks.provenance_block([], parameters, edition="partnership"))


def test_stale_commentary_is_flagged():
    """A reason written for last year's verdict may explain the wrong thing."""
    assert "another verdict" in text(
        blocks.commentary_block("Why.", "A", "2024", stale_reason="It is new.")
    )
    assert "another verdict" not in text(blocks.commentary_block("Why.", "A", "2024"))


def test_a_figure_has_the_whole_anatomy():
    """Title, measure, drawing, source, download and table: a chart alone can't be checked."""
    root = tree(chart())
    link = root.classed("download")[0].all("a")[0]

    assert root.all("h3")[0].text == "Figure 1: North & South stands out"
    assert root.classed("subtitle")[0].text == "Rate, Barnet, 2023/24"
    described = [each for each in root.elements if each.get("role") == "img"]
    assert [each.get("aria-label") for each in described] == [ALT]
    assert len(described[0].classed("drawing")) == 2
    assert root.classed("source")[0].text == "Source: MPS, received 2025"
    assert link.text == "Download the data for figure 1 (CSV, 1 KB)"
    assert link.get("download") == "ranked.csv"
    assert root.all("details")[0].all("table")


def test_a_description_is_said_once():
    """A drawing that is named inside and outside is read twice."""
    drawings = [each for each in tree(chart()).elements if each.tag == "svg"]

    assert {each.get("aria-hidden") for each in drawings} == {"true"}
    assert not any(each.get("role") for each in drawings)


def test_the_download_is_the_published_table():
    """What is saved from the page is what passed the gate, to the last digit."""
    from urllib.parse import unquote

    address = tree(chart()).classed("download")[0].all("a")[0].get("href")

    assert unquote(address.partition(",")[2]) == published().to_csv_text()


def test_a_figure_without_a_description_is_refused():
    """A reader who can't see it would get nothing."""
    from cdpb.report.blocks import Anatomy, figure_block

    with pytest.raises(InputError, match="no description"):
        figure_block(Anatomy(1, "a", "t", "s", "MPS", published()), Drawn(), " ")


def test_a_demonstration_is_marked_in_its_figures():
    """A picture is copied without the page's banner."""
    assert "DEMONSTRATION" in text(chart(demonstration=True))
    assert "DEMONSTRATION" not in text(chart())


def test_each_area_of_a_map_has_its_row():
    """A link to a row that isn't there leads nowhere."""
    root = tree(ward_map())
    rows = {each.get("id") for each in root.all("tr")}

    assert {link.get("href")[1:] for link in root.classed("map")[0].all("a")} <= rows
    assert root.all("details")[0].attributes.keys() >= {"open"}
    assert root.classed("skip-map")[0].all("a")[0].get("href") == "#map-table"


def test_which_columns_hold_numbers_is_said_once_a_table():
    """On each cell it was a thirtieth of the longest page; every column has its rule."""
    headings = [Heading("Ward"), Heading("Offences", numeric=True), Heading("Compared")]
    table = plain_table("Wards", headings, [["North", "12", "higher"]])
    style = page_style()

    assert table.layout == "n2 t3"
    assert 'class="n2 t3"' in table.html
    assert table.html.count("class=") == 1
    assert all(f".{kind} :nth-child({kind[1:]})" in style for kind in table.layout.split())


def test_a_long_table_of_few_columns_stands_in_halves_on_paper():
    def halved(wards: int, *more: str) -> int:
        rows = "\n".join(f"E{number} {number}{' 1.5' * len(more)}" for number in range(wards))
        table = drawn.published(f"ward_code offences {' '.join(more)}\n{rows}")
        words = {"title": "Offences", "subtitle": "Barnet", "source_line": "MPS"}
        shown = tree(blocks.table_block(blocks.Anatomy(1, "wards", **words, table=table)))
        return len(shown.classed("halves"))

    assert halved(24) == halved(24, "rate_per_1000", "ratio") == 1
    assert halved(12) == halved(24, "rate_per_1000", "ratio", "percent") == 0
    assert ".halves{columns:2" in page_style().partition("@media print{\n@page")[2]


@pytest.mark.parametrize(
    ("heads", "numeric", "halved"),
    [
        (["Licensed premises", "Rate per 1,000 residents", "Per square kilometre"], True, True),
        (["Premises licensed to sell alcohol", "Rate", "Per square kilometre"], True, False),
        (["Tier", "Why there is none"], False, False),
    ],
)
def test_words_and_high_heads_are_not_halved(heads, numeric, halved):
    """Words lay over each other; a head of four lines was not set again over the second half."""
    headings = ["Ward", *(Heading(each, numeric) for each in heads)]
    rows = [[f"Ward {number}", *("1" for _ in heads)] for number in range(24)]
    table = plain_table("Wards", headings, rows, id="wards")

    assert table.is_long
    assert table.halved == halved


def test_a_table_too_wide_for_paper_stays_on_the_page():
    """It made the browser print the whole page, its text too, at two thirds of its size."""
    frame = plain_table("Change", [str(each) for each in range(13)], [["1"] * 13], id="change")

    assert frame.off_paper == "wide"
    assert plain_table("Change", frame.headings[:12], [["1"] * 12], id="change").off_paper == ""


def test_three_columns_of_words_are_cards_on_a_phone_and_three_with_numbers_are_not():
    """Words as long as "mental/behavioural" pushed such a table out of a phone's screen."""
    words = plain_table("Metrics", ["Metric", "Tier", "Why"], [["a", "b", "c"]], id="metrics")
    counts = [Heading("Ward"), Heading("Possession", numeric=True), Heading("Trafficking", True)]

    assert words.layout == "stack"
    assert plain_table("Wards", counts, [["a", "1", "2"]]).layout == "n2 n3"
