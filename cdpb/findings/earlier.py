"""The year before, by today's method: the same cells of the same published tables, a year back."""

from collections.abc import Callable, Mapping
from typing import Any

from cdpb.periods import FinancialYear
from cdpb.statistics.measure import Measure
from cdpb.statistics.part_tests import PartResult

Again = Callable[[str], Measure]


def year_before(year: str) -> str | None:
    """``2022/23`` of ``2023/24``; None where a table has no financial years."""
    return str(FinancialYear.parse(year).previous()) if "/" in year else None


def earlier(measure: Any, again: Mapping[Measure, tuple[str, Again]]) -> Measure | None:
    """The measure a year before its own, from the table that it was taken from.

    Parameters
    ----------
    measure : Measure
    again : mapping
        For each measure taken from a table with a row a year: its year, and how to take it from
        the row of another.

    Returns
    -------
    Measure or None
        None where the table has no such row, or the measure comes from elsewhere.
    """
    if not isinstance(measure, Measure) or measure not in again:
        return None
    own, take = again[measure]
    before = year_before(own)
    found = take(before) if before else None
    return found if found is not None and found.known else None


def same_parts(now: tuple[PartResult, ...], before: list[PartResult]) -> bool:
    """Whether a year before could be tested on every part that is tested now."""
    checked = {part.id for part in now if part.checked}
    return bool(checked) and checked == {part.id for part in before if part.checked}
