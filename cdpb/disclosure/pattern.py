"""What is hidden of a source, as a pattern that knows no counts."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cdpb.disclosure.counted import Key
from cdpb.errors import GateRefused

# A cell by its table's name and its key.
Cell = tuple[str, Key]


@dataclass(frozen=True)
class Pattern:
    """The hidden cells of all tables of one source together.

    It says neither why a cell is hidden nor what it counts, so that nothing downstream can.

    Attributes
    ----------
    source, policy : str
        The source it protects, and the policy it was made by.
    hidden : mapping of str to frozenset of tuple
        Table name to the keys of its hidden cells.
    hidden_whole : tuple of str
        Tables of which nothing but zeros is shown, because no smaller choice could be
        certified in time.
    known : mapping of str to frozenset of tuple
        Table name to the keys of cells that are shown however small they are: published
        before, or by an exception that is signed.
    """

    source: str
    policy: str
    hidden: Mapping[str, frozenset[Key]]
    hidden_whole: tuple[str, ...] = ()
    known: Mapping[str, frozenset[Key]] = field(default_factory=dict)

    def of(self, table: str) -> frozenset[Key]:
        """The keys of a table's hidden cells.

        Raises
        ------
        GateRefused
            If the pattern was made without that table.
        """
        if table not in self.hidden:
            raise GateRefused(
                f"Table {table} is not among the tables that were protected together.",
                f"Source: {self.source}. Protected: {', '.join(self.hidden) or 'none'}.",
                "Declare it in the finding's file, or publish it as a draft.",
            )
        return self.hidden[table]

    def to_dict(self) -> dict[str, Any]:
        """For a cache or a record: same pattern, same dictionary."""
        return {
            "source": self.source,
            "policy": self.policy,
            "hidden": _listed(self.hidden),
            "hidden_whole": list(self.hidden_whole),
            "known": _listed(self.known),
        }

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "Pattern":
        """Read what `to_dict` wrote."""
        hidden, known = _keys(written["hidden"]), _keys(written.get("known", {}))
        whole = tuple(written["hidden_whole"])
        return cls(written["source"], written["policy"], hidden, whole, known)

    @property
    def digest(self) -> str:
        """Changes when, and only when, the pattern does."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()


def _listed(cells: Mapping[str, frozenset[Key]]) -> dict[str, list[list[str]]]:
    return {table: sorted(map(list, keys)) for table, keys in cells.items()}


def _keys(written: Mapping[str, Any]) -> dict[str, frozenset[Key]]:
    return {table: frozenset(tuple(key) for key in keys) for table, keys in written.items()}
