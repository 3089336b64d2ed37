"""Texts that the project holds, word for word: a number inside one is no figure of a page."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import cdpb
from cdpb import catalogue, paths
from cdpb.csv_files import csv_cells
from cdpb.declarations import files_of_declarations
from cdpb.findings.documents import all_quotes
from cdpb.runner.gates.allowed import figures_in
from cdpb.runner.gates.text_nodes import entries_of
from cdpb.runner.job import Assessment
from cdpb.yaml_files import read_yaml

SHORTEST = 3
# A number is found in a passage by this many letters on each side of it.
AROUND = 14
# What of the library writes what a reader sees; beside it, each finding's own file does.
WRITING = ("say.py", "report/**/*.py", "findings/**/*.py", "statistics/**/*.py")


class Passages:
    """What the catalogue, the glossary, the area's file and the declarations say.

    A number is trusted where it stands among the same words as in one of them.

    Parameters
    ----------
    of_findings : bool
        Whether what the findings' own files write is trusted too.
    """

    def __init__(self, assessment: Assessment, *, of_findings: bool = True) -> None:
        self._assessment, self._of_findings = assessment, of_findings

    def hold(self, text: str, figure: str, at: int, context: str = "") -> bool:
        """Whether the figure at a place of a text is part of a passage, or of a quotation.

        A document's own figure is one where it stands in a row with what it is of.
        """
        if any(of in _plain(context) for of in self._quoted.get(figure, ())):
            return True
        known = self._by_figure.get(figure, ())
        plain = _plain(text)
        start = len(_plain(text[:at]))
        snippet = plain[max(0, start - AROUND) : start + len(figure) + AROUND].strip()
        spoken = len(re.findall("[a-z]", snippet)) >= SHORTEST
        return any(
            (spoken and snippet in passage) or _covers(passage, plain, start) for passage in known
        ) or any(_covers(_plain(each), plain, start) for each in self._fixed if figure in each)

    @cached_property
    def _fixed(self) -> tuple[str, ...]:
        return fixed_texts(self._of_findings)

    @cached_property
    def _quoted(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for quote in all_quotes(self._assessment.area_code, self._assessment.build):
            for figure, _ in figures_in(quote.shown):
                found.setdefault(figure, []).append(_plain(quote.what))
        return found

    @cached_property
    def _by_figure(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for passage in {_plain(each) for each in self._all()}:
            for figure in {figure for figure, _ in figures_in(passage)}:
                found.setdefault(figure, []).append(passage)
        return found

    def _all(self) -> Iterator[str]:
        data = paths.data_folder()
        declared = files_of_declarations()
        own = sorted((data / "areas").glob(f"{self._assessment.area_code}*"))
        for path in (*sorted(data.glob("*.yml")), *sorted(data.glob("*.csv")), *declared, *own):
            yield from texts_of(path)
        yield from _with_digits(_received_files())


def _received_files() -> Iterator[str]:
    """The names that files of public sources came under, which pages and records repeat."""
    for source in catalogue.sources():
        for receipt in catalogue.shown_receipts(source):
            yield from (file["name"] for file in receipt["files"])


def texts_of(path: Path) -> Iterator[str]:
    """Every text with a digit that stands in a YAML file or a CSV."""
    if path.suffix == ".csv":
        yield from _with_digits(cell for row in csv_cells(path) for cell in row)
    else:
        told: Any = read_yaml(path)
        yield from _with_digits(text for _, text in entries_of(told))


def fixed_texts(of_findings: bool = True) -> tuple[str, ...]:
    """What code writes whatever the data are: its strings with a digit, but docstrings.

    Of a text with figures put in, the pieces between them; so no figure is among them.
    """
    return _fixed_texts(paths.findings_folder() if of_findings else None)


@lru_cache(maxsize=4)
def _fixed_texts(of_findings: Path | None) -> tuple[str, ...]:
    package = Path(cdpb.__file__).parent
    ours = (path for pattern in WRITING for path in sorted(package.glob(pattern)))
    files = (*ours, *(sorted(of_findings.glob("*.py")) if of_findings else ()))
    found = (text for path in files for text in _strings(path.read_text(encoding="utf-8")))
    return tuple(dict.fromkeys(_with_digits(found)))


def _strings(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    # A text that stands alone as a statement is a docstring, and is written nowhere.
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def _with_digits(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        # A bare number is no passage: it would stand for itself wherever it stands.
        if re.search(r"\d", text) and len(re.findall(r"[A-Za-z]", text)) >= SHORTEST:
            yield text


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold()


def _covers(passage: str, text: str, at: int) -> bool:
    """Whether the passage stands in the text around this place."""
    start = text.find(passage, max(0, at - len(passage)))
    return 0 <= start <= at < start + len(passage)
