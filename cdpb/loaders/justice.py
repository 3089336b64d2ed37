"""Police, custody, courts and prison: what their partners return."""

import pandas as pd

from cdpb.loaders.returns import Return, load_return

TREATMENT_ORDERS = Return(
    "probation_orders", "month", ("starts",), kinds={"order": ("ATR", "DRR")}, fills=True
)
COURT_REFERRALS = Return("court_referrals", "month", ("referrals",))
CUSTODY_TESTS = Return(
    "custody_tests", "month", ("tests",), kinds={"result": ("positive", "negative")}, fills=True
)
REQUIRED_ASSESSMENTS = Return(
    "required_assessments",
    "month",
    ("assessments",),
    kinds={"stage": ("booked", "attended")},
    later_part=("stage", "attended", "booked"),
)
POLICE_REFERRALS = Return(
    "police_referrals",
    "month",
    ("referrals",),
    kinds={"route": ("neighbourhood policing", "custody", "Operation Woodson")},
    fills=True,
    began={"Operation Woodson": "2024-05"},
)
CONTINUITY_OF_CARE = Return(
    "continuity_of_care",
    "year",
    ("released", "picked_up"),
    parts=(("picked_up", "released"),),
    percentages=(("percent", "picked_up", "released"),),
)
RETURNS = (
    TREATMENT_ORDERS,
    COURT_REFERRALS,
    CUSTODY_TESTS,
    REQUIRED_ASSESSMENTS,
    POLICE_REFERRALS,
    CONTINUITY_OF_CARE,
)


def treatment_orders(area: str | None = None) -> pd.DataFrame:
    """Alcohol (ATR) and drug rehabilitation (DRR) orders that began, by month.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, month, order, starts``; ``order`` is ATR or DRR.
    """
    return load_return(TREATMENT_ORDERS, area)


def court_referrals(area: str | None = None) -> pd.DataFrame:
    """Referrals from court and probation for an assessment that an order needs, by month.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, month, referrals``.
    """
    return load_return(COURT_REFERRALS, area)


def custody_tests(area: str | None = None) -> pd.DataFrame:
    """Drug tests of people in police custody, by month and result.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, month, result, tests``; ``result`` is positive or negative.
    """
    return load_return(CUSTODY_TESTS, area)


def required_assessments(area: str | None = None) -> pd.DataFrame:
    """Assessments that a positive test requires, by month: booked and attended.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, month, stage, assessments``; ``stage`` is booked or attended. The two count
        the same assessments, perhaps in different months, and are never added up.
    """
    return load_return(REQUIRED_ASSESSMENTS, area)


def police_referrals(area: str | None = None) -> pd.DataFrame:
    """Referrals by the police to the treatment provider, by month and route.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, month, route, referrals``; required assessments are not among them.
    """
    return load_return(POLICE_REFERRALS, area)


def continuity_of_care(area: str | None = None) -> pd.DataFrame:
    """People released from prison in need of treatment, and those whom a service picked up.

    Restricted: the partnership edition alone.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, released, picked_up``; picked up within three weeks.
    """
    return load_return(CONTINUITY_OF_CARE, area)
