"""Schools, online help, licences and admissions: prevention and alcohol harm."""

import pandas as pd

from cdpb.loaders.returns import Return, load_return

SCHOOLS = Return(
    "schools",
    "year",
    ("schools", "schools_total", "referrals"),
    kinds={"setting": ("universal", "alternative")},
    parts=(("schools", "schools_total"),),
)
DRINKCOACH = Return("drinkcoach", "month", ("count",), kinds={"activity": ("tests", "sessions")})
PREMISES = Return("licensed_premises", "year", ("premises",), place="ward_code")
ADMISSIONS = Return("alcohol_admissions_ward", "year", ("admissions",), place="ward_code")
RETURNS = (
    SCHOOLS,
    DRINKCOACH,
    PREMISES,
    ADMISSIONS,
)


def schools(area: str | None = None) -> pd.DataFrame:
    """Schools that the young people's service worked with, and referrals from them.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, setting, schools, schools_total, referrals``; ``setting`` is universal or
        alternative.
    """
    return load_return(SCHOOLS, area)


def drinkcoach(area: str | None = None) -> pd.DataFrame:
    """Use of DrinkCoach by residents: online tests and coaching sessions, by month.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, month, activity, count``; ``activity`` is tests or sessions.
    """
    return load_return(DRINKCOACH, area)


def licensed_premises(area: str | None = None) -> pd.DataFrame:
    """Premises licensed to sell alcohol, by ward.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``ward_code, ward_name, borough_code, year, premises``.
    """
    return load_return(PREMISES, area)


def alcohol_admissions(area: str | None = None) -> pd.DataFrame:
    """Hospital admissions for conditions that only alcohol causes, by ward of residence.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``ward_code, ward_name, borough_code, year, admissions``.
    """
    return load_return(ADMISSIONS, area)
