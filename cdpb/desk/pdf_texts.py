"""What a PDF says in every layer, held against the pages that it was printed from.

A browser writes letters as glyphs of a font, with a table that leads back to them. What can't be
read is refused: a number that nobody can check must not leave.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from cdpb.errors import GateRefused

OBJECT = re.compile(rb"^(\d+) 0 obj\b(.*?)\bendobj", re.DOTALL | re.MULTILINE)
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
LETTERS = re.compile(rb"/ToUnicode (\d+) 0 R")
TABLE = re.compile(rb"\d+ beginbf(char|range)\n(.*?)endbf", re.DOTALL)
PAIRS = re.compile(rb"<(\w+)> <(\w+)>(?: <(\w+)>)?\n")
# A font is chosen, its glyphs are drawn, a text ends; any other way to draw letters is not read.
DRAWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]*)> Tj|^(ET)$|(T[jJ]|['\"]$)", re.MULTILINE)
STRING = re.compile(rb"\((?:[^()\\]|\\.)*\)|(?<!<)<[0-9A-Fa-f\s]+>", re.DOTALL)
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
SIGNS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
WIDE = b"\xfe\xff"
# What is no part of a printed page: files, scripts, forms, and what happens by itself.
ATTACHED = re.compile(
    rb"/(?:EmbeddedFiles?|Filespec|EF|JavaScript|JS|Launch|GoToR|OpenAction|AA|SubmitForm"
    rb"|ImportData|RichMedia|Movie|Sound|Widget|FileAttachment|Metadata)\b"
    rb"|/Contents ?[(<]"
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
    if where := next(_strange(content, document), ""):
        raise _refused(where)


def _refused(where: str) -> GateRefused:
    return GateRefused(
        f"The PDF can't be sent on: {where}.",
        "Wanted: words and numbers as the pages have them, and nothing else.",
        "Bring the browser up to date, or use another one. Nothing was written.",
    )


def _strange(content: bytes, document: str) -> Iterator[str]:
    from cdpb.report.html_tree import read_document

    objects = dict(OBJECT.findall(content))
    outside = [STREAM.sub(b"", body) for body in (*objects.values(), OBJECT.sub(b"", content))]
    if any(ATTACHED.search(body) for body in outside):
        yield "a file, a note or a script lies in it"
    root = read_document(document).root
    longest = max((len(each.all("li")) for each in root.all("ol")), default=0)
    heads = [IN_HEX.sub(lambda c: chr(int(c[1], 16)), head) for head in HEADS.findall(document)]
    texts = [root.text, *heads, *(f"{number}." for number in range(1, longest + 1))]
    names = [each.get(name) for each in root.elements for name in NAMING]
    drawn = [PLACE.sub("", text, count=1) for text in drawn_texts(objects)]
    if not any(map(str.strip, drawn)):
        yield UNREAD
    if not all(map(_sayer(texts), {run for text in drawn for run in text.split("\n")})):
        yield "its text says what no page does"
    if not all(map(_sayer([*texts, *names]), {text for body in outside for text in strings(body)})):
        yield "its properties, tags or links say what no page does"


def _sayer(texts: Iterable[str]) -> Callable[[str], bool]:
    """What tells whether these texts say something, spaces aside, its numbers whole."""
    said = " ".join(texts)
    letters, numbers = _squeezed(said), set(NUMBER.findall(said))

    def says(text: str) -> bool:
        # A browser ends an address of no more than a server with a slash.
        asked = _squeezed(text).removesuffix("/")
        whole = len(asked) >= LONG_ENOUGH or numbers.issuperset(NUMBER.findall(text))
        return (whole and asked in letters) or bool(BROWSERS.fullmatch(text))

    return says


def _squeezed(text: str) -> str:
    return "".join(text.split())


def drawn_texts(objects: Mapping[bytes, bytes]) -> Iterator[str]:
    """The text of each stream that draws any, one run of letters a line.

    Raises
    ------
    GateRefused
        If a glyph has no letter, or a text is written in a way that isn't read here.
    """
    named = {name: number for body in objects.values() for name, number in FONT.findall(body)}
    fonts = {name: _letters(objects, number) for name, number in named.items()}
    for body in objects.values():
        # A font's own file has no text.
        for stream in unpacked_streams(body) if b"/Length1" not in body else ():
            if re.search(rb"^BT$", stream, re.MULTILINE):
                yield _drawn(stream, fonts)


def _drawn(stream: bytes, fonts: Mapping[bytes, Mapping[bytes, str]]) -> str:
    text: list[str] = []
    letters: Mapping[bytes, str] = {}
    for font, glyphs, end, otherwise in DRAWN.findall(stream):
        letters = fonts[font] if font else letters
        wide = len(next(iter(letters), b"0000"))
        codes = [glyphs[at : at + wide].upper() for at in range(0, len(glyphs), wide)]
        if otherwise or not letters.keys() >= set(codes):
            raise _refused(UNREAD)
        text += [*(letters[code] for code in codes), "\n" * bool(end)]
    return "".join(text)


def _letters(objects: Mapping[bytes, bytes], font: bytes) -> dict[bytes, str]:
    """What the glyphs of a font stand for, by their codes."""
    found = {}
    for table in LETTERS.findall(objects.get(font, b"")):
        for kind, lines in TABLE.findall(next(unpacked_streams(objects[table]))):
            for pair in PAIRS.findall(lines):
                first, last, letter = pair if kind == b"range" else (pair[0], *pair[:2])
                for step in range(int(last, 16) - int(first, 16) + 1):
                    code, to = _after(first, step), _after(letter, step)
                    found[code] = bytes.fromhex(to.decode()).decode("utf-16-be", "replace")
    return found


def _after(code: bytes, step: int) -> bytes:
    return b"%0*X" % (len(code), int(code, 16) + step)


def strings(body: bytes) -> Iterator[str]:
    """The strings of an object: titles, descriptions, names of places, addresses."""
    for found in STRING.findall(body):
        coded = found[:1] == b"<"
        raw = bytes.fromhex(found[1:-1].decode()) if coded else ESCAPED.sub(_sign, found[1:-1])
        wide = raw.startswith(WIDE)
        yield raw[2:].decode("utf-16-be", "replace") if wide else raw.decode("latin-1")


def _sign(escaped: re.Match[bytes]) -> bytes:
    sign = escaped[1]
    return bytes([int(sign, 8) & 255]) if sign.isdigit() else SIGNS.get(sign, sign)


def unpacked_streams(content: bytes) -> Iterator[bytes]:
    """Every stream of a PDF, unpacked where it can be."""
    for packed in STREAM.findall(content):
        try:
            yield zlib.decompressobj().decompress(packed)
        except zlib.error:
            yield packed
