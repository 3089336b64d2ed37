"""The numbers in a text, without those of names and axes, and the numbers that are published."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from cdpb.disclosure.declared import TOTAL, TableDeclaration
from cdpb.numbers import rounded_text
from cdpb.periods import financial_year_of
from cdpb.report.index import COMMON
from cdpb.report.markup import page_of
from cdpb.report.workbooks import workbook_names
from cdpb.runner.gates.text_nodes import entries_of
from cdpb.runner.gates.written import Rows, declared_table
from cdpb.runner.job import Assessment

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


def roundings(value: float) -> Iterator[str]:
    """A value as it may be written: whole, or with up to four decimals, or in full."""
    if not math.isfinite(value):
        return
    for places in PLACES:
        yield rounded_text(abs(value), places).replace(",", "")
    yield repr(abs(value))


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
