"""What a finding said when a year was released: from the ledger, and from nowhere else."""

from collections.abc import Iterator, Mapping
from typing import Any

from cdpb.disclosure.ledger import Entry, entries
from cdpb.errors import InputError
from cdpb.findings.rules import changed_rules
from cdpb.periods import FinancialYear

Record = Mapping[str, Any]
OF_A_VERDICT = ("outcome", "label", "as_of", "dating")
OF_A_FIGURE = (
    "id", "label", "value", "lower", "upper", "denominator", "unit", "period", "source",
    "method", "definition", "series", "ages", "denominator_source", "denominator_period",
)  # fmt: skip


def entered(record: Record) -> dict[str, Any]:
    """What a release enters of a finding: its verdict, its key figures, its rules.

    Parameters
    ----------
    record : mapping
        As the finding saved it; all of this stands on its page.
    """
    verdict = record["verdict"]
    parts = [{name: each[name] for name in ("id", "claim", "outcome")}
             for each in (verdict or {}).get("parts", [])]  # fmt: skip
    return {
        "verdict": {name: verdict[name] for name in OF_A_VERDICT} | {"parts": parts}
        if verdict
        else None,
        "key_figures": [
            {name: each.get(name) for name in OF_A_FIGURE} for each in record["key_figures"]
        ],
        "method": record["method"],
    }


def published_then(area: str, year: str, edition: str, finding: str) -> Record | None:
    """What the newest release of a year said of a finding, with the day it was ``released``.

    Returns
    -------
    mapping or None
        As `entered`; None where no release of that year and edition holds the finding.
    """
    start = [FinancialYear.parse(year).slug, edition]
    own = [each for each in entries(area) if each.name.split("_")[:2] == start]
    for entry in sorted(own, key=_number, reverse=True):
        told = (entry.content.get("findings") or {}).get(finding)
        if told is not None:
            return _checked(told, entry) | {"released": entry.released}
    return None


def _number(entry: Entry) -> int:
    return int(entry.content.get("release", 1))


def _checked(told: Any, entry: Entry) -> dict[str, Any]:
    if not isinstance(told, dict) or not {"verdict", "key_figures", "method"} <= set(told):
        raise InputError(
            f"data/ledger/{entry.path.parent.name}/{entry.path.name} can't be read.",
            "Its findings are not as cdpb release enters them.",
            "Take it back from version control.",
        )
    return told


def against_published(published: Record, again: Record) -> dict[str, Any]:
    """What was published of a year beside what today's data and method say of the same year.

    Returns
    -------
    dict
        ``released``; ``rules`` that have changed since, as ``what``, ``before`` and ``now``;
        ``parts``: the verdict and its parts whose outcome differs, and ``key_figures`` whose
        value does, each with ``published`` and ``again``.
    """
    rules = changed_rules(published, again)
    return {
        "released": published["released"],
        "rules": [{"what": each.name, "before": each.before, "now": each.now} for each in rules],
        "verdicts": list(_verdicts(published["verdict"], again["verdict"])),
        "key_figures": list(_figures(published, again)),
    }


def _verdicts(published: Record | None, again: Record | None) -> Iterator[dict[str, str]]:
    if not published or not again:
        return
    if published["label"] != again["label"]:
        whole = {"published": published["label"], "again": again["label"]}
        yield {"what": "The whole statement", **whole}
    today = {each["id"]: each["outcome"] for each in again["parts"]}
    for part in published["parts"]:
        if part["outcome"] != today.get(part["id"], part["outcome"]):
            told = {"published": part["outcome"], "again": today[part["id"]]}
            yield {"what": part["claim"], **told}


def _figures(published: Record, again: Record) -> Iterator[dict[str, Any]]:
    today = {each["id"]: each for each in again["key_figures"]}
    for figure in published["key_figures"]:
        now = today.get(figure["id"])
        if now is not None and any(figure[n] != now[n] for n in ("value", "lower", "upper")):
            told = {name: now.get(name) for name in OF_A_FIGURE}
            yield {"what": figure["label"], "published": figure, "again": told}
