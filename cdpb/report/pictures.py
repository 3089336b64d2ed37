"""A figure as a picture that says by itself what it shows, for a document or a slide."""

import html
import re
import struct
import textwrap
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from cdpb.errors import InputError
from cdpb.report.browser import drawn
from cdpb.report.markup import DEMONSTRATION, SENSITIVE, Block
from cdpb.report.svg import FONTS

FORMATS = ("png", "svg")
FEWEST_DPI, MOST_DPI, ON_SCREEN = 72, 600, 96
MARGIN, WIDEST = 16, 680
DRAWING = re.compile(r"<svg\b([^>]*)>(.*?)</svg>", re.DOTALL)
BOX = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')
KEY = re.compile(r"<li>(?:<svg[^>]*>(.*?)</svg>)?([^<]*)</li>")
LINKS = re.compile(r'<a\b[^>]*>|</a>| aria-hidden="true"')
TAGS = re.compile(r"<[^>]+>")
# A PNG begins with eight bytes and its 25 bytes of size; how dense it is comes next.
AFTER_SIZE = 33


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
    content = made.svg.encode() if kind == "svg" else png(made, dpi)
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
    rules = "<style>.map .ward{stroke:#fff;stroke-width:2}</style>"
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
