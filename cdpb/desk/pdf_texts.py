"""What a PDF says in every layer, held against the pages that it was printed from.

A browser writes letters as glyphs of a font, with a table that leads back to them. What pypdf can't
read, or doubts, is refused: a number that nobody can check must not leave.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from logging.handlers import BufferingHandler
from typing import Any

from pypdf import PdfReader
from pypdf._cmap import get_encoding
from pypdf.generic import ContentStream, IndirectObject, NameObject, StreamObject

from cdpb.errors import GateRefused
from cdpb.report.html_tree import read_document, squeezed

# Counted as they stand in the file: whatever its table of objects doesn't lead to is found so.
OBJECT = re.compile(rb"^(\d+) (\d+) obj\b", re.MULTILINE)
STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
STRING = re.compile(rb"\((?:[^()\\]|\\.)*\)|(?<!<)<[0-9A-Fa-f\s]+>", re.DOTALL)
SHOWING, SAYING_ASIDE = (b"Tj", b"TJ", b"'", b'"'), (b"BDC", b"DP")
# Files of fonts, pictures, profiles of colours, and how a shade runs.
WORDLESS = {"/Length1", "/CIDFontType0C", "/OpenType", "/Type1C", "/Image", "/N", "/FunctionType"}
NO_FONT: Any = ("latin-1", {})
# What is no part of a printed page: files, scripts, forms, and what happens by itself.
ATTACHED = re.compile(
    r"/(?:AA|AcroForm|EF|EmbeddedFiles?|FileAttachment|Filespec|GoTo3DView|GoToDp|GoTo[ER]|Hide"
    "|ImportData|JS|JavaScript|Launch|Metadata|Movie|Named|OpenAction|Rendition|ResetForm"
    r"|RichMedia|RichMediaExecute|SetOCGState|Sound|SubmitForm|Thread|Trans|Widget|XFA)\b"
)
# The browser's names for its tags, its fonts and itself; dates are settled before.
BROWSERS = re.compile(r"node\d{8}|D:\d{14}(?:[-+Z][\d']*)?|Adobe|Identity|Skia/PDF *|cdpb *")
# Which sheet of how many: the one line that a browser counts.
PLACE = re.compile(r"^Page \n\d+\n of \n\d+\n", re.MULTILINE)
# What stands at the head and the foot of every sheet, by the style of the pages.
HEADS = re.compile(r'\bcontent:"((?:[^"\\]|\\.)*)"')
IN_HEX = re.compile(r"\\([0-9a-f]{1,6}) ?")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NAMING = ("aria-label", "href", "id", "lang", "title")
UNREAD = "its text can't be read"
# A long name or address may break at the end of a line within a number.
LONG_ENOUGH = 12


def hold_to_pages(content: bytes, document: str) -> None:
    """Refuse a PDF that says what the document it was printed from doesn't, in any layer.

    Raises
    ------
    GateRefused
        If a text, a property, a description or a link of it is not the document's, a file or a
        script lies in it, or it can't be read. Says where, not what it says.
    """
    doubts, log = BufferingHandler(capacity=len(content)), logging.getLogger("pypdf")
    log.addHandler(doubts)
    try:
        where = next(_strange(content, document), "") or UNREAD * bool(doubts.buffer)
    except Exception:  # Whatever a reader of files made elsewhere may stumble over.
        where = UNREAD
    finally:
        log.removeHandler(doubts)
    if where:
        raise GateRefused(
            f"The PDF can't be sent on: {where}.",
            "Wanted: words and numbers as the pages have them, and nothing else.",
            "Bring the browser up to date, or use another one. Nothing was written.",
        )


def _strange(content: bytes, document: str) -> Iterator[str]:
    reader = PdfReader(BytesIO(content), strict=True)
    objects = _objects(reader, content)
    parts = [part for each in (*objects, reader.trailer) for part in _within(each)]
    strings = list(_strings(parts))
    if any(map(_attached, parts)):
        yield "a file, a note or a script lies in it"
    fonts = _fonts(parts)
    drawn = [_drawn(each, fonts) for each in _drawings(reader, objects)]
    # A remark, or an older state of the file, may hold strings that no object has.
    hidden = len(STRING.findall(STREAM.sub(b"", content))) != len(strings)
    if hidden or not any(text.strip() for text, _ in drawn):
        yield UNREAD
    texts, names = _said(document)
    if not all(map(_sayer(texts), {run for text, _ in drawn for run in text.split("\n")})):
        yield "its text says what no page does"
    strings += [*_named(reader), *(each for _, aside in drawn for each in aside)]
    if not all(map(_sayer([*texts, *names, *_families(parts)]), set(strings))):
        yield "its properties, tags or links say what no page does"


def _objects(reader: Any, content: bytes) -> list[Any]:
    """Every object of the file: none outside its table, locked, or packed into another."""
    places = sorted((number, each) for each, table in reader.xref.items() for number in table)
    held = sorted((int(number), int(each)) for number, each in OBJECT.findall(content))
    if places != held or reader.xref_objStm or reader.is_encrypted:
        raise ValueError(UNREAD)
    return [reader.get_object(IndirectObject(*place, reader)) for place in places]


def _within(part: Any) -> Iterator[Any]:
    """A part and what lies in it; what it refers to is an object by itself."""
    yield part
    if isinstance(part, dict | list):
        for each in (*part, *part.values()) if isinstance(part, dict) else part:
            yield from _within(each)


def _attached(part: Any) -> bool:
    """Whether a file, a note, a script or a form is meant."""
    if not isinstance(part, dict):
        return isinstance(part, str) and bool(ATTACHED.match(part))
    noted = "/Contents" in part and not isinstance(part["/Contents"], list)
    drawn = noted and hasattr(part["/Contents"], "get_data")
    return (noted and not drawn) or ("/Rect" in part and part["/Subtype"] != "/Link")


def _strings(parts: Iterable[Any]) -> Iterator[str]:
    """Titles, descriptions, names of places, addresses; no name of the format's own."""
    for each in parts:
        if isinstance(each, bytes):
            yield each.decode("utf-16" if each.startswith(b"\xfe\xff") else "latin-1")
        elif isinstance(each, str) and not isinstance(each, NameObject):
            yield each


def _families(parts: Iterable[Any]) -> Iterator[str]:
    """What fonts of this machine are called that a browser draws itself; never a number."""
    for each in parts:
        if isinstance(each, dict) and "/FontFamily" in each:
            yield "" if NUMBER.search(each["/FontFamily"]) else each["/FontFamily"]


def _named(reader: Any) -> list[str]:
    """What sheets and places are called where the format counts or lists them."""
    root = reader.root_object
    labels = reader.page_labels if "/PageLabels" in root else []
    places = list(root["/Dests"]) if "/Dests" in root else []
    return [*labels, *(each.removeprefix("/") for each in places)]


def _fonts(parts: Iterable[Any]) -> dict[str, Any]:
    """How the glyphs of each font are numbered, and what letters they stand for, by its name.

    The library's own way into a font: what it shows of texts has spaces that no glyph stands for,
    and takes the number of a glyph that has no letter for one.
    """
    listed = [part["/Font"] for part in parts if isinstance(part, dict) and "/Font" in part]
    named = {pair for fonts in listed for pair in fonts.items()}
    fonts = {name: get_encoding(font.get_object()) for name, font in named}
    if len(fonts) < len(named):
        raise ValueError(UNREAD)
    return fonts


def _drawings(reader: Any, objects: Iterable[Any]) -> list[Any]:
    """What may draw text: pages, forms, patterns; not what fonts and pictures are made of."""
    found = {id(each): each for each in (page["/Contents"] for page in reader.pages)}
    for each in (each for each in objects if isinstance(each, StreamObject)):
        wordless = bool(WORDLESS & {*each, each.get("/Subtype")})
        if "/Resources" in each or not wordless:
            found[id(each)] = each
    return [ContentStream(each, reader, "bytes") for each in found.values()]


def _drawn(stream: Any, fonts: dict[str, Any]) -> tuple[str, list[str]]:
    """The text that a stream draws, one run of letters a line, and what it says of it aside."""
    runs, aside, font = [""], list[str](), NO_FONT
    for operands, operator in stream.operations:
        if operator == b"BT":
            runs.append("")
            font = NO_FONT
        elif operator == b"Tf":
            font = fonts[operands[0]]
        elif operator in SHOWING:
            runs[-1] += "".join(_letters(operands, *font))
        elif operator in SAYING_ASIDE:
            aside += _strings(_within(operands))
    return PLACE.sub("", "".join(f"{run}\n" for run in runs if run), count=1), aside


def _letters(operands: list[Any], numbered: Any, letters: dict[str, str]) -> Iterator[str]:
    coded = numbered if isinstance(numbered, str) else "latin-1"
    for glyphs in (each for each in _within(operands) if isinstance(each, bytes)):
        yield from (letters[glyph] for glyph in glyphs.decode(coded))


def _said(document: str) -> tuple[list[str], list[str]]:
    """The texts of a document, and the names and addresses that it doesn't show."""
    root = read_document(document).root
    longest = max((len(each.all("li")) for each in root.all("ol")), default=0)
    heads = [IN_HEX.sub(lambda c: chr(int(c[1], 16)), head) for head in HEADS.findall(document)]
    texts = [root.text, *heads, *(f"{number}." for number in range(1, longest + 1))]
    return texts, [each.get(name) for each in root.elements for name in NAMING]


def _sayer(texts: Iterable[str]) -> Callable[[str], bool]:
    """What tells whether these texts say something, spaces aside, its numbers whole."""
    said = " ".join(texts)
    letters, numbers = squeezed(said), set(NUMBER.findall(said))

    def says(text: str) -> bool:
        # A browser ends an address of no more than a server with a slash.
        asked = squeezed(text).removesuffix("/")
        whole = len(asked) >= LONG_ENOUGH or numbers.issuperset(NUMBER.findall(text))
        return (whole and asked in letters) or bool(BROWSERS.fullmatch(text))

    return says
