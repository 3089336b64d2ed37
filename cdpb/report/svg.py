"""Makes a picture by matplotlib small, clean and safe to stand inside an HTML page.

Matplotlib writes a metadata block, a font list on every label, an id on every group and six
decimals on every number. Here the drawing is read back and written again as three kinds of
leaves (paths, marks, labels), in their order, neighbours that look alike sharing one group.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from math import hypot
from typing import NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from cdpb.marks import AXIS, marked, unmarked

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
BLACK = "#000"
FONTS = "Arial, Helvetica, 'Liberation Sans', sans-serif"

_STYLES = (
    "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity",
    "fill-opacity", "font-size", "font-weight", "text-anchor",
)  # fmt: skip
# Of a drawing, whose own fill is none: most of what it holds is lines.
_DEFAULTS = {
    "fill": "none", "stroke": "none", "stroke-width": "1", "stroke-linecap": "butt",
    "text-anchor": "start", "font-weight": "400",
}  # fmt: skip

# Of a circle as matplotlib writes it: its curves, and how far their ends stray from one radius.
CURVES, NEAR = 8, 0.01
# What matplotlib calls the groups of an axis's ticks, each with its label.
TICKS = ("xtick_", "ytick_")
# From so many places on a mark is cheaper as the corners of an invisible line.
MANY = 4
MARKER = 'overflow="visible" markerUnits="userSpaceOnUse"'


class Leaf(NamedTuple):
    """One thing to draw: its tag, the look it can share with neighbours, and what is its own."""

    tag: str
    look: tuple[tuple[str, str], ...]
    own: str


def cleaned_svg(drawn: str, prefix: str, widest: int, banner: str = "") -> str:
    """Matplotlib's SVG as one ``<svg role="img">`` on a line, with a viewBox and no size.

    It holds no metadata, comment, date, style sheet or reference outside itself, and grows to at
    most ``widest`` pixels; ``prefix`` starts every id, so that several drawings can stand in one
    page. Whoever places it names it. Drawn with ``svg.fonttype: none`` and everything inside its
    axes: clip paths are dropped.
    """
    root = ElementTree.fromstring(drawn)
    ids = _Names(prefix, root)
    leaves = list(_leaves(root, ids))
    # Labels lie on top of everything and never on each other, so they may be put together.
    leaves.sort(key=lambda leaf: (leaf.tag == "text", leaf.look if leaf.tag == "text" else ()))
    body = "".join(_group(look, tag, own, ids) for (tag, look), own in _runs(leaves))
    defs = "".join(ids.definitions(body))
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    return (
        opened(width, height, widest, banner) + f"{f'<defs>{defs}</defs>' * bool(defs)}{body}</svg>"
    )


def opened(
    width: float, height: float, widest: int, banner: str = "", role: str = "img", size: float = 14
) -> str:
    """The start of a drawing: its size, its type, and a banner above it if it has one."""
    top = round(size * 12 / 7) if banner else 0
    box = f"0 {-top} {coordinate(width)} {coordinate(height + top)}"
    start = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="{role}" viewBox="{box}" '
        f'fill="none" font-family="{FONTS}" stroke-linejoin="round" style="max-width:{widest}px">'
    )
    look = f'fill="{BLACK}" font-size="{coordinate(size)}" font-weight="700"'
    words = f'<text y="{coordinate(size - top)}" {look}>{escape(banner)}</text>'
    return start + words * bool(banner)


def _look(element: ElementTree.Element) -> dict[str, str]:
    items = (item.partition(":") for item in element.get("style", "").split(";"))
    style = {key.strip(): value.strip() for key, _, value in items}
    look = {"fill": BLACK, **{key: style[key] for key in _STYLES if key in style}}
    if "stroke-dasharray" in look:
        look["stroke-dasharray"] = look["stroke-dasharray"].replace(",", " ")
    if "font-size" in look:
        look["font-size"] = coordinate(float(look["font-size"].removesuffix("px")))
    for key in ("stroke-width", "opacity", "fill-opacity"):
        if key in look:
            look[key] = coordinate(float(look[key]), 2)
    if look.get("stroke", "none") == "none":
        look.pop("stroke-dasharray", None)
        look.pop("stroke-width", None)
    return {key: value for key, value in look.items() if _DEFAULTS.get(key) != value}


def _leaves(element: ElementTree.Element, ids: "_Names", axis: bool = False) -> Iterator[Leaf]:
    name = element.get("id", "")
    axis = axis or name.startswith(TICKS)
    for child in element:
        tag = child.tag.removeprefix(SVG)
        if tag in ("metadata", "defs", "style"):
            continue
        if tag == "g":
            yield from _leaves(child, ids, axis)
        elif tag == "path":
            yield from _path_leaf(child, ids)
        elif tag == "use":
            yield _use_leaf(child, ids)
        elif tag == "text":
            words = "".join(child.itertext())
            yield _text_leaf(child, words, marked(words, None, AXIS) if axis else name)


def _path_leaf(child: ElementTree.Element, ids: "_Names") -> Iterator[Leaf]:
    look = _look(child)
    drawn = path(child.get("d", ""))
    invisible = "fill" not in look and "stroke" not in look
    if not invisible and len(drawn) > 0 and drawn[1:].strip("0123456789.- "):
        look["fill"] = ids.fill(look.get("fill", ""))
        yield Leaf("path", tuple(sorted((k, v) for k, v in look.items() if v)), drawn)


def _use_leaf(child: ElementTree.Element, ids: "_Names") -> Leaf:
    place = (child.get(axis, "0") for axis in "xy")
    target = ids.of(child.get(XLINK + "href", "").removeprefix("#"))
    look = {**_look(child), "href": f"#{target}"}
    return Leaf("use", tuple(sorted(look.items())), " ".join(place))


def _text_leaf(child: ElementTree.Element, words: str, name: str) -> Leaf:
    """A label; where its group is named by the same words with marks, those."""
    where = re.findall(r"-?\d+\.?\d*", child.get("transform", ""))
    x, y = child.get("x") or where[0], child.get("y") or where[1]
    # Half a pixel moves no label that anybody could tell.
    place = f'x="{coordinate(float(x), 0)}" y="{coordinate(float(y), 0)}"'
    words = name if unmarked(name) == words else words
    return Leaf("text", tuple(sorted(_look(child).items())), f"{place}>{escape(words)}")


def _runs(leaves: list[Leaf]) -> Iterator[tuple[tuple[str, tuple], list[str]]]:
    for kind, run in groupby(leaves, key=lambda leaf: (leaf.tag, leaf.look)):
        yield kind, [leaf.own for leaf in run]


def _group(look: tuple, tag: str, own: list[str], ids: "_Names") -> str:
    if tag == "use":
        return _marks(dict(look), own, ids)
    attributes = _attributes(look)
    if tag == "path":
        return f'<path{attributes} d="{"".join(own)}"/>'
    if len(own) == 1:
        return f"<text{attributes} {own[0]}</text>"
    return f"<g{attributes}>" + "".join(f"<text {each}</text>" for each in own) + "</g>"


def _marks(look: dict[str, str], places: list[str], ids: "_Names") -> str:
    """The same mark in many places: the corners of a line that isn't drawn itself."""
    href = look.pop("href")
    if len(places) < MANY:
        looks = _attributes(look.items())
        return "".join(_mark(f"{looks} href={quoteattr(href)}", place) for place in places)
    own = ids.marker(href.removeprefix("#"), _attributes(look.items()))
    every = "".join(f' marker-{where}="url(#{own})"' for where in ("start", "mid", "end"))
    return f'<path{every} d="{path("M" + "L".join(places))}"/>'


def _mark(attributes: str, place: str) -> str:
    x, y = (coordinate(float(part)) for part in place.split(" "))
    return f'<use{attributes} x="{x}" y="{y}"/>'


def _attributes(look: Iterable[tuple[str, str]]) -> str:
    return "".join(f" {key}={quoteattr(value)}" for key, value in look)


class _Names:
    """Short ids for what a drawing refers to: markers and hatching, in order of first use.

    Matplotlib defines a marker again for each colour; the same outline gets the same id here.
    """

    def __init__(self, prefix: str, root: ElementTree.Element) -> None:
        self.prefix = prefix
        self.elements = {element.get("id"): element for element in root.iter() if element.get("id")}
        self.known: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The short id of what matplotlib called ``name``."""
        element = self.elements[name]
        pattern = element.tag == SVG + "pattern"
        drawn = _pattern(element) if pattern else f'<path d="{_outline(element.get("d", ""))}"/>'
        return self._short(drawn)

    def _short(self, drawn: str) -> str:
        return self.known.setdefault(drawn, f"{self.prefix}{len(self.known) + 1}")

    def marker(self, shape: str, attributes: str) -> str:
        """The short id of a shape with its look, for the corners of a line."""
        drawn = next(drawn for drawn, short in self.known.items() if short == shape)
        looking = drawn.replace("<path", f"<path{attributes}", 1)
        return self._short(f"<marker {MARKER}>{looking}</marker>")

    def fill(self, value: str) -> str:
        """A fill, with hatching under its short id."""
        found = re.fullmatch(r"url\(#(.+)\)", value)
        return f"url(#{self.of(found[1])})" if found else value

    def definitions(self, body: str) -> Iterator[str]:
        """What the short ids that are used stand for."""
        for drawn, short in self.known.items():
            if f'#{short}"' not in body and f"#{short})" not in body:
                continue
            tag, rest = drawn.split(" ", 1)
            yield f'{tag} id="{short}" {rest}'


def _outline(described: str) -> str:
    """A mark's outline; a circle about its middle, written as eight curves, in two arcs."""
    numbers = [float(each) for each in re.findall(r"-?\d+\.?\d*", described)]
    ends = set(map(hypot, numbers[::6], numbers[1::6]))
    if described.count("C") != CURVES or max(ends) - min(ends) > NEAR:
        return path(described, 2)
    radius = coordinate(max(ends), 2)
    arc = f"a{radius} {radius} 0 1 1 "
    return f"M0 {radius}{arc}0-{coordinate(2 * max(ends), 2)}{arc}0 {coordinate(2 * max(ends), 2)}z"


def _pattern(found: ElementTree.Element) -> str:
    """Matplotlib's hatching covers an inch; six pixels of it repeat as well."""
    lines = found.find(f"{SVG}path")
    return hatching(_look(lines).get("stroke", "#000") if lines is not None else "#000")


def hatching(ink: str, ground: str = "#fff") -> str:
    """A pattern of thin diagonal lines, without an id."""
    return (
        '<pattern patternUnits="userSpaceOnUse" width="6" height="6">'
        f'<path fill="{ground}" d="M0 0h6v6h-6z"/>'
        f'<path stroke="{ink}" d="M-1 1l2-2M0 6l6-6M5 7l2-2"/></pattern>'
    )


# Numbers and paths in as few letters as draw the same ---------------------------------

Point = tuple[int, int]

_TOKEN = re.compile(r"[MLQCZz]|-?\d+(?:\.\d+)?(?:e-?\d+)?")
_STEPS = {"M": 1, "L": 1, "Q": 2, "C": 3}


def coordinate(value: float, places: int = 1) -> str:
    """A coordinate without the digits that nobody sees: ``0.50`` is ``.5``, ``3.0`` is ``3``."""
    text = f"{value:.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
    return "0" if text in ("-0", "") else text


def path(described: str, places: int = 1) -> str:
    """A path with rounded, relative coordinates, a run of like steps under one letter.

    Each step starts where the rounded last one ended, so that errors don't add up.
    """
    written: list[tuple[str, list[int]]] = []
    for letter, numbers in _relative(described, 10**places):
        # A second place to move to would be read as a line.
        if written and written[-1][0] == letter != "M":
            written[-1][1].extend(numbers)
        else:
            written.append((letter, numbers))
    return "".join(letter + _join(numbers, places) for letter, numbers in written)


def _relative(described: str, scale: int) -> Iterator[tuple[str, list[int]]]:
    tokens = iter(_TOKEN.findall(described))
    at = start = (0, 0)
    command = "M"
    for token in tokens:
        if token.isalpha():
            command, token = token, "" if token in "Zz" else next(tokens)
        if command in "Zz":
            yield "z", []
            at = start
            continue
        numbers = [token, *islice(tokens, 2 * _STEPS[command] - 1)]
        points = [(round(float(x) * scale), round(float(y) * scale)) for x, y in _pairs(numbers)]
        yield from _step(command, at, points)
        at = points[-1]
        start = at if command == "M" else start


def _pairs(numbers: list[str]) -> Iterator[tuple[str, str]]:
    return zip(numbers[::2], numbers[1::2], strict=True)


def _step(command: str, at: Point, points: list[Point]) -> Iterator[tuple[str, list[int]]]:
    moves = [(x - at[0], y - at[1]) for x, y in points]
    if command == "M":
        yield "M", list(points[0])
    elif command != "L":
        yield command.lower(), [part for move in moves for part in move]
    elif moves[0][1] == 0:
        # A step to where it stands draws nothing.
        yield from [("h", [moves[0][0]])] * bool(moves[0][0])
    else:
        yield ("v", [moves[0][1]]) if moves[0][0] == 0 else ("l", list(moves[0]))


def _join(numbers: Iterable[int], places: int) -> str:
    written = last = ""
    for part in numbers:
        text = coordinate(part / 10**places, places)
        # A minus sign parts by itself, and so does a second point.
        apart = not written or text[0] == "-" or (text[0] == "." and "." in last)
        written += text if apart else f" {text}"
        last = text
    return written
