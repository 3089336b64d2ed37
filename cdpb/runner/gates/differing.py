"""Where two versions of a file differ, told without what stands there."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from cdpb.report.html_tree import Element, read_document

NAMED = {"figure", "table", "section", "svg"}


def difference(name: str, before: Path, after: Path) -> str:
    """Which element, column or entry of a file differs first; empty where the bytes are equal."""
    if not before.is_file() or not after.is_file():
        return f"{name}: not made" if before.is_file() else f"{name}: was not there"
    old, new = before.read_bytes(), after.read_bytes()
    if old == new:
        return ""
    where = _where(Path(name).suffix, *(each.decode("utf-8", "replace") for each in (old, new)))
    return f"{name}: {where} differs"


def _where(kind: str, old: str, new: str) -> str:
    try:
        if kind == ".html":
            return next(_elements(read_document(old).root, read_document(new).root), "its text")
        if kind == ".csv":
            return next(_columns(old, new), "its text")
        if kind == ".json":
            return next(_entries(json.loads(old), json.loads(new)), "its text")
    except ValueError:
        return "its text"
    return "its content"


def _elements(old: Element, new: Element) -> Iterator[str]:
    """The innermost first element that differs in its own text, name or attributes."""
    pairs = zip_longest(old.elements, new.elements)
    for one, other in pairs:
        if one is None or other is None:
            yield f"the number of elements after {_place(one or other)}"
            return
        names = {n for n in {**one.attributes, **other.attributes} if one.get(n) != other.get(n)}
        if one.tag != other.tag:
            yield _place(one)
        elif names:
            yield f"{sorted(names)[0]} of {_place(one)}"
        elif _own(one) != _own(other):
            yield _place(one)


def _own(element: Element) -> list[str]:
    return [child for child in element.children if isinstance(child, str)]


def _place(element: Element) -> str:
    """``<td> in figure wards``, by the nearest element with a name."""
    for each in (element, *element.parents):
        name = each.get("id") or each.get("aria-labelledby")
        if name and (each.tag in NAMED or each is element):
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
