"""``cdpb diff``: two built assessments side by side, and whether the world moved or the method."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from cdpb.errors import InputError
from cdpb.findings.compare_records import Comparison, Pair
from cdpb.findings.obstacles import changed_rules
from cdpb.report.changed import measured_in, shown_of_the_world, verdict_text

Record = Mapping[str, Any]
Records = Mapping[str, Record]
WORLD, REVISED, METHOD, BOTH, DATA = "value", "revised", "method", "value and method", "data"


@dataclass(frozen=True)
class Difference:
    """One thing that two assessments say differently.

    Attributes
    ----------
    finding, what : str
        The finding's id, and of it the verdict, a part, a key figure, a rule, or a source.
    before, after : str
        As each says it.
    why : str
        ``value``: by the same method, on data of another period. ``revised``: on data of the same
        one. ``value and method``: ``note`` names what else may have moved it. ``method``: a rule
        itself. ``data``: what was received of a source. ``made``: one of the two lacks the
        finding.
    note : str
        Why it is no change in the world; empty where it may be one.
    """

    finding: str
    what: str
    before: str
    after: str
    why: str
    note: str = ""


def read_records(folder: Path) -> dict[str, Record]:
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


def differences(before: Records, after: Records) -> list[Difference]:
    """Everything that two assessments say differently, finding by finding.

    Both are records by finding, as `read_records` gives them.

    Raises
    ------
    InputError
        If the two are of different areas or editions, or one of them is a demonstration.
    """
    _refuse_unlike(before, after)
    found: list[Difference] = []
    for id in {**before, **after}:
        if id in before and id in after:
            found += _of_finding(id, before[id], after[id])
        else:
            was, now = ("made" if id in side else "not made" for side in (before, after))
            found.append(Difference(id, "finding", was, now, "made"))
    return found


# What two assessments must be alike in to be compared.
ALIKE: dict[str, Callable[[Record], str]] = {
    "areas": lambda record: str((record.get("area") or {}).get("name")),
    "editions": lambda record: str(record.get("edition")),
    "builds": lambda record: f"{'a' if record.get('demonstration') else 'no'} demonstration",
}


def _refuse_unlike(*sides: Records) -> None:
    for what, text in ALIKE.items():
        seen = [{text(record) for record in side.values()} for side in sides]
        if len(set.union(*seen)) > 1:
            raise InputError(
                f"The two assessments are of different {what}.",
                "Wanted: one area and one edition, in two years or before and after a change.",
                f"Found: {' and '.join(', '.join(sorted(side)) for side in seen)}.",
                "Nothing was compared.",
            )


def _of_finding(id: str, before: Record, after: Record) -> list[Difference]:
    """Verdict, parts, claims and key figures; then rules and receipts, which explain them."""
    both = Comparison(before, after, changed_rules(before, after))
    parts = list(_moved(id, "part", both.parts(), "claim", _outcome))
    claims = _moved(id, "claim", both.others("claims"), "text", _verdict)
    moved = [*parts, *claims, *_moved(id, "key figure", both.figures(), "label", _figure)]
    rules = [
        Difference(id, f"method, {rule.name}", rule.before, rule.now, METHOD) for rule in both.rules
    ]
    received = [
        replace(each, why=DATA)
        for each in _moved(id, "data", both.others("sources"), "title", _received)
    ]
    return [*_verdict_moved(id, both.verdict, parts, moved), *moved, *rules, *received]


def _moved(
    id: str, kind: str, pairs: Sequence[Pair], name: str, text: Callable[[Record], str]
) -> Iterator[Difference]:
    """Of each pair whose texts differ, what it is called and why it moved."""
    for pair in pairs:
        was, now = text(pair.before), text(pair.now)
        if was != now:
            what = f"{kind}, {(pair.now or pair.before)[name]}"
            yield Difference(id, what, was, now, _why(pair, pair.obstacle), pair.obstacle)


def _verdict_moved(
    id: str, pair: Pair, parts: Sequence[Difference], moved: Sequence[Difference]
) -> Iterator[Difference]:
    """A verdict moved with its parts; where nothing else did, a rule may have moved it."""
    was, now = _verdict(pair.before), _verdict(pair.now)
    if was != now:
        notes = dict.fromkeys(part.note for part in parts if part.note)
        note = "; ".join(notes) if moved else pair.obstacle
        yield Difference(id, "verdict", was, now, _why(pair, note), note)


def _why(pair: Pair, note: str) -> str:
    if note:
        return BOTH
    return REVISED if pair.of_one_period else WORLD


def _verdict(judged: Record) -> str:
    """A verdict, or that of a claim."""
    return verdict_text(judged.get("verdict", judged) or {})


def _outcome(part: Record) -> str:
    return str(part.get("outcome", "none"))


def _figure(figure: Record) -> str:
    """An interval that moved is a difference too: it can turn a verdict."""
    return measured_in(figure) if figure else "none"


def _received(source: Record) -> str:
    dates = dict.fromkeys(receipt["received"] for receipt in source.get("receipts") or [])
    return f"received {', '.join(dates)}" if dates else "not received"


def difference_lines(found: Sequence[Difference], before: str, after: str) -> Iterator[str]:
    """The differences as lines to read, under the id of each finding."""
    if not found:
        yield f"{before} and {after} say the same."
        return
    yield f"{before} -> {after}"
    for id, of_finding in groupby(found, key=attrgetter("finding")):
        yield id
        for each in of_finding:
            yield f"  {each.what}: {each.before} -> {each.after}{_remark(each)}"


def _remark(difference: Difference) -> str:
    if difference.why == BOTH:
        return f" ({difference.note}: {shown_of_the_world([difference.note])})"
    revised = " (revised: the same period, by the same method)"
    return revised if difference.why == REVISED else ""
