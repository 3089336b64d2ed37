"""Many areas or groups tested together, so that the number of tests makes no finding."""

import numpy as np
import pandas as pd

from cdpb.statistics.intervals import aligned
from cdpb.statistics.measure import Measure

# The chance of a false finding anywhere among them; an interval's own, on one side.
FAMILY_ERROR = 0.025


def chance_above(events: pd.Series, people: pd.Series, target: Measure) -> pd.Series:
    """How likely so many events or more are at the comparator's rate, one by one.

    Exact: Poisson for a rate, binomial for a share in per cent. The comparator needs its two
    counts; missing where a count is missing, 1 without events.
    """
    from scipy.special import bdtrc, pdtrc

    counts = pd.DataFrame(dict(zip(("events", "people"), aligned(events, people), strict=True)))
    known = counts.dropna().astype("int64")
    if not (target.numerator and target.denominator):
        return pd.Series(np.nan, index=counts.index)
    rate = target.numerator / target.denominator
    fewer, among = (known["events"] - 1).clip(lower=0).to_numpy(), known["people"].to_numpy()
    chance = bdtrc(fewer, among, rate) if target.unit == "%" else pdtrc(fewer, among * rate)
    return (
        pd.Series(chance, index=known.index).mask(known["events"] == 0, 1.0).reindex(counts.index)
    )


def stand_above(events: pd.Series, people: pd.Series, target: Measure) -> pd.Series:
    """Which lie above the comparator with all of them tested together (Holm's method).

    The smallest chance is held against the error of the family divided by the number of tests, the
    next against that divided by one test fewer, and so on up to the first that is too large.
    Parameters as for `chance_above`; True or False on the same index.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6: 65-70.
    """
    chances = chance_above(events, people, target).dropna().sort_values(kind="stable")
    bars = FAMILY_ERROR / np.arange(len(chances), 0, -1)
    passed = np.logical_and.accumulate((chances <= bars).to_numpy(dtype=bool))
    return pd.Series(passed, index=chances.index).reindex(events.index, fill_value=False)
