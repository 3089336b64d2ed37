"""Run records: what was made from what, by which versions, when. Private, under ``.cdpb/runs``."""

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.runner.job import Assessment
from cdpb.runner.keys import file_hash

LOOK_BACK = 200
REMEMBERED = {"runs": LOOK_BACK, "logs": LOOK_BACK, "attempts": 20}


@dataclass(frozen=True)
class Kept:
    """A finding of a standing assessment.

    Attributes
    ----------
    key : str
        What it was made from; empty where no run record tells, or its files were changed since.
    record : dict
        Its record, as it stands.
    """

    finding: str
    slug: str
    key: str
    record: dict[str, Any]


def new_run() -> str:
    """A name for a run: sorts by time, and no two commands share one."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"


def write_record(run: str, content: dict[str, Any]) -> Path:
    """Keep what a run did; commit, versions and times stand here and nowhere public."""
    path = paths.private_folder("runs") / f"{run}.json"
    told = {"run": run, **content, "commit": _commit(), **_versions()}
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def records() -> list[dict[str, Any]]:
    """Run records, newest first; one that can't be read is passed over."""
    return [record for _, record in _recorded()]


def forget_old() -> None:
    """Remove what runs long past left under ``.cdpb``: their names sort by time."""
    for name, kept in REMEMBERED.items():
        for path in sorted(paths.private_folder(name).iterdir(), reverse=True)[kept:]:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def standing(assessment: Assessment) -> dict[str, Kept]:
    """The findings of the assessment that stands at a target, by id; none where there is none."""
    manifest = _read(assessment.target / "manifest.json")
    if not manifest:
        return {}
    keys = _keys(assessment)
    touched = {
        file["path"] for file in manifest["files"] if not _as_listed(assessment.target, file)
    }
    found = {}
    for entry in manifest["findings"]:
        record = _read(assessment.target / entry["record"])
        own = {entry["page"], entry["record"], *(t["file"] for t in record.get("tables", []))}
        if record:
            key = "" if own & touched else keys.get(entry["id"], "")
            found[entry["id"]] = Kept(entry["id"], entry["slug"], key, record)
    return found


def last_seconds() -> dict[str, float]:
    """How long each finding took when it was last executed."""
    seconds: dict[str, float] = {}
    for record in records():
        for assessment in record.get("assessments", []):
            for finding, entry in assessment["findings"].items():
                if entry.get("seconds"):
                    seconds.setdefault(finding, entry["seconds"])
    return seconds


def now_stands(target: Path, before: str, after: str) -> None:
    """Let the run that wrote a manifest be known by another: the one that gates made of it.

    Parameters
    ----------
    before, after : str
        Hashes of the manifest.
    """
    for path, record in _recorded():
        for entry in record.get("assessments", []):
            if _is_of(entry, target) and entry.get("manifest") == before:
                entry["manifest"] = after
                aside = path.with_suffix(".new")
                told = json.dumps(record, indent=1) + "\n"
                aside.write_text(told, encoding="utf-8", newline="\n")
                os.replace(aside, path)
                return


def _keys(assessment: Assessment) -> dict[str, str]:
    """Input keys by finding, from the run that wrote exactly the manifest that stands there."""
    written = file_hash(assessment.target / "manifest.json")
    for record in records():
        for entry in record.get("assessments", []):
            if _is_of(entry, assessment.target) and entry.get("manifest") == written:
                return {finding: each["key"] for finding, each in entry["findings"].items()}
    return {}


def place_of(target: Path) -> str:
    """A target as a run record has it: within the project, whatever folder that stands in."""
    root = paths.project_root()
    return target.relative_to(root).as_posix() if target.is_relative_to(root) else str(target)


def _is_of(entry: dict[str, Any], target: Path) -> bool:
    return entry["target"] in (place_of(target), str(target))


def _recorded() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(paths.private_folder("runs").glob("*.json"), reverse=True)[:LOOK_BACK]:
        try:
            yield path, json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue


def _as_listed(folder: Path, file: dict[str, Any]) -> bool:
    path = folder / file["path"]
    return path.is_file() and file_hash(path) == file["sha256"]


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _commit() -> str | None:
    command = ["git", "-C", str(paths.project_root()), "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def _versions() -> dict[str, Any]:
    packages = {each.name: each.version for each in metadata.distributions()}
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": packages,
    }
