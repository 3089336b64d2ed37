"""A table that was published before: what its readers saw, which a new one must not open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.masked import MARKER, Key

PUBLIC, PARTNERSHIP = "public", "partnership"
DECLARED = ("id", "title", "source", "dimensions", "filter", "count", "totals", "window")


@dataclass(frozen=True)
class EarlierTable:
    """A table of a protected source, as readers of an earlier publication saw it.

    Attributes
    ----------
    name : str
        ``finding/table``.
    release : str
        The publication it was part of; tables of one release were counted from the same figures.
    edition : str
        Who saw it: ``public`` everybody, ``partnership`` the members of the board.
    declared : TableDeclaration
        With the area and years it was published for.
    cells : mapping of tuple to (int or None)
        Each key and the count shown; None where it was hidden.
    """

    name: str
    release: str
    edition: str
    declared: TableDeclaration
    cells: Mapping[Key, int | None]

    def to_dict(self) -> dict[str, Any]:
        """For the ledger: each cell as its key and what was shown."""
        told = self.declared.model_dump(include=set(DECLARED))
        shown = [[*key, MARKER if count is None else count] for key, count in self.cells.items()]
        return {"table": self.name, **{name: told[name] for name in DECLARED}, "cells": shown}
