"""Notices inputs that changed while a run was at work: no page passes as made from what it wasn't.

Keys are hashed before the first notebook is executed, and once more when all pages are made. Of a
page whose key is another one by then, nobody can tell which state of its files it was made from.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import cdpb
from cdpb import paths
from cdpb.runner.job import Failure, Job, Planned, Result

Done = list[tuple[Job, Result]]
MOST_NAMED = 3


def failed_meanwhile(done: Done, planned_now: Sequence[Planned], began: float) -> Done:
    """What was done, each page of other inputs than were planned as failed (2).

    Parameters
    ----------
    planned_now : list of Planned
        The same plan, made again.
    began : float
        When the first was made, in seconds of the system's clock.
    """
    keys = {each.assessment: each.keys for each in planned_now}
    changed = [
        job
        for job, result in done
        if not result.failure and keys[job.assessment].get(job.finding) != job.key
    ]
    if not changed:
        return done
    failure = Failure(2, "changed meanwhile", _lines(list(_written_since(began))))
    return [
        (job, replace(result, status="failed", failure=failure) if job in changed else result)
        for job, result in done
    ]


def _lines(names: list[str]) -> list[str]:
    more = [f"and {len(names) - MOST_NAMED} more"] * (len(names) > MOST_NAMED)
    named = ", ".join([*names[:MOST_NAMED], *more]) or "A file that a page is made from"
    return [
        f"{named} changed while the run was at work.",
        "Which state of it a page was made from nobody can tell. Run again.",
        "Earlier assessments stand as they were.",
    ]


def _written_since(began: float) -> Iterator[str]:
    """The files of the project that were written since, as a person here would name them."""
    package, now = Path(cdpb.__file__).parent, time.time()
    for folder in (paths.notebooks_folder(), paths.data_folder(), package):
        for path in sorted(folder.rglob("*.*")):
            with suppress(OSError):  # it may be gone by now
                if path.suffix != ".pyc" and began <= path.stat().st_mtime <= now:
                    yield path.relative_to(folder.parent).as_posix()
