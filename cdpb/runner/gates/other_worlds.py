"""Other counts that give the same published tables, enough of them to move every hidden cell."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint

from cdpb import loaders
from cdpb.disclosure.attack import unknowns_of
from cdpb.disclosure.solver import milp
from cdpb.disclosure.unknowns import Unknowns
from cdpb.loaders.worlds import FILE
from cdpb.runner.gates.attacking import Protected, Read, protected_sources, read_source
from cdpb.runner.gates.written import Written

# How far a count that nothing limits is moved, and how often moves are looked for.
FAR, TRIES, SECONDS = 9, 12, 20.0
FEWEST = 2


@dataclass(frozen=True)
class Moves:
    """The other worlds of one source.

    Attributes
    ----------
    each : list of numpy.ndarray of int
        By how much each cell of the system differs from its true count, a world a row.
    moved, unmoved : int
        Hidden cells that differ in one of them, and those that are alike in every possible one.
    """

    protected: Protected
    read: Read
    each: list[np.ndarray]
    moved: int
    unmoved: int


def moves_of_all(written: Written) -> list[Moves]:
    """The other worlds of every protected source that hides anything."""
    found = []
    for protected in protected_sources(written):
        read = read_source(protected, written)
        if read.hidden.any():
            found.append(_moves(protected, read))
    return found


def worlds(moves: Sequence[Moves], written: Written) -> list[dict[str, Any]]:
    """The contents of world files: in each, every source differs wherever it can."""
    count = max((len(each.each) for each in moves), default=0)
    return [
        {
            "sources": {
                name: told for each in moves for name, told in _sources(each, number, written)
            }
        }
        for number in range(count)
    ]


def write_world(world: Mapping[str, Any], folder: Path) -> Path:
    """Write a world where the loaders may find it: beside what is made of it."""
    path = folder / FILE
    path.write_text(json.dumps(world, sort_keys=True), encoding="utf-8", newline="\n")
    return path


def _moves(protected: Protected, read: Read) -> Moves:
    least = protected.rule.smallest_hidden
    hidden = read.hidden & ~read.system.known
    parts = list(unknowns_of(read.system, hidden, hidden_at_least=least))
    of_parts = [_moves_of(part, read) for part in parts]
    count = max(FEWEST, *(len(found) for found in of_parts))
    each = [np.zeros(len(read.system), dtype=np.int64) for _ in range(count)]
    for part, found in zip(parts, of_parts, strict=True):
        for number in range(count if found else 0):
            each[number][part.cells] = found[number % len(found)]
    moved = np.any(np.array(each) != 0, axis=0)
    return Moves(protected, read, each, int((hidden & moved).sum()), int((hidden & ~moved).sum()))


def _moves_of(part: Unknowns, read: Read) -> list[np.ndarray]:
    """Moves of one part that together move each hidden cell that can be moved.

    The first two go opposite ways, for a leak may show on one side of a limit alone.
    """
    true = read.system.counts[part.cells]
    hidden = (read.hidden & ~read.system.known)[part.cells]
    random, left = np.random.default_rng(len(part.cells)), hidden.copy()
    found: list[np.ndarray] = []
    for _ in range(TRIES):
        if not left.any():
            return found
        aim = np.where(left, random.uniform(-1.0, 1.0, len(left)), 0.0)
        for each in (aim,) if found else (aim, -aim):
            move = _toward(part, true, each)
            if move is not None and (move[hidden] != 0).any():
                found.append(move)
                left &= move == 0
    for cell in np.flatnonzero(left):
        found += list(_alone(part, true, int(cell)))
    return found


def _alone(part: Unknowns, true: np.ndarray, cell: int) -> Iterator[np.ndarray]:
    """A move that moves this cell, up or else down; none where its count is certain."""
    for sign in (1.0, -1.0):
        aim = np.zeros(len(true))
        aim[cell] = -sign
        move = _toward(part, true, aim)
        if move is not None and move[cell] != 0:
            yield move
            return


def _toward(part: Unknowns, true: np.ndarray, aim: np.ndarray) -> np.ndarray | None:
    """The possible world, in whole numbers, that goes furthest against an aim."""
    found = milp(
        aim,
        integrality=np.ones(len(aim)),
        bounds=Bounds(np.maximum(part.least, true - FAR), true + FAR),
        constraints=LinearConstraint(part.sums, part.right, part.right),
        options={"time_limit": SECONDS},
    )
    if found.x is None:
        return None
    counts = np.rint(found.x).astype(np.int64)
    possible = (part.sums @ counts == part.right).all() and (counts >= part.least).all()
    return counts - true if possible else None


def _sources(moves: Moves, number: int, written: Written) -> Iterator[tuple[str, dict[str, Any]]]:
    """By source, the rows of its table that a world changes, with what they count there."""
    system, move = moves.read.system, moves.each[number % len(moves.each)]
    tables = moves.protected.tables.values()
    count_of = {declared.source: declared.count for declared in tables}
    for source in moves.protected.counted:
        with loaders.access.building(written.assessment.build):
            base = loaders.base_counts(source)
        count, first = count_of[source], system.first_rows[source]
        numbered = base.set_axis(range(first, first + len(base)))
        own = {row: cell for row, cell in system.cell_of_row.items() if row in numbered.index}
        by = {cell: int(move[cell]) for cell in own.values()}
        changed = _spread(own, numbered[count].fillna(0).astype(int), by)
        keys = [name for name in base.columns if name != count]
        named = numbered.loc[list(changed), keys].astype(str).itertuples(index=False, name=None)
        rows = [[list(row), told] for row, told in zip(named, changed.values(), strict=True)]
        yield source, {"keys": keys, "count": count, "rows": rows}


def _spread(
    cell_of: Mapping[int, int], counts: pd.Series, moves: Mapping[int, int]
) -> dict[int, int]:
    """New counts of the rows of each cell that is moved, none below 0."""
    left, changed = dict(moves), {}
    for row, cell in cell_of.items():
        by = max(left[cell], -int(counts[row]))
        if by:
            changed[row] = int(counts[row]) + by
            left[cell] -= by
    return changed
