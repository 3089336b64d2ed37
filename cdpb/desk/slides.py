"""Slides of the summary for a meeting: its finding, then each message with a figure beside it."""

import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from lxml import etree
from pptx import Presentation
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from cdpb.console import say
from cdpb.desk import OUTPUT, file_to_write
from cdpb.desk.leaving import leaving, pages_of
from cdpb.durable_files import write_whole
from cdpb.errors import GateRefused
from cdpb.periods import FinancialYear
from cdpb.report.archives import packed, unpacked
from cdpb.report.html_tree import read_document, squeezed
from cdpb.report.pictures import CHUNKS, DRAWING, Picture, chunks_of, picture, png
from cdpb.runner.manifest import read_manifest
from cdpb.runner.place import display_path

SUMMARY, MOST_MESSAGES, DPI = "summary.html", 5, 200
FIGURE = re.compile(r'<figure class="figure"[^>]*>.*?</figure>', re.DOTALL)
NUMBERED = re.compile(r"^Figure \d+: ")
# Of the layouts that PowerPoint begins with: a title with a subtitle, and one with a text.
FRONT, TITLE_AND_TEXT = 0, 1
# In inches: the slide, its margin, the heights of title and text, and where a picture begins.
WIDE, HIGH, MARGIN, TOP, PICTURE_LEFT = 13.333, 7.5, 0.5, 1.9, 5.3
# What PowerPoint begins with, and is left as it was.
BLANK = re.compile(r"ppt/(?:slideLayouts|slideMasters|theme|printerSettings)/|docProps/app")
PICTURE = re.compile(r"ppt/media/")
KNOWN_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/|docProps/(?:app|core)\.xml|ppt/(?:_rels/)?\w+\.xml"
    r"|ppt/(?:slides|slideLayouts|slideMasters|theme|printerSettings)/|ppt/media/image\d+\.png"
)
THUMBNAIL = re.compile(rb"<Relationship [^>]*thumbnail[^>]*/>")
DATES = {"created", "modified", "revision", "language"}


@dataclass(frozen=True)
class Message:
    """One slide: title, text, picture and where its figures come from; all as the pages have it."""

    title: str
    text: str
    picture: Picture | None = None
    source: str = ""


@click.command()
@OUTPUT
@file_to_write("pptx")
def command(output: Path, to: Path | None) -> None:
    """Make six slides of the summary of a finished assessment, the folder OUTPUT.

    Its finding and its five messages, each with the first figure of its page. Every word and number
    is as the pages have it. A draft says so on every slide.
    """
    written, target, _ = leaving(output, to, "-summary.pptx")
    (summary,) = pages_of(written.folder, whole=False).values()
    slides = [*messages_of(summary, written.folder, written.assessment.edition == "partnership")]
    day = FinancialYear.parse(written.assessment.year).last_day
    marks = _marks_of(summary)
    content = presentation(slides, marks, day)
    found = read_manifest(written.folder)["findings"]
    files = [written.folder / each["page"].partition("#")[0] for each in found]
    pages = [path.read_text(encoding="utf-8") for path in files if path.is_file()]
    refuse_strange(content, slides, marks, pages)
    write_whole(target, content)
    say(f"{display_path(target)}: {len(slides)} slides")


def messages_of(summary: str, folder: Path, sensitive: bool = False) -> Iterator[Message]:
    """What the slides say: the summary's finding, then each of its messages with a figure."""
    root = read_document(summary).root
    place = next(iter(root.classed("title"))).all("p")
    yield Message(next(iter(root.classed("headline"))).text, " ".join(p.text for p in place))
    for item in next(iter(root.classed("messages"))).all("li")[:MOST_MESSAGES]:
        link = next(iter(item.classed("small")))
        text = item.text.removesuffix(link.text).strip()
        page = next(iter(link.all("a"))).get("href").partition("#")[0]
        yield _message(text, link.text, folder / page, sensitive)


def _message(text: str, finding: str, page: Path, sensitive: bool) -> Message:
    found = FIGURE.findall(page.read_text(encoding="utf-8")) if page.suffix == ".html" else []
    figure = next((each for each in found if DRAWING.search(each)), "")
    if not figure:
        return Message(finding, text)
    root = read_document(figure).root
    title = NUMBERED.sub("", next(iter(root.all("h3"))).text)
    source = next(iter(root.classed("source"))).text
    return Message(title, text, picture(figure, sensitive=sensitive, worded=False), source)


def presentation(slides: Sequence[Message], marks: Sequence[str], day: dt.date) -> bytes:
    """The slides as PowerPoint has them; dated by the year they are of."""
    made = Presentation()
    made.slide_width, made.slide_height = Inches(WIDE), Inches(HIGH)
    for number, message in enumerate(slides):
        slide = made.slides.add_slide(made.slide_layouts[TITLE_AND_TEXT if number else FRONT])
        _fill(slide, message, marks)
    about, moment = made.core_properties, dt.datetime(day.year, day.month, day.day)
    about.title, about.language, about.author = slides[0].text, "en-GB", ""
    about.created = about.modified = moment
    about.last_modified_by, about.comments, about.revision = "", "", 1
    buffer = io.BytesIO()
    made.save(buffer)
    parts = unpacked(buffer.getvalue())
    # The template comes with a small picture of somebody else's slides.
    kept = {name: part for name, part in parts.items() if "thumbnail" not in name}
    kept["_rels/.rels"] = THUMBNAIL.sub(b"", kept["_rels/.rels"])
    return packed(kept)


def _fill(slide: Any, message: Message, marks: Sequence[str]) -> None:
    """Put title, text, picture, source and marks on a slide, in the order they are read."""
    room = PICTURE_LEFT if message.picture else WIDE
    title, text = slide.placeholders[0], slide.placeholders[1]
    _write(
        title,
        message.title,
        (MARGIN, 0.65, WIDE - 2 * MARGIN, 1.2),
        24 if len(message.title) < 120 else 18,
        bold=True,
    )
    size = 20 if len(message.text) < 300 else 16
    _write(text, message.text, (MARGIN, TOP, room - MARGIN - 0.2, 4.6), size)
    if message.picture:
        _place(slide, message.picture)
    below = [(message.source, 6.75, 12, False), (" ".join(marks), 0.15, 14, True)]
    for words, top, points, bold in below:
        if words:
            box = slide.shapes.add_textbox(0, 0, 0, 0)
            _write(box, words, (MARGIN, top, WIDE - 2 * MARGIN, 0.5), points, bold=bold)


def _write(
    shape: Any, text: str, box: tuple[float, float, float, float], points: int, bold: bool = False
) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Inches, box)
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    # A text by itself is no list.
    paragraph._p.get_or_add_pPr().insert(0, paragraph._p.makeelement(qn("a:buNone"), {}))
    paragraph._p.get_or_add_pPr().set("indent", "0")
    paragraph._p.get_or_add_pPr().set("marL", "0")
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.name = Pt(points), bold, "Arial"
    run.font.language_id = MSO_LANGUAGE_ID.ENGLISH_UK


def _place(slide: Any, made: Picture) -> None:
    """The picture, as large as there is room for, with what it shows in words."""
    wide, high = WIDE - PICTURE_LEFT - MARGIN, 6.7 - TOP
    scale = min(wide / made.width, high / made.height)
    at = (PICTURE_LEFT, TOP, made.width * scale, made.height * scale)
    shape = slide.shapes.add_picture(io.BytesIO(png(made, DPI)), *map(Inches, at))
    about = shape._element.nvPicPr.cNvPr
    about.set("descr", made.alt)
    about.set("name", "Figure")


def _marks_of(page: str) -> list[str]:
    """What a page says of itself above everything: draft, demonstration, for whom."""
    root = read_document(page).root
    boxes = [each for name in ("edition", "draft") for each in root.classed(name)]
    return [line.text for box in boxes for line in box.all("p")]


def refuse_strange(
    content: bytes, slides: Sequence[Message], marks: Sequence[str], pages: Sequence[str]
) -> None:
    """Refuse slides of which a text, in any layer, is not a message's, or not the pages'.

    Raises
    ------
    GateRefused
        Names the part, not what it says.
    """
    roots = [read_document(page).root for page in pages]
    labels = (each.get("aria-label") for root in roots for each in root.elements)
    said = squeezed(" ".join([*(root.text for root in roots), *labels]))
    alts = [each.picture.alt for each in slides if each.picture]
    own = [text for each in slides for text in (each.title, each.text, each.source)]
    meant = {squeezed(each) for each in (*own, *alts, *marks, " ".join(marks))}
    strange = ["a message" for each in (*own, *alts, *marks) if squeezed(each) not in said]
    blank = _blank_parts()
    for name, part in unpacked(content).items():
        if BLANK.match(name):
            known = part == blank.get(name)
        elif PICTURE.match(name):
            known = CHUNKS.issuperset(chunks_of(part))
        else:
            known = all(squeezed(each) in meant for each in _texts_in(part))
        strange += [name] * (not known or not KNOWN_PARTS.match(name))
    if strange:
        raise GateRefused(
            f"The slides can't be sent on: {strange[0]} says what no page of the assessment does.",
            "Wanted: words and numbers as the pages have them. Nothing was written.",
        )


def _blank_parts() -> dict[str, bytes]:
    """The parts of a presentation without a slide."""
    buffer = io.BytesIO()
    Presentation().save(buffer)
    return unpacked(buffer.getvalue())


def _texts_in(part: bytes) -> list[str]:
    """The texts of a part: what is written, what stands for a picture, and its properties."""
    found = []
    for element in etree.fromstring(part).iter():
        tag = str(element.tag).rpartition("}")[2]
        own = element.text or "" if tag not in DATES else ""
        found += [own, *(element.get(name, "") for name in ("descr", "title"))]
    return [each for each in found if each.strip()]
