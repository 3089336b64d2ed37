"""A page's numbers taken apart: those in prose, and those that its tables hold."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pandas as pd

from cdpb.report.html_tree import read_document

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# What a sentence numbers that is no figure: periods, units, names, its own counting of things.
NO_FIGURE = re.compile(
    rf"\d{{4}}/\d{{2}}(?: Q\d)?|\b(?:\d{{1,2}} )?(?:{MONTHS})(?: \d{{4}})?|\b(?:19|20)\d\d\b"
    r"|per [\d,]+|95%|aged \d+(?: to \d+)?|\b\d+ (?:and over|or over)|\d+(?:st|nd|rd|th)\b"
    r"|rolling \d+|\b\d+ months|Figure \d+|Table \d+|figure \d+|table \d+|CSV, [\d,]+ [KM]B"
    r"|TS\d+A|actions? \d+"
    r"|nearest \d+|under \d+|fewer than \d+|below \d+|rounded to \d+|[EF]\d{2,8}",
)
GROUPS = ("ward_code", "area_code", "place", "offence", "year", "month")
COUNTS = ("offences", "outcomes")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
BLOCK = re.compile(r"<(style|script|svg|table|pre|code|dl|nav|footer)\b.*?</\1>", re.DOTALL)
# Sections whose words are the library's and the sources', not this finding's figures.
NOT_COMPUTED = {"method-and-caveats", "how-this-page-was-made", "why-this-is-asked", "sources",
                "glossary", "accessibility", "computed"}  # fmt: skip


def prose_of(page: str) -> Iterator[tuple[str, str]]:
    """Each section's id, and its sentences without tables, drawings and quoted statements."""
    page = re.sub(r"<blockquote.*?</blockquote>", " ", page, flags=re.DOTALL)
    for section in re.findall(r"<section\b.*?</section>", page, flags=re.DOTALL):
        id = re.search(r'<h2[^>]* id="([^"]+)"', section)
        named = id[1] if id else ""
        if named not in NOT_COMPUTED:
            yield named, read_document(BLOCK.sub(" ", section)).root.text


def numbers_of(text: str) -> list[str]:
    """The figures of a text, without thousands separators."""
    plain = NO_FIGURE.sub(" ", text.replace("\N{MINUS SIGN}", "-"))
    return [found.replace(",", "") for found in NUMBER.findall(plain)]


def held_by(record: dict, folder: Path) -> set[str]:
    """Every number that the finding's tables and key figures hold, as it may be rounded.

    With what a reader gets from a table by counting or adding: how many rows say the same, the
    sums of its counts by one or two of its columns, two such sums of one year together, the
    share of one sum in all, and sums of months that follow each other.
    """
    values: set[float] = set()
    said: Counter = Counter()
    for table in record["tables"]:
        with (folder / table["file"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        said.update(cell for row in rows for cell in row.items())
        said.update([("rows", table["id"])] * len(rows) + [("rows", "all")] * len(rows))
        values |= set(_numbers(cell for row in rows for cell in row.values()))
        values |= set(_added_up(pd.DataFrame(rows)))
    values |= set(map(float, said.values()))
    for name in ("key_figures", "verdict", "quoted", "claims"):
        values |= set(_inside(record.get(name) or []))
    return {text for value in values for text in _roundings(value)}


def _added_up(table: pd.DataFrame) -> Iterator[float]:
    texts = [name for name in table if name in GROUPS]
    for count in (name for name in table if name in COUNTS):
        counts = pd.to_numeric(table[count], errors="coerce")
        whole = float(counts.sum())
        for by in (*combinations(texts, 1), *combinations(texts, 2)):
            sums = counts.groupby([table[name] for name in by]).sum()
            yield from map(float, sums)
            yield from (100 * part / whole for part in sums if whole)
            if by[-1] == "year" or by[0] == "year":
                for _, alike in sums.groupby("year"):
                    yield from (float(a + b) for a, b in combinations(alike, 2))
            if "month" in by:
                yield from _windows(sums.unstack("month") if len(by) > 1 else sums.to_frame().T)


def _windows(by_month: pd.DataFrame) -> Iterator[float]:
    for length in (4, 12):
        yield from by_month.T.rolling(length).sum().stack().astype(float)


def _roundings(value: float) -> Iterator[str]:
    # Half up and half even differ at the last place; either is the same figure.
    for places in (0, 1, 2):
        yield f"{abs(value):.{places}f}"
        yield f"{abs(value) + 1e-9:.{places}f}"


def _numbers(cells) -> Iterator[float]:
    for cell in cells:
        for found in NUMBER.findall(str(cell)):
            yield float(found.replace(",", ""))


def _inside(told) -> Iterator[float]:
    if isinstance(told, bool) or told is None:
        return
    if isinstance(told, int | float):
        yield float(told)
    elif isinstance(told, str):
        yield from _numbers([told])
    elif isinstance(told, dict):
        for each in told.values():
            yield from _inside(each)
    else:
        for each in told:
            yield from _inside(each)


def strangers(page: str, known: set[str]) -> list[tuple[str, str, str]]:
    """Numbers in prose that are not among the known: section, number, and the words around it."""
    found = []
    for section, text in prose_of(page):
        told = text.replace(",", "")
        for number in numbers_of(text):
            if number not in known:
                at = told.find(number)
                found.append((section, number, told[max(at - 60, 0) : at + 40]))
    return found
