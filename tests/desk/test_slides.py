"""`cdpb slides`: six slides of the summary, each word and number as the pages have it."""

import datetime as dt
import io
from pathlib import Path

import pytest
from pptx import Presentation

from cdpb.desk.slides import (
    Message,
    messages_of,
    presentation,
    refuse_strange,
)
from cdpb.errors import GateRefused
from cdpb.report.archives import packed, unpacked
from cdpb.report.html_tree import read_document
from tests.support.browser import chromium
from tests.support.commands import cdpb, wrong_input
from tests.support.returned import HERE

DAY = dt.date(2024, 3, 31)
SLIDES = [
    Message("Offences fell to 31", "Barnet · 2023/24"),
    Message("31 of 40 adults", "Of 40 adults 31 stayed.", None, "Source: OHID"),
]
MARKS = ["DEMONSTRATION: not real."]
PAGE = (
    "<p>DEMONSTRATION: not real.</p><h1>Offences fell to 31</h1><p>Barnet · 2023/24</p>"
    "<h3>31 of 40 adults</h3><li>Of 40 adults 31 stayed.</li><p>Source: OHID</p>"
)


def texts_of(content: bytes) -> list[list[str]]:
    slides = Presentation(io.BytesIO(content)).slides
    return [[s.text_frame.text for s in each.shapes if s.has_text_frame] for each in slides]


def test_a_slide_has_its_message_as_title_then_text_source_and_marks():
    front, second = texts_of(presentation(SLIDES, MARKS, DAY))

    assert front == ["Offences fell to 31", "Barnet · 2023/24", "DEMONSTRATION: not real."]
    assert second == [
        "31 of 40 adults", "Of 40 adults 31 stayed.", "Source: OHID", "DEMONSTRATION: not real.",
    ]  # fmt: skip


def test_titles_are_titles_to_a_screen_reader_and_the_language_is_english():
    content = presentation(SLIDES, MARKS, DAY)

    titles = [each.shapes.title.text for each in Presentation(io.BytesIO(content)).slides]
    assert titles == ["Offences fell to 31", "31 of 40 adults"]
    assert unpacked(content)["ppt/slides/slide1.xml"].count(b'lang="en-GB"') == 3


def test_the_bytes_are_the_same_each_time_and_name_nobody():
    content = presentation(SLIDES, MARKS, DAY)

    assert content == presentation(SLIDES, MARKS, DAY)
    about = Presentation(io.BytesIO(content)).core_properties
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert about.created.date() == about.modified.date() == DAY
    assert not any("thumbnail" in name for name in unpacked(content))


def test_what_the_pages_say_may_stand_on_slides():
    refuse_strange(presentation(SLIDES, MARKS, DAY), SLIDES, MARKS, [PAGE])


@pytest.mark.parametrize(
    "said", ["Offences fell to 31", "Of 40 adults 31 stayed.", "Source: OHID", MARKS[0]]
)
def test_a_message_that_no_page_has_is_refused(said):
    with pytest.raises(GateRefused, match="a message says what no page"):
        refuse_strange(
            presentation(SLIDES, MARKS, DAY), SLIDES, MARKS, [PAGE.replace(said, "Else.")]
        )


def test_a_picture_of_points_alone_may_leave():
    parts = unpacked(presentation(SLIDES, MARKS, DAY)) | {"ppt/media/image9.png": MADE}
    refuse_strange(packed(parts), SLIDES, MARKS, [PAGE])


SLIDE = "ppt/slides/slide2.xml"
MADE = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\1IDAT?crc!" + b"\0\0\0\0IEND\xae\x42\x60\x82"


@pytest.mark.parametrize(
    ("part", "what", "by"),
    [
        (SLIDE, b"31 of 40 adults", b"3 of 40 adults"),
        (SLIDE, b"Of 40 adults 31 stayed.", b"3"),
        (SLIDE, b'name="Title 1"', b'name="Title 1" descr="3 died"'),
        ("docProps/core.xml", b"</cp:coreProperties>", b"<cp:k>3</cp:k></cp:coreProperties>"),
        ("ppt/notesSlides/notesSlide1.xml", b"", b"<a>3</a>"),
        ("ppt/comments/comment1.xml", b"", b"<a>3</a>"),
        ("ppt/embeddings/sheet.xlsx", b"", b"<a>3</a>"),
        ("ppt/media/image1.emf", b"", b"<a>3</a>"),
        ("docProps/app.xml", b"<Words>0</Words>", b"<Words>3</Words>"),
        ("ppt/theme/theme1.xml", b'name="Office Theme"', b'name="3 died"'),
        ("ppt/slideMasters/slideMaster1.xml", b"Master title", b"3 died, title"),
        ("ppt/media/image9.png", b"", MADE + b"\0\0\0\1tEXt3\0\0\0\0"),
        ("ppt/media/image9.png", b"", MADE + b"3 died"),
    ],
)
def test_what_is_planted_in_any_layer_of_the_slides_is_refused(part, what, by):
    parts = unpacked(presentation(SLIDES, MARKS, DAY))
    assert what in parts.get(part, b"")
    parts[part] = parts.get(part, b"").replace(what, by, 1)

    with pytest.raises(GateRefused, match="says what no page"):
        refuse_strange(packed(parts), SLIDES, MARKS, [PAGE])


def test_slides_are_the_summary_and_its_five_messages(newest):
    """Counted on the page itself: its headline, then its list of messages, in their order."""
    summary = (newest / "summary.html").read_text(encoding="utf-8")
    root = read_document(summary).root
    (shown,) = root.classed("messages")

    front, *others = messages_of(summary, newest)

    assert front.title == root.classed("headline")[0].text
    assert len(others) == len(shown.all("li")) == 5
    assert all(li.text.startswith(m.text) for li, m in zip(shown.all("li"), others, strict=True))
    assert all(each.picture and each.picture.alt and each.source for each in others)


def test_six_slides_have_pictures_that_say_what_they_show(newest, tmp_path, capsys):
    chromium()
    made = tmp_path / "a.pptx"
    code, told, _ = cdpb(capsys, "slides", str(newest), "--to", str(made))

    assert (code, told.strip().endswith(": 6 slides")) == (0, True)
    slides = list(Presentation(str(made)).slides)
    assert len(slides) == 6
    pictures = [s for each in slides for s in each.shapes if s.shape_type == 13]
    pages = "".join(p.read_text("utf-8") for p in newest.glob("*.html"))
    alts = [each._element.nvPicPr.cNvPr.get("descr") for each in pictures]
    labels = {each.get("aria-label") for each in read_document(pages).root.elements}
    assert len(alts) == 5
    assert set(alts) <= labels
    assert all("Draft: not for publication" in texts[-1] for texts in texts_of(made.read_bytes()))


def test_without_a_summary_there_are_no_slides(project, capsys):
    code, _, said = cdpb(capsys, "slides", HERE, "--to", "a.pptx")

    assert code == 2
    assert wrong_input(said)
    assert "no summary.html" in said
    assert not Path("a.pptx").exists()
