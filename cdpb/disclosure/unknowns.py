"""What a reader must solve for, part by part, and the limits that single sums give."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from cdpb.disclosure.solver import linprog, milp
from cdpb.errors import InputError

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


NEARLY = 1e-6
INFEASIBLE, UNBOUNDED = 2, 3
# All ends of a side are pushed together first; how often, and how many must gain by it.
TRIES, WORTH_A_TRY = 40, 0.03


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

    @cached_property
    def wanted(self) -> np.ndarray:
        """The ends (least, greatest) that are asked for and not yet known to be reached."""
        return np.zeros(self.limits.shape, dtype=bool)

    def ask(self, cells: Collection[int]) -> None:
        """Ask for both ends of some cells; what nothing limits is not for many at once."""
        self.wanted[:] = np.isin(self.cells, list(cells)) & np.isfinite(self.limits)

    def take(self, world: np.ndarray, aim: np.ndarray) -> bool:
        """Learn from a fraction's optimum of an aim; whether a whole-number world is as good."""
        reached = self._whole(world, aim)
        self.wanted[self.reached == self.limits] = False
        # No whole count lies between the reached one and the linear optimum: it is the extreme.
        return reached is not None and reached <= np.ceil(aim @ world - NEARLY)

    def extreme(self, cell: int, sign: int) -> int | None:
        """The greatest (sign 1) or least (-1) whole count of a cell; None without limit."""
        side, at = (sign + 1) // 2, int(np.searchsorted(self.cells, cell))
        if (side, at) in self.proven or self.reached[side, at] == self.limits[side, at]:
            return int(self.reached[side, at])
        aim = np.where(self.cells == cell, -float(sign), 0.0)
        found = linear(aim, self)
        if found.status == UNBOUNDED:
            return None
        if found.status == INFEASIBLE:
            raise InputError(
                "What is shown contradicts itself: no counts at all would give it.",
                "Wanted: totals that are the sums of their parts, and ratios of the counts shown.",
            )
        if found.status != 0:
            raise ArithmeticError(f"the linear attack did not end: {found.message}")
        if self.take(found.x, aim):
            return int(self.reached[side, at])
        return -sign * self.extreme_by_integers(aim)

    @cached_property
    def proven(self) -> set[tuple[int, int]]:
        """Ends (side, place) that are known to be the extreme, though no single sum says so."""
        return set()

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


def linear(aim: np.ndarray, of: Unknowns) -> Any:
    """The least of an aim where counts may be fractions."""
    return linprog(
        aim, A_eq=of.sums, b_eq=of.right, A_ub=of.shares, b_ub=of.most,
        bounds=np.column_stack([of.least, np.full(len(of.least), np.inf)]), method="highs",
    )  # fmt: skip


def solve_together(parts: Sequence[Unknowns]) -> None:
    """Reach what can be reached of all that was asked, one linear program for all parts.

    Nothing ties the parts, so each gets the answer that it would get alone; a program for
    each would take longer to hand over than to solve.
    """
    joined = _joined(parts)
    for side in (0, 1):
        for _ in range(TRIES):
            open_ = [part.wanted[side].copy() for part in parts]
            _push(joined, parts, side, open_)
            done = sum(
                (was & ~part.wanted[side]).sum() for was, part in zip(open_, parts, strict=True)
            )
            if done <= WORTH_A_TRY * sum(was.sum() for was in open_):
                break
    for side in (0, 1):
        while any(part.wanted[side].any() for part in parts):
            _push(joined, parts, side, [_first(part.wanted[side]) for part in parts], single=True)


def _first(open_: np.ndarray) -> np.ndarray:
    """Only the first of those that are open."""
    return open_ & (np.cumsum(open_) == 1)


def _push(
    joined: Unknowns,
    parts: Sequence[Unknowns],
    side: int,
    pushed: Sequence[np.ndarray],
    *,
    single: bool = False,
) -> None:
    """Push some cells of each part down (side 0) or up (1); a single one is then settled."""
    aims = [np.where(cells, 1.0 - 2 * side, 0.0) for cells in pushed]
    found = linear(np.concatenate(aims), joined)
    worlds = [None] * len(parts) if found.status != 0 else np.split(found.x, _ends(parts))
    for part, cells, aim, world in zip(parts, pushed, aims, worlds, strict=True):
        as_good = world is not None and cells.any() and part.take(world, aim)
        if single and cells.any():
            part.wanted[side] &= ~cells
            if as_good:
                part.proven.add((side, int(cells.argmax())))


def _ends(parts: Sequence[Unknowns]) -> np.ndarray:
    return np.cumsum([len(part.cells) for part in parts])[:-1]


def _joined(parts: Sequence[Unknowns]) -> Unknowns:
    return Unknowns(
        cells=np.concatenate([part.cells for part in parts]),
        sums=sparse.block_diag([part.sums for part in parts], format="csr"),
        right=np.concatenate([part.right for part in parts]),
        least=np.concatenate([part.least for part in parts]),
        shares=sparse.block_diag([part.shares for part in parts], format="csr"),
        most=np.concatenate([part.most for part in parts]),
    )
