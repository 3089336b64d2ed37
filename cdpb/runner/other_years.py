"""Records of a finding for other years than its page's: each is computed once, whoever needs it.

A page computes what the years before it said by its own cells, which is as much work as a page of
that year. Where such a page was made of the same inputs, its record is put where the notebook
looks; what a notebook had to compute is kept for the pages of those years and of later ones.
"""

import os
import shutil
from functools import cached_property
from pathlib import Path

from cdpb import paths
from cdpb.paths import AT_HAND, LEFT
from cdpb.runner.cache import oldest
from cdpb.runner.job import Job
from cdpb.runner.keys import file_hash

KEPT = "years"
MOST_KEPT = 4000


class OtherYears:
    """The records that are at hand: of earlier runs, and of what this one has executed so far."""

    def __init__(self) -> None:
        self._made: dict[str, Path] = {}

    def put_before(self, job: Job) -> None:
        """Put what is at hand of a finding where its notebook looks."""
        for slug, key in job.years.items():
            found = self._made.get(key) or self._whole(key)
            if found:
                place = _record(job, slug, AT_HAND)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(found, place)

    def take(self, job: Job) -> None:
        """Take what a notebook left, for those that this run executes after it."""
        for slug, key in job.years.items():
            if _record(job, slug).is_file():
                self._made[key] = _record(job, slug)

    def keep(self, job: Job) -> None:
        """Keep what a notebook left for later runs, named by its key and its own hash."""
        for slug, key in job.years.items():
            path = _record(job, slug)
            if path.is_file() and key not in self._kept:
                name = f"{key}-{file_hash(path)}.json"
                aside = path.with_suffix(".kept")
                shutil.copyfile(path, aside)
                os.replace(aside, paths.private_folder(KEPT) / name)

    def forget_oldest(self) -> None:
        """Remove those that were kept longest ago."""
        for path in oldest(paths.private_folder(KEPT), MOST_KEPT):
            path.unlink(missing_ok=True)

    def _whole(self, key: str) -> Path | None:
        path = self._kept.get(key)
        if path is None or not path.is_file():
            return None
        if path.stem != f"{key}-{file_hash(path)}":
            path.unlink()
            return None
        return path

    @cached_property
    def _kept(self) -> dict[str, Path]:
        found = paths.private_folder(KEPT).glob("*.json")
        return {path.stem.partition("-")[0]: path for path in found}


def _record(job: Job, slug: str, folder: str = LEFT) -> Path:
    return job.workspace / folder / f"{slug}.json"
