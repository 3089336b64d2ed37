"""Another year's cell of the same published table: for figures that only one table may show."""

from collections.abc import Callable, Mapping
from typing import Any

from cdpb.statistics.measure import Measure

Again = Callable[[str], Measure]


def of_year(measure: Any, year: str, again: Mapping[Measure, tuple[str, Again]]) -> Measure | None:
    """The measure of another year, from the table that it was taken from.

    Parameters
    ----------
    measure : Measure
    year : str
        A measure's period: ``2022/23``.
    again : mapping
        For each measure taken from a table with a row a year: its year, and how to take it from
        the row of another.

    Returns
    -------
    Measure or None
        None where the table has no such row, or hides it, or the measure comes from elsewhere.
    """
    if not isinstance(measure, Measure) or measure not in again:
        return None
    own, take = again[measure]
    found = measure if own == year else take(year)
    return found if found.known else None
