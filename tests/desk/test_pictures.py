"""`figure.export`: a figure for Word and slides that says by itself what it shows."""

from xml.etree import ElementTree

import pytest
from PIL import Image

from cdpb.errors import InputError
from cdpb.report.markup import Block
from tests.support.browser import chromium

HTML = """<figure class="figure" id="shares-series"><figcaption>
<h3>Figure 2: Women &amp; men: 31% in treatment</h3>
<p class="subtitle">% of adults, Barnet</p>{mark}
</figcaption>
<div role="img" aria-label="Women, 31%."><div class="drawing wide">\
<svg aria-hidden="true" viewBox="0 0 680 200"><a href="#row-1"><path fill="#12436D" \
d="M0 0h680v200h-680z"/></a><text x="9" y="9">31</text></svg></div></div>
<ul class="map-key"><li><svg viewBox="0 0 20 16"><path fill="#12436D" d="M1 1h18v14h-18z"/></svg>\
Women</li></ul>
<p class="source">Source: OHID, received May 2024</p>
<p class="download"><a href="data:text/csv,secret" download="x.csv">Download</a></p>
<details><table><tr><td>[c]</td></tr></table></details></figure>"""
MARK = '<p class="mark">DEMONSTRATION: not for publication</p>'


def figure(mark: str = "", sensitive: bool = False) -> Block:
    return Block("figure", HTML.replace("{mark}", mark), "", sensitive=sensitive)


def words_in(path) -> str:
    return " | ".join(each for each in ElementTree.parse(path).getroot().itertext() if each.strip())


def test_svg_has_title_subtitle_drawing_key_and_source(tmp_path):
    made = figure().export("svg", tmp_path / "a.svg")

    said = words_in(made)
    for each in ("Women & men: 31% in treatment", "% of adults, Barnet", "| 31 |", "| Women |",
                 "Source: OHID, received May 2024"):  # fmt: skip
        assert each in said
    assert "Figure 2" not in said
    assert "DEMONSTRATION" not in said


def test_it_holds_nothing_that_the_drawing_does_not_show(tmp_path):
    """No table behind it, no download, no link."""
    text = figure().export("svg", tmp_path / "a.svg").read_text(encoding="utf-8")

    for each in ("secret", "[c]", "href", "<a"):
        assert each not in text


@pytest.mark.parametrize(
    ("block", "says"), [(figure(MARK), "DEMONSTRATION"), (figure("", True), "OFFICIAL-SENSITIVE")]
)
def test_marks_stand_in_the_picture(tmp_path, block, says):
    assert says in words_in(block.export("svg", tmp_path / "a.svg"))


def test_png_is_as_dense_and_as_large_as_asked_for(tmp_path):
    chromium()
    made = figure().export("png", tmp_path / "a.png", dpi=192)

    with Image.open(made) as drawn:
        assert drawn.size[0] == 680 * 192 / 96
        assert drawn.info["dpi"] == pytest.approx((192, 192), abs=0.1)
        # The drawing is there: its colour, in the middle.
        colours = {colour for _, colour in drawn.convert("RGB").getcolors(1 << 24)}
    assert (0x12, 0x43, 0x6D) in colours


def test_without_a_name_it_lies_among_the_drafts(project):
    made = figure().export("svg")

    assert made == project / ".cdpb" / "draft" / "pictures" / "shares-series.svg"
    assert made.is_file()


@pytest.mark.parametrize(
    ("block", "asked", "says"),
    [
        (figure(), {"kind": "jpg"}, "'png' or 'svg'"),
        (figure(), {"dpi": 9999}, "72 to 600 dpi"),
        (Block("table_figure", HTML, ""), {}, "Only a figure"),
        (Block("figure", "", "not drawn"), {}, "Only a figure"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_way_out(tmp_path, block, asked, says):
    with pytest.raises(InputError, match=says):
        block.export(to=tmp_path / "a.png", **asked)
    assert not (tmp_path / "a.png").exists()


def test_a_charts_own_figure_can_be_exported(newest, tmp_path):
    """As the page has it: a chart and the ward map."""
    page = (newest / "ward-drug-offences.html").read_text(encoding="utf-8")
    for id, shows in (("wards-ranked", "Hendon"), ("wards-map", "Higher than London")):
        at = page.index(f'<figure class="figure" id="{id}">')
        block = Block("figure", page[at : page.index("</figure>", at)], "")
        assert shows in words_in(block.export("svg", tmp_path / f"{id}.svg"))
