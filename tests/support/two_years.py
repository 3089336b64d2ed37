"""Every partner's return as a small borough sends it, a year at a time, small counts hidden."""

import random
import shutil
from pathlib import Path
from statistics import median

import pandas as pd
import pytest

from cdpb.catalogue import returns
from cdpb.declarations import declarations
from cdpb.loaders.counts import periods_of
from cdpb.periods import financial_years_of
from tests.support.project import CHECKOUT
from tests.support.thinned import (
    COPIED,
    PERCENTAGES,
    counts_of,
    read_return,
    thinned_rows,
    write_return,
)

YEARS = ("2023/24", "2024/25")
RECEIVED = {"2023/24": "2024-07-31", "2024/25": "2025-07-31"}
MARKS = ("*", "c", "<5", "suppressed")


def whole_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project, to which no partner has sent anything yet, as the working folder."""
    for name in COPIED:
        shutil.copytree(CHECKOUT / name, folder / name)
    (folder / "sent").mkdir()
    monkeypatch.setenv("CDPB_HOME", str(folder))
    monkeypatch.chdir(folder)
    return folder


def findings_of(*sources: str) -> list[str]:
    """Ids of the findings that show a table of one of these sources."""
    return [
        each.id
        for each in declarations().findings
        if any(table.source in sources for table in each.tables)
    ]


def sent(folder: Path, source: str, year: str, *, seed: int, usual: int) -> Path:
    """The file of one year, of so many people a row as usual; small counts hidden by the sender.

    At least one of them is, and every other one is left for us to hide.
    """
    made_up = sorted((CHECKOUT / "data" / "illustrative" / source).glob("*/*.csv"))
    head, rows, encoding = read_return(made_up[-1])
    counts = counts_of(head, rows)
    middle = median(int(row[at]) for row in rows for at in counts)
    rows = thinned_rows(head, rows, f"{seed} {source}", min(1, usual / middle))
    of_year = [row for row, its in zip(rows, years_of(source, rows), strict=True) if its == year]
    path = folder / f"{source} {year.replace('/', '-')}.csv"
    hidden = _hidden(head, of_year, counts, random.Random(f"{seed} {source} {year}"))
    write_return(path, [head, *hidden], encoding)
    return path


def years_of(source: str, rows: list[list[str]]) -> list[str]:
    """The financial year of each row of a return."""
    period = returns()[source].period
    text = pd.Series([row[0] for row in rows], name=period)
    read = periods_of(text, period)
    return list(financial_years_of(read) if period == "month" else read.str[:7])


def _hidden(
    head: list[str], rows: list[list[str]], counts: list[int], chance: random.Random
) -> list[list[str]]:
    mark = chance.choice(MARKS)
    small = [(row, at) for row in rows for at in counts if 1 <= int(row[at]) <= 4]
    if not small:
        # A borough in which nothing is small sends one row in which something is.
        row = chance.choice(rows)
        small = [(row, counts[-1])]
    for row, at in small[chance.randrange(2) if len(small) > 1 else 0 :: 2]:
        row[at] = mark
        for share in (at for at, name in enumerate(head) if name in PERCENTAGES):
            row[share] = mark
    return rows
