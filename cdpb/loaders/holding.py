"""Heroin users in the service, each in one row: with naloxone, or without."""

import pandas as pd

from cdpb.loaders.harm import naloxone
from cdpb.loaders.worlds import in_this_world

QUARTER_OF_YEAR = " Q"


def naloxone_by_holding(area: str | None = None) -> pd.DataFrame:
    """Heroin users in the service by whether they hold naloxone, quarter by quarter.

    The gate protects one column of counts, in rows that nobody stands in twice; so those who
    hold it stand beside those who don't, not among all.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, quarter, holding, persons``; ``holding`` is yes or no. A quarter of
        which a count was hidden or left empty has no rows: what is left over isn't known.
    """
    wide = naloxone(area)
    known = wide.dropna(subset=["users", "holding"])
    years = known["quarter"].str.split(QUARTER_OF_YEAR).str[0].astype("str")
    about = known[["area_code", "quarter"]].assign(year=years)
    sides = [("yes", known["holding"]), ("no", known["users"] - known["holding"])]
    apart = pd.concat(
        [about.assign(holding=side, persons=count.astype("int64")) for side, count in sides],
        ignore_index=True,
    )
    apart.attrs = dict(wide.attrs)
    apart = apart[["area_code", "year", "quarter", "holding", "persons"]]
    return in_this_world(apart, wide.attrs.get("source", ""))
