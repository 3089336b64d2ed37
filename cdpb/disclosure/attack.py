"""What a reader who adds and subtracts can work out of the hidden cells."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.solver import linprog, milp

NEARLY = 1e-6
UNBOUNDED = 3


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
class Unknowns:
    """Cells that a reader must solve for together: no sum ties them to another hidden cell.

    ``sums @ (counts of the cells) == right``, each at least its ``least``.
    """

    cells: np.ndarray
    sums: sparse.csr_array
    right: np.ndarray
    least: np.ndarray

    def extreme(self, cell: int, sign: int) -> int | None:
        """The greatest (sign 1) or least (-1) whole count of a cell; None without limit."""
        aim = np.where(self.cells == cell, -float(sign), 0.0)
        found = linprog(aim, A_eq=self.sums, b_eq=self.right, bounds=self._bounds, method="highs")
        if found.status == UNBOUNDED:
            return None
        if found.status != 0:
            raise ArithmeticError(f"the linear attack did not end: {found.message}")
        reached = self._whole(found.x, aim)
        # No whole count lies between the reached one and the linear optimum: it is the extreme.
        if reached is not None and reached <= np.ceil(found.fun - NEARLY):
            return -sign * reached
        return -sign * self.extreme_by_integers(aim)

    def extreme_by_integers(self, aim: np.ndarray) -> int:
        """The least of an aim over whole-number worlds, by the integer program alone."""
        found = milp(
            aim,
            integrality=np.ones(len(aim)),
            bounds=Bounds(self.least, np.inf),
            constraints=LinearConstraint(self.sums, self.right, self.right),
            options={"mip_rel_gap": 0},
        )
        reached = None if found.x is None else self._whole(found.x, aim)
        if found.status != 0 or reached is None or reached > np.ceil(found.mip_dual_bound - NEARLY):
            raise ArithmeticError(f"the integer attack did not end: {found.message}")
        return reached

    def _whole(self, world: np.ndarray, aim: np.ndarray) -> int | None:
        """The aim's value in the nearest whole-number world, if that is a possible one."""
        counts = np.rint(world).astype(np.int64)
        possible = (counts >= self.least).all() and (self.sums @ counts == self.right).all()
        return int(aim @ counts) if possible else None

    @property
    def _bounds(self) -> np.ndarray:
        return np.column_stack([self.least, np.full(len(self.least), np.inf)])


def attack(
    system: CellSystem,
    hidden: np.ndarray,
    *,
    hidden_at_least: int,
    cells: Iterable[int] | None = None,
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

    Raises
    ------
    ArithmeticError
        If the solver gives no answer that can be checked; never an interval that is not.
    """
    wanted = set(np.flatnonzero(hidden).tolist() if cells is None else cells)
    found = {}
    for unknowns in unknowns_of(system, hidden, hidden_at_least=hidden_at_least):
        for cell in wanted.intersection(unknowns.cells.tolist()):
            least, greatest = unknowns.extreme(cell, -1), unknowns.extreme(cell, 1)
            found[cell] = Interval(least or 0, greatest)
    return dict(sorted(found.items()))


def unknowns_of(
    system: CellSystem, hidden: np.ndarray, *, hidden_at_least: int
) -> Iterator[Unknowns]:
    """The parts that a reader can solve one by one."""
    free = hidden | ~system.published
    known = np.where(free, 0, system.counts)
    left = -(system.relations @ known)
    floor = np.where(hidden, hidden_at_least, 0)
    for cells in system.blocks(free):
        tied = np.flatnonzero(abs(system.relations[:, cells]).sum(axis=1))
        yield Unknowns(cells, system.relations[tied][:, cells], left[tied], floor[cells])
