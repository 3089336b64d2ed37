"""Whether a workbook, opened to its last layer, holds what its sheets say and nothing beside."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from lxml import etree

from cdpb.report.archives import PASSED, packed, unpacked
from cdpb.report.sheets import WorkbookSheet, reads_as_number

MEMBERS = re.compile(
    r"mimetype|META-INF/manifest\.xml|(?:content|meta|settings|styles)\.xml"
    r"|\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:app|core)\.xml"
    r"|xl/(?:workbook|styles|sharedStrings|theme/theme1)\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/worksheets/(?:_rels/)?sheet\d+\.xml(?:\.rels)?|xl/tables/table\d+\.xml"
)
FORMULA = {"f", "formula", "expression", "calculatedColumnFormula", "totalsRowFormula"}
HIDDEN = {("state", "hidden"), ("state", "veryHidden"), ("hidden", "1"), ("hidden", "true"),
          ("display", "false"), ("visibility", "collapse"), ("visibility", "filter")}  # fmt: skip
SAYS = {"value", "string-value", "title", "descr", "tooltip", "display", "comment", "prompt"}
# Where a program keeps its own settings; what they say was told when the file was made again.
SETTINGS = {"settings.xml", "docProps/app.xml", "docProps/core.xml", "meta.xml"}
IN_PARAGRAPHS = {"a", "s", "tab"}
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


@dataclass(frozen=True)
class Said:
    """What the sheets of a workbook say."""

    sheets: Sequence[WorkbookSheet]

    @cached_property
    def texts(self) -> set[str]:
        """Each line of a text, without blanks, and the names of sheets and print titles."""
        cells = [cell for sheet in self.sheets for row in sheet.rows for cell in row]
        lines = [line for sheet in self.sheets for line in (*sheet.text_above, sheet.name)]
        texts = {_squeezed(line) for each in (*cells, *lines, PASSED) for line in each.split("\n")}
        tops = {(each.name, len(each.text_above) + 1) for each in self.sheets if each.cells}
        printed = {
            _squeezed(f"{q}{name}{q}!${top}:${top}") for name, top in tops for q in ("", "'")
        }
        return texts | printed

    @cached_property
    def numbers(self) -> set[float]:
        """Each number of a table."""
        rows = (row for sheet in self.sheets for row in sheet.rows[1:])
        return {float(cell) for row in rows for cell in row if reads_as_number(cell)}

    def has(self, text: str) -> bool:
        """Whether a text, or a number however it is written, stands in a sheet."""
        try:
            return _squeezed(text) in self.texts or float(text) in self.numbers
        except ValueError:
            return False


def strange_in(content: bytes, sheets: Sequence[WorkbookSheet]) -> Iterator[str]:
    """What a workbook holds beside its sheets: by its part, never what stands there."""
    try:
        parts = unpacked(content)
    except zipfile.BadZipFile:
        yield "can't be opened"
        return
    if packed(parts) != content:
        yield "has bytes that belong to none of its parts"
    said = Said(sheets)
    for name, inside in parts.items():
        if not MEMBERS.fullmatch(name):
            yield f"{name}: no such part belongs there"
        elif name != "mimetype":
            yield from (
                f"{name}: {what}" for what in dict.fromkeys(_strange_part(inside, name, said))
            )


def _strange_part(inside: bytes, name: str, said: Said) -> Iterator[str]:
    try:
        root = etree.fromstring(inside, PARSER)
    except etree.XMLSyntaxError:
        yield "can't be read"
        return
    for element in root.iter():
        if not isinstance(element.tag, str):
            yield "a comment"
            continue
        tag = _local(element.tag)
        attributes = {_local(key): value for key, value in element.items()}
        if tag in FORMULA or not FORMULA.isdisjoint(attributes):
            yield f"<{tag}>: a formula"
        if not HIDDEN.isdisjoint(attributes.items()):
            yield f"<{tag}>: hidden"
        if tag == "annotation":
            yield f"<{tag}>: a comment"
        if name in SETTINGS:
            continue
        spoken = [value for key, value in attributes.items() if key in SAYS]
        if not all(map(said.has, (*spoken, *_texts(element, tag)))):
            yield f"<{tag}>: says what none of its sheets does"


def _texts(element: etree._Element, tag: str) -> list[str]:
    """What an element says by itself; a paragraph with all its pieces, a shared text nothing."""
    found = ["".join(element.itertext())] if tag == "p" else _own_texts(element)
    if not found or (tag == "v" and element.getparent().get("t") == "s"):
        return []
    if tag in IN_PARAGRAPHS and any(_local(e.tag) == "p" for e in element.iterancestors()):
        return []
    return [each for each in found if each.strip()]


def _own_texts(element: etree._Element) -> list[str]:
    """The stretches of text between what stands in an element."""
    tails = (each.tail for each in element) if len(element) else ()
    return [each for each in (element.text, *tails) if each]


@cache
def _local(name: str) -> str:
    """A name without its namespace; lxml's own way takes ten times as long."""
    return name.rpartition("}")[2]


def _squeezed(text: str) -> str:
    return "".join(text.split())
