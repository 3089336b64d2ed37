"""What notebooks gave when they were last executed, by the key of all that they depend on.

An entry is as a job leaves its folder: the executed notebook, the record, the tables, the page. It
is private, moved into place whole, and used only while every file in it has the bytes it was kept
with; no time of any clock is looked at to tell that.
"""

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.durable_files import keep_newest, write_whole
from cdpb.paths import AT_HAND, LEFT
from cdpb.runner.job import RECORD_OF, Job
from cdpb.runner.keys import Parts, file_hash, key_of
from cdpb.runner.manifest import files_below

FOLDER, CONTENTS, BY_RECORDS, YEARS = "cache", "contents.json", "by_records", "years"
# About three megabytes each: four years in every edition, twice over.
MOST_KEPT, MOST_YEARS_KEPT = 600, 4000


@dataclass(frozen=True)
class Made:
    """One executed notebook that is at hand, and what it gave.

    Attributes
    ----------
    page : str
        The key of the page in it.
    made_from : dict of str to str
        What it was executed from: each part, with its hash.
    """

    folder: Path
    page: str
    made_from: Parts

    def record(self, finding_id: str) -> dict[str, Any]:
        """The record that it saved."""
        path = self.folder / "findings" / f"{finding_id}.json"
        return dict(json.loads(path.read_text(encoding="utf-8")))


def at_hand(execution: str) -> Made | None:
    """The entry of a key, if it is whole; what isn't as it was kept is removed."""
    folder = _place(execution)
    try:
        content = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        entry = Made(folder, content["page"], content["made_from"])
        if content["files"] == _hashes(folder) and key_of(entry.made_from) == execution:
            return entry
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    return None


def made_from(execution: str) -> Parts:
    """What an entry was executed from, whatever became of its files; empty where none is known."""
    try:
        content = json.loads((_place(execution) / CONTENTS).read_text(encoding="utf-8"))
        return dict(content["made_from"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def of_same_records(job: Job) -> Made | None:
    """What was made of records that say what today's do, whatever these were made from.

    A notebook that is made of the other findings' records is handed nothing else of them.
    """
    with suppress(OSError, ValueError):
        found = (paths.private_folder(BY_RECORDS) / _by_records(job)).read_text(encoding="ascii")
        return at_hand(found) if len(found) == len(job.execution) else None
    return None


def _by_records(job: Job) -> str:
    """The key of its execution, but that the records count by what they say."""
    handed = (job.workspace / "findings").glob("*.json")
    said = {f"{RECORD_OF}{path.stem}": file_hash(path) for path in handed}
    return key_of({name: said.get(name, of) for name, of in job.made_from.items()})


def keep(job: Job) -> None:
    """Move what a job left in its folder in place of what is kept under its key."""
    folder, place = job.workspace, _place(job.execution)
    if any(name.startswith(RECORD_OF) for name in job.made_from):
        write_whole(paths.private_folder(BY_RECORDS) / _by_records(job), job.execution)
    content = {"page": job.key, "made_from": job.made_from, "files": _hashes(folder)}
    (folder / CONTENTS).write_text(json.dumps(content), encoding="utf-8", newline="\n")
    shutil.rmtree(place, ignore_errors=True)
    with suppress(OSError):  # Another run was quicker: it has kept the same.
        os.replace(folder, place)


def forget_oldest() -> None:
    """Remove what was used longest ago, entries and records of other years."""
    keep_newest(paths.private_folder(FOLDER), MOST_KEPT)
    keep_newest(paths.private_folder(BY_RECORDS), MOST_KEPT)
    keep_newest(paths.private_folder(YEARS), MOST_YEARS_KEPT)


def used(entry: Made) -> None:
    """Let an entry be the newest."""
    with suppress(OSError):
        os.utime(entry.folder)


def _place(execution: str) -> Path:
    return paths.private_folder(FOLDER) / execution


def _hashes(folder: Path) -> Parts:
    found = files_below(folder)
    return {name: file_hash(path) for name, path in found.items() if name != CONTENTS}


class OtherYears:
    """Records of a finding for other years than its page's: each is computed once.

    A page computes what the years before it said by its own cells, which is as much work as a page
    of that year. Where such a page was made of the same inputs, by an earlier run or by this one so
    far, its record is put where the notebook looks; what a notebook had to compute is kept for the
    pages of those years and of later ones.
    """

    def __init__(self) -> None:
        self._made: dict[str, Path] = {}

    def put_before(self, job: Job) -> None:
        """Put what is at hand of a finding where its notebook looks, if that is executed."""
        for slug, key in () if job.at_hand else job.years.items():
            found = self._made.get(key) or self._whole(key)
            if found:
                place = _record(job, slug, AT_HAND)
                place.parent.mkdir(parents=True, exist_ok=True)
                of = job.assessment
                own = {"edition": of.edition, "demonstration": of.demonstration}
                record = json.loads(found.read_text(encoding="utf-8")) | own
                place.write_text(json.dumps(record), encoding="utf-8", newline="\n")

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
                os.replace(aside, paths.private_folder(YEARS) / name)

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
        found = paths.private_folder(YEARS).glob("*.json")
        return {path.stem.partition("-")[0]: path for path in found}


def _record(job: Job, slug: str, folder: str = LEFT) -> Path:
    return job.workspace / folder / f"{slug}.json"
