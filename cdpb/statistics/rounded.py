"""Change in a share whose counts the publisher has rounded: chance and rounding together."""

import pandas as pd

from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.two_rates import rate_ratio

KEYS = ["area_code", "year"]
ENDS = ["people", "lowest", "highest"]


def change_since_first(table: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    """A share in an area's latest year over the same share in its first year.

    The limits are the exact ones of a rate ratio, taken at the counts that stretch them most
    among those the publisher's rounding leaves possible. A change that they show is therefore
    neither chance nor rounding.

    Parameters
    ----------
    table : pandas.DataFrame
        ``area_code``, ``year``, ``measure``, ``people``, ``lowest`` and ``highest``, one row
        a measure and year.
    part, whole : str
        The measures: the deaths, and all in treatment.

    Returns
    -------
    pandas.DataFrame
        One row an area of which two years are held: ``area_code, year, previous_year,
        rate_ratio, ratio_lower, ratio_upper``, and ``rounding_lower`` and ``rounding_upper``,
        between which rounding alone leaves the ratio. Without events in the first year the
        upper limits are missing.

    Examples
    --------
    >>> change_since_first(adults, "exit_died_all", "in_treatment")["rate_ratio"]
    """
    need_columns(table, *KEYS, "measure", *ENDS)
    sides = [table[table["measure"] == each][[*KEYS, *ENDS]] for each in (part, whole)]
    years = sides[0].merge(sides[1], on=KEYS, suffixes=("_part", "_whole")).sort_values(KEYS)
    by_area = years.groupby("area_code")
    both = by_area.tail(1).merge(by_area.head(1), on="area_code", suffixes=("", "_first"))
    both = both[both["year"] != both["year_first"]].reset_index(drop=True)
    middle, least, most = (
        _ratio(both, *ends)
        for ends in (("people", "people"), ("lowest", "highest"), ("highest", "lowest"))
    )
    found = pd.DataFrame(
        {
            "area_code": both["area_code"],
            "year": both["year"],
            "previous_year": both["year_first"],
            "rate_ratio": middle["ratio"],
            "ratio_lower": least["lower"],
            "ratio_upper": most["upper"],
            "rounding_lower": least["ratio"],
            "rounding_upper": most["ratio"],
        }
    )
    return passed_on(found, table, value="rate_ratio", unit="times")


def _ratio(both: pd.DataFrame, of: str, against: str) -> pd.DataFrame:
    """As few events among as many people as can be, against the other way round, or neither."""
    return rate_ratio(
        both[f"{of}_part"],
        both[f"{against}_whole"],
        both[f"{against}_part_first"],
        both[f"{of}_whole_first"],
    )
