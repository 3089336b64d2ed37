"""Sparse rows that are added one by one and multiplied often."""

import numpy as np
from scipy import sparse

# Rows kept apart until there are so many: joining them on costs more than looking at each.
FEW = 50


class GrowingRows:
    """A sparse matrix that grows downwards; dense, it would take most of the memory and time."""

    def __init__(self, width: int) -> None:
        self._settled = sparse.csr_array((0, width))
        self._new: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, row: np.ndarray) -> None:
        """One row more, given whole."""
        at = np.flatnonzero(row)
        self._new.append((at, row[at].astype(float)))
        if len(self._new) > FEW:
            self.settled()

    def settled(self) -> sparse.csr_array:
        """All rows as one matrix."""
        if self._new:
            ends = np.cumsum([0, *(len(at) for at, _ in self._new)])
            places = np.concatenate([at for at, _ in self._new])
            values = np.concatenate([values for _, values in self._new])
            shape = (len(self._new), self._settled.shape[1])
            newest = sparse.csr_array((values, places, ends), shape=shape)
            self._settled = sparse.vstack([self._settled, newest], format="csr")
            self._new = []
        return self._settled

    def times(self, column: np.ndarray) -> np.ndarray:
        """Each row times a column."""
        column = column.astype(float)
        newest = [values @ column[at] for at, values in self._new]
        return np.concatenate([self._settled @ column, np.array(newest, dtype=float)])
