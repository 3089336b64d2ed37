"""What a reader knows of a small count even when everything around it is hidden."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.solver import milp


@dataclass(frozen=True)
class Floor:
    """The least that a cell can be when all but zeros is hidden, and its parts at that."""

    least: int
    parts: dict[int, int]


class Floors:
    """Where zeros are shown, every hidden part of a hidden sum is at least 1.

    Three wards with a hidden count each make their hidden total at least 3: no choice of what
    to hide can change it, so no more than that can be asked of one.
    """

    def __init__(self, system: CellSystem, hidden_at_least: int, shut: frozenset[int]) -> None:
        self.system, self.hidden_at_least, self.shut = system, hidden_at_least, shut
        self._cells_of_unit: dict[int, list[int]] = {}
        for cell in np.flatnonzero(system.ever_hidden(system.published) & (system.counts > 0)):
            for unit in system.units[cell]:
                self._cells_of_unit.setdefault(unit, []).append(int(cell))

    def of(self, cell: int) -> Floor:
        """The floor of one cell; 0 where no table shows it or any part of it."""
        units = sorted(self.system.units[cell] - self.shut)
        inside = self._parts_within(cell)
        if not self.hidden_at_least or not inside:
            return Floor(0, dict.fromkeys(units, 0))
        if len(units) == 1:
            return Floor(1, {units[0]: 1})
        covers = np.array([[unit in part for unit in units] for part in inside], dtype=float)
        found = milp(
            np.ones(len(units)),
            integrality=np.ones(len(units)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(sparse.csr_array(covers), 1, np.inf),
        )
        if found.status != 0:
            raise ArithmeticError(f"the least of a sum was not found: {found.message}")
        parts = {unit: round(value) for unit, value in zip(units, found.x, strict=True)}
        return Floor(sum(parts.values()), parts)

    def _parts_within(self, cell: int) -> list[frozenset[int]]:
        """The published cells that can't grow unless this one does, itself among them."""
        mine = self.system.units[cell] - self.shut
        near = {other for unit in mine for other in self._cells_of_unit.get(unit, ())}
        parts = [self.system.units[other] - self.shut for other in sorted(near)]
        return [part for part in parts if part <= mine]
