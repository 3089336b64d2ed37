"""The honest page of a run that did not end with an assessment. Private; never under outputs."""

import shutil
from collections.abc import Sequence
from html import escape
from pathlib import Path

from cdpb import paths
from cdpb.runner.job import Assessment, Failure, Job, Result
from cdpb.runner.worker import EXECUTED

_STYLE = """body{font:1rem/1.5 Arial,Helvetica,sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem}
table{border-collapse:collapse}th,td{border-bottom:1px solid #767676;padding:.4rem;text-align:left;
vertical-align:top}pre{white-space:pre-wrap;margin:0}"""


def keep_attempt(
    run: str, done: Sequence[tuple[Job, Result]], problems: dict[Assessment, list[str]]
) -> Path:
    """Keep what a run finished and say what stopped it; the page's path.

    Parameters
    ----------
    done : sequence of (Job, Result)
        Every job that was executed.
    problems : dict
        What the gate found in an assessment that was finished.
    """
    folder = paths.private_folder("attempts", run)
    for job, _ in done:
        if job.workspace.is_dir():
            place = folder / job.assessment.folder
            shutil.copytree(job.workspace, place, dirs_exist_ok=True, ignore=_not_executed)
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
    cells = [str(job.assessment), job.title, result.status, _told(job, result.failure)]
    shown = "".join(f"<td><pre>{escape(cell)}</pre></td>" for cell in cells)
    return f"<tr>{shown}</tr>"


def _told(job: Job, failure: Failure | None) -> str:
    if failure is None:
        return "Finished."
    where = f"{job.notebook.name}, cell {failure.cell}" if failure.cell else job.notebook.name
    return "\n".join([f"{failure.kind} ({where})", *failure.lines])


def _not_executed(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == EXECUTED]
