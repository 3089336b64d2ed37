"""A figure as a picture that says by itself what it shows, for a document or a slide.

It is read back before it is written: it may say what its figure says, and draw the numbers of the
table behind it, and no more.
"""

import html
import re
import struct
import textwrap
import zlib
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from cdpb.errors import GateRefused, InputError
from cdpb.marks import DOUBTED
from cdpb.numbers import rounded_text
from cdpb.report.browser import drawn
from cdpb.report.html_tree import Element, read_document, squeezed
from cdpb.report.markup import DEMONSTRATION, SENSITIVE, Block
from cdpb.report.svg import FONTS, SVG
from cdpb.report.text_figures import figures_in

FORMATS = ("png", "svg")
FEWEST_DPI, MOST_DPI, ON_SCREEN = 72, 600, 96
MARGIN, WIDEST = 16, 680
DRAWING = re.compile(r"<svg\b([^>]*)>(.*?)</svg>", re.DOTALL)
BOX = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')
KEY = re.compile(r"<li>(?:<svg[^>]*>(.*?)</svg>)?([^<]*)</li>")
LINKS = re.compile(r'<a\b[^>]*>|</a>| aria-hidden="true"')
TAGS = re.compile(r"<[^>]+>")
RULES = ".map .ward{stroke:#fff;stroke-width:2}"
# A PNG begins with eight bytes and its 25 bytes of size; how dense it is comes next.
SIGNATURE, AFTER_SIZE = b"\x89PNG\r\n\x1a\n", 33
# What it has beside points: its size, density and colours. Words stand in other chunks.
CHUNKS = {b"IHDR", b"IDAT", b"IEND", b"pHYs", b"sRGB", b"gAMA", b"cHRM", b"iCCP", b"sBIT", b"PLTE"}
# What a drawing is made of. Anything else could say what nobody sees.
ELEMENTS = {"svg", "g", "path", "rect", "text", "use", "title", "style", "defs", "marker",
            "pattern"}  # fmt: skip
LOOKS = {
    "x", "y", "dy", "d", "width", "height", "viewBox", "fill", "fill-opacity", "stroke",
    "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity",
    "font-size", "font-weight", "font-family", "text-anchor", "class", "id", "href", "role",
    "overflow", "pointer-events", "markerUnits", "marker-start", "marker-mid", "marker-end",
    "patternUnits", "patternTransform", "transform",
}  # fmt: skip
TICK = re.compile(r"[-+]?\d+(?:\.\d+)?%?")
MOST_PLACES, LONGEST = 4, 12


class Picture(NamedTuple):
    """An SVG that stands by itself, its size in pixels of a screen, and what it shows in words."""

    svg: str
    width: int
    height: int
    alt: str


class Line(NamedTuple):
    """A line of text in a picture."""

    text: str
    size: int
    bold: bool = False


def saved_picture(block: Block, kind: str, to: Path, dpi: int) -> Path:
    """Write a figure as a PNG or an SVG; the file.

    Raises
    ------
    InputError
        If the block is no figure, there is no such format, the density is out of range, or no
        browser is found to make a PNG with.
    GateRefused
        If it holds what its figure doesn't show, or a number of no published table.
    """
    if kind not in FORMATS or not FEWEST_DPI <= dpi <= MOST_DPI:
        raise InputError(
            f"A figure can't be exported as {kind!r} at {dpi} dpi.",
            f"Wanted: {' or '.join(map(repr, FORMATS))}, at {FEWEST_DPI} to {MOST_DPI} dpi.",
            "Nothing was written.",
        )
    if block.kind not in ("figure", "map") or not block.html:
        raise InputError(
            "Only a figure that was drawn can be exported.",
            "Wanted: what f.chart returned where its table has rows. Nothing was written.",
        )
    made = picture(str(block.html), sensitive=block.sensitive)
    hold_to_figure(made.svg, block)
    content = made.svg.encode() if kind == "svg" else png(made, dpi)
    if kind == "png" and not CHUNKS.issuperset(chunks_of(content)):
        raise _refused("beside its points it holds words")
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(content)
    return to


def picture(figure: str, *, sensitive: bool = False, worded: bool = True) -> Picture:
    """The drawing of a figure's markup with its key and, if ``worded``, title, source and marks."""
    attributes, inside = DRAWING.search(figure).groups()  # type: ignore[union-attr]
    left, top, wide, high = map(float, BOX.search(attributes).groups())  # type: ignore[union-attr]
    marks = [mark for mark, on in _marks(figure, sensitive) if on]
    above = [Line(mark, 14, True) for mark in marks] + [*_heading(figure)] * worded
    y, head = _written(above, MARGIN)
    scale = (WIDEST - 2 * MARGIN) / wide
    body = (
        f'<svg class="map" x="{MARGIN}" y="{y}" width="{wide * scale:.1f}" '
        f'height="{high * scale:.1f}" viewBox="{left:g} {top:g} {wide:g} {high:g}" '
        f'font-family="{FONTS}" stroke-linejoin="round">{LINKS.sub("", inside)}</svg>'
    )
    y, key = _key(figure, y + round(high * scale) + MARGIN)
    y, foot = _written([*_source(figure)] * worded, y)
    alt = _said(r'aria-label="([^"]*)"', figure)
    rules = f"<style>{RULES}</style>"
    opened = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDEST}" height="{y}" '
        f'viewBox="0 0 {WIDEST} {y}" font-family="{FONTS}">'
    )
    content = f'<rect width="{WIDEST}" height="{y}" fill="#fff"/>{head}{body}{key}{foot}</svg>'
    return Picture(f"{opened}<title>{escape(alt)}</title>{rules}{content}", WIDEST, y, alt)


def png(made: Picture, dpi: int) -> bytes:
    """A picture as the browser of this machine draws it, dense enough for print at 300 dpi."""
    page = f'<!DOCTYPE html><meta charset="utf-8"><style>*{{margin:0}}</style>{made.svg}'
    content = drawn(page, made.width, made.height, dpi / ON_SCREEN)
    dots = round(dpi / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", dots, dots, 1)
    dense = struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return content[:AFTER_SIZE] + dense + content[AFTER_SIZE:]


def _marks(figure: str, sensitive: bool) -> list[tuple[str, bool]]:
    return [(SENSITIVE, sensitive), (DEMONSTRATION, '<p class="mark">' in figure)]


def _heading(figure: str) -> Iterator[Line]:
    yield Line(re.sub(r"^Figure \d+: ", "", _said("<h3>(.*?)</h3>", figure)), 17, True)
    yield Line(_said('<p class="subtitle">(.*?)</p>', figure), 14)


def _source(figure: str) -> Iterator[Line]:
    for kind in ("key", "small", "source"):
        yield Line(_said(f'<p class="{kind}">(.*?)</p>', figure), 12)


def _key(figure: str, y: int) -> tuple[int, str]:
    """The key of a map, one entry per line, and where the next thing stands."""
    drawn_key = []
    for swatch, words in KEY.findall(figure.partition('class="map-key"')[2]):
        if swatch:
            drawn_key.append(f'<svg x="{MARGIN}" y="{y}" width="20" height="16">{swatch}</svg>')
        at = f'x="{MARGIN + 28 * bool(swatch)}" y="{y + 13}" font-size="14"'
        drawn_key.append(f"<text {at}>{words}</text>")
        y += 22
    return y, "".join(drawn_key)


def _written(lines: list[Line], y: int) -> tuple[int, str]:
    """Lines of text, wrapped, and where the next thing stands."""
    texts = []
    for line in lines:
        # Arial is about half as wide as it is high.
        room = int((WIDEST - 2 * MARGIN) / (line.size * (0.56 if line.bold else 0.5)))
        for part in textwrap.wrap(line.text, room):
            y += round(line.size * 1.3)
            weight = ' font-weight="700"' * line.bold
            texts.append(
                f'<text x="{MARGIN}" y="{y - 4}" font-size="{line.size}"{weight}>'
                f"{escape(part)}</text>"
            )
    return y + MARGIN // 2, "".join(texts)


def _said(pattern: str, figure: str) -> str:
    found = re.search(pattern, figure, re.DOTALL)
    return html.unescape(TAGS.sub("", found[1])).strip() if found else ""


# Read back ------------------------------------------------------------------------


def chunks_of(content: bytes) -> Iterator[bytes]:
    """The kinds of what a PNG consists of, to its last byte."""
    at = len(SIGNATURE)
    while at < len(content):
        yield content[at + 4 : at + 8]
        at += int.from_bytes(content[at : at + 4], "big") + 12


def hold_to_figure(svg: str, block: Block) -> None:
    """Refuse a picture of which a layer says what its figure doesn't, or that lacks a mark.

    Raises
    ------
    GateRefused
        Says what is wrong, not what stands there.
    """
    why = next(_strange(svg, block), "")
    if why:
        raise _refused(why)


def _refused(why: str) -> GateRefused:
    return GateRefused(
        f"The picture can't be written: {why}.",
        "Wanted: what its figure says, and the numbers of the published table behind it.",
        "Nothing was written.",
    )


def _strange(svg: str, block: Block) -> Iterator[str]:
    if any(each in block.marked for each in DOUBTED):
        yield "a number of its title comes from no published table"
    if "<!" in svg or "<?" in svg:
        yield "it holds more than a drawing"
        return
    root, figure = ElementTree.fromstring(svg), read_document(str(block.html)).root
    alts = [each.get("aria-label") for each in figure.elements]
    said = squeezed(" ".join([figure.text, *alts, SENSITIVE * block.sensitive]))
    for each in root.iter():
        tag, texts = each.tag.removeprefix(SVG), (each.text or "", each.tail or "")
        known = [tag == "style" and texts[0] == RULES, *(squeezed(one) in said for one in texts)]
        outside = not each.get("href", "#").startswith("#")
        if tag not in ELEMENTS or not LOOKS.issuperset(each.attrib) or outside:
            yield f"it holds more than a drawing ({tag})"
        if not (known[0] or all(known[1:])):
            yield "it says what its figure doesn't"
    words = "".join(root.itertext())
    lacking = [mark for mark, on in _marks(str(block.html), block.sensitive) if on]
    yield from (f"it isn't marked {mark}" for mark in lacking if mark not in words)
    yield from _not_published(root, _numbers_of(figure))


def _numbers_of(figure: Element) -> set[str]:
    """The numbers of the table behind a figure, of its download and description, as rounded."""
    tables = [each.text for each in figure.all("td", "th")]
    files = [unquote(link.get("href")) for link in figure.all("a")]
    alts = [each.get("aria-label") for each in figure.elements]
    found = re.findall(r"\d[\d,]*(?:\.\d+)?", " ".join([*tables, *files, *alts]))
    plain = {each.rstrip(",").replace(",", "") for each in found}
    values = [float(each) for each in plain if len(each.partition(".")[0]) <= LONGEST]
    rounded = {rounded_text(value, at) for value in values for at in range(MOST_PLACES + 1)}
    return plain | {each.replace(",", "") for each in rounded}


def _not_published(root: ElementTree.Element, known: Collection[str]) -> Iterator[str]:
    """Numbers of the drawing that its table doesn't hold and that no axis is numbered with."""
    labels = [each for inner in root.iter(f"{SVG}svg") if inner is not root
              for each in inner.iter(f"{SVG}text")]  # fmt: skip
    for label in labels:
        strange = [each for each, _ in figures_in("".join(label.itertext())) if each not in known]
        if strange and not any(_is_axis(label, labels, side) for side in ("x", "y")):
            yield "it draws a number that the table behind it doesn't hold"


def _is_axis(label: ElementTree.Element, labels: Sequence[ElementTree.Element], side: str) -> bool:
    """Whether it is where an axis begins, or one of three numbers or more, evenly spaced."""
    line = [each.text or "" for each in labels if each.get(side) == label.get(side)]
    plain = (each.replace("\N{MINUS SIGN}", "-").replace(",", "") for each in line)
    ticks = sorted({float(each.rstrip("%")) for each in plain if TICK.fullmatch(each)})
    steps = {round(after - before, 6) for before, after in pairwise(ticks)}
    return label.text == "0" or (len(ticks) > 2 and len(steps) == 1)
