"""Every function that draws, describes or words something, and what it says it takes."""

import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Iterator
from typing import Any

from cdpb.disclosure.published import PublishedTable
from cdpb.policies import policy
from cdpb.report.blocks import csv_download, figure_block, map_block, table_block
from cdpb.report.figures import KINDS, kind_of
from cdpb.report.method import hidden_note
from cdpb.report.tables import shown_table
from cdpb.statistics.measure import Measure
from tests.support.project import CHECKOUT

ROOMS = ("charts",)
# Beside the rooms: a page's tables and its downloads.
OTHERS: tuple[Callable[..., Any], ...] = (
    shown_table, csv_download, figure_block, map_block, table_block, hidden_note,
)  # fmt: skip
OWN = sorted(path.stem for path in (CHECKOUT / "notebooks" / "findings").glob("*.py"))
LIBRARY = {name: f"cdpb.{name}" for name in ("say", "sentences")}
WORDS = LIBRARY | {name: f"findings.{name}" for name in OWN}
MEASURE = Measure(5.0, 4.0, 6.0, 5, 100, "%", "Ash", "2023/24", "returns", "")


def functions() -> dict[str, Callable[..., Any]]:
    """Public functions by ``room.module.name``, and those of tables and downloads."""
    found = {f"{room}.{name}": each for room in ROOMS for name, each in _of_room(room)}
    words = {
        f"{room}.{name}": each
        for room, module in WORDS.items() for name, each in _of_module(module)
    }  # fmt: skip
    others = {f"page.{each.__qualname__}": each for each in OTHERS}
    return found | words | others | dict(_of_kinds())


def _of_kinds() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each kind of figure with its options, and what it makes of a table."""
    for kind in map(kind_of, KINDS):
        yield f"figures.{kind.__name__}", kind
        figure = kind(**{name: _something(hints_of(kind)[name], None) for name in needed(kind)})
        for made in (figure.draw, figure.describe):
            yield f"figures.{kind.__name__}.{made.__name__}", made


def entries() -> dict[str, Callable[..., Any]]:
    """Those of them that take a published table."""
    return {name: each for name, each in functions().items() if tables_of(each)}


def offered() -> set[str]:
    """The figures that notebooks are offered, and the words, tables and downloads that they use."""
    given = {id(each) for each in (*map(kind_of, KINDS), *_words_used())}
    return {name for name, each in functions().items() if id(each) in given or each in OTHERS}


def _words_used() -> Iterator[Callable[..., Any]]:
    """What notebooks name of the words, theirs and the library's: whatever returns a text."""
    books = (CHECKOUT / "notebooks").glob("*.ipynb")
    named = set(re.findall(r"\w+", " ".join(path.read_text(encoding="utf-8") for path in books)))
    for module in WORDS.values():
        for name, each in _of_module(module):
            if name in named and typing.get_type_hints(each).get("return") is str:
                yield each


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Each parameter and its annotation; None where it has none."""
    told = typing.get_type_hints(function)
    names = [name for name in inspect.signature(function).parameters if name != "cls"]
    return {name: told.get(name) for name in names}


def tables_of(function: Callable[..., Any]) -> list[str]:
    """The parameters that take a published table."""
    return [name for name, hint in hints_of(function).items() if hint is PublishedTable]


def needed(function: Callable[..., Any]) -> list[str]:
    """The parameters without which it can't be called."""
    parameters = inspect.signature(function).parameters.values()
    return [each.name for each in parameters if each.default is each.empty and _is_named(each)]


def _is_named(parameter: inspect.Parameter) -> bool:
    return parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)


def called_with(function: Callable[..., Any], shown: Any) -> Any:
    """What it returns of ``shown`` for each published table, and something else of its kind."""
    hints, given = hints_of(function), inspect.signature(function).parameters
    keywords = [name for name in needed(function) if given[name].kind is given[name].KEYWORD_ONLY]
    first = [_something(hints[name], shown) for name in needed(function) if name not in keywords]
    return function(*first, **{name: _something(hints[name], shown) for name in keywords})


def _something(hint: Any, shown: Any) -> Any:
    if hint is PublishedTable:
        return shown
    if hint in (str, int):
        return hint(1)
    if "Policy" in str(hint):
        return policy("open")
    return MEASURE if "Measure" in str(hint) else None


def _of_room(room: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    package = importlib.import_module(f"cdpb.report.{room}")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for name, each in _of_module(module.name):
            yield f"{module.name.rpartition('.')[2]}.{name}", each


def _of_module(module: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, each in vars(importlib.import_module(module)).items():
        own = inspect.isfunction(each) and each.__module__ == module
        if own and not name.startswith("_"):
            yield name, each
