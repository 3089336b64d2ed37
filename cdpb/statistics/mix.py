"""A share freed of a difference in make-up, indirectly and directly."""

from collections.abc import Sequence

import pandas as pd

from cdpb.errors import InputError
from cdpb.statistics.about import kinds_of, need_columns, passed_on, period_of
from cdpb.statistics.intervals import aligned, wilson_score_interval


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
