"""A page without what nobody sees: rules for what it doesn't hold, escapes that texts don't need.

A page may weigh 150 KB, and its style sheet, written for all pages, is a tenth of that.
"""

import re
from collections.abc import Iterator, Set

# Put onto a finished page, or taken off it, as text.
LATER = {".draft", ".signatures"}
_CLASSES, _ID = re.compile(r' class="([^"]*)"'), re.compile(r' id="([^"]*)"')
_NAME = re.compile(r"[.#][A-Za-z][\w-]*")
_NOT = re.compile(r":(?:not|is|where)\((?:[^()]|\([^()]*\))*\)")
_ANY_OF = re.compile(r":where\(((?:[^()]|\([^()]*\))*)\)")
_APART = re.compile(r",(?![^()]*\))(?!(?:[^()]*\([^()]*\))+[^()]*\))")
_SET, _USED = re.compile(r"(--[\w-]+):"), re.compile(r"var\((--[\w-]+)\)")
_TEXT = re.compile(r">[^<]+")


def lean(page: str) -> str:
    """The page with those rules of its style sheet that can apply, and plain quotes in texts."""
    # Of Markup, which would escape what is done to it, the plain text.
    before, opened, rest = str(page).partition("<style>")
    css, closed, body = rest.partition("</style>")
    classes = {f".{name}" for found in _CLASSES.findall(body) for name in found.split()}
    held = classes | {f"#{name}" for name in _ID.findall(body)} | set(_SET.findall(css)) | LATER
    plain = _TEXT.sub(lambda text: text[0].replace("&#39;", "'").replace("&#34;", '"'), body)
    return f"{before}{opened}{rules_for(css, held)}{closed}{plain}"


def rules_for(css: str, held: Set[str]) -> str:
    """The rules of a sheet that can apply where these classes, ids and properties are held."""
    return "".join(_rules(css, held))


def _rules(css: str, held: Set[str]) -> Iterator[str]:
    at = 0
    while (start := css.find("{", at)) >= 0:
        end = _end(css, start)
        # What stands before it within an outer rule is a declaration.
        before, last, selector = css[at:start].rpartition(";")
        inside = rules_for(css[start + 1 : end], held)
        kept = selector if "@" in selector else ",".join(_selectors(selector, held))
        applies = kept.strip() and inside.strip() and set(_USED.findall(inside)) <= held
        yield before + last + f"{kept}{{{inside}}}" * bool(applies)
        at = end + 1
    yield css[at:]


def _end(css: str, start: int) -> int:
    """Where the block that opens at ``start`` closes."""
    depth = 0
    for brace in re.finditer("[{}]", css[start:]):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return start + brace.start()
    raise ValueError("a style sheet with a block that is never closed")


def _selectors(written: str, held: Set[str]) -> Iterator[str]:
    """Those of a rule's selectors, or of a list within one, that can select something."""
    for each in _APART.split(written):
        # Not those of :is, of which the weightiest gives the whole its weight.
        fitting = _ANY_OF.sub(lambda of: f":where({','.join(_selectors(of[1], held))})", each)
        if set(_NAME.findall(_NOT.sub("", fitting))) <= held and ":where()" not in fitting:
            yield fitting
