"""Files that were cut short at a row's end: rows that are absent and were no zeros."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders.headers import short

if TYPE_CHECKING:
    from cdpb.partner_returns import Return

A_YEAR = 12
# In a year hardly one ward in twenty is without trafficking, and they don't lie side by side.
MANY = 5


def refuse_if_cut(
    counted: pd.DataFrame, order: pd.Series, key: str, borough_of: pd.Series, path: Path
) -> None:
    """Stop before zeros are filled in that a whole file can't have left out.

    Parameters
    ----------
    counted : pandas.DataFrame
        With ``key``, ``month`` and ``offence``: the rows of the file.
    order : pandas.Series
        Every place of the file, in the order in which it first names them.
    key : str
        The column of places.
    borough_of : pandas.Series
        The borough of each place.
    path : Path
        The file, for the message.

    Raises
    ------
    InputError
        If over a whole year a borough, or each of many places at the end of the file, has no row
        of an offence.
    """
    if counted["month"].nunique() < A_YEAR:
        return
    for offence, rows in counted.groupby("offence"):
        there = set(rows[key])
        without = sorted(set(borough_of) - set(borough_of[borough_of.index.isin(there)]))
        at_the_end = _absent_at_the_end(list(order), there)
        if without or len(at_the_end) >= MANY:
            raise _cut(path, str(offence), (without or at_the_end)[0])


def _absent_at_the_end(order: list[str], there: set[str]) -> list[str]:
    last = max((at for at, place in enumerate(order) if place in there), default=-1)
    return order[last + 1 :]


def refuse_in_return(rows: pd.DataFrame, what: Return, path: Path) -> None:
    """Stop where filling with 0 would reach over a whole year of a kind: a file was cut short.

    Raises
    ------
    InputError
        With the first area and kind of which a year has no row.
    """
    for kinds in _combined(what):
        for words in product(*(what.kinds[kind] for kind in kinds)):
            if set(words) & set(what.may_be_none):
                continue
            rows_of = rows[(rows[kinds] == list(words)).all(axis=1)]
            for area in rows[what.place].unique():
                there = set(rows_of.loc[rows_of[what.place] == area, what.period])
                covered = sorted(rows.loc[rows[what.place] == area, what.period].unique())
                stretch = _without(covered, there, [what.began.get(word, "") for word in words])
                if stretch:
                    raise _cut_return(path, [area, *words], stretch)


def _combined(what: Return) -> list[list[str]]:
    """Kinds that are looked for together, where there are months enough; else each by itself."""
    return [list(what.kinds)] if what.period == "month" else [[kind] for kind in what.kinds]


def _without(covered: list[Any], there: set[Any], began: list[str]) -> list[Any]:
    """The first year of periods, one after the other, in which there is no row."""
    year = A_YEAR if isinstance(covered[0], pd.Period) else 1
    run: list[Any] = []
    for each in covered:
        run = [] if each in there or str(each) < max(began) else [*run, each]
        if len(run) == year:
            return run
    return []


def _cut_return(path: Path, named: list[str], stretch: list[Any]) -> InputError:
    return InputError(
        f"{relative(path)} has no row of {', '.join(map(short, named))} in a whole year.",
        f"From {stretch[0]} to {stretch[-1]}, though the file covers them.",
        "A year without a row is no year without a case: the file was perhaps cut short.",
        "Take the whole file. If there was no case, ask the sender for rows that say 0.",
        "Nothing was loaded.",
    )


def _cut(path: Path, offence: str, first: str) -> InputError:
    return InputError(
        f"{relative(path)} has no row of {offence} over a whole year where there must be some.",
        f"First without: {short(first)}.",
        "That is no zero: the file was perhaps cut short at a row's end.",
        "Take the whole file as published. Nothing was loaded.",
    )
