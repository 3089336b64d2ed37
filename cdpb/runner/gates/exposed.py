"""Finds counts that can be worked out from sums, percentages and rates as they were written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import numpy as np

from cdpb.disclosure.attack import PublishedShare, Range, Ratio, attack
from cdpb.disclosure.cells import CellSystem
from cdpb.disclosure.declared import Column, TableDeclaration
from cdpb.disclosure.masked import Key
from cdpb.disclosure.masking import total_over
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.suppress import widest, within
from cdpb.runner.gates.written import Written


def exposed(
    system: CellSystem,
    hidden: np.ndarray,
    rule: Policy,
    hidden_at_least: int,
    guarded: np.ndarray | None = None,
    ratios: Sequence[Ratio] = (),
) -> np.ndarray:
    """Small counts whose interval, by the integer attack, is not as wide as the policy says.

    Those that no table shows are judged like the others. Sums of several hidden counts are
    left out at their lower end: each part is at least 1. Where a small count is shown outright,
    those alone are found. For a reader who looks back at what was hidden before, whichever small
    count that was, ``guarded`` cells are judged instead, by how far they can move.

    Returns
    -------
    numpy.ndarray of bool
        One per cell.
    """
    if guarded is not None:
        return _stuck(system, hidden, rule, hidden_at_least, guarded & ~system.known, ratios)
    small = np.array([rule.is_primary(int(count)) for count in system.counts], dtype=bool)
    small &= ~system.known & ~system.nobody
    if (small & system.published & ~hidden).any():
        return small & system.published & ~hidden
    found = attack(
        system, hidden,
        hidden_at_least=hidden_at_least, cells=np.flatnonzero(small).tolist(), ratios=ratios,
    )  # fmt: skip
    problem = Problem(system, rule, hidden_at_least)
    best = widest(system, hidden_at_least, list(found)) if problem.follows else {}
    open_ = np.zeros(len(system), dtype=bool)
    for cell, interval in found.items():
        low = max(rule.smallest_hidden, problem.floors.of(cell).least)
        open_[cell] = not interval.holds(*within(low, rule.must_reach, best.get(cell)))
    return open_


def _stuck(
    system: CellSystem,
    hidden: np.ndarray,
    rule: Policy,
    hidden_at_least: int,
    cells: np.ndarray,
    ratios: Sequence[Ratio],
) -> np.ndarray:
    """Cells that can't be as far below and above as any small count may be from any other."""
    assert rule.threshold is not None
    down = rule.threshold - 1 - rule.smallest_hidden
    up = rule.must_reach - rule.smallest_hidden
    found = attack(
        system, hidden,
        hidden_at_least=hidden_at_least, cells=np.flatnonzero(cells).tolist(), ratios=ratios,
    )  # fmt: skip
    best = widest(system, hidden_at_least, list(found))
    open_ = np.zeros(len(system), dtype=bool)
    for cell, interval in found.items():
        count = int(system.counts[cell])
        open_[cell] = not interval.holds(*within(count - down, count + up, best[cell]))
    return open_


KINDS = {"count", "percent", "rate", "interval"}
# Decimals by which a percentage is read, from as fine as tells apart all shares of less than
# 700 people, to as coarse as the gate of a table lets it be rounded.
DECIMALS = (4, 3, 2, 1, 0)


@dataclass(frozen=True)
class Figures:
    """A written table with figures in it, and the counts that they are of.

    ``counted`` is the declaration of the table whose counts they are: itself, or one it is made
    of, named ``finding/table``. ``columns`` is the dictionary of published columns.
    """

    file: str
    declared: TableDeclaration
    counted: TableDeclaration
    name: str
    columns: Mapping[str, Column]

    @cached_property
    def read_columns(self) -> dict[str, Column]:
        """The columns that are read.

        Beside its count, and in a table made of one other alone, all that no one else knows; a
        table made of several says only of a percentage what it is of.
        """
        one = len(self.declared.made_of) < 2
        described = {name: self.columns[name] for name in self.declared.derived}
        return {
            name: column
            for name, column in described.items()
            if column.kind in KINDS and not column.public and (one or self.is_share(column))
        }

    def key_of(self, row: Mapping[str, str]) -> Key | None:
        """The count that a row speaks of; None where it speaks of several."""
        chosen = {**self._alone, **row}
        if not set(self.counted.dimensions) <= {*self.declared.dimensions, *self._alone}:
            return None
        return tuple(chosen.get(name, "") for name in self.counted.dimensions)

    def totals_of(self, key: Key) -> list[Key]:
        """The counts that its shares are of, in one row."""
        shares = [column for column in self.read_columns.values() if self.is_share(column)]
        return [total_over(key, self.counted, column.of) for column in shares]

    def is_share(self, column: Column) -> bool:
        """Whether it is a percentage of totals that stand beside the counts."""
        return column.kind == "percent" and 0 < len(column.of) == len(
            set(column.of) & set(self.counted.totals)
        )

    @cached_property
    def _alone(self) -> dict[str, str]:
        """Dimensions of which the counts have one label only."""
        return {
            name: value
            for name, value in self.counted.filter.items()
            if isinstance(value, str) and name not in self.declared.dimensions
        }


def tables_with_figures(
    written: Written, tables: Mapping[str, TableDeclaration], columns: Mapping[str, Column]
) -> Iterator[Figures]:
    """Every written table with figures of these tables' counts, whichever source it names."""
    for record in written.records:
        for table in record.get("tables", []):
            own = f"{record['id']}/{table['id']}"
            declared = written.declared.get(own)
            if declared is None:
                continue
            of = [f"{record['id']}/{each}" for each in declared.made_of] or [own]
            for name in (each for each in of if each in tables):
                yield Figures(table["file"], declared, tables[name], name, columns)


def ratios_of(
    figures: Figures, written: Written, system: CellSystem
) -> tuple[list[Ratio], list[str]]:
    """What a table's figures say of the counts; and the columns that say what isn't so.

    A percentage says what it was rounded to. A count taken over from another table, a rate or an
    interval is taken to say the count itself (and an interval of a share what it is out of): who
    knows the residents, and how it is computed, tries every count.
    """
    cells, found, wrong = system.cells[figures.name], list[Ratio](), dict[str, None]()
    for row in written.tables[figures.file]:
        key = figures.key_of(row)
        if key is None or key not in cells:
            continue
        totals = [cells[each] for each in figures.totals_of(key) if each in cells]
        for name, column in figures.read_columns.items():
            value = _number(row.get(name, ""))
            if value is None:
                continue
            if figures.is_share(column):
                whole = cells.get(total_over(key, figures.counted, column.of))
                share = None if whole is None else _share(cells[key], whole, value, system.counts)
                found += [] if share is None else [share]
                wrong |= {name: None} if share is None else {}
            else:
                found += [_itself(cell, system.counts) for cell in (cells[key], *totals)]
    return found, list(wrong)


def disclosive(ratios: Iterable[Ratio], unseen: np.ndarray) -> list[Ratio]:
    """Those of a count that isn't shown: of shown ones they say nothing new."""
    return [ratio for ratio in ratios if unseen[list(ratio.cells)].any()]


def _share(part: int, whole: int, percent: float, counts: np.ndarray) -> PublishedShare | None:
    """As exact as it is true of the counts; None if it isn't."""
    for decimals in DECIMALS:
        share = PublishedShare(part, whole, percent, decimals)
        rows, most = share.limits(len(counts))
        if (rows @ counts <= most).all():
            return share
    return None


def _itself(cell: int, counts: np.ndarray) -> Range:
    return Range(cell, int(counts[cell]), int(counts[cell]))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None
