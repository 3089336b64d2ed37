"""Treatment by month, and needs beside it: what NDTMS gives to partnerships."""

import pandas as pd

from cdpb.loaders.returns import Return, load_return

YOUNG_PEOPLE = Return("young_people_monthly", "month", ("people",), texts=("methodology",))
ADULTS_MONTHLY = Return("adults_monthly", "month", ("people",))
MENTAL_HEALTH = Return(
    "mental_health_need",
    "year",
    ("starting", "need", "receiving"),
    kinds={"group": ("adults", "young people")},
    parts=(("need", "starting"), ("receiving", "need")),
)
OVERLAP = Return(
    "disadvantage_overlap",
    "year",
    ("people",),
    kinds={
        "homeless": ("yes", "no"),
        "mental_health": ("yes", "no"),
        "criminal_justice": ("yes", "no"),
    },
    fills=True,
)
PARENTS = Return(
    "parents_need",
    "year",
    ("parents_in_need", "lower", "upper", "in_treatment"),
    kinds={"substance": ("alcohol", "opiates")},
    parts=(("lower", "parents_in_need"), ("parents_in_need", "upper")),
)
RETURNS = (
    YOUNG_PEOPLE,
    ADULTS_MONTHLY,
    MENTAL_HEALTH,
    OVERLAP,
    PARENTS,
)


def young_people_in_treatment(area: str | None = None) -> pd.DataFrame:
    """People under 18 in treatment, counted once over the twelve months to each month.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, month, people, methodology``; ``methodology`` is previous or new. There is no
        July, and months are never added up.
    """
    return load_return(YOUNG_PEOPLE, area)


def adults_in_treatment_monthly(area: str | None = None) -> pd.DataFrame:
    """Adults in treatment, counted once over the twelve months to each month.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, month, people``. There is no July, and months are never added up.
    """
    return load_return(ADULTS_MONTHLY, area)


def mental_health_need(area: str | None = None) -> pd.DataFrame:
    """People starting treatment, those with a mental health need, and those treated for it.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, group, starting, need, receiving``; ``group`` is adults or young people,
        ``need`` is counted among ``starting`` and ``receiving`` among ``need``.
    """
    return load_return(MENTAL_HEALTH, area)


def disadvantage_overlap(area: str | None = None) -> pd.DataFrame:
    """Adults starting treatment by the disadvantages they met it with, each person in one row.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, homeless, mental_health, criminal_justice, people``; yes or no each, so
        that the eight rows of a year add up to everyone.
    """
    return load_return(OVERLAP, area)


def parents_need(area: str | None = None) -> pd.DataFrame:
    """Parents estimated to be dependent, with 95% limits, and parents in treatment.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, substance, parents_in_need, lower, upper, in_treatment``.
    """
    return load_return(PARENTS, area)
