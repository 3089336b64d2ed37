"""Writes a source's received files with other counts in them, as far as each row can move."""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from cdpb import loaders
from cdpb.build import looking_at
from cdpb.catalogue import returns
from cdpb.disclosure.cells import CellSystem
from cdpb.errors import InputError
from cdpb.file_contents import bytes_of
from cdpb.loaders import base_counts
from cdpb.loaders.corrections import corrections
from cdpb.loaders.receiving import received
from cdpb.loaders.returns import file_text, load_return
from cdpb.partner_returns import Return
from cdpb.sources import Receipt
from cdpb.yaml_files import read_yaml, yaml_text

# How far a count that nothing limits is moved.
FAR = 9


def room_of_rows(source_id: str, base: pd.DataFrame, count: str) -> pd.DataFrame:
    """By how much each row's count may go down and up: ``down`` and ``up``, neither below 0.

    A count that the sender hides stays hidden, and one that a correction names stays as
    the correction expects it. Of a second stage there are never more than of the first.
    """
    numbers = base[count].fillna(0).astype(int)
    room = pd.DataFrame({"down": numbers, "up": FAR}, index=base.index)
    what = returns().get(source_id)
    if what is not None and what.later_part is not None:
        room = _within_the_stage_before(what, base, room)
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


def write_received(source_id: str, base: pd.DataFrame, world: Path) -> None:
    """Write a source's files as they would be in a world, and see that they are read as it.

    Their names, days, sizes, form and numbers of rows are others, too: a page may not depend on
    them. Files that can't be written so are refused: then no comparison would tell anything.
    """
    if source_id not in returns():
        raise _not_written(source_id, "Files of its layout can't be written.")
    what = returns()[source_id]
    was, now = _was_and_now(what, base)
    by_receipt = received(source_id).by_receipt
    days = _other_days([receipt for receipt, _ in by_receipt])
    for (receipt, rows), day in zip(by_receipt, days, strict=True):
        folder = world / source_id / day.isoformat()
        _write(receipt, _as_in_the_world(rows, what, was, now), what, folder, day)
    _check(source_id, base, world)


def _was_and_now(what: Return, base: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A return's table as it is, and as it is in a world.

    A count that is known goes up by what its kinds do, though one of them be hidden beside it.
    """
    table = load_return(what)
    before, after = (_columns(what, each) for each in (base_counts(what.source_id), base))
    moved = {name: table[name] + (after[name] - before[name]) for name in before}
    return table, table.assign(**moved)


def _as_in_the_world(
    rows: pd.DataFrame, what: Return, was: pd.DataFrame, now: pd.DataFrame
) -> pd.DataFrame:
    """A receipt's rows with other counts wherever they hold those that are in use."""
    counts, keys = list(what.counts), pd.MultiIndex.from_frame(rows[what.keys])
    by_key = (table.set_index(what.keys)[counts] for table in (was, now))
    in_use, other = (table.reindex(keys).set_axis(rows.index) for table in by_key)
    same = (rows[counts].fillna(-1) == in_use.fillna(-1)).all(axis=1)
    return rows.assign(**{name: other[name].where(same, rows[name]) for name in counts})


def _columns(what: Return, base: pd.DataFrame) -> dict[str, pd.Series]:
    """The counts of a return as its base table makes them, 0 where one is hidden."""
    counts = [each for each in base if pd.api.types.is_numeric_dtype(base[each])]
    base = base.fillna(dict.fromkeys(counts, 0)).reset_index(drop=True)
    if what.rows is not None:
        return what.rows.as_returned(base)
    return {name: base[name] for name in what.counts}


def _other_days(in_use: list[Receipt]) -> list[date]:
    """Another day of the same month for each receipt, in the same order, where it is known."""
    days: list[date] = []
    for receipt in in_use:
        day = receipt.received
        if receipt.received_precision == "day":
            day = receipt.received.replace(day=1)
            while day == receipt.received or (days and day <= days[-1]):
                day += timedelta(days=1)
        days.append(day)
    same = all(day.month == each.received.month for day, each in zip(days, in_use, strict=True))
    if not same or days != sorted(set(days)):
        raise _not_written(in_use[0].source, "Its receipts leave no other days in their months.")
    return days


def _write(receipt: Receipt, rows: pd.DataFrame, what: Return, folder: Path, day: date) -> None:
    folder.mkdir(parents=True)
    entries = []
    for entry in receipt.files:
        own = file_text(rows[rows["file"] == entry.name], what)
        content = _unlike(own, bytes_of(receipt.folder / entry.name))
        name = f"{Path(entry.name).stem}_{day.day}{Path(entry.name).suffix}"
        (folder / name).write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        entries.append({"name": name, "size": len(content), "sha256": sha256})
    new_receipt = read_yaml(receipt.folder / "receipt.yml")
    new_receipt["received"] = day
    new_receipt["files"] = [
        old | new for old, new in zip(new_receipt["files"], entries, strict=True)
    ]
    (folder / "receipt.yml").write_text(yaml_text(new_receipt), encoding="utf-8", newline="\n")


def _unlike(text: str, before: bytes) -> bytes:
    """A file of another size, and another number of rows, some below the others blank."""
    content = text.encode()
    while len(content) == len(before) or content.count(b"\n") == before.count(b"\n"):
        content += b'""\n'
    return content


def _check(source_id: str, base: pd.DataFrame, world: Path) -> None:
    try:
        with looking_at(world):
            read = base_counts(source_id)
    except InputError as error:
        raise _not_written(
            source_id, f"Its loader refuses them: {error.lines[0].strip()}"
        ) from None
    if not read.equals(base):
        raise _not_written(source_id, "Its loader reads them as another table.")


def _not_written(source_id: str, why: str) -> InputError:
    return InputError(
        f"{source_id}: no other files could be made that give the same published tables.",
        why,
        "So it can't be seen whether a page depends on what it must not. Nothing was compared.",
    )
