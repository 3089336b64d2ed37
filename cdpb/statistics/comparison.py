"""Is an area higher than its comparator, lower, or similar?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cdpb.errors import InputError
from cdpb.statistics.about import (
    definition_of,
    need_columns,
    passed_on,
    period_of,
    single,
    source_of,
)
from cdpb.statistics.measure import Measure

HIGHER, LOWER, SIMILAR, NOT_COMPARED = "higher", "lower", "similar", "not compared"
ALIKE = ("source", "unit", "period", "series", "definition")
POLARITIES = {
    "higher is better": {HIGHER: "better", LOWER: "worse"},
    "lower is better": {HIGHER: "worse", LOWER: "better"},
}


def compare(
    table: pd.DataFrame,
    with_: Measure | pd.DataFrame,
    value: str | None = None,
    polarity: str | None = None,
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
    value : str, optional
        The column compared; known already for what a verb of this package made.
    polarity : {"higher is better", "lower is better"}, optional
        Only where the measure has one declared. Gives "better" and "worse". Recorded
        offences follow police activity: no polarity.
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
    value = value or str(table.attrs.get("value", ""))
    need_columns(table, *keys, value, "lower", "upper")
    _refuse_unlike(_claims(table, keys), _claims(with_, keys))
    comparator = _comparator_by_row(table, with_, value, keys)
    words = _words(polarity)
    result = _sided(
        table[value].to_numpy(dtype=float, na_value=np.nan),
        table["lower"].to_numpy(dtype=float, na_value=np.nan),
        table["upper"].to_numpy(dtype=float, na_value=np.nan),
        comparator,
    )
    spoken = pd.Series(result, index=table.index, dtype="str").replace(words)
    return passed_on(table.assign(**{into: spoken}), table)


def compare_measures(measure: Measure, with_: Measure, polarity: str | None = None) -> str:
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
    refuse_unlike(measure, with_)
    numbers = (measure.value, measure.lower, measure.upper, with_.value)
    side = _sided(*(np.array([np.nan if each is None else each], float) for each in numbers))
    return _words(polarity).get(str(side[0]), str(side[0]))


def refuse_unlike(measure: Measure, with_: Measure, apart_from: Sequence[str] = ()) -> None:
    """Refuse two measures that differ in source, unit, period or in what they count.

    Parameters
    ----------
    measure, with_ : Measure
        The two sides.
    apart_from : list of str
        What may differ: ``period`` where two periods are compared.
    """
    _refuse_unlike(_claims(measure), _claims(with_), apart_from)


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


def _refuse_unlike(
    ours: dict[str, str], theirs: dict[str, str], apart_from: Sequence[str] = ()
) -> None:
    """Source and unit must be known on both sides; the rest must agree where both tell."""
    for name in ALIKE:
        told = (ours[name] and theirs[name]) or name in ("source", "unit")
        if told and ours[name] != theirs[name] and name not in apart_from:
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


def _words(polarity: str | None) -> dict[str, str]:
    if polarity is None:
        return {}
    if polarity not in POLARITIES:
        raise InputError(f"{polarity!r} is no polarity.", f"Wanted: {' or '.join(POLARITIES)}.")
    return POLARITIES[polarity]
