"""Two built assessments side by side: what changed in the world, and what only in the method."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cdpb.errors import InputError
from cdpb.report.measures import is_known, measure_text

WORLD, METHOD, BOTH, MADE = "value", "method", "value and method", "made"
NO_VERDICT = "no verdict"
MEASURED = ("value", "lower", "upper")


@dataclass(frozen=True)
class Difference:
    """One thing that two assessments say differently.

    Attributes
    ----------
    finding : str
        Its id.
    what : str
        The verdict, a part of it, or a key figure.
    before, after : str
        As each says it.
    why : str
        ``value``: the figures differ and the method is the same. ``method`` or ``value and
        method``: the finding's rules differ, so nothing is said of the world. ``made``: only one
        of the two holds the finding.
    """

    finding: str
    what: str
    before: str
    after: str
    why: str

    def to_dict(self) -> dict[str, str]:
        """Plain values."""
        return asdict(self)


def read_records(folder: Path) -> dict[str, Mapping[str, Any]]:
    """The records of a built assessment, by finding.

    Raises
    ------
    InputError
        If the folder is no assessment, or a record can't be read.
    """
    paths = sorted((folder / "findings").glob("*.json"))
    if not paths:
        raise InputError(
            f"{'/'.join(folder.parts[-3:])} holds no assessment.",
            "Wanted: a folder with findings/*.json, like outputs/2023-24/E09000003/public.",
            "Make it with cdpb run. Nothing was compared.",
        )
    records = {}
    for path in paths:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise InputError(
                f"{path.name} can't be read.", "Make the assessment again. Nothing was compared."
            ) from None
        records[record["id"]] = record
    return records


def differences(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> list[Difference]:
    """Everything that two assessments say differently, finding by finding.

    Parameters
    ----------
    before, after : mapping of str to mapping
        Records by finding, as `read_records` gives them.

    Raises
    ------
    InputError
        If the two are of different areas, or of different editions.
    """
    _refuse_unlike(before, after)
    found: list[Difference] = []
    for finding in dict.fromkeys([*before, *after]):
        if finding not in before or finding not in after:
            was, now = ("made" if finding in each else "not made" for each in (before, after))
            found.append(Difference(finding, "finding", was, now, MADE))
        else:
            found += _of_finding(finding, before[finding], after[finding])
    return found


def _refuse_unlike(*sides: Mapping[str, Mapping[str, Any]]) -> None:
    for name, told in (("area", "areas"), ("edition", "editions"), ("demonstration", "builds")):
        seen = {json.dumps(record.get(name)) for side in sides for record in side.values()}
        if len(seen) > 1:
            raise InputError(
                f"The two assessments are of different {told}.",
                "Wanted: one area and one edition, in two years or before and after a change.",
                "Nothing was compared.",
            )


def _of_finding(
    finding: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    rules = changed_rules(before, after)
    for what, (was, now) in _said(before, after):
        if was != now:
            yield Difference(finding, what, was, now, BOTH if rules else WORLD)
    for rule in rules:
        was, now = (_rule(rule, each) for each in (before, after))
        yield Difference(finding, f"method, {rule}", was, now, METHOD)


def changed_rules(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the rules that differ; empty where both were made by the same method."""
    methods = [each.get("method") or {} for each in (before, after)]
    if methods[0].get("digest") == methods[1].get("digest"):
        return []
    rules = [each.get("rules", {}) for each in methods]
    names = dict.fromkeys([*rules[0], *rules[1]])
    return [name for name in names if rules[0].get(name) != rules[1].get(name)] or ["all of it"]


def _rule(name: str, record: Mapping[str, Any]) -> str:
    return str(((record.get("method") or {}).get("rules") or {}).get(name, "none"))


def _said(*sides: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Each thing that both could say, with how each says it."""
    yield "verdict", [_verdict(each) for each in sides]
    parts = [_by_id((each.get("verdict") or {}).get("parts") or []) for each in sides]
    for id in dict.fromkeys([*parts[0], *parts[1]]):
        claim = next(each[id]["claim"] for each in parts if id in each)
        yield f"part, {claim}", [each[id]["outcome"] if id in each else "none" for each in parts]
    figures = [_by_id(each.get("key_figures") or []) for each in sides]
    for id in dict.fromkeys([*figures[0], *figures[1]]):
        label = next(each[id]["label"] for each in figures if id in each)
        yield f"key figure, {label}", [_figure(each.get(id)) for each in figures]


def _by_id(entries: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {each["id"]: each for each in entries}


def _verdict(record: Mapping[str, Any]) -> str:
    verdict = record.get("verdict") or {}
    dating = f", {verdict['dating']}" if verdict.get("dating") else ""
    return (verdict.get("label") or verdict.get("outcome") or NO_VERDICT) + dating


def _figure(figure: Mapping[str, Any] | None) -> str:
    """The value with its interval, and its period; an interval that moved is a difference too."""
    if figure is None:
        return "none"
    told = measure_text(figure)
    return f"{told}, {figure['period']}" if is_known(figure.get("value")) else told


def told(found: Sequence[Difference], before: str, after: str) -> Iterator[str]:
    """The differences as lines to read, a finding under the other."""
    if not found:
        yield f"{before} and {after} say the same."
        return
    last = ""
    for each in found:
        if each.finding != last:
            yield each.finding
            last = each.finding
        if each.why == METHOD:
            yield f"  {each.what}: the rule differs, so the figures can't be compared as they are"
            continue
        note = "" if each.why != BOTH else " (the method differs too: not a change in the world)"
        yield f"  {each.what}: {each.before} -> {each.after}{note}"
