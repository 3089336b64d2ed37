"""Non-interference: pages made from other files, with the same cells hidden, are the same."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from cdpb import catalogue, paths
from cdpb.declarations import declarations
from cdpb.runner.environment import environment
from cdpb.runner.gates.differing import differences
from cdpb.runner.gates.other_worlds import moves_of_all, write_world
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.rebuilding import Rebuilding, private_log, using
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Job, Result
from cdpb.runner.keys import sources_opened
from cdpb.worlds import FOLDER, WORLD

NAME = "non-interference"


def check_worlds(written: Written, jobs: Sequence[Job], run: str) -> Outcome:
    """Make what a protected source could touch again from other worlds, and compare the bytes.

    Returns
    -------
    Outcome
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
        world = paths.private_folder(FOLDER, run, str(number + 1))
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
            for found in differences(name, written.folder / name, job.workspace / name):
                yield f"{found} when hidden counts are others"


def files_of(job: Job, result: Result) -> list[str]:
    """What one finding leaves in an assessment, as it stands in its workspace."""
    tables = [table["file"] for table in result.record.get("tables", [])]
    kept: list[Path] = [job.workspace / "tables" / job.finding]
    written = [path for folder in kept for path in sorted(folder.rglob("*")) if path.is_file()]
    more = [path.relative_to(job.workspace).as_posix() for path in written]
    return list(dict.fromkeys([job.page, f"findings/{job.finding}.json", *tables, *more]))
