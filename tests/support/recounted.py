"""What a count by hand needs: the rows of a file, and Wilson's limits."""

import csv
from math import sqrt
from pathlib import Path

Z = 1.959963984540054


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV, as text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's limits in per cent, written out again."""
    share = part / whole
    centre = share + Z**2 / (2 * whole)
    spread = Z * sqrt(share * (1 - share) / whole + Z**2 / (4 * whole**2))
    low, high = (100 * (centre + side * spread) / (1 + Z**2 / whole) for side in (-1, 1))
    return low, high
