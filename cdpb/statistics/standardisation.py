"""Like for like: rates and shares freed of a difference in make-up.

Directly: the area's own rates, weighted as a standard population would have them. Indirectly:
what the area would count at the standard's rates, and how its own count compares.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cdpb.errors import InputError
from cdpb.statistics.about import kinds_of, need_columns, passed_on, period_of
from cdpb.statistics.intervals import (
    EXACT_BELOW,
    Numbers,
    aligned,
    as_counts,
    byars_interval,
    wilson_score_interval,
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
    events_each = table[times] if times else pd.Series(1, index=table.index)
    need_columns(table, *keys, numerator, denominator, age_band)
    _refuse_other_bands(table, keys, age_band, [times] if times else [], standard)
    people, residents, each = aligned(table[numerator], table[denominator], events_each)
    weight = table[age_band].map(standard) / sum(standard.values())
    share = weight / residents.where(residents > 0)
    parts = table[keys].assign(
        events=each * people, rate=share * each * people, variance=(share * each) ** 2 * people
    )
    sums = parts.groupby(keys)[["events", "rate", "variance"]].sum(skipna=False)
    once = table.drop_duplicates([*keys, age_band]).groupby(keys)[denominator]
    enough = sums["events"].ge(EXACT_BELOW)
    rate = sums["rate"].where(enough)
    limits = per * dobson_interval(rate, sums["variance"], sums["events"], confidence)
    result = as_counts(sums["events"]).to_frame(numerator)
    result[denominator], result[f"rate_per_{per}"] = once.sum(), per * rate
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


def standardised_share(
    table: pd.DataFrame,
    standard: pd.DataFrame,
    by: Sequence[str] | str = "area_code",
    over: str = "substance_group",
    numerator: str = "women",
    denominator: str = "adults",
    total: str = "total",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """A share against what the mix of groups alone would lead one to expect.

    Observed is what stands in the row of the total; a publisher's rounding leaves the sum of
    the groups a little off it. Without such a row the groups are summed.

    Indirect: the women expected if each substance group had the standard's share of women.
    Observed over expected has the Wilson limits of the observed share over the expected
    share, so that a ratio whose limits leave out 1 is a share whose limits leave out what is
    expected. The standard is taken as known, being some two hundred times as large.

    Direct, as a check: the area's own share in each group, weighted by the standard's mix;
    Wilson limits at the number of people that would give the same variance.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each group of ``by`` and value of ``over``.
    standard : pandas.DataFrame
        The same for the standard, one row for each value of ``over``.
    by : str or list of str, default "area_code"
        What the share is made for.
    over : str, default "substance_group"
        What the make-up is of.
    numerator, denominator : str
        The columns of the two counts.
    total : str, default "total"
        The value of ``over`` that stands for all of them.
    confidence : float, default 0.95
        At least 0.9 and below 1.

    Returns
    -------
    pandas.DataFrame
        One row a group: the two counts observed, ``percent``, ``lower``, ``upper``;
        ``expected`` people, ``expected_percent``; ``observed_to_expected``,
        ``ratio_lower``, ``ratio_upper``; ``direct_percent``, ``direct_lower``,
        ``direct_upper``.

    Raises
    ------
    InputError
        If the two sides are not from one source, or don't hold the same values of ``over``.

    References
    ----------
    Breslow and Day (1987), Statistical Methods in Cancer Research volume II, chapter 2.

    Examples
    --------
    >>> standardised_share(barnet_groups, england_groups)["expected_percent"]
    """
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(table, *keys, over, numerator, denominator)
    groups, usual = table[table[over] != total], standard[standard[over] != total]
    _refuse_other_standard(groups, usual, keys, over)
    totals = table[table[over] == total]
    observed = (groups if totals.empty else totals).groupby(keys)[[numerator, denominator]]
    counts = observed.sum(skipna=False)
    parts = _weighed(groups, usual.set_index(over), over, numerator, denominator)
    sums = parts.groupby([groups[key] for key in keys]).sum(skipna=False)
    found = counts.assign(
        **_indirect(counts[numerator], counts[denominator], sums, confidence),
        **_direct(sums, confidence),
    )
    return passed_on(
        found.reset_index(),
        table,
        value="percent",
        unit="%",
        numerator=numerator,
        denominator=denominator,
        period=period_of(table),
        kinds=kinds_of(table, apart_from=(over,)),
        method="Wilson score limits; expected at the standard's share in each group",
    )


def _weighed(
    groups: pd.DataFrame, usual: pd.DataFrame, over: str, numerator: str, denominator: str
) -> pd.DataFrame:
    """For each row: the people expected, and its part in the directly standardised share."""
    part, whole = aligned(groups[numerator], groups[denominator])
    mix = groups[over].map(usual[denominator] / usual[denominator].sum())
    share = part / whole.where(whole > 0)
    return pd.DataFrame(
        {
            "whole": whole,
            "expected": whole * groups[over].map(usual[numerator] / usual[denominator]),
            "direct": mix * share,
            "variance": mix**2 * share * (1 - share) / whole,
        }
    )


def _indirect(
    part: pd.Series, whole: pd.Series, sums: pd.DataFrame, confidence: float
) -> dict[str, pd.Series]:
    share, usual = part / whole, sums["expected"] / sums["whole"]
    limits = wilson_score_interval(part, whole, confidence)
    return {
        "percent": 100 * share,
        "lower": 100 * limits["lower"],
        "upper": 100 * limits["upper"],
        "expected": whole * usual,
        "expected_percent": 100 * usual,
        "observed_to_expected": share / usual,
        "ratio_lower": limits["lower"] / usual,
        "ratio_upper": limits["upper"] / usual,
    }


def _direct(sums: pd.DataFrame, confidence: float) -> dict[str, pd.Series]:
    spread = sums["variance"].where(sums["variance"] > 0)
    people = sums["direct"] * (1 - sums["direct"]) / spread
    limits = 100 * wilson_score_interval(sums["direct"] * people, people, confidence)
    return {
        "direct_percent": 100 * sums["direct"],
        "direct_lower": limits["lower"],
        "direct_upper": limits["upper"],
    }


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


def _refuse_other_standard(
    table: pd.DataFrame, standard: pd.DataFrame, keys: list[str], over: str
) -> None:
    need_columns(standard, over)
    if table.attrs.get("source") != standard.attrs.get("source"):
        raise InputError("A share is standardised by figures of its own source only.")
    wanted = set(standard[over])
    unlike = table.groupby(keys)[over].agg(set).map(lambda held: held != wanted)
    if unlike.any() or standard[over].duplicated().any() or table.duplicated([*keys, over]).any():
        raise InputError(
            f"An area and its standard need the same values of {over!r}, each once.",
            f"The standard has: {', '.join(sorted(map(str, wanted)))}",
        )
    if period_of(table) != period_of(standard):
        raise InputError("A share is standardised by figures of its own period only.")
