"""Numbers that the choice of what to hide is drawn with, which only the key's holder can work out.

Whoever has this software can run it on every candidate for a hidden count, and learn from the
choice which of them was meant. So the choice hangs on a key that readers don't have: the least is
hidden not of the counts themselves but of the counts times a number drawn for each cell, and some
of the counts just above the small ones are hidden and protected as if they were small.
"""

import hashlib
from collections.abc import Mapping

import numpy as np

from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.policy import Policy

# A pattern is chosen for its counts to the power of one over this: with a quarter, a cell of 8 is
# taken in place of one of 5 about once in seven times.
SPREAD = 0.25
# Of the counts above the greatest small one, the shares protected as if they were small.
SHARES: Mapping[int, float] = {1: 0.2, 2: 0.15, 3: 0.1}
# A count is weighed in so many parts, so that small counts are told apart too.
PARTS = 64
_BITS = 53


def keyed_costs(key: bytes, system: CellSystem) -> np.ndarray:
    """What hiding each cell costs: its count, times a number drawn for it; in whole numbers."""
    waited = -np.log(_drawn(key, "cost", system))
    return np.maximum(1, np.rint(PARTS * system.counts * waited**SPREAD)).astype(np.int64)


def keyed_share(key: bytes, system: CellSystem, policy: Policy) -> np.ndarray:
    """Cells just above the greatest small count that are protected as if they were small."""
    above = system.counts - policy.must_reach
    shares = [SHARES.get(count, 0.0) for count in above.tolist()]
    return np.asarray(_drawn(key, "share", system) < shares)


def _drawn(key: bytes, what: str, system: CellSystem) -> np.ndarray:
    """For each cell a number between 0 and 1, by its name alone."""
    return np.array([_number(key, what, name) for name in system.names], dtype=float)


def _number(key: bytes, what: str, name: str) -> float:
    digest = hashlib.blake2b(f"{what}\n{name}".encode(), key=key, digest_size=8).digest()
    return ((int.from_bytes(digest, "big") >> (64 - _BITS)) + 0.5) / 2**_BITS
