"""A PDF leaves only if every layer of it says what the pages say, and nothing else.

What must not leave is planted in two real PDFs: one that a browser printed, one that pypdf wrote.
"""

import datetime as dt
from collections.abc import Callable
from io import BytesIO

import pytest
from pypdf import PdfWriter
from pypdf.annotations import FreeText, Link
from pypdf.generic import DecodedStreamObject, NameObject, read_object

from cdpb.desk.leaving import settled_pdf
from cdpb.desk.pdf_texts import hold_to_pages
from cdpb.errors import GateRefused
from cdpb.report.browser import printed
from cdpb.report.markup import css_text
from tests.support.browser import chromium

HEAD = css_text("OFFICIAL-SENSITIVE · DRAFT")
PAGE = (
    '<html lang="en-GB"><head><title>Barnet, 2023/24</title><style>@page{@top-center{content:'
    f"{HEAD};font:8pt Arial}}"
    '@bottom-right{content:"Page " counter(page) " of " counter(pages);font:8pt Arial}}'
    '</style></head><body><h1 id="top">Adults</h1><a href="#top">Up</a>'
    '<p>Of 40 adults 31 stayed.</p><svg role="img" aria-label="31 of 40"></svg>'
    '<ol><li>First</li></ol><a href="https://example.org">Source</a></body></html>'
)
SHEET = ["OFFICIAL-SENSITIVE · DRAFT", "Page ", "1", " of ", "9"]
RUNS = [*SHEET, "Adults", "Of 40 adults", "31 stayed.", "1. ", "First", "Source"]
TAGS = (
    b"<</StructTreeRoot <</Type /StructTreeRoot /K <</S /Figure /ID (node00000001)"
    b" /Alt (31 of 40)>>>> /MarkInfo <</Marked true>> /Lang (en-GB)>>"
)
UNREAD, TEXT = "its text can't be read", "its text says what no page does"
NAMES = "its properties, tags or links say what no page does"
FILES = "a file, a note or a script lies in it"

Plant = Callable[[PdfWriter], object]


def pdf(runs: list[str]) -> bytes:
    """A tagged PDF of one page, titled, with a link, each run of letters drawn by itself."""
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    writer.metadata = {"/Title": "Barnet, 2023/24", "/Producer": "Skia/PDF "}
    writer.root_object.update(read_object(BytesIO(TAGS), writer))
    writer.add_uri(0, "https://example.org/", (0, 0, 9, 9))
    glyphs = [f"<{run.encode('latin-1').hex()}> Tj" for run in runs]
    draw(writer, glyphs, "".join(runs))
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    writer.write(file := BytesIO())
    return file.getvalue()


def stream(writer: PdfWriter, text: str, syntax: bytes = b"<<>>"):
    """A new stream of the file, and what refers to it."""
    made = DecodedStreamObject()
    made.update(read_object(BytesIO(syntax), writer))
    made.set_data(text.encode("latin-1"))
    return writer._add_object(made)


def planted(writer: PdfWriter, syntax: bytes):
    """A new object of the file that its root leads to."""
    made = writer._add_object(read_object(BytesIO(syntax), writer))
    writer.root_object[NameObject("/Planted")] = made
    return made


def font(writer: PdfWriter, letters: str):
    """A font whose glyphs are numbered as Latin-1 is, with a table of these letters."""
    pairs = "".join(f"<{ord(each):02X}> <{ord(each):04X}>\n" for each in sorted(set(letters)))
    table = stream(writer, f"{len(set(letters))} beginbfchar\n{pairs}endbfchar\n")
    return planted(
        writer,
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding"
        b" /ToUnicode %d 0 R>>" % table.idnum,
    )


def draw(writer: PdfWriter, glyphs: list[str], letters: str) -> str:
    """Draw more on the first page, in a font that has these letters; its name."""
    page = writer.pages[0]
    page["/Resources"].setdefault(NameObject("/Font"), read_object(BytesIO(b"<<>>"), writer))
    fonts = page["/Resources"]["/Font"]
    fonts[name := NameObject(f"/F9{len(fonts)}")] = font(writer, letters)
    before = page["/Contents"].get_data().decode("latin-1") if "/Contents" in page else ""
    more = "".join(f"\nBT\n{name} 12 Tf\n{each}\nET" for each in glyphs)
    page[NameObject("/Contents")] = stream(writer, before + more)
    return name


def say(letters: str) -> Plant:
    return lambda writer: draw(writer, [f"<{letters.encode().hex()}> Tj"], letters)


def put(syntax: bytes) -> Plant:
    return lambda writer: planted(writer, syntax)


@pytest.fixture(scope="module")
def print_of_the_page() -> Callable[[], bytes]:
    made: list[bytes] = []

    def once() -> bytes:
        chromium()
        made.extend([] if made else [settled_pdf(printed(PAGE), dt.date(2024, 3, 31))])
        return made[0]

    return once


@pytest.fixture(params=["written", "printed"])
def with_plant(request, print_of_the_page) -> Callable[[Plant], bytes]:
    original = pdf(RUNS) if request.param == "written" else print_of_the_page()

    def plant(do: Plant) -> bytes:
        writer = PdfWriter(clone_from=BytesIO(original))
        do(writer)
        return written(writer)

    return plant


def refused(content: bytes, where: str, page: str = PAGE) -> None:
    with pytest.raises(GateRefused, match=where):
        hold_to_pages(content, page)


@pytest.mark.parametrize(
    "plant",
    [
        lambda writer: None,
        say("31 stayed."),
        put(b"(31 of 40)"),
        put(b"<</FontFamily (Sans Bold)>>"),
    ],
)
def test_what_the_pages_say_may_leave(with_plant, plant):
    hold_to_pages(with_plant(plant), PAGE)


def test_pictures_shades_and_parts_that_shine_through_may_leave():
    """Text of such a part is drawn in a form of its own; a shade runs as a program says."""
    chromium()
    shade = '<p style="opacity:.5;mask-image:linear-gradient(black,transparent)">5 shaded</p>'
    page = PAGE.replace("<svg", shade + "<svg")
    content = settled_pdf(printed(page), dt.date(2024, 3, 31))

    assert b"/Subtype /Form" in content
    assert b"/FunctionType 4" in content
    hold_to_pages(content, page)
    refused(content, TEXT, PAGE)


@pytest.mark.parametrize("shown", ["(31) '", '0 0 (31) "', "[(3) -20 (1)] TJ", "<33> Tj (1) Tj"])
def test_letters_are_read_however_they_are_drawn(with_plant, shown):
    hold_to_pages(with_plant(lambda writer: draw(writer, [shown], "31")), PAGE)


def test_glyphs_in_a_row_of_letters_are_read(with_plant):
    """A table may name the first and last glyph of a row, and the letter of the first."""

    def rows(writer, first):
        name = draw(writer, ["<0304> Tj"], "")
        table = stream(writer, f"1 beginbfrange\n<03> <04> <{ord(first):04X}>\nendbfrange\n")
        writer.pages[0]["/Resources"]["/Font"][name][NameObject("/ToUnicode")] = table

    hold_to_pages(with_plant(lambda writer: rows(writer, "s")), PAGE)
    refused(with_plant(lambda writer: rows(writer, "1")), TEXT)


@pytest.mark.parametrize("by", ["3 stayed.", "31 stayed. 3", "3", "310 stayed.", "stayed. 31"])
def test_text_that_no_page_has_is_refused(with_plant, by):
    refused(with_plant(say(by)), TEXT)


@pytest.mark.parametrize("shown", ["(3) '", '0 0 (3) "', "[<33>] TJ", "[(4) -900 (7)] TJ"])
def test_however_it_is_drawn(with_plant, shown):
    """Numbers are whole, even where their figures stand apart."""
    refused(with_plant(lambda writer: draw(writer, [shown], "347")), TEXT)


@pytest.mark.parametrize("kind", [b"/Subtype /Form", b"/PatternType 1", b"", b"/Length1 9"])
@pytest.mark.parametrize("turned", ["", "-1 0 0 -1 0 0 Tm "])
def test_text_of_a_form_or_a_pattern_is_refused_whichever_page_uses_it(with_plant, kind, turned):
    def form(writer):
        fonts = b"/Resources <</Font <</F99 %d 0 R>>>>" % font(writer, "3").idnum
        stream(writer, f"BT /F99 12 Tf {turned}(3) Tj ET", b"<<%s %s>>" % (kind, fonts))

    refused(with_plant(form), TEXT)


@pytest.mark.parametrize(
    "syntax",
    [
        b"/Alt (3 died)", b"/ActualText <FEFF0033>", b"/Title (3)", b"/Author (3 Smith Street)",
        b"/Keywords (adults; 3)", b"/URI (https://example.org/?n=3)", b"/T (node3)",
        b"/CreationDate (D:20240331 3)", b"/FontFamily (3 died)",
        rb"/T (a\(3\)\051)", rb"/V (\376\377\0003)", b"/K [[(3)]]",
    ],
)  # fmt: skip
def test_a_number_in_a_property_a_tag_or_a_link_is_refused(with_plant, syntax):
    refused(with_plant(put(b"<<" + syntax + b">>")), NAMES)


@pytest.mark.parametrize(
    "plant",
    [
        lambda writer: writer.add_metadata({"/Subject": "3 died"}),
        lambda writer: writer.add_outline_item(title="3 died", page_number=0),
        lambda writer: writer.add_uri(0, "https://example.org/?n=3", (0, 0, 9, 9)),
        lambda writer: writer.set_page_label(0, 0, style="/D", start=4711),
        lambda writer: writer.root_object.update(
            read_object(BytesIO(b"<</Dests <</died-3 [null /Fit]>>>>"), writer)
        ),
        lambda writer: draw(writer, ["/Span <</ActualText (3)>> BDC (31) Tj EMC"], "31"),
    ],
    ids=["property", "outline", "link", "label", "place", "aside"],
)
def test_a_number_where_the_format_has_a_place_for_it_is_refused(with_plant, plant):
    refused(with_plant(plant), NAMES)


@pytest.mark.parametrize(
    "syntax",
    [
        b"<</Names <</EmbeddedFiles 3 0 R>>>>", b"<</Type /Filespec>>", b"<</S /JavaScript>>",
        b"<</Subtype /Text /Contents (Adults)>>", b"<</Subtype /Text /Contents <FEFF0033>>>",
        b"<</OpenAction 3 0 R>>", b"<</Metadata 3 0 R>>", b"<</S /Launch>>",
        b"<</Subtype /Widget>>", b"<</S /J#61vaScript>>", b"<</Subtype /Ink /Rect [0 0 9 9]>>",
        b"<</S /GoToR>>", b"<</S /Named>>",
    ],
)  # fmt: skip
def test_a_file_a_note_or_a_script_is_refused(with_plant, syntax):
    refused(with_plant(put(syntax)), FILES)


@pytest.mark.parametrize(
    "plant",
    [
        lambda writer: writer.add_attachment("Adults", "31"),
        lambda writer: writer.add_annotation(0, FreeText(text="Adults", rect=(0, 0, 9, 9))),
        lambda writer: setattr(writer, "xmp_metadata", b"<x>3 died</x>"),
    ],
    ids=["file", "note", "metadata"],
)
def test_so_are_those_that_a_program_adds(with_plant, plant):
    refused(with_plant(plant), FILES)


def test_a_link_within_the_document_may_leave(with_plant):
    link = Link(rect=(0, 0, 9, 9), target_page_index=0)
    hold_to_pages(with_plant(lambda writer: writer.add_annotation(0, link)), PAGE)


@pytest.mark.parametrize("shown", ["<07> Tj", "(3) Tj", "[<33>] TJ", "(3) '", "/F98 9 Tf (1) Tj"])
def test_what_can_not_be_read_is_refused(with_plant, shown):
    """A glyph without a letter may look like any, whatever its number is."""
    refused(with_plant(lambda writer: draw(writer, [shown], "1")), UNREAD)


def test_letters_without_a_font_or_of_one_of_two_are_refused(with_plant):

    def two(writer):
        named = draw(writer, ["(31) Tj"], "31").encode()
        planted(writer, b"<</Font <<%s %d 0 R>>>>" % (named, font(writer, "1").idnum))

    refused(with_plant(two), UNREAD)
    refused(with_plant(lambda writer: stream(writer, "BT (31) Tj ET")), UNREAD)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"startxref", b"% (3 died)\nstartxref"),
        lambda content: content.replace(b"startxref", b"999 0 obj\n<</N 3>>\nendobj\nstartxref"),
        lambda content: content + b"\n% <33>\n%%EOF\n",
        lambda content: b"31 of 40",
    ],
    ids=["cut", "remark", "no table leads there", "after the end", "no pdf"],
)
def test_what_is_hidden_or_broken_is_refused(change):
    refused(change(pdf(RUNS)), UNREAD)


def test_what_is_locked_is_refused(with_plant):
    locked = with_plant(lambda writer: writer.encrypt("", "x", algorithm="RC4-128"))
    refused(locked, UNREAD)


def test_a_pdf_without_any_text_that_is_read_is_refused():
    """Newer browsers may pack what they draw in ways that aren't read here."""
    refused(pdf([]), UNREAD)


def test_what_a_reader_doubts_is_refused_and_not_said_aloud(with_plant, capfd):
    def doubtful(writer):
        name = draw(writer, ["(31) Tj"], "31")
        table = stream(writer, "3 beginbfchar\n<33> <0033>\n<31> <0031>\n<zz> <4711>\nendbfchar\n")
        writer.pages[0]["/Resources"]["/Font"][name][NameObject("/ToUnicode")] = table

    refused(with_plant(doubtful), UNREAD)
    assert "4711" not in "".join(capfd.readouterr())
