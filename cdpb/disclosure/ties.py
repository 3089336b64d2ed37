"""What ties counts that no table adds up: a part and its whole, the same people counted twice.

A reader of 60 booked and 58 attended knows that 2 were not, though no table prints it; and one of
a return that hides a count knows it from another return of the same people that shows it.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class PartOf:
    """Two labels of a column, of which the first counts some of those whom the second counts."""

    column: str
    part: str
    whole: str


@dataclass(frozen=True)
class Rows:
    """Some rows of a source's base table, by their places: their sum is what is tied."""

    source: str
    places: frozenset[int]


@dataclass(frozen=True)
class Tie:
    """Two sums of the same people; or, with a ``rest``, people and some others beside them."""

    whole: Rows
    part: Rows
    rest: bool = False


@dataclass(frozen=True)
class Bounds:
    """A sum that a public figure leaves between two counts, both of them possible.

    A publication rounded to 5 says no more than that: a printed 0 is 0 to 2, a 5 is 3 to 7.
    """

    rows: Rows
    least: int
    greatest: int


@dataclass(frozen=True)
class Ties:
    """All that ties the counts of some sources, each tie true of the counts received.

    Attributes
    ----------
    parts : mapping of str to sequence of PartOf
        By source. No label is part of two, and none is the whole of two.
    """

    parts: Mapping[str, tuple[PartOf, ...]] = field(default_factory=dict)
    among: tuple[Tie, ...] = ()
    within: tuple[Bounds, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For a fingerprint: the same ties, the same dictionary."""
        return {
            "parts": {name: [astuple(each) for each in own] for name, own in self.parts.items()},
            "among": [[_listed(each.whole), _listed(each.part), each.rest] for each in self.among],
            "within": [[_listed(each.rows), each.least, each.greatest] for each in self.within],
        }


def _listed(rows: Rows) -> list[Any]:
    return [rows.source, sorted(rows.places)]


NO_TIES = Ties()


def wholes_of(base: pd.DataFrame, parts: tuple[PartOf, ...]) -> dict[int, int]:
    """For each row that counts a part, the row of its whole: equal in every other label."""
    numbers = set(base.select_dtypes("number").columns)
    found: dict[int, int] = {}
    for each in parts:
        labels = [str(name) for name in base if name != each.column and name not in numbers]
        own, other = (
            base[base[each.column].astype(str) == label] for label in (each.part, each.whole)
        )
        places = dict(zip(_named(other, labels), other.index, strict=True))
        rows = zip(_named(own, labels), own.index, strict=True)
        found |= {row: places[name] for name, row in rows if name in places}
    return found


def _named(rows: pd.DataFrame, labels: list[str]) -> list[tuple[str, ...]]:
    return list(rows[labels].astype(str).itertuples(index=False, name=None))
