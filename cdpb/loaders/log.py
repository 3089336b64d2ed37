"""What the loaders did, kept for this process and printable."""

from dataclasses import asdict, dataclass

import pandas as pd

COLUMNS = ["source", "receipt", "file", "what", "rows", "why"]


@dataclass(frozen=True)
class Origin:
    """Where a table is being read from: names for the log and for messages."""

    source: str
    receipt: str
    file: str


@dataclass(frozen=True)
class _Entry:
    source: str
    receipt: str
    file: str
    what: str
    rows: int
    why: str


_kept: dict[_Entry, None] = {}


def record(origin: Origin, what: str, rows: int, why: str) -> None:
    """Keep one line: so many rows were ``read``, ``dropped``, ``filled`` or ``replaced``, and why.

    A line about no rows is not kept, and one that is already there is not kept twice.
    """
    if rows:
        _kept[_Entry(origin.source, origin.receipt, origin.file, what, int(rows), why)] = None


def log() -> pd.DataFrame:
    """What the loaders did since the process began, oldest first.

    Returns
    -------
    pandas.DataFrame
        ``source, receipt, file, what, rows, why``; ``what`` is read, dropped, filled or replaced.
    """
    return pd.DataFrame([asdict(entry) for entry in _kept], columns=COLUMNS)


def clear() -> None:
    """Forget all lines."""
    _kept.clear()
