"""Runs of the past as they were recorded: for people, and for another program."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.console import columns
from cdpb.errors import INTERRUPTED, InputError, visible
from cdpb.runner.place import display_path

PLACES = {"page": "runs/{}.html", "log": "logs/{}.log", "attempt": "attempts/{}/index.html"}
OUTCOMES = {0: "done", 1: "failed", 2: "wrong input", 3: "refused", INTERRUPTED: "interrupted"}
# What a log alone tells of, by the end of its name.
WITHOUT_RECORD = {"error": "stopped on an error nobody foresaw", "gates": "gates held"}
NAMED = "%Y%m%dT%H%M%SZ"
MOST_LISTED, MOST_LINES = 20, 200
OF_A_FINDING = ("status", "seconds", "verdict", "failure")
Row = tuple[str, ...]


def summary(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a program is told of a run, without hashes, versions and packages."""
    run = record.get("run", "")
    there = {name: paths.project_root() / ".cdpb" / at.format(run) for name, at in PLACES.items()}
    return {
        **{name: record.get(name) for name in ("run", "exit_code", "message", "seconds", "spent")},
        "assessments": [_assessment(entry) for entry in record.get("assessments", [])],
        **{name: display_path(at) if at.is_file() else None for name, at in there.items()},
    }


def _assessment(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "assessment": entry["assessment"],
        "folder": entry["target"],
        "published": entry["stands"],
        "why": entry["why"],
        "findings": {
            finding: {name: each[name] for name in OF_A_FINDING}
            for finding, each in entry["findings"].items()
        },
        "gates": entry["gates"],
    }


def last_runs(most: int = MOST_LISTED) -> list[dict[str, Any]]:
    """The last runs, newest first; of one that wrote no record the name and its log alone."""
    return [_recorded(name) for name in _names()[:most]]


def run_called(name: str = "") -> dict[str, Any]:
    """One run, by its name or the beginning of it, with the ``lines`` of its log; or the last.

    Raises
    ------
    InputError
        If none, or more than one, is called so.
    """
    found = [each for each in _names() if each.startswith(name)][: None if name else 1]
    if len(found) != 1 and name not in found:
        raise InputError(
            f"{len(found) or 'No'} runs are called {name or 'anything'}.",
            "Wanted: the name of one of them, or its beginning. cdpb logs lists the last.",
        )
    run = _recorded(name if name in found else found[0])
    return run | {"lines": _lines_of(run["log"])}


def _names() -> list[str]:
    root = paths.project_root() / ".cdpb"
    found = {path.stem for path in (*root.glob("runs/*.json"), *root.glob("logs/*.log"))}
    return sorted(found, reverse=True)


def _recorded(name: str) -> dict[str, Any]:
    path = paths.project_root() / ".cdpb" / "runs" / f"{name}.json"
    try:
        return summary(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return summary({"run": name})


def _lines_of(log: str | None) -> list[str]:
    if log is None:
        return []
    lines = Path(log).read_text(encoding="utf-8", errors="replace").splitlines()
    return [visible(line) for line in lines[-MOST_LINES:]]


def run_row(run: Mapping[str, Any]) -> Row:
    """A run in one line: name, when, how it ended, how long it took, and what it made."""
    made = [each["assessment"] for each in run["assessments"]]
    what = made[0] if len(made) == 1 else f"{len(made)} assessments"
    return run["run"], _when(run["run"]), _outcome(run), _took(run["seconds"]), what if made else ""


def _when(name: str) -> str:
    begun = datetime.strptime(name.partition("-")[0], NAMED).replace(tzinfo=UTC)
    return f"{begun.astimezone():%Y-%m-%d %H:%M}"


def _outcome(run: Mapping[str, Any]) -> str:
    if run["exit_code"] is None:
        return WITHOUT_RECORD.get(run["run"].rpartition("-")[2], "not ended, or ended from outside")
    return OUTCOMES[run["exit_code"]]


def run_lines(run: Mapping[str, Any]) -> Iterator[str]:
    """All that is recorded of a run, where its files lie, and what its log says."""
    yield "   ".join(filter(None, run_row(run)[:-1]))
    yield from (f"  {line}" for line in run["message"] or ())
    for entry in run["assessments"]:
        state = f"stands in {entry['folder']}" if entry["published"] else "not published"
        yield f"{entry['assessment']}: {state}"
        yield from (f"  {each}" for each in entry["why"])
        yield from columns([*_findings(entry), *_gates(entry)])
    yield from (f"{name:<9}{run[name]}" for name in PLACES if run[name])
    yield from (f"  {line}" for line in run["lines"])


def _findings(entry: Mapping[str, Any]) -> Iterator[Row]:
    for name, each in entry["findings"].items():
        came_of = each["failure"]["kind"] if each["failure"] else each["verdict"] or ""
        yield name, each["status"], _took(each["seconds"]), came_of


def _gates(entry: Mapping[str, Any]) -> Iterator[Row]:
    for each in entry["gates"]:
        outcome = "passed" if each["passed"] else "refused"
        yield each["gate"], outcome, _took(each["seconds"]), each["looked_at"]


def _took(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f} s"
