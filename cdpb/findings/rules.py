"""How a finding measures and judges, as texts, and what it said when a year was released."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cdpb import catalogue
from cdpb.declarations import FindingDeclaration
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.policy import Policy
from cdpb.errors import InputError
from cdpb.numbers import is_same
from cdpb.periods import FinancialYear
from cdpb.policies import policy

if TYPE_CHECKING:
    from cdpb.ledger import LedgerEntry

_OF_A_PART = ("claim", "test", "comparator", "threshold", "threshold_value", "margin", "turns_at")
_OF_A_POLICY = ("zeros", "rounding", "level")
TEST, TABLE = "test: ", "table: "
NONE = "none"


@dataclass(frozen=True)
class ChangedRule:
    """A rule that two records do not share, and the parts of its text that differ."""

    name: str
    before: str
    now: str


def rules_of(declared: FindingDeclaration, statement: Any, used: Sequence[str]) -> dict[str, str]:
    """Every rule that a value, interval or verdict of a finding rests on, by its name.

    Parameters
    ----------
    declared : FindingDeclaration
        Its method texts, and each table's choice of rows.
    statement : Statement or None
        The tests of its parts.
    used : sequence of str
        The sources whose figures are shown; their definitions and how they are protected.
    """
    sources = [catalogue.source(each) for each in used]
    definitions = {f"definition: {each.title}": " ".join(each.definition.split())
                   for each in sources}  # fmt: skip
    policies = {f"protection: {each.title}": _policy(policy(each.policy)) for each in sources}
    tables = {f"{TABLE}{table.title}": _table(table) for table in declared.tables}
    parts = {f"{TEST}{part.claim}": _test(part) for part in (statement.parts if statement else [])}
    return {**declared.method, **definitions, **policies, **tables, **parts}


def _test(part: Any) -> str:
    return _told({name: getattr(part, name, None) for name in _OF_A_PART})


def _policy(rule: Policy) -> str:
    hides = f"fewer than {rule.threshold}" if rule.threshold else None
    return _told({"hides": hides, **{name: getattr(rule, name) for name in _OF_A_POLICY}})


def _table(table: TableDeclaration) -> str:
    return json.dumps([table.dimensions, table.filter, table.count, table.window])


def _told(named: Mapping[str, Any]) -> str:
    told = {name.replace("_", " "): value for name, value in named.items()}
    plain = {name: f"{each:g}" if isinstance(each, float) else each for name, each in told.items()}
    return "; ".join(f"{name} {each}" for name, each in plain.items() if each not in (None, ""))


def digest(rules: Mapping[str, str]) -> str:
    """A short fingerprint: equal where all rules are word for word the same."""
    text = json.dumps(rules, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def changed_rules(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[ChangedRule]:
    """The rules that differ between two records of one finding; empty where none does.

    A table that only one of them publishes changes no figure of the other.
    """
    then, today = ((each.get("method") or {}).get("rules") or {} for each in (before, now))
    return [
        ChangedRule(name, *_differing(then.get(name, NONE), today.get(name, NONE)))
        for name in dict.fromkeys([*then, *today])
        if then.get(name) != today.get(name) and not _is_new_table(name, then, today)
    ]


def _is_new_table(name: str, then: Mapping[str, str], today: Mapping[str, str]) -> bool:
    return name.startswith(TABLE) and not (name in then and name in today)


def _differing(before: str, now: str) -> Iterator[str]:
    """Of two lists of settings, those that differ; texts that are no lists whole."""
    sides = [each.split("; ") for each in (before, now)]
    for own, other in (sides, sides[::-1]):
        yield "; ".join(each for each in own if each not in other) or NONE


def of_figures(rules: Sequence[ChangedRule]) -> list[ChangedRule]:
    """The changed rules that touch key figures: all but the tests of the statement's parts."""
    return [each for each in rules if not each.name.startswith(TEST)]


def of_part(rules: Sequence[ChangedRule], claim: str) -> list[ChangedRule]:
    """The changed rules that touch one part of the statement."""
    return [*of_figures(rules), *(each for each in rules if each.name == f"{TEST}{claim}")]


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


def released_record(area: str, year: str, edition: str, finding: str) -> Record | None:
    """What the newest release of a year said of a finding, with the day it was ``released``.

    Returns
    -------
    mapping or None
        As `entered`; None where no release of that year and edition holds the finding.
    """
    # Imported here: the ledger is read when a page is closed, with the chain that it hangs on.
    from cdpb.ledger import entries

    start = [FinancialYear.parse(year).slug, edition]
    own = [each for each in entries(area) if each.name.split("_")[:2] == start]
    for entry in sorted(own, key=_number, reverse=True):
        told = (entry.content.get("findings") or {}).get(finding)
        if told is not None:
            return _checked(told, entry) | {"released": entry.released}
    return None


def _number(entry: "LedgerEntry") -> int:
    return int(entry.content.get("release", 1))


def _checked(told: Any, entry: "LedgerEntry") -> dict[str, Any]:
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
        if now is not None and not all(
            is_same(figure[name], now[name]) for name in ("value", "lower", "upper")
        ):
            told = {name: now.get(name) for name in OF_A_FIGURE}
            yield {"what": figure["label"], "published": figure, "again": told}
