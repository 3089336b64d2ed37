"""What a reader who adds and subtracts can work out of the hidden cells."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.limits import limits_of
from cdpb.disclosure.solver import linprog, milp

NEARLY = 1e-6
UNBOUNDED = 3
# Cells of one part that are attacked together first; how often; and how many must gain by it.
MANY, TRIES, WORTH_A_TRY = 20, 40, 0.03


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

    def limits(self, width: int) -> sparse.csr_array:
        """Two rows over all cells, in whole numbers: ``row @ counts <= 0``."""
        one = 2 * 10 ** (self.decimals + 2)
        shown = 2 * round(self.percent * 10**self.decimals)
        factors = [one, -(shown + 1), -one, shown - 1]
        places = ([0, 0, 1, 1], [self.part, self.whole] * 2)
        return sparse.csr_array((factors, places), shape=(2, width), dtype=np.int64)


@dataclass(frozen=True)
class Unknowns:
    """Cells that a reader must solve for together: nothing ties them to another hidden cell.

    ``sums @ (counts of the cells) == right``, ``shares @ counts <= most``, and each count at
    least its ``least``.
    """

    cells: np.ndarray
    sums: sparse.csr_array
    right: np.ndarray
    least: np.ndarray
    shares: sparse.csr_array
    most: np.ndarray

    @cached_property
    def limits(self) -> np.ndarray:
        """From and to which count each cell can be at most, by single sums."""
        return limits_of(self.sums, self.right, self.least)

    @cached_property
    def reached(self) -> np.ndarray:
        """The least and greatest count of each cell in the possible worlds met so far."""
        width = len(self.cells)
        return np.vstack([np.full(width, np.inf), np.full(width, -np.inf)])

    def try_many(self, cells: Collection[int]) -> None:
        """Push all of them down together, and up: many reach a limit, and need no more."""
        wanted = np.isin(self.cells, list(cells))
        for side, sign in enumerate((-1, 1)):
            for _ in range(TRIES):
                open_ = wanted & (self.reached[side] != self.limits[side])
                aim = np.where(open_, -float(sign), 0.0)
                found = self._linear(aim)
                if not open_.any() or found.status != 0 or self._whole(found.x, aim) is None:
                    break
                done = open_ & (self.reached[side] == self.limits[side])
                if done.sum() < WORTH_A_TRY * open_.sum():
                    break

    def extreme(self, cell: int, sign: int) -> int | None:
        """The greatest (sign 1) or least (-1) whole count of a cell; None without limit."""
        side, at = (sign + 1) // 2, int(np.searchsorted(self.cells, cell))
        if self.reached[side, at] == self.limits[side, at]:
            return int(self.reached[side, at])
        aim = np.where(self.cells == cell, -float(sign), 0.0)
        found = self._linear(aim)
        if found.status == UNBOUNDED:
            return None
        if found.status != 0:
            raise ArithmeticError(f"the linear attack did not end: {found.message}")
        reached = self._whole(found.x, aim)
        # No whole count lies between the reached one and the linear optimum: it is the extreme.
        if reached is not None and reached <= np.ceil(found.fun - NEARLY):
            return -sign * reached
        return -sign * self.extreme_by_integers(aim)

    def _linear(self, aim: np.ndarray) -> Any:
        return linprog(
            aim, A_eq=self.sums, b_eq=self.right, A_ub=self.shares, b_ub=self.most,
            bounds=np.column_stack([self.least, np.full(len(self.least), np.inf)]),
            method="highs",
        )  # fmt: skip

    def extreme_by_integers(self, aim: np.ndarray) -> int:
        """The least of an aim over whole-number worlds, by the integer program alone."""
        found = milp(
            aim,
            integrality=np.ones(len(aim)),
            bounds=Bounds(self.least, np.inf),
            constraints=[
                LinearConstraint(self.sums, self.right, self.right),
                LinearConstraint(self.shares, -np.inf, self.most),
            ],
            options={"mip_rel_gap": 0},
        )
        reached = None if found.x is None else self._whole(found.x, aim)
        if found.status != 0 or reached is None or reached > np.ceil(found.mip_dual_bound - NEARLY):
            raise ArithmeticError(f"the integer attack did not end: {found.message}")
        return reached

    def _whole(self, world: np.ndarray, aim: np.ndarray) -> int | None:
        """The aim's value in the nearest whole-number world, if that is a possible one."""
        counts = np.rint(world).astype(np.int64)
        possible = (
            (counts >= self.least).all()
            and (self.sums @ counts == self.right).all()
            and (self.shares @ counts <= self.most).all()
        )
        if not possible:
            return None
        self.reached[0] = np.minimum(self.reached[0], counts)
        self.reached[1] = np.maximum(self.reached[1], counts)
        return int(aim @ counts)


def attack(
    system: CellSystem,
    hidden: np.ndarray,
    *,
    hidden_at_least: int,
    cells: Iterable[int] | None = None,
    shares: Sequence[Share] = (),
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
    shares : sequence of Share, optional
        Percentages that were published beside the counts.

    Raises
    ------
    ArithmeticError
        If the solver gives no answer that can be checked; never an interval that is not.
    """
    wanted = set(np.flatnonzero(hidden).tolist() if cells is None else cells)
    found = {}
    for unknowns in unknowns_of(system, hidden, hidden_at_least=hidden_at_least, shares=shares):
        mine = wanted.intersection(unknowns.cells.tolist())
        if len(mine) > MANY:
            unknowns.try_many(mine)
        for cell in mine:
            least, greatest = unknowns.extreme(cell, -1), unknowns.extreme(cell, 1)
            found[cell] = Interval(least or 0, greatest)
    return dict(sorted(found.items()))


def unknowns_of(
    system: CellSystem,
    hidden: np.ndarray,
    *,
    hidden_at_least: int,
    shares: Sequence[Share] = (),
) -> Iterator[Unknowns]:
    """The parts that a reader can solve one by one."""
    free = hidden | ~system.published
    known = np.where(free, 0, system.counts)
    floor = np.where(system.ever_hidden(hidden), hidden_at_least, 0)
    nothing = sparse.csr_array((0, len(system)), dtype=np.int64)
    limits = sparse.vstack([nothing, *(each.limits(len(system)) for each in shares)], format="csr")
    left, over = -(system.relations @ known), -(limits @ known)
    for cells in system.blocks(free, limits):
        sums, shown = (_tied(matrix, cells) for matrix in (system.relations, limits))
        yield Unknowns(
            cells, system.relations[sums][:, cells], left[sums], floor[cells],
            limits[shown][:, cells], over[shown],
        )  # fmt: skip


def _tied(matrix: sparse.csr_array, cells: np.ndarray) -> np.ndarray:
    """The rows in which any of these cells stands."""
    return np.flatnonzero(abs(matrix[:, cells]).sum(axis=1))
