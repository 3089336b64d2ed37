"""What published percentages, rates, intervals and rounded counts say of the counts behind them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count as counting
from itertools import takewhile

import numpy as np
from scipy import sparse


@dataclass(frozen=True)
class Share:
    """A percentage that was published of one cell out of another, as it was rounded.

    It says two things of them: the part is at least the smallest share that is written so,
    and at most the greatest.
    """

    part: int
    whole: int
    percent: float
    decimals: int = 1

    @property
    def cells(self) -> tuple[int, ...]:
        """The cells that it says something of."""
        return self.part, self.whole

    def limits(self, width: int) -> tuple[sparse.csr_array, np.ndarray]:
        """Rows over all cells, in whole numbers, and the most that each may come to."""
        one = 2 * 10 ** (self.decimals + 2)
        shown = 2 * round(self.percent * 10**self.decimals)
        factors = [one, -(shown + 1), -one, shown - 1]
        places = ([0, 0, 1, 1], [self.part, self.whole] * 2)
        rows = sparse.csr_array((factors, places), shape=(2, width), dtype=np.int64)
        return rows, np.zeros(2, dtype=np.int64)


@dataclass(frozen=True)
class Range:
    """The least and greatest count that a published figure of one cell leaves possible.

    Of a rate over public residents, of an interval, or of a rounded count: see
    `counts_that_print`.
    """

    cell: int
    least: int
    greatest: int

    @property
    def cells(self) -> tuple[int, ...]:
        """The cell that it says something of."""
        return (self.cell,)

    def limits(self, width: int) -> tuple[sparse.csr_array, np.ndarray]:
        """As of a share."""
        places = ([0, 1], [self.cell, self.cell])
        rows = sparse.csr_array(([1, -1], places), shape=(2, width), dtype=np.int64)
        return rows, np.array([self.greatest, -self.least])


Ratio = Share | Range


def counts_that_print(figure: Callable[[int], str], count: int, most: int) -> tuple[int, int]:
    """The least and greatest count, up to ``most``, of which a figure is printed alike.

    Parameters
    ----------
    figure : callable
        From a count to what is printed of it, in which more never looks like less: a rate over
        public residents, both limits of an interval, a count rounded to 5.
    """
    printed = figure(count)
    alike = list(takewhile(lambda each: figure(each) == printed, range(count, -1, -1)))
    more = takewhile(lambda each: each <= most and figure(each) == printed, counting(count))
    return alike[-1], max(more, default=count)


def all_limits(ratios: Sequence[Ratio], width: int) -> tuple[sparse.csr_array, np.ndarray]:
    """The rows of all ratios together, and the most that each may come to."""
    told = [ratio.limits(width) for ratio in ratios]
    nothing = sparse.csr_array((0, width), dtype=np.int64)
    rows = sparse.vstack([nothing, *(each for each, _ in told)], format="csr")
    return rows, np.concatenate([np.zeros(0, dtype=np.int64), *(most for _, most in told)])
