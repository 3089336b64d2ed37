"""Our own checks of a written page. A laptop without a browser is enough for them.

Accessibility tools accept a description that says nothing, and can't know that a chart needs
its table, its source and its download. These can.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from itertools import pairwise
from pathlib import Path

from cdpb.errors import is_invisible
from cdpb.report.html_tree import Document, Element, read_document
from cdpb.report.markup import DEMONSTRATION
from cdpb.report.tables import MARKERS
from cdpb.yaml_files import ALLOWED

LARGEST, SHORTEST_DESCRIPTION = 150 * 1024, 25
LANGUAGE = "en-GB"
# The heading of the statement, and the page that it stands on once for all.
STATEMENT = "accessibility"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SCOPES = {"col", "row", "rowgroup"}
FETCHING = ("src", "srcset", "poster", "data", "background", "xlink:href")
FETCHED_BY_HREF = {"link", "use", "image", "base"}
EMPTY_WORDS = {"", "click here", "here", "link", "more", "read more"}
# What a value that was never filled in looks like once it is text.
UNFILLED = re.compile(r"\bnan\b|\bNaN\b|<NA>|\bNaT\b|\bundefined\b|\{\{|\bPublishedTable\b")
_NAMED = re.compile(r".+, .+, \d{4}/\d{2}$")
_IN_STYLE = re.compile(r"@import|url\(\s*['\"]?(?!data:|#)", flags=re.IGNORECASE)
_ESCAPED = re.compile(r"&(?:#\d+|[a-z]+);")
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|svg|gif|webp)\b", flags=re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"no description|placeholder|alt text|\btodo\b|\btbc\b|untitled|lorem ipsum"
    r"|^\s*(?:an? |the )?(?:image|picture|chart|graph|figure|map|plot)(?: of .{0,12})?\.?\s*$",
    flags=re.IGNORECASE,
)


def check_page(page: str | Path) -> list[str]:
    """What is wrong with a written page, given as its HTML or its file; empty when nothing is.

    One sentence per defect, each naming the line or the element, never a number of the page's.
    """
    html = page.read_text(encoding="utf-8") if isinstance(page, Path) else page
    document = read_document(html)
    return [*_invisible(html), *(problem for check in CHECKS for problem in check(document))]


def _invisible(html: str) -> Iterator[str]:
    """Signs that nobody sees and that turn or hide what stands beside them."""
    if not any(map(is_invisible, set(unescape(html)) - ALLOWED)):
        return
    for number, line in enumerate(html.split("\n"), start=1):
        if any(is_invisible(sign) for sign in set(unescape(line)) - ALLOWED):
            yield f"line {number}: an invisible character"


# Single elements ------------------------------------------------------------------------


def _own(element: Element) -> str:
    """The text that stands in it, and in nothing within it."""
    return "".join(each for each in element.children if isinstance(each, str))


def _name(element: Element) -> str:
    return element.text or element.get("aria-label")


def _within(element: Element, tag: str) -> bool:
    return any(each.tag == tag for each in element.parents)


def _is_picture(element: Element) -> bool:
    return element.tag == "img" or element.get("role") == "img"


def _is_bold_alone(element: Element) -> bool:
    inside = [each for each in element.children if not isinstance(each, str) or each.strip()]
    lone = inside[0] if len(inside) == 1 else None
    return isinstance(lone, Element) and lone.tag in {"b", "strong"}


def _runs_a_script(element: Element) -> bool:
    handlers = any(name.startswith("on") for name in element.attributes)
    return handlers or element.get("href").lower().startswith("javascript:")


def _is_unfilled(element: Element) -> bool:
    own = "" if element.tag in {"style", "script", "code"} else _own(element)
    return bool(UNFILLED.search(own)) or own.strip() == "None"


def _is_without_summary(element: Element) -> bool:
    first = next((each for each in element.children if isinstance(each, Element)), None)
    return first is None or first.tag != "summary" or not first.text


def _is_nowhere_described(element: Element) -> bool:
    """Whether neither it nor what it stands in is named, or is decoration and says so."""
    return not any(
        each.get("aria-label") or each.get("aria-hidden") == "true"
        for each in (element, *element.parents)
    )


def _is_outside_a_figure(element: Element) -> bool:
    """A picture there has neither source nor table, but for the small line in a cell."""
    in_a_row = element.has_class("line") and _within(element, "td")
    return _is_picture(element) and not in_a_row and not _within(element, "figure")


# What an element may have wrong with it by itself, and of which tags; of any, where none is named.
WRONG: Sequence[tuple[str, str, Callable[[Element], object]]] = (
    # Headings are how a page is skimmed by ear, and links by where they go.
    ("h1 h2 h3 h4 h5 h6", "empty heading", lambda e: not e.text),
    ("p", "bold text stands in for a heading", _is_bold_alone),
    ("a", "a link without an address", lambda e: not e.get("href")),
    ("a", "a link that does not say where it goes", lambda e: _name(e).lower() in EMPTY_WORDS),
    # A page opens from an email, calls nobody, runs nothing, and says nothing of who reads it.
    ("", "a style fetches something", lambda e: _IN_STYLE.search(e.get("style"))),
    ("style", "a style sheet fetches something", lambda e: _IN_STYLE.search(_own(e))),
    ("style", "a style sheet was escaped", lambda e: _ESCAPED.search(_own(e))),
    ("iframe object embed form", "<{tag}> does not belong on a page", lambda _: True),
    (
        "meta",
        "the page sends its reader elsewhere",
        lambda e: e.get("http-equiv").lower() == "refresh",
    ),
    ("", "<{tag}> runs a script", _runs_a_script),
    (
        "",
        "tabindex takes the keyboard out of the page's order",
        lambda e: e.get("tabindex") not in {"", "0"},
    ),
    # Nothing unfinished, nothing hidden.
    ("", "a value was not filled in", _is_unfilled),
    ("metadata", "a drawing carries metadata", lambda _: True),
    ("details", "folded content without a summary", _is_without_summary),
    ("svg", "a drawing without a description", _is_nowhere_described),
    ("", "a picture outside a figure", _is_outside_a_figure),
)


def elements(document: Document) -> Iterator[str]:
    """What is wrong with an element, wherever it stands."""
    for tags, what, is_so in WRONG:
        for each in document.root.all(*tags.split()) if tags else document.root.elements:
            if is_so(each):
                yield f"line {each.line}: {what.format(tag=each.tag)}"


# The page as a whole ---------------------------------------------------------------------


def top(document: Document) -> Iterator[str]:
    """A screen reader goes by the language; a tab, a bookmark, a list of results by the title."""
    root = document.root
    if [each.get("lang") for each in root.all("html")] != [LANGUAGE]:
        yield f"the page's language is not {LANGUAGE}"
    titles = [each.text for each in root.all("title") if not _within(each, "svg")]
    if len(titles) != 1 or not _NAMED.match(titles[0]):
        yield "the title does not name the finding, the area and the year"
    if any(each.text.startswith("Draft") for each in root.classed("edition")):
        yield "the page is a draft"
    views = [each.get("content") for each in root.all("meta") if each.get("name") == "viewport"]
    if len(views) != 1 or "user-scalable" in views[0] or "maximum-scale" in views[0]:
        yield "the page does not let a phone fit or enlarge it"


def headings(document: Document) -> Iterator[str]:
    """One first heading, and none that skips a level."""
    found = document.root.all(*HEADINGS)
    levels = [int(each.tag[1]) for each in found]
    if levels.count(1) != 1:
        yield "the page does not have exactly one first-level heading"
    for (before, level), heading in zip(pairwise([0, *levels]), found, strict=True):
        if level > before + 1 and before:
            yield f"line {heading.line}: heading {heading.tag} skips a level"


def references(document: Document) -> Iterator[str]:
    """Every link within the page arrives; of two elements of one id it would reach the first."""
    named = Counter(each.get("id") for each in document.root.elements)
    yield from (f"the id {id} is given {n} times" for id, n in named.items() if id and n > 1)
    for element in document.root.elements:
        target = element.get("href")
        if element.tag == "a" and target.startswith("#") and target[1:] not in named:
            yield f"line {element.line}: the link {target} leads nowhere"
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            for each in sorted(set(element.get(attribute).split()) - set(named)):
                yield f"line {element.line}: {attribute} names {each}, which is not there"


def fetched(document: Document) -> Iterator[str]:
    """What an element would ask the network for; and scripts, of which the index alone has one."""
    for element in document.root.elements:
        for attribute in (*FETCHING, *["href"] * (element.tag in FETCHED_BY_HREF)):
            address = element.get(attribute)
            if address and not address.startswith(("data:", "#")):
                yield f"line {element.line}: <{element.tag}> fetches {attribute}"
    found, bodies = document.root.all("script"), document.root.all("body")
    if len(found) > bool(bodies and bodies[0].has_class("index")):
        yield f"line {found[-1].line}: a script"


def landmarks(document: Document) -> Iterator[str]:
    """A way past what is alike on every page, and the statement the law asks for."""
    mains, links = document.root.all("main"), document.root.all("a")
    if len(mains) != 1:
        yield "the page does not have exactly one main part"
    if not links or not mains or links[0].get("href") != f"#{mains[0].get('id')}":
        yield "the first link does not skip to the main part"
    leads = any(each.get("href") == f"{STATEMENT}.html" for each in links)
    if not leads and not any(each.get("id") == STATEMENT for each in document.root.all("h2")):
        yield "the accessibility statement is missing"


def leftovers(document: Document) -> Iterator[str]:
    """No remark, no tag without its other half, and small enough for an email."""
    if document.size > LARGEST:
        yield f"the page is larger than {LARGEST // 1024} KB"
    yield from (f"line {line}: a comment" for line in document.comments)
    yield from document.unclosed


# Figures, maps and tables ----------------------------------------------------------------


def figures(document: Document) -> Iterator[str]:
    """A chart is complete with its title, description, source, download and table.

    Where the page is a demonstration every picture says so, and no picture elsewhere does.
    """
    titled = any(each.text.startswith(DEMONSTRATION) for each in document.root.all("title"))
    for figure in document.root.all("figure"):
        holders = [figure, *_figures_linked(figure, document)]
        marked = any(DEMONSTRATION in each.text for each in figure.classed("mark"))
        wrong = {
            "the figure has no title": not any(each.text for each in figure.all("h3")),
            "the figure has no drawing with a description": not any(
                _is_picture(each) or each.get("role") == "group" for each in figure.elements
            ),
            "the figure has no table behind it": not any(each.all("table") for each in holders),
            "the figure does not name its source": not any(
                each.text for each in figure.classed("source")
            ),
            "the figure's data can't be downloaded": not any(
                _is_download(link) for each in holders for link in each.all("a")
            ),
            "the figure is not marked as a demonstration": titled and not marked,
            "a demonstration on a page that is none": marked and not titled,
        }
        name = figure.get("id") or f"line {figure.line}"
        yield from (f"{name}: {what}" for what, is_so in wrong.items() if is_so)


def _figures_linked(figure: Element, document: Document) -> list[Element]:
    """The other figure that shows the same, where this one links to its table and its data."""
    targets = {link.get("href")[1:] for each in figure.classed("behind") for link in each.all("a")}
    return [
        each
        for each in document.root.all("figure")
        if any(table.get("id") in targets for table in each.all("table"))
    ]


def _is_download(link: Element) -> bool:
    address = link.get("href")
    return bool(link.get("download")) and address.startswith("data:") and "," in address[:-1]


def descriptions(document: Document) -> Iterator[str]:
    """A description says what is shown, in words and with numbers."""
    for element in document.root.elements:
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


def maps(document: Document) -> Iterator[str]:
    """A map works from the keyboard: its areas are links with names, and there is a way past."""
    for drawing in document.root.classed("map"):
        links = drawing.all("a")
        if not links:
            yield f"line {drawing.line}: the map can't be reached from the keyboard"
        nameless = [link for link in links if not _name(link)]
        yield from (f"line {link.line}: an area of the map has no name" for link in nameless)
        figure = next((each for each in drawing.parents if each.tag == "figure"), None)
        if figure is None or not figure.classed("skip-map"):
            yield f"line {drawing.line}: there is no way to skip the map"
        entries = [each for key in drawing.classed("map-key") for each in key.all("li")]
        bare = [entry for entry in entries if not entry.text]
        yield from (f"line {e.line}: a colour in the map's key is not explained" for e in bare)
        looks = {str([sorted(each.attributes.items()) for each in e.elements]) for e in entries}
        if len(looks) < len(entries):
            yield f"line {drawing.line}: two classes of the map look alike"


def tables(document: Document) -> Iterator[str]:
    """A table is read aloud cell by cell with its headings, after its caption.

    A marker in it is explained under it.
    """
    for table in document.root.all("table"):
        name, headings = table.get("id") or f"line {table.line}", table.all("th")
        rows = [row.all("th", "td") for row in table.all("tr")]
        # The heading of a group of rows spans them all.
        widths = {sum(int(cell.get("colspan") or 1) for cell in row) for row in rows}
        wrong = {
            "the table has no caption": not any(each.text for each in table.all("caption")),
            "the table's headings don't say what they head": (
                not headings or any(each.get("scope") not in SCOPES for each in headings)
            ),
            "the table has an empty heading": any(not each.text for each in headings),
            "the table's rows differ in length": len(widths) > 1,
            "a row of the table has no heading": any(
                all(cell.tag != "th" for cell in row) for row in rows
            ),
        }
        yield from (f"{name}: {what}" for what, is_so in wrong.items() if is_so)
        key = " ".join(each.text for each in _following(table) if each.has_class("key"))
        unexplained = [each for each in MARKERS if each in table.text and each not in key]
        yield from (f"{name}: {marker} is not explained" for marker in unexplained)


def _following(element: Element) -> list[Element]:
    siblings = element.parent.children if element.parent else []
    place = next(at for at, each in enumerate(siblings) if each is element)
    return [each for each in siblings[place + 1 :] if isinstance(each, Element)]


CHECKS: tuple[Callable[[Document], Iterator[str]], ...] = (
    elements, top, headings, references, fetched, landmarks, leftovers, figures, descriptions,
    maps, tables,
)  # fmt: skip
