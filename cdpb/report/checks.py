"""Our own checks of a written page. A laptop without a browser is enough for them.

Accessibility tools accept a description that says nothing, and can't know that a chart needs
its table, its source and its download. These can.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path

from cdpb.errors import is_invisible
from cdpb.report import figure_checks
from cdpb.report.html_tree import Document, Element, read_document
from cdpb.yaml_files import ALLOWED


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


LARGEST = 150 * 1024
LANGUAGE = "en-GB"
# The heading of the statement, and the page that it stands on once for all.
STATEMENT = "accessibility"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
FETCHING = ("src", "srcset", "poster", "data", "background", "xlink:href")
FETCHED_BY_HREF = {"link", "use", "image", "base"}
EMPTY_WORDS = {"click here", "here", "link", "more", "read more"}
# What a value that was never filled in looks like once it is text.
UNFILLED = re.compile(r"\bnan\b|\bNaN\b|<NA>|\bNaT\b|\bundefined\b|\{\{|\bPublishedTable\b")
_NAMED = re.compile(r".+, .+, \d{4}/\d{2}$")
_IN_STYLE = re.compile(r"@import|url\(\s*['\"]?(?!data:|#)", flags=re.IGNORECASE)


def language(document: Document) -> Iterator[str]:
    """A screen reader pronounces the page by its language."""
    found = [each.get("lang") for each in document.root.all("html")]
    if found != [LANGUAGE]:
        yield f"the page's language is not {LANGUAGE}"


def title(document: Document) -> Iterator[str]:
    """A tab, a bookmark and a list of results show finding, area and year."""
    titles = [each.text for each in document.root.all("title") if not _in_drawing(each)]
    if len(titles) != 1 or not _NAMED.match(titles[0]):
        yield "the title does not name the finding, the area and the year"
    if any(each.text.startswith("Draft") for each in document.root.classed("edition")):
        yield "the page is a draft"


def _in_drawing(element: Element) -> bool:
    return any(each.tag == "svg" for each in element.parents)


def headings(document: Document) -> Iterator[str]:
    """Headings are how a page is skimmed by ear."""
    found = document.root.all(*HEADINGS)
    levels = [int(each.tag[1]) for each in found]
    if levels.count(1) != 1:
        yield "the page does not have exactly one first-level heading"
    for (before, level), heading in zip(pairwise([0, *levels]), found, strict=True):
        if level > before + 1 and before:
            yield f"line {heading.line}: heading {heading.tag} skips a level"
    yield from (f"line {each.line}: empty heading" for each in found if not each.text)
    for paragraph in document.root.all("p"):
        inside = [each for each in paragraph.children if not isinstance(each, str) or each.strip()]
        lone = inside[0] if len(inside) == 1 else None
        if isinstance(lone, Element) and lone.tag in {"b", "strong"}:
            yield f"line {paragraph.line}: bold text stands in for a heading"


def identifiers(document: Document) -> Iterator[str]:
    """Two elements of one id: a link reaches only the first."""
    counted = Counter(each.get("id") for each in document.root.elements if each.get("id"))
    yield from (f"the id {id} is given {n} times" for id, n in counted.items() if n > 1)


def links(document: Document) -> Iterator[str]:
    """Every link within the page arrives, and every link says where it goes."""
    ids = {each.get("id") for each in document.root.elements}
    for link in document.root.all("a"):
        target = link.get("href")
        name = link.text or link.get("aria-label")
        if target.startswith("#") and target[1:] not in ids:
            yield f"line {link.line}: the link {target} leads nowhere"
        if not target:
            yield f"line {link.line}: a link without an address"
        if not name or name.lower() in EMPTY_WORDS:
            yield f"line {link.line}: a link that does not say where it goes"
    for element in document.root.elements:
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            missing = set(element.get(attribute).split()) - ids
            yield from (f"line {element.line}: {attribute} names {each}, which is not there"
                        for each in sorted(missing))  # fmt: skip


def network(document: Document) -> Iterator[str]:
    """A page opens from an email, calls nobody, and says nothing of who reads it."""
    for element in document.root.elements:
        fetched = [*FETCHING, *(["href"] if element.tag in FETCHED_BY_HREF else [])]
        for attribute in fetched:
            address = element.get(attribute)
            if address and not address.startswith(("data:", "#")):
                yield f"line {element.line}: <{element.tag}> fetches {attribute}"
        if _IN_STYLE.search(element.get("style")):
            yield f"line {element.line}: a style fetches something"
        if element.tag in {"iframe", "object", "embed", "form"}:
            yield f"line {element.line}: <{element.tag}> does not belong on a page"
        if element.tag == "meta" and element.get("http-equiv").lower() == "refresh":
            yield f"line {element.line}: the page sends its reader elsewhere"
    for style in document.root.all("style"):
        if _IN_STYLE.search("".join(each for each in style.children if isinstance(each, str))):
            yield f"line {style.line}: a style sheet fetches something"


def scripts(document: Document) -> Iterator[str]:
    """No script on a finding's page; on the index one, for its search."""
    found = document.root.all("script")
    bodies = document.root.all("body")
    allowed = 1 if bodies and bodies[0].has_class("index") else 0
    if len(found) > allowed:
        yield f"line {found[-1].line}: a script"
    for element in document.root.elements:
        handlers = [name for name in element.attributes if name.startswith("on")]
        if handlers or element.get("href").lower().startswith("javascript:"):
            yield f"line {element.line}: <{element.tag}> runs a script"


def landmarks(document: Document) -> Iterator[str]:
    """A way past what is alike on every page, and the statement the law asks for."""
    root = document.root
    mains = root.all("main")
    if len(mains) != 1:
        yield "the page does not have exactly one main part"
    first = next(iter(root.all("a")), None)
    if first is None or not mains or first.get("href") != f"#{mains[0].get('id')}":
        yield "the first link does not skip to the main part"
    links = {each.get("href") for each in root.all("a")}
    ids = {each.get("id") for each in root.all("h2")}
    if f"{STATEMENT}.html" not in links and STATEMENT not in ids:
        yield "the accessibility statement is missing"
    views = [each.get("content") for each in root.all("meta") if each.get("name") == "viewport"]
    if len(views) != 1 or "user-scalable" in views[0] or "maximum-scale" in views[0]:
        yield "the page does not let a phone fit or enlarge it"
    for element in root.elements:
        if element.get("tabindex") not in {"", "0"}:
            yield f"line {element.line}: tabindex takes the keyboard out of the page's order"


def leftovers(document: Document) -> Iterator[str]:
    """Nothing unfinished, nothing hidden, and small enough for an email."""
    if document.size > LARGEST:
        yield f"the page is larger than {LARGEST // 1024} KB"
    yield from (f"line {line}: a comment" for line in document.comments)
    yield from document.unclosed
    for element in document.root.elements:
        own = "".join(each for each in element.children if isinstance(each, str))
        if element.tag not in {"style", "script", "code"} and (
            UNFILLED.search(own) or own.strip() == "None"
        ):
            yield f"line {element.line}: a value was not filled in"
    for element in document.root.all("metadata"):
        yield f"line {element.line}: a drawing carries metadata"
    for element in document.root.all("details"):
        first = next((each for each in element.children if isinstance(each, Element)), None)
        if first is None or first.tag != "summary" or not first.text:
            yield f"line {element.line}: folded content without a summary"


CHECKS: tuple[Callable[[Document], Iterator[str]], ...] = (
    language, title, headings, identifiers, links, network, scripts, landmarks, leftovers,
    *figure_checks.CHECKS,
)  # fmt: skip
