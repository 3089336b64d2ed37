"""A monthly return that came twice, the second time revised."""

from collections.abc import Callable

from sections.chance import (
    FIRST_OF_SECOND,
    FIRST_RECEIVED,
    LAST_OF_FIRST,
    SECOND_RECEIVED,
    Counts,
    as_first_sent,
    as_sent_again,
)
from sections.writing import Made

# What a series is about, like the word for a requirement, and its counts by month.
Series = dict[str, Counts]


def sent_twice(
    source: str,
    header: list[str],
    series: Series,
    rows_of: Callable[[Series], list[list[str]]],
    **more: str,
) -> list[Made]:
    """Both receipts: months to August 2024, and from April 2023 to March 2025."""
    first = {name: as_first_sent(counts) for name, counts in series.items()}
    second = {name: as_sent_again(counts) for name, counts in series.items()}
    begins = min(min(counts) for counts in series.values())
    ends = max(max(counts) for counts in series.values())
    covers = max(begins, FIRST_OF_SECOND)
    return [
        Made(source, FIRST_RECEIVED, [header, *rows_of(first)], begins, LAST_OF_FIRST, **more),
        Made(source, SECOND_RECEIVED, [header, *rows_of(second)], covers, ends, **more),
    ]


def by_month(series: Series) -> list[tuple[str, str, int]]:
    """Month, name and count, months in order."""
    months = sorted({month for counts in series.values() for month in counts})
    return [(m, name, counts[m]) for m in months for name, counts in series.items() if m in counts]
