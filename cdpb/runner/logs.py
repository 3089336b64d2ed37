"""Runs as they were recorded: in lines and on a page for people, and for another program.

A page of a run is private, for whoever made it, and holds no value of any cell and no local
variable: an unexpected error is told by its class.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
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
_STYLE = """body{font:1rem/1.5 Arial,Helvetica,sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem;overflow-wrap:anywhere}.table{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;overflow-wrap:normal}
caption{text-align:left;font-weight:bold}
th,td{border-bottom:1px solid #767676;padding:.4rem .8rem .4rem 0;text-align:left;
vertical-align:top}tbody th{font-weight:normal}.number{text-align:right}
td{white-space:pre-line}"""
FINDINGS = ("Finding", "Outcome", "Seconds", "Verdict", "What happened and what to do")
GATES = ("Gate", "Outcome", "Seconds", "Held over")
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

    Raises InputError if none, or more than one, is called so.
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


def _gates(entry: Mapping[str, Any], unit: str = " s") -> Iterator[Row]:
    for each in entry["gates"]:
        outcome = "passed" if each["passed"] else "refused"
        yield each["gate"], outcome, _took(each["seconds"], unit), each["looked_at"]


def _took(seconds: float | None, unit: str = " s") -> str:
    return "" if seconds is None else f"{seconds:.1f}{unit}"


def run_page(record: Mapping[str, Any]) -> str:
    """HTML of a run's record."""
    took = f"It took {record['seconds']:.1f} seconds, with {record['workers']} at once."
    lead = _lines([f"{took} Exit code {record['exit_code']}.", *record["message"]])
    spent = [(what, _took(seconds, "")) for what, seconds in record["spent"].items()]
    return _page(
        f"Run {record['run']}", lead, record["assessments"],
        _table("Where the time went", ("Step", "Seconds"), spent),
    )  # fmt: skip


def attempt_page(run: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """HTML of what a run finished and did not publish."""
    lead = """<p>Of these assessments the earlier ones stand as they were. What this run finished of
them lies beside this page, for looking at and not for publishing.</p>
"""
    return _page(f"Not published by run {run}", lead, entries)


def message_page(title: str, lines: Sequence[str], links: Sequence[str] = ()) -> str:
    """HTML that says something in a few lines, and leads to other pages."""
    listed = "".join(f'<li><a href="{escape(each)}">{escape(each)}</a></li>\n' for each in links)
    return _page(title, _lines(lines) + (f"<ul>\n{listed}</ul>\n" if listed else ""), [])


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>\n" for line in lines)


def _page(title: str, lead: str, entries: Sequence[Mapping[str, Any]], end: str = "") -> str:
    body = "".join(part for entry in entries for part in _part_of(entry))
    return f"""<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{_STYLE}</style></head>
<body>
<main>
<h1>{escape(title)}</h1>
{lead}{body}{end}</main>
</body>
</html>
"""


def _part_of(entry: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2>{escape(entry['assessment'])}</h2>\n"
    stands = f"Stands in {entry['target']}." if entry["stands"] else "Not published by this run."
    yield f"<p>{escape(stands)}</p>\n"
    if entry["why"]:
        yield f"<ul>\n{''.join(f'<li>{escape(each)}</li>' for each in entry['why'])}\n</ul>\n"
    findings = [(name, *_cells_of_finding(each)) for name, each in entry["findings"].items()]
    yield _table("Findings", FINDINGS, findings)
    if entry["gates"]:
        yield _table("Gates", GATES, _gates(entry, unit=""))


def _cells_of_finding(entry: Mapping[str, Any]) -> Row:
    failure, happened = entry["failure"], ""
    if failure:
        where = failure["notebook"] + (f", cell {failure['cell']}" if failure["cell"] else "")
        happened = "\n".join([f"{failure['kind']} ({where})", *failure["lines"]])
    return entry["status"], _took(entry["seconds"], ""), entry["verdict"] or "", happened


def _table(caption: str, heads: Row, rows: Iterable[Row]) -> str:
    """A table whose first column names its rows."""
    named = "".join(f'<th scope="col"{_alignment(head)}>{escape(head)}</th>' for head in heads)
    body = "".join(f"<tr>{''.join(_cells(heads, row))}</tr>\n" for row in rows)
    return f"""<div class="table" role="group" aria-label="{caption}" tabindex="0">
<table>
<caption>{caption}</caption>
<thead><tr>{named}</tr></thead>
<tbody>
{body}</tbody>
</table>
</div>
"""


def _cells(heads: Row, row: Row) -> Iterator[str]:
    yield f'<th scope="row">{escape(row[0])}</th>'
    for head, cell in zip(heads[1:], row[1:], strict=True):
        yield f"<td{_alignment(head)}>{escape(cell)}</td>"


def _alignment(head: str) -> str:
    return ' class="number"' if head == "Seconds" else ""
