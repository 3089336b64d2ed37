"""How far each row of a source's table can be moved without contradicting its own file."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cdpb import loaders
from cdpb.disclosure.cells import CellSystem
from cdpb.loaders.corrections import corrections
from cdpb.loaders.partners import RETURNS
from cdpb.loaders.returns import Return

# How far a count that nothing limits is moved.
FAR = 9


def room_of_rows(source_id: str, base: pd.DataFrame, count: str) -> pd.DataFrame:
    """By how much each row's count may go down and up: ``down`` and ``up``, neither below 0.

    A count that the sender hides stays hidden, and one that a correction names stays as
    the correction expects it. Of a second stage there are never more than of the first.
    """
    numbers = base[count].fillna(0).astype(int)
    room = pd.DataFrame({"down": numbers, "up": FAR}, index=base.index)
    if source_id in RETURNS and RETURNS[source_id].later_part is not None:
        room = _within_the_stage_before(RETURNS[source_id], base, room)
    fixed = base[count].isna()
    for each in corrections():
        if each.source == source_id:
            fixed |= each.meets(base)
    room.loc[fixed] = 0
    return room


def room_of_cells(
    system: CellSystem, bases: Mapping[str, pd.DataFrame], counts: Mapping[str, str]
) -> tuple[np.ndarray, np.ndarray]:
    """By how much each cell may go down and up: what its rows allow, in every source of it."""
    down, up = np.full(len(system), FAR), np.full(len(system), FAR)
    for source, base in bases.items():
        room, first = room_of_rows(source, base, counts[source]), system.first_rows[source]
        cells = pd.Series([system.cell_of_row.get(first + at, -1) for at in range(len(base))])
        by_cell = room.reset_index(drop=True).groupby(cells).sum().drop(index=-1, errors="ignore")
        at = by_cell.index.to_numpy(dtype=int)
        down[at] = np.minimum(down[at], by_cell["down"])
        up[at] = np.minimum(up[at], by_cell["up"])
    return down, up


def _within_the_stage_before(what: Return, base: pd.DataFrame, room: pd.DataFrame) -> pd.DataFrame:
    """Half of what is between two stages for each of them, so that both may move."""
    assert what.later_part is not None
    kind, part, whole = what.later_part
    keys, count = [what.place, what.period], what.counts[0]
    wide = base.pivot(index=keys, columns=kind, values=count).reindex(columns=[part, whole])
    wide = wide.astype(float).fillna(0)
    before = wide[whole].groupby(level=0).shift().fillna(0)
    half = ((wide[whole] - wide[part]).clip(lower=0) // 2).astype(int)
    # Some of the second stage came to the first a month earlier.
    needed = ((wide[whole] + before - wide[part]).clip(lower=0) // 2).groupby(level=0).shift(-1)
    least = half.where(~(needed < half), needed).astype(int)
    about = pd.MultiIndex.from_frame(base[keys])
    later, first = (base[kind] == part).to_numpy(), (base[kind] == whole).to_numpy()
    own = pd.Series(half.reindex(about).to_numpy(), index=base.index)
    room = room.assign(up=room["up"].mask(later, np.minimum(own, FAR)))
    own = pd.Series(least.reindex(about).to_numpy(), index=base.index)
    return room.assign(down=room["down"].mask(first, np.minimum(own, room["down"])))


def bases_of(sources: list[str]) -> dict[str, pd.DataFrame]:
    """The table of each source, as loaded."""
    return {each: loaders.base_counts(each) for each in sources}
