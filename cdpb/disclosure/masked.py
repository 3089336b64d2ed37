"""The value that stands where a count may not, and the pattern of where it stands."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from cdpb.errors import GateRefused

MARKER = "[c]"
# A cell by its row's dimensions, and by its table's name and that.
Key = tuple[str, ...]
Cell = tuple[str, Key]


class Masked:
    """Stands for a hidden number, knows nothing of it, and refuses to be used as one.

    There is one of it, ``MASKED``; ``str()`` gives its marker, and ``value is MASKED`` asks
    for it. Everything a number can do raises `GateRefused`, so that a sum, a sort or an axis
    limit can't be made of what is hidden without anybody noticing.
    """

    __slots__ = ()

    def __new__(cls) -> "Masked":
        """Give the one there is."""
        return _ONLY if _ONLY is not None else super().__new__(cls)

    def __reduce__(self) -> str:
        return "MASKED"

    def __str__(self) -> str:
        return MARKER

    def __repr__(self) -> str:
        return MARKER

    def __format__(self, specification: str) -> str:
        if specification:
            _refuse()
        return MARKER

    # numpy then leaves `array + MASKED` to us instead of looking inside.
    __array_ufunc__ = None


def _refuse(*_given: Any, **_named: Any) -> NoReturn:
    raise GateRefused(
        "A masked cell [c] can't be calculated with, compared, sorted, formatted or drawn.",
        "Ask `value is MASKED` first, or use the table's own total(), sorted_by() and markers().",
        "shown.to_frame(gaps=True) has gaps in their place: a sum of it leaves them out.",
    )


_REFUSED = """
    abs add and bool ceil complex divmod eq float floor floordiv ge gt index int invert
    iadd iand ifloordiv ilshift imatmul imod imul invert ior ipow irshift isub iter itruediv ixor
    le len lshift lt matmul mod mul ne neg or pos pow radd rand rdivmod rfloordiv rlshift rmatmul
    rmod rmul ror round rpow rrshift rshift rsub rtruediv rxor sub truediv trunc xor
    array array_interface array_struct bytes contains getitem hash iter reversed
"""
for _name in _REFUSED.split():
    setattr(Masked, f"__{_name}__", property(_refuse) if "array_" in _name else _refuse)

_ONLY: Masked | None = None
MASKED = _ONLY = Masked()


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
