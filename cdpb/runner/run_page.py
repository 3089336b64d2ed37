"""The page of a run, for whoever made it: what was made, what stopped it, where the time went.

It is private, and holds no value of any cell and no local variable: an unexpected error is told
by its class.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

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


def run_page(record: Mapping[str, Any]) -> str:
    """HTML of a run's record."""
    took = f"It took {record['seconds']:.1f} seconds, with {record['workers']} at once."
    lead = _lines([f"{took} Exit code {record['exit_code']}.", *record["message"]])
    spent = [(what, _seconds(seconds)) for what, seconds in record["spent"].items()]
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
    body = "".join(part for entry in entries for part in _assessment(entry))
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


def _assessment(entry: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2>{escape(entry['assessment'])}</h2>\n"
    stands = f"Stands in {entry['target']}." if entry["stands"] else "Not published by this run."
    yield f"<p>{escape(stands)}</p>\n"
    if entry["why"]:
        yield f"<ul>\n{''.join(f'<li>{escape(each)}</li>' for each in entry['why'])}\n</ul>\n"
    findings = [(name, *_finding(each)) for name, each in entry["findings"].items()]
    yield _table("Findings", FINDINGS, findings)
    if entry["gates"]:
        yield _table("Gates", GATES, [_gate(each) for each in entry["gates"]])


def _finding(entry: Mapping[str, Any]) -> Row:
    failure, happened = entry["failure"], ""
    if failure:
        where = failure["notebook"] + (f", cell {failure['cell']}" if failure["cell"] else "")
        happened = "\n".join([f"{failure['kind']} ({where})", *failure["lines"]])
    return entry["status"], _seconds(entry["seconds"]), entry["verdict"] or "", happened


def _gate(entry: Mapping[str, Any]) -> Row:
    outcome = "passed" if entry["passed"] else "refused"
    return entry["gate"], outcome, _seconds(entry["seconds"]), entry["looked_at"]


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"


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
