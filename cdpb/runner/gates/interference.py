"""Non-interference: pages made from other counts, with the same cells hidden, are the same."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from cdpb import paths
from cdpb.loaders.worlds import FOLDER, WORLD
from cdpb.runner.environment import environment
from cdpb.runner.gates.differing import differences
from cdpb.runner.gates.other_worlds import moves_of_all, worlds, write_world
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.rebuilding import Rebuilding, private_log, using
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Job, Result

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
    sources = {source for each in moves for source in each.protected.counted}
    told = worlds(moves, written)
    again = Rebuilding(written, using(list(jobs), sources), environment(), private_log(run))
    findings: dict[str, None] = {}
    for number, world in enumerate(told, start=1):
        folder = paths.private_folder(FOLDER, run, str(number))
        try:
            path = write_world(world, folder)
            done = again.into(folder, {WORLD: str(path)})
            findings |= dict.fromkeys(_differences(written, done))
        finally:
            shutil.rmtree(folder.parent, ignore_errors=True)
    looked = f"{len(told)} worlds, {cells} hidden cells moved" if told else "no hidden cells"
    return Outcome(NAME, list(findings), looked)


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
