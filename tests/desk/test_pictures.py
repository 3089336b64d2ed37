"""`figure.export`: a figure for Word and slides that says by itself what it shows."""

import re
import struct
import zlib
from xml.etree import ElementTree

import pytest
from PIL import Image

from cdpb.errors import GateRefused, InputError
from cdpb.marks import DOUBTED
from cdpb.report import pictures
from cdpb.report.finding import Finding
from cdpb.report.markup import Block
from cdpb.report.pictures import hold_to_figure, picture
from cdpb.statistics import share_within
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
<details><table><tr><td>[c]</td><td>31.4</td></tr></table></details></figure>"""
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


@pytest.mark.parametrize(
    ("within", "says"),
    [
        ('<text x="9" y="90">12</text>', "the table behind it doesn't hold"),
        ('<text x="9" y="90" fill="none">12 of them</text>', "the table behind it doesn't hold"),
        ('<path d="M0 0h1" data-women="12"/>', "more than a drawing"),
        ('<path d="M0 0h1" aria-label="12"/>', "more than a drawing"),
        ("<desc>12</desc>", "more than a drawing"),
        ("<metadata>12</metadata>", "more than a drawing"),
        ('<image href="data:image/png;base64,AAAA"/>', "more than a drawing"),
        ('<use href="https://example.org/12"/>', "more than a drawing"),
        ("<!-- 12 -->", "more than a drawing"),
    ],
)
@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_number_in_any_layer_that_is_not_the_tables_is_refused(tmp_path, within, says, kind):
    drawing = HTML.replace("{mark}", "").replace('<text x="9"', f'{within}<text x="9"')
    planted = Block("figure", drawing, "")

    with pytest.raises(GateRefused, match=says) as refused:
        planted.export(kind, tmp_path / f"a.{kind}")

    assert "12" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("</svg>", "<text>Hendon</text></svg>", "what its figure doesn't"),
        ("stroke-width:2}", "stroke-width:2}/* Hendon */", "what its figure doesn't"),
        ("DEMONSTRATION", "", "isn't marked DEMONSTRATION"),
    ],
)
def test_what_is_put_in_or_left_out_on_the_way_is_seen_on_reading_back(was, now, says):
    block = figure(MARK)
    svg = picture(str(block.html)).svg
    hold_to_figure(svg, block)

    with pytest.raises(GateRefused, match=says):
        hold_to_figure(now.join(svg.rsplit(was, 1)), block)


def test_a_typed_number_in_a_title_does_not_leave_with_the_picture(tmp_path):
    """In a notebook it is marked where it stands; in a document nobody would see that."""
    typed = Block("figure", HTML.replace("{mark}", "").replace("31%", "31%".join(DOUBTED)), "")

    with pytest.raises(GateRefused, match="from no published table"):
        typed.export("svg", tmp_path / "a.svg")


def test_words_beside_the_points_of_a_png_are_refused(tmp_path, monkeypatch):
    chunk = b"tEXt" + b"Comment\x0012 women"
    said = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    empty = struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
    size = struct.pack(">I", 13) + b"IHDR" + bytes(17)
    drawn = pictures.SIGNATURE + size + said + empty
    monkeypatch.setattr(pictures, "drawn", lambda *_: drawn)

    with pytest.raises(GateRefused, match="beside its points"):
        figure().export("png", tmp_path / "a.png")


@pytest.fixture(scope="module")
def shares() -> Block:
    """A chart as an analyst has it in a notebook of the board's edition."""
    finding = Finding("women_in_treatment", "2023/24", "Barnet", "partnership")
    adults = finding.load.adults_in_treatment("Barnet").query("measure == 'in_treatment'")
    counted = share_within(adults.drop(columns="measure"), part="women", whole="all")
    counted["area_name"] = "Barnet"
    shown = finding.publish(counted.query("substance_group == 'total'"), "shares")
    return finding.chart("series", shown, "Women in treatment", axis="Women, %")


def test_a_charts_own_figure_is_what_its_table_shows(shares, tmp_path):
    """Its labels are the table's; the numbers of its axis alone are nobody's."""
    made = shares.export("svg", tmp_path / "a.svg")

    assert "OFFICIAL-SENSITIVE" in words_in(made)
    labels = re.findall(r">(\d+\.\d)%?<", made.read_text(encoding="utf-8"))
    behind = set(re.findall(r">(\d+\.\d)<", str(shares.html).partition("<details")[2]))
    assert labels
    assert behind.issuperset(labels)


def test_a_map_of_a_page_can_be_exported(newest, tmp_path):
    page = (newest / "ward-drug-offences.html").read_text(encoding="utf-8")
    at = page.index('<figure class="figure" id="wards-map">')
    block = Block("map", page[at : page.index("</figure>", at)], "")
    assert "Higher than London" in words_in(block.export("svg", tmp_path / "a.svg"))
