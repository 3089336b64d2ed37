"""Chance with a seed, months, and the two days on which most returns came."""

import random
from collections.abc import Callable, Sequence

SEED = 20231031
FIRST_RECEIVED, SECOND_RECEIVED = "2024-09-30", "2025-04-30"
LAST_OF_FIRST, FIRST_OF_SECOND = "2024-08", "2023-04"
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Counts = dict[str, int]


def chance_of(name: str) -> random.Random:
    """A source of chance of its own for each series, so that no section disturbs another."""
    return random.Random(f"{SEED} {name}")


def months(first: str, last: str) -> list[str]:
    """Months from first to last, written ``2023-04``."""
    at, end = _number(first), _number(last)
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(at, end + 1)]


def year_of(month: str) -> str:
    """The financial year of a month."""
    start = (_number(month) - 3) // 12
    return f"{start}/{(start + 1) % 100:02d}"


def is_month(month: str, *numbers: int) -> bool:
    """Whether a month is one of these months of any year."""
    return int(month[5:]) in numbers


def spread(total: int, over: Sequence[str], chance: random.Random, weight: Callable) -> Counts:
    """A total dealt out one by one over months, each month as likely as its weight."""
    weights = [weight(month) for month in over]
    counts = dict.fromkeys(over, 0)
    for _ in range(total):
        at, place = chance.random() * sum(weights), 0
        while at > weights[place] and place < len(over) - 1:
            at -= weights[place]
            place += 1
        counts[over[place]] += 1
    return counts


def even(_month: str) -> float:
    """Every month alike."""
    return 1.0


def as_first_sent(counts: Counts) -> Counts:
    """What a first receipt said: its last months were not complete, and one month was mended."""
    held = {month: n for month, n in counts.items() if month <= LAST_OF_FIRST}
    late = {"2023-11": 1, "2024-06": 1, "2024-08": 2}
    return {month: max(0, n - late.get(month, 0)) for month, n in held.items()}


def as_sent_again(counts: Counts) -> Counts:
    """What the second receipt says, which no longer carries the oldest months."""
    return {month: n for month, n in counts.items() if month >= FIRST_OF_SECOND}


def short_month(month: str) -> str:
    """``Apr-23``, as a spreadsheet writes it."""
    return f"{NAMES[int(month[5:]) - 1]}-{month[2:4]}"


def day_first(month: str) -> str:
    """``01/04/2023``."""
    return f"01/{month[5:]}/{month[:4]}"


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1
