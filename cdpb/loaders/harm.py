"""Deaths and harm reduction: what the treatment provider counts itself."""

import pandas as pd

from cdpb.loaders.returns import Return, load_return

PROVIDER_DEATHS = Return("provider_deaths", "year", ("deaths",))
NALOXONE = Return(
    "naloxone",
    "quarter",
    ("users", "holding"),
    parts=(("holding", "users"),),
    percentages=(("percent", "holding", "users"),),
)
NITAZENE_STRIPS = Return(
    "nitazene_strips",
    "month",
    ("strips",),
    kinds={"result": ("issued", "positive")},
    fills=True,
    may_be_none=("positive",),
)
RETURNS = (
    PROVIDER_DEATHS,
    NALOXONE,
    NITAZENE_STRIPS,
)


def provider_deaths(area: str | None = None) -> pd.DataFrame:
    """Deaths of people in treatment as the provider counts them.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, deaths``. NDTMS counts by other rules: never one series with it.
    """
    return load_return(PROVIDER_DEATHS, area)


def naloxone(area: str | None = None) -> pd.DataFrame:
    """Heroin users in the service, and those trained in naloxone who hold it.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, quarter, users, holding``; quarters like ``2024/25 Q1``.
    """
    return load_return(NALOXONE, area)


def nitazene_strips(area: str | None = None) -> pd.DataFrame:
    """Nitazene test strips issued, and positive results reported back.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, month, result, strips``; ``result`` is issued or positive. A positive result is
        of a strip that was issued before: the two are never added up.
    """
    return load_return(NITAZENE_STRIPS, area)
