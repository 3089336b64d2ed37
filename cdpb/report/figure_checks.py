"""Checks of what a page shows: figures, their descriptions, maps and tables."""

import re
from collections.abc import Iterator

from cdpb.report.html_tree import Document, Element
from cdpb.report.tables import MARKERS

SHORTEST_DESCRIPTION = 25
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|svg|gif|webp)\b", flags=re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"no description|placeholder|alt text|\btodo\b|\btbc\b|untitled|lorem ipsum"
    r"|^\s*(?:an? |the )?(?:image|picture|chart|graph|figure|map|plot)(?: of .{0,12})?\.?\s*$",
    flags=re.IGNORECASE,
)
DEMONSTRATION = "DEMONSTRATION"


def figures(document: Document) -> Iterator[str]:
    """A chart is complete with its title, description, source, download and table."""
    for figure in document.root.all("figure"):
        name = figure.get("id") or f"line {figure.line}"
        if not any(each.text for each in figure.all("h3")):
            yield f"{name}: the figure has no title"
        if not _drawings(figure):
            yield f"{name}: the figure has no drawing with a description"
        holders = [figure, *_figures_linked(figure, document)]
        if not any(each.all("table") for each in holders):
            yield f"{name}: the figure has no table behind it"
        if not any(each.text for each in figure.classed("source")):
            yield f"{name}: the figure does not name its source"
        if not any(_is_download(link) for each in holders for link in each.all("a")):
            yield f"{name}: the figure's data can't be downloaded"


def _figures_linked(figure: Element, document: Document) -> list[Element]:
    """The other figure that shows the same, where this one links to its table and its data."""
    targets = {link.get("href")[1:] for each in figure.classed("behind") for link in each.all("a")}
    return [
        each
        for each in document.root.all("figure")
        if any(table.get("id") in targets for table in each.all("table"))
    ]


def _drawings(figure: Element) -> list[Element]:
    return [each for each in figure.elements if _is_picture(each) or each.get("role") == "group"]


def _is_picture(element: Element) -> bool:
    return element.tag == "img" or element.get("role") == "img"


def _is_download(link: Element) -> bool:
    address = link.get("href")
    return bool(link.get("download")) and address.startswith("data:") and "," in address[:-1]


def descriptions(document: Document) -> Iterator[str]:
    """A description says what is shown, in words and with numbers."""
    for element in document.root.elements:
        if element.tag == "svg" and not _described(element):
            yield f"line {element.line}: a drawing without a description"
        if not (_is_picture(element) or element.has_class("map")):
            continue
        text = element.get("alt") or element.get("aria-label")
        if not text.strip():
            yield f"line {element.line}: a picture without a description"
        elif _FILE_NAME.search(text):
            yield f"line {element.line}: a description that is a file's name"
        elif _PLACEHOLDER.search(text) or len(text) < SHORTEST_DESCRIPTION:
            yield f"line {element.line}: a description that says nothing"
        elif not re.search(r"\d", text):
            yield f"line {element.line}: a description without a number"


def _described(drawing: Element) -> bool:
    """Whether the drawing, or what it stands in, is named, or it is decoration and says so."""
    return any(
        each.get("aria-label") or each.get("aria-hidden") == "true"
        for each in (drawing, *drawing.parents)
    )


def pictures_outside(document: Document) -> Iterator[str]:
    """A picture outside a figure has neither source nor table, but for the small line in a cell."""
    for element in document.root.elements:
        around = {each.tag for each in element.parents}
        in_a_row = "td" in around and element.has_class("line")
        if _is_picture(element) and "figure" not in around and not in_a_row:
            yield f"line {element.line}: a picture outside a figure"


def maps(document: Document) -> Iterator[str]:
    """A map works from the keyboard: its areas are links with names, and there is a way past."""
    for drawing in document.root.classed("map"):
        links = drawing.all("a")
        if not links:
            yield f"line {drawing.line}: the map can't be reached from the keyboard"
        for link in links:
            if not (link.get("aria-label") or link.text):
                yield f"line {link.line}: an area of the map has no name"
        figure = next((each for each in drawing.parents if each.tag == "figure"), None)
        if figure is None or not figure.classed("skip-map"):
            yield f"line {drawing.line}: there is no way to skip the map"
        yield from _key_by_colour_alone(drawing)


def _key_by_colour_alone(drawing: Element) -> Iterator[str]:
    entries = [each for key in drawing.classed("map-key") for each in key.all("li")]
    for entry in entries:
        if not entry.text:
            yield f"line {entry.line}: a colour in the map's key is not explained"
    looks = ["".join(_look(each) for each in entry.elements) for entry in entries]
    if len(set(looks)) < len(looks):
        yield f"line {drawing.line}: two classes of the map look alike"


def _look(element: Element) -> str:
    return "".join(f"{name}={value}" for name, value in sorted(element.attributes.items()))


SCOPES = {"col", "row", "rowgroup"}


def _width(row: Element) -> int:
    """How many columns its cells take: the heading of a group of rows spans them all."""
    return sum(int(cell.get("colspan") or 1) for cell in row.all("th", "td"))


def tables(document: Document) -> Iterator[str]:
    """A table is read aloud cell by cell with its headings, after its caption."""
    for table in document.root.all("table"):
        name = table.get("id") or f"line {table.line}"
        if not any(each.text for each in table.all("caption")):
            yield f"{name}: the table has no caption"
        headings = table.all("th")
        if not headings or any(each.get("scope") not in SCOPES for each in headings):
            yield f"{name}: the table's headings don't say what they head"
        if any(not each.text for each in headings):
            yield f"{name}: the table has an empty heading"
        rows = [[cell.tag for cell in row.all("th", "td")] for row in table.all("tr")]
        if len({_width(row) for row in table.all("tr")}) > 1:
            yield f"{name}: the table's rows differ in length"
        if any("th" not in row for row in rows):
            yield f"{name}: a row of the table has no heading"


def markers(document: Document) -> Iterator[str]:
    """A marker in a table is explained under it."""
    for table in document.root.all("table"):
        text = table.text
        after = " ".join(each.text for each in _following(table) if each.has_class("key"))
        for marker in MARKERS:
            if marker in text and marker not in after:
                yield f"{table.get('id') or f'line {table.line}'}: {marker} is not explained"


def _following(element: Element) -> list[Element]:
    siblings = element.parent.children if element.parent else []
    place = next(at for at, each in enumerate(siblings) if each is element)
    return [each for each in siblings[place + 1 :] if isinstance(each, Element)]


def demonstrations(document: Document) -> Iterator[str]:
    """Where the page is a demonstration every picture says so, and no picture elsewhere does."""
    titled = any(each.text.startswith(DEMONSTRATION) for each in document.root.all("title"))
    for figure in document.root.all("figure"):
        marked = any(DEMONSTRATION in each.text for each in figure.classed("mark"))
        name = figure.get("id") or f"line {figure.line}"
        if titled and not marked:
            yield f"{name}: the figure is not marked as a demonstration"
        if marked and not titled:
            yield f"{name}: a demonstration on a page that is none"


CHECKS = (figures, descriptions, pictures_outside, maps, tables, markers, demonstrations)
