"""Private records of runs: what was made from what, how long it took, and what became of it."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.durable_files import json_of, keep_newest, write_whole
from cdpb.runner.job import EXECUTED, Assessment, Job, Kept, Planned, Result
from cdpb.runner.keys import file_hash, installed
from cdpb.runner.logs import attempt_page, run_page
from cdpb.runner.manifest import NAME, edited_files, files_of_record

LOOK_BACK = 200
# Of a run there are a record and a page.
REMEMBERED = {
    "runs": 2 * LOOK_BACK, "logs": LOOK_BACK, "checked": LOOK_BACK, "compared": LOOK_BACK,
    "attempts": 20,
}  # fmt: skip


def new_run() -> str:
    """A name for a run: sorts by time, and no two commands share one."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"


def write_record(content: dict[str, Any]) -> Path:
    """Keep what a run did; commit, versions and times stand here and nowhere public."""
    path = paths.private_folder("runs") / f"{content['run']}.json"
    record = {**content, "commit": _commit(), **_versions()}
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def write_page(record: dict[str, Any]) -> Path:
    """Show the same to a person: what was made, how it ended, and where the time went."""
    path = paths.private_folder("runs") / f"{record['run']}.html"
    path.write_text(run_page(record), encoding="utf-8", newline="\n")
    return path


def of_assessment(
    planned: Planned, results: dict[tuple[Assessment, str], Result], stands: bool
) -> dict[str, Any]:
    """What a run record says of one assessment; its manifest only if it stands as planned."""
    findings: dict[str, Any] = {
        kept.finding: {
            "key": kept.key,
            "execution": kept.folder.name,
            **_came_of(Result(kept.finding, "unchanged", record=kept.record)),
        }
        for kept in planned.kept
    }
    for job in planned.jobs:
        result = results.get((job.assessment, job.finding), Result(job.finding, "not run"))
        own = {"key": job.key, "execution": job.execution, **_came_of(result, job.notebook.name)}
        findings[job.finding] = own
    target = planned.assessment.target
    return {
        "assessment": str(planned.assessment),
        "target": paths.from_root(target),
        "manifest": file_hash(target / "manifest.json") if stands else None,
        "checked": planned.checked,
        "stands": stands,
        "findings": {name: findings[name] for name in planned.in_turn},
    }


def _came_of(result: Result, notebook: str = "") -> dict[str, Any]:
    failure = result.failure and {
        "notebook": notebook,
        "kind": result.failure.kind,
        "cell": result.failure.cell,
        "lines": result.failure.lines,
    }
    return {
        "status": result.status,
        "seconds": round(result.seconds, 3) if result.seconds else None,
        "verdict": result.verdict if result.record else None,
        "failure": failure,
    }


def forget_old() -> None:
    """Remove what runs long past left under ``.cdpb``."""
    for name, kept in REMEMBERED.items():
        keep_newest(paths.private_folder(name), kept)


def standing(assessment: Assessment) -> dict[str, Kept]:
    """The findings of the assessment that stands at a target, by id; none where there is none."""
    manifest = json_of(assessment.target / "manifest.json")
    if not manifest:
        return {}
    keys = {id: each["key"] for id, each in _writing(assessment).get("findings", {}).items()}
    touched = {
        file["path"]
        for file in manifest["files"]
        if not (path := assessment.target / file["path"]).is_file()
        or file_hash(path) != file["sha256"]
    }
    found = {}
    for entry in manifest["findings"]:
        record = json_of(assessment.target / entry["record"])
        if record:
            key = "" if touched & set(files_of_record(record)) else keys.get(entry["id"], "")
            found[entry["id"]] = Kept(entry["id"], key, record, assessment.target)
    return found


def last_executions(assessment: Assessment) -> dict[str, str]:
    """By finding the key of what was last executed for an assessment, wherever it was written."""
    found: dict[str, str] = {}
    for entry in _entries():
        if entry["assessment"] == str(assessment):
            for finding, each in entry["findings"].items():
                found.setdefault(finding, each.get("execution", ""))
    return found


def stands_as_planned(planned: Planned) -> bool:
    """Whether exactly what is planned was put together, checked and written before, and stands."""
    target = planned.assessment.target
    if planned.jobs or not (target / NAME).is_file() or any(edited_files(target)):
        return False
    entry = _writing(planned.assessment)
    return entry.get("checked") == planned.checked


def last_seconds() -> dict[str, float]:
    """How long each finding took when it was last executed."""
    seconds: dict[str, float] = {}
    for entry in _entries():
        for finding, each in entry["findings"].items():
            if each.get("seconds"):
                seconds.setdefault(finding, each["seconds"])
    return seconds


def now_stands(target: Path, before: str, after: str) -> None:
    """Let the run that wrote a manifest be known by the hash of the one that gates made of it."""
    for path, record in _recorded():
        for entry in record.get("assessments", []):
            if _is_of(entry, target) and entry.get("manifest") == before:
                entry["manifest"] = after
                write_whole(path, json.dumps(record, indent=1) + "\n")
                return


def made_by(assessment: Assessment) -> dict[str, tuple[str, str]]:
    """By finding the keys of the execution and of the page that stands, where they are known."""
    if not (assessment.target / NAME).is_file():
        return {}
    found = _writing(assessment).get("findings", {})
    return {
        id: (each["execution"], each["key"]) for id, each in found.items() if "execution" in each
    }


def _writing(assessment: Assessment) -> dict[str, Any]:
    """What was recorded when the manifest was written that stands there; empty if nothing was."""
    written = file_hash(assessment.target / NAME)
    standing = (each for each in _entries() if _is_of(each, assessment.target))
    return next((dict(each) for each in standing if each.get("manifest") == written), {})


def _entries() -> Iterator[dict[str, Any]]:
    """What run records say of assessments, newest first."""
    for _, record in _recorded():
        yield from record.get("assessments", [])


def _is_of(entry: dict[str, Any], target: Path) -> bool:
    return entry["target"] in (paths.from_root(target), str(target))


def _recorded() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(paths.private_folder("runs").glob("*.json"), reverse=True)[:LOOK_BACK]:
        try:
            yield path, json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue


def _commit() -> str | None:
    command = ["git", "-C", str(paths.project_root()), "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


@cache
def _versions() -> dict[str, Any]:
    packages = dict(each.rsplit("-", 1) for each in installed())
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": packages,
    }


def keep_attempt(
    run: str, done: Sequence[tuple[Job, Result]], entries: Sequence[dict[str, Any]]
) -> Path:
    """Keep what a run finished but did not publish, with a page that says what stopped it."""
    folder = paths.private_folder("attempts", run)
    for job, _ in done:
        if job.workspace.is_dir():
            place = folder / job.assessment.folder
            executed = shutil.ignore_patterns(EXECUTED)
            shutil.copytree(job.workspace, place, dirs_exist_ok=True, ignore=executed)
    page = folder / "index.html"
    page.write_text(attempt_page(run, entries), encoding="utf-8", newline="\n")
    return page


def note_of_comparison(*records: Mapping[str, Any]) -> Path:
    """The file that is there once assessments with these records were compared."""
    text = json.dumps(records, sort_keys=True)
    return paths.private_folder("compared") / hashlib.sha256(text.encode()).hexdigest()
