"""What a number may be: published, or part of a text that the project holds or allows."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from cdpb import catalogue, paths
from cdpb.csv_files import csv_cells
from cdpb.declarations import files_of_declarations
from cdpb.disclosure.declared import TOTAL, TableDeclaration
from cdpb.findings.documents import all_quotes
from cdpb.numbers import rounded_text
from cdpb.periods import financial_year_of
from cdpb.report.index import COMMON
from cdpb.report.markup import page_of
from cdpb.report.text_figures import figures_in
from cdpb.report.workbooks import workbook_names
from cdpb.runner.gates.text_nodes import TextNode, entries_of
from cdpb.runner.gates.written import Rows, declared_table
from cdpb.runner.job import Assessment
from cdpb.yaml_files import read_yaml, typed

# In the code that a page shows, what is taken of a list, and per how many a rate is.
IN_CODE = re.compile(r"(?<=[\w\])])\[-?\d{0,2}:?-?\d{0,2}\]|\bper=\d[\d_]*")


def file_names(assessment: Assessment, records: Sequence[dict[str, Any]]) -> set[str]:
    """What a link within an assessment leads to, and what its downloads are called."""
    year, names = assessment.year.replace("/", "-"), set(COMMON)
    names |= {name for files in workbook_names(records).values() for name in files}
    for record in records:
        names.add(page_of(record).partition("#")[0])
        for table in record.get("tables", []):
            page = f"{assessment.build.in_names}{record['slug']}"
            called = f"{page}-{table['id'].replace('_', '-')}.csv"
            names |= {table["file"], f"{assessment.area_code}-{year}-{called}"}
    return names


PUBLISHED_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?")
# What a record says of its own numbers: verdicts, what documents quote, and the year before.
TOLD = ("key_figures", "verdict", "quoted", "claims", "before")
PLACES = (0, 1, 2, 3, 4)
MONTHS_TOGETHER, MOST_GROUPS = 4, 60


def figures_of(record: Mapping[str, Any], tables: Mapping[str, Rows]) -> set[str]:
    """Every number that the finding's tables and verdicts hold or give, as it may be rounded.

    A reader gets more of a table by counting its rows and by adding up its counts.
    """
    texts = [text for name in TOLD for _, text in entries_of(record.get(name))]
    texts += [cell for rows in tables.values() for row in rows for cell in row.values()]
    values = {*numbers_in(texts), *_counted([pd.DataFrame(rows) for rows in tables.values()])}
    for id, rows in tables.items():
        values |= set(_added_up(pd.DataFrame(rows), declared_table(record, id)))
    return {text for value in values for text in roundings(value)}


@lru_cache(maxsize=1 << 17, typed=True)
def roundings(value: float) -> tuple[str, ...]:
    """A value as it may be written: whole, or with up to four decimals, or in full."""
    if not math.isfinite(value):
        return ()
    rounded = (rounded_text(abs(value), places).replace(",", "") for places in PLACES)
    return (*rounded, repr(abs(value)))


def numbers_in(texts: Iterable[str]) -> Iterator[float]:
    """Every number that stands in some texts."""
    for text in texts:
        for found in PUBLISHED_NUMBER.findall(text):
            yield float(found.replace(",", ""))


def is_number(text: str) -> bool:
    """Whether it is a number and nothing else: among other words it would be another's."""
    return PUBLISHED_NUMBER.fullmatch(text.lstrip("-")) is not None


def _counted(frames: Sequence[pd.DataFrame]) -> Iterator[float]:
    """Of each table and of all: its rows, and of a column how many say something, and what.

    Of all, how many say the same as well.
    """
    together = pd.concat([pd.DataFrame(), *frames])
    for frame in (*frames, together):
        yield from map(float, (len(frame), *frame.count(), *frame.nunique()))
    for name in together:
        yield from map(float, together[name].value_counts())


def _added_up(table: pd.DataFrame, declared: TableDeclaration | None) -> Iterator[float]:
    """Sums of a column of counts by one or two others and by year, and the share of each in all.

    Of one year also two of them together, and of a month also the three that follow it. Of what
    is hidden in part there is no sum.
    """
    if declared is None or not declared.count or declared.count not in table:
        return
    parts = table[~(table[list(declared.totals)] == TOTAL).any(axis=1)]
    counts = pd.to_numeric(parts[declared.count], errors="coerce")
    by = parts[[name for name in parts if name in {*declared.dimensions, "year"}]]
    if "month" in by and "year" not in by:
        months = pd.PeriodIndex(by["month"], freq="M")
        by = by.assign(year=[financial_year_of(month) for month in months])
    whole = _sum(counts)
    yield whole
    for names in (*combinations(by, 1), *combinations(by, 2)):
        sums = counts.groupby([by[name] for name in names]).agg(_sum)
        yield from map(float, sums)
        yield from (100 * part / whole for part in sums if whole)
        if "year" in names and len(sums) <= MOST_GROUPS:
            for _, of_year in sums.groupby("year"):
                yield from (float(a + b) for a, b in combinations(of_year, 2))
        if "month" in names:
            by_month = sums.unstack("month") if len(names) > 1 else sums.to_frame().T
            yield from by_month.T.rolling(MONTHS_TOGETHER).sum().to_numpy(dtype=float).ravel()


def _sum(counts: pd.Series) -> float:
    return float(counts.sum(skipna=False))


# In texts that the project holds -------------------------------------------------------

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
