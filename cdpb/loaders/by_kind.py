"""Returns with several counts a row, as one count a row: people or schools in one kind each.

The gate protects one column of counts a source, in rows that nobody stands in twice. So what
is counted among something else (people with a need, among all who start) becomes what is left
over as well (people without). Where the sender hides a count, what is left over is missing like
the count: the one would give the other.
"""

import pandas as pd

from cdpb.loaders.harm import naloxone
from cdpb.loaders.justice import continuity_of_care
from cdpb.loaders.prevention import schools
from cdpb.loaders.treatment import disadvantage_overlap, mental_health_need
from cdpb.loaders.worlds import in_this_world

YES, NO = "yes", "no"
QUARTER_OF_YEAR = " Q"


def people_by_mental_health_need(area: str | None = None) -> pd.DataFrame:
    """People starting treatment by mental health need, and by whether it was treated.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, group, need, treated, persons``; ``need`` and ``treated`` are yes or no,
        and each person is in one row.
    """
    wide = mental_health_need(area)
    kinds = [
        (NO, NO, wide["starting"] - wide["need"]),
        (YES, NO, wide["need"] - wide["receiving"]),
        (YES, YES, wide["receiving"]),
    ]
    about = wide[["area_code", "year", "group"]]
    parts = [about.assign(need=need, treated=treated, persons=n) for need, treated, n in kinds]
    return _stacked(parts, wide)


def people_by_disadvantage(area: str | None = None) -> pd.DataFrame:
    """Adults starting treatment by the disadvantages they met it with.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, homeless, mental_health, criminal_justice, persons``; yes or no each.
    """
    table = disadvantage_overlap(area)
    return _stacked([table.rename(columns={"people": "persons"})], table)


def schools_by_reach(area: str | None = None) -> pd.DataFrame:
    """Schools worked with and not, and referrals from education, a row a kind.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, setting, measure, reached, counted``; ``measure`` is schools (``reached``
        yes or no) or referrals (``reached`` is not applicable).
    """
    wide = schools(area)
    kinds = [
        ("schools", YES, wide["schools"]),
        ("schools", NO, wide["schools_total"] - wide["schools"]),
        ("referrals", "not applicable", wide["referrals"]),
    ]
    about = wide[["area_code", "year", "setting"]]
    parts = [about.assign(measure=what, reached=reached, counted=n) for what, reached, n in kinds]
    return _stacked(parts, wide)


def releases_by_care(area: str | None = None) -> pd.DataFrame:
    """People released from prison in need of treatment, by whether a service picked them up.

    Restricted: the partnership edition alone.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, picked_up, released``; ``picked_up`` is yes or no.
    """
    wide = continuity_of_care(area)
    kinds = [(YES, wide["picked_up"]), (NO, wide["released"] - wide["picked_up"])]
    about = wide[["area_code", "year"]]
    parts = [about.assign(picked_up=picked_up, released=n) for picked_up, n in kinds]
    return _stacked(parts, wide)


def naloxone_by_holding(area: str | None = None) -> pd.DataFrame:
    """Heroin users in the service by whether they hold naloxone, quarter by quarter.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, quarter, holding, persons``; ``holding`` is yes or no.
    """
    wide = naloxone(area)
    years = wide["quarter"].str.split(QUARTER_OF_YEAR).str[0].astype("str")
    about = wide[["area_code"]].assign(year=years, quarter=wide["quarter"])
    kinds = [(YES, wide["holding"]), (NO, wide["users"] - wide["holding"])]
    parts = [about.assign(holding=holding, persons=n) for holding, n in kinds]
    return _stacked(parts, wide)


def _stacked(parts: list[pd.DataFrame], table: pd.DataFrame) -> pd.DataFrame:
    stacked = pd.concat(parts, ignore_index=True)
    source = table.attrs.get("source", "")
    stacked.attrs = {"source": source}
    return in_this_world(stacked, source)
