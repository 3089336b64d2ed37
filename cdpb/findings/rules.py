"""The rules by which a finding measures and judges, as texts, and which of them have changed."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdpb import catalogue
from cdpb.declarations import FindingDeclaration
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.policy import Policy
from cdpb.policies import policy

_OF_A_PART = ("claim", "test", "comparator", "threshold", "threshold_value", "margin")
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

    Its method texts and each table's choice of rows, the tests of its statement's parts, and of
    the sources used their definitions and how they are protected.
    """
    sources = [catalogue.source(id) for id in used]
    definitions = {f"definition: {source.title}": " ".join(source.definition.split())
                   for source in sources}  # fmt: skip
    policies = {f"protection: {source.title}": _policy(policy(source.policy)) for source in sources}
    tables = {f"{TABLE}{table.title}": _table(table) for table in declared.tables}
    parts = {f"{TEST}{part.claim}": _test(part) for part in (statement.parts if statement else [])}
    return {**declared.method, **definitions, **policies, **tables, **parts}


def _test(part: Any) -> str:
    return _settings_text({name: getattr(part, name, None) for name in _OF_A_PART})


def _policy(rule: Policy) -> str:
    hides = f"fewer than {rule.threshold}" if rule.threshold else None
    return _settings_text({"hides": hides, **{name: getattr(rule, name) for name in _OF_A_POLICY}})


def _table(table: TableDeclaration) -> str:
    return json.dumps([table.dimensions, table.filter, table.count, table.window])


def _settings_text(settings: Mapping[str, Any]) -> str:
    plain = {name: f"{value:g}" if isinstance(value, float) else value
             for name, value in settings.items()}  # fmt: skip
    chosen = [(name, value) for name, value in plain.items() if value not in (None, "")]
    return "; ".join(f"{name.replace('_', ' ')} {value}" for name, value in chosen)


def digest(rules: Mapping[str, str]) -> str:
    """A short fingerprint: equal where all rules are word for word the same."""
    text = json.dumps(rules, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def changed_rules(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[ChangedRule]:
    """The rules that differ between two records of one finding; empty where none does.

    A table that only one of them publishes changes no figure of the other.
    """
    then, today = ((record.get("method") or {}).get("rules") or {} for record in (before, now))
    return [
        ChangedRule(name, *_differing(then.get(name, NONE), today.get(name, NONE)))
        for name in dict.fromkeys([*then, *today])
        if then.get(name) != today.get(name) and not _is_new_table(name, then, today)
    ]


def _is_new_table(name: str, then: Mapping[str, str], today: Mapping[str, str]) -> bool:
    return name.startswith(TABLE) and not (name in then and name in today)


def _differing(before: str, now: str) -> Iterator[str]:
    """Of two lists of settings, those that differ; texts that are no lists whole."""
    sides = [text.split("; ") for text in (before, now)]
    for own, other in (sides, sides[::-1]):
        yield "; ".join(setting for setting in own if setting not in other) or NONE


def of_figures(rules: Sequence[ChangedRule]) -> list[ChangedRule]:
    """The changed rules that touch key figures: all but the tests of the statement's parts."""
    return [rule for rule in rules if not rule.name.startswith(TEST)]


def of_part(rules: Sequence[ChangedRule], claim: str) -> list[ChangedRule]:
    """The changed rules that touch one part of the statement."""
    return [*of_figures(rules), *(rule for rule in rules if rule.name == f"{TEST}{claim}")]
