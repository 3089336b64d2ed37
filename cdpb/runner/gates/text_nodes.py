"""Every text of a page, a record or another file, down to the last layer, each with its place."""

import base64
import binascii
import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from cdpb.report.html_tree import WITHIN_A_LINE, Element, read_document

# What a browser makes geometry, colour or a link within the page of: for non-interference.
GEOMETRY = {
    "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "width",
    "height", "points", "transform", "viewbox", "fill", "stroke", "style", "offset", "opacity",
    "patterntransform", "gradienttransform", "fill-opacity", "stroke-opacity", "stroke-width",
    "stroke-dasharray", "stroke-dashoffset", "stroke-miterlimit", "font-size", "font-weight",
    "font-family", "marker-start", "marker-mid", "marker-end", "clip-path", "mask", "refx", "refy",
    "markerwidth", "markerheight", "charset", "colspan", "rowspan", "tabindex", "class", "id",
    "for", "xmlns", "xmlns:xlink", "lang", "aria-labelledby", "aria-describedby", "aria-controls",
    "headers", "cols", "rows", "size",
}  # fmt: skip
IN_STYLE = re.compile(r'"((?:[^"\\]|\\.)*)"|/\*(.*?)\*/', flags=re.DOTALL)
ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6}) ?")
COMMENT = re.compile(r"<!--(.*?)-->", flags=re.DOTALL)
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
TO_ROW = "#row-"
BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{24,}={0,2}(?![\w+/=])")
GZIP, ZIP, PNG = b"\x1f\x8b", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n"
LARGEST = 50_000_000
READABLE = re.compile(rb"[\x20-\x7e]{4,}")
DEEPEST = 6
Context = tuple[tuple[tuple[str, str], ...], str]


class TextNode(NamedTuple):
    """A text as a reader, a screen reader or a program meets it; where: ``<td> in table orders``.

    ``context`` names it: of a cell the others of its row, each with its heading, and ``column``
    its own heading; of a label in a drawing those on its line; in a link to a row that row. It
    may be the name of a file, or a whole row of a download.
    """

    element: str
    text: str
    context: tuple[tuple[str, str], ...] = ()
    column: str = ""
    is_name: bool = False
    is_row: bool = False

    @property
    def named(self) -> str:
        """What names it, on one line."""
        return " | ".join([*(f"{heading}: {word}" for heading, word in self.context), self.column])


def nodes_of(
    content: bytes, name: str, *, drawn_too: bool = False, depth: int = 0
) -> Iterator[TextNode]:
    """The texts of a file, what is packed into it included; where asked for, geometry as well.

    What can't be opened is given as the text it seems to hold: it is judged, not passed over.
    """
    packed, kind = list(_members(content, name)), Path(name.partition(" ")[0]).suffix
    if depth > DEEPEST:
        yield TextNode("what is packed too deep", "1 packed too deep 1")
    elif packed:
        for member, inside in packed:
            yield from _inside(member, nodes_of(inside, member, depth=depth + 1))
    elif b"\x00" in content[:1000]:
        yield from (TextNode("its bytes", each.decode()) for each in READABLE.findall(content))
    else:
        for node in _of_text(content.decode("utf-8-sig", "replace"), kind, drawn_too):
            yield node
            for inside in _coded_in(node.text):
                coded = nodes_of(inside, "", depth=depth + 1)
                yield from _inside(f"{node.element} (base64)", coded)


def _inside(place: str, nodes: Iterable[TextNode]) -> Iterator[TextNode]:
    for node in nodes:
        yield node._replace(element=f"{node.element} in {place}")


def _members(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each thing that is packed into these; what can't be opened, as it is."""
    try:
        if content.startswith(GZIP):
            with gzip.open(io.BytesIO(content)) as file:
                yield f"{name.removesuffix('.gz')} (gzip)", file.read(LARGEST)
        elif content.startswith(ZIP):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield f"the comment of {name}", archive.comment
                for each in archive.infolist():
                    yield f"{each.filename} in {name}", archive.read(each)
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
        yield f"the rest of {name}", content[2:]


def _coded_in(text: str) -> Iterator[bytes]:
    """What stands in a text as base64, where that is text or something packed."""
    for coded in BASE64.findall(text):
        opened = _decoded(coded.encode())
        printable = all(32 <= byte < 127 or byte in b"\t\n\r" for byte in opened)
        if opened and (printable or opened.startswith((GZIP, ZIP, PNG))):
            yield opened


def _decoded(coded: bytes) -> bytes:
    """What some bytes say as base64; nothing where they are none."""
    try:
        return base64.b64decode(coded + b"==")
    except (binascii.Error, ValueError):
        return b""


def _of_text(text: str, kind: str, drawn_too: bool) -> Iterator[TextNode]:
    """The texts of a CSV, of markup, of JSON, or of none of these."""
    if kind == ".csv":
        yield from _cells(text)
    elif kind == ".html" or text.lstrip().startswith("<"):
        yield from _of_page(text, drawn_too)
    elif kind in {".json", ".ipynb"}:
        yield from (TextNode(*entry) for entry in _entries(text))
    else:
        yield TextNode("its text", text)


def _of_page(html: str, drawn_too: bool) -> Iterator[TextNode]:
    yield from (TextNode("a comment", found) for found in COMMENT.findall(html))
    for element in read_document(html).root.elements:
        yield from _attributes(element, drawn_too)
        if element.tag in {"style", "script"}:
            own = "".join(each for each in element.children if isinstance(each, str))
            texts = _of_style(own) if element.tag == "style" else [own]
            yield from (TextNode(place_of(element), each) for each in texts)
        elif not _flows(element) and (text := _line_of(element)):
            yield TextNode(place_of(element), text, *_context(element))


def place_of(element: Element) -> str:
    """``<p> reserved`` by its own id; else by the nearest one: ``<td> in table orders-table``."""
    for each in (element, *element.parents):
        named = each.get("id") or each.get("aria-labelledby")
        if named:
            return f"<{element.tag}> " + (f"in {each.tag} " if each is not element else "") + named
    return f"<{element.tag}>"


def _attributes(element: Element, drawn_too: bool) -> Iterator[TextNode]:
    for attribute, value in element.attributes.items():
        place = f"{attribute} of {place_of(element)}"
        if value.startswith("data:") and not drawn_too:
            yield from _inside(place, _embedded(value))
        elif attribute in {"href", "xlink:href"} and value.startswith("#") and not drawn_too:
            continue
        elif value and (drawn_too or attribute not in GEOMETRY):
            # A link to what lies beside the page names it, and so does a download.
            local = attribute == "download" or (attribute == "href" and not ADDRESS.match(value))
            yield TextNode(place, value, *_context(element), is_name=local)


def _embedded(address: str) -> Iterator[TextNode]:
    """What a ``data:`` address holds, whatever it is packed in."""
    head, _, body = address.partition(",")
    content = unquote_to_bytes(body)
    if head.endswith(";base64"):
        content = _decoded(content) or content
    if "csv" in head:
        rows = content.decode("utf-8", "replace").splitlines()
        yield from (TextNode("a row", row, is_row=True) for row in rows)
    else:
        yield from nodes_of(content, "embedded")


def _line_of(element: Element) -> str:
    """The text of an element without that of the blocks inside it."""
    own = [
        each if isinstance(each, str) else each.text
        for each in element.children
        if isinstance(each, str) or _flows(each)
    ]
    return " ".join("".join(own).split())


def _flows(element: Element) -> bool:
    """Whether it is part of its parent's line: a link around a shape of a map is none."""
    return element.tag in WITHIN_A_LINE and all(
        each.tag in WITHIN_A_LINE for each in element.elements
    )


def _context(element: Element) -> Context:
    """What names an element, and of a cell its heading; of most, nothing."""
    around = [element, *element.parents]
    links = [each.get("href") for each in around if each.get("href").startswith(TO_ROW)]
    drawing = next((each for each in around if each.tag == "svg"), None)
    if links:
        return (("", links[0].removeprefix(TO_ROW)),), ""
    if drawing and element.tag == "text":
        others = _lines(drawing)[element.get("y")]
        return tuple(("", each.text) for each in others if each is not element), ""
    if element.tag not in {"td", "th"} or element.parent is None:
        return (), ""
    cells = [each for each in element.parent.children if isinstance(each, Element)]
    table = next((each for each in around if each.tag == "table"), element)
    headings, at = _headings(table), cells.index(element)
    return _named(headings, [each.text for each in cells], at)


@lru_cache(maxsize=64)
def _headings(table: Element) -> list[str]:
    return [each.text for head in table.all("thead") for each in head.all("th")]


@lru_cache(maxsize=64)
def _lines(drawing: Element) -> Mapping[str, list[Element]]:
    """The labels of a drawing, by how far down they stand."""
    lines = defaultdict[str, list[Element]](list)
    for label in drawing.all("text"):
        lines[label.get("y")].append(label)
    return lines


def _of_style(css: str) -> Iterator[str]:
    """The texts that a style sheet writes, and its remarks."""
    for text, remark in IN_STYLE.findall(css):
        yield ESCAPED.sub(lambda found: chr(int(found[1], 16)), text or remark)


def _cells(text: str) -> Iterator[TextNode]:
    """Each cell of a CSV, named by its column and by the words of its row."""
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error:
        yield TextNode("its text", text)
        return
    heads = rows[0] if rows else []
    for row in rows[1:]:
        for at, cell in enumerate(row):
            context, column = _named(heads, row, at)
            yield TextNode(f"column {column}", cell, context, column)
    yield TextNode("the heading", " ".join(heads))


def _named(headings: Sequence[str], row: Sequence[str], at: int) -> Context:
    """The other cells of a row, each with its heading, and the heading of the one at a place."""
    cells = list(zip_longest(headings[: len(row)], row, fillvalue=""))
    return (*cells[:at], *cells[at + 1 :]), cells[at][0]


def _entries(text: str) -> list[tuple[str, str]]:
    try:
        return list(entries_of(json.loads(text)))
    except ValueError:
        return [("its text", text)]


def entries_of(content: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text and number of a JSON value with its place, names of entries included."""
    if isinstance(content, dict):
        for key, value in content.items():
            if re.search(r"\d", key):
                yield f"a name in {path or 'the file'}", key
            yield from entries_of(value, f"{path}.{key}".strip("."))
    elif isinstance(content, list):
        for at, value in enumerate(content):
            yield from entries_of(value, f"{path}[{at}]")
    elif isinstance(content, str):
        yield path, content
    elif content is not None and not isinstance(content, bool):
        yield path, repr(content)
