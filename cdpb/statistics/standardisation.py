"""Rates freed of a difference in age: the area's own, weighted as a standard would have them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cdpb.errors import InputError
from cdpb.statistics.about import need_columns, passed_on, period_of
from cdpb.statistics.intervals import (
    EXACT_BELOW,
    Numbers,
    aligned,
    as_counts,
    byars_interval,
)

# Revision of the European Standard Population, Eurostat 2013.
EUROPEAN_STANDARD_POPULATION_2013: dict[str, int] = {
    "0-4": 5_000,
    "5-9": 5_500,
    "10-14": 5_500,
    "15-19": 5_500,
    "20-24": 6_000,
    "25-29": 6_000,
    "30-34": 6_500,
    "35-39": 7_000,
    "40-44": 7_000,
    "45-49": 7_000,
    "50-54": 7_000,
    "55-59": 6_500,
    "60-64": 6_000,
    "65-69": 5_500,
    "70-74": 5_000,
    "75-79": 4_000,
    "80-84": 2_500,
    "85-89": 1_500,
    "90+": 1_000,
}


def directly_standardised_rate(
    table: pd.DataFrame,
    by: Sequence[str] | str,
    numerator: str = "events",
    denominator: str = "residents",
    age_band: str = "age_band",
    times: str | None = None,
    per: int = 100_000,
    confidence: float = 0.95,
    standard: Mapping[str, float] = EUROPEAN_STANDARD_POPULATION_2013,
) -> pd.DataFrame:
    """Rates weighted to a standard population, by age band, with Dobson's limits.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each band of the standard in each group of ``by``.
    by : str or list of str
        What the rate is made for, such as ``area_code``.
    numerator, denominator, age_band : str
        Columns of events (or of people, with ``times``), residents and bands.
    times : str, optional
        The column of how many events each of the people in ``numerator`` had, for events
        that aren't independent, such as admissions of the same person. There is then a row
        for each band and number of times; the variance grows with its square.
    per : int, default 100,000
        How many people the rate is for.
    confidence : float, default 0.95
        At least 0.9 and below 1.
    standard : mapping of str to number, default the European Standard Population 2013
        The weight of each band.

    Returns
    -------
    pandas.DataFrame
        One row a group: ``by``, the events, the residents, ``rate_per_<per>``, ``lower`` and
        ``upper``; missing below 10 events, or where a count is missing.

    Raises
    ------
    InputError
        If a group lacks a band of the standard, has one twice, or has another.

    References
    ----------
    Dobson, Kuulasmaa, Eberle and Scherer (1991), Stat Med 10: 457-462.

    Examples
    --------
    >>> directly_standardised_rate(admissions, by="area_code", numerator="admissions")
    """
    keys = [by] if isinstance(by, str) else list(by)
    repeats = [times] if times else []
    need_columns(table, *keys, numerator, denominator, age_band, *repeats)
    _refuse_other_bands(table, keys, age_band, repeats, standard)
    weight = table[age_band].map(standard) / sum(standard.values())
    each = table[times] if times else pd.Series(1, index=table.index)
    sums = _weighted(table[numerator], table[denominator], weight, each)
    sums = sums.groupby([table[key] for key in keys]).sum(skipna=False)
    rate = sums["rate"].where(sums["events"] >= EXACT_BELOW)
    once = table.drop_duplicates([*keys, age_band]).groupby(keys)[denominator]
    result = as_counts(sums["events"]).to_frame(numerator)
    result = result.assign(**{denominator: once.sum(), f"rate_per_{per}": per * rate})
    limits = per * dobson_interval(rate, sums["variance"], sums["events"], confidence)
    return passed_on(
        result.join(limits).reset_index(),
        table,
        value=f"rate_per_{per}",
        unit=f"per {per:,} {denominator}, age-standardised",
        numerator=numerator,
        denominator=denominator,
        period=period_of(table),
        method="directly standardised, Dobson limits",
    )


def dobson_interval(
    rate: Numbers, variance: Numbers, events: Numbers, confidence: float = 0.95
) -> pd.DataFrame:
    """Limits for a weighted sum of Poisson counts: Byar's, stretched to its variance.

    Parameters
    ----------
    rate, variance : pandas.Series of numbers
        The weighted sum and its variance.
    events : pandas.Series of numbers
        The events it is made of; 10 or more.
    confidence : float, default 0.95
        At least 0.9 and below 1.

    References
    ----------
    Dobson, Kuulasmaa, Eberle and Scherer (1991), Stat Med 10: 457-462.
    """
    value, spread, count = aligned(rate, variance, events)
    stretch = np.sqrt(spread / count.where(count > 0))
    around = byars_interval(count, confidence).sub(count, axis=0)
    return around.mul(stretch, axis=0).add(value, axis=0).clip(lower=0)


def _weighted(
    people: pd.Series, residents: pd.Series, weight: pd.Series, each: pd.Series
) -> pd.DataFrame:
    """The part of each band in the events, in the rate and in its variance."""
    people, residents, each = aligned(people, residents, each)
    share = weight * each / residents.where(residents > 0)
    parts = {"events": each * people, "rate": share * people, "variance": share**2 * people}
    return pd.DataFrame(parts)


def _refuse_other_bands(
    table: pd.DataFrame,
    keys: list[str],
    age_band: str,
    times: list[str],
    standard: Mapping[str, float],
) -> None:
    strange = set(table[age_band]) - set(standard)
    if strange:
        raise InputError(
            f"The standard population has no band {sorted(map(str, strange))[0]!r}.",
            f"It has: {', '.join(standard)}",
        )
    if table.duplicated([*keys, age_band, *times]).any():
        raise InputError("An age band stands twice in one group.")
    if (table.groupby(keys)[age_band].nunique() < len(standard)).any():
        raise InputError("A group lacks an age band of the standard population.")
