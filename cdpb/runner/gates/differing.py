"""Where two versions of a file differ, told without what stands there."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from cdpb.report.html_tree import Element, read_document
from cdpb.runner.draft import whatever_passed

NAMED = {"figure", "table", "section", "svg"}
# Of one file; whoever mends the first of them mends most.
MOST = 24


def differences(name: str, before: Path, after: Path) -> list[str]:
    """Which elements, columns or entries of a file differ; none where the bytes are equal.

    Whether either is a draft makes no difference.
    """
    if not before.is_file() or not after.is_file():
        return [f"{name}: not made" if before.is_file() else f"{name}: was not there"]
    old, new = whatever_passed(before), whatever_passed(after)
    if old == new:
        return []
    texts = (each.decode("utf-8", "replace") for each in (old, new))
    where = list(dict.fromkeys(_where(Path(name).suffix, *texts))) or ["its text"]
    return [f"{name}: {each} differs" for each in where[:MOST]]


def _where(kind: str, old: str, new: str) -> Iterator[str]:
    try:
        if kind == ".html":
            yield from _elements(read_document(old).root, read_document(new).root)
        elif kind == ".csv":
            yield from _columns(old, new)
        elif kind == ".json":
            yield from _entries(json.loads(old), json.loads(new))
    except ValueError:
        yield "its text"


def _elements(old: Element, new: Element) -> Iterator[str]:
    """The elements that differ in their own text, name or attributes."""
    pairs = zip_longest(old.elements, new.elements)
    for one, other in pairs:
        if one is None or other is None:
            yield f"the number of elements after {_place(one or other)}"
            return
        names = {n for n in {**one.attributes, **other.attributes} if one.get(n) != other.get(n)}
        if one.tag != other.tag:
            yield _place(one)
            return  # From here on other elements stand beside each other.
        elif names:
            yield f"{sorted(names)[0]} of {_place(one)}"
        elif _own(one) != _own(other):
            yield _place(one)


def _own(element: Element) -> list[str]:
    return [child for child in element.children if isinstance(child, str)]


def _place(element: Element) -> str:
    """``<td> in figure wards``, by the nearest element with a name; ``<p> reserved`` by its own."""
    if element.get("id"):
        return f"<{element.tag}> {element.get('id')}"
    for each in element.parents:
        name = each.get("id") or each.get("aria-labelledby")
        if name and each.tag in NAMED:
            return f"<{element.tag}> in {each.tag} {name}"
    return f"<{element.tag}>"


def _columns(old: str, new: str) -> Iterator[str]:
    one, other = (list(csv.DictReader(io.StringIO(text))) for text in (old, new))
    if len(one) != len(other):
        yield "the number of its rows"
    for row, again in zip(one, other, strict=False):
        yield from (f"column {name}" for name in row if row[name] != again.get(name))


def _entries(old: Any, new: Any, path: str = "") -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from _entries(old.get(name), new.get(name), f"{path}.{name}".strip("."))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for at, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _entries(one, other, f"{path}[{at}]")
    elif old != new:
        yield path
