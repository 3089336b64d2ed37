"""Limits of hidden counts that single sums give: quick, certain, and often all there is."""

import numpy as np
from scipy import sparse

ROUNDS = 4


def limits_of(sums: sparse.csr_array, right: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Counts that a hidden cell can't lie outside of: two rows, from and to (or infinity).

    In each sum a part is at most the whole less the least of the others, and at least the
    whole less their greatest; and so on from what that gives.
    """
    limits = np.vstack([least.astype(float), np.full(len(least), np.inf)])
    for _ in range(ROUNDS):
        before = limits.copy()
        for row, total in enumerate(right):
            part = slice(sums.indptr[row], sums.indptr[row + 1])
            _tighten(limits, sums.indices[part], sums.data[part] > 0, float(total))
        if (before == limits).all():
            break
    return limits


def _tighten(limits: np.ndarray, at: np.ndarray, added: np.ndarray, total: float) -> None:
    low, high = limits[:, at]
    most = total - _others(np.where(added, low, -high))
    least = total - _others(np.where(added, high, -low))
    limits[0, at] = np.maximum(low, np.where(added, least, -most))
    limits[1, at] = np.minimum(high, np.where(added, most, -least))


def _others(terms: np.ndarray) -> np.ndarray:
    """For each term the sum of all others."""
    endless = ~np.isfinite(terms)
    if not endless.any():
        return terms.sum() - terms
    finite = np.where(endless, 0, terms)
    alone = endless & (endless.sum() == 1)
    return np.where(alone, finite.sum(), terms[endless][0])
