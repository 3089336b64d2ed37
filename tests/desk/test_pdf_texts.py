"""A PDF leaves only if every layer of it says what the pages say, and nothing else."""

import zlib

import pytest

from cdpb.desk.pdf_texts import OBJECT, drawn_texts, hold_to_pages, strings
from cdpb.errors import GateRefused
from cdpb.report.markup import css_text

HEAD = css_text("OFFICIAL-SENSITIVE · DRAFT")
PAGE = (
    '<html lang="en-GB"><head><title>Barnet, 2023/24</title><style>@page{@top-center{content:'
    f'{HEAD};font:8pt Arial}}}}</style></head><body><h1 id="top">Adults</h1>'
    '<p>Of 40 adults 31 stayed.</p><svg aria-label="31 of 40"></svg>'
    '<ol><li>First</li></ol><a href="https://example.org">Source</a></body></html>'
)
SHEET = ["OFFICIAL-SENSITIVE · DRAFT", "Page ", "1", " of ", "9"]
RUNS = [*SHEET, "Adults", "Of 40 adults", "31 stayed.", "1. ", "First", "Source"]
TITLE = (
    b"1 0 obj\n<</Title (Barnet, 2023/24)\n/Producer (Skia/PDF )\n"
    b"/CreationDate (D:20240331000000)>>"
)


def pdf(runs: list[str], *more: bytes) -> bytes:
    """As Chromium writes it: each letter a glyph of a font that has a table of its letters."""
    letters = sorted(set("".join(runs)))
    code = {letter: f"{number:04X}" for number, letter in enumerate(letters, 3)}
    pairs = "".join(f"<{code[each]}> <{ord(each):04X}>\n" for each in letters)
    table = f"{len(letters)} beginbfchar\n{pairs}endbfchar\n"
    drawn = "".join(f"BT\n/F4 12 Tf\n<{''.join(map(code.get, r))}> Tj\nET\n" for r in runs)
    parts = [
        b"4 0 obj\n<</Type /Font\n/ToUnicode 5 0 R>>", stream(5, table), stream(6, drawn),
        b"7 0 obj\n<</Font <</F4 4 0 R>>\n/ID (node00000001)\n/Alt (31 of 40)>>",
        b"8 0 obj\n<</Subtype /Link\n/URI (https://example.org/)>>", TITLE, *more,
    ]  # fmt: skip
    return b"%PDF-1.4\n" + b"".join(part + b"\nendobj\n" for part in parts) + b"trailer\n<<>>"


def stream(number: int, text: str) -> bytes:
    packed = zlib.compress(text.encode("latin-1"))
    return b"%d 0 obj\n<</Filter /FlateDecode>> stream\n%s\nendstream" % (number, packed)


def drawn_anew(by: str) -> list[str]:
    return [by if each == "31 stayed." else each for each in RUNS]


def test_what_the_pages_say_may_leave():
    hold_to_pages(pdf(RUNS), PAGE)


def test_text_is_read_letter_by_letter():
    (text,) = drawn_texts(dict(OBJECT.findall(pdf(RUNS))))
    assert text.splitlines() == RUNS


def test_glyphs_in_a_row_of_letters_are_read():
    """A table may name the first and last glyph of a run, and the letter of the first."""
    table = stream(5, "1 beginbfrange\n<0003> <0005> <0061>\nendbfrange\n")
    body = stream(6, "BT\n/F4 12 Tf\n<000300040005> Tj\nET\n")
    font = b"4 0 obj\n<</ToUnicode 5 0 R>>\nendobj\n7 0 obj\n<</F4 4 0 R>>"
    parts = b"".join(part + b"\nendobj\n" for part in (table, body, font))
    assert list(drawn_texts(dict(OBJECT.findall(parts)))) == ["abc\n"]


def test_strings_are_read_as_any_program_writes_them():
    assert list(strings(rb"/T (a\(3\)\051) /U <FEFF0033> /V (\376\377\0003)")) == [
        "a(3))",
        "3",
        "3",
    ]


@pytest.mark.parametrize("by", ["3 stayed.", "31 stayed. 3", "3", "310 stayed.", "stayed. 31"])
def test_text_that_no_page_has_is_refused(by):
    with pytest.raises(GateRefused, match="its text says what no page does"):
        hold_to_pages(pdf(drawn_anew(by)), PAGE)


def test_a_number_of_one_page_in_another_stream_is_refused_too():
    hidden = stream(9, "BT\n/F4 12 Tf\n<0003> Tj\nET\n")
    runs = [*RUNS, "3"]
    with pytest.raises(GateRefused, match="its text says what no page does"):
        hold_to_pages(pdf(runs, hidden), PAGE)


@pytest.mark.parametrize(
    "planted",
    [
        b"/Alt (3 died)", b"/ActualText <FEFF0033>", b"/Title (3)", b"/Author (3 Smith Street)",
        b"/Keywords (adults; 3)", b"/URI (https://example.org/?n=3)", b"/T (node3)",
        b"/CreationDate (D:20240331 3)",
    ],
)  # fmt: skip
def test_a_number_in_a_property_a_tag_or_a_link_is_refused(planted):
    with pytest.raises(GateRefused, match="properties, tags or links"):
        hold_to_pages(pdf(RUNS, b"9 0 obj\n<<" + planted + b">>"), PAGE)


@pytest.mark.parametrize(
    "planted",
    [
        b"/Names <</EmbeddedFiles 3 0 R>>", b"/Type /Filespec", b"/S /JavaScript",
        b"/Subtype /Text /Contents (Adults)", b"/Subtype /Text /Contents <FEFF0033>",
        b"/OpenAction 3 0 R", b"/Metadata 3 0 R", b"/S /Launch", b"/Subtype /Widget",
    ],
)  # fmt: skip
def test_a_file_a_note_or_a_script_is_refused(planted):
    with pytest.raises(GateRefused, match="a file, a note or a script"):
        hold_to_pages(pdf(RUNS, b"9 0 obj\n<<" + planted + b">>"), PAGE)


@pytest.mark.parametrize("drawn", ["<FFFF> Tj", "(3) Tj", "[<0003>] TJ", "(3) '"])
def test_what_can_not_be_read_is_refused(drawn):
    hidden = stream(9, f"BT\n/F4 12 Tf\n{drawn}\nET\n")
    with pytest.raises(GateRefused, match="can't be read"):
        hold_to_pages(pdf(RUNS, hidden), PAGE)


def test_a_pdf_without_any_text_that_is_read_is_refused():
    """Newer browsers may pack what they draw in ways that aren't read here."""
    with pytest.raises(GateRefused, match="can't be read"):
        hold_to_pages(pdf([]), PAGE)
