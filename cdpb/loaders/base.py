"""The base table of each source: all that is held, from which its published tables are counted."""

from collections.abc import Callable

import pandas as pd

from cdpb.catalogue import returns
from cdpb.errors import InputError
from cdpb.loaders.dashboard import DASHBOARD, crime_dashboard
from cdpb.loaders.mps import borough_drug_offences, ward_drug_offences
from cdpb.loaders.ndtms import adults_in_treatment
from cdpb.loaders.returns import returned

BASES: dict[str, Callable[[], pd.DataFrame]] = {
    "mps_ward_crime": ward_drug_offences,
    "mps_borough_crime": borough_drug_offences,
    "ndtms_adults": adults_in_treatment,
    DASHBOARD.source_id: crime_dashboard,
}


def base_counts(source_id: str) -> pd.DataFrame:
    """All that is held of a source, one row per combination, from which its tables are counted.

    Raises
    ------
    InputError
        If no loader is named for the source: its counts can't be vouched for.
    """
    if source_id in BASES:
        return BASES[source_id]()
    if source_id not in returns():
        raise InputError(
            f"{source_id}: no loader gives the counts that its tables are checked against.",
            "A partner's return is declared in data/sources.yml under `return`.",
            "Name another's loader in cdpb/loaders/base.py. Nothing was published.",
        )
    return returned(source_id)
