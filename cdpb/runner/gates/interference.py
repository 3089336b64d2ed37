"""Non-interference gate: pages made from other files with the same cells hidden are the same."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint

from cdpb import catalogue, loaders, paths
from cdpb.build import WORLD, WORLDS
from cdpb.declarations import declarations
from cdpb.disclosure.attack import unknowns_of
from cdpb.disclosure.solver import milp
from cdpb.disclosure.unknowns import Unknowns
from cdpb.report.markup import has_page
from cdpb.runner.execute import environment
from cdpb.runner.gates.attacking import Protected, Read, protected_sources, read_source
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.rebuilding import Rebuilding, differences_in_file, private_log, using
from cdpb.runner.gates.received_files import bases_of, room_of_cells, room_of_rows, write_received
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Job, Result
from cdpb.runner.keys import sources_opened

# How often moves are looked for, and how long for one.
TRIES, SECONDS = 12, 20.0
FEWEST = 2
Room = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Moves:
    """The other worlds of one source: by how much each cell differs in each from its true count.

    ``moved`` is how many hidden cells differ in one of them; the others are alike in all.
    """

    protected: Protected
    read: Read
    each: list[np.ndarray]
    moved: int


def moves_of_all(written: Written) -> list[Moves]:
    """The other worlds of every protected source that hides anything."""
    found = []
    for protected in protected_sources(written):
        read = read_source(protected, written)
        if read.hidden.any():
            with loaders.access.building(written.assessment.build):
                found.append(_moves(protected, read))
    return found


def write_world(
    moves: Sequence[Moves], number: int, sources: Iterable[str], written: Written, world: Path
) -> None:
    """Write the files of one world into an empty folder: every source differs wherever it can.

    The ``sources`` named get other files even where none of their counts is another.
    """
    with loaders.access.building(written.assessment.build):
        for source in sorted({*sources, *(each for of in moves for each in of.protected.counted)}):
            base = loaders.base_counts(source)
            for each in moves:
                if source in each.protected.counted:
                    base = _moved(base, source, each, number)
            write_received(source, base, world)


def _moves(protected: Protected, read: Read) -> Moves:
    least = protected.rule.smallest_hidden
    hidden = read.hidden & ~read.system.known
    parts = list(unknowns_of(read.system, hidden, hidden_at_least=least))
    room = room_of_cells(read.system, bases_of(protected.counted), _count_of(protected))
    of_parts = [_moves_of(part, read, room) for part in parts]
    count = max(FEWEST, *(len(found) for found in of_parts))
    each = [np.zeros(len(read.system), dtype=np.int64) for _ in range(count)]
    for part, found in zip(parts, of_parts, strict=True):
        for number in range(count if found else 0):
            each[number][part.cells] = found[number % len(found)]
    moved = np.any(np.array(each) != 0, axis=0)
    return Moves(protected, read, each, int((hidden & moved).sum()))


def _moves_of(part: Unknowns, read: Read, room: Room) -> list[np.ndarray]:
    """Moves of one part that together move each hidden cell that can be moved.

    The first two go opposite ways, for a leak may show on one side of a limit alone.
    """
    ends = _Ends(part, read.system.counts[part.cells], room)
    hidden = (read.hidden & ~read.system.known)[part.cells]
    random, left = np.random.default_rng(len(part.cells)), hidden.copy()
    found: list[np.ndarray] = []
    for _ in range(TRIES):
        if not left.any():
            return found
        aim = np.where(left, random.uniform(-1.0, 1.0, len(left)), 0.0)
        for each in (aim,) if found else (aim, -aim):
            move = ends.toward(each)
            if move is not None and (move[hidden] != 0).any():
                found.append(move)
                left &= move == 0
    for cell in np.flatnonzero(left):
        found += list(_alone(ends, int(cell)))
    return found


def _alone(ends: "_Ends", cell: int) -> Iterator[np.ndarray]:
    """A move that moves this cell, up or else down; none where its count is certain."""
    for sign in (1.0, -1.0):
        aim = np.zeros(len(ends.true))
        aim[cell] = -sign
        move = ends.toward(aim)
        if move is not None and move[cell] != 0:
            yield move
            return


@dataclass(frozen=True)
class _Ends:
    """One part, its true counts, and how far they may go."""

    part: Unknowns
    true: np.ndarray
    room: Room

    def toward(self, aim: np.ndarray) -> np.ndarray | None:
        """The move to the possible world, in whole numbers, that goes furthest against an aim."""
        part, (down, up) = self.part, (each[self.part.cells] for each in self.room)
        found = milp(
            aim,
            integrality=np.ones(len(aim)),
            bounds=Bounds(np.maximum(part.least, self.true - down), self.true + up),
            constraints=LinearConstraint(part.sums, part.right, part.right),
            options={"time_limit": SECONDS},
        )
        if found.x is None:
            return None
        counts = np.rint(found.x).astype(np.int64)
        possible = (part.sums @ counts == part.right).all() and (counts >= part.least).all()
        return np.asarray(counts - self.true) if possible else None


def _moved(base: pd.DataFrame, source: str, moves: Moves, number: int) -> pd.DataFrame:
    """A source's table as it is in a world."""
    system, move = moves.read.system, moves.each[number % len(moves.each)]
    count, first = _count_of(moves.protected)[source], system.first_rows[source]
    rows = {at: system.cell_of_row.get(first + at) for at in range(len(base))}
    # A row that counts somebody stands in the file; one that counts nobody may not.
    order = sorted(rows, key=lambda at: not base[count].fillna(0).iloc[at])
    room = room_of_rows(source, base, count).set_axis(range(len(base)))
    by = _spread({at: cell for at in order if (cell := rows[at]) is not None}, room, move)
    moved = base.assign(**{count: base[count] + pd.Series(by, index=range(len(base)))})
    moved[count] = moved[count].astype(base[count].dtype)
    moved.attrs = dict(base.attrs)
    return moved


def _count_of(protected: Protected) -> dict[str, str]:
    return {declared.source: str(declared.count) for declared in protected.tables.values()}


def _spread(cell_of: Mapping[int, int], room: pd.DataFrame, moves: np.ndarray) -> list[int]:
    """By how much each row of each cell that is moved goes up or down, within its room."""
    down, up = room["down"].to_numpy(), room["up"].to_numpy()
    left, by = {cell: int(moves[cell]) for cell in cell_of.values()}, [0] * len(room)
    for row, cell in cell_of.items():
        by[row] = max(-int(down[row]), min(left[cell], int(up[row])))
        left[cell] -= by[row]
    assert not any(left.values()), "a cell was moved further than its rows can be"
    return by


NAME = "non-interference"


def check_worlds(written: Written, jobs: Sequence[Job], run: str) -> Outcome:
    """Make what a protected source could touch again from other worlds, and compare the bytes.

    Findings name the file and the element that differs, never what stands there.
    """
    moves = moves_of_all(written)
    cells = sum(each.moved for each in moves)
    closed = _closed(jobs)
    sources = {*closed, *(source for each in moves for source in each.protected.counted)}
    count = max((len(each.each) for each in moves), default=int(bool(closed)))
    again = Rebuilding(written, using(list(jobs), sources), environment(), private_log(run))
    findings: dict[str, None] = {}
    for number in range(count):
        world = paths.private_folder(WORLDS, run, str(number + 1))
        try:
            write_world(moves, number, closed, written, world)
            done = again.into(world, {WORLD: str(world)})
            findings |= dict.fromkeys(_differences(written, done))
        finally:
            shutil.rmtree(world.parent, ignore_errors=True)
    looked = f"{count} worlds, {cells} hidden cells moved" if count else "no hidden cells"
    return Outcome(NAME, list(findings), looked)


def _closed(jobs: Sequence[Job]) -> list[str]:
    """The sources that aren't public, as far as these findings may open them and any is held."""
    opened = {
        source
        for job in jobs
        for source in sources_opened(declarations().finding(job.finding), job.assessment)
    }
    return sorted(
        each
        for each in opened
        if catalogue.source(each).access != "public" and catalogue.receipts(each)
    )


def _differences(written: Written, done: Sequence[tuple[Job, Result]]) -> Iterator[str]:
    for job, result in done:
        if result.failure:
            yield f"{job.page}: can't be made when hidden counts are others ({result.failure.kind})"
            continue
        for name in files_of(job, result):
            for found in differences_in_file(name, written.folder / name, job.workspace / name):
                yield f"{found} when hidden counts are others"


def files_of(job: Job, result: Result) -> list[str]:
    """What one finding leaves in an assessment, as it stands in its workspace."""
    tables = [table["file"] for table in result.record.get("tables", [])]
    saved = sorted((job.workspace / "tables" / job.finding).rglob("*"))
    more = [path.relative_to(job.workspace).as_posix() for path in saved if path.is_file()]
    page = [job.page] if has_page(result.record) else []
    return list(dict.fromkeys([*page, f"findings/{job.finding}.json", *tables, *more]))
