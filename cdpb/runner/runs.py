"""Private records of runs (what was made from what), and the page of a run that failed."""

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.durable_files import write_whole
from cdpb.runner.job import EXECUTED, Assessment, Failure, Job, Kept, Planned, Result
from cdpb.runner.keys import file_hash, installed
from cdpb.runner.manifest import NAME, edited_files

LOOK_BACK = 200
REMEMBERED = {"runs": LOOK_BACK, "logs": LOOK_BACK, "attempts": 20}


def new_run() -> str:
    """A name for a run: sorts by time, and no two commands share one."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"


def write_record(run: str, content: dict[str, Any]) -> Path:
    """Keep what a run did; commit, versions and times stand here and nowhere public."""
    path = paths.private_folder("runs") / f"{run}.json"
    record = {"run": run, **content, "commit": _commit(), **_versions()}
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def of_assessment(
    planned: Planned, results: dict[tuple[Assessment, str], Result], stands: bool
) -> dict[str, Any]:
    """What a run record says of one assessment; its manifest only if it stands as planned."""
    findings: dict[str, Any] = {
        kept.finding: {"key": kept.key, "execution": kept.folder.name, "status": "unchanged"}
        for kept in planned.kept
    }
    for job in planned.jobs:
        result = results.get((job.assessment, job.finding))
        findings[job.finding] = {
            "key": job.key,
            "execution": job.execution,
            "status": result.status if result else "not run",
            "seconds": round(result.seconds, 3) if result and result.seconds else None,
            "failure": result.failure.kind if result and result.failure else None,
        }
    target = planned.assessment.target
    return {
        "assessment": str(planned.assessment),
        "target": path_in_project(target),
        "manifest": file_hash(target / "manifest.json") if stands else None,
        "checked": planned.checked,
        "findings": findings,
    }


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
            found[entry["id"]] = Kept(entry["id"], key, record, assessment.target)
    return found


def last_executions(assessment: Assessment) -> dict[str, str]:
    """By finding the key of what was last executed for an assessment, wherever it was written."""
    found: dict[str, str] = {}
    for record in records():
        for entry in record.get("assessments", []):
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
    for record in records():
        for assessment in record.get("assessments", []):
            for finding, entry in assessment["findings"].items():
                if entry.get("seconds"):
                    seconds.setdefault(finding, entry["seconds"])
    return seconds


def now_stands(target: Path, before: str, after: str) -> None:
    """Let the run that wrote a manifest be known by the hash of the one that gates made of it."""
    for path, record in _recorded():
        for entry in record.get("assessments", []):
            if _is_of(entry, target) and entry.get("manifest") == before:
                entry["manifest"] = after
                write_whole(path, json.dumps(record, indent=1) + "\n")
                return


def _keys(assessment: Assessment) -> dict[str, str]:
    """Input keys by finding, from the run that wrote exactly the manifest that stands there."""
    entry = _writing(assessment)
    return {finding: each["key"] for finding, each in entry.get("findings", {}).items()}


def _writing(assessment: Assessment) -> dict[str, Any]:
    """What was recorded when the manifest was written that stands there; empty if nothing was."""
    written = file_hash(assessment.target / NAME)
    for record in records():
        for entry in record.get("assessments", []):
            if _is_of(entry, assessment.target) and entry.get("manifest") == written:
                return dict(entry)
    return {}


def path_in_project(target: Path) -> str:
    """A target as a run record has it: within the project, whatever folder that stands in."""
    root = paths.project_root()
    return target.relative_to(root).as_posix() if target.is_relative_to(root) else str(target)


def _is_of(entry: dict[str, Any], target: Path) -> bool:
    return entry["target"] in (path_in_project(target), str(target))


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


@cache
def _versions() -> dict[str, Any]:
    packages = dict(each.rsplit("-", 1) for each in installed())
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": packages,
    }


_STYLE = """body{font:1rem/1.5 Arial,Helvetica,sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem}
table{border-collapse:collapse}th,td{border-bottom:1px solid #767676;padding:.4rem;text-align:left;
vertical-align:top}pre{white-space:pre-wrap;margin:0}"""


def keep_attempt(
    run: str, done: Sequence[tuple[Job, Result]], problems: dict[Assessment, list[str]]
) -> Path:
    """Keep what a run finished but did not publish, with a page that says what stopped it."""
    folder = paths.private_folder("attempts", run)
    for job, _ in done:
        if job.workspace.is_dir():
            place = folder / job.assessment.folder
            executed = shutil.ignore_patterns(EXECUTED)
            shutil.copytree(job.workspace, place, dirs_exist_ok=True, ignore=executed)
    page = folder / "index.html"
    page.write_text(attempt_page(run, done, problems), encoding="utf-8", newline="\n")
    return page


def attempt_page(
    run: str, done: Sequence[tuple[Job, Result]], problems: dict[Assessment, list[str]]
) -> str:
    """HTML: for each finding what happened, in which cell, and what to do.

    It holds no value of any cell and no local variable: an unexpected error is told by its class.
    """
    rows = "\n".join(_row(job, result) for job, result in done)
    refused = "\n".join(
        f"<li>{escape(str(assessment))}: {escape(problem)}</li>"
        for assessment, found in problems.items()
        for problem in found
    )
    gate = f"<h2>Refused by the gate</h2>\n<ul>\n{refused}\n</ul>" if refused else ""
    return f"""<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>Not published by run {escape(run)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{_STYLE}</style></head>
<body>
<h1>Not published by this run</h1>
<p>Run {escape(run)}. Of these assessments the earlier ones stand as they were. What this run
finished of them lies beside this page, for looking at and not for publishing.</p>
<table>
<caption>Findings of this run</caption>
<thead><tr><th scope="col">Assessment</th><th scope="col">Finding</th><th scope="col">Outcome</th>
<th scope="col">What happened and what to do</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
{gate}
</body>
</html>
"""


def _row(job: Job, result: Result) -> str:
    cells = [str(job.assessment), job.title, result.status, _outcome_text(job, result.failure)]
    shown = "".join(f"<td><pre>{escape(cell)}</pre></td>" for cell in cells)
    return f"<tr>{shown}</tr>"


def _outcome_text(job: Job, failure: Failure | None) -> str:
    if failure is None:
        return "Finished."
    where = f"{job.notebook.name}, cell {failure.cell}" if failure.cell else job.notebook.name
    return "\n".join([f"{failure.kind} ({where})", *failure.lines])
