"""The numbers that the choice of what to hide is drawn with, from a key and the cells' names."""

import hashlib

import numpy as np

from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.policy import Policy

# A pattern is chosen for its counts to the power of one over this: with a quarter, a cell of 8 is
# taken in place of one of 5 about once in seven times.
SPREAD = 0.25
# Of the counts next above the greatest small one, the share protected as if they were small, and
# what is left of it at each count further up. It never ends: where a hidden count would have to be
# just beyond its end, whoever sees what is hidden would know that it isn't. Greater shares hold
# values closer together, and cost more: with 0.25 and 0.75 half as much again is hidden.
SHARE, FALL = 0.2, 0.65
# How often a small count must seem to reach further than the policy says, and what is left of that
# for each count further. Hidden counts of 1 and 4 are 5 together, so that a third is hidden where 5
# must stay possible; were it never hidden where they are 6, a reader would see that they are 5.
MARGIN, FURTHER = 0.4, 0.65
# A count is weighed in so many parts, so that small counts are told apart too.
PARTS = 64
_BITS = 53


def keyed_costs(key: bytes, system: CellSystem) -> np.ndarray:
    """What hiding each cell costs: its count, times a number drawn for it; in whole numbers."""
    waited = -np.log(_drawn(key, "cost", system))
    return np.maximum(1, np.rint(PARTS * system.counts * waited**SPREAD)).astype(np.int64)


def keyed_share(key: bytes, system: CellSystem, policy: Policy) -> np.ndarray:
    """Cells above the greatest small count that are protected as if they were small."""
    above = system.counts - policy.must_reach - 1
    shares = np.where(above < 0, 0.0, SHARE * FALL ** np.maximum(above, 0))
    return np.asarray(_drawn(key, "share", system) < shares)


def keyed_margin(key: bytes, system: CellSystem) -> np.ndarray:
    """By how much further than the policy says each cell must seem to reach, if it is small."""
    further = np.log(_drawn(key, "margin", system) / MARGIN) / np.log(FURTHER)
    return np.maximum(0, np.floor(further) + 1).astype(np.int64)


def _drawn(key: bytes, what: str, system: CellSystem) -> np.ndarray:
    """For each cell a number between 0 and 1, by its name alone."""
    return np.array([_number(key, what, name) for name in system.names], dtype=float)


def _number(key: bytes, what: str, name: str) -> float:
    digest = hashlib.blake2b(f"{what}\n{name}".encode(), key=key, digest_size=8).digest()
    return ((int.from_bytes(digest, "big") >> (64 - _BITS)) + 0.5) / 2**_BITS
