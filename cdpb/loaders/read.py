"""Any one file of any source, read without a receipt."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from cdpb.errors import InputError
from cdpb.loaders import boundaries, census, dashboard, mps, ndtms, prevalence
from cdpb.loaders.fingertips import FINGERTIPS, read_fingertips
from cdpb.loaders.partners import RETURNS
from cdpb.loaders.returns import read_return

_READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    mps.WARDS: mps.read_wards,
    mps.BOROUGHS: mps.read_boroughs,
    census.WARDS: census.read_wards,
    census.AGES: census.read_ages,
    ndtms.ADULTS: ndtms.read_adults,
    prevalence.ALCOHOL: prevalence.read_alcohol,
    prevalence.OPIATES_ENGLAND: partial(
        prevalence.read_opiates, source_id=prevalence.OPIATES_ENGLAND
    ),
    prevalence.OPIATES_LOCAL: partial(prevalence.read_opiates, source_id=prevalence.OPIATES_LOCAL),
    dashboard.DASHBOARD.source_id: dashboard.read_dashboard,
    FINGERTIPS: read_fingertips,
    **{each.source_id: partial(read_return, each) for each in RETURNS.values()},
    boundaries.WARDS: partial(boundaries.read_outlines, source_id=boundaries.WARDS),
    boundaries.BOROUGHS: partial(boundaries.read_outlines, source_id=boundaries.BOROUGHS),
}


def read_file(source_id: str, path: Path | str) -> pd.DataFrame:
    """One file in any layout that its source is known in, put into our words and checked.

    The file may lie anywhere and needs no receipt, so this is how a file is tried before it is
    added.

    Parameters
    ----------
    source_id : str
        The source that the file is of.
    path : Path or str
        Where it lies.

    Returns
    -------
    pandas.DataFrame
        The columns of the source's loader, as far as one file gives them.

    Raises
    ------
    InputError
        If the source has no reader, or the file can't be vouched for.
    """
    if source_id not in _READERS:
        raise InputError(
            f"{source_id} has no reader for files.", f"Readers: {', '.join(_READERS)}."
        )
    return _READERS[source_id](Path(path)).reset_index(drop=True)
