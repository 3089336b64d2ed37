"""What a release enters of a finding in the ledger, and how that compares with today's record."""

from collections.abc import Iterator, Mapping
from typing import Any

from cdpb.errors import InputError
from cdpb.findings.compare_records import OF_A_VERDICT, Comparison
from cdpb.findings.obstacles import changed_rules
from cdpb.ledger import LedgerEntry, entries
from cdpb.periods import FinancialYear

Record = Mapping[str, Any]
OF_A_FIGURE = (
    "id", "label", "value", "lower", "upper", "denominator", "unit", "period", "source",
    "method", "definition", "series", "ages", "denominator_source", "denominator_period",
)  # fmt: skip


def entered(record: Record) -> dict[str, Any]:
    """What a release enters of a finding's record: its verdict, its key figures, its rules.

    All of this stands on its page.
    """
    verdict = record["verdict"]
    if verdict:
        parts = [{name: part[name] for name in ("id", "claim", "outcome")}
                 for part in verdict.get("parts", [])]  # fmt: skip
        verdict = {name: verdict[name] for name in OF_A_VERDICT} | {"parts": parts}
    return {
        "verdict": verdict,
        "key_figures": [_as_entered(figure) for figure in record["key_figures"]],
        "method": record["method"],
    }


def _as_entered(figure: Record) -> dict[str, Any]:
    return {name: figure.get(name) for name in OF_A_FIGURE}


def released_record(area: str, year: str, edition: str, finding: str) -> Record | None:
    """What the newest release of a year said of a finding, with the day it was ``released``.

    As `entered`; None where no release of that year and edition holds the finding.
    """
    start = [FinancialYear.parse(year).slug, edition]
    own = [entry for entry in entries(area) if entry.name.split("_")[:2] == start]
    for entry in sorted(own, key=lambda entry: int(entry.content.get("release", 1)), reverse=True):
        record = (entry.content.get("findings") or {}).get(finding)
        if record is not None:
            return _checked(record, entry) | {"released": entry.released}
    return None


def _checked(record: Any, entry: LedgerEntry) -> dict[str, Any]:
    if not isinstance(record, dict) or not {"verdict", "key_figures", "method"} <= set(record):
        raise InputError(
            f"data/ledger/{entry.path.parent.name}/{entry.path.name} can't be read.",
            "Its findings are not as cdpb release enters them.",
            "Take it back from version control.",
        )
    return record


def beside_published(published: Record, again: Record) -> dict[str, Any]:
    """What was published of a year beside what today's data and method say of the same year.

    Returns ``released``; ``rules`` that have changed since, as ``what``, ``before`` and ``now``;
    ``verdicts``: the whole and its parts whose outcome differs, and ``key_figures`` whose value
    does, each with ``published`` and ``again``.
    """
    both = Comparison(published, again, changed_rules(published, again))
    return {
        "released": published["released"],
        "rules": [{"what": rule.name, "before": rule.before, "now": rule.now}
                  for rule in both.rules],
        "verdicts": list(_verdicts_beside(both)),
        "key_figures": [
            {"what": pair.before["label"], "published": pair.before,
             "again": _as_entered(pair.now)}
            for pair in both.figures() if pair.both and not pair.same_value
        ],
    }  # fmt: skip


def _verdicts_beside(both: Comparison) -> Iterator[dict[str, str]]:
    if not both.verdict.both:
        return
    whole = [(both.verdict, "label", "The whole statement")]
    parts = [(pair, "outcome", pair.before["claim"]) for pair in both.parts() if pair.both]
    for pair, name, what in [*whole, *parts]:
        if pair.before[name] != pair.now[name]:
            yield {"what": what, "published": pair.before[name], "again": pair.now[name]}
