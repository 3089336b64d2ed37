"""How wrong would a population have to be before a comparison changed?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdpb.errors import InputError
from cdpb.statistics.about import passed_on
from cdpb.statistics.comparison import HIGHER, LOWER, compare, compare_measures
from cdpb.statistics.measure import Measure


@dataclass(frozen=True)
class TippingPoint:
    """How far a denominator would have to move before a comparison changes.

    Attributes
    ----------
    comparison : str
        What it is now: "higher" or "lower".
    denominator : float
        As counted.
    similar_at, similar_change : float or None
        The denominator at which the difference could no longer be shown, and the change in
        per cent that this is.
    opposite_at, opposite_change : float or None
        The denominator at which the opposite would be shown.
    """

    comparison: str
    denominator: float
    similar_at: float | None
    similar_change: float | None
    opposite_at: float | None
    opposite_change: float | None


def tipping_point(measure: Measure, with_: Measure) -> TippingPoint | None:
    """The residents at which a rate's limits would meet the comparator.

    The events and the comparator stay as they are: only the area's own population is
    doubted, as one may doubt a census three years on.

    Parameters
    ----------
    measure : Measure
        A rate, whose limits move in proportion as its denominator shrinks or grows.
    with_ : Measure
        The comparator.

    Returns
    -------
    TippingPoint or None
        None when the two are similar already, or can't be compared.

    Raises
    ------
    InputError
        If the measure is a percentage: its limits don't move in proportion.

    Examples
    --------
    >>> tipping_point(colindale_north, london).similar_at
    """
    if not measure.unit.startswith("per "):
        raise InputError(f"{measure.label}: only a rate per so many people has a tipping point.")
    side = compare_measures(measure, with_)
    if side not in (HIGHER, LOWER) or not with_.value or measure.denominator is None:
        return None
    near, far = (measure.lower, measure.upper)[:: 1 if side == HIGHER else -1]
    similar_at, opposite_at = (_moved_to(limit, measure, with_) for limit in (near, far))
    return TippingPoint(
        comparison=side,
        denominator=measure.denominator,
        similar_at=similar_at,
        similar_change=_change(similar_at, measure),
        opposite_at=opposite_at,
        opposite_change=_change(opposite_at, measure),
    )


def tipping_points(
    table: pd.DataFrame, with_: Measure, denominator: str = "residents"
) -> pd.DataFrame:
    """For each row, the residents at which its comparison would turn to similar.

    Parameters
    ----------
    table : pandas.DataFrame
        What ``compare`` gave: a rate, its limits and ``comparison``.
    with_ : Measure
        The comparator.
    denominator : str, default "residents"
        The column whose value is doubted.

    Returns
    -------
    pandas.DataFrame
        The table with ``residents_needed`` and ``residents_change`` in per cent, missing
        where the comparison is similar already.
    """
    if not str(table.attrs.get("unit", "")).startswith("per "):
        raise InputError("Only a rate per so many people has a tipping point.")
    sides = compare(table, with_, into="side")["side"]
    limit = table["lower"].where(sides == HIGHER, table["upper"].where(sides == LOWER))
    needed = table[denominator] * limit / (with_.value or np.nan)
    change = 100 * (needed / table[denominator] - 1)
    added = {f"{denominator}_needed": needed, f"{denominator}_change": change}
    return passed_on(table.assign(**added), table)


def _moved_to(limit: float | None, measure: Measure, with_: Measure) -> float | None:
    """The denominator that brings a limit onto the comparator; a limit of 0 never gets there."""
    if not limit or not with_.value or measure.denominator is None:
        return None
    return measure.denominator * limit / with_.value


def _change(at: float | None, measure: Measure) -> float | None:
    return None if at is None or not measure.denominator else 100 * (at / measure.denominator - 1)
