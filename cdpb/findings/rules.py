"""How a finding measures and judges, as texts: what must be equal for two years to compare."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cdpb import catalogue
from cdpb.declarations import FindingDeclaration

_OF_A_PART = ("claim", "test", "comparator", "threshold", "threshold_value", "margin")


def rules_of(declared: FindingDeclaration, statement: Any, used: Sequence[str]) -> dict[str, str]:
    """Every rule that a value, interval or verdict of a finding rests on, by its name.

    Parameters
    ----------
    declared : FindingDeclaration
        Its method texts, and each table's columns and choice of rows.
    statement : Statement or None
        The tests of its parts.
    used : sequence of str
        The sources whose figures are shown; their definitions.
    """
    definitions = {
        f"definition: {source.title}": " ".join(source.definition.split())
        for source in map(catalogue.source, used)
    }
    tables = {
        f"table: {table.title}": json.dumps([table.columns, table.filter])
        for table in declared.tables
    }
    parts = {f"test: {part.claim}": _test(part) for part in (statement.parts if statement else [])}
    return {**declared.method, **definitions, **tables, **parts}


def _test(part: Any) -> str:
    told = {name: getattr(part, name, None) for name in _OF_A_PART}
    return "; ".join(f"{name} {value}" for name, value in told.items() if value not in (None, ""))


def digest(rules: Mapping[str, str]) -> str:
    """A short fingerprint: equal where all rules are word for word the same."""
    text = json.dumps(rules, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
