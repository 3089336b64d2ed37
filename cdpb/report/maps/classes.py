"""What a ward is filled with and numbered by: declared classes, never ones made from the data."""

from typing import Any, NamedTuple

import pandas as pd

from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import rate_text
from cdpb.report.palette import INK, PAPER, SEQUENTIAL

STAR, UNSTABLE = "*", "fewer than 10 events, an unstable rate"
RATE_BREAKS = (0, 2, 4, 6, 8)
# These three of the sequence differ by three to one, so that they hold in black and white.
_COMPARED = {
    "higher": ("Higher than {}", SEQUENTIAL[0]),
    "worse": ("Worse than {}", SEQUENTIAL[0]),
    "similar": ("Similar to {}", SEQUENTIAL[2]),
    "better": ("Better than {}", SEQUENTIAL[4]),
    "lower": ("Lower than {}", SEQUENTIAL[4]),
}
_DARK = set(SEQUENTIAL[:3])


class Class(NamedTuple):
    """A class in the key: what it says, its fill, and the type that can be read on it."""

    words: str
    fill: str
    ink: str


def _class(words: str, fill: str) -> Class:
    return Class(words, fill, PAPER if fill in _DARK else INK)


NOT_COMPARED = _class("Not compared", "#EEEEEE")


def comparator_of(shown: PublishedTable, column: str) -> str:
    """``London``, from the column's label ``Compared with London``."""
    only_published(shown)
    return shown.columns[column].label.removeprefix("Compared with ")


def compared_classes(comparisons: pd.Series, comparator: str) -> list[Class]:
    """The key of a map by comparison: all three, whether or not an area falls in each."""
    judged = set(comparisons.dropna()) & {"better", "worse"}
    names = ("worse", "similar", "better") if judged else ("higher", "similar", "lower")
    found = [compared_class(name, comparator) for name in names]
    unclear = [NOT_COMPARED] if (comparisons == "not compared").any() else []
    return found + unclear


def compared_class(comparison: str, comparator: str) -> Class:
    """The class of one area."""
    if comparison not in _COMPARED:
        return NOT_COMPARED
    words, fill = _COMPARED[comparison]
    return _class(words.format(comparator), fill)


def rate_classes(breaks: tuple[float, ...] = RATE_BREAKS) -> list[Class]:
    """Five classes of a rate from declared breaks, the darkest the highest."""
    ends = [*breaks[1:], None]
    return [
        _class(_range(low, high), SEQUENTIAL[len(SEQUENTIAL) - 1 - i])
        for i, (low, high) in enumerate(zip(breaks, ends, strict=True))
    ][::-1]


def rate_class(value: float, breaks: tuple[float, ...] = RATE_BREAKS) -> Class:
    """The class of one area."""
    return rate_classes(breaks)[len(breaks) - 1 - sum(value >= low for low in breaks[1:])]


def _range(low: float, high: float | None) -> str:
    start = rate_text(low, 0 if low == int(low) else 1)
    if high is None:
        return f"{start} and over"
    return f"{start} to under {rate_text(high, 0 if high == int(high) else 1)}"


def ward_number(row: Any) -> str:
    """``4``; ``24*`` for a rank made by fewer than 10 events."""
    rank = getattr(row, "rank", None)
    return f"{f'{rank:.0f}' if pd.notna(rank) else row.text}{STAR * is_unstable(row)}"


def is_unstable(row: Any) -> bool:
    """Whether a value is shown and rests on fewer than 10 events."""
    flag = getattr(row, "unstable", None)
    return bool(pd.notna(row.value) and pd.notna(flag) and flag)
