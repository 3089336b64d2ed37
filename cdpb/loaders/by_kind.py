"""Returns with several counts a row, as one count a row: people or schools in one kind each.

The gate protects one column of counts a source, in rows that nobody stands in twice. So what
is counted among something else (people with a need, among all who start) becomes what is left
over as well (people without).
"""

import pandas as pd

from cdpb.loaders.justice import continuity_of_care
from cdpb.loaders.prevention import schools
from cdpb.loaders.treatment import disadvantage_overlap, mental_health_need
from cdpb.loaders.worlds import in_this_world

YES, NO = "yes", "no"


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
        and each person is in one row. A group of a year of which a count was hidden or left empty
        has no rows: what is left over isn't known.
    """
    wide = mental_health_need(area)
    known = wide.dropna(subset=["starting", "need", "receiving"])
    kinds = [
        (NO, NO, known["starting"] - known["need"]),
        (YES, NO, known["need"] - known["receiving"]),
        (YES, YES, known["receiving"]),
    ]
    about = known[["area_code", "year", "group"]]
    parts = [
        about.assign(need=need, treated=treated, persons=persons.astype("int64"))
        for need, treated, persons in kinds
    ]
    return _stacked(parts, wide)


def people_by_disadvantage(area: str | None = None) -> pd.DataFrame:
    """Adults starting treatment by the disadvantages they met it with.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, homeless, mental_health, criminal_justice, persons``; yes or no each. A
        year of which a count was hidden or left empty has no rows: its total isn't known.
    """
    table = disadvantage_overlap(area)
    year = ["area_code", "year"]
    unknown = pd.MultiIndex.from_frame(table.loc[table["people"].isna(), year])
    known = table[~pd.MultiIndex.from_frame(table[year]).isin(unknown)]
    counted = known.rename(columns={"people": "persons"}).astype({"persons": "int64"})
    return _stacked([counted], table)


def schools_by_reach(area: str | None = None) -> pd.DataFrame:
    """Schools worked with and not, and referrals from education, a row a kind.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, setting, measure, reached, counted``; ``measure`` is schools (``reached``
        yes or no) or referrals (``reached`` is not applicable). A row of the return with a count
        that was hidden or left empty is left out.
    """
    wide = schools(area)
    known = wide.dropna(subset=["schools", "schools_total", "referrals"])
    kinds = [
        ("schools", YES, known["schools"]),
        ("schools", NO, known["schools_total"] - known["schools"]),
        ("referrals", "not applicable", known["referrals"]),
    ]
    about = known[["area_code", "year", "setting"]]
    parts = [
        about.assign(measure=measure, reached=reached, counted=counted.astype("int64"))
        for measure, reached, counted in kinds
    ]
    return _stacked(parts, wide)


def releases_by_care(area: str | None = None) -> pd.DataFrame:
    """People released from prison in need of treatment, by whether a service picked them up.

    Restricted: the partnership edition alone.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, picked_up, released``; ``picked_up`` is yes or no. A year with a count
        that was hidden or left empty is left out.
    """
    wide = continuity_of_care(area)
    known = wide.dropna(subset=["released", "picked_up"])
    kinds = [(YES, known["picked_up"]), (NO, known["released"] - known["picked_up"])]
    about = known[["area_code", "year"]]
    parts = [
        about.assign(picked_up=picked_up, released=released.astype("int64"))
        for picked_up, released in kinds
    ]
    return _stacked(parts, wide)


def _stacked(parts: list[pd.DataFrame], table: pd.DataFrame) -> pd.DataFrame:
    stacked = pd.concat(parts, ignore_index=True)
    source = table.attrs.get("source", "")
    stacked.attrs = {"source": source}
    return in_this_world(stacked, source)
