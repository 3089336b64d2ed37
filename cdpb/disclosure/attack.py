"""What a reader who adds, subtracts and divides can work out of the hidden cells."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count as counting
from itertools import takewhile

import numpy as np
from scipy import sparse

from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.unknowns import Unknowns, solve_together


@dataclass(frozen=True)
class PublishedShare:
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


Ratio = PublishedShare | Range


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


@dataclass(frozen=True)
class Interval:
    """The least and greatest count that a hidden cell can have, given all that is shown.

    ``greatest`` is None where nothing limits it. Both ends are of whole-number worlds that
    were checked in whole-number arithmetic.
    """

    least: int
    greatest: int | None

    def holds(self, low: int, high: int) -> bool:
        """Whether the reader must think both of these possible."""
        return self.least <= low and (self.greatest is None or self.greatest >= high)


def attack(
    system: CellSystem,
    hidden: np.ndarray,
    *,
    hidden_at_least: int,
    cells: Iterable[int] | None = None,
    ratios: Sequence[Ratio] = (),
) -> dict[int, Interval]:
    """The interval of each hidden cell.

    The reader knows every shown count, that counts are whole and not negative, and all sums.

    Parameters
    ----------
    system : CellSystem
        The published cells and the sums that tie them.
    hidden : numpy.ndarray of bool
        Which cells are hidden. A cell that no table publishes is unknown too.
    hidden_at_least : {0, 1}
        1 where zeros are shown and never hidden: the reader then knows that a hidden count
        is at least 1. Said aloud because a weaker reader finds a pattern safe that isn't.
    cells : iterable of int, optional
        The hidden cells to attack; all of them by default.
    ratios : sequence of Share or Range, optional
        Percentages, rates and rounded counts that were published beside the counts.

    Raises
    ------
    InputError
        If no counts at all would give what is shown.
    ArithmeticError
        If the solver gives no answer that can be checked; never an interval that is not.
    """
    wanted = set(np.flatnonzero(hidden).tolist() if cells is None else cells)
    found = {}
    parts = list(unknowns_of(system, hidden, hidden_at_least=hidden_at_least, ratios=ratios))
    parts = [part for part in parts if not wanted.isdisjoint(part.cells.tolist())]
    for part in parts:
        part.ask(wanted)
    if parts:
        solve_together(parts)
    for part in parts:
        for cell in wanted.intersection(part.cells.tolist()):
            least, greatest = part.extreme(cell, -1), part.extreme(cell, 1)
            found[cell] = Interval(least or 0, greatest)
    return dict(sorted(found.items()))


def unknowns_of(
    system: CellSystem,
    hidden: np.ndarray,
    *,
    hidden_at_least: int,
    ratios: Sequence[Ratio] = (),
) -> Iterator[Unknowns]:
    """The parts that a reader can solve one by one."""
    free = hidden | ~system.published
    known = np.where(free, 0, system.counts)
    floor = np.where(system.ever_hidden(hidden), hidden_at_least, 0)
    limits, most = all_limits(ratios, len(system))
    left, over = -(system.relations @ known), most - limits @ known
    for cells in system.components(free, limits):
        sums, shown = (_tied(matrix, cells) for matrix in (system.relations, limits))
        yield Unknowns(
            cells, system.relations[sums][:, cells], left[sums], floor[cells],
            limits[shown][:, cells], over[shown],
        )  # fmt: skip


def _tied(matrix: sparse.csr_array, cells: np.ndarray) -> np.ndarray:
    """The rows in which any of these cells stands."""
    return np.flatnonzero(abs(matrix[:, cells]).sum(axis=1))


def disclosive_ratios(problem: Problem, hidden: np.ndarray, ratios: Sequence[Ratio]) -> np.ndarray:
    """Which ratios must be hidden beside a pattern of hidden counts.

    A ratio of shown counts says nothing new. Of the others as many are shown as leave every
    small count its interval, in their order: two that are each safe alone may not be together,
    so each is tried beside those already shown.

    Parameters
    ----------
    hidden : numpy.ndarray of bool
        The cells that are hidden: a safe pattern.
    ratios : sequence of Share or Range
        All that the tables could show, with their true values.

    Returns
    -------
    numpy.ndarray of bool
        One a ratio, True where it is hidden.
    """
    unseen = hidden | ~problem.system.published
    kept: list[Ratio] = []
    told = np.zeros(len(ratios), dtype=bool)
    for at, ratio in enumerate(ratios):
        if not unseen[list(ratio.cells)].any():
            continue
        told[at] = not _all_hold(problem, hidden, [*kept, ratio])
        kept += [] if told[at] else [ratio]
    return told


def _all_hold(problem: Problem, hidden: np.ndarray, ratios: Sequence[Ratio]) -> bool:
    """Whether each small count may still be as low and as high as the policy asks."""
    system, rule = problem.system, problem.policy
    unseen = np.flatnonzero(problem.small & (hidden | ~system.published)).tolist()
    found = attack(
        system, hidden, hidden_at_least=problem.hidden_at_least, cells=unseen, ratios=ratios
    )
    lows = {cell: max(rule.smallest_hidden, problem.floors.of(cell).least) for cell in found}
    return all(found[cell].holds(lows[cell], rule.must_reach) for cell in found)
