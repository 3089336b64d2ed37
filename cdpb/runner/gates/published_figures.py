"""The numbers in a text, without those of names and axes, and the numbers that are published."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import pandas as pd

from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.published import TOTAL
from cdpb.numbers import rounded_text
from cdpb.periods import financial_year_of
from cdpb.runner.gates.text_nodes import TextNode
from cdpb.runner.gates.written import Rows, declared_table
from cdpb.runner.job import Assessment

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
SHORT = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec"
# A name is taken whole before a number is looked for, so that no piece of one is left over; it
# ends where neither a digit nor a decimal place follows, whatever joins it to the next.
STARTS = r"(?<![\d.])(?<!\d,)"
ENDS = r"(?!\d|[.,]\d)"
YEAR = r"(?:19|20)\d\d"
PERIODS = (
    rf"{STARTS}{YEAR}[-/](?:0[1-9]|1[0-2])[-/](?:0[1-9]|[12]\d|3[01])(?!\d)",
    rf"{STARTS}(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.]{YEAR}(?!\d)",
    rf"{STARTS}{YEAR}[-/\N{{EN DASH}}]\d\d(?:[ -]?Q[1-4])?(?!\d)",
    rf"{STARTS}(?:\d{{1,2}} )?\b(?:{MONTHS}|{SHORT})(?: {YEAR}|-{YEAR}|-\d\d)?\b",
    rf"{STARTS}(?<![A-Za-z]){YEAR}{ENDS}",
)
CODES = (
    # Of a place, a table, a published statistic or a quoted figure.
    r"(?<![A-Za-z\d])[A-Z]{1,3}\d{2,9}(?:[A-Za-z](?![A-Za-z])|\.\d)?(?!\d)",
    r"(?<![A-Za-z\d])(?=\d*[a-f])[0-9a-f]{16,63}(?![A-Za-z\d])",
    r"(?<![A-Za-z\d])[0-9a-f]{64}(?![A-Za-z\d])",
    r"\b(?:utf|UTF)-8\b",
)
ORDINALS = (
    r"(?<![\d.,])\d+(?:st|nd|rd|th)\b",
    r"\b(?:[Ff]igure|[Tt]able|[Aa]ctions?|[Mm]ap) \d+(?![\d%]|[.,]\d)",
)
NAMES = re.compile("|".join((*PERIODS, *CODES, *ORDINALS)))
# In the code that a page shows, what is taken of a list, and per how many a rate is.
CODE = "<pre> in section computed"
IN_CODE = re.compile(r"(?<=[\w\])])\[-?\d{0,2}:?-?\d{0,2}\]|\bper=\d[\d_]*")


def blanked(pattern: re.Pattern[str], text: str) -> str:
    """A text with blanks in the place of what is found in it; as long as it was."""
    return pattern.sub(lambda found: " " * len(found[0]), text)


class FileNames:
    """The names under which the files and downloads of an assessment may go."""

    def __init__(self, assessment: Assessment, records: Sequence[dict[str, Any]]) -> None:
        self._parts = sorted(_parts(assessment, records), key=len, reverse=True)

    def has(self, name: str) -> bool:
        """Whether a name is put together of those that exist, and has no number of its own."""
        for part in self._parts:
            name = re.sub(rf"(?<![A-Za-z\d]){re.escape(part)}(?![A-Za-z\d])", "", name)
        return not re.search(r"\d", blanked(NAMES, name))


def _parts(assessment: Assessment, records: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield assessment.area_code
    yield assessment.year.replace("/", "-")
    for record in records:
        yield from (record["slug"], record["id"])
        for table in record.get("tables", []):
            yield from (table["id"], table["id"].replace("_", "-"))


# What a sentence numbers that is no figure: units, thresholds, its own counting of things.
NO_FIGURE = re.compile(
    r"per [\d,]+|95%|aged \d+(?: to \d+)?|\b\d+ (?:and over|or over)"
    r"|rolling \d+|\b\d+ months|CSV, [\d,]+ (?:[KM]B|rows?)"
    # What the first year of an index is put at.
    r"|= 100\b|\bas 100\b|for each [\d,]+"
    r"|nearest \d+|under \d+|fewer than [\d,]+|below \d+|[Rr]ounded to \d+"
    # How a source is protected.
    r"|threshold \d+|\b0 is shown"
    # What can't be shown is counted aloud.
    r"|shown for \d+ of \d+|\b\d+ of \d+ years\b|\bare \d+ years? old\b"
    r"|\b[\d,]+ counts? (?:is|are) hidden|counts? (?:of )?0 to \d"
    r"|initial-scale=1\b"
    # In a notebook's code: places in a list, and a base that a rate is of.
    r"|\[-?\d\]|\bper=[\d_]+",
)
# Digits that follow a letter are part of a name, like km2.
NUMBER = re.compile(r"(?<![A-Za-z_0-9])\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
NUMBER_ALONE = re.compile(r"[-\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?%?")


def figures_in(text: str) -> Iterator[tuple[str, int]]:
    """Each figure without its thousands separators or sign, and where in the text it stands."""
    plain = blanked(NO_FIGURE, blanked(NAMES, text))
    for found in NUMBER.finditer(plain):
        yield found[0].rstrip(",").replace(",", ""), found.start()


NEARLY = 1e-9
ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


def axis_labels(nodes: Iterable[TextNode]) -> set[TextNode]:
    """The texts of drawings that are numbers of an axis.

    An axis has its numbers in one row or column of the drawing, each the same step from the
    next, and the step is 1, 2, 2.5 or 5 times a power of ten; so no number of one is a count.
    """
    lines: dict[tuple[str, str, str], list[TextNode]] = defaultdict(list)
    for node in nodes:
        if node.drawn and NUMBER_ALONE.fullmatch(node.text):
            drawing, x, y = [*node.drawn.split(" "), "", ""][:3]
            lines[drawing, "x", x].append(node)
            lines[drawing, "y", y].append(node)
    return {node for line in lines.values() for run in _runs(line) if _is_axis(run) for node in run}


def _runs(line: list[TextNode]) -> Iterator[list[TextNode]]:
    """Runs of a line that are evenly spaced; several panels stand in one line."""
    run = line[:1]
    for node in line[1:]:
        step = _value(node) - _value(run[-1])
        first = _value(run[1]) - _value(run[0]) if len(run) > 1 else step
        if abs(step - first) <= NEARLY * max(1.0, abs(step)):
            run.append(node)
        else:
            yield run
            run = [node]
    yield run


def _is_axis(run: list[TextNode]) -> bool:
    values = [_value(node) for node in run]
    step = max((abs(b - a) for a, b in pairwise(values)), default=0.0)
    return bool(step) and _is_round(step) and all(_is_whole(value / step) for value in values)


def _is_round(step: float) -> bool:
    while step >= 10:
        step /= 10
    while 0 < step < 1:
        step *= 10
    return any(abs(step - each) < 1e-6 for each in ROUND)


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-6


def _value(node: TextNode) -> float:
    return float(node.text.replace(",", "").replace("%", "").replace("\N{MINUS SIGN}", "-"))


MOST_GROUPS = 60
PUBLISHED_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?")
# What a record says of its own numbers: key figures, verdicts, and what documents quote.
TOLD = ("key_figures", "verdict", "quoted", "claims", "before")
PLACES = (0, 1, 2, 3, 4)


def figures_of(record: Mapping[str, Any], tables: Mapping[str, Rows]) -> set[str]:
    """Every number that the finding's tables and key figures hold, as it may be rounded.

    With what a reader gets from a table by counting or adding: how many rows say the same, how
    many say something and how many different things in a column, of one table or of all, the
    sums of its counts by one or two of its columns, two such sums of one year together, the
    share of one sum in all, and sums of months that follow each other.
    """
    values: set[float] = set()
    repeats: Counter[Any] = Counter()
    together = [row for table in record.get("tables", []) for row in tables[table["file"]]]
    values |= set(_filled(together))
    for table in record.get("tables", []):
        rows = tables[table["file"]]
        values |= set(_filled(rows))
        repeats.update(cell for row in rows for cell in row.items())
        repeats.update([("rows", table["id"])] * len(rows) + [("rows", "all")] * len(rows))
        values |= set(numbers_in(cell for row in rows for cell in row.values()))
        values |= set(_added_up(pd.DataFrame(rows), declared_table(record, table["id"])))
        values.add(float(len(rows)))
    values |= set(map(float, repeats.values()))
    for name in TOLD:
        values |= set(_inside(record.get(name) or []))
    return {text for value in values for text in roundings(value)}


def roundings(value: float) -> Iterator[str]:
    """A value as it may be written: whole, or with up to four decimals, or in full."""
    if not math.isfinite(value):
        return
    for places in PLACES:
        yield rounded_text(abs(value), places).replace(",", "")
    yield repr(abs(value))


def numbers_in(cells: Iterable[object]) -> Iterator[float]:
    """Every number that stands in some texts."""
    for cell in cells:
        for found in PUBLISHED_NUMBER.findall(str(cell)):
            yield float(found.replace(",", ""))


def _filled(rows: Rows) -> Iterator[float]:
    """Of each column, in how many rows it says something, and how many different things."""
    for name in {name: None for row in rows for name in row}:
        cells = [row[name] for row in rows if row.get(name)]
        yield from (float(len(cells)), float(len(set(cells))))


def _added_up(table: pd.DataFrame, declared: TableDeclaration | None) -> Iterator[float]:
    """Sums of a column of counts; of what is hidden in part there is no sum."""
    if declared is None or not declared.count or declared.count not in table:
        return
    parts = table[~(table[list(declared.totals)] == TOTAL).any(axis=1)]
    counts = pd.to_numeric(parts[declared.count], errors="coerce")
    texts = [name for name in declared.dimensions if name in parts]
    years = _years_of(parts)
    names = {name: parts[name] for name in texts} | ({} if years is None else {"year": years})
    whole = _sum(counts)
    yield whole
    for by in (*combinations(names, 1), *combinations(names, 2)):
        sums = counts.groupby([names[name] for name in by]).agg(_sum)
        yield from map(float, sums)
        yield from (100 * part / whole for part in sums if whole)
        if "year" in by and len(sums) <= MOST_GROUPS:
            alike = sums.groupby("year") if len(by) > 1 else [("", sums)]
            for _, each in alike:
                yield from (float(a + b) for a, b in combinations(each, 2))
        if "month" in by:
            yield from _windows(sums.unstack("month") if len(by) > 1 else sums.to_frame().T)


def _years_of(table: pd.DataFrame) -> pd.Series | None:
    """The financial year of each month, where a table has months and no years."""
    if "month" not in table or "year" in table:
        return None
    months = pd.PeriodIndex(table["month"], freq="M")
    years = [financial_year_of(month) for month in months]
    return pd.Series(years, index=table.index, name="year")


def _sum(counts: pd.Series) -> float:
    return float(counts.sum(skipna=False))


def _windows(by_month: pd.DataFrame) -> Iterator[float]:
    for length in (4, 12):
        sums = by_month.T.rolling(length).sum().to_numpy(dtype=float)
        yield from map(float, sums.ravel())


def _inside(value: Any) -> Iterator[float]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, str):
        yield from numbers_in([value])
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _inside(each)
    else:
        for each in value:
            yield from _inside(each)
