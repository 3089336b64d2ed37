"""How large a count may be, for all that the tables show: what choosing goes by."""

import numpy as np

from cdpb.disclosure.cells import CellSystem

# Totals up to this are alike, up to twice this, and so on: some may be hidden, and then a finer
# size would tell of them.
ALIKE = 20


def public_sizes(system: CellSystem) -> np.ndarray:
    """For each cell a whole number, as large as its even share of the totals it is part of.

    Totals count roughly, since some are hidden too. Nothing here depends on a count that is a
    part alone, since those are what is hidden.
    """
    relations, counts = system.relations, _roughly(system.counts)
    sizes = np.full(len(system), np.inf)
    totals = np.zeros(len(system), dtype=bool)
    for row in range(relations.shape[0]):
        inside = slice(relations.indptr[row], relations.indptr[row + 1])
        members, signs = relations.indices[inside], relations.data[inside]
        whole, parts = members[signs > 0][0], members[signs < 0]
        parts = parts[system.counts[parts] > 0]
        totals[whole] = True
        if system.published[whole] and len(parts):
            sizes[parts] = np.minimum(sizes[parts], counts[whole] / len(parts))
    sizes[totals] = counts[totals]
    return np.maximum(1, np.where(np.isfinite(sizes), np.rint(sizes), 1)).astype(np.int64)


def _roughly(counts: np.ndarray) -> np.ndarray:
    """Each count up to the next of 20, 40, 80 and so on."""
    return ALIKE * 2 ** np.ceil(np.log2(np.maximum(counts, ALIKE) / ALIKE))
