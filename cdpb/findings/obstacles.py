"""What but the world may move a figure: a rule that has changed, a series that breaks.

The rules by which a finding measures and judges, as texts, and which of them differ between two
records; which breaks part two years, and what they keep from a test.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cdpb import catalogue
from cdpb.declarations import FindingDeclaration
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.published import PublishedTable
from cdpb.findings.trace import Taken
from cdpb.periods import FinancialYear, month_name
from cdpb.policies import policy
from cdpb.sources import SeriesBreak
from cdpb.statistics.part_tests import NOT_CHECKED, PartResult
from cdpb.statistics.trend import crossed_breaks

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
    tables = {
        f"{TABLE}{table.title}": json.dumps(
            [table.dimensions, table.filter, table.count, table.window]
        )
        for table in declared.tables
    }
    parts = {
        f"{TEST}{part.claim}": _settings_text({name: getattr(part, name) for name in _OF_A_PART})
        for part in (statement.parts if statement else [])
    }
    return {**declared.method, **definitions, **policies, **tables, **parts}


def _policy(rule: Policy) -> str:
    hides = f"fewer than {rule.threshold}" if rule.threshold else None
    return _settings_text({"hides": hides, **{name: getattr(rule, name) for name in _OF_A_POLICY}})


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
        if then.get(name) != today.get(name)
        and not (name.startswith(TABLE) and not (name in then and name in today))
    ]


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


# Breaks of a series ------------------------------------------------------------------

SERIES_BREAK = "series break"
# A change here divided by the change elsewhere: both sides changed their system together.
AGAINST_ELSEWHERE = "relative_ratio"


def breaks_between(source_id: str, then: str | None, now: str | None) -> list[SeriesBreak]:
    """The breaks of a source's series that part two financial years.

    A break within the later year parts it from the earlier, and one within the earlier year
    parts that from the later.
    """
    if source_id not in catalogue.sources() or not (_is_year(then) and _is_year(now)):
        return []
    declared = catalogue.source(source_id).series_breaks
    crossed = crossed_breaks(str(then), str(now), declared)
    return [parting for parting in declared if parting in crossed]


def is_within(parting: SeriesBreak, year: str | None) -> bool:
    """Whether a break lies inside a financial year, so that its months are not all alike."""
    if not (parting.month and _is_year(year)):
        return False
    after_the_first = FinancialYear.parse(str(year)).months[1:]
    return any(str(month) == parting.month for month in after_the_first)


def series_break_text(parting: SeriesBreak) -> str:
    """``series break in February 2024 (CONNECT, a new recording system)``."""
    when = month_name(parting.month) if parting.month else parting.year
    return f"{SERIES_BREAK} in {when} ({parting.label})"


def refused_across(result: PartResult, shown: PublishedTable, taken: Taken) -> PartResult:
    """A part that compares a place's own level in two years isn't checked across a break.

    The break becomes the reason, with the figures as recorded. A comparison with elsewhere by the
    same system stays: a change divided by the change elsewhere, or a comparator that changed over
    the same two years. ``taken`` is the cell of ``shown`` that the measure came from.
    """
    years = _years_compared(shown, taken)
    own = taken.column != AGAINST_ELSEWHERE and result.comparator_measure is None
    if not (result.checked and result.measure and years and own):
        return result
    found = [parting for id in shown.source_ids for parting in breaks_between(id, *years)]
    if not found:
        return result
    counted = f"{result.measure.label} {result.measure.text} ({result.measure.limits_text})"
    reason = (
        f"{series_break_text(found[0])}: {years[0]} and {years[1]} are not counted alike; "
        f"as counted, {counted}"
    )
    return replace(result, outcome=NOT_CHECKED, reason=reason)


def _years_compared(shown: PublishedTable, taken: Taken) -> tuple[str, str] | None:
    """The year before and the year of a row that holds a change; None of any other row."""
    if "previous_year" not in shown.columns:
        return None
    row = next(shown.where(**dict(taken.where)).rows(), None)
    if row is None or not _is_year(str(row["previous_year"])):
        return None
    before = FinancialYear.parse(str(row["previous_year"]))
    after = row["year"] if "year" in shown.columns else FinancialYear(before.start + 1)
    return str(before), str(after)


def _is_year(text: str | None) -> bool:
    return bool(text and re.fullmatch(r"\d{4}/\d{2}", text))
