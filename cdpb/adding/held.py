"""What is held of a source before a file is added, and what would be held after."""

import pandas as pd

from cdpb.catalogue import ILLUSTRATIVE, receipts, source
from cdpb.loaders import held as loaded
from cdpb.loaders.read import read_file


def held_table(source_id: str) -> pd.DataFrame:
    """Every row that is in use of a source, with the day it was ``received``.

    Made-up figures are nothing to hold a file against: they go out of use when it comes in.

    Raises
    ------
    InputError
        If what is held can't be vouched for.
    """
    if source(source_id).status == ILLUSTRATIVE:
        return pd.DataFrame()
    received = loaded.received(source_id)
    return _newest(source_id) if received is None else received.table


def _newest(source_id: str) -> pd.DataFrame:
    """The files of the newest receipt, which of outlines replaces the whole of another."""
    parts = [
        read_file(source_id, path).assign(file=path.name, received=receipt.received)
        for receipt in receipts(source_id)[-1:]
        for path in receipt.paths
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
