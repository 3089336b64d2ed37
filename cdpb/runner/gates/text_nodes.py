"""Every text of a page, a record or another file, down to the last layer, each with its place."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from cdpb.report.html_tree import WITHIN_A_LINE, Element, read_document
from cdpb.runner.gates.packed import coded_in, decoded, members

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
CELLS = {"td", "th"}
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
ONLY_NUMBERS = re.compile(r"[-\d.,%\s()to\N{MINUS SIGN}]*")
READABLE = re.compile(rb"[\x20-\x7e]{4,}")


@dataclass(frozen=True)
class TextNode:
    """A text as a reader, a screen reader or a program meets it; where: ``<td> in table orders``.

    ``context`` names it: of a table's cell the headings and words of its row and column. Of a
    text in a drawing, ``drawn`` says what it stands in line with.
    """

    file: str
    element: str
    text: str
    context: str = ""
    drawn: str = ""
    is_name: bool = False


def nodes_of(content: bytes, name: str, *, drawn_too: bool = False) -> Iterator[TextNode]:
    """The texts of a file, what is packed into it included; where asked for, geometry as well."""
    text, kind = content.decode("utf-8", "replace"), Path(name).suffix
    if kind == ".html":
        yield from _opened(_of_page(text, name, drawn_too=drawn_too))
    elif kind == ".json":
        yield from _opened(TextNode(name, *each) for each in _entries(text))
    else:
        yield from (TextNode(name, *each) for each in texts_in(content, Path(name).name))


def nodes_of_page(html: str, name: str) -> Iterator[TextNode]:
    """The texts of a page: visible, in attributes, styles and comments, embedded and encoded."""
    yield from _opened(_of_page(html, name))


def _opened(nodes: Iterable[TextNode]) -> Iterator[TextNode]:
    """Each, and what it holds in base64."""
    for node in nodes:
        yield node
        for content in coded_in(node.text):
            for element, text, context in texts_in(content, node.element):
                yield TextNode(node.file, f"{element} (base64)", text, context)


def _of_page(
    html: str, name: str, within: str = "", *, drawn_too: bool = False
) -> Iterator[TextNode]:
    yield from (TextNode(name, f"a comment{within}", found) for found in COMMENT.findall(html))
    for element in read_document(html).root.elements:
        yield from _attributes(element, name, within, drawn_too)
        place = place_of(element) + within
        if element.tag in {"style", "script"}:
            own = "".join(each for each in element.children if isinstance(each, str))
            texts = _of_style(own) if element.tag == "style" else [own]
            yield from (TextNode(name, place, each) for each in texts)
        elif not _flows(element) and (text := _line_of(element)):
            yield TextNode(name, place, text, _context(element), _drawn(element))


def place_of(element: Element) -> str:
    """``<p> reserved`` by its own id; else by the nearest one: ``<td> in table orders-table``."""
    for each in (element, *element.parents):
        named = each.get("id") or each.get("aria-labelledby")
        if named:
            return f"<{element.tag}> " + (f"in {each.tag} " if each is not element else "") + named
    return f"<{element.tag}>"


def _attributes(element: Element, name: str, within: str, drawn_too: bool) -> Iterator[TextNode]:
    for attribute, value in element.attributes.items():
        place = f"{attribute} of {place_of(element)}{within}"
        if value.startswith("data:") and not drawn_too:
            yield from _embedded(value, name, place)
        elif attribute in {"href", "xlink:href"} and value.startswith("#") and not drawn_too:
            continue
        elif value and (drawn_too or attribute not in GEOMETRY):
            yield TextNode(
                name, place, value, _context(element), is_name=_is_name(attribute, value)
            )


def _is_name(attribute: str, value: str) -> bool:
    """Whether an attribute names a file: a download, or a link to what lies beside the page."""
    return attribute == "download" or (attribute == "href" and not ADDRESS.match(value))


def _embedded(address: str, name: str, place: str) -> Iterator[TextNode]:
    """What a ``data:`` address holds, whatever it is packed in."""
    head, _, body = address.partition(",")
    content = unquote_to_bytes(body)
    if head.endswith(";base64"):
        content = decoded(content) or content
    if "svg" in head or "html" in head:
        yield from _of_page(content.decode("utf-8", "replace"), name, f" in {place}")
        return
    kind = ".csv" if "csv" in head else ""
    for element, text, context in texts_in(content, f"embedded{kind}"):
        yield TextNode(name, f"{element} in {place}", text, context)


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


def _context(element: Element) -> str:
    """Of a cell, what its row and its column are called; of other elements, nothing."""
    if element.tag not in CELLS:
        return ""
    row = element.parent
    cells = [each for each in row.children if isinstance(each, Element)] if row else []
    table = next((each for each in element.parents if each.tag == "table"), None)
    headings = _headings(table) if table else []
    at = next((place for place, each in enumerate(cells) if each is element), -1)
    column = headings[at].text if 0 <= at < len(headings) else ""
    named = [
        f"{headings[place].text}: {each.text}" if place < len(headings) else each.text
        for place, each in enumerate(cells)
        if each is not element and not ONLY_NUMBERS.fullmatch(each.text)
    ]
    return " | ".join([*named, column])


@lru_cache(maxsize=64)
def _headings(table: Element) -> list[Element]:
    return next((head.all("th") for head in table.all("thead")), [])


def _drawn(element: Element) -> str:
    if element.tag not in {"text", "tspan"}:
        return ""
    drawing = next((each for each in element.parents if each.tag == "svg"), None)
    return f"{id(drawing)} {element.get('x')} {element.get('y')}" if drawing else ""


def _of_style(css: str) -> Iterator[str]:
    """The texts that a style sheet writes, and its remarks."""
    for text, remark in IN_STYLE.findall(css):
        yield ESCAPED.sub(lambda found: chr(int(found[1], 16)), text or remark)


# Element, text, and what names it.
Found = tuple[str, str, str]
DEEPEST = 6


def texts_in(content: bytes, name: str, depth: int = 0) -> Iterator[Found]:
    """Every text in some bytes, packed or not, with where it stands.

    What can't be opened is given as the text it seems to hold: it is judged, not passed over.
    """
    if depth > DEEPEST:
        yield name, "1 packed too deep 1", ""
        return
    packed = list(members(content, name))
    for member, inside in packed:
        yield from texts_in(inside, member, depth + 1)
    if not packed and b"\x00" in content[:1000]:
        yield from (
            (f"the bytes of {name}", each.decode(), "") for each in READABLE.findall(content)
        )
    elif not packed:
        yield from _of_text(content.decode("utf-8-sig", "replace"), name)


def _of_text(text: str, name: str) -> Iterator[Found]:
    """The texts of a CSV, of markup, of JSON, or of none of these."""
    if name.partition(" ")[0].endswith(".csv"):
        yield from _cells(text, name)
    elif text.lstrip().startswith("<"):
        nodes = _of_page(text, name)
        yield from ((f"{each.element} of {name}", each.text, each.context) for each in nodes)
    elif name.partition(" ")[0].endswith((".json", ".ipynb")):
        yield from ((f"{name}: {place}", each, "") for place, each in _entries(text))
    else:
        yield name, text, ""


def _entries(text: str) -> list[tuple[str, str]]:
    try:
        return list(entries_of(json.loads(text)))
    except ValueError:
        return [("its text", text)]


def _cells(text: str, name: str) -> Iterator[Found]:
    """Each cell of a CSV, named by its column and by the words of its row."""
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error:
        yield name, text, ""
        return
    heads = rows[0] if rows else []
    for row in rows[1:]:
        for at, cell in enumerate(row):
            column = heads[at] if at < len(heads) else ""
            named = zip_longest(heads, row[: len(heads)], fillvalue="")
            words = [f"{head}: {each}" for other, (head, each) in enumerate(named) if other != at]
            yield f"column {column} of {name}", cell, " | ".join([*words, column])
    yield f"the heading of {name}", " ".join(heads), ""


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
