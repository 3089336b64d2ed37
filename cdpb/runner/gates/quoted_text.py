"""Texts that the project holds word for word, or allows: a number in one is no figure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cdpb import catalogue, paths
from cdpb.csv_files import csv_cells
from cdpb.declarations import files_of_declarations
from cdpb.findings.documents import all_quotes
from cdpb.report.text_figures import figures_in
from cdpb.runner.gates.text_nodes import TextNode, entries_of
from cdpb.runner.job import Assessment
from cdpb.yaml_files import read_yaml, typed

SHORTEST = 3
# A number is found in a text by this many letters on each side of it.
AROUND = 14


class QuotedTexts:
    """What the catalogue, the glossary, the area's file and the declarations say.

    A number is trusted where it stands among the same words as in one of them.
    """

    def __init__(self, assessment: Assessment) -> None:
        self._assessment, self._allowed = assessment, allowed_numbers()

    def has(self, file: str, node: TextNode, figure: str, at: int) -> bool:
        """Whether the figure at a place of a text is part of one of these, or is allowed there.

        A document's own figure is part where it stands in a row with what it is of, or right
        behind that.
        """
        plain, start = _plain(node.text), len(_plain(node.text[:at]))
        named, before = _plain(node.named), plain[:start].rstrip(" :")
        snippet = plain[max(0, start - AROUND) : start + len(figure) + AROUND].strip()
        spoken = len(re.findall("[a-z]", snippet)) >= SHORTEST
        known = self._by_figure.get(figure, ())
        return (
            any(of in named or before.endswith(of) for of in self._quoted.get(figure, ()))
            or any((spoken and snippet in each) or _covers(each, plain, start) for each in known)
            or any(entry.covers(file, node, at) for entry in self._allowed)
        )

    @cached_property
    def _quoted(self) -> Mapping[str, list[str]]:
        quotes = all_quotes(self._assessment.area_code, self._assessment.build)
        return _by_figure((quote.shown, quote.what) for quote in quotes)

    @cached_property
    def _by_figure(self) -> Mapping[str, list[str]]:
        return _by_figure((each, each) for each in dict.fromkeys(map(_plain, self._all())))

    def _all(self) -> Iterator[str]:
        data = paths.data_folder()
        declared = files_of_declarations()
        own = sorted((data / "areas").glob(f"{self._assessment.area_code}*"))
        for path in (*sorted(data.glob("*.yml")), *sorted(data.glob("*.csv")), *declared, *own):
            yield from texts_of(path)
        # The names that files of public sources came under are repeated as they were.
        shown = (catalogue.shown_receipts(source) for source in catalogue.sources())
        files = (file for receipts in shown for receipt in receipts for file in receipt["files"])
        yield from _with_digits(file["name"] for file in files)


def _by_figure(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Of pairs of texts the second, by each figure in the first."""
    found: dict[str, list[str]] = {}
    for text, of in pairs:
        for figure in {figure for figure, _ in figures_in(text)}:
            found.setdefault(figure, []).append(_plain(of))
    return found


def texts_of(path: Path) -> Iterator[str]:
    """Every text with a digit that stands in a YAML file or a CSV."""
    if path.suffix == ".csv":
        yield from _with_digits(cell for row in csv_cells(path) for cell in row)
    else:
        content: Any = read_yaml(path)
        yield from _with_digits(text for _, text in entries_of(content))


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


FILE = "allowed_numbers.yml"


class Allowed(BaseModel):
    """An entry of ``data/allowed_numbers.yml``.

    Attributes
    ----------
    file : str
        A page, a record or ``*.html``.
    element : str
        What the place must name, like ``<p>`` or ``figure wards-map``.
    says : str
        The words around the number, a ``#`` in the place of each number. Never a number alone.
    reason : str
        Why it may stand.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(min_length=1)
    element: str = Field(min_length=1)
    says: str = Field(pattern=r"[A-Za-z]{3}")
    reason: str = Field(min_length=10)

    def covers(self, file: str, node: TextNode, at: int) -> bool:
        """Whether it speaks of the number at a place of this text."""
        if not Path(file).match(self.file) or self.element not in node.element:
            return False
        says = r"\d[\d,]*(?:\.\d+)?".join(map(re.escape, self.says.split("#")))
        return any(found.start() <= at < found.end() for found in re.finditer(says, node.text))


def allowed_numbers() -> list[Allowed]:
    """The entries of the project's own list; none where it has no such file."""
    path = paths.data_folder() / FILE
    entries: Any = read_yaml(path) if path.is_file() else []
    return [typed(Allowed, entry, path, f"entry {at}") for at, entry in enumerate(entries or [], 1)]
