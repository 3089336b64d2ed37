"""Publications that follow each other, and a reader who holds one against the other."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cdpb.disclosure.attack import Interval, attack
from cdpb.disclosure.cells import CellSystem, cells_of
from cdpb.disclosure.counted import counted
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.earlier import EarlierTable
from cdpb.disclosure.masked import Key, Pattern
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.suppress import widest


def released(
    pattern: Pattern,
    declared: TableDeclaration,
    base: pd.DataFrame,
    edition: str = "public",
    release: str = "2022-23_public",
) -> EarlierTable:
    """A table as the ledger has it, once it was published with that pattern."""
    hidden = pattern.of(declared.id)
    cells = {
        key: None if key in hidden else count for key, count in counted(declared, base).items()
    }
    return EarlierTable(declared.id, release, edition, declared, cells)


def together(
    tables: Mapping[str, TableDeclaration],
    patterns: Mapping[str, frozenset[Key]],
    base: pd.DataFrame,
) -> tuple[CellSystem, np.ndarray]:
    """All tables as one system, and the cells that none of them shows."""
    system = cells_of(tables, base)
    hidden, shown = (np.zeros(len(system), dtype=bool) for _ in range(2))
    for name, places in system.cells.items():
        for key, cell in places.items():
            (hidden if key in patterns[name] else shown)[cell] = True
    return system, hidden & ~shown


def recovered(system: CellSystem, hidden: np.ndarray, rule: Policy) -> int:
    """Small counts of the tables that a reader can work out exactly."""
    small = np.array([rule.is_primary(int(count)) for count in system.counts]) & ~system.known
    cells = np.flatnonzero(small & hidden).tolist()
    found = attack(system, hidden, hidden_at_least=rule.smallest_hidden, cells=cells)
    return sum(each.least == each.greatest for each in found.values())


def opened_looking_back(
    then: EarlierTable,
    then_base: pd.DataFrame,
    now: TableDeclaration,
    now_base: pd.DataFrame,
    now_hidden: frozenset[Key],
    rule: Policy,
) -> list[Interval]:
    """What a reader learns of the small counts of an earlier publication that a later one opens.

    The reader takes every figure shown now for that of then, wherever that is true: nobody can
    suppose more and be right.
    """
    system = cells_of({"then": then.declared, "now": now}, then_base)
    hidden, shown = (np.zeros(len(system), dtype=bool) for _ in range(2))
    for key, cell in system.cells["then"].items():
        (hidden if then.cells[key] is None else shown)[cell] = True
    also, today = shown.copy(), counted(now, now_base)
    for key, cell in system.cells["now"].items():
        also[cell] |= key not in now_hidden and today.get(key) == system.counts[cell]
    small = np.array([rule.is_primary(int(count)) for count in system.counts]) & hidden
    before, after = (_narrow(system, hidden, each, small, rule) for each in (shown, also))
    return [interval for cell, interval in after.items() if cell not in before]


def _narrow(
    system: CellSystem, hidden: np.ndarray, shown: np.ndarray, small: np.ndarray, rule: Policy
) -> dict[int, Interval]:
    """The small counts that may not be any other, with what they may be."""
    seen = replace(system, published=shown | hidden)
    found = attack(
        seen, hidden & ~shown, hidden_at_least=rule.smallest_hidden,
        cells=np.flatnonzero(small & ~shown).tolist(),
    )  # fmt: skip
    for cell in np.flatnonzero(small & shown).tolist():
        found[cell] = Interval(int(system.counts[cell]), int(system.counts[cell]))
    low, high = rule.smallest_hidden, rule.must_reach
    return {cell: each for cell, each in found.items() if not each.holds(low, high)}


def opened_today(system: CellSystem, hidden: np.ndarray, rule: Policy) -> int:
    """Small counts of today that are narrower than they would be with everything hidden."""
    least = rule.smallest_hidden
    small = np.array([rule.is_primary(int(count)) for count in system.counts]) & ~system.known
    cells = np.flatnonzero(small).tolist()
    found = attack(system, hidden, hidden_at_least=least, cells=cells)
    best = widest(system, least, cells)
    return sum(
        not interval.holds(
            max(least, best[cell].least),
            min(rule.must_reach, best[cell].greatest or rule.must_reach),
        )
        for cell, interval in found.items()
    )
