"""A written page as a tree of elements, read with Python's own parser.

It keeps what parsers that repair a page don't tell: tags without their other half.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html.parser import HTMLParser

VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip
NOT_TEXT = {"style", "script", "template"}
WITHIN_A_LINE = {"a", "abbr", "b", "code", "em", "i", "span", "strong", "tspan"}


@dataclass(eq=False)
class Element:
    """A tag with its attributes and what stands in it."""

    tag: str
    attributes: dict[str, str]
    line: int
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    @cached_property
    def elements(self) -> list["Element"]:
        """Everything inside, in the order of the page, once that has been read."""
        inside, waiting = list["Element"](), [self]
        while waiting:
            each = waiting.pop()
            inside.append(each)
            waiting += [child for child in reversed(each.children) if isinstance(child, Element)]
        return inside[1:]

    @cached_property
    def parents(self) -> list["Element"]:
        """The elements around it, the nearest first."""
        return [self.parent, *self.parent.parents] if self.parent is not None else []

    @cached_property
    def text(self) -> str:
        """What can be read in it, spaces made single, once that has been read."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in NOT_TEXT:
                gap = "" if child.tag in WITHIN_A_LINE else " "
                yield gap
                yield from child._texts()
                yield gap

    def all(self, *tags: str) -> list["Element"]:
        """Every element inside with one of these tags."""
        return [each for each in self.elements if each.tag in tags]

    def get(self, name: str) -> str:
        """An attribute, or nothing."""
        return self.attributes.get(name, "")

    def has_class(self, name: str) -> bool:
        """Whether its class attribute names this class."""
        return name in self.get("class").split()

    def classed(self, name: str) -> list["Element"]:
        """Every element inside of this class."""
        return [each for each in self.elements if each.has_class(name)]


def squeezed(text: str) -> str:
    """A text without its blanks, to be found in another whose lines break elsewhere."""
    return "".join(text.split())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.open = Element("", {}, 0)
        self.comments: list[int] = []
        self.unclosed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        element = Element(tag, attributes, self.getpos()[0], self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open.tag == tag:
            self.open = self.open.parent or self.root
            return
        opened = [self.open, *self.open.parents]
        matching = next((each for each in opened if each.tag == tag), None)
        if matching is None:
            self.unclosed.append(f"line {self.getpos()[0]}: </{tag}> closes nothing")
            return
        self.unclosed += [
            f"line {each.line}: <{each.tag}> is not closed"
            for each in opened[: opened.index(matching)]
        ]
        self.open = matching.parent or self.root

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(self.getpos()[0])


@dataclass(frozen=True)
class Document:
    """A page read whole: the lines with a comment, tags without their other half, its bytes."""

    root: Element
    comments: list[int]
    unclosed: list[str]
    size: int


@lru_cache(maxsize=64)
def read_document(html: str) -> Document:
    """Read a page, once for all who ask: nobody changes it."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return Document(builder.root, builder.comments, builder.unclosed, len(html.encode("utf-8")))
