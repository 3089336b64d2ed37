"""Values that stand out so far from their neighbours that a unit or a digit must be wrong."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

# Between months or years of one place nothing that is counted here grows or falls so much.
FACTOR = 100
# Below this, a hundredfold is a handful of cases.
LEAST = 1_000
FEWEST = 3


def out_of_scale(
    table: pd.DataFrame, place: str, period: str, kinds: Sequence[str], counts: Sequence[str]
) -> list[str]:
    """The places and periods whose figure is a hundredfold, or a hundredth, of those beside it.

    Parameters
    ----------
    table : pandas.DataFrame
        The rows of one file.
    place, period : str
        The columns that say where and when.
    kinds : sequence of str
        The columns that part the figures; like is held against like.
    counts : sequence of str
        The columns of figures.

    Returns
    -------
    list of str
        Place and period of each, without its figure; none where a series is shorter than three.
    """
    series = table.groupby([place, *kinds], observed=True, sort=False)
    order = np.argsort(series.ngroup().to_numpy(), kind="stable")
    found: dict[str, None] = {}
    for column in counts:
        numbers = table[column].to_numpy(dtype=float, na_value=np.nan)
        usual = series[column].transform("median").to_numpy(dtype=float, na_value=np.nan)
        enough = series[column].transform("count").to_numpy() >= FEWEST
        above = (numbers >= LEAST) & (numbers > FACTOR * usual)
        below = (numbers > 0) & (usual >= LEAST) & (FACTOR * numbers < usual)
        strange = order[(enough & (above | below))[order]]
        for row in table.iloc[strange].to_dict("records"):
            found[f"{row[place]} {row[period]}"] = None
    return list(found)
