"""Is an area higher than its comparator, lower, or similar; and what would change that?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cdpb.errors import InputError, verb
from cdpb.numbers import CHANGE, rounded_text
from cdpb.statistics.about import (
    definition_of,
    need_columns,
    passed_on,
    period_of,
    single,
    source_of,
)
from cdpb.statistics.intervals import aligned
from cdpb.statistics.measure import Measure

HIGHER, LOWER, SIMILAR, NOT_COMPARED = "higher", "lower", "similar", "not compared"
ALIKE = ("source", "unit", "period", "series", "definition")


@verb("")
def compare(
    table: pd.DataFrame,
    with_: Measure | pd.DataFrame,
    on: str | Sequence[str] | None = None,
    into: str = "comparison",
) -> pd.DataFrame:
    """Say of each row whether it is higher, lower or similar.

    Similar when the comparator lies within the row's own interval, ends included. A row
    without an interval, or without a comparator, is not compared.

    Parameters
    ----------
    table : pandas.DataFrame
        With ``lower``, ``upper`` and the value, as ``crude_rate`` and ``proportion`` give.
    with_ : Measure or pandas.DataFrame
        One comparator for all rows, or a table with one for each, found through ``on``.
    on : str or list of str, optional
        The columns that pair the two tables' rows, such as ``substance_group``.
    into : str, default "comparison"
        The name of the new column.

    Returns
    -------
    pandas.DataFrame
        The table with the new column.

    Raises
    ------
    InputError
        If the two sides differ in source, unit, period or in what they count.

    Examples
    --------
    >>> compare(crude_rate(wards), with_=london)
    """
    keys = [on] if isinstance(on, str) else list(on or ())
    value = str(table.attrs.get("value", ""))
    need_columns(table, *keys, value, "lower", "upper")
    _refuse_unlike(_claims(table, keys), _claims(with_, keys))
    comparator = _comparator_by_row(table, with_, value, keys)
    found, lower, upper = (
        table[name].to_numpy(float, na_value=np.nan) for name in (value, "lower", "upper")
    )
    sides = pd.Series(_sided(found, lower, upper, comparator), index=table.index, dtype="str")
    return passed_on(table.assign(**{into: sides}), table)


@verb("")
def compare_measures(measure: Measure, with_: Measure) -> str:
    """The same for one measure: "higher", "lower", "similar" or "not compared".

    Raises
    ------
    InputError
        If the two differ in source, unit, period or in what they count.

    Examples
    --------
    >>> compare_measures(barnet, with_=london)
    'lower'
    """
    _refuse_unlike(_claims(measure), _claims(with_))
    numbers = (measure.value, measure.lower, measure.upper, with_.value)
    side = _sided(*(np.array([np.nan if each is None else each], float) for each in numbers))
    return str(side[0])


def compare_changes(measure: Measure, with_: Measure) -> str:
    """As `compare_measures`, of two changes in per cent that are both known within limits.

    The one over the other, on the log scale, with the spread of both.
    """
    spreads, middles = [], []
    for each in (measure, with_):
        growth = np.array([each.lower, each.value, each.upper], dtype=float) / 100 + 1
        low, middle, high = np.log(np.maximum(growth, 1e-9))
        middles.append(middle)
        spreads.append((high - low) / 2)
    apart, spread = middles[0] - middles[1], np.hypot(*spreads)
    return SIMILAR if abs(apart) <= spread else HIGHER if apart > 0 else LOWER


def _claims(side: Measure | pd.DataFrame, keys: Sequence[str] = ()) -> dict[str, str]:
    if isinstance(side, Measure):
        return {name: getattr(side, name) for name in ALIKE}
    return {
        "source": source_of(side),
        "unit": side.attrs.get("unit", ""),
        "period": "" if {"year", "month"} & set(keys) else period_of(side),
        "series": "" if "series" in keys else single(side, "series"),
        "definition": definition_of(side, apart_from=tuple(keys)),
    }


def _refuse_unlike(ours: dict[str, str], theirs: dict[str, str]) -> None:
    """Source and unit must be known on both sides; the rest must agree where both are known."""
    for name in ALIKE:
        must_agree = (ours[name] and theirs[name]) or name in ("source", "unit")
        if must_agree and ours[name] != theirs[name]:
            raise InputError(
                f"Only like is compared with like, and the {name} differs.",
                f"On one side: {ours[name] or 'not given'}",
                f"On the other: {theirs[name] or 'not given'}",
                "Nothing was compared.",
            )


def _comparator_by_row(
    table: pd.DataFrame, with_: Measure | pd.DataFrame, value: str, keys: list[str]
) -> np.ndarray:
    if isinstance(with_, Measure):
        return np.full(len(table), np.nan if with_.value is None else with_.value)
    if not keys:
        raise InputError("A table to compare with needs on=, the columns that pair the rows.")
    need_columns(with_, *keys, value)
    found = with_.set_index(keys)[value]
    if found.index.has_duplicates:
        raise InputError(f"Two comparators stand for the same {', '.join(keys)}.")
    wanted = pd.MultiIndex.from_frame(table[keys]) if len(keys) > 1 else table[keys[0]]
    return found.reindex(wanted).to_numpy(dtype=float, na_value=np.nan)


def _sided(
    value: np.ndarray, lower: np.ndarray, upper: np.ndarray, comparator: np.ndarray
) -> np.ndarray:
    unknown = np.isnan(value) | np.isnan(lower) | np.isnan(upper) | np.isnan(comparator)
    return np.select(
        [unknown, lower > comparator, upper < comparator],
        [NOT_COMPARED, HIGHER, LOWER],
        default=SIMILAR,
    )


# The unit of a series' change, which is compared with none.
A_YEAR = "% a year"


def left_open(measure: Measure, middle: float) -> str:
    """How far from a comparator the data may be: ``from 12% lower to 44% higher``, in words.

    Percentages are set apart by percentage points, everything else in proportion.
    """
    limits = (limit for limit in (measure.lower, measure.upper) if limit is not None)
    ends = " to ".join(apart_text(limit, middle, measure) for limit in limits)
    way = ""
    if measure.unit == A_YEAR:
        way = f"pointing {'up' if (measure.value or 0) > middle else 'down'}, and "
    return f"{way}the data allow anything from {ends}"


def apart_text(limit: float, middle: float, measure: Measure) -> str:
    """``44% higher``, ``5 percentage points lower``, ``12% fewer``, ``29 times as many``."""
    apart = limit - middle
    if measure.unit in (A_YEAR, CHANGE):
        change = rounded_text(abs(limit), measure.decimals)
        unit = measure.unit.removesuffix(" change")
        return f"a {'rise' if limit > 0 else 'fall'} of {change}{unit}"
    lower, higher = ("fewer", "more") if "times" in measure.unit else ("lower", "higher")
    way = higher if apart > 0 else lower
    if measure.unit == "%":
        return f"{rounded_text(abs(apart), measure.decimals)} percentage points {way}"
    if middle <= 0:
        # Of nothing there is no proportion: the number itself.
        return rounded_text(limit, measure.decimals)
    if apart > 2 * middle:
        return f"{rounded_text(limit / middle)} times as {'many' if way == 'more' else 'high'}"
    return f"{rounded_text(100 * abs(apart) / middle)}% {way}"


# The chance of a false finding anywhere among several tests; on one side an interval's own.
FAMILY_ERROR = 0.025


def chance_above(
    events: pd.Series, people: pd.Series, target: Measure, spread: pd.Series | float = 1
) -> pd.Series:
    """How likely so many events or more are at the comparator's rate, one by one.

    Exact: Poisson for a rate, binomial for a share in per cent. The comparator needs its two
    counts; missing where a count is missing, 1 without events. Of a rate whose months have a
    dispersion (``spread``), count and expected count are both divided by it.
    """
    from scipy.special import bdtrc, gammainc

    counts = np.array([each.astype("float64") for each in aligned(events, people)])
    known, found = ~np.isnan(counts).any(axis=0), np.full(len(events), np.nan)
    if target.numerator and target.denominator:
        rate = target.numerator / target.denominator
        counted, among = counts[:, known]
        phi = np.broadcast_to(np.asarray(spread, float), known.shape)[known]
        if target.unit == "%":
            chance = bdtrc(np.maximum(counted - 1, 0), among.astype(int), rate)
        else:
            # The Poisson's upper tail, which holds between whole numbers too.
            chance = gammainc(np.maximum(counted / phi, 1e-9), among * rate / phi)
        found[known] = np.where(counted == 0, 1.0, chance)
    return pd.Series(found, index=events.index)


def stand_above(
    events: pd.Series, people: pd.Series, target: Measure, spread: pd.Series | float = 1
) -> pd.Series:
    """Which lie above the comparator with all of them tested together, by `holm`."""
    return holm(chance_above(events, people, target, spread))


def holm(chances: pd.Series) -> pd.Series:
    """Which of several one-sided tests are passed with all of them made together.

    The smallest chance is held against the error of the family divided by the number of tests, the
    next against that divided by one test fewer, and so on up to the first that is too large. A
    missing chance is no test.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6: 65-70.
    """
    each = chances.to_numpy()
    order, tests = np.argsort(each, kind="stable"), int((~np.isnan(each)).sum())
    bars = np.zeros(len(each))
    bars[:tests] = FAMILY_ERROR / np.arange(tests, 0, -1)
    passed = np.zeros(len(each), dtype=bool)
    passed[order] = np.logical_and.accumulate(each[order] <= bars)
    return pd.Series(passed, index=chances.index)


BELOW = "below"


def below_together(
    table: pd.DataFrame, usual: pd.DataFrame, part: str, whole: str, on: str
) -> pd.DataFrame:
    """Which shares lie below the usual one of their kind, with all of them tested together.

    Exact binomial and one-sided, with Holm's method over the rows of ``table`` that are not of the
    usual area itself. Adds ``tested_together``: ``below``, ``no difference shown``, or nothing.
    """
    from scipy.special import bdtr

    share = table[on].map(usual.set_index(on)["percent"]).astype("float64") / 100
    counts = (table[name].astype("int64") for name in (part, whole))
    chances = pd.Series(bdtr(*counts, share), index=table.index)
    own = ~table["area_code"].isin(usual["area_code"])
    told = holm(chances.where(own)).map({True: BELOW, False: "no difference shown"})
    return passed_on(table.assign(tested_together=told.where(own, "")), table)


@verb("")
def tipping_points(table: pd.DataFrame, with_: Measure) -> pd.DataFrame:
    """For each row, the residents at which its comparison would turn to similar.

    The events and the comparator stay as they are: only the area's own population is
    doubted, as one may doubt a census three years on.

    Parameters
    ----------
    table : pandas.DataFrame
        What ``compare`` gave: a rate, its limits and ``comparison``.
    with_ : Measure
        The comparator.

    Returns
    -------
    pandas.DataFrame
        The table with ``residents_needed`` and ``residents_change`` in per cent, missing
        where the comparison is similar already.

    Raises
    ------
    InputError
        If the table holds percentages: their limits don't move in proportion to the residents.

    Examples
    --------
    >>> compared = compare(crude_rate(wards), london)
    >>> tipping_points(compared, london)[["ward_name", "residents_needed"]].round()
      ward_name  residents_needed
    0       Ash           18092.0
    1     Beech               NaN
    2     Cedar            7722.0
    """
    if not str(table.attrs.get("unit", "")).startswith("per "):
        raise InputError("Only a rate per so many people has a tipping point.")
    sides = compare(table, with_, into="side")["side"]
    limit = table["lower"].where(sides == HIGHER, table["upper"].where(sides == LOWER))
    needed = table["residents"] * limit / (with_.value or np.nan)
    change = 100 * (needed / table["residents"] - 1)
    return passed_on(table.assign(residents_needed=needed, residents_change=change), table)
