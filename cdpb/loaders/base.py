"""For each source whose counts are checked at the gate, its table as loaded."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from cdpb.errors import InputError
from cdpb.loaders.by_kind import (
    naloxone_by_holding,
    people_by_disadvantage,
    people_by_mental_health_need,
    releases_by_care,
    schools_by_reach,
)
from cdpb.loaders.dashboard import DASHBOARD, crime_dashboard
from cdpb.loaders.mps import borough_drug_offences, ward_drug_offences
from cdpb.loaders.ndtms import adults_in_treatment
from cdpb.loaders.partners import RETURNS
from cdpb.loaders.returns import load_return

BASES: dict[str, Callable[[], pd.DataFrame]] = {
    "mps_ward_crime": ward_drug_offences,
    "mps_borough_crime": borough_drug_offences,
    "ndtms_adults": adults_in_treatment,
    DASHBOARD.source_id: crime_dashboard,
    **{each.source_id: partial(load_return, each) for each in RETURNS.values()},
    # Several counts a row, or words that part them: one count a row here.
    "mental_health_need": people_by_mental_health_need,
    "disadvantage_overlap": people_by_disadvantage,
    "schools": schools_by_reach,
    "continuity_of_care": releases_by_care,
    "naloxone": naloxone_by_holding,
}


def base_counts(source_id: str) -> pd.DataFrame:
    """All that is held of a source, one row a combination, from which its tables are counted.

    Raises
    ------
    InputError
        If no loader is named for the source: its counts can't be vouched for.
    """
    if source_id not in BASES:
        raise InputError(
            f"{source_id}: no loader gives the counts that its tables are checked against.",
            "Name its loader in cdpb/loaders/base.py. Nothing was published.",
        )
    return BASES[source_id]()
